"""The sentences of a schedule: what is typed, stored and shown back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain.calendar import WEEKDAYS
from tracker.domain.schedules import (
    AtMost,
    Daily,
    Every,
    Length,
    LimitPeriod,
    Minutes,
    Once,
    OnEvent,
    Period,
    Quota,
    Rule,
    Schedule,
    Weekdays,
)

MOST = {"days": 366, "weeks": 52, "months": 24, "week": 1000, "month": 1000, "min": 10_000}
YEARS = range(1900, 9001)
FORMS = (
    "daily, mon wed fri, 3 per week, every 3 days, 120 min per week, at most 2 per day, on event or once by 2026-12-24"
)

_QUOTA = re.compile(r"([1-9][0-9]{0,4}) per (week|month)")
_MINUTES = re.compile(r"([1-9][0-9]{0,4}) min per (week|month)")
_AT_MOST = re.compile(r"at most ([1-9][0-9]{0,4}) (min )?per (day|week|month)")
_EVERY = re.compile(r"every ([1-9][0-9]{0,3}) (days|weeks|months)")
_ONCE_BY = re.compile(r"once by ([0-9]{4}-[0-9]{2}-[0-9]{2})")
_SUBDAILY = re.compile(r"FREQ=(HOURLY|MINUTELY|SECONDLY)|BYHOUR|BYMINUTE|BYSECOND|DTSTART")
_ONE_RULE = re.compile(r"[A-Z0-9=;,+-]+")
_NEVER = re.compile(r"INTERVAL=(0+|[0-9]{5,})(;|$)|COUNT=(-|0+(;|$))")

_NO_RULE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)

LAST_CYCLE = date(9600, 1, 1)
"""The calendar repeats every 400 years: a rule without a date in the last 400 has none."""


class BadSchedule(ValueError):
    """A sentence that is no schedule.

    `nearest` is a valid sentence that means the same, or empty where that is not certain; `either` are the two that it
    could mean. `why` is the reason; with `forms` the ways to write one are named after it.
    """

    def __init__(
        self, sentence: str, nearest: str = "", why: str = "", either: Sequence[str] = (), *, forms: bool = True
    ) -> None:
        self.sentence, self.nearest, self.why, self.either, self.forms = sentence, nearest, why, tuple(either), forms
        if either:
            said = f"'{sentence}' can mean two things: {' or '.join(repr(each) for each in either)}. Write one of them."
        else:
            because = f": {why}" if why else ""
            way = f" Did you mean '{nearest}'?" if nearest else f" It can be {FORMS}." if forms else ""
            said = f"'{sentence}' is not a schedule{because}.{way}"
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sentence asks for: the schedule, and the amount each time where it names one, in minutes or times."""

    schedule: Schedule
    target: int | None = None
    minutes: bool = False


def parse(sentence: str, today: date | None = None) -> Schedule:
    """Return the schedule a sentence means. Raises BadSchedule.

    `today` is what `by friday` is counted from. A sentence with an amount each time (`15 min daily`) is refused, for
    that is a target: see `parse_asked`.
    """
    asked = parse_asked(sentence, today)
    if asked.target is not None:
        unit, kind = ("minutes", "minutes") if asked.minutes else ("times", "count")
        why = f"write '{asked.schedule.sentence}', with the kind {kind} and the target {asked.target} {unit}"
        raise BadSchedule(" ".join(sentence.split()), why=why, forms=False)
    return asked.schedule


def parse_asked(sentence: str, today: date | None = None) -> Asked:
    """Return what a sentence asks for, also as people write it: `4 times a week`, `mon-fri`, `15 min daily`.

    Raises BadSchedule with the reason, the two readings, a sentence of the same meaning, or the forms there are.
    """
    if (schedule := exact(sentence)) is not None:
        return Asked(schedule)
    from tracker.domain.language.schedule_phrases import read

    return read(sentence, today)


def exact(sentence: str) -> Schedule | None:
    """Return the schedule of a sentence that is written as it is stored, in any case, or None."""
    text = " ".join(sentence.split())
    if text[:6].lower() == "rrule ":
        return _exact_rule(text[6:].upper())
    text = text.lower()
    simple: dict[str, Schedule] = {
        "daily": Daily(),
        "weekly": Quota(1, "week", bare=True),
        "monthly": Quota(1, "month", bare=True),
        "on event": OnEvent(),
        "once": Once(),
    }
    if text in simple:
        return simple[text]
    words = text.split()
    if words and all(word in WEEKDAYS for word in words) and len(set(words)) == len(words):
        return Weekdays(tuple(WEEKDAYS.index(word) for word in words))
    if found := _QUOTA.fullmatch(text):
        number, period = int(found[1]), _period(found[2])
        return Quota(number, period) if number <= MOST[period] else None
    if found := _MINUTES.fullmatch(text):
        number, period = int(found[1]), _period(found[2])
        return Minutes(number, period) if number <= MOST["min"] else None
    if found := _AT_MOST.fullmatch(text):
        number, minutes = int(found[1]), bool(found[2])
        fits = number <= MOST["min" if minutes else "week"]
        return AtMost(number, _limit_period(found[3]), minutes) if fits else None
    if found := _EVERY.fullmatch(text):
        number, length = int(found[1]), _length(found[2])
        return Every(number, length) if 2 <= number <= MOST[length] else None
    if (found := _ONCE_BY.fullmatch(text)) and (by := _day(found[1])):
        return Once(by)
    return None


def _period(word: str) -> Period:
    return "week" if word == "week" else "month"


def _limit_period(word: str) -> LimitPeriod:
    return "day" if word == "day" else _period(word)


def _length(word: str) -> Length:
    return "days" if word == "days" else "weeks" if word == "weeks" else "months"


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _exact_rule(text: str) -> Rule | None:
    """Return the rule if it is written as it is kept, is one date a day at most, and comes at least once."""
    if _SUBDAILY.search(text) or not _ONE_RULE.fullmatch(text) or _NEVER.search(text):
        return None
    return Rule(text) if comes(text) else None


def _no_day(text: str) -> bool:
    """Return whether a rule by days or weeks names days that no year has, such as 30 February."""
    parts = text.split(";")
    named = [part for part in parts if part[:2] == "BY" and part[:9] != "BYSETPOS="]
    if not named or not {"FREQ=DAILY", "FREQ=WEEKLY"} & set(parts):
        return False
    try:
        return not any(Rule(";".join(("FREQ=YEARLY", *named))).dates(LAST_CYCLE))
    except _NO_RULE:
        return False


def comes(text: str) -> bool | None:
    """Return whether a rule ever comes, or None where it is not a rule of RFC 5545."""
    if _no_day(text):
        return False
    rule = Rule(text)
    endless = Rule(";".join(part for part in text.split(";") if part[:6] not in ("COUNT=", "UNTIL=")))
    try:
        if not any(endless.dates(LAST_CYCLE)):
            return False
        next(rule.dates(LAST_CYCLE), None)
    except _NO_RULE:
        return None
    return True
