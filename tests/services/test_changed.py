"""An entry opened once more as a form: what stays when it is changed, and what is asked again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.services.kit import Bench
from tests.services.test_forms import only, taken
from tracker.services import entries, forms, loops
from tracker.services.errors import Refused
from tracker.services.toward import Toward


def test_a_plain_check_in_opens_as_a_form_with_what_it_said(toward: Toward) -> None:
    time = taken(toward, "s4.partner-time")
    entries.done(toward, time, amount=45, fields={"tag": "walk", "from_elsewhere": "kept"})
    key = only(toward, time).id
    assert forms.answers_of(toward, key) == {"actual_min": 45, "tag": "walk", "from_elsewhere": "kept"}
    forms.change(toward, time, key, {"actual_min": 50, "tag": "walk", "chooser": "both"})
    entry = only(toward, time)
    assert (entry.amount, entry.fields["from_elsewhere"]) == (50.0, "kept")
    promise = taken(toward, "s2.respect-a-no")
    entries.done(toward, promise, outcome="negotiated")
    assert forms.answers_of(toward, only(toward, promise).id) == {"response": "negotiated"}


def test_changing_an_entry_keeps_what_its_form_does_not_ask(toward: Toward) -> None:
    turn = taken(toward, "s2.turn-toward")
    entries.done(toward, turn, amount=3)
    forms.change(toward, turn, only(toward, turn).id, {"direction": "toward"})
    assert only(toward, turn).amount == 3.0


def test_a_day_that_moves_is_asked_about_again(bench: Bench) -> None:
    toward = bench.open()
    commitment = taken(toward, "s1.fear-forecast")
    forms.log(toward, commitment, {"feared_outcome": "f", "follow_up_at": "today"})
    (loop,) = loops.open_loops(toward)
    loops.let_go(toward, loop)
    key = only(toward, commitment).id
    forms.change(toward, commitment, key, {"feared_outcome": "f", "follow_up_at": "sat"})
    (ahead,) = loops.all_loops(toward)
    assert ahead.due.date() == date(2026, 11, 28)
    loops.answer(toward, ahead, {"outcome": "better"})
    answers = forms.answers_of(toward, key)
    forms.change(toward, commitment, key, {name: each for name, each in answers.items() if name != "outcome"})
    assert [field.name for loop in loops.all_loops(toward) for field in loop.fields] == ["outcome"]


def test_an_entry_that_is_gone_cannot_be_changed_or_closed(toward: Toward) -> None:
    commitment = taken(toward, "s6.weekly-share")
    forms.log(toward, commitment, {"topic": "fears"})
    (loop,) = loops.all_loops(toward)
    forms.remove(toward, commitment, loop.entry.id)
    acts: tuple[Callable[[], object], ...] = (
        lambda: loops.answer(toward, loop, {"felt_later": 3}),
        lambda: loops.let_go(toward, loop),
        lambda: forms.change(toward, commitment, loop.entry.id, {"topic": "joys"}),
    )
    for act in acts:
        with pytest.raises(Refused, match="not there any more"):
            act()
