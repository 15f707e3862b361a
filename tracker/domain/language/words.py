"""Days and lengths of time in words, and what cannot be read: the errors that say what can."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tracker.domain.calendar import EARLIEST, WEEKDAYS, farthest

if TYPE_CHECKING:
    from tracker.domain.schedules import Schedule

DAY_EXAMPLES = "today, yesterday, mon, 2026-11-20, -2 or 2026-11-01..2026-11-05"
FORMS = (
    "daily, mon wed fri, 3 per week, every 3 days, 120 min per week, at most 2 per day, on event or once by 2026-12-24"
)
DURATION_EXAMPLES = "45m, 1h30, 1.5h or 90 (minutes)"
LONGEST_RANGE = 366
MOST_MINUTES = 24 * 60


class Unreadable(ValueError):
    """What somebody typed cannot be read; the message tells them what can."""


class BadWord(Unreadable):
    """A day or a duration that cannot be read; the message says what can."""


class BadSchedule(Unreadable):
    """A sentence that is no schedule.

    `nearest` is a valid sentence that means the same, or empty where that is not certain; `either` are the two that it
    could mean. `why` is the reason; with `forms` the ways to write one are named after it.
    """

    def __init__(
        self, sentence: str, nearest: str = "", why: str = "", either: Sequence[str] = (), *, forms: bool = True
    ) -> None:
        self.sentence, self.nearest, self.why, self.either, self.forms = sentence, nearest, why, tuple(either), forms
        if either:
            text = f"'{sentence}' can mean two things: {' or '.join(repr(each) for each in either)}. Write one of them."
        else:
            because = f": {why}" if why else ""
            way = f" Did you mean '{nearest}'?" if nearest else f" It can be {FORMS}." if forms else ""
            text = f"'{sentence}' is not a schedule{because}.{way}"
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sentence asks for: the schedule, and the amount each time where it names one, in minutes or times."""

    schedule: Schedule
    target: int | None = None
    minutes: bool = False


def exact_day(word: str, today: date, ahead: bool) -> date | None:
    """Return the day of one of the plain forms, in small letters, or None. Raises BadWord for a date that is none."""
    if word in ("today", "0"):
        return today
    if word == "yesterday":
        return today - timedelta(days=1)
    if word == "tomorrow":
        return today + timedelta(days=1)
    if (weekday := weekday_of(word)) is not None:
        away = (weekday - today.weekday()) % 7 if ahead else -((today.weekday() - weekday) % 7)
        return today + timedelta(days=away)
    if re.fullmatch(r"-[0-9]{1,4}", word):
        return today - timedelta(days=int(word[1:]))
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word):
        year, month, day = (int(part) for part in word.split("-"))
        return day_in_range(word, year, month, day, today)
    return None


def weekday_of(word: str) -> int | None:
    """Return the number (0 is Monday) of a weekday by its name or the first three letters of it, or more."""
    if len(word) < 3 or not any(name.startswith(word) for name in LONG_WEEKDAYS):
        return None
    return WEEKDAYS.index(word[:3])


def day_in_range(text: str, year: int, month: int, day: int, today: date) -> date:
    """Return a day from 1900 on, at most a hundred years ahead. Raises BadWord where there is none."""
    try:
        found = date(year, month, day)
    except ValueError:
        raise BadWord(f"No such day: '{text}'. Try {DAY_EXAMPLES}.") from None
    if not EARLIEST <= found <= farthest(today):
        raise BadWord(f"The year of '{text}' is out of range. Try {DAY_EXAMPLES}.")
    return found


LONG_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def say_duration(minutes: float) -> str:
    """Return minutes in words: `45 min`, `1 h 30 min`."""
    whole = round(minutes)
    hours, rest = divmod(whole, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def say_number(number: float) -> str:
    """Return a number without a needless decimal point."""
    tenths = round(number, 1) + 0.0
    return f"{tenths:.0f}" if tenths == int(tenths) else f"{tenths:.1f}"


def say_list(words: Sequence[str], last: str = "and") -> str:
    """Return words joined as in a sentence: `a, b and c`."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)
