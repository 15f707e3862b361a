"""Days and durations as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from tracker.domain.calendar import EARLIEST, WEEKDAYS, Calendar, farthest

DAY_EXAMPLES = "today, yesterday, mon, 2026-11-20, -2 or 2026-11-01..2026-11-05"
DURATION_EXAMPLES = "45m, 1h30, 1.5h or 90 (minutes)"
LONGEST_RANGE = 366
MOST_MINUTES = 24 * 60

_DURATION = re.compile(r"(?:([0-9]{1,2})\s*h(?:ours?)?\s*)?(?:([0-9]{1,4})\s*(?:m|min|minutes?)?)?")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


class BadWord(ValueError):
    """A day or a duration that cannot be read; the message says what can."""


def parse_day(text: str, today: date, *, ahead: bool = False) -> date:
    """Return the day meant, counted from `today`. Raises BadWord.

    A weekday, or a date without its year, is the last one gone by, or today itself; with `ahead` the next one to come.
    """
    day = exact_day(text.strip().lower(), today, ahead)
    if day is not None:
        return day
    from tracker.domain.language.days import read_day

    return read_day(text, today, ahead=ahead)


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
        raise BadWord(f"There is no day '{text}'. Try {DAY_EXAMPLES}.") from None
    if not EARLIEST <= found <= farthest(today):
        raise BadWord(f"The year of '{text}' is out of range. Try {DAY_EXAMPLES}.")
    return found


LONG_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse_days(text: str, today: date, calendar: Calendar | None = None) -> tuple[date, ...]:
    """Return one day, every day of a range such as `first..last`, or the days of a list, oldest first.

    `calendar` knows on which weekday a week begins; without it, on Monday. Raises BadWord.
    """
    if (day := exact_day(text.strip().lower(), today, False)) is not None:
        return (day,)
    from tracker.domain.language.days import read_days

    return read_days(text, today, calendar or Calendar())


def parse_duration(text: str) -> int:
    """Return minutes (1..1440) from `45m`, `1h30`, `1:30`, `90`, or as people write it: `1.5h`, `half an hour`.

    Raises BadWord, with both readings where there are two.
    """
    word = text.strip().lower()
    if clock := _CLOCK.fullmatch(word):
        minutes = int(clock[1]) * 60 + int(clock[2])
    elif word and (found := _DURATION.fullmatch(word)):
        minutes = int(found[1] or 0) * 60 + int(found[2] or 0)
    else:
        from tracker.domain.language.amounts import read_minutes

        return read_minutes(text)
    if not 1 <= minutes <= MOST_MINUTES:
        raise BadWord(f"'{text}' is not between one minute and a day. Try {DURATION_EXAMPLES}.")
    return minutes


def parse_amount(text: str, what: str = "an amount", example: str = "3") -> float:
    """Return an amount, 0 or more: `3`, `2.5`, `1,5`, `1½`, `three`.

    Raises BadWord, with `what` it is not and an example, or with both readings where there are two.
    """
    if _AMOUNT.fullmatch(text):
        return float(text)
    from tracker.domain.language.amounts import read_amount

    return read_amount(text, what, example)


def parse_whole(text: str, what: str, example: str) -> int:
    """Return a whole number, 0 or more: `3`, `three`. Raises BadWord as `parse_amount` does."""
    number = parse_amount(text, what, example)
    if number != int(number):
        raise BadWord(f"'{text}' is not {what}: it is a whole number. Try {example}.")
    return int(number)


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
