"""Text from outside, made harmless before it is stored or drawn."""

from __future__ import annotations

import re

LONGEST_LINE = 200
LONGEST_TEXT = 20_000

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
REPLACEMENT = "\ufffd"


def harmless(text: str) -> str:
    """Return text without control, escape, surrogate and bidi characters; newline and tab stay."""
    return UNSAFE.sub(REPLACEMENT, text)


def one_line(text: str) -> str:
    """Return harmless text on one line, with single spaces, at most 200 characters."""
    return " ".join(harmless(text.replace("\r", " ")).split())[:LONGEST_LINE].rstrip()


def paragraphs(text: str) -> str:
    """Return harmless text of any number of lines, at most 20,000 characters."""
    return harmless(text.replace("\r\n", "\n").replace("\r", "\n")).strip()[:LONGEST_TEXT].rstrip()
