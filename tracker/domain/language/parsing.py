"""What a person types, read: the exact forms here, all other ways to write them by what is loaded only for those."""

from __future__ import annotations

import re
from datetime import date

from tracker.domain.calendar import Calendar
from tracker.domain.language.words import DURATION_EXAMPLES, MOST_MINUTES, Asked, BadSchedule, BadWord, exact_day
from tracker.domain.schedules import Schedule, exact

_DURATION = re.compile(r"(?:([0-9]{1,2})\s*h(?:ours?)?\s*)?(?:([0-9]{1,4})\s*(?:m|min|minutes?)?)?")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


def parse_day(text: str, today: date, *, ahead: bool = False) -> date:
    """Return the day meant, counted from `today`. Raises BadWord.

    A weekday, or a date without its year, is the last one gone by, or today itself; with `ahead` the next one to come.
    """
    day = exact_day(text.strip().lower(), today, ahead)
    if day is not None:
        return day
    from tracker.domain.language.days import read_day

    return read_day(text, today, ahead=ahead)


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


def parse_schedule(sentence: str, today: date | None = None) -> Schedule:
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
