"""Schedules as people write them, made into the sentences that are stored; for what is not written as it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from itertools import product
from math import prod

from tracker.domain.calendar import WEEKDAYS
from tracker.domain.language.amounts import NUMBERS, read_minutes
from tracker.domain.language.calendar_rules import is_rule, read_rule
from tracker.domain.language.days import MONTHS, read_day
from tracker.domain.language.weekday_phrases import day_of_year, days_of_month, every_second_week, weekdays
from tracker.domain.language.words import LONG_WEEKDAYS, Asked, BadSchedule, BadWord, exact_day
from tracker.domain.schedules import (
    MOST,
    AtMost,
    Daily,
    Every,
    Length,
    LimitPeriod,
    Minutes,
    Once,
    OnEvent,
    Quota,
    Schedule,
    exact,
)
from tracker.domain.text.clean import excerpt

COUNTS = {"once": 1, "twice": 2, "thrice": 3} | {word: number for word, number in NUMBERS.items() if word != "dozen"}
NTHS = {"other": 2, "alternate": 2, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
NTHS |= {"tenth": 10} | {word: number for word, number in NUMBERS.items() if number > 1 and word != "dozen"}
LENGTHS: dict[str, tuple[int, Length]] = {
    "day": (1, "days"), "week": (1, "weeks"), "wk": (1, "weeks"), "fortnight": (2, "weeks"), "month": (1, "months"),
    "mo": (1, "months"), "mth": (1, "months"), "quarter": (3, "months"), "year": (12, "months"), "yr": (12, "months"),
    "half year": (6, "months"), "half-year": (6, "months"), "night": (1, "days"), "morning": (1, "days"),
    "evening": (1, "days"), "afternoon": (1, "days"),
}  # fmt: skip
ADVERBS = {
    "daily": "day", "nightly": "day", "everyday": "day", "weekly": "week", "fortnightly": "fortnight",
    "monthly": "month", "quarterly": "quarter", "yearly": "year", "annually": "year", "half-yearly": "half year",
}  # fmt: skip
SAID: dict[str, Schedule] = {
    word: schedule
    for schedule, words in (
        (Daily(), "mornings|evenings|nights|in the morning|in the evening|at night|at bedtime|day by day|all days"),
        (OnEvent(), "on events|event|when it happens|whenever it happens|every time it happens|each time it happens"),
        (OnEvent(), "as it happens|as needed|when needed|whenever|whenever needed|if it happens"),
        (Once(), "one time|just once|only once|a single time|one-off|1 time|1x"),
        (Quota(2, "week"), "semiweekly|semi-weekly"),
        (Quota(2, "month"), "semimonthly|semi-monthly"),
        (Every(6, "months"), "half yearly|twice yearly|semiannually|semi-annually"),
    )
    for word in words.split("|")
}
EITHER = {
    "biweekly": ("2 per week", "every 2 weeks"),
    "bimonthly": ("2 per month", "every 2 months"),
    "biannually": ("every 6 months", "every 24 months"),
    "biyearly": ("every 6 months", "every 24 months"),
}
LARGER = re.compile(
    r"\b(?:hourly|minutely|(?:per|an|a|each|every|in an) (?:hour|minute)|(?:every|each) .*(?:hours?|minutes?))$"
)
VAGUE = re.compile(r"\b(?:few|couple|several|some|sometimes|often|regularly|occasionally|rarely|at least)\b")

_COUNT = rf"([0-9]{{1,5}}|{'|'.join(sorted(COUNTS, key=len, reverse=True))})"
_LENGTH = rf"({'|'.join(sorted(LENGTHS, key=len, reverse=True))})"
_ADVERB = rf"({'|'.join(ADVERBS)})"
_PER = rf"(?:(?: ?/ ?| per | an? | each | every | in an? | in every | in each |,? once an? ){_LENGTH}s?|,? {_ADVERB})"
_TIMES = re.compile(rf"{_COUNT} ?(?:x|×|times?|days?)?{_PER}")
_IN_SOME = re.compile(rf"{_COUNT} ?(?:x|×|times?)? (?:per|every|each|in|in every) {_COUNT} {_LENGTH}s")
_LIMIT = re.compile(
    r"(?:at most|at the most|no more than|not more than|never more than|max\.?(?: of)?|maximum(?: of)?|up to|not over"
    r"|<=|≤) ?(.+)|(.+?),? (?:at most|at the most|max|maximum|tops|or less|or fewer)"
)
_BELOW = re.compile(r"(?:(?:less|fewer) than|under|below|<) ?(.+)")
_THINGS = re.compile(rf"{_COUNT} ([a-z]{{3,}}){_PER}")
_DAYS_OF = re.compile(rf"{_COUNT} days{_PER}")
_AMOUNT_PER = re.compile(rf"(?:for )?(.+?){_PER}")
_FIRST = re.compile(rf"(?:every |each )?(?:{_ADVERB}|{_LENGTH}),? (?:for )?(.+)")
_NTH = rf"([0-9]{{1,5}}(?:st|nd|rd|th)?|{'|'.join(sorted(NTHS, key=len, reverse=True))})"
_EVERY = re.compile(rf"(?:every|each|once every|once in|1 per|one per)(?: single)?(?: {_NTH})? {_LENGTH}s?")
_BY = re.compile(r"(?:once |one time |done |due )?(?:by|before the end of)(?: the)? (.+)")


def read(sentence: str, today: date | None) -> Asked:
    """Return what a sentence asks for. Raises BadSchedule."""
    if is_rule(sentence):
        return Asked(read_rule(sentence))
    shown = " ".join(sentence.split())
    text = _even(shown)
    if len(text) > LONGEST or text.count(" ") >= MOST_WORDS:
        raise BadSchedule(excerpt(shown))
    asked = _understood(text, shown, today)
    if asked is not None:
        return asked
    raise BadSchedule(shown, nearest(text, today), _why(text))


def _even(text: str) -> str:
    """Return text in small letters, with plain dashes and apostrophes and single spaces."""
    word = re.sub(r"[‐-―−]", "-", text.lower().replace("’", "'")).replace("bi-", "bi")
    return " ".join(word.split()).strip(" .!;,")


def _understood(text: str, shown: str, today: date | None) -> Asked | None:
    if text in EITHER:
        raise BadSchedule(shown, either=EITHER[text])
    if text in ADVERBS or text in SAID:
        return Asked(SAID.get(text) or _window(1, ADVERBS[text]))
    readers: tuple[Callable[[str], Schedule | None], ...] = (
        exact, _every, every_second_week, weekdays, days_of_month, day_of_year,
    )  # fmt: skip
    for reader in readers:
        try:
            schedule = reader(text)
        except BadSchedule as error:
            raise BadSchedule(shown, error.nearest, error.why, error.either, forms=error.forms) from None
        if schedule is not None:
            return Asked(schedule)
    if found := _BY.fullmatch(text):
        return Asked(Once(_last_day(shown, text, found[1], today)))
    if found := _LIMIT.fullmatch(text):
        return _limit(shown, found[1] or found[2])
    if found := _BELOW.fullmatch(text):
        return _limit(shown, found[1], below=True)
    return _times(shown, text) or _minutes(shown, text)


def _limit(shown: str, text: str, *, below: bool = False) -> Asked | None:
    """Return `no more than two a day`, `30 minutes a day at most`, or with `below` the `3 a week` of `less than`."""
    asked = _times(shown, text) or _minutes(shown, text)
    match asked:
        case Asked(Quota(number=number, period=period)):
            return Asked(_at_most(shown, number, period, False, below))
        case Asked(Minutes(number=number, period=period)):
            return Asked(_at_most(shown, number, period, True, below))
        case Asked(Daily(), target, minutes):
            return Asked(_at_most(shown, target or 1, "day", minutes, below))
        case Asked():
            raise BadSchedule(shown, why="a limit is by the day, the week or the month")
    if _span(text) is not None or re.fullmatch(rf"{_COUNT}(?: [a-z]+)?", text):
        raise BadSchedule(shown, why="write whether it is by the day, the week or the month")
    return None


def _at_most(shown: str, number: int, period: LimitPeriod, minutes: bool, below: bool) -> AtMost:
    most = MOST["min" if minutes else "week"]
    if number > most:
        raise BadSchedule(shown, why=f"at most {most} in a {period}")
    if number == below:
        raise BadSchedule(shown, why="that leaves nothing: the kind 'avoid' is for not at all")
    return AtMost(number - below, period, minutes)


def _window(number: int, name: str) -> Schedule:
    """Return the schedule of one time in so many days, weeks, months or years."""
    times, length = LENGTHS[name]
    many = number * times
    if many == 1:
        return Daily() if length == "days" else Quota(1, "week" if length == "weeks" else "month", bare=True)
    if not many:
        raise BadSchedule("", why="it asks for nothing")
    if many > MOST[length]:
        raise BadSchedule("", why=f"a window is at most {MOST[length]} {length} long")
    return Every(many, length)


def _every(text: str) -> Schedule | None:
    found = _EVERY.fullmatch(text)
    if not found:
        return None
    word = found[1] or "1"
    number = NTHS.get(word) or int(re.sub(r"[a-z]", "", word))
    return _window(number, found[2])


def _number(word: str) -> int:
    return COUNTS.get(word) or int(word)


def _times(shown: str, text: str) -> Asked | None:
    """Return `4 times a week`, `3x/week`, `twice a day` or `weekly, 3 times`."""
    if (first := _FIRST.fullmatch(text)) and re.fullmatch(rf"{_COUNT} ?(?:x|×|times?)?", first[3]):
        text = f"{first[3]} per {ADVERBS.get(first[1] or '') or first[2]}"
    if (things := _THINGS.fullmatch(text)) and things[2] not in NO_THINGS:
        text = f"{things[1]}{text[things.end(2) :]}"
    if some := _IN_SOME.fullmatch(text):
        number = _number(some[1])
        return Asked(_window(_number(some[2]), some[3]), number if number > 1 else None)
    found = _TIMES.fullmatch(text)
    if not found:
        return None
    number, name = _number(found[1]), ADVERBS.get(found[3] or "") or found[2]
    times, length = LENGTHS[name]
    of_days = _DAYS_OF.fullmatch(text) is not None
    if not number or (of_days and (length == "days" or number > (7 if name in ("week", "wk") else 31) * times)):
        raise BadSchedule(shown, why=f"there are no {number} days in that" if number else "it asks for nothing")
    if times == 1 and length != "days":
        if of_days and name in ("week", "wk") and number == 7:
            return Asked(Daily())
        if number > MOST["week"]:
            raise BadSchedule(shown, why=f"at most {MOST['week']} in a {name}")
        bare = number == 1 and found[1] != "1"
        return Asked(Quota(number, "week" if length == "weeks" else "month", bare))
    return Asked(_window(1, name), number if number > 1 else None)


def _minutes(shown: str, text: str) -> Asked | None:
    """Return `2h per week`, `15 min daily`, `weekly 90 minutes` or `30 min on weekdays`."""
    if (first := _FIRST.fullmatch(text)) and (minutes := _span(first[3])) is not None:
        return _of_minutes(shown, minutes, ADVERBS.get(first[1] or "") or first[2])
    if (found := _AMOUNT_PER.fullmatch(text)) and (minutes := _span(found[1])) is not None:
        return _of_minutes(shown, minutes, ADVERBS.get(found[3] or "") or found[2])
    for cut in re.finditer(r",? ", text):
        sides = text[: cut.start()], text[cut.end() :]
        for amount, rest in (sides, sides[::-1]):
            minutes = _span(amount.removeprefix("for "))
            asked = _without_amount(rest, shown) if minutes is not None else None
            if asked is not None and isinstance(asked.schedule, Quota):
                raise BadSchedule(shown, why="minutes are asked for on named days, or in all: '45 min per week'")
            if asked is not None and not isinstance(asked.schedule, Minutes | OnEvent | AtMost):
                return Asked(asked.schedule, minutes, True)
    return None


def _without_amount(text: str, shown: str) -> Asked | None:
    """Return what a sentence asks for where it names no amount each time, else None."""
    try:
        found = _understood(text, shown, None)
    except BadSchedule:
        return None
    return found if found is not None and found.target is None else None


def _span(text: str) -> int | None:
    """Return minutes where a text names them with their unit, else None."""
    if not re.search(r"[a-z'′]", re.sub(r"\b(?:a|an|and)\b", "", text)):
        return None
    try:
        return read_minutes(text, MOST["min"] * 60)
    except BadWord:
        return None


def _of_minutes(shown: str, minutes: int, name: str) -> Asked:
    times, length = LENGTHS[name]
    if minutes > MOST["min"]:
        raise BadSchedule(shown, why=f"at most {MOST['min']} minutes")
    if times == 1 and length != "days":
        return Asked(Minutes(minutes, "week" if length == "weeks" else "month"))
    return Asked(_window(1, name), minutes, True)


def _last_day(shown: str, text: str, word: str, today: date | None) -> date:
    """Return the last day of `by friday` or `once by 24 dec`, counted from `today`."""
    if text.startswith("before the end") or " before the end of" in text:
        word = f"end of {word}"
    known = today or date(2026, 1, 5)
    try:
        day = exact_day(word, known, True) or read_day(word, known, ahead=True)
        later = known + timedelta(days=400)
        fixed = today is not None or day == (exact_day(word, later, True) or read_day(word, later, ahead=True))
    except BadWord as error:
        why = str(error).split(" Try ")[0].rstrip(".")
        raise BadSchedule(shown, why=f"{why[:1].lower()}{why[1:]}", forms="Write" not in why) from None
    if not fixed:
        raise BadSchedule(shown, why="write its last day as a date", forms=False)
    return day


def _why(text: str) -> str:
    """Return the true reason where one is known."""
    if LARGER.search(text):
        return "a schedule names days, not hours of a day"
    if re.search(r"\b[0-9]{1,4} ?(?:-|to|or) ?[0-9]{1,4}\b", text):
        return "write one number"
    if VAGUE.search(text):
        return "write a number"
    return ""


_TABLES = (COUNTS, NTHS, LENGTHS, ADVERBS, SAID, LONG_WEEKDAYS, MONTHS)
_OTHERS = (*WEEKDAYS, "every", "each", "times", "weekday", "weekend", "minutes", "hours", "hour", "last", "first")
WORDS = sorted(
    {word for words in _TABLES for each in words for word in each.split()}
    | {f"{word}s" for word in (*LENGTHS, *LONG_WEEKDAYS, "weekday", "weekend")}
    | set(_OTHERS)
)
"""The words of schedules, which misspelt ones are mended to."""
MEASURES = "times more less fewer few and per hundred thousand dozen percent part parts half halves quarter quarters"
MEASURES += " second seconds sec secs min mins minute minutes hour hours hrs third thirds evenly too the each"
NO_THINGS = {*WORDS, *MEASURES.split()} - {"mornings", "afternoons", "evenings", "nights"}
"""What stands between a number and its week without being what is counted: `two drinks a week` counts drinks."""
LONGEST, MOST_WORDS, MOST_WAYS = 120, 16, 60
MOST_SLIPS, LONG_WORD = 2, 7
"""A word of seven letters may have two slips, a shorter one a single slip."""


def nearest(text: str, today: date | None = None) -> str:
    """Return the one valid sentence that a text with misspelt words means, or nothing where that is not certain.

    Only words are mended, never a number, and only where all ways to mend them mean the same.
    """
    words = text.split()
    if not 0 < len(words) <= 6:
        return ""
    ways = [_mended(word) for word in words]
    if all(way == [word] for way, word in zip(ways, words, strict=True)) or prod(map(len, ways)) > MOST_WAYS:
        return ""
    found = set()
    for tried in map(" ".join, product(*ways)):
        with suppress(BadSchedule):
            asked = _understood(tried, tried, today)
            if asked is not None and asked.target is None:
                found.add(asked.schedule.sentence)
    return found.pop() if len(found) == 1 else ""


def _mended(word: str) -> list[str]:
    """Return the known words that are the fewest slips away from a word, or the word itself."""
    if len(word) < 3 or not word.isascii() or not word.isalpha() or word in WORDS:
        return [word]
    slips = {known: _slips(word, known) for known in WORDS if abs(len(known) - len(word)) <= 2}
    fewest = min(slips.values(), default=MOST_SLIPS + 1)
    if fewest > (1 if len(word) < LONG_WORD else MOST_SLIPS):
        return [word]
    return [known for known, number in slips.items() if number == fewest]


def _slips(word: str, known: str) -> int:
    """Return how many letters are wrong, missing, too many or swapped."""
    before: list[int] = []
    row = list(range(len(known) + 1))
    for at, letter in enumerate(word, 1):
        above, before = before, row
        row = [at]
        for to, other in enumerate(known, 1):
            row.append(min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != other)))
            if at > 1 and to > 1 and letter == known[to - 2] and word[at - 2] == other:
                row[to] = min(row[to], above[to - 2] + 1)
    return row[-1]
