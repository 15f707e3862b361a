"""The sentences of a schedule: what is typed, stored and shown back."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches

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

_QUOTA = re.compile(r"([1-9][0-9]{0,4}) per (week|month)")
_MINUTES = re.compile(r"([1-9][0-9]{0,4}) min per (week|month)")
_AT_MOST = re.compile(r"at most ([1-9][0-9]{0,4}) (min )?per (day|week|month)")
_EVERY = re.compile(r"every ([1-9][0-9]{0,3}) (days|weeks|months)")
_ONCE_BY = re.compile(r"once by ([0-9]{4}-[0-9]{2}-[0-9]{2})")
_SUBDAILY = re.compile(r"FREQ=(HOURLY|MINUTELY|SECONDLY)|BYHOUR|BYMINUTE|BYSECOND|DTSTART")
_ONE_RULE = re.compile(r"[A-Z0-9=;,+-]+")
_NEVER = re.compile(r"INTERVAL=(0+|[0-9]{5,})(;|$)|COUNT=(-|0+(;|$))")

LAST_CYCLE = date(9600, 1, 1)
"""The calendar repeats every 400 years: a rule without a date in the last 400 has none."""


class BadSchedule(ValueError):
    """A sentence that is no schedule; `nearest` is the closest one that is."""

    def __init__(self, sentence: str, nearest: str, why: str = "") -> None:
        self.sentence, self.nearest = sentence, nearest
        because = f" ({why})" if why else ""
        super().__init__(f"'{sentence}' is not a schedule{because}. Did you mean '{nearest}'?")


def parse(sentence: str) -> Schedule:
    """Return the schedule a sentence means; raise BadSchedule with the nearest valid sentence."""
    text = " ".join(sentence.split())
    if text[:6].lower() == "rrule ":
        return _parse_rule(text[6:].upper())
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
        if number <= MOST[period]:
            return Quota(number, period)
    elif found := _MINUTES.fullmatch(text):
        number, period = int(found[1]), _period(found[2])
        if number <= MOST["min"]:
            return Minutes(number, period)
    elif found := _AT_MOST.fullmatch(text):
        number, minutes = int(found[1]), bool(found[2])
        if number <= MOST["min" if minutes else "week"]:
            return AtMost(number, _limit_period(found[3]), minutes)
    elif found := _EVERY.fullmatch(text):
        number, length = int(found[1]), _length(found[2])
        if 2 <= number <= MOST[length]:
            return Every(number, length)
    elif found := _ONCE_BY.fullmatch(text):
        if by := _day(found[1]):
            return Once(by)
        raise BadSchedule(text, "once by 2026-12-24", "no such day")
    raise BadSchedule(text, nearest(text))


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


def _parse_rule(text: str) -> Rule:
    """Return the rule if it is one date a day at most and comes at least once."""
    example = "rrule FREQ=MONTHLY;BYDAY=1MO"
    if _SUBDAILY.search(text):
        raise BadSchedule(f"rrule {text}", example, "a rule names days; the plan brings its own start")
    if not _ONE_RULE.fullmatch(text):
        raise BadSchedule(f"rrule {text}", example, "one rule on one line")
    rule = Rule(text)
    endless = Rule(";".join(part for part in text.split(";") if part[:6] not in ("COUNT=", "UNTIL=")))
    try:
        comes = not _NEVER.search(text) and any(endless.dates(LAST_CYCLE))
        if comes:
            next(rule.dates(LAST_CYCLE), None)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError) as error:
        raise BadSchedule(f"rrule {text}", example, "not a rule of RFC 5545") from error
    if not comes:
        raise BadSchedule(f"rrule {text}", example, "that day never comes")
    return rule


_LONG_DAYS = {
    "monday": "mon",
    "tuesday": "tue",
    "tues": "tue",
    "wednesday": "wed",
    "thursday": "thu",
    "thurs": "thu",
    "friday": "fri",
    "saturday": "sat",
    "sunday": "sun",
}
_WORDS = {"once": 1, "one": 1, "twice": 2, "two": 2, "three": 3, "thrice": 3, "four": 4, "five": 5, "six": 6}
_WORDS |= {"seven": 7, "other": 2, "second": 2, "third": 3, "fortnight": 2}


def nearest(text: str) -> str:
    """Return the valid sentence closest to `text`."""
    words = re.findall(r"[a-z]+|[0-9]+", text.lower())
    days = [_LONG_DAYS.get(word.removesuffix("s"), _LONG_DAYS.get(word, word)) for word in words]
    named = list(dict.fromkeys(day for day in days if day in WEEKDAYS))
    if named:
        return " ".join(named)
    if any(word in ("weekdays", "workdays", "weekday") for word in words):
        return "mon tue wed thu fri"
    if any(word.startswith("weekend") for word in words):
        return "sat sun"
    digits = [int(word[:9]) for word in words if word.isdigit() and int(word[:9]) > 0]
    digits += [_WORDS[word] for word in words if word in _WORDS]
    number = digits[0] if digits else 1
    has = " ".join(words)
    if "by" in words:
        days = re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
        return next((f"once by {day}" for day in days if _day(day)), "once by 2026-12-24")
    if "event" in has or "when" in words:
        return "on event"
    if "min" in has or "hour" in has:
        minutes = number * 60 if "hour" in has else number
        minutes = min(minutes, MOST["min"]) if digits else 120
        return f"{minutes} min per {'month' if 'month' in has else 'week'}"
    if "every" in words or "each" in words:
        if number == 1:
            return "monthly" if "month" in has else "weekly" if "week" in has else "daily"
        length = "months" if "month" in has else "weeks" if "week" in has or "fortnight" in has else "days"
        return f"every {min(number, MOST[length])} {length}"
    if "week" in has or "month" in has:
        period = "month" if "month" in has else "week"
        return f"{min(number, MOST[period])} per {period}" if digits else f"{period}ly"
    if "day" in has:
        return "daily"
    known = [
        "daily",
        "weekly",
        "monthly",
        "once",
        "on event",
        f"{min(number, MOST['week'])} per week",
        f"{min(number, MOST['month'])} per month",
        f"every {min(number + 1, MOST['days'])} days",
    ]
    return (get_close_matches(text, known, 1, 0.4) or ["daily"])[0]
