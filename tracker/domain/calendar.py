"""Weeks and months as spans of plain dates."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)
EARLIEST = date(1900, 1, 1)
YEARS_AHEAD = 100
"""No day of a commitment is earlier, or more years ahead of today: nobody types one, and no file may bring one."""


class Span(NamedTuple):
    """The days from `first` to `last`, both included; `days` is the nominal length before any cut."""

    first: date
    last: date
    days: int

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a plan's occasions go: from `begin` to the day before `until`, windows counted from `anchor`."""

    begin: date
    anchor: date
    until: date | None


@dataclass(frozen=True, slots=True)
class WeekStart:
    """From day `since` on, weeks begin on `weekday` (0 is Monday)."""

    since: date
    weekday: int


def month_length(year: int, month: int) -> int:
    """Return how many days a month has; the library's own `calendar` costs two modules to load."""
    return 31 if month == 12 else (date(year, month + 1, 1) - ONE_DAY).day


def next_week_start(day: date, weekday: int) -> date:
    """Return the first date after `day` that falls on `weekday`."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Knows on which weekday weeks began, and since when; `starts` is ordered by `since`."""

    starts: Sequence[WeekStart] = ()

    def week(self, day: date) -> Span:
        """Return the week that holds `day`; a change of week start cuts the week before it short."""
        since, weekday = None, 0
        place = bisect_right(self.starts, day, key=lambda start: start.since)
        if place:
            since, weekday = self.starts[place - 1].since, self.starts[place - 1].weekday
        until = self.starts[place].since if place < len(self.starts) else None
        back = (day.weekday() - weekday) % 7
        first = date.min if back >= day.toordinal() else day - timedelta(days=back)
        ahead = min(6 - back, date.max.toordinal() - day.toordinal())
        last = day + timedelta(days=ahead)
        if since is not None:
            first = max(first, since)
        if until is not None:
            last = min(last, until - ONE_DAY)
        return Span(first, last, 7)

    def turns(self, day: date) -> date | None:
        """Return the first day after `day` from which weeks begin on another weekday, or None."""
        place = bisect_right(self.starts, day, key=lambda start: start.since)
        return self.starts[place].since if place < len(self.starts) else None

    @staticmethod
    def month(day: date) -> Span:
        """Return the calendar month that holds `day`."""
        length = month_length(day.year, day.month)
        return Span(day.replace(day=1), day.replace(day=length), length)


def farthest(today: date) -> date:
    """Return the last day that anything may be about: a hundred years ahead."""
    return date.max if today.year + YEARS_AHEAD > date.max.year else add_months(today, 12 * YEARS_AHEAD)


def add_months(day: date, months: int) -> date:
    """Return `day` moved by whole months; the 31st becomes the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, month_length(year, month + 1)))


def each_day(since: date) -> Iterator[date]:
    """Yield each day from one on."""
    while since < date.max:
        yield since
        since += ONE_DAY


def month_windows(number: int, anchor: date, since: date) -> Iterator[Span]:
    """Yield windows of `number` months, each counted from the anchor itself so that the 31st is not lost."""
    index = ((since.year - anchor.year) * 12 + since.month - anchor.month) // number
    if add_months(anchor, index * number) > since:
        index -= 1
    while True:
        first = add_months(anchor, index * number)
        after = add_months(anchor, (index + 1) * number)
        yield Span(first, after - ONE_DAY, (after - first).days)
        index += 1
