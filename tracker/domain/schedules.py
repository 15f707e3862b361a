"""When a commitment asks for something: one class a kind of schedule, with all that is particular to it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise, takewhile
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from tracker.domain.calendar import ONE_DAY, WEEKDAYS, Calendar, Reach, Span, each_day, month_windows

if TYPE_CHECKING:
    from dateutil.rrule import rrule

Unit = Literal["days", "weeks", "months", "times"]
Length = Literal["days", "weeks", "months"]
Period = Literal["week", "month"]
LimitPeriod = Literal["day", "week", "month"]

UNITS: dict[LimitPeriod, Unit] = {"day": "days", "week": "weeks", "month": "months"}
PERIODS: dict[str, Period] = {"week": "week", "month": "month"}
LIMIT_PERIODS: dict[str, LimitPeriod] = {"day": "day", **PERIODS}
LENGTHS: dict[str, Length] = {"days": "days", "weeks": "weeks", "months": "months"}
DAYS_IN = {"days": 1, "weeks": 7, "months": 30, "day": 1, "week": 7, "month": 30}
MOST = {"days": 366, "weeks": 52, "months": 24, "week": 1000, "month": 1000, "min": 10_000}
YEARS = range(1900, 9001)


class ScheduleKind(ABC):
    """What a kind of schedule says of itself; most have the answers that stand here."""

    __slots__ = ()

    unit: ClassVar[Unit] = "times"
    """What its streak is counted in."""
    n: ClassVar[int] = 1
    """How often a period asks, for the half-life of consistency."""
    target: ClassVar[int | None] = None
    """The number that it carries itself, in place of the plan's target."""
    due_by_day: ClassVar[bool] = False
    """Whether it names single days, which are due or not and never in part."""
    by: ClassVar[date | None] = None
    """Its last day of all, where it names one."""
    asks: ClassVar[str] = ""
    """What it asks for in a sentence, where that is something else than the plan's target each time."""

    @property
    @abstractmethod
    def sentence(self) -> str:
        """Return it as it is stored and shown."""

    @classmethod
    @abstractmethod
    def exact(cls, text: str) -> ScheduleKind | None:
        """Return what a sentence in small letters and with single spaces means, or None."""

    @abstractmethod
    def spans(self, reach: Reach, calendar: Calendar, since: date) -> Iterator[Span]:
        """Yield the days of its occasions around and after `since`, oldest first."""

    def spacing(self, start: date) -> float:
        """Return D, the nominal days of one occasion of a plan that starts on a day."""
        return 1.0

    def whole(self, day: date, calendar: Calendar) -> Span | None:
        """Return the calendar week or month around a day that it is asked by, or None for other kinds."""
        return None

    def stride(self, span: Span) -> tuple[int, int] | None:
        """Return after how many days its spans lie the same again and how many lie in these; None for no such days."""
        return None

    def last_before(self, day: date) -> date:
        """Return the last day of the spans that lie before the first day of one."""
        return day - ONE_DAY


class _OfAPeriod(ScheduleKind):
    """Asks by the calendar week or month that lies around a day."""

    __slots__ = ()
    number: int
    period: LimitPeriod
    asks = "Any days of it will do; the number is in the sentence, so the target is not used."

    @property
    def target(self) -> int:  # type: ignore[override]
        return self.number

    @property
    def unit(self) -> Unit:  # type: ignore[override]
        return UNITS[self.period]

    def spacing(self, start: date) -> float:
        return DAYS_IN[self.period]

    def whole(self, day: date, calendar: Calendar) -> Span | None:
        if self.period == "day":
            return None
        return calendar.week(day) if self.period == "week" else calendar.month(day)

    def spans(self, reach: Reach, calendar: Calendar, since: date) -> Iterator[Span]:
        span = self.whole(since, calendar)
        if span is None:
            yield from (Span(day, day, 1) for day in each_day(since))
        while span is not None:
            yield span
            span = self.whole(span.last + ONE_DAY, calendar) if span.last < date.max else None

    def stride(self, span: Span) -> tuple[int, int] | None:
        return None if self.period == "month" else (DAYS_IN[self.period], 1)


@dataclass(frozen=True, slots=True)
class Daily(ScheduleKind):
    """Each day."""

    unit: ClassVar[Unit] = "days"
    due_by_day = True

    @property
    def sentence(self) -> str:
        return "daily"

    @classmethod
    def exact(cls, text: str) -> Self | None:
        return cls() if text == "daily" else None

    def spans(self, reach: Reach, calendar: Calendar, since: date) -> Iterator[Span]:
        return (Span(day, day, 1) for day in each_day(since))

    def stride(self, span: Span) -> tuple[int, int]:
        return 1, 1


@dataclass(frozen=True, slots=True)
class Weekdays(ScheduleKind):
    """Each named day of the week, in the order it was typed; 0 is Monday."""

    days: tuple[int, ...]
    due_by_day = True

    @property
    def sentence(self) -> str:
        return " ".join(WEEKDAYS[day] for day in self.days)

    @classmethod
    def exact(cls, text: str) -> Self | None:
        words = text.split()
        if not words or len(set(words)) < len(words) or not all(word in WEEKDAYS for word in words):
            return None
        return cls(tuple(WEEKDAYS.index(word) for word in words))

    def spans(self, reach: Reach, calendar: Calendar, since: date) -> Iterator[Span]:
        return (Span(day, day, 1) for day in each_day(since) if day.weekday() in self.days)

    def spacing(self, start: date) -> float:
        return 7 / len(self.days)

    def stride(self, span: Span) -> tuple[int, int]:
        return 7, len(self.days)

    def last_before(self, day: date) -> date:
        return next(day - back * ONE_DAY for back in range(1, 8) if (day - back * ONE_DAY).weekday() in self.days)


@dataclass(frozen=True, slots=True)
class Every(ScheduleKind):
    """A window of `number` days, weeks or months, counted from the plan's start."""

    number: int
    length: Length
    _FORM: ClassVar = re.compile(r"every ([1-9][0-9]{0,3}) (days|weeks|months)")

    @property
    def sentence(self) -> str:
        return f"every {self.number} {self.length}"

    @classmethod
    def exact(cls, text: str) -> Self | None:
        found = cls._FORM.fullmatch(text)
        return cls(int(found[1]), LENGTHS[found[2]]) if found and 2 <= int(found[1]) <= MOST[found[2]] else None

    def spans(self, reach: Reach, calendar: Calendar, since: date) -> Iterator[Span]:
        if self.length == "months":
            yield from month_windows(self.number, reach.anchor, since)
            return
        size = self.number * DAYS_IN[self.length]
        first = since - timedelta(days=(since - reach.anchor).days % size)
        while first <= date.max - timedelta(days=size):
            yield Span(first, first + timedelta(days=size - 1), size)
            first += timedelta(days=size)

    def spacing(self, start: date) -> float:
        return self.number * DAYS_IN[self.length]

    def stride(self, span: Span) -> tuple[int, int] | None:
        return None if self.length == "months" else (span.days, 1)


@dataclass(frozen=True, slots=True)
class Quota(_OfAPeriod):
    """`number` times in a calendar week or month; `bare` remembers the one-word form."""

    number: int
    period: Period
    bare: bool = False
    _FORM: ClassVar = re.compile(r"([1-9][0-9]{0,4}) per (week|month)")

    @property
    def sentence(self) -> str:
        return f"{self.period}ly" if self.bare else f"{self.number} per {self.period}"

    @classmethod
    def exact(cls, text: str) -> Self | None:
        if text in ("weekly", "monthly"):
            return cls(1, "week" if text == "weekly" else "month", bare=True)
        found = cls._FORM.fullmatch(text)
        return cls(int(found[1]), PERIODS[found[2]]) if found and int(found[1]) <= MOST[found[2]] else None

    @property
    def n(self) -> int:  # type: ignore[override]
        return self.number


@dataclass(frozen=True, slots=True)
class Minutes(_OfAPeriod):
    """`number` minutes in a calendar week or month."""

    number: int
    period: Period
    _FORM: ClassVar = re.compile(r"([1-9][0-9]{0,4}) min per (week|month)")

    @property
    def sentence(self) -> str:
        return f"{self.number} min per {self.period}"

    @classmethod
    def exact(cls, text: str) -> Self | None:
        found = cls._FORM.fullmatch(text)
        return cls(int(found[1]), PERIODS[found[2]]) if found and int(found[1]) <= MOST["min"] else None


@dataclass(frozen=True, slots=True)
class AtMost(_OfAPeriod):
    """No more than `number` times, or minutes, in a day, a calendar week or a calendar month."""

    number: int
    period: LimitPeriod
    minutes: bool = False
    asks = "Kept where the sum stays within it once the time is over; nothing logged is within it too."
    _FORM: ClassVar = re.compile(r"at most ([1-9][0-9]{0,4}) (min )?per (day|week|month)")

    @property
    def sentence(self) -> str:
        return f"at most {self.number} {'min ' if self.minutes else ''}per {self.period}"

    @classmethod
    def exact(cls, text: str) -> Self | None:
        found = cls._FORM.fullmatch(text)
        if not found or int(found[1]) > MOST["min" if found[2] else "week"]:
            return None
        return cls(int(found[1]), LIMIT_PERIODS[found[3]], bool(found[2]))


@dataclass(frozen=True, slots=True)
class OnEvent(ScheduleKind):
    """Each event that happened."""

    asks = "Asked for nothing until it happens."

    @property
    def sentence(self) -> str:
        return "on event"

    @classmethod
    def exact(cls, text: str) -> Self | None:
        return cls() if text == "on event" else None

    def spans(self, reach: Reach, calendar: Calendar, since: date) -> Iterator[Span]:
        return iter(())


@dataclass(frozen=True, slots=True)
class Once(ScheduleKind):
    """One time, with or without a last day."""

    by: date | None = None  # type: ignore[misc]
    _FORM: ClassVar = re.compile(r"once by ([0-9]{4}-[0-9]{2}-[0-9]{2})")

    @property
    def sentence(self) -> str:
        return f"once by {self.by.isoformat()}" if self.by else "once"

    @classmethod
    def exact(cls, text: str) -> Self | None:
        if text == "once":
            return cls()
        try:
            by = date.fromisoformat(found[1]) if (found := cls._FORM.fullmatch(text)) else None
        except ValueError:
            return None
        return cls(by) if by and by.year in YEARS else None

    def spans(self, reach: Reach, calendar: Calendar, since: date) -> Iterator[Span]:
        last = max(self.by, reach.begin) if self.by else reach.until - ONE_DAY if reach.until else date.max
        yield Span(reach.begin, last, 1)


_SUBDAILY = re.compile(r"FREQ=(HOURLY|MINUTELY|SECONDLY)|BYHOUR|BYMINUTE|BYSECOND|DTSTART")
_ONE_RULE = re.compile(r"[A-Z0-9=;,+-]+")
_NEVER = re.compile(r"INTERVAL=(0+|[0-9]{5,})(;|$)|COUNT=(-|0+(;|$))")
_NO_RULE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)
LAST_CYCLE = date(9600, 1, 1)
"""The calendar repeats every 400 years: a rule without a date in the last 400 has none."""


@dataclass(frozen=True, slots=True)
class Rule(ScheduleKind):
    """Each date of an RFC 5545 recurrence rule, counted from the plan's start."""

    text: str
    due_by_day = True

    @property
    def sentence(self) -> str:
        return f"rrule {self.text}"

    @classmethod
    def exact(cls, text: str) -> Self | None:
        """Return the rule if it is written as it is kept, is one date a day at most, and comes at least once."""
        text = text[6:].upper() if text[:6] == "rrule " else ""
        if _SUBDAILY.search(text) or not _ONE_RULE.fullmatch(text) or _NEVER.search(text):
            return None
        return cls(text) if cls(text).comes() else None

    def dates(self, start: date) -> Iterator[date]:
        """Yield the rule's dates from `start` on, without end if the rule has none."""
        for moment in _rule(self.text, start):
            yield moment.date()

    def spans(self, reach: Reach, calendar: Calendar, since: date) -> Iterator[Span]:
        # The days from the anchor on stay where they were if the start moved before it.
        earlier = takewhile(lambda day: day < reach.anchor, self.dates(min(reach.begin, reach.anchor)))
        for days in (earlier, self.dates(reach.anchor)):
            yield from (Span(day, day, 1) for day in days if day >= since)

    @lru_cache(maxsize=256)  # noqa: B019 a rule never changes, and is small
    def spacing(self, start: date) -> float:
        """Return the mean gap of its first twelve dates."""
        gaps = [(b - a) / timedelta(days=1) for a, b in pairwise(islice(self.dates(start), 12))]
        return sum(gaps) / len(gaps) if gaps else 1.0

    def comes(self) -> bool | None:
        """Return whether it ever comes, or None where it is not a rule of RFC 5545."""
        if self._names_no_day():
            return False
        endless = Rule(";".join(part for part in self.text.split(";") if part[:6] not in ("COUNT=", "UNTIL=")))
        try:
            if not any(endless.dates(LAST_CYCLE)):
                return False
            next(self.dates(LAST_CYCLE), None)
        except _NO_RULE:
            return None
        return True

    def _names_no_day(self) -> bool:
        """Return whether a rule by days or weeks names days that no year has, such as 30 February."""
        parts = self.text.split(";")
        named = [part for part in parts if part[:2] == "BY" and part[:9] != "BYSETPOS="]
        if not named or not {"FREQ=DAILY", "FREQ=WEEKLY"} & set(parts):
            return False
        try:
            return not any(Rule(";".join(("FREQ=YEARLY", *named))).dates(LAST_CYCLE))
        except _NO_RULE:
            return False


Schedule = Daily | Weekdays | Every | Quota | Minutes | AtMost | OnEvent | Once | Rule
KINDS: tuple[type[Schedule], ...] = (Daily, Weekdays, Every, Quota, Minutes, AtMost, OnEvent, Once, Rule)


@lru_cache(maxsize=256)
def exact(sentence: str) -> Schedule | None:
    """Return the schedule of a sentence that is written as it is stored, in any case, or None."""
    text = " ".join(sentence.split()).lower()
    return next((found for kind in KINDS if (found := kind.exact(text)) is not None), None)


@lru_cache(maxsize=64)
def _rule(text: str, start: date) -> rrule:
    from dateutil.rrule import rrulestr

    rule = rrulestr(text, dtstart=datetime(start.year, start.month, start.day), cache=True)  # noqa: DTZ001
    return rule  # type: ignore[return-value]
