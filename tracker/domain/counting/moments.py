"""The headline of something to avoid: moments handled, moments when it happened, and what was put right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from tracker.domain.records import HANDLED, LAPSE, Entry, Record

FORTNIGHT = 14
HAPPENED = "it happened"
"""What a lapse is called, wherever one is shown."""


class Moments(NamedTuple):
    """How many moments were handled, in how many it happened, and how many of those were put right.

    `put_right` is within 24 hours with nobody afraid, `later` is after more than 24 hours.
    """

    handled: int = 0
    happened: int = 0
    put_right: int = 0
    later: int = 0

    @property
    def headline(self) -> str:
        """Return all of them in words, `2 handled, 3 happened, 1 put right`; nothing where there were none."""
        return self._said("put right", "put right later")

    def within(self, room: int) -> str:
        """Return the headline, in shorter words where it has more than `room` characters."""
        return self.headline if len(self.headline) <= room else self._said("right", "later")

    def _said(self, right: str, later: str) -> str:
        counts = (
            (self.handled, "handled"),
            (self.happened, "happened"),
            (self.put_right, right),
            (self.later, later),
        )
        return ", ".join(f"{number} {word}" for number, word in counts if number)


def moments(entries: Iterable[Entry]) -> Moments:
    """Return the moments among entries."""
    found = tuple(entries)
    lapses = [entry for entry in found if entry.outcome == LAPSE]
    handled = sum(entry.outcome == HANDLED for entry in found)
    right = sum(entry.put_right for entry in lapses)
    return Moments(handled, len(lapses), right, sum(entry.put_right_later for entry in lapses))


def first_lately(day: date) -> date:
    """Return the first day of the fortnight that ends on a day."""
    return day - timedelta(days=FORTNIGHT - 1)


def lately(record: Record, day: date) -> Moments:
    """Return the moments of the fortnight that ends on a day."""
    return moments(record.between(first_lately(day), day))


def say_put_right(entry: Entry) -> str:
    """Return when a lapse was put right, `put right` or `put right, 2 days later`; nothing where it was not."""
    if entry.put_right:
        return "put right"
    if not entry.put_right_later or entry.put_right_at is None or entry.at is None:
        return ""
    days = max(1, (entry.put_right_at - entry.at).days)
    return f"put right, {'a day' if days == 1 else f'{days} days'} later"
