"""What a field takes for an answer, what it says to others, and when it is asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tracker.domain.fields import BadAnswer, Choice, Field, Type, read_moment
from tracker.domain.text.clean import LONGEST_LINE, LONGEST_TEXT

NOW = datetime.fromisoformat("2026-11-25T20:15:30+01:00")
"""A Wednesday evening."""
TODAY = NOW.date()
CHOICES = (Choice("better", "better"), Choice("as_feared", "as feared"), Choice("as_hoped", "as hoped"))


def read(type_: Type, answer: object, **more: Any) -> Any:
    return Field("f", "What?", type_, **more).read(answer, NOW, TODAY)


@pytest.mark.parametrize(
    ("type_", "answer", "stored"),
    [
        (Type.TEXT, " one\r\ntwo\n", "one\ntwo"),
        (Type.LINE, "  two   words\t", "two words"),
        (Type.SCALE, "0", 0),
        (Type.SCALE, 10, 10),
        (Type.SCALE, 7.0, 7),
        (Type.NUMBER, " 4 ", 4),
        (Type.YESNO, "Y", True),
        (Type.YESNO, False, False),
        (Type.YESNO, "no", False),
        (Type.MINUTES, "1h30", 90),
        (Type.MINUTES, 45, 45),
        (Type.DAY, "today", "2026-11-25"),
        (Type.DAY, "tomorrow", "2026-11-26"),
        (Type.DAY, "+3", "2026-11-28"),
        (Type.DAY, "+30d", "2026-12-25"),
        (Type.DAY, "yesterday", "2026-11-24"),
        (Type.DAY, "wed", "2026-11-25"),
        (Type.DAY, "tuesday", "2026-12-01"),
        (Type.DAY, "2026-01-31", "2026-01-31"),
    ],
)
def test_answers_that_fit(type_: Type, answer: object, stored: object) -> None:
    found = read(type_, answer)
    assert (found, type(found)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("type_", "answer"),
    [
        (Type.SCALE, "11"),
        (Type.SCALE, "-1"),
        (Type.SCALE, "2.5"),
        (Type.SCALE, 2.5),
        (Type.SCALE, True),
        (Type.SCALE, "many"),
        (Type.NUMBER, "1234567"),
        (Type.YESNO, "perhaps"),
        (Type.MINUTES, "soon"),
        (Type.MINUTES, 0),
        (Type.DAY, "someday"),
        (Type.DAY, "2026-13-40"),
        (Type.MOMENT, "25:00"),
        (Type.MOMENT, "someday 19:00"),
        (Type.MOMENT, "+soon"),
        (Type.MOMENT, "fri"),
        (Type.TEXT, "x" * (LONGEST_TEXT + 1)),
        (Type.LINE, "x" * (LONGEST_LINE + 1)),
    ],
)
def test_answers_that_do_not_fit(type_: Type, answer: object) -> None:
    with pytest.raises(BadAnswer):
        read(type_, answer)


def test_a_percent_may_have_its_sign() -> None:
    assert [read(Type.PERCENT, text, low=0, high=100) for text in ("50", "50%", "50 %")] == [50, 50, 50]


@pytest.mark.parametrize(("answer", "name"), [("better", "better"), ("b", "better"), ("As Feared", "as_feared")])
def test_a_choice_by_its_name_or_the_start_of_it(answer: str, name: str) -> None:
    assert read(Type.CHOICE, answer, choices=CHOICES) == name


@pytest.mark.parametrize("answer", ["as", "", "worse", "  "])
def test_a_choice_that_could_be_several_or_none(answer: str) -> None:
    with pytest.raises(BadAnswer, match="better, as_feared and as_hoped"):
        read(Type.CHOICE, answer, choices=CHOICES)


@pytest.mark.parametrize("type_", [Type.CHOICE, Type.SCALE, Type.DAY, Type.MOMENT, Type.MINUTES, Type.YESNO])
def test_a_private_answer_that_does_not_fit_is_not_repeated(type_: Type) -> None:
    with pytest.raises(BadAnswer) as caught:
        read(type_, "CANARY", private=True, choices=CHOICES)
    assert "CANARY" not in str(caught.value) and str(caught.value).startswith("Answer with ")


def test_nothing_that_steers_a_terminal_is_kept() -> None:
    for type_ in (Type.TEXT, Type.LINE):
        assert "\x1b" not in read(type_, "a\x1b[31mred")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("21:00", "2026-11-25T21:00+01:00"),
        ("20:15", "2026-11-26T20:15+01:00"),
        ("9:05", "2026-11-26T09:05+01:00"),
        ("today 19:00", "2026-11-25T19:00+01:00"),
        ("yesterday 19:00", "2026-11-24T19:00+01:00"),
        ("Tomorrow 18:30", "2026-11-26T18:30+01:00"),
        ("fri 19:00", "2026-11-27T19:00+01:00"),
        ("wed 21:00", "2026-11-25T21:00+01:00"),
        ("wed 19:00", "2026-12-02T19:00+01:00"),
        ("mon 19:00", "2026-11-30T19:00+01:00"),
        ("+30m", "2026-11-25T20:45+01:00"),
        ("+1h30", "2026-11-25T21:45+01:00"),
        ("2026-11-28 19:00", "2026-11-28T19:00+01:00"),
        ("2026-11-28T19:00", "2026-11-28T19:00+01:00"),
        ("2026-11-28T19:00-05:00", "2026-11-28T19:00-05:00"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    stored = read(Type.MOMENT, text)
    assert stored == moment
    assert read_moment(stored, NOW + timedelta(days=90), TODAY).isoformat(timespec="minutes") == stored


def test_when_a_field_is_asked() -> None:
    plain = Field("f", "?", Type.LINE)
    after = Field("f", "?", Type.LINE, after_hours=24)
    at = Field("f", "?", Type.LINE, at="by")
    assert [each.later for each in (plain, after, at)] == [False, True, True]
    assert plain.due(NOW, {}) == NOW
    assert after.due(NOW, {}) == NOW + timedelta(days=1)
    assert at.due(NOW, {}) is None
    assert at.due(NOW, {"by": "2026-11-28"}) == datetime(2026, 11, 28, tzinfo=NOW.tzinfo)
    assert at.due(NOW, {"by": "2026-11-28T19:00+02:00"}) == datetime.fromisoformat("2026-11-28T19:00+02:00")


def test_every_type_has_a_hint_of_one_line() -> None:
    for type_ in Type:
        hint = Field("f", "?", type_, choices=CHOICES).hint
        assert hint and "\n" not in hint
    assert Field("f", "?", Type.CHOICE, choices=CHOICES).hint == "better, as_feared or as_hoped"
    assert Field("f", "?", Type.SCALE, low=1, high=5).hint == "1 to 5"


def test_a_hint_is_an_answer_where_it_gives_examples() -> None:
    for type_ in (Type.DAY, Type.MOMENT, Type.MINUTES):
        for example in Field("f", "?", type_).hint.replace(" or ", ", ").split(", "):
            assert read(type_, example) is not None
    assert read(Type.DAY, "fri") == date(2026, 11, 27).isoformat()
