"""An entry opened once more as a form: what stays when it is changed, and what is asked again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.services.kit import Bench
from tests.services.test_forms import only, taken
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.logging import followups, guided, log_entry


def test_a_plain_check_in_opens_as_a_form_with_what_it_said(toward: Workspace) -> None:
    time = taken(toward, "s4.partner-time")
    log_entry.done(toward, time, amount=45, fields={"tag": "walk", "from_elsewhere": "kept"})
    key = only(toward, time).id
    assert guided.answers_of(toward, key) == {"actual_min": 45, "tag": "walk", "from_elsewhere": "kept"}
    guided.change(toward, time, key, {"actual_min": 50, "tag": "walk", "chooser": "both"})
    entry = only(toward, time)
    assert (entry.amount, entry.fields["from_elsewhere"]) == (50.0, "kept")
    promise = taken(toward, "s2.respect-a-no")
    log_entry.done(toward, promise, outcome="negotiated")
    assert guided.answers_of(toward, only(toward, promise).id) == {"response": "negotiated"}


def test_changing_an_entry_keeps_what_its_form_does_not_ask(toward: Workspace) -> None:
    turn = taken(toward, "s2.turn-toward")
    log_entry.done(toward, turn, amount=3)
    guided.change(toward, turn, only(toward, turn).id, {"direction": "toward"})
    assert only(toward, turn).amount == 3.0


def test_a_day_that_moves_is_asked_about_again(bench: Bench) -> None:
    toward = bench.open()
    commitment = taken(toward, "s1.fear-forecast")
    guided.log(toward, commitment, {"feared_outcome": "f", "follow_up_at": "today"})
    (loop,) = followups.open_loops(toward)
    followups.let_go(toward, loop)
    key = only(toward, commitment).id
    guided.change(toward, commitment, key, {"feared_outcome": "f", "follow_up_at": "sat"})
    (ahead,) = followups.all_loops(toward)
    assert ahead.due.date() == date(2026, 11, 28)
    followups.answer(toward, ahead, {"outcome": "better"})
    answers = guided.answers_of(toward, key)
    guided.change(toward, commitment, key, {name: each for name, each in answers.items() if name != "outcome"})
    assert [field.name for loop in followups.all_loops(toward) for field in loop.fields] == ["outcome"]


def test_an_entry_that_is_gone_cannot_be_changed_or_closed(toward: Workspace) -> None:
    commitment = taken(toward, "s6.weekly-share")
    guided.log(toward, commitment, {"topic": "fears"})
    (loop,) = followups.all_loops(toward)
    guided.remove(toward, commitment, loop.entry.id)
    acts: tuple[Callable[[], object], ...] = (
        lambda: followups.answer(toward, loop, {"felt_later": 3}),
        lambda: followups.let_go(toward, loop),
        lambda: guided.change(toward, commitment, loop.entry.id, {"topic": "joys"}),
    )
    for act in acts:
        with pytest.raises(Refused, match="not there any more"):
            act()
