"""Whoever writes into this device's own files in its name is no more believed than anybody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.services import kit
from tests.services.kit import Bench
from tests.services.test_incoming import all_of, fold, later, plant
from tests.services.test_incoming import mine as mine
from tests.services.test_restore import bring
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.commitments.find import find
from tracker.services.exchange import incoming
from tracker.services.history import undo
from tracker.services.logging import notes, quick_log
from tracker.services.safekeeping import backups, doctor, repairing, restore
from tracker.store.identity.memory import SEEN, read_seen

REPLY = "s4.reachable"


def own_file(workspace: Workspace, name: str = "2026-11.json") -> Path:
    """Return where a month file of this device lies."""
    return workspace.data / "devices" / workspace.store.device / name


def removal(workspace: Workspace) -> list[dict[str, Any]]:
    """Return events in this device's name that remove all there is, naming nothing that they replace."""
    dev = workspace.store.device
    changes = (later(workspace.store.winners[key], prev=None, dev=dev) for key in fold(workspace))
    return [{"id": f"planted{n}", "at": "2026-11-29T20:00:00+01:00", **each} for n, each in enumerate(changes)]


def slip_in(path: Path, events: list[dict[str, Any]], at: int | None = None) -> None:
    """Write events into a month file that is there, at its end or before one of its entries."""
    held = list(json.loads(path.read_text())["events"].values())
    at = len(held) if at is None else at
    held[at:at] = events
    path.write_text(json.dumps({"events": {str(n): each for n, each in enumerate(held, start=1)}}))


def put_in(workspace: Workspace, how: str) -> None:
    """Plant the removal of all in the way that is named."""
    path, events = own_file(workspace), removal(workspace)
    if how in ("new month", "an old month"):
        own_file(workspace, "2026-10.json" if how == "new month" else "2025-02.json").write_text(
            json.dumps({"events": {str(n): each for n, each in enumerate(events, start=1)}})
        )
    elif how == "behind":
        slip_in(path, events)
    elif how == "between":
        slip_in(path, events, at=2)
    elif how == "in front":
        slip_in(path, events, at=0)
    elif how == "moved":
        slip_in(path, events, at=0)
        path.rename(path.with_name("2026-11.r1.json"))
    else:
        slip_in(path, [*events, {"id": "no event"}])
    path.parent.chmod(0o700)
    for each in path.parent.glob("*.json"):
        each.chmod(0o600)


@pytest.mark.parametrize("how", ["new month", "an old month", "behind", "between", "in front", "moved", "damaged"])
def test_what_is_planted_in_own_files_is_asked_about_and_a_no_brings_all_back(
    bench: Bench, mine: Workspace, how: str
) -> None:
    before = fold(mine)
    put_in(mine, how)
    fresh = bench.open()
    assert fold(fresh) == {}, "what came last is shown until somebody answers"
    (each,) = incoming.waiting(fresh)
    assert (each.kind, each.device, each.new, each.entries) == (incoming.CHANGES, "", False, len(before))
    assert "own files" in incoming.summary(fresh)
    (again,) = incoming.waiting(bench.open())
    assert again.marks == each.marks, "it is asked about once, and until it is answered"
    incoming.refuse(fresh, (each,))
    assert fold(fresh) == fold(bench.open()) == fold(bench.recounted()) == before
    assert incoming.waiting(bench.open()) == ()


def test_a_running_app_asks_too_and_a_yes_lets_it_stand(bench: Bench, mine: Workspace) -> None:
    put_in(mine, "behind")
    assert mine.poll()
    (each,) = incoming.waiting(mine)
    incoming.accept(mine, (each,))
    assert fold(mine) == fold(bench.open()) == {} and incoming.waiting(bench.open()) == ()


def test_an_order_that_is_planted_there_is_asked_about_with_the_changes(bench: Bench, mine: Workspace) -> None:
    before = fold(mine)
    order = {**all_of(mine), "id": "order", "prev": None, "dev": mine.store.device, "at": "2026-11-29T20:00:00+01:00"}
    slip_in(own_file(mine), [order])
    fresh = bench.open()
    (each,) = incoming.waiting(fresh)
    assert (each.kind, each.device) == (incoming.PURGES, "")
    incoming.refuse(fresh, (each,))
    assert fold(bench.open()) == before


def test_a_copy_of_ones_own_entry_that_says_something_else_changes_nothing(bench: Bench, mine: Workspace) -> None:
    before = fold(mine)
    forged = [{**event, "v": None, "t": event["t"]} for event in mine.store.events.values()]
    plant(bench, *forged, device=mine.store.device, name="2026-10.json")
    assert fold(bench.open()) == fold(bench.recounted()) == before
    assert incoming.waiting(bench.open()) == ()


def test_what_was_planted_stays_so_wherever_it_is_moved_to(bench: Bench, mine: Workspace) -> None:
    put_in(mine, "new month")
    bench.open()
    bench.clock.go(days=1)
    backups.back_up_now(bench.open())
    own_file(mine, "2026-10.json").rename(own_file(mine, "2026-09.json"))
    (each,) = incoming.waiting(bench.open())
    assert each.device == ""


@pytest.mark.parametrize("left", ["nothing", "cut", "of an older version"])
def test_where_nobody_looked_before_all_is_taken_as_it_is(bench: Bench, mine: Workspace, left: str) -> None:
    path = mine.state / SEEN
    if left == "nothing":
        path.unlink()
    elif left == "cut":
        path.write_bytes(path.read_bytes()[:40])
    else:
        found = json.loads(path.read_text())
        path.write_text(json.dumps({"n": found["n"], "files": found["files"]}))
    put_in(mine, "new month")
    assert incoming.summary(bench.open()) == "" and read_seen(mine.state).planted == {}
    assert read_seen(mine.state).own


def test_older_months_that_were_not_read_yet_are_ones_own(bench: Bench) -> None:
    for month in range(1, 9):
        bench.clock.set(f"2026-{month:02}-03T20:00")
        workspace = bench.open()
        if month == 1:
            lifecycle.add(workspace, REPLY)
        quick_log.reply(workspace, 1)
        notes.note(workspace, find(workspace, REPLY), workspace.today, "a note")
    bench.resealed()
    (workspace.state / SEEN).unlink()
    sealed = bench.open()
    assert not sealed.store.complete
    sealed.load_history()
    seen = read_seen(workspace.state)
    assert seen.planted == {} and all(number for number, _ in (seen.own or {}).values())
    assert incoming.summary(sealed) == ""


def test_what_a_power_cut_let_it_forget_is_not_asked_about(bench: Bench, mine: Workspace) -> None:
    path = mine.state / SEEN
    before = path.read_bytes()
    for each in range(3):
        quick_log.reply(bench.open(), each + 1)
    path.write_bytes(before)
    fresh = bench.open()
    assert incoming.summary(fresh) == "" and fresh.today and not fresh.damaged
    undo.undo(fresh)


def test_two_processes_of_this_computer_ask_nothing_of_each_other(bench: Bench, mine: Workspace) -> None:
    app, shell = bench.open(), bench.open()
    for day in range(7):
        quick_log.reply(shell, 9 + day)
        app.poll()
        notes.note(app, find(app, REPLY), app.today, f"of the app {day}", replace=True)
        shell.poll()
    assert read_seen(mine.state).planted == {} and incoming.summary(app) == incoming.summary(shell) == ""


def test_what_another_process_is_still_writing_is_not_judged_before_it_is_done(bench: Bench, mine: Workspace) -> None:
    app, shell = bench.open(), bench.open()
    with shell.transaction() as transaction:
        transaction.write([kit_draft(mine)], cmd="note")
        assert app.poll()
        assert read_seen(mine.state).planted == {}
    app.poll()
    assert read_seen(mine.state).planted == {} and app.store.shards.planted == {}
    put_in(mine, "behind")
    app.poll()
    assert incoming.waiting(app)


def test_what_another_process_wrote_into_an_old_month_is_not_forgotten(bench: Bench, mine: Workspace) -> None:
    app = bench.open()
    bench.clock.set("2026-02-03T20:00")
    for day in range(7):
        quick_log.reply(bench.open(), day + 1)
    bench.clock.set("2026-11-29T21:00")
    app.poll()
    notes.note(app, find(app, REPLY), app.today, "of the app", replace=True)
    app.load_history()
    assert read_seen(mine.state).planted == {} and incoming.summary(bench.recounted()) == ""


def kit_draft(workspace: Workspace) -> Any:
    """Return something to write."""
    from tracker.store.events import Draft

    return Draft(f"note|{REPLY}|{workspace.today}", {"private": {"text": "another"}})


def test_what_this_computer_does_with_its_own_files_is_its_own(bench: Bench, mine: Workspace) -> None:
    own_file(mine).unlink()
    lost = bench.open()
    bring(lost, restore.choose("1", lost.state, lost.clock.now()))
    assert read_seen(mine.state).planted == {} and incoming.waiting(bench.open()) == ()
    own_file(mine).write_text(own_file(mine).read_text()[:-40])
    for finding in doctor.examine(mine.data, mine.state, mine.clock).findings:
        if finding.repairable:
            repairing.mend(mine.data, mine.state, mine.clock, finding)
    assert incoming.waiting(bench.open()) == ()
    with pytest.raises(Refused):
        incoming.chosen(bench.open(), None)
    assert kit.fold(bench.open())
