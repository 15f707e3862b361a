"""Names are compared as people see them, need something to see, and get ids that can be typed."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.language.names import as_seen, is_visible, latin

ALIKE = [
    ("café", "cafe\u0301"),
    ("CAFÉ", "café"),
    ("산책", unicodedata.normalize("NFD", "산책")),
    ("Don’t shout", "don't shout"),
    ("Don‘t shout", "DON´T SHOUT"),
    ("say “yes”", 'say "yes"'),
    ("Straße", "STRASSE"),
    ("Istanbul", "İSTANBUL"),
    ("ılık", "ILIK"),
    ("ΟΔΟΣ", "οδος"),
    ("check-in", "check in"),
    ("a – b", "a—b"),
    (" two  words ", "two words"),
    ("two\u00a0words", "two words"),
    ("ｆｕｌｌ", "full"),
    ("soft\u00adhyphen", "softhyphen"),
    ("zero\u200bwidth", "zerowidth"),
    ("❤\ufe0f walk", "❤ walk"),
    ("ﬁnd", "find"),
    ("ǆ", "Ǆ"),
]
APART = [("cafe", "café"), ("walk", "walks"), ("read a", "read b"), ("走", "跑"), ("ё", "е"), ("1", "2"), ("o", "ø")]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_looks_alike_is_one_name(one: str, other: str) -> None:
    assert as_seen(one) == as_seen(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_can_be_told_apart_stays_apart(one: str, other: str) -> None:
    assert as_seen(one) != as_seen(other)


@given(st.text(max_size=12))
def test_the_form_of_a_name_is_its_own_form_and_knows_no_case(name: str) -> None:
    assert as_seen(as_seen(name)) == as_seen(name)
    assert as_seen(unicodedata.normalize("NFD", name)) == as_seen(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\u200b", "\u00ad", "\u3164", "\u115f\u1160", "\uffa0", "\u2800", "\u0301", " \u0301", "\ufe0f"),
        *(
            "\u200d",
            "\U000e0041\U000e007f",
            "\u2060",
            "\u00a0\u2003",
            "\ufeff",
            "\ufffd",
            "\U000f0000",
            "\u093f",
            "\u034f",
        ),
    ],
)
def test_what_cannot_be_seen_is_no_name(text: str) -> None:
    assert not is_visible(text)


@pytest.mark.parametrize(
    "text", ["a", "走", "❤", "🐕", "👍🏽", "1", "?", "é", "e\u0301", "\u200bx", "न", "ㅎ", "\U0001fa77"]
)
def test_one_sign_to_be_seen_is_enough(text: str) -> None:
    assert is_visible(text)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Call my sister", "call-my-sister"),
        ("Café à deux", "cafe-a-deux"),
        ("Straße", "strasse"),
        ("Łódź & Øre", "lodz-ore"),
        ("Прогулка", "progulka"),
        ("Περίπατος", "peripatos"),
        ("Їжак", "izhak"),
        ("don’t", "don-t"),
        ("走路", ""),
        ("산책", ""),
        ("🐕", ""),
        ("走 10", ""),
        ("10 push-ups", "10-push-ups"),
        ("7", "7"),
    ],
)
def test_a_title_is_spelt_in_letters_that_can_be_typed(title: str, slug: str) -> None:
    assert latin(title) == slug


@given(st.text(max_size=30))
def test_what_is_spelt_is_always_fit_for_an_id(text: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", latin(text))
