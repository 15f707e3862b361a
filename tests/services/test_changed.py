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
from tracker.services.logging.stored_answers import answers_of


def test_a_plain_check_in_opens_as_a_form_with_what_it_said(workspace: Workspace) -> None:
    time = taken(workspace, "s4.partner-time")
    log_entry.done(workspace, time, amount=45, fields={"tag": "walk", "from_elsewhere": "kept"})
    key = only(workspace, time).id
    assert answers_of(workspace, key) == {"actual_min": 45, "tag": "walk", "from_elsewhere": "kept"}
    guided.change(workspace, time, key, {"actual_min": 50, "tag": "walk", "chooser": "both"})
    entry = only(workspace, time)
    assert (entry.amount, entry.fields["from_elsewhere"]) == (50.0, "kept")
    promise = taken(workspace, "s2.respect-a-no")
    log_entry.done(workspace, promise, outcome="negotiated")
    assert answers_of(workspace, only(workspace, promise).id) == {"response": "negotiated"}


def test_changing_an_entry_keeps_what_its_form_does_not_ask(workspace: Workspace) -> None:
    turn = taken(workspace, "s2.turn-toward")
    log_entry.done(workspace, turn, amount=3)
    guided.change(workspace, turn, only(workspace, turn).id, {"direction": "toward"})
    assert only(workspace, turn).amount == 3.0


def test_a_day_that_moves_is_asked_about_again(bench: Bench) -> None:
    workspace = bench.open()
    commitment = taken(workspace, "s1.fear-forecast")
    guided.log(workspace, commitment, {"feared_outcome": "f", "follow_up_at": "today"})
    (loop,) = followups.open_loops(workspace)
    followups.let_go(workspace, loop)
    key = only(workspace, commitment).id
    guided.change(workspace, commitment, key, {"feared_outcome": "f", "follow_up_at": "sat"})
    (ahead,) = followups.all_loops(workspace)
    assert ahead.due.date() == date(2026, 11, 28)
    followups.answer(workspace, ahead, {"outcome": "better"})
    answers = answers_of(workspace, key)
    guided.change(workspace, commitment, key, {name: each for name, each in answers.items() if name != "outcome"})
    assert [field.name for loop in followups.all_loops(workspace) for field in loop.fields] == ["outcome"]


def test_an_entry_that_is_gone_cannot_be_changed_or_closed(workspace: Workspace) -> None:
    commitment = taken(workspace, "s6.weekly-share")
    guided.log(workspace, commitment, {"topic": "fears"})
    (loop,) = followups.all_loops(workspace)
    guided.remove(workspace, commitment, loop.entry.id)
    acts: tuple[Callable[[], object], ...] = (
        lambda: followups.answer(workspace, loop, {"felt_later": 3}),
        lambda: followups.let_go(workspace, loop),
        lambda: guided.change(workspace, commitment, loop.entry.id, {"topic": "joys"}),
    )
    for act in acts:
        with pytest.raises(Refused, match="not there any more"):
            act()
