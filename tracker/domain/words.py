"""Days and durations as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from tracker.domain.calendar import WEEKDAYS

DAY_EXAMPLES = "today, yesterday, mon, 2026-11-20, -2 or 2026-11-01..2026-11-05"
DURATION_EXAMPLES = "45m, 1h30 or 90 (minutes)"
LONGEST_RANGE = 366
MOST_MINUTES = 24 * 60

_DURATION = re.compile(r"(?:(\d{1,2})\s*h(?:ours?)?\s*)?(?:(\d{1,4})\s*(?:m|min|minutes?)?)?")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")


class BadWord(ValueError):
    """A day or a duration that cannot be read; the message says what can."""


def parse_day(text: str, today: date) -> date:
    """Return the day meant, counted from `today`; a weekday is the last one gone by, or today itself."""
    word = text.strip().lower()
    if word in ("today", "0"):
        return today
    if word == "yesterday":
        return today - timedelta(days=1)
    if word == "tomorrow":
        return today + timedelta(days=1)
    if len(word) >= 3 and any(_LONG[name].startswith(word) for name in WEEKDAYS):
        weekday = WEEKDAYS.index(word[:3])
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    if re.fullmatch(r"-\d{1,4}", word):
        return today - timedelta(days=int(word[1:]))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
        try:
            day = date.fromisoformat(word)
        except ValueError:
            raise BadWord(f"There is no day '{word}'. Try {DAY_EXAMPLES}.") from None
        if day.year < 1900 or day.year > 9000:
            raise BadWord(f"The year of '{word}' is out of range. Try {DAY_EXAMPLES}.")
        return day
    raise BadWord(f"'{text}' is not a day. Try {DAY_EXAMPLES}.")


_LONG = dict(
    zip(
        WEEKDAYS,
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        strict=True,
    )
)


def parse_days(text: str, today: date) -> tuple[date, ...]:
    """Return one day, or every day of a range written `first..last`, oldest first."""
    if ".." not in text:
        return (parse_day(text, today),)
    left, right = text.split("..", 1)
    first, last = parse_day(left, today), parse_day(right or "today", today)
    if last < first:
        raise BadWord(f"'{text}' runs backwards: write the earlier day first.")
    length = (last - first).days + 1
    if length > LONGEST_RANGE:
        raise BadWord(f"'{text}' is {length} days long; a range holds at most {LONGEST_RANGE}.")
    return tuple(first + timedelta(days=offset) for offset in range(length))


def parse_duration(text: str) -> int:
    """Return minutes (1..1440) from `45m`, `1h30`, `1h`, `1:30` or `90`."""
    word = text.strip().lower()
    if clock := _CLOCK.fullmatch(word):
        minutes = int(clock[1]) * 60 + int(clock[2])
    elif word and (found := _DURATION.fullmatch(word)):
        minutes = int(found[1] or 0) * 60 + int(found[2] or 0)
    else:
        raise BadWord(f"'{text}' is not a duration. Try {DURATION_EXAMPLES}.")
    if not 1 <= minutes <= MOST_MINUTES:
        raise BadWord(f"'{text}' is not between one minute and a day. Try {DURATION_EXAMPLES}.")
    return minutes


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
