"""The number of a day: which occasions ask for something on it, and how many of those are kept.

Today, the dashboard's year, the review of a day and the shell all count by this.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.occasions import Occasion, State
from tracker.domain.records import Record
from tracker.domain.schedules import Once, OnEvent


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many occasions asked for something on a day, and how many of them are kept by now."""

    kept: int
    asked: int

    @property
    def summary(self) -> str:
        """Return it in words: `3 of 11 kept`, or nothing where nothing was asked."""
        return f"{self.kept} of {self.asked} kept" if self.asked else ""


def counts_as(commitment: Commitment, occasion: Occasion | None) -> State:
    """Return the state that an occasion has in the number of a day; within a limit there is nothing to keep yet."""
    if occasion is None or (occasion.state is State.OPEN and commitment.limited_on(occasion.first)):
        return State.NEUTRAL
    return occasion.state


def count_day(states: Iterable[State]) -> DayCount:
    """Return the number of a day from what its due rows count as; a neutral one counts nowhere."""
    counted = [state for state in states if state is not State.NEUTRAL]
    return DayCount(sum(state is State.KEPT for state in counted), len(counted))


def due_on(commitment: Commitment, record: Record, occasion: Occasion | None, day: date) -> bool:
    """Return whether a commitment asks for something on a day that `occasion` covers.

    Events are never due, a skipped or paused day asks for nothing unless it is logged, and what is done one time asks
    for nothing on the days after it.
    """
    schedule = commitment.plan_on(day).schedule
    if occasion is None or day < commitment.plans[0].start or isinstance(schedule, OnEvent):
        return False
    if occasion.state is State.NEUTRAL and commitment.kind is not Kind.AVOID:
        return False
    logged = bool(record.on(day))
    if isinstance(schedule, Once) and occasion.state is State.KEPT and not logged and record.entries[-1].day < day:
        return False
    return logged or not record.excused(day)
