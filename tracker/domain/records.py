"""What a person logged for a commitment: entries, skips and pauses."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from math import fsum

SKIP_REASONS = ("ill", "travel", "rest", "family", "work", "agreed")
LAPSE, HANDLED, CLEAR = "lapse", "handled", "clear"
MEND_WITHIN = timedelta(hours=24)
SOONEST = timedelta(minutes=10)
"""How long after it was written down a lapse of the same day can be put right at the earliest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One logged fact.

    `day` is a plain local date fixed when the entry was made, `written` orders entries of a day (epoch
    milliseconds), `due` is the day an event falls due, `credit` is what its outcome is worth (0..1). A `neutral` entry
    says that nothing was asked that day; `asks` names the fields that are still to be answered; `settled_at` is when
    an event that was open at first turned out; `again` is before when nothing is asked, after a "not yet".
    """

    id: str
    day: date
    written: int = 0
    at: datetime | None = None
    amount: float = 1.0
    outcome: str | None = None
    credit: float | None = None
    open: bool = False
    due: date | None = None
    put_right_at: datetime | None = None
    settled_at: datetime | None = None
    again: datetime | None = None
    afraid: bool = False
    neutral: bool = False
    asks: tuple[str, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def when(self) -> tuple[date, int, str]:
        """Return its place among events: the day it happened or fell due, then when it was written."""
        return (self.due or self.day, self.written, self.id)

    @property
    def put_right(self) -> bool:
        """Return whether a lapse was mended within 24 hours and nobody was afraid."""
        after = self._mended_after
        return after is not None and timedelta() <= after <= MEND_WITHIN

    @property
    def put_right_later(self) -> bool:
        """Return whether a lapse was mended after more than 24 hours, and nobody was afraid."""
        after = self._mended_after
        return after is not None and after > MEND_WITHIN

    @property
    def _mended_after(self) -> timedelta | None:
        """Return how long after it was written down a lapse was mended.

        None where it was not, where one was afraid, or where it was said sooner than it can have been done.
        """
        if self.put_right_at is None or self.at is None or self.afraid:
            return None
        after = self.put_right_at - self.at
        return None if after < SOONEST and self.at.date() == self.day else after


@dataclass(frozen=True, slots=True)
class Pause:
    """A range of days that asks for nothing; without `last` it goes on. `archived` is one made by putting it away."""

    first: date
    last: date | None = None
    reason: str = ""
    archived: bool = False

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day and (self.last is None or day <= self.last)


class Record:
    """All that was logged for one commitment, indexed by day. Treat it as a value: it never changes."""

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        skips: Mapping[date, str] | None = None,
        pauses: Iterable[Pause] = (),
    ) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: (entry.day, entry.written, entry.id)))
        self.skips: Mapping[date, str] = dict(skips or {})
        self.pauses = tuple(pauses)

    @cached_property
    def _days(self) -> list[date]:
        return [entry.day for entry in self.entries]

    @cached_property
    def _skipped(self) -> list[date]:
        return sorted(self.skips)

    def between(self, first: date, last: date) -> tuple[Entry, ...]:
        """Return the entries of the days from `first` to `last`, oldest first."""
        return self.entries[bisect_left(self._days, first) : bisect_right(self._days, last)]

    def on(self, day: date) -> tuple[Entry, ...]:
        """Return the entries of one day, oldest first."""
        return self.between(day, day)

    @cached_property
    def _paused(self) -> list[tuple[date, date]]:
        """Return the first and last days of all pauses, oldest first, where none meets the next."""
        found: list[tuple[date, date]] = []
        for first, last in sorted((pause.first, pause.last or date.max) for pause in self.pauses):
            if last < first:
                continue
            if found and first <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], last))
            else:
                found.append((first, last))
        return found

    def _pauses_from(self, day: date) -> int:
        """Return the place of the first range of paused days that ends on `day` or later."""
        return bisect_left(self._paused, day, key=lambda each: each[1])

    def paused(self, day: date) -> bool:
        """Return whether the day is paused."""
        place = self._pauses_from(day)
        return place < len(self._paused) and self._paused[place][0] <= day

    def excused(self, day: date) -> bool:
        """Return whether the day is skipped or paused."""
        return day in self.skips or self.paused(day)

    def days_asked(self, first: date, last: date) -> int:
        """Return how many days from `first` to `last` are neither skipped nor paused."""
        days = (last - first).days + 1
        if not self.skips and not self.pauses:
            return days
        for day in self._skipped[bisect_left(self._skipped, first) : bisect_right(self._skipped, last)]:
            days -= not self.paused(day)
        for place in range(self._pauses_from(first), len(self._paused)):
            begin, end = self._paused[place]
            if begin > last:
                break
            days -= (min(end, last) - max(begin, first)).days + 1
        return days

    def same_until(self, day: date, last: date) -> date:
        """Return the last day up to `last` to which every day is as `day` is: no entry, no skip, paused or not.

        The day before `day` where that is not so for `day` itself.
        """
        for days in (self._days, self._skipped):
            place = bisect_left(days, day)
            if place < len(days) and days[place] <= last:
                last = days[place] - timedelta(days=1)
        place = self._pauses_from(day)
        if place < len(self._paused):
            begin, end = self._paused[place]
            last = min(last, end if begin <= day else begin - timedelta(days=1))
        return last


def total(entries: Iterable[Entry]) -> float:
    """Return the sum of the amounts, the same for every order of the entries."""
    return fsum(entry.amount for entry in entries)
