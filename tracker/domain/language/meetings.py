"""A day, a time and a length in one sentence, in the order people put them: `saturday 7pm 1h`, `tonight 19-20`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from tracker.domain.language.hours import NAMED, read_span, read_time
from tracker.domain.language.parsing import parse_day, parse_duration
from tracker.domain.language.words import BadWord, weekday_of

WEEKLY, FORTNIGHTLY = 7, 14
MOST_WORDS = 14

_FORTNIGHTLY = re.compile(
    r"\b(?:fortnightly|every fortnight|every (?:other|second|2nd|2|two) weeks?|alternate weeks)\b"
    r"|\bevery (?:other|2nd) (?=[a-z]{3})|\balternate (?=[a-z]{3})"
)
_WEEKLY = re.compile(r"\b(?:weekly|every week|each week)\b|\b(?:every|each) (?=(?:mon|tue|wed|thu|fri|sat|sun))")
_PLURAL = re.compile(r"\b(?:on )?((?:mon|tues|wednes|thurs|fri|satur|sun)day)s\b")
_ELSE = re.compile(r"\b(?:daily|monthly|yearly|quarterly|every|each|biweekly|weekdays|weekends?)\b")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}")
_ISO = re.compile(r"(?<=[0-9]-[0-9]{2})t(?=[0-9]{2}:)")
_TIME_NAME = re.compile(rf"\b(?:{'|'.join(name for name in NAMED if name.isalpha())})\b")
_FEW_HOURS = re.compile(r"([1-6]) ?h(?:ours?|rs?)?")
_PART = re.compile(r"\b(?:this |in the |early |late )?(tonight|morning|afternoon|evening|night)\b")


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a sentence names: a day (None for the next time it comes), a time, minutes, and after how many days again.

    `floats` is whether the day is a weekday or left out, so that a later one may be meant.
    """

    day: date | None
    at: time
    minutes: int | None = None
    every: int = 0
    floats: bool = False


class NoTime(BadWord):
    """A sentence that names a day and no time of the day."""


def read_meeting(sentence: str, today: date, base: date | None = None) -> Meeting | None:
    """Return what a sentence names, or None where it cannot be read.

    A weekday is the first one on or after `base` (today). Raises BadWord for what can be read in two ways, and NoTime
    for a day alone.
    """
    text, every = _repeated(_even(sentence))
    text, part = _part_of_day(text)
    words = text.split()
    if not 0 < len(words) <= MOST_WORDS:
        return None
    trouble: BadWord | None = None
    for day_words, time_words, length_words in _ways(words):
        try:
            found = _read(day_words, time_words, length_words, part, every, today, base or today)
        except BadWord as error:
            trouble = trouble or (error if "could be" in str(error) or "fit together" in str(error) else None)
            continue
        if found is not None:
            return found
    if trouble is not None:
        raise trouble
    if _day(text, today, base or today) is not None:
        raise NoTime(f"'{sentence}' names no time of the day.")
    return None


def _even(sentence: str) -> str:
    text = re.sub(r"[‐-―−]", "-", sentence.lower().replace("’", "'"))
    text = _ISO.sub(" ", text)
    text = re.sub(r",(?![0-9])|;|@|\b(?:at|for|around|about|starting)\b", " ", text)
    text = re.sub(r" ?(-) ?(?=[0-9])|(?<=[0-9]) - ", lambda found: "-" if found[1] else " - ", text)
    return " ".join(text.split())


def _repeated(text: str) -> tuple[str, int]:
    """Return a text without the words for how often, and the days after which it comes again (0: once).

    Raises BadWord for another rhythm.
    """
    every = 0
    for pattern, days in ((_FORTNIGHTLY, FORTNIGHTLY), (_WEEKLY, WEEKLY), (_PLURAL, WEEKLY)):
        changed = pattern.sub(r" \1 " if pattern is _PLURAL else " ", text)
        if changed != text:
            text, every = " ".join(changed.split()), every or days
    if found := _ELSE.search(text):
        raise BadWord(
            f"'{found[0]}': a planned time comes once, weekly or fortnightly. Plan several for another rhythm."
        )
    return text, every


def _part_of_day(text: str) -> tuple[str, str]:
    """Return a text without the part of the day it names, and that part; `tonight` is today at night."""
    found = _PART.search(text)
    if not found or "last night" in text:
        return text, ""
    alone = found[1] == "tonight" or found[0].startswith("this ")
    rest = f"{text[: found.start()]}{' today ' if alone else ' '}{text[found.end() :]}"
    return " ".join(rest.split()), "night" if found[1] == "tonight" else found[1]


def _ways(words: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the ways to cut words into a day, a time and a length, those with the longest day first."""
    ends = range(len(words) + 1)
    cuts = sorted(((first, second) for first in ends for second in ends if first <= second), reverse=True)
    for first, second in cuts:
        one, two, three = (" ".join(part) for part in (words[:first], words[first:second], words[second:]))
        yield one, two, three
    for first, second in cuts:
        one, two, three = (" ".join(part) for part in (words[:first], words[first:second], words[second:]))
        if one and two:
            yield two, one, three
            yield three, one, two
            yield two, three, one


def _read(
    day_words: str, time_words: str, length_words: str, part: str, every: int, today: date, base: date
) -> Meeting | None:
    if not time_words or _TIME_NAME.search(day_words):
        return None
    if not length_words and (few := _FEW_HOURS.fullmatch(time_words)):
        hour = few[1]
        raise BadWord(f"'{time_words}' could be {hour}:00 or how long it takes. Write {hour}:00, or '19:00 {hour}h'.")
    span = read_span(time_words, part)
    if length_words and (span is not None or _CLOCK.fullmatch(length_words)):
        return None
    at = span[0] if span else read_time(time_words.removeprefix("from "), part)
    if at is None:
        return None
    day = _day(day_words, today, base) if day_words else None
    if day_words and day is None:
        return None
    minutes = span[1] if span else parse_duration(length_words) if length_words else None
    return Meeting(day, at, minutes, every, not day_words or weekday_of(day_words.removeprefix("on ")) is not None)


def _day(words: str, today: date, base: date) -> date | None:
    word = words.removeprefix("on ")
    try:
        return parse_day(word, base if weekday_of(word) is not None else today, ahead=True)
    except BadWord as error:
        if "could be" in str(error) or "fit together" in str(error):
            raise
        return None
