"""The settings that cut time: when weeks begin and when days end, each since a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.domain.calendar import Calendar, WeekStart
from tracker.domain.clock import DayEnd
from tracker.ledger import codec
from tracker.ledger.bounds import Bounds

WEEK_START, DAY_END = "week-start", "day-ends-at"
CUTTING = (WEEK_START, DAY_END)
MOST_CUTS = 200
"""So many changes of each are counted at most, the newest."""


class Cuts:
    """What the settings say so far, by their keys."""

    def __init__(self) -> None:
        self._starts: dict[str, WeekStart] = {}
        self._ends: dict[str, DayEnd] = {}
        self.calendar = Calendar()
        """The weeks as the person set them."""
        self.day_ends: tuple[DayEnd, ...] = ()
        """When days end, oldest setting first."""

    def take(self, name: str, key: str, since: str, value: Mapping[str, Any] | None, bounds: Bounds) -> None:
        """Take in a setting that cuts time, None where it is gone. Raises one of MISREAD where it is none."""
        self._starts.pop(key, None)
        self._ends.pop(key, None)
        if value is None:
            return
        day = date.fromisoformat(since)
        bounds.check(day)
        if name == DAY_END:
            self._ends[key] = DayEnd(day, codec.read_time(value))
        else:
            self._starts[key] = WeekStart(day, int(value["value"]) % 7)

    def settle(self) -> set[str]:
        """Put what was taken in into the order of its days, and return the keys of the oldest beyond the most."""
        starts = sorted(self._starts, key=lambda key: self._starts[key].since)
        ends = sorted(self._ends, key=lambda key: self._ends[key].since)
        self.calendar = Calendar(tuple(self._starts[key] for key in starts[-MOST_CUTS:]))
        self.day_ends = tuple(self._ends[key] for key in ends[-MOST_CUTS:])
        return {*starts[:-MOST_CUTS], *ends[:-MOST_CUTS]}
