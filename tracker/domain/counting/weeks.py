"""Weeks on track: how many weeks held most of what was asked in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tracker.domain.calendar import Calendar
from tracker.domain.counting.occasions import Occasion, State

ON_TRACK = 0.7


@dataclass(frozen=True, slots=True)
class Week:
    """A week with the settled occasions that ended in it and how many of them were kept."""

    first: date
    kept: int
    settled: int

    @property
    def on_track(self) -> bool:
        """Return whether at least 70 % were kept."""
        return self.kept >= ON_TRACK * self.settled


def weeks(occasions: Iterable[Occasion], calendar: Calendar, today: date | None = None) -> tuple[Week, ...]:
    """Return the weeks in which a settled occasion ended, oldest first; an empty week is left out.

    Given `today`, so is a week still to come: what was kept early counts in the week it ends in.
    """
    kept: dict[date, int] = defaultdict(int)
    settled: dict[date, int] = defaultdict(int)
    for occasion in occasions:
        if not occasion.settled:
            continue
        first = calendar.week(occasion.last).first
        if today is not None and first > today:
            continue
        settled[first] += 1
        kept[first] += occasion.state is State.KEPT
    return tuple(Week(first, kept[first], settled[first]) for first in sorted(settled))


def weeks_on_track(weeks: Iterable[Week]) -> int:
    """Return how many of the newest weeks in a row were on track."""
    streak = 0
    for week in weeks:
        streak = streak + 1 if week.on_track else 0
    return streak
