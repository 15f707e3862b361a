"""The one source of time, and the day a moment belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

DEFAULT_DAY_END = time(3, 0)
LATEST_DAY_END = time(12, 0)
YEARS = range(1969, 2200)
"""The years that a clock may say; what a later one writes could be followed by nothing."""


class Clock(Protocol):
    """Tells the time; nothing else in Toward asks for it."""

    def now(self) -> datetime:
        """Return the present moment with its UTC offset."""
        ...


class SystemClock:
    """The machine's own clock in its local time zone."""

    def now(self) -> datetime:
        """Return the present moment with the local UTC offset."""
        return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests and demos."""

    moment: datetime

    def now(self) -> datetime:
        """Return the fixed moment."""
        return self.moment


@dataclass(frozen=True, slots=True)
class DayEnd:
    """From day `since` on, a day ends at `at` on the next morning."""

    since: date
    at: time


def day_of(moment: datetime, ends: Sequence[DayEnd] = ()) -> date:
    """Return the plain local date `moment` belongs to: 01:30 is part of the evening before.

    `ends` is ordered by `since`; before the first one a day ends at 03:00. Only wall time counts, so days of
    23 or 25 hours need no rule of their own.
    """
    calendar_day = moment.date()
    evening = calendar_day - timedelta(days=1)
    return evening if moment.time() < end_of(evening, ends) else calendar_day


def end_of(day: date, ends: Sequence[DayEnd] = ()) -> time:
    """Return the time of the next morning at which a day ends; `ends` is ordered by `since`."""
    place = bisect_right(ends, day, key=lambda end: end.since)
    return ends[place - 1].at if place else DEFAULT_DAY_END


def moment_of(day: date, at: time, ends: Sequence[DayEnd] = ()) -> datetime:
    """Return the moment, without an offset, of a time on a day: 01:00 on Friday is in the night to Saturday."""
    return datetime.combine(day + timedelta(days=at < end_of(day, ends)), at)


def minutes_between(start: datetime, now: datetime) -> int:
    """Return the whole minutes from `start` to `now`, never less than 0."""
    return max(0, int((now - start).total_seconds() // 60))
