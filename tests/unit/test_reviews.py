"""Three views of a week: what they say beside each other, and only as much as there is to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.unit.test_catalogue import FORBIDDEN
from tracker.catalogue import reviews, template
from tracker.cli.hints import HINTS
from tracker.domain.calendar import Calendar
from tracker.domain.fields import Type
from tracker.domain.reviews import (
    NO_VIEW,
    Item,
    Review,
    Views,
    attunement,
    say_attunement,
    say_blind_spot,
    unsafe,
    views,
)
from tracker.ledger.errors import NextStep

NOW = datetime(2026, 11, 25, 19, 30)
ITEM = Item("listened", "listening", "I did.", "They did.", 4)
DAY = date(2026, 11, 25)


def test_the_scripts_are_as_promised() -> None:
    scripts = reviews().scripts
    assert set(scripts) == set(Review)
    assert scripts[Review.DAY].minutes == 2 and scripts[Review.WEEK].minutes == 10
    assert [part.minutes for part in scripts[Review.TOGETHER].parts] == [3, 8, 5, 5, 10, 5, 3, 5, 1]
    assert 20 <= scripts[Review.MONTH].minutes <= 30
    assert (len(reviews().items), [each.name for each in reviews().dials]) == (6, ["safe", "secure", "loved", "rely"])
    assert [area.step for area in reviews().areas] == ["s1", "s2", "s3", "s4", "s5", "s6"]


def test_two_speak_in_turns_and_much_heat_asks_for_a_pause() -> None:
    talk = reviews().scripts[Review.TOGETHER].part("talk")
    thanks = reviews().scripts[Review.TOGETHER].part("thanks")
    assert talk is not None and thanks is not None
    assert [f"{end:%H:%M}" for end in talk.ends(NOW)] == ["19:35", "19:40"]
    assert [f"{end:%H:%M}" for end in thanks.ends(NOW)] == ["19:38"]
    asked = [talk.pause_after(answers) for answers in ({}, {"heat": None}, {"heat": 5}, {"heat": 6}, {"heat": 10})]
    assert asked == ["", "", "", "s5.time-out", "s5.time-out"]
    assert template(asked[-1]).outcomes and thanks.pause_after({"heat": 10}) == ""


def test_what_an_answer_leads_on_to_is_data() -> None:
    change = reviews().scripts[Review.WEEK].part("change")
    needs = reviews().scripts[Review.TOGETHER].part("needs")
    assert change is not None and needs is not None
    found = [
        change.leads_to(answers) for answers in ({}, {"change": "keep"}, {"change": "smaller"}, {"change": "swap"})
    ]
    assert found == ["", "", "smaller", "swap"]
    assert [needs.leads_to(each) for each in ({"need_mine": "a walk"}, {"need_offer": "cook"})] == ["", "take_on"]
    for part in (part for script in reviews().scripts.values() for part in script.parts):
        assert {lead.field for lead in part.leads} <= {field.name for field in part.fields}
        assert all(NextStep[lead.to.upper()] in HINTS for lead in part.leads)
        assert {field.at for field in part.later} <= {field.name for field in part.fields} and (
            bool(part.later) == bool(part.stands)
        )


@pytest.mark.parametrize("kind", Review)
def test_a_script_asks_each_thing_once_and_keeps_words_private(kind: Review) -> None:
    fields = [field for part in reviews().scripts[kind].parts for field in part.fields]
    assert len({field.name for field in fields}) == len(fields) and "sealed" not in {field.name for field in fields}
    assert all(field.private for field in fields if field.type in (Type.TEXT, Type.LINE))
    for part in reviews().scripts[kind].parts:
        assert set(part.offers) <= {field.name for field in part.fields} and part.say


def test_nobody_is_scolded() -> None:
    texts = [
        text
        for each in (*reviews().items, *reviews().dials, *reviews().alone)
        for text in (each.label, each.mine or "-", each.theirs)
    ]
    texts += [text for each in reviews().areas for text in (each.leading, each.middle, each.lagging)]
    for script in reviews().scripts.values():
        texts += [script.title, *script.before]
        for part in script.parts:
            texts += [part.title, *part.say, *(field.ask for field in part.fields)]
    assert [text for text in texts if FORBIDDEN.search(text) or text != text.strip()] == []


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [(Review.DAY, 25, 25), (Review.WEEK, 23, 29), (Review.TOGETHER, 23, 29), (Review.MONTH, 1, 30)],
)
def test_periods(kind: Review, first: int, last: int) -> None:
    span = kind.span(DAY, Calendar())
    assert (span.first.day, span.last.day) == (first, last)


@pytest.mark.parametrize(
    ("mine", "guess", "theirs", "spot", "distance"),
    [(3, 2, 1, 2, 1), (1, 1, 3, -2, 2), (2, 4, 2, 0, 2), (3, 2, None, None, None), (None, 2, 4, None, 2)],
)
def test_blind_spot_and_distance(
    mine: int | None, guess: int | None, theirs: int | None, spot: int | None, distance: int | None
) -> None:
    found = Views(ITEM, mine, guess, theirs)
    assert (found.blind_spot, found.distance) == (spot, distance)


def test_views_in_words() -> None:
    assert Views(ITEM, 3, 2, 1).summary == ("Listening: you thought 3, they felt 1. Ask: what would have made it a 2?")
    assert Views(ITEM, 1, 2, 3).summary == "Listening: you thought 1, they felt 3. Ask: what was it that reached them?"
    assert Views(ITEM, 2, 2, 2).summary == "Listening: 2 from both of you."
    assert Views(ITEM, 2, 2, None).summary == NO_VIEW


def test_attunement_is_the_mean_over_what_both_rated_and_never_made_up() -> None:
    items = (ITEM, replace(ITEM, name="open"), replace(ITEM, name="fair"))
    found = views(items, {}, {"listened": 3, "open": 0, "fair": 2}, {"listened": 1, "open": 1, "fair": None})
    assert attunement(found) == 1.5
    assert attunement(views(items, {"open": 3}, {"open": 3}, {})) is None
    assert attunement(()) is None


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        ([], ""),
        ([0.5], "guessed within one step in 1 of 1"),
        ([2, 0.5, 1], "guessed within one step in 2 of 3"),
        ([2, 2, 2, 2], "guessed within one step in 0 of 4"),
        ([1, 1, 1, 1, 1], "about the same"),
        ([1, 1.2, 0.9, 1.1, 1, 1.1, 0.9, 1], "about the same"),
        ([2, 2, 2, 2, 1, 0.5, 0.5, 0.5], "your guesses come closer: you know better how it is to be with you"),
        ([0.5, 0.5, 0.5, 0.5, 1, 2, 2, 2], "your guesses drift off"),
        ([9, 9, 9, 9, 1, 1, 1, 1, 1, 1, 1, 1], "about the same"),
    ],
)
def test_attunement_over_weeks(weeks: list[float], said: str) -> None:
    assert say_attunement(weeks) == said


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        ([], ""),
        ([0, 2, 0], "seen alike in 2 of 3"),
        ([2, -2, 2, -2, 0, 0, 0, 0], "your views come closer"),
        ([0, 0, 0, 0, -3, 3, 3, -3], "your views drift apart"),
        ([1, -1, 1, 1, 1], "about the same"),
    ],
)
def test_blind_spot_over_weeks(weeks: list[int], said: str) -> None:
    assert say_blind_spot(weeks) == said


def test_few_weeks_never_show_a_percentage_or_a_direction() -> None:
    for number in range(5):
        for said in (say_attunement([2.0] * number), say_blind_spot([2] * number)):
            assert "%" not in said and "come" not in said and "drift" not in said


@pytest.mark.parametrize(
    ("dial", "answer", "shown"),
    [("safe", 4, True), ("safe", 0, True), ("safe", 5, False), ("safe", None, False), ("loved", 0, False)],
)
def test_only_the_dial_safe_calls_for_the_safety_page(dial: str, answer: int | None, shown: bool) -> None:
    assert unsafe(dial, answer) is shown
