"""Forgetting: nothing of it is left in any file, no undo and no import brings it back, and the rest stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.kit import Bench, figures, fold, on
from tracker.domain.commitments import Commitment
from tracker.ledger.errors import BadInput, NotFound, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle, pauses
from tracker.services.exchange import incoming, transfer
from tracker.services.history import history, purge, undo
from tracker.services.logging import log_entry, notes, quick_log

REPLY, TIME = "s4.reachable", "s4.partner-time"
CANARY = "CANARY"


def get(workspace: Workspace, cid: str = REPLY) -> Commitment:
    found = workspace.ledger.get(cid)
    assert found is not None
    return found


def canaries(bench: Bench) -> list[Path]:
    return [path for path in bench.root.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


@pytest.fixture
def lived_in(bench: Bench) -> Workspace:
    """Return a store with three months of replies, notes and minutes, some with the canary."""
    bench.clock.set("2026-09-10T20:00")
    workspace = bench.open()
    lifecycle.add(workspace, REPLY)
    lifecycle.add(workspace, TIME)
    for _ in range(10):
        bench.clock.go(days=8)
        log_entry.done(workspace, get(workspace), note=CANARY)
        quick_log.log_time(workspace, 30, tag=CANARY)
    bench.clock.set("2026-11-29T20:00")
    return bench.open()


def test_a_note_is_forgotten_with_its_earlier_versions(bench: Bench, workspace: Workspace) -> None:
    lifecycle.add(workspace, REPLY)
    notes.note(workspace, get(workspace), workspace.today, CANARY)
    notes.note(workspace, get(workspace), workspace.today, "other", replace=True)
    removal = purge.note(workspace, get(workspace), workspace.today)
    assert removal.events == 2 and CANARY not in removal.about
    said = " ".join(purge.purge(workspace, removal).lines)
    assert "2 events are emptied" in said and "backups" in said and "other devices" in said
    assert canaries(bench) == []
    assert notes.read_note(workspace, REPLY, workspace.today) == ""
    with pytest.raises(Refused, match="Nothing is kept"):
        purge.purge(workspace, purge.note(workspace, get(workspace), workspace.today))


def test_one_entry_and_one_day(bench: Bench, workspace: Workspace) -> None:
    quick_log.log_time(workspace, 20, (on(workspace, 1),), "walk")
    quick_log.log_time(workspace, 30, None, CANARY)
    bench.clock.go(minutes=1)
    quick_log.log_time(workspace, 40, None, CANARY)
    assert workspace.ledger.record(TIME).entries[-1].amount == 40
    purge.purge(workspace, purge.entry(workspace, get(workspace, TIME), 1))
    assert [entry.amount for entry in workspace.ledger.record(TIME).entries] == [20, 30]
    log_entry.undone(workspace, get(workspace, TIME))
    removal = purge.day(workspace, get(workspace, TIME), workspace.today)
    assert removal.events == 2, "what was taken back is forgotten too"
    purge.purge(workspace, removal)
    assert canaries(bench) == []
    assert [entry.amount for entry in bench.recounted().ledger.record(TIME).entries] == [20]
    with pytest.raises(Refused, match="no such entry: 2"):
        purge.entry(workspace, get(workspace, TIME), 2)


def test_a_commitment_with_all_its_entries_over_months(bench: Bench, lived_in: Workspace) -> None:
    workspace = bench.resealed()
    assert canaries(bench)
    before = figures(workspace)[REPLY]
    purge.purge(workspace, purge.commitment(workspace, TIME))
    assert workspace.ledger.get(TIME) is None
    assert {each.parent.name for each in canaries(bench)} <= {workspace.store.device, "backups"}
    assert figures(workspace)[REPLY] == before == figures(bench.open())[REPLY] == figures(bench.recounted())[REPLY]
    lifecycle.delete(workspace, get(workspace))
    with pytest.raises(NotFound):
        purge.commitment(workspace, "reply")
    purge.purge(workspace, purge.commitment(workspace, REPLY))
    assert canaries(bench) == []
    assert fold(workspace).keys() == fold(bench.open()).keys()
    lifecycle.add(workspace, REPLY)
    log_entry.done(workspace, get(workspace))
    assert bench.open().ledger.figures(REPLY, workspace.today).kept == 1


def test_no_undo_and_no_redo_brings_it_back(bench: Bench, workspace: Workspace) -> None:
    lifecycle.add(workspace, REPLY)
    quick_log.log_time(workspace, 10)
    log_entry.done(workspace, get(workspace), note=CANARY)
    notes.note(workspace, get(workspace), workspace.today, CANARY)
    undo.undo(workspace)
    purge.purge(workspace, purge.note(workspace, get(workspace), workspace.today))
    with pytest.raises(Refused, match="gone for good"):
        undo.undo(workspace)
    with pytest.raises(Refused, match="nothing to redo"):
        undo.redo(workspace)
    pauses.pause(workspace, get(workspace))
    for _ in range(4):
        undo.undo(workspace)
    assert notes.read_note(workspace, REPLY, workspace.today) == ""
    assert workspace.ledger.get(REPLY) is None, "the rest can still be undone"
    with pytest.raises(Refused, match="nothing to undo"):
        undo.undo(workspace)
    for _ in range(4):
        undo.redo(workspace)
    assert notes.read_note(workspace, REPLY, workspace.today) == "" and canaries(bench) == []
    assert all(CANARY not in line.summary for line in history.history(workspace))


def test_an_old_export_brings_nothing_back(bench: Bench, lived_in: Workspace) -> None:
    exported = transfer.export_json(lived_in, private=True).text
    assert CANARY in exported
    for cid in (REPLY, TIME):
        purge.purge(lived_in, purge.commitment(lived_in, cid))
    for workspace in (lived_in, bench.open("two")):
        assert not transfer.import_json(workspace, exported).changed
    assert canaries(bench) == []
    after = transfer.export_json(lived_in, private=True).text
    assert CANARY not in after
    other = Bench(bench.root / "elsewhere", bench.clock)
    fresh = other.open()
    transfer.import_json(fresh, after)
    assert not transfer.import_json(fresh, exported).changed
    lifecycle.add(fresh, REPLY)
    assert canaries(other) == []
    with pytest.raises(Refused):
        for _ in range(9):
            undo.undo(fresh)
    assert canaries(other) == []


def test_another_device_obeys_and_counts_the_same(bench: Bench, lived_in: Workspace) -> None:
    other = bench.open("two")
    quick_log.log_time(other, 15, None, CANARY)
    other.keep_streaks()
    lived_in.poll()
    said = purge.purge(lived_in, purge.commitment(lived_in, TIME)).lines
    assert any("1 of them lies in files of another device" in line for line in said)
    purge.purge(lived_in, purge.commitment(lived_in, REPLY))
    other = bench.open("two")
    incoming.accept(other, incoming.waiting(other))
    lifecycle.add(other, "s1.take-it-in")
    assert canaries(bench) == []
    assert figures(other) == figures(bench.recounted("two")) == figures(bench.open())


def test_a_day_long_counted_is_counted_no_more_on_any_device(bench: Bench, lived_in: Workspace) -> None:
    old = lived_in.ledger.record(REPLY).entries[0].day
    app, other = bench.resealed(), bench.open("two")
    lifecycle.add(other, "s1.take-it-in")
    other = bench.resealed("two")
    before = figures(app)[REPLY].kept
    purge.purge(other, purge.day(other, get(other), old))
    assert app.poll()
    for workspace in (app, bench.open(), bench.recounted(), other, bench.open("two")):
        assert figures(workspace)[REPLY].kept == before - 1
    quick_log.log_time(app, 5)
    assert figures(app) == figures(bench.recounted()) == figures(bench.open("two"))
    assert not bench.resealed().store.complete


def test_an_open_app_sees_it(bench: Bench, lived_in: Workspace) -> None:
    app = bench.open()
    assert app.ledger.get(TIME) is not None
    purge.purge(lived_in, purge.commitment(lived_in, TIME))
    assert app.poll() and app.ledger.get(TIME) is None and app.warnings == ()
    app.keep_streaks()
    purge.purge(lived_in, purge.commitment(lived_in, REPLY))
    app.poll()
    app.keep_streaks()
    assert canaries(bench) == []


def test_what_names_a_period(workspace: Workspace) -> None:
    for text, period in (("2026-11-25", "2026-11-23"), ("2026-11-23", "2026-11-23"), ("2026-11", "2026-11")):
        assert period in purge.ratings(workspace, text).about
    with pytest.raises(BadInput):
        purge.ratings(workspace, "last week")
