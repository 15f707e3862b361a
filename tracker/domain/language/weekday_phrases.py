"""Days of the week, of the month and of the year as people name them in a schedule."""

from __future__ import annotations

import re
from datetime import date

from tracker.domain.calendar import WEEKDAYS
from tracker.domain.language.days import MONTHS
from tracker.domain.language.words import LONG_WEEKDAYS, BadSchedule, weekday_of
from tracker.domain.schedules import Rule, Schedule, Weekdays

TWO_LETTERS = ("mo", "tu", "we", "th", "fr", "sa", "su")
GROUPS = {"weekday": range(5), "workday": range(5), "working day": range(5), "work day": range(5), "weekend": (5, 6)}
GROUPS |= {f"{name}s": days for name, days in GROUPS.items()} | {"day": range(7), "weekend day": (5, 6)}
FEW = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}

_PART_OF_DAY = re.compile(r" (?:in the )?(?:mornings?|afternoons?|evenings?|nights?)$")
_EXCEPT = re.compile(r",? (?:but not|except(?: for| on)?|but|without|not)(?: on)? ")
_RANGE = re.compile(r"([a-z]+)\s*(?:-|\.\.+|\bto\b|\bthrough\b|\bthru\b|\buntil\b|\btill\b)\s*([a-z]+)")
_BETWEEN = re.compile(r"\s*(?:,|/|&|\+|;|\band\b|\s)\s*(?:on |every |each )?")
_NTH = r"(first|second|third|fourth|fifth|last|[1-5](?:st|nd|rd|th)?)"
_OF_MONTH = r"(?: (?:of|in|each|every)(?: the| each| every| a)? month| monthly)"
_MONTHLY = re.compile(r"(?:monthly|every month|each month|once a month),?(?: on)?(?: the)? (.+)")
_NTH_DAY = re.compile(rf"{_NTH} ([a-z]+)")
_DATES = re.compile(r"(?:day )?([0-9]{1,2})(?:st|nd|rd|th)?(?: day)?")
_YEARLY = re.compile(
    r"(?:(?:yearly|annually|every year|each year|once a year)(?: on)?(?: the)? (.+)"
    r"|(.+?),? (?:yearly|annually|every year|each year|once a year|of every year|of each year)|(?:every|each) (.+))"
)


def weekdays(text: str) -> Schedule | None:
    """Return the schedule of named days of the week (`mon-fri`, `sundays`, `every day except fri`), or None."""
    word = re.sub(r"^(?:(?:only )?(?:on|every|each|all)(?: the)? |weekly,? (?:on )?|every week on )", "", text)
    word = _PART_OF_DAY.sub("", f" {word}").strip()
    if len(sides := _EXCEPT.split(word, maxsplit=1)) == 2:
        first = "day" if sides[0] in ("daily", "days", "everyday") else sides[0]
        kept, left_out = _named(first), _named(sides[1])
        if kept is None or not left_out or not set(left_out) < set(kept):
            return None
        return Weekdays(tuple(day for day in kept if day not in left_out))
    found = _named(word) if word not in ("day", "days") else None
    return Weekdays(tuple(found)) if found else None


def _named(text: str) -> list[int] | None:
    """Return the weekdays of a list with ranges, each once, in the order they are named; None for other words."""
    words = text.strip()
    if words in GROUPS:
        return list(GROUPS[words])
    short = all(word in TWO_LETTERS for word in re.findall(r"[a-z]+", re.sub(r"\b(?:and|to)\b", " ", words)))
    found: list[int] = []
    at = 0
    while at < len(words):
        gap = _BETWEEN.match(words, at) if at else None
        if at and (gap is None or gap.end() == at):
            return None
        at = gap.end() if gap else at
        span = _RANGE.match(words, at)
        first, last = (_weekday(span[1], short), _weekday(span[2], short)) if span else (None, None)
        if span and first is not None and last is not None:
            found += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
            at = span.end()
            continue
        one = re.match(r"[a-z]+", words[at:])
        group = next((name for name in sorted(GROUPS, key=len, reverse=True) if words[at:].startswith(name)), "")
        if group and group not in ("day",) and not words[at + len(group) :][:1].isalpha():
            found += GROUPS[group]
            at += len(group)
            continue
        day = _weekday(one[0], short) if one else None
        if one is None or day is None:
            return None
        found.append(day)
        at += one.end()
    return list(dict.fromkeys(found)) or None


def _weekday(word: str, short: bool) -> int | None:
    if short:
        return TWO_LETTERS.index(word) if word in TWO_LETTERS else None
    whole = next((name for name in LONG_WEEKDAYS if word == f"{name}s"), "")
    if not whole and len(word) > 3 and word.endswith("s") and word[:-1] in WEEKDAYS and word != "tues":
        whole = word[:-1]
    return weekday_of(whole or word)


def every_second_week(text: str) -> Schedule | None:
    """Return the schedule of `every other monday` or `every 2 weeks on mon and fri`, or None.

    Raises BadSchedule for `every second monday`, which is also a day of the month.
    """
    if found := re.fullmatch(rf"(?:on )?(?:every|each) (?:the )?{_NTH} ([a-z]+)", text):
        named = _named(found[2])
        place = _place(found[1])
        if named and found[2] not in GROUPS and place is not None:
            days = ",".join(TWO_LETTERS[day].upper() for day in named)
            month = f"rrule FREQ=MONTHLY;BYDAY={place}{days}"
            if place < 2:
                week = " ".join(WEEKDAYS[day] for day in named)
                raise BadSchedule(text, why=f"of the month it is '{month}', of each week '{week}'")
            raise BadSchedule(text, either=(month, f"rrule FREQ=WEEKLY;INTERVAL={place};BYDAY={days}"))
    patterns = (
        (r"(?:on )?(?:every other|alternate|alternating) (.+)", ""),
        (rf"(?:every )?([2-9]|[1-4][0-9]|{'|'.join(FEW)}) weeks?,?(?: on)? (.+)", "1"),
        (r"(?:fortnightly|every fortnight|every other week|every second week),?(?: on)? (.+)", ""),
        (r"(?:on )?(.+) (?:fortnightly|every fortnight|every other week|every second week|every 2 weeks)", ""),
    )
    for pattern, counted in patterns:
        found = re.fullmatch(pattern, text)
        named = _named(found[found.lastindex or 1].removeprefix("on ")) if found else None
        if found and named and found[found.lastindex or 1] not in GROUPS:
            number = (FEW.get(found[1]) or int(found[1])) if counted else 2
            days = ",".join(TWO_LETTERS[day].upper() for day in named)
            return Rule(f"FREQ=WEEKLY;INTERVAL={number};BYDAY={days}")
    return None


def _place(word: str) -> int | None:
    return ORDINALS.get(word) or int(word[0])


def days_of_month(text: str) -> Schedule | None:
    """Return the schedule of `last day of the month`, `first monday of the month` or `the 15th of each month`, or None.

    Raises BadSchedule for a day that not every month has.
    """
    word = re.sub(r"^(?:on )?(?:the )?", "", text)
    if word in ("end of the month", "end of each month", "end of every month", "month end", "monthly at the end"):
        return Rule("FREQ=MONTHLY;BYMONTHDAY=-1")
    if found := _MONTHLY.fullmatch(word):
        word = re.sub(rf"{_OF_MONTH}$", "", found[1])
    elif re.search(rf"{_OF_MONTH}$", word):
        word = re.sub(rf"{_OF_MONTH}$", "", word)
    elif found := re.fullmatch(r"(?:every|each) ([0-9]{1,2}(?:st|nd|rd|th))", word):
        word = found[1]
    else:
        return None
    word = re.sub(r"^(?:every |each )?(?:the )?", "", word)
    if (found := _NTH_DAY.fullmatch(word)) and (place := _place(found[1])) is not None:
        if found[2] == "day":
            return Rule(f"FREQ=MONTHLY;BYMONTHDAY={place}")
        if found[2] in ("weekday", "workday"):
            return Rule(f"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={place}")
        day = _weekday(found[2], False)
        return None if day is None else Rule(f"FREQ=MONTHLY;BYDAY={place}{TWO_LETTERS[day].upper()}")
    word = re.sub(r"\bfirst\b", "1st", word)
    dates = [_DATES.fullmatch(part.removeprefix("the ")) for part in re.split(r"\s*(?:,|&|\band\b)\s*", word)]
    days = [int(found[1]) for found in dates if found]
    if not days or len(days) < len(dates) or not all(1 <= day <= 31 for day in days):
        return None
    if late := next((day for day in days if day > 28), 0):
        why = f"not every month has a {late}th: 'last day of the month' comes in each"
        raise BadSchedule(text, why=why.replace("31th", "31st"))
    return Rule(f"FREQ=MONTHLY;BYMONTHDAY={','.join(str(day) for day in days)}")


def day_of_year(text: str) -> Schedule | None:
    """Return the schedule of `24 dec every year` or `every december 24th`, or None."""
    found = _YEARLY.fullmatch(text)
    if not found:
        return None
    word = re.sub(r"\b([0-9]{1,2})(?:st|nd|rd|th)\b", r"\1", found[1] or found[2] or found[3])
    parts = re.sub(r"\b(?:of|the|on)\b|[.,]", " ", word).split()
    if len(parts) != 2:
        return None
    day, month = parts if parts[0].isdigit() else parts[::-1]
    number = next((at for at, name in enumerate(MONTHS, 1) if len(month) > 2 and name.startswith(month)), 0)
    if not day.isdigit() or not number:
        return None
    try:
        date(2024, number, int(day[:4]))
    except ValueError:
        raise BadSchedule(text, why="there is no such day") from None
    return Rule(f"FREQ=YEARLY;BYMONTH={number};BYMONTHDAY={int(day)}")
