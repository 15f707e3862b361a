"""One measure of width: the shell and the app count alike, columns stay straight, and no sign is cut in two."""

from __future__ import annotations

import sys
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tracker.domain.text.cells import cell_width, clusters, cut, left, right, steady
from tracker.domain.text.clean import harmless
from tracker.tui.widgets.board import fit

SIGNS = {
    "a thumb of a colour": ("👍🏽", "👍", 2),
    "a family": ("👨‍👩‍👧", "👨👩👧", 6),
    "two who kiss": ("👩🏾‍❤️‍💋‍👩🏻", "👩❤💋👩", 7),
    "a flag": ("🇩🇪", "🇩🇪", 2),
    "a flag of tags": ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🏴", 2),
    "a heart, as a picture": ("❤️", "❤", 1),
    "a key": ("1️⃣", "1", 1),
    "a conjunct": ("क्षि", "क्षि", 2),
    "a word of India": ("नमस्ते", "नमस्ते", 4),
    "jamo": ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글", 4),
    "Hangul": ("한글", "한글", 4),
    "an accent by itself": ("e\u0301te\u0301", "été", 3),
    "many marks": ("e\u0323\u0302\u0308", normalize("NFC", "e\u0323\u0302\u0308"), 1),
    "wide letters": ("ＡＢ中文", "ＡＢ中文", 8),
    "not seen": ("a\u200bb\u00adc\u2060d\ufe0fe", "abcde", 5),
    "a filler": ("a\u3164b\uffa0\u115f", "ab", 2),
    "Thai": ("สวัสดี", "สวัสดี", 4),
    "Persian, with a break": ("می\u200cخواهم", "می\u200cخواهم", 7),
}
LETTERS = st.text(
    st.one_of(st.sampled_from("".join(whole for whole, _, _ in SIGNS.values()) + " ab…"), st.characters()), max_size=20
)


@pytest.mark.parametrize(("text", "drawn", "width"), SIGNS.values(), ids=SIGNS)
def test_what_terminals_disagree_on_is_drawn_so_that_they_agree(text: str, drawn: str, width: int) -> None:
    assert (steady(text), cell_width(drawn)) == (drawn, width)
    assert cell_len(drawn) == width


def test_every_letter_is_as_wide_as_the_app_draws_it() -> None:
    wrong = [
        hex(code)
        for code in range(0x20, sys.maxunicode + 1)
        if not 0x7F <= code < 0xA0 and not 0xD800 <= code < 0xE000 and (letter := chr(code)) not in "\u200d\ufe0f"
        if cell_width(letter) != cell_len(letter)
    ]
    assert wrong == [], (
        "the table of the domain and the one of Rich have parted: make tracker/domain/text/cell_table.py anew"
    )


@given(LETTERS, st.integers(0, 30))
def test_any_mixture_is_measured_alike_and_fits(text: str, width: int) -> None:
    text = harmless(text).replace("\n", " ").replace("\t", " ")
    assert cell_width(steady(text)) == cell_len(steady(text))
    for fitted in (left(text, width), right(text, width), fit(text, width), fit(text, width, right=True)):
        assert cell_width(fitted) == cell_len(fitted) == width
        assert Strip([Segment(fitted)]).cell_length == width


@given(LETTERS, st.integers(1, 30))
def test_no_sign_is_cut_in_two(text: str, width: int) -> None:
    drawn = steady(text)
    assert "".join(clusters(drawn)) == drawn
    short = cut(text, width)
    if short != drawn:
        kept, whole = list(clusters(short[:-1])), list(clusters(drawn))
        assert kept == whole[: len(kept)]


@pytest.mark.parametrize("flag", ["🇩🇪🇫🇷🇮🇹"])
def test_flags_go_in_pairs(flag: str) -> None:
    assert list(clusters(flag)) == ["🇩🇪", "🇫🇷", "🇮🇹"]
    assert cut(flag, 5) == "🇩🇪🇫🇷…" and cut(flag, 4) == "🇩🇪…"
