"""Recurrence rules as calendars write them, made into the one line that a schedule keeps."""

from __future__ import annotations

import re
from datetime import date, datetime

from tracker.domain.language.words import BadSchedule
from tracker.domain.schedules import Rule

_BEGINS = re.compile(r"(?i)\s*(rrule\b|freq\s*=|dtstart\b|rdate\b|exdate\b|exrule\b|begin:)")
_LINE = re.compile(r"(?i)(?:^|\s)(dtstart|rrule|exdate|rdate|exrule|begin|end|summary|dtend)(?=[;:\s]|$)")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}
_PARTS |= {"BYSETPOS", "BYEASTER"}
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
_SUBDAILY = ("HOURLY", "MINUTELY", "SECONDLY")


def is_rule(text: str) -> bool:
    """Return whether a sentence is meant as a rule of a calendar."""
    return bool(_BEGINS.match(text))


def read_rule(sentence: str) -> Rule:
    """Return the rule of one or more lines of a calendar. Raises BadSchedule with the true reason.

    The end of a rule is kept as a day: an UNTIL in UTC is the day it is here then.
    """
    shown = " ".join(sentence.split())
    lines = _lines(sentence)
    for name, why in (
        ("DTSTART", "the plan brings its own start: leave DTSTART out, and give that day as the day it begins"),
        ("EXDATE", "days that are left out cannot be kept: leave EXDATE out, and skip those days"),
        ("RDATE", "single days cannot be added to a rule: leave RDATE out"),
        ("EXRULE", "one rule on one line: leave EXRULE out"),
        ("BEGIN", "of a calendar's entry only the RRULE line is read"),
    ):
        if name in [line for line, _ in lines]:
            raise _refused(shown, why)
    rules = [text for name, text in lines if name == "RRULE"]
    if len(rules) != 1:
        raise _refused(shown, "one rule on one line")
    return Rule(_checked(shown, rules[0]))


def _refused(shown: str, why: str) -> BadSchedule:
    return BadSchedule(shown, why=why, forms=False)


def _lines(sentence: str) -> list[tuple[str, str]]:
    """Return the name and the rest of each line, wherever lines are kept apart by spaces alone."""
    text = sentence.strip()
    if re.match(r"(?i)freq\s*=", text):
        text = f"RRULE:{text}"
    marks = list(_LINE.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [(mark[1].upper(), text[mark.end() : end].strip(" :\t\r\n")) for mark, end in zip(marks, ends, strict=False)]


def _checked(shown: str, text: str) -> str:
    parts = [part for part in re.sub(r"\s", "", text).upper().split(";") if part]
    values: dict[str, str] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals or not value or name in values:
            raise _refused(shown, f"'{part}' is not a part of a rule of RFC 5545")
        if name not in (*_PARTS, *_TIMES):
            raise _refused(shown, f"'{name}' is not a part of a rule of RFC 5545")
        values[name] = value
    if values.get("FREQ") in _SUBDAILY:
        raise _refused(shown, f"FREQ={values['FREQ']} comes more than once a day; FREQ=DAILY is the most often")
    if several := next((name for name in _TIMES if "," in values.get(name, "")), None):
        raise _refused(shown, f"{several} with several times comes more than once a day")
    for name in _TIMES:
        values.pop(name, None)
    if "UNTIL" in values:
        values["UNTIL"] = _until(shown, values["UNTIL"])
    for name in ("INTERVAL", "COUNT"):
        if name in values and not re.fullmatch(r"0*[1-9][0-9]{0,3}", values[name]):
            raise _refused(shown, f"{name} is a number from 1 to 9999")
    line = ";".join(f"{name}={value}" for name, value in values.items())
    if not re.fullmatch(r"[A-Z0-9=;,+-]+", line):
        raise _refused(shown, "not a rule of RFC 5545")
    ever = Rule(line).comes()
    if ever is None:
        raise _refused(shown, "not a rule of RFC 5545")
    if not ever:
        raise _refused(shown, "that day never comes")
    return line


def _until(shown: str, text: str) -> str:
    """Return the last day of a rule as eight digits."""
    found = _UNTIL.fullmatch(text)
    try:
        if not found:
            raise ValueError
        if not found[3]:
            return f"{date.fromisoformat(found[1]):%Y%m%d}"
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00")
        return f"{moment.astimezone():%Y%m%d}"
    except (ValueError, OverflowError):
        raise _refused(shown, f"UNTIL={text} is not a day") from None
