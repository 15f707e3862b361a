"""A summary keeps nobody's private words, and none is lost because it does not."""

from __future__ import annotations

from datetime import date

import pytest

from tests.services.kit import Bench, fold
from tests.services.test_undo import get
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle, pauses
from tracker.services.history import undo
from tracker.services.logging import followups, guided, notes
from tracker.services.logging.notes import read_note
from tracker.services.logging.stored_answers import answers_of
from tracker.services.together import planned

CANARY = "CANARY"
SUMMER = "2026-08-03T20:00"


@pytest.fixture
def old(bench: Bench) -> Bench:
    """Return a store of a summer, with private words in months that are not read any more."""
    bench.clock.set(SUMMER)
    workspace = bench.open()
    for cid in ("s1.fear-forecast", "s3.openness-agreement", "s4.partner-time"):
        lifecycle.add(workspace, cid)
    guided.log(
        workspace, get(workspace, "s1.fear-forecast"), {"feared_outcome": f"{CANARY} fear", "follow_up_at": "tomorrow"}
    )
    agreement = get(workspace, "s3.openness-agreement")
    guided.log(workspace, agreement, {"free_to_say_no_mine": True, "free_to_say_no_theirs": True})
    notes.note(workspace, agreement, workspace.today, f"{CANARY} note")
    pauses.pause(workspace, get(workspace, "s4.partner-time"), reason=f"{CANARY} reason")
    planned.plan(workspace, "fri 19:00 60m weekly")
    planned.cancel(workspace, planned.find_planned(workspace), "self-protection")
    bench.clock.set("2026-10-12T20:00")
    bench.resealed()
    text = bench.summary().read_text("utf-8")
    assert CANARY not in text and "self-protection" not in text and "s1.fear-forecast" in text
    return bench


def sealed(bench: Bench) -> Workspace:
    workspace = bench.open()
    assert not workspace.store.complete
    return workspace


def test_private_words_are_fetched_when_they_are_asked_for(old: Bench) -> None:
    workspace = sealed(old)
    (loop,) = followups.open_loops(workspace)
    assert answers_of(workspace, loop.entry.id)["feared_outcome"] == f"{CANARY} fear"
    assert not workspace.store.complete
    assert read_note(sealed(old), "s3.openness-agreement", date(2026, 8, 3)) == f"{CANARY} note"


def test_looking_at_a_day_fetches_nothing(old: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from tracker.services.views.day_rows import day_view
    from tracker.store.store import Store

    def fail(*_: object) -> None:
        raise AssertionError("read again")

    workspace = sealed(old)
    monkeypatch.setattr(Store, "load_all", fail)
    view = day_view(workspace)
    assert view.next_time is not None and any(each.time for each in view.waiting)


def test_writing_over_a_value_keeps_its_private_part(old: Bench) -> None:
    workspace = sealed(old)
    pauses.resume(workspace, get(workspace, "s4.partner-time"))
    (pause,) = [value for key, value in fold(workspace).items() if key.startswith("pause|")]
    assert pause["private"] == {"reason": f"{CANARY} reason"} and pause["last"]


def test_a_second_note_is_added_below_the_first(old: Bench) -> None:
    workspace = sealed(old)
    notes.note(workspace, get(workspace, "s3.openness-agreement"), date(2026, 8, 3), "more")
    assert read_note(old.open(), "s3.openness-agreement", date(2026, 8, 3)) == f"{CANARY} note\nmore"


def test_closing_a_loop_and_undoing_it_keeps_every_answer(old: Bench) -> None:
    before = fold(old.recounted())
    workspace = sealed(old)
    (loop,) = followups.open_loops(workspace)
    followups.answer(workspace, loop, {"outcome": "better", "learned": "l"})
    assert answers_of(old.open(), loop.entry.id)["feared_outcome"] == f"{CANARY} fear"
    undo.undo(sealed(old))
    assert fold(old.recounted()) == before
    undo.redo(sealed(old))
    assert answers_of(old.recounted(), loop.entry.id)["learned"] == "l"


def test_resuming_and_undoing_it_brings_the_reason_back(old: Bench) -> None:
    before = fold(old.recounted())
    workspace = sealed(old)
    pauses.resume(workspace, get(workspace, "s4.partner-time"))
    undo.undo(sealed(old))
    assert fold(old.recounted()) == before
