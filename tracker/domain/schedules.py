"""When a commitment asks for something: the schedules and what each one means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Literal

from tracker.domain.calendar import WEEKDAYS

if TYPE_CHECKING:
    from dateutil.rrule import rrule

Unit = Literal["days", "weeks", "months", "times"]
Length = Literal["days", "weeks", "months"]
Period = Literal["week", "month"]
LimitPeriod = Literal["day", "week", "month"]

DAYS_IN = {"days": 1, "weeks": 7, "months": 30, "day": 1, "week": 7, "month": 30}


@dataclass(frozen=True, slots=True)
class Daily:
    """Each day."""

    @property
    def sentence(self) -> str:
        return "daily"


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Each named day of the week, in the order it was typed; 0 is Monday."""

    days: tuple[int, ...]

    @property
    def sentence(self) -> str:
        return " ".join(WEEKDAYS[day] for day in self.days)


@dataclass(frozen=True, slots=True)
class Every:
    """A window of `number` days, weeks or months, counted from the plan's start."""

    number: int
    length: Length

    @property
    def sentence(self) -> str:
        return f"every {self.number} {self.length}"


@dataclass(frozen=True, slots=True)
class Quota:
    """`number` times in a calendar week or month; `bare` remembers the one-word form."""

    number: int
    period: Period
    bare: bool = False

    @property
    def sentence(self) -> str:
        return f"{self.period}ly" if self.bare else f"{self.number} per {self.period}"


@dataclass(frozen=True, slots=True)
class Minutes:
    """`number` minutes in a calendar week or month."""

    number: int
    period: Period

    @property
    def sentence(self) -> str:
        return f"{self.number} min per {self.period}"


@dataclass(frozen=True, slots=True)
class AtMost:
    """No more than `number` times, or minutes, in a day, a calendar week or a calendar month."""

    number: int
    period: LimitPeriod
    minutes: bool = False

    @property
    def sentence(self) -> str:
        return f"at most {self.number} {'min ' if self.minutes else ''}per {self.period}"


@dataclass(frozen=True, slots=True)
class OnEvent:
    """Each event that happened."""

    @property
    def sentence(self) -> str:
        return "on event"


@dataclass(frozen=True, slots=True)
class Once:
    """One time, with or without a last day."""

    by: date | None = None

    @property
    def sentence(self) -> str:
        return f"once by {self.by.isoformat()}" if self.by else "once"


@dataclass(frozen=True, slots=True)
class Rule:
    """Each date of an RFC 5545 recurrence rule, counted from the plan's start."""

    text: str

    @property
    def sentence(self) -> str:
        return f"rrule {self.text}"

    def dates(self, start: date) -> Iterator[date]:
        """Yield the rule's dates from `start` on, without end if the rule has none."""
        for moment in _rule(self.text, start):
            yield moment.date()


Schedule = Daily | Weekdays | Every | Quota | Minutes | AtMost | OnEvent | Once | Rule


@lru_cache(maxsize=64)
def _rule(text: str, start: date) -> rrule:
    from dateutil.rrule import rrulestr

    rule = rrulestr(text, dtstart=datetime(start.year, start.month, start.day), cache=True)  # noqa: DTZ001
    return rule  # type: ignore[return-value]


def unit_of(schedule: Schedule) -> Unit:
    """Return the unit its streak is counted in."""
    match schedule:
        case Daily() | AtMost(period="day"):
            return "days"
        case Quota(period=period) | Minutes(period=period) | AtMost(period=period):
            return "weeks" if period == "week" else "months"
        case _:
            return "times"


def number_of(schedule: Schedule) -> int:
    """Return n, how often a period asks, for the half-life of consistency."""
    return schedule.number if isinstance(schedule, Quota) else 1


@lru_cache(maxsize=256)
def spacing_of(schedule: Schedule, start: date) -> float:
    """Return D, the nominal days of one occasion; a rule has the mean gap of its first twelve dates."""
    match schedule:
        case Weekdays(days=days):
            return 7 / len(days)
        case Every(number=number, length=length):
            return number * DAYS_IN[length]
        case Quota(period=period) | Minutes(period=period) | AtMost(period=period):
            return DAYS_IN[period]
        case Rule():
            dates = list(islice(schedule.dates(start), 12))
            gaps = [(b - a) / timedelta(days=1) for a, b in pairwise(dates)]
            return sum(gaps) / len(gaps) if gaps else 1.0
        case _:
            return 1.0
