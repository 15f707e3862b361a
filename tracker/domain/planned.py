"""Planned times together: agreed once or by a rule, then kept, moved or cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.calendar import WEEKDAYS
from tracker.domain.clock import DayEnd, end_of, moment_of
from tracker.domain.language.words import BadWord

if TYPE_CHECKING:
    from tracker.domain.language.meetings import Meeting

ENOUGH = 0.8
EXAMPLE = "sat 19:00 60m weekly"
EVERY = {"weekly": 7, "fortnightly": 14}
USUAL = 60
"""The minutes of a planned time where nobody says how long."""


class PlannedState(StrEnum):
    """What became of a planned time."""

    KEPT = "kept"
    PARTLY = "partly"
    MISSED = "missed"
    OPEN = "open"
    AHEAD = "ahead"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Plan:
    """An agreement: the first day, the time, the minutes, and after how many days it comes again (0: once)."""

    id: str
    first: date
    at: time
    minutes: int
    every: int = 0
    last: date | None = None

    @property
    def sentence(self) -> str:
        """Return it as it is typed."""
        word = next((name for name, days in EVERY.items() if days == self.every), "")
        day = WEEKDAYS[self.first.weekday()] if word else self.first.isoformat()
        return " ".join(part for part in (day, f"{self.at:%H:%M}", f"{self.minutes}m", word) if part)

    def times(self, until: date) -> int:
        """Return how many days it has up to `until`."""
        last = until if self.last is None else min(until, self.last)
        return 0 if last < self.first else 1 + (last - self.first).days // self.every if self.every else 1

    def days(self, until: date, since: date = date.min) -> Iterator[date]:
        """Yield its days from `since` up to `until`."""
        day = self.first
        if self.every and day < since:
            day += timedelta(days=-(-(since - day).days // self.every) * self.every)
        while day <= until and (self.last is None or day <= self.last):
            yield day
            if not self.every:
                return
            day += timedelta(days=self.every)

    def comes(self, day: date) -> bool:
        """Return whether it has a time on a day."""
        if day < self.first or (self.last is not None and day > self.last):
            return False
        return (day - self.first).days % self.every == 0 if self.every else day == self.first


@dataclass(frozen=True, slots=True)
class PlannedTime:
    """One planned time: its day, time and minutes, what was logged for it, and what became of it.

    `night` is whether its time lies after midnight, in the night after its day.
    """

    plan: str
    day: date
    at: time
    minutes: int
    logged: float | None
    state: PlannedState
    moved_to: str = ""
    night: bool = False

    @property
    def key(self) -> str:
        """Return what names this one time: its plan and its day."""
        return f"{self.plan}:{self.day.isoformat()}"

    @property
    def begins(self) -> datetime:
        """Return the moment it begins, without an offset."""
        return datetime.combine(self.day + timedelta(days=self.night), self.at)

    @property
    def credit(self) -> float:
        """Return v in 0..1: minutes over eight tenths of what was planned, at most 1."""
        return min(1.0, (self.logged or 0.0) / (ENOUGH * self.minutes))


def read_plan(sentence: str, today: date, start: date | None = None) -> Meeting:
    """Return what the sentence of a planned time names. Raises BadWord with an example."""
    from tracker.domain.language.meetings import NoTime, read_meeting

    try:
        meeting = read_meeting(sentence, today, start)
    except NoTime as error:
        raise BadWord(f"{error} Try '{EXAMPLE}' or 'sat 7pm'.") from None
    if meeting is None:
        raise BadWord(f"'{sentence}' is not a planned time. Try '{EXAMPLE}', 'sat 7pm' or '2026-11-28 19:00 60m'.")
    return meeting


@dataclass(frozen=True, slots=True)
class Word:
    """What was said about one planned time beforehand or afterwards: moved to another, cancelled, or let go."""

    state: PlannedState
    moved_to: str = ""


def planned_times(
    plans: Iterable[Plan],
    said: Mapping[str, Word],
    logged: Mapping[date, Iterable[tuple[time | None, float]]],
    today: date,
    until: date,
    ends: Sequence[DayEnd] = (),
    since: date = date.min,
) -> list[PlannedTime]:
    """Return every planned time from `since` up to `until` with what became of it, oldest first.

    `said` is by the key of a planned time; `ends` is when days end. Two that stand at the same time are one. Minutes
    logged on a day go to the nearest planned time of that day that has none yet; a day that is over without any leaves
    it open, to be asked about.
    """
    found = [
        PlannedTime(plan.id, day, plan.at, plan.minutes, None, PlannedState.AHEAD, night=plan.at < end_of(day, ends))
        for plan in plans
        for day in plan.days(until, since)
    ]
    found = [
        replace(each, state=word.state, moved_to=word.moved_to) if (word := said.get(each.key)) else each
        for each in found
    ]
    found = _once_each(found)
    places: dict[date, list[int]] = {}
    for place, each in enumerate(found):
        places.setdefault(each.day, []).append(place)
    for day in places.keys() & logged.keys():
        _share_out(found, places[day], list(logged[day]), ends)
    return sorted((_judge(each, today) for each in found), key=lambda each: (each.begins, each.plan))


def standing_at(plans: Iterable[Plan], said: Mapping[str, Word], day: date, at: time) -> list[str]:
    """Return the keys of all that is planned for a day and a time and neither moved, cancelled nor let go."""
    found = [f"{plan.id}:{day.isoformat()}" for plan in plans if plan.at == at and plan.comes(day)]
    return [key for key in found if key not in said]


def _once_each(found: list[PlannedTime]) -> list[PlannedTime]:
    """Return planned times without those that stand at the time of another one: what is planned twice counts once."""
    standing: set[tuple[date, time]] = set()
    kept = []
    for each in sorted(found, key=lambda each: (each.state is PlannedState.AHEAD, each.plan)):
        slot = (each.day, each.at)
        if each.state is PlannedState.AHEAD and slot in standing:
            continue
        if each.state not in (PlannedState.MOVED, PlannedState.CANCELLED):
            standing.add(slot)
        kept.append(each)
    return kept


def _share_out(
    found: list[PlannedTime], places: list[int], minutes: list[tuple[time | None, float]], ends: Sequence[DayEnd]
) -> None:
    """Give minutes logged on a day to the planned times of that day, at their places in `found`."""
    for at, amount in minutes:
        waiting = [
            index for index in places if found[index].logged is None and found[index].state is PlannedState.AHEAD
        ]
        if not waiting:
            return
        when = None if at is None else moment_of(found[waiting[0]].day, at, ends)
        apart = {index: abs(found[index].begins - when) if when else timedelta() for index in waiting}
        best = min(waiting, key=lambda index: (apart[index], found[index].begins))
        found[best] = replace(found[best], logged=amount)


def _judge(each: PlannedTime, today: date) -> PlannedTime:
    if each.state is not PlannedState.AHEAD:
        return each
    if each.logged is not None:
        return replace(each, state=PlannedState.KEPT if each.credit >= 1 else PlannedState.PARTLY)
    return replace(each, state=PlannedState.OPEN) if each.day < today else each


def may_move(each: PlannedTime, now: datetime) -> bool:
    """Return whether a planned time has not begun yet, so that moving it is neutral."""
    return now.replace(tzinfo=None) < each.begins
