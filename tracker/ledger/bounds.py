"""How much of a store is counted: what nobody would type is set aside, so that no file costs more than typing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tracker.domain.calendar import EARLIEST, farthest
from tracker.domain.commitments import Plan
from tracker.domain.schedules import Rule, Schedule
from tracker.ledger import event_keys

MOST_COMMITMENTS, MOST_PLANS = 1_000, 1_000
"""The most commitments of a store, and plans of one of them."""
MOST_RULES, MOST_RULE_DAYS = 100, 100_000
"""The most plans by a recurrence rule, and days from their starts to now: each day of them is worked out anew."""


class Bounds:
    """What of a store is beyond what is counted on a day, kept up to date key by key."""

    def __init__(self, today: date | None) -> None:
        self._today, self._latest = today, farthest(today) if today else date.max
        self._rules: dict[str, date] = {}
        self._known: set[str] = set()
        self.aside: frozenset[str] = frozenset()
        """The keys of commitments and plans that are not counted."""

    def check(self, *days: date | None) -> None:
        """Raise ValueError unless the days are from 1900 on and at most a hundred years ahead."""
        for day in days:
            if day is not None and not EARLIEST <= day <= self._latest:
                raise ValueError("a day that nobody could type")

    def take(self, key: str, value: Any) -> None:
        """Take in what a key holds now; None where it is gone."""
        kind, _, start = event_keys.split(key)
        if kind == "commitment":
            (self._known.discard if value is None else self._known.add)(key)
        elif kind == "plan":
            self._rules.pop(key, None)
            schedule = value.get("schedule") if value is not None else None
            if isinstance(schedule, str) and schedule.lstrip()[:5].lower() == "rrule":
                try:
                    self._rules[key] = date.fromisoformat(start)
                except ValueError:
                    return

    def settle(self, rank: Callable[[str], tuple[int, int]]) -> frozenset[str]:
        """Work out anew what is set aside, and return the keys of which that changed.

        Of too many commitments the first by `rank` stay, and of rules the newest.
        """
        before, aside = self.aside, set[str]()
        if len(self._known) > MOST_COMMITMENTS:
            aside.update(sorted(self._known, key=lambda key: (*rank(event_keys.split(key)[1]), key))[MOST_COMMITMENTS:])
        days = 0
        for place, key in enumerate(sorted(self._rules, key=lambda key: (self._rules[key], key), reverse=True)):
            days += self._days(self._rules[key])
            if place >= MOST_RULES or days > MOST_RULE_DAYS:
                aside.add(key)
        self.aside = frozenset(aside)
        return before ^ self.aside

    def nearest(self, plans: list[Plan]) -> tuple[list[Plan], list[Plan]]:
        """Return the plans of a commitment that are counted, oldest first, and those beyond the most there may be."""
        plans.sort(key=lambda plan: plan.start)
        if len(plans) <= MOST_PLANS:
            return plans, []
        today = self._today or plans[-1].start
        near = sorted(plans, key=lambda plan: abs(plan.start - today))
        return sorted(near[:MOST_PLANS], key=lambda plan: plan.start), near[MOST_PLANS:]

    @property
    def is_full(self) -> bool:
        """Return whether there are as many commitments as there may be."""
        return len(self._known) >= MOST_COMMITMENTS

    def refusal(self, schedule: Schedule, start: date) -> str:
        """Return why a plan that somebody types would not be counted, in a sentence, or an empty text."""
        try:
            self.check(start, schedule.by)
        except ValueError:
            return "its days are out of range. They can be from 1900 on, and at most a hundred years ahead."
        if not isinstance(schedule, Rule):
            return ""
        days = sum(map(self._days, [*self._rules.values(), start]))
        if len(self._rules) < MOST_RULES and days <= MOST_RULE_DAYS:
            return ""
        return (
            f"there are {MOST_RULES} recurrence rules already, or they reach too far back. Write it without one, as "
            "'mon wed fri', or let it begin later."
        )

    def _days(self, start: date) -> int:
        return max(0, (self._today - start).days) if self._today else 0
