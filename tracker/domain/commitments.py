"""A commitment, how it counts, and what its plans ask for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from tracker.domain.counting.worth import PLAIN, Worth
from tracker.domain.schedules import (
    AtMost,
    Daily,
    Every,
    Minutes,
    Once,
    OnEvent,
    Quota,
    Rule,
    Schedule,
    Weekdays,
)

USUAL = {"minutes": "120 min per week", "event": "on event", "task": "once"}
"""What a kind is asked for where nobody says how often; the others are asked for daily."""
SHORTEST = {"days": 1, "weeks": 7, "months": 28}
"""The fewest days that a day, a week and a month have."""


FEWEST_MINUTES = 15
"""A quota of so many or more, of the kind minutes, is taken for minutes that lack their unit."""


class Kind(StrEnum):
    """How a commitment counts."""

    CHECK = "check"
    COUNT = "count"
    MINUTES = "minutes"
    AVOID = "avoid"
    TASK = "task"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an event can come to; `credit` is 0..1, or None while it is open or where it makes no occasion."""

    name: str
    label: str
    credit: float | None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a commitment asks for from `start` on.

    `target` is an amount per due day or window; a quota carries its own number. Windows are counted from
    `anchor` where it is given, so that a start moved to an earlier day leaves them where they were.
    """

    start: date
    schedule: Schedule
    target: int = 1
    anchor: date | None = None
    after: bool = False
    """Whether the occasion of the plan before that begins on `start` itself still runs to its end: it was kept."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """A concrete act a person takes on, under a step; `plans` are ordered by start."""

    id: str
    title: str
    step: str
    kind: Kind
    plans: tuple[Plan, ...]
    counts: bool = True
    aliases: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    gathers: str | None = None
    distinct: str | None = None
    harm: bool = False
    archived: bool = False
    worth: Worth = PLAIN
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Return the id of the commitment of the catalogue that it was made from, an empty text for one's own."""
        return str(self.details.get("catalogue", ""))

    @property
    def plan(self) -> Plan:
        """Return the newest plan."""
        return self.plans[-1]

    def plan_on(self, day: date) -> Plan:
        """Return the plan that holds on `day`, or the first one for a day before it."""
        return self.plans[max(0, bisect_right(self.plans, day, key=lambda plan: plan.start) - 1)]

    def plan_of(self, first: date) -> Plan:
        """Return the plan that an occasion which began on `first` belongs to."""
        plan = self.plan_on(first)
        if not plan.after or plan.start != first:
            return plan
        place = self.plans.index(plan)
        return self.plans[place - 1] if place else plan

    def limited_on(self, day: date) -> bool:
        """Return whether the plan of an occasion that began on `day` says *at most*, so that less is more."""
        return isinstance(self.plan_of(day).schedule, AtMost)

    def outcome(self, name: str) -> Outcome | None:
        """Return the outcome of that name."""
        return next((outcome for outcome in self.outcomes if outcome.name == name), None)


def usual_schedule(kind: str, target: int | None) -> str:
    """Return the schedule meant where none is named; a target is an amount per day, which a quota would ignore."""
    return "daily" if kind == Kind.MINUTES and target is not None else USUAL.get(kind, "daily")


def unused_target(schedule: Schedule, target: int) -> str:
    """Return why a target would be ignored beside a schedule that carries its own number, or nothing if it would not.

    One is what goes without saying, and the same number twice is no contradiction.
    """
    if isinstance(schedule, OnEvent):
        return "What happens is logged one at a time; leave the target out." if target != 1 else ""
    if not isinstance(schedule, Quota | Minutes | AtMost) or target in (1, schedule.number):
        return ""
    plain = replace(schedule, bare=False) if isinstance(schedule, Quota) else schedule
    return (
        f"'{schedule.sentence}' carries its own number, so a target of {target} would be ignored. "
        f"Leave the target out, or write '{replace(plain, number=target).sentence}'."
    )


def misfit(kind: Kind, schedule: Schedule, target: int) -> str | None:
    """Return why a kind cannot count on a schedule with that target, in one sentence, or None if it can."""
    if (kind is Kind.EVENT) is not isinstance(schedule, OnEvent):
        return "Events and the schedule 'on event' belong together: an event happens, it is not due."
    if kind is Kind.AVOID and not schedule.due_by_day:
        return "Something to avoid is asked day by day: use 'daily' or named days."
    if kind is Kind.AVOID and target > 1:
        return "A day is clear or it is not: something to avoid has no target. Leave it out."
    if kind is Kind.TASK and not isinstance(schedule, Once):
        return "A task is done one time: use 'once' or 'once by 2026-12-24'."
    match schedule:
        case Daily() | Weekdays() | Rule() | Once() if kind is Kind.CHECK and target > 1:
            return "A check is done or not done that day. The kind 'count' has a target."
        case Every(number=number, length=length) if kind is Kind.CHECK and target > number * SHORTEST[length]:
            return "A check counts days, and the window has fewer."
        case Quota(number=number, period=period) if kind is Kind.MINUTES:
            wanted = max(number, target)
            example = f"{wanted if wanted >= FEWEST_MINUTES else 120} min per {period}"
            return f"'{schedule.sentence}' asks for times, not for minutes. For minutes, write for example '{example}'."
        case Quota(number=number, period=period) if kind is Kind.CHECK and number > (7 if period == "week" else 31):
            return f"A check counts days; a {period} has no {number} of them. The kind 'count' counts times."
        case Minutes() if kind is not Kind.MINUTES:
            return f"'{schedule.sentence}' asks for minutes, which a {kind} does not count. The kind 'minutes' does."
        case AtMost(number=number, period=period, minutes=False) if kind is Kind.MINUTES:
            return f"Minutes are limited as 'at most {number} min per {period}'."
        case AtMost(number=number, period=period, minutes=True) if kind is not Kind.MINUTES:
            return f"Minutes are of the kind 'minutes'; times of the kind 'count': 'at most {number} per {period}'."
        case AtMost() if kind is Kind.CHECK:
            return "What is done at most so often is counted: use the kind 'count', or 'avoid' for not at all."
        case Daily() | Weekdays() | Rule() | Once() | Every() | Quota() | Minutes() | AtMost() | OnEvent():
            return None if target >= 1 else "A target is 1 or more."
        case other:
            assert_never(other)


def kind_asked(schedule: Schedule, target: int | None, in_minutes: bool) -> Kind | None:
    """Return the only kind that a schedule leaves to choose, with an amount each time if it was named, or None."""
    match schedule:
        case OnEvent():
            return Kind.EVENT
        case AtMost(minutes=minutes):
            return Kind.MINUTES if minutes or in_minutes else Kind.COUNT
        case Minutes():
            return Kind.MINUTES
        case Daily() | Weekdays() | Every() | Quota() | Once() | Rule() if in_minutes:
            return Kind.MINUTES
        case Daily() if target is not None:
            return Kind.COUNT
        case Daily() | Weekdays() | Every() | Quota() | Once() | Rule():
            return None
        case other:
            assert_never(other)
