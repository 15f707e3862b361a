"""Times of the day, and spans between two, as people write them."""

from __future__ import annotations

import re
from datetime import time

from tracker.domain.language.words import BadWord

NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0), "24:00": time(0), "24h": time(0), "24.00": time(0)}
MOST_SPAN = 24 * 60

_HALVES = re.compile(r"([0-9]{1,2})(?:[:.h]([0-5][0-9]))? ?(a|p)\.?(?:m\.?)?")
_WHOLE = re.compile(r"([0-9]{1,2})[:.]([0-5][0-9])(?::[0-5][0-9])? ?(?:h|hours)?|([0-9]{1,2}) ?h ?([0-5][0-9])?")
_FOUR = re.compile(r"([0-9]{2})([0-5][0-9]) ?h?")
_BARE = re.compile(r"([0-9]{1,2})(?: ?o'?clock)?")
_PAST = re.compile(r"(half|quarter) (past|to) (.+)")
_HALF_OF_DAY = re.compile(r"[0-9] ?([ap])\.?(?:m\.?)?$")
_HOUR = re.compile(r"[0-9]{1,2}(?:[:.][0-5][0-9])?")
_TO = re.compile(r" ?- ?| (?:to|until|till|through) ")


def read_time(text: str, part: str = "") -> time | None:
    """Return the time of the day a text names, or None where it names none.

    `part` is the part of the day it stands in (`evening`): `8` then is eight in the evening. Raises BadWord for an hour
    that can be of the morning or the evening.
    """
    word = " ".join(text.lower().replace("’", "'").split())
    if word in NAMED:
        return NAMED[word]
    if found := _PAST.fullmatch(word):
        hour = read_time(found[3], part)
        minutes = 30 if found[1] == "half" else 15
        if hour is None or hour.minute or (minutes == 30 and found[2] == "to"):
            return None
        return time(hour.hour, minutes) if found[2] == "past" else time((hour.hour - 1) % 24, 60 - minutes)
    if found := _HALVES.fullmatch(word):
        hour12 = int(found[1])
        if not 1 <= hour12 <= 12:
            return None
        return time(hour12 % 12 + (12 if found[3] == "p" else 0), int(found[2] or 0))
    if found := _WHOLE.fullmatch(word):
        return _of_part(int(found[1] or found[3]), int(found[2] or found[4] or 0), "" if word[0] == "0" else part)
    if found := _FOUR.fullmatch(word):
        return _of_part(int(found[1]), int(found[2]), "")
    if found := _BARE.fullmatch(word):
        hour24 = int(found[1])
        if 1 <= hour24 <= 11 and not part:
            raise BadWord(
                f"'{text}' could be {hour24:02}:00 or {hour24 + 12}:00. Write {hour24}am, {hour24}pm or {hour24}:00."
            )
        return _of_part(hour24, 0, part)
    return None


def _of_part(hour: int, minute: int, part: str) -> time | None:
    """Return an hour as it is meant in a part of the day: eight in the evening is 20:00, one at night is 01:00."""
    if hour > 23:
        return None
    later = {"afternoon": range(1, 12), "evening": range(4, 12), "night": range(5, 12)}.get(part, range(0))
    if part == "night" and hour == 12:
        hour = 0
    return time(hour + 12 if hour in later else hour, minute)


def read_span(text: str, part: str = "") -> tuple[time, int] | None:
    """Return when a span begins and its minutes (1 to 1440): `19:00-20:30`, `7-8pm`, `22:00-01:00`; None for no span.

    Raises BadWord as `read_time` does.
    """
    word = " ".join(text.lower().split()).removeprefix("from ")
    sides = _TO.split(word)
    if len(sides) != 2:
        return None
    left, right = (_HALF_OF_DAY.search(side) for side in sides)
    if right and not left and _HOUR.fullmatch(sides[0]):
        last = read_time(sides[1], part)
        first = read_time(f"{sides[0]}{right[1]}")
        if first is not None and last is not None and first >= last:
            first = read_time(f"{sides[0]}am")
    elif left and not right and _HOUR.fullmatch(sides[1]):
        first = read_time(sides[0], part)
        last = read_time(f"{sides[1]}{left[1]}")
        if first is not None and last is not None and first >= last:
            last = read_time(f"{sides[1]}{'am' if left[1] == 'p' else 'pm'}")
    else:
        first, last = (read_time(side, part) for side in sides)
    if first is None or last is None:
        return None
    minutes = ((last.hour - first.hour) * 60 + last.minute - first.minute) % MOST_SPAN
    return (first, minutes) if minutes else None
