"""A no is never counted as kept: what entries are worth by their own answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tracker.catalogue.roles import worth_of
from tracker.domain.commitments import Commitment, Kind, Plan
from tracker.domain.counting.occasions import Occasion, State, occasions
from tracker.domain.counting.worth import Replies, replies
from tracker.domain.language.parsing import parse_schedule
from tracker.domain.records import Entry, Record

DAY = date(2026, 3, 2)
REPLY = "s4.reachable"


def judged(source: str, kind: Kind, answers: list[dict[str, Any]], target: int = 1) -> Occasion:
    """Return what one day comes to whose entries, in this order, say these answers."""
    sentence = "on event" if kind is Kind.EVENT else "daily"
    plan = Plan(DAY, parse_schedule(sentence), target)
    commitment = Commitment(source, "It", "s1", kind, (plan,), worth=worth_of(source))
    credit = 1.0 if kind is Kind.EVENT else None
    entries = [Entry(f"e{at}", DAY, at, fields=each, credit=credit) for at, each in enumerate(answers)]
    return next(occasions(commitment, Record(entries), date(2026, 3, 9)))


@pytest.mark.parametrize(
    ("source", "answers", "credit"),
    [
        ("s4.word-and-deed", {}, 1.0),
        ("s4.word-and-deed", {"said": True, "did": True}, 1.0),
        ("s4.word-and-deed", {"said": True, "did": False}, 0.0),
        ("s4.word-and-deed", {"did": False}, 0.0),
        ("s4.word-and-deed", {"said": False, "did": False}, 0.0),
        ("s4.word-and-deed", {"said": False, "did": True}, 0.5),
        ("s1.why-us", {"kept": False}, 0.0),
        ("s1.why-us", {"kept": False, "minutes": 20}, 1.0),
        ("s1.why-us", {"kept": True}, 1.0),
        ("own.thing", {"did": False, "kept": False}, 1.0),
    ],
)
def test_a_word_without_its_deed_is_missed(source: str, answers: dict[str, Any], credit: float) -> None:
    assert judged(source, Kind.CHECK, [answers]).credit == credit


@pytest.mark.parametrize(
    ("source", "answers", "done"),
    [
        ("s2.turn-toward", {}, 1),
        ("s2.turn-toward", {"direction": "toward"}, 1),
        ("s2.turn-toward", {"direction": "missed"}, 0),
        ("s2.turn-toward", {"direction": "away"}, 0),
        ("s2.turn-toward", {"direction": "against"}, 0),
        ("s2.own-thing", {"told_them": False}, 0.5),
        ("s1.take-it-in", {"let_in": 0}, 0),
        ("s1.take-it-in", {"let_in": 1}, 1),
        ("s6.invite-theirs", {"thanked": False, "said_back": False, "asked_first": False}, 0),
        ("s6.invite-theirs", {"thanked": False, "said_back": True, "asked_first": False}, 1),
    ],
)
def test_what_is_counted_counts_only_what_was_done(source: str, answers: dict[str, Any], done: float) -> None:
    assert judged(source, Kind.COUNT, [answers]).done == done


def test_three_invitations_of_which_one_was_answered_are_one_of_three() -> None:
    found = judged("s2.turn-toward", Kind.COUNT, [{}, {"direction": "against"}, {"direction": "missed"}], 3)

    assert (found.done, found.target, found.state) == (1, 3, State.PARTLY)


def test_space_that_was_not_asked_for_earns_nothing_even_if_one_came_back() -> None:
    assert judged("s5.ask-for-space", Kind.EVENT, [{"asked_plainly": False}]).state is State.MISSED
    assert judged("s5.ask-for-space", Kind.EVENT, [{"asked_plainly": True}]).state is State.KEPT


def test_the_last_entry_of_a_day_says_what_it_came_to() -> None:
    no, yes = {"said": True, "did": False}, {"said": True, "did": True}

    assert judged("s4.word-and-deed", Kind.CHECK, [{}, no]).state is State.MISSED
    assert judged("s4.word-and-deed", Kind.CHECK, [no, yes]).state is State.KEPT


@pytest.mark.parametrize(
    ("answers", "worth", "given"),
    [
        ([{}], 1.0, 0),
        ([{"in_window": 1}], 1.0, 1),
        ([{"in_window": 1}, {"in_window": 3}], 1.0, 4),
        ([{"unanswered": 1}], 0.0, 0),
        ([{"unanswered": 2}, {"unanswered": 1}], 0.0, 0),
        ([{}, {"unanswered": 1}], 0.0, 0),
        ([{"unanswered": 1}, {}], 1.0, 0),
        ([{"in_window": 1}, {"unanswered": 1}], 0.625, 1),
        ([{"in_window": 4}, {"unanswered": 1}], 1.0, 4),
        ([{"unanswered": 1, "told_beforehand": 1}], 1.0, 0),
        ([{"late": 2}], 0.0, 2),
        ([{"in_window": 1}, {"needing_reply": 5, "in_window": 0, "unanswered": 5}], 0.0, 0),
        ([{"in_window": 1}, {"in_window": 0, "unanswered": 3}], 0.0, 0),
        ([{"needing_reply": 5, "in_window": 1}, {"in_window": 3}], 1.0, 4),
        ([{"needing_reply": 10, "in_window": 4}], 0.5, 4),
        ([{"needing_reply": 1, "in_window": 1, "unanswered": 3}], 0.3125, 1),
    ],
)
def test_replies_of_a_day_come_to_what_was_answered_in_time(
    answers: list[dict[str, Any]], worth: float, given: int
) -> None:
    day = replies(Entry(f"e{at}", DAY, at, fields=each) for at, each in enumerate(answers))

    assert (day.worth, day.given) == (worth, given)
    assert judged(REPLY, Kind.CHECK, answers).credit == worth


def test_nothing_that_needed_a_reply_asks_for_nothing() -> None:
    assert Replies().and_then({"needing_reply": 0}).none_needed
    assert Replies().and_then({"in_window": 0, "late": 0, "unanswered": 0}).none_needed
    assert not Replies().and_then({}).none_needed
    assert not Replies().and_then({"unanswered": 1}).none_needed
