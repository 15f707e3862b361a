"""Text from outside is harmless before it is stored or drawn."""

from __future__ import annotations

import pytest

from tracker.domain.clean import LONGEST_LINE, LONGEST_TEXT, REPLACEMENT, harmless, one_line, paragraphs

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
    assert one_line("x" * 500) == "x" * LONGEST_LINE
    assert one_line("x" * (LONGEST_LINE - 1) + " y") == "x" * (LONGEST_LINE - 1)


def test_paragraphs_keep_their_lines() -> None:
    assert paragraphs(" a\r\nb\rc\n\nd ") == "a\nb\nc\n\nd"
    assert len(paragraphs("x" * (LONGEST_TEXT + 1))) == LONGEST_TEXT
