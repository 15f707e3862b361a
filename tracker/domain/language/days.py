"""Days as people write them; the exact forms are read by `words`, and all others here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from tracker.domain.calendar import EARLIEST, Calendar, add_months, farthest
from tracker.domain.language.amounts import NUMBERS
from tracker.domain.language.words import (
    DAY_EXAMPLES,
    LONG_WEEKDAYS,
    LONGEST_RANGE,
    BadWord,
    day_in_range,
    exact_day,
    weekday_of,
)

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_BY_NAME = {
    "now": 0, "this day": 0, "tonight": 0, "last night": -1, "day before yesterday": -2, "day after tomorrow": 2,
    "tmrw": 1, "tmr": 1,
}  # fmt: skip
_PART = re.compile(r"(?:\s+|^this\s+)(?:in the )?(?:early |late )?(?:morning|noon|afternoon|evening|night)$")
_NUMBER = rf"([0-9]{{1,4}}|{'|'.join(NUMBERS)})"
_LENGTH = r"(d|days?|w|wks?|weeks?|fortnights?|months?|years?)"
_AGO = re.compile(rf"{_NUMBER} ?{_LENGTH} (ago|before|earlier|back)")
_IN = re.compile(rf"in {_NUMBER} ?{_LENGTH}(?:'s? time)?|{_NUMBER} ?{_LENGTH} (?:from now|from today|hence|ahead)")
_SHIFT = re.compile(r"([+-]) ?([0-9]{1,4}) ?([dwm]?)")
_WEEKDAY = "|".join(sorted({name[:cut] for name in LONG_WEEKDAYS for cut in range(3, len(name) + 1)}, reverse=True))
_NAMED = re.compile(rf"(last|past|previous|this|next|coming)(?: coming)? ({_WEEKDAY})")
_OF_WEEK = re.compile(rf"(?:({_WEEKDAY}) (?:of )?)?(last|this|next) week(?:'?s)?(?: ({_WEEKDAY}))?")
_LEADING = re.compile(rf"({_WEEKDAY}) (.+)")
_END = re.compile(r"(?:end|last day) of (?:the )?(?:(this|next|last) )?(week|month|year)|month end|(year) end")
_MONTH = "|".join(sorted({name[:cut] for name in [*MONTHS, "sept"] for cut in range(3, len(name) + 1)}, reverse=True))
_YEAR = r"([0-9]{4}|'?[0-9]{2})"
_MONTH_END = re.compile(rf"(?:end|last day) of ({_MONTH})(?: {_YEAR})?")
_DAY_MONTH = re.compile(rf"([0-9]{{1,2}}) (?:of )?({_MONTH})(?: {_YEAR})?")
_MONTH_DAY = re.compile(rf"({_MONTH}) ([0-9]{{1,2}})(?: {_YEAR})?")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/. ])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})()([0-9]{2})([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})(?:\. ?([0-9]{4}|[0-9]{2})?)?")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}|[0-9]{2}))?|([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")
_ORDINAL = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th)\b")
_TO = re.compile(r"\s*\.{2,3}\s*|\s*-\s*|\s+(?:to|until|till|through|thru)\s+")
_LIST = re.compile(r"\s*(?:,|;|&|\+|\band\b)\s*")
_LAST_DAYS = re.compile(rf"(?:last|past) {_NUMBER} days")


def _even(text: str) -> str:
    """Return text in small letters with plain dashes and single spaces, without what stands before a day for sound."""
    word = " ".join(re.sub(r"[‐-―−]", "-", text.lower().replace("’", "'")).split())
    return re.sub(r"^(?:on )?(?:the )?", "", word)


def read_day(text: str, today: date, *, ahead: bool = False) -> date:
    """Return the day meant: `last friday`, `2 days ago`, `24.12.2026`, `dec 24`. Raises BadWord.

    Without its year it is the last one gone by, or today; with `ahead` the next to come. What can be two days is
    refused with both, and so is a range.
    """
    day = _plain(_even(text), today, ahead)
    if day is not None:
        return day
    if not ahead and _several(text, today):
        raise BadWord(f"'{text}' is more than one day. Try one of them: {DAY_EXAMPLES.rsplit(' or ', 1)[0]}.")
    raise BadWord(f"'{text}' is not a day. Try {DAY_EXAMPLES}.")


def _several(text: str, today: date) -> bool:
    try:
        return len(read_days(text, today, Calendar())) > 1
    except BadWord:
        return False


def _day(text: str, word: str, today: date, ahead: bool) -> date | None:
    """Return the day, or None for what is none. Raises BadWord for a date that does not exist or can be two."""
    try:
        return _relative(word, today, ahead) or _date(text, word, today, ahead)
    except OverflowError:
        raise BadWord(f"The year of '{text}' is out of range. Try {DAY_EXAMPLES}.") from None


def _relative(word: str, today: date, ahead: bool) -> date | None:
    if word in _BY_NAME:
        return today + timedelta(days=_BY_NAME[word])
    if (bare := _PART.sub("", word)) != word:
        return _plain(bare or "today", today, ahead)
    if found := _AGO.fullmatch(word):
        return _bounded(_moved(today, -_worth(found[1]), found[2]), today)
    if found := _IN.fullmatch(word):
        return _bounded(_moved(today, _worth(found[1] or found[3]), found[2] or found[4]), today)
    if (found := _SHIFT.fullmatch(word)) and (ahead or found[1] == "-"):
        number = int(found[2])
        return _bounded(_moved(today, number if found[1] == "+" else -number, found[3] or "d"), today)
    if found := _NAMED.fullmatch(word):
        return _named(found[1], weekday_of(found[2]) or 0, today, ahead)
    if (found := _OF_WEEK.fullmatch(word)) and (found[1] or found[3]):
        weeks = {"last": -1, "this": 0, "next": 1}[found[2]]
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
        return monday + timedelta(days=weekday_of(found[1] or found[3]) or 0)
    if found := _MONTH_END.fullmatch(word):
        first = _dated(word, found[2], _month(found[1]), 1, today.replace(day=1), ahead)
        return Calendar.month(first).last
    if found := _END.fullmatch(word):
        return _end(found[2] or ("year" if found[3] else "month"), found[1], today)
    return None


def _bounded(day: date, today: date) -> date:
    if not EARLIEST <= day <= farthest(today):
        raise OverflowError
    return day


def _plain(word: str, today: date, ahead: bool) -> date | None:
    """Return the day of a text that has been made even, or None for what is none. Raises BadWord as `_day` does."""
    return exact_day(word, today, ahead) or _day(word, word, today, ahead)


def _worth(word: str) -> int:
    return NUMBERS.get(word) or int(word)


def _moved(day: date, number: int, length: str) -> date:
    """Return a day moved by days, weeks, fortnights, months or years."""
    if length.startswith(("m", "y")):
        if abs(number) > 2000:
            raise OverflowError
        try:
            return add_months(day, number * (12 if length.startswith("y") else 1))
        except ValueError:
            raise OverflowError from None
    return day + timedelta(days=number * {"d": 1, "w": 7, "f": 14}[length[0]])


def _named(which: str, weekday: int, today: date, ahead: bool) -> date:
    """Return the weekday before today, after today, or of this week."""
    since, until = (today.weekday() - weekday) % 7, (weekday - today.weekday()) % 7
    if which in ("last", "past", "previous"):
        return today - timedelta(days=since or 7)
    if which in ("next", "coming"):
        return today + timedelta(days=until or 7)
    return today + timedelta(days=until if ahead else weekday - today.weekday())


def _end(length: str, which: str | None, today: date) -> date:
    moved = {"last": -1, "next": 1}.get(which or "", 0)
    if length == "week":
        return today + timedelta(days=6 - today.weekday() + 7 * moved)
    if length == "year":
        return date(today.year + moved, 12, 31)
    return Calendar.month(add_months(today, moved)).last


def _date(text: str, word: str, today: date, ahead: bool) -> date | None:
    """Return the day of a date, with or without its year."""
    if found := re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)(?: of (?:the|this) month)?", word):
        return _nearest(text, today, ahead, lambda step: add_months(today.replace(day=1), step), int(found[1]))
    word = re.sub(r"\s*,\s*", " ", _ORDINAL.sub(r"\1", word))
    if (found := _LEADING.fullmatch(word)) and weekday_of(found[2].split()[0]) is None:
        return _on_weekday(text, weekday_of(found[1]) or 0, found[2].removeprefix("the "), today, ahead)
    if found := _YEAR_FIRST.fullmatch(word):
        year, _, month, day = (group for group in found.groups() if group is not None)
        return day_in_range(text, int(year), int(month), int(day), today)
    if found := _DOTTED.fullmatch(word):
        return _dated(text, found[3], int(found[2]), int(found[1]), today, ahead)
    if found := _SLASHED.fullmatch(word):
        first, second, year = found.groups()[:3] if found[1] else found.groups()[3:]
        return _either_way(text, int(first), int(second), year, today, ahead)
    letters = re.sub(r"(?<=[0-9])[-/. ]*(?=[a-z])|(?<=[a-z])[-/. ]+(?=[0-9'])", " ", word)
    if found := _DAY_MONTH.fullmatch(letters):
        return _dated(text, found[3], _month(found[2]), int(found[1]), today, ahead)
    if found := _MONTH_DAY.fullmatch(letters):
        return _dated(text, found[3], _month(found[1]), int(found[2]), today, ahead)
    return None


def _month(name: str) -> int:
    return next(number for number, whole in enumerate(MONTHS, 1) if whole.startswith(name[:3]))


def _dated(text: str, year: str | None, month: int, day: int, today: date, ahead: bool) -> date:
    if year:
        digits = year.removeprefix("'")
        return day_in_range(text, int(digits) + (2000 if len(digits) == 2 else 0), month, day, today)
    if not 1 <= month <= 12:
        raise BadWord(f"No such day: '{text}'. Try {DAY_EXAMPLES}.")
    return _nearest(text, today, ahead, lambda step: date(today.year + step, month, 1), day)


def _nearest(text: str, today: date, ahead: bool, month_of: Callable[[int], date], day: int) -> date:
    """Return the nearest day of that number, gone by or to come, in the months that `month_of` counts from now."""
    for step in range(9):
        try:
            found = month_of(step if ahead else -step).replace(day=day)
        except ValueError:
            continue
        if (found >= today) if ahead else (found <= today):
            return found
    raise BadWord(f"No such day: '{text}'. Try {DAY_EXAMPLES}.")


def _either_way(text: str, first: int, second: int, year: str | None, today: date, ahead: bool) -> date:
    """Return the day of `13/02/2026`, which is clear; `01/02/2026` is refused with both readings."""
    found = []
    for month, day in {(second, first), (first, second)}:
        try:
            found.append(_dated(text, year, month, day, today, ahead))
        except BadWord:
            continue
    if not found:
        raise BadWord(f"No such day: '{text}'. Try {DAY_EXAMPLES}.")
    if len(found) == 2:
        one, other = sorted(found)
        sentence = f"{one.day} {one:%B} {one.year} or {other.day} {other:%B} {other.year}"
        raise BadWord(f"'{text}' could be {sentence}. Write {one} or {other}.")
    return found[0]


def _on_weekday(text: str, weekday: int, word: str, today: date, ahead: bool) -> date | None:
    """Return a date that is named with its weekday: the two must fit, in the year that is nearest."""
    both = [_date(text, word, today, each) for each in (ahead, not ahead)]
    fitting = [day for day in both if day is not None and day.weekday() == weekday]
    day = both[0]
    if not fitting and day is not None:
        was = f"{day.day} {day:%B} {day.year} is a {LONG_WEEKDAYS[day.weekday()].capitalize()}"
        raise BadWord(f"'{text}' does not fit together: {was}. Leave one of them out.")
    return fitting[0] if fitting else None


def read_days(text: str, today: date, calendar: Calendar) -> tuple[date, ...]:
    """Return the days of a range (`mon-fri`, `1 nov - 5 nov`, `last week`), of a list, or one day, oldest first.

    A range of weekdays is the last one gone by. Raises BadWord.
    """
    word = re.sub(r"^from ", "", _even(text))
    if (day := _plain(word, today, False)) is not None:
        return (day,)
    if (span := _span(word, today, calendar)) is not None:
        return _between(text, *span)
    for left, right in _cuts(word):
        if (span := _range(left, right, today)) is not None:
            return _between(text, *span)
    listed = [part for part in _LIST.split(word) if part]
    if len(listed) > 1:
        return tuple(sorted({day for part in listed for day in read_days(part, today, calendar)}))
    raise BadWord(f"'{text}' is not a day. Try {DAY_EXAMPLES}.")


def _span(word: str, today: date, calendar: Calendar) -> tuple[date, date] | None:
    """Return the first and the last day of a week, a month or a weekend; what is still running ends today."""
    week = calendar.week(today)
    if word in ("this week", "week so far"):
        return week.first, today
    if word in ("last week", "previous week"):
        before = calendar.week(week.first - timedelta(days=1))
        return before.first, before.last
    if word in ("this month", "last month", "previous month"):
        month = calendar.month(today if word == "this month" else add_months(today, -1))
        return month.first, min(month.last, today)
    if word in ("weekend", "this weekend", "last weekend"):
        saturday = today - timedelta(days=(today.weekday() - 5) % 7)
        if word == "last weekend" and today.weekday() >= 5:
            saturday -= timedelta(weeks=1)
        return saturday, min(saturday + timedelta(days=1), today)
    if found := _LAST_DAYS.fullmatch(word):
        return today - timedelta(days=_worth(found[1]) - 1), today
    return None


def _cuts(word: str) -> Iterator[tuple[str, str]]:
    """Yield the two sides of a text at each place that can be a `to`."""
    for found in _TO.finditer(word):
        if found.start() and (found.end() < len(word) or ".." in found[0]):
            yield word[: found.start()], word[found.end() :]


def _range(left: str, right: str, today: date) -> tuple[date, date] | None:
    """Return both ends of a range, or None where a side is no day; a side may leave its month to the other."""
    if re.fullmatch(r"[0-9]{1,2}(?:st|nd|rd|th)?", left) and (found := re.search(rf"\b(?:{_MONTH})\b.*", right)):
        left = f"{left} {found[0]}"
    elif re.fullmatch(r"[0-9]{1,2}(?:st|nd|rd|th)?", right) and (found := re.match(rf"(?:{_MONTH})\b", left)):
        right = f"{found[0]} {right}"
    elif (found := re.search(rf"\b(?:{_MONTH})(?: [0-9]{{1,2}})? ({_YEAR})$", right)) and re.search(_MONTH, left):
        left = left if re.search(r"[0-9]{4}", left) else f"{left} {found[1]}"
    last = _plain(right or "today", today, False)
    first = _plain(left, today, False)
    if first is None or last is None:
        return None
    floats = weekday_of(left) is not None or (re.search(_MONTH, left) and not re.search(r"[0-9]{4}", left))
    if first > last and floats:
        first = _plain(left, last, False) or first
    return first, last


def _between(text: str, first: date, last: date) -> tuple[date, ...]:
    if last < first:
        raise BadWord(f"'{text}' runs backwards: write the earlier day first.")
    length = (last - first).days + 1
    if length > LONGEST_RANGE:
        raise BadWord(f"'{text}' is {length} days long; a range holds at most {LONGEST_RANGE}.")
    return tuple(first + timedelta(days=offset) for offset in range(length))
