"""Text from outside, made harmless before it is stored or drawn, and never shortened on its way to the disk."""

from __future__ import annotations

import re

LONGEST_DEVICE = 40
LONGEST_LINE = 200
LONGEST_PLAN = 1_000
LONGEST_TEXT = 100_000
"""The most characters of a device's name as it is shown, of one line, of an if-then plan, and of a text; whoever types
more is told, and keeps it."""

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
REPLACEMENT = "\ufffd"
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CODES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\n\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ #%()*+./-][0-~]|\x1b[=>78\\]"
)
"""Whole codes of a terminal: colours and moves, titles and links, sets of letters."""
_STRAY = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def harmless(text: str) -> str:
    """Return text without control, escape, surrogate and bidi characters; newline and tab stay."""
    return UNSAFE.sub(REPLACEMENT, text)


def without_codes(text: str) -> str:
    """Return text in the same order without the codes of a terminal and other control characters; lines end in LF."""
    return _STRAY.sub("", _BREAKS.sub("\n", _CODES.sub("", text)))


def one_line(text: str) -> str:
    """Return harmless text on one line, with single spaces, however long it is."""
    return " ".join(harmless(without_codes(text)).split())


def excerpt(text: str, most: int = LONGEST_LINE) -> str:
    """Return text on one line for a message or a list, at most so many characters; what is left out ends in `…`."""
    line = one_line(text[: most * 10])
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def paragraphs(text: str) -> str:
    """Return harmless text of any number of lines, however long it is; every sign that breaks a line is a newline."""
    return harmless(without_codes(text)).strip()


def too_long(what: str, text: str, most: int) -> str:
    """Return why a text is not taken, such as `A title holds at most 200 characters; …`, or nothing where it fits."""
    if len(text) <= most:
        return ""
    return f"{what} holds at most {most:,} characters; this one has {len(text):,}."
