"""Text from outside is harmless before it is stored or drawn."""

from __future__ import annotations

import pytest

from tracker.domain.text.clean import (
    LONGEST_LINE,
    LONGEST_TEXT,
    REPLACEMENT,
    excerpt,
    harmless,
    one_line,
    paragraphs,
    too_long,
)

NASTY = [
    "\x00", "\x07", "\x08", "\x0b", "\x0c", "\r", "\x1b", "\x1f", "\x7f", "\x80", "\x85", "\x9b", "\x9f",
    "\u061c", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff",
    "\ud800", "\udfff",
]  # fmt: skip


@pytest.mark.parametrize("character", NASTY, ids=lambda character: f"U+{ord(character):04X}")
def test_what_could_steer_a_terminal_is_replaced(character: str) -> None:
    assert harmless(f"a{character}b") == f"a{REPLACEMENT}b"


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "né 愛 👩‍👩‍👧 ~", "\u00a0", "עברית"])
def test_what_people_write_stays(text: str) -> None:
    assert harmless(text) == text


def test_a_line_has_single_spaces_and_an_end() -> None:
    assert one_line("  a \n\t b\r\nc ") == "a b c"
    assert one_line("a\x0bb\x85c\u2028d") == "a b c d"


def test_text_is_never_shortened() -> None:
    assert one_line("x" * 5_000) == "x" * 5_000
    assert paragraphs("x" * (LONGEST_TEXT + 1)) == "x" * (LONGEST_TEXT + 1)


def test_paragraphs_keep_their_lines() -> None:
    assert paragraphs(" a\r\nb\rc\n\nd ") == "a\nb\nc\n\nd"
    assert paragraphs("a\x0bb\x0cc\x85d\u2028e\u2029f") == "a\nb\nc\nd\ne\nf", "as other programs break lines"


def test_an_excerpt_says_that_it_is_one() -> None:
    assert excerpt("x" * LONGEST_LINE) == "x" * LONGEST_LINE
    assert excerpt("x" * (LONGEST_LINE + 1)) == "x" * (LONGEST_LINE - 1) + "…"
    assert excerpt("one two three", 8) == "one two…"


def test_what_is_too_long_is_told_with_its_limit() -> None:
    assert too_long("A note", "x" * 20, 20) == ""
    said = "A note holds at most 20,000 characters; this one has 22,013."
    assert too_long("A note", "x" * 22_013, 20_000) == said
