"""Undo and redo bring back exactly what was, across restarts, months and devices, or refuse and change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.services.kit import MENDED, Bench, HandClock, figures, fold, on
from tracker.domain.commitments import Commitment
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services import settings
from tracker.services.commitments import lifecycle, pauses
from tracker.services.exchange import transfer
from tracker.services.history import history, undo
from tracker.services.logging import lapses, log_entry, notes, quick_log, repair_plan, skips
from tracker.services.safekeeping import doctor

REACHABLE, TIME, TURN, ATTACKS = "s4.reachable", "s4.partner-time", "s2.turn-toward", "s5.no-attacks"
STORY, KEEPER, SHARE = "s6.my-story", "s4.promise-keeper", "s6.weekly-share"


def get(workspace: Workspace, cid: str) -> Commitment:
    """Return a commitment that is there."""
    found = workspace.ledger.get(cid)
    assert found is not None
    return found


def lived_in(bench: Bench) -> None:
    """Fill a store with something of every kind, a week ago and today."""
    clock = HandClock(bench.clock.moment - timedelta(days=7))
    workspace = bench.open(clock=clock)
    lifecycle.add_all(workspace, (REACHABLE, TIME, TURN, ATTACKS, STORY, KEEPER, SHARE))
    workspace = bench.open()
    for cid in (TIME, TURN):
        log_entry.done(workspace, get(workspace, cid), None, 20.0)
        log_entry.done(workspace, get(workspace, cid), None, 2.0)
    log_entry.done(workspace, get(workspace, REACHABLE), (on(workspace, 1), on(workspace, 2)))
    lapses.lapse(workspace, get(workspace, ATTACKS), (on(workspace, 1),))
    skips.skip(workspace, get(workspace, REACHABLE), (on(workspace, 3),), "ill")
    notes.note(workspace, get(workspace, REACHABLE), workspace.today, "the first line")
    pauses.pause(workspace, get(workspace, TURN), on(workspace, 2), on(workspace, -9))
    lifecycle.archive(workspace, get(workspace, STORY))
    quick_log.start_timer(workspace)


def another_export(workspace: Workspace) -> str:
    """Return what another person's store would export, made beside this one."""
    other = Bench(workspace.data.parent / "other", HandClock(workspace.clock.now() - timedelta(days=2)))
    there = other.open()
    lifecycle.add_all(there, (REACHABLE, "s6.small-true-thing"))
    log_entry.done(there, get(there, REACHABLE))
    return transfer.export_json(there, private=True).text


Act = Callable[[Workspace], object]
MUTATIONS: dict[str, Act] = {
    "check": lambda at: log_entry.done(at, get(at, REACHABLE)),
    "check with a note": lambda at: log_entry.done(at, get(at, REACHABLE), note="a word"),
    "several days": lambda at: log_entry.done(at, get(at, REACHABLE), tuple(on(at, ago) for ago in (0, 4, 5))),
    "the same day twice": lambda at: log_entry.done(at, get(at, REACHABLE), (at.today, at.today)),
    "a day before the start": lambda at: log_entry.done(at, get(at, REACHABLE), (on(at, 30),)),
    "count": lambda at: log_entry.done(at, get(at, TURN), None, 2.0),
    "minutes": lambda at: log_entry.done(at, get(at, TIME), None, 45.0),
    "clear": lambda at: log_entry.done(at, get(at, ATTACKS), (on(at, 1),)),
    "task": lambda at: log_entry.done(at, get(at, STORY), outcome="part"),
    "event": lambda at: log_entry.done(at, get(at, KEEPER), outcome="late"),
    "undone": lambda at: log_entry.undone(at, get(at, TURN)),
    "undone on a day twice": lambda at: log_entry.undone(at, get(at, TURN), (at.today, at.today)),
    "less": lambda at: log_entry.less(at, get(at, TIME), at.today, 10),
    "less over several": lambda at: log_entry.less(at, get(at, TURN), at.today, 3),
    "toggle on": lambda at: log_entry.toggle(at, get(at, REACHABLE), at.today),
    "toggle off": lambda at: log_entry.toggle(at, get(at, REACHABLE), on(at, 1)),
    "skip": lambda at: skips.skip(at, get(at, TURN), (on(at, 5), on(at, 4)), "travel"),
    "unskip": lambda at: skips.unskip(at, get(at, REACHABLE), (on(at, 3),)),
    "lapse": lambda at: lapses.lapse(at, get(at, ATTACKS)),
    "handled": lambda at: lapses.lapse(at, get(at, ATTACKS), handled=True),
    "put right": lambda at: repair_plan.put_right(at, get(at, ATTACKS), MENDED, "said sorry"),
    "note": lambda at: notes.note(at, get(at, REACHABLE), at.today, "the second line"),
    "note replaced": lambda at: notes.note(at, get(at, REACHABLE), at.today, "", replace=True),
    "reply": lambda at: quick_log.reply(at),
    "replies": lambda at: quick_log.reply(at, 3),
    "time": lambda at: quick_log.log_time(at, 45, tag="walk"),
    "timer stopped": lambda at: quick_log.stop_timer(at),
    "timer thrown away": lambda at: quick_log.stop_timer(at, keep=False),
    "share": lambda at: quick_log.share(at, "fears", 2),
    "add": lambda at: lifecycle.add(at, "s6.four-topics"),
    "add all": lambda at: lifecycle.add_all(at, ("s1.why-us", REACHABLE, "s3.volunteer")),
    "add own": lambda at: lifecycle.add_own(at, lifecycle.Own("Walk", "s1", "count", "3 per week", aliases=("w",))),
    "edit": lambda at: lifecycle.edit(at, get(at, TURN), title="Turn", schedule="2 per week", target=1),
    "edit later": lambda at: lifecycle.edit(at, get(at, TURN), target=5, start=on(at, -3)),
    "pause": lambda at: pauses.pause(at, get(at, TIME), reason="a hard week"),
    "pause all": lambda at: pauses.pause(at, None, on(at, 2), on(at, -2)),
    "resume": lambda at: pauses.resume(at, get(at, TURN)),
    "resume the archived": lambda at: pauses.resume(at, get(at, STORY)),
    "pause or resume": lambda at: pauses.pause_or_resume(at, get(at, TURN)),
    "archive": lambda at: lifecycle.archive(at, get(at, REACHABLE)),
    "delete": lambda at: lifecycle.delete(at, get(at, REACHABLE)),
    "week start": lambda at: settings.put(at, "week-start", "sunday"),
    "day end": lambda at: settings.put(at, "day-ends-at", "05:00"),
    "import": lambda at: transfer.import_json(at, another_export(at)),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_change_is_undone_and_redone_across_restarts(bench: Bench, name: str) -> None:
    lived_in(bench)
    workspace = bench.open()
    before, before_figures = fold(workspace), figures(workspace)
    bench.clock.go(minutes=5)

    MUTATIONS[name](workspace)
    after, after_figures = fold(workspace), figures(workspace)
    assert after != before

    for _ in range(2):
        workspace = bench.open()
        undo.undo(workspace)
        assert (fold(workspace), figures(workspace)) == (before, before_figures)
        workspace = bench.open()
        undo.redo(workspace)
        assert (fold(workspace), figures(workspace)) == (after, after_figures)
    assert figures(bench.recounted()) == after_figures


def test_a_whole_history_is_walked_back_and_forth(bench: Bench) -> None:
    lived_in(bench)
    workspace = bench.open()
    pauses.resume(workspace, get(workspace, STORY))
    folds = [fold(workspace)]
    for name in ("check", "minutes", "less", "pause", "import", "edit", "toggle off", "delete"):
        bench.clock.go(minutes=1)
        MUTATIONS[name](workspace)
        folds.append(fold(workspace))

    for expected in reversed(folds[:-1]):
        undo.undo(bench.open())
        assert fold(bench.open()) == expected
    for expected in folds[1:]:
        undo.redo(bench.open())
        assert fold(bench.open()) == expected
    with pytest.raises(Refused, match="nothing to redo"):
        undo.redo(bench.open())


def test_a_new_change_clears_redo(bench: Bench) -> None:
    lived_in(bench)
    workspace = bench.open()
    quick_log.log_time(workspace, 30)
    undo.undo(workspace)
    log_entry.done(workspace, get(workspace, REACHABLE))

    with pytest.raises(Refused, match="nothing to redo"):
        undo.redo(workspace)
    assert "Reply to messages" in undo.undo(workspace).lines[0]
    assert "timer" in undo.undo(workspace).lines[0]


def test_an_empty_store_has_nothing_to_undo(bench: Bench) -> None:
    for make in (False, True):
        workspace = Workspace.at(bench.data, bench.root / "state", bench.clock, make=make)
        with pytest.raises(Refused, match="nothing to undo"):
            undo.undo(workspace)
        with pytest.raises(Refused, match="nothing to redo"):
            undo.redo(workspace)
        assert bench.data.exists() is make


def test_undo_leaves_what_another_device_wrote_since(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, REACHABLE)
    log_entry.done(workspace, get(workspace, REACHABLE), note="mine")
    bench.clock.go(minutes=1)
    other = bench.open("two")
    notes.note(other, get(other, REACHABLE), other.today, "theirs")
    before = fold(bench.open())
    events = len(bench.open().store.events)

    with pytest.raises(Refused, match="another device"):
        undo.undo(workspace)

    assert fold(bench.open()) == before
    assert len(bench.open().store.events) == events


def test_redo_leaves_what_another_device_wrote_since(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, REACHABLE)
    log_entry.done(workspace, get(workspace, REACHABLE))
    undo.undo(workspace)
    bench.clock.go(minutes=1)
    other = bench.open("two")
    log_entry.done(other, get(other, REACHABLE))
    before = fold(other)

    with pytest.raises(Refused, match="changed since"):
        undo.redo(bench.open())

    assert fold(bench.open()) == before


def get_or_none(workspace: Workspace, cid: str) -> Commitment | None:
    """Return a commitment, or None."""
    return workspace.ledger.get(cid)


def test_one_device_never_undoes_what_another_did(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, REACHABLE)
    other = bench.open("two")
    log_entry.done(other, get(other, REACHABLE))

    undo.undo(workspace)

    assert [key for key in fold(workspace) if key.startswith("check|")]
    assert get_or_none(workspace, REACHABLE) is None


def test_the_stack_goes_back_through_months(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, REACHABLE)
    lifecycle.add(workspace, TURN)
    folds = [fold(workspace)]
    for number in range(5):
        bench.clock.go(days=27)
        workspace = bench.open()
        log_entry.done(workspace, get(workspace, TURN), None, float(number + 1))
        folds.append(fold(workspace))

    for expected in reversed(folds[:-1]):
        undo.undo(bench.resealed())
        assert fold(bench.open()) == expected
    for expected in folds[1:]:
        undo.redo(bench.resealed())
        assert fold(bench.open()) == expected
    assert figures(bench.resealed()) == figures(bench.recounted())


def test_the_last_operation_is_undone_first_also_with_the_clock_set_back(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, REACHABLE, start=on(workspace, 200))
    lifecycle.add(workspace, TURN, start=on(workspace, 200))
    bench.clock.go(days=1)
    workspace = bench.open()
    log_entry.done(workspace, get(workspace, REACHABLE))
    before = fold(workspace)
    bench.clock.go(days=-120)
    workspace = bench.open()
    quick_log.log_time(workspace, 30)
    bench.clock.go(days=120)

    undo.undo(bench.resealed())

    assert fold(bench.open()) == before


def test_a_value_in_a_sealed_month_comes_back(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, TURN)
    log_entry.done(workspace, get(workspace, TURN), None, 3.0)
    day = workspace.today
    before = fold(workspace)
    bench.clock.go(days=80)

    workspace = bench.resealed()
    log_entry.less(workspace, get(workspace, TURN), day, 1)
    assert fold(bench.open()) != before
    undo.undo(bench.resealed())

    assert fold(bench.open()) == before
    assert figures(bench.resealed()) == figures(bench.recounted())


def test_an_import_that_changed_nothing_does_not_block_undo(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, REACHABLE)
    notes.note(workspace, get(workspace, REACHABLE), workspace.today, "first")
    text = transfer.export_json(workspace, private=True).text
    elsewhere = Bench(bench.root / "elsewhere", bench.clock).open()
    transfer.import_json(elsewhere, text)
    notes.note(elsewhere, get(elsewhere, REACHABLE), workspace.today, "lost", replace=True)
    bench.clock.go(minutes=1)
    notes.note(workspace, get(workspace, REACHABLE), workspace.today, "newer", replace=True)
    before = fold(workspace)
    assert transfer.import_json(workspace, transfer.export_json(elsewhere, private=True).text).changed
    assert fold(workspace) == before

    undo.undo(workspace)
    assert fold(workspace) == before
    assert "note" in undo.undo(workspace).lines[0]


def test_the_history_says_how_much(bench: Bench) -> None:
    lived_in(bench)
    workspace = bench.open()
    log_entry.done(workspace, get(workspace, TIME), None, 50.0)
    log_entry.done(workspace, get(workspace, TURN), None, 2.0)
    log_entry.less(workspace, get(workspace, TIME), workspace.today, 60)
    assert undo.undo(workspace).lines[0].endswith(": 1 h less, today.")

    said = [line.summary.split(": ", 1)[1] for line in history.history(workspace, limit=4)]

    assert said == ["1 h less, today", "1 h less, today", "2 more, today", "50 min, today"]
    quick_log.reply(workspace, 3)
    assert undo.undo(workspace).lines[0].endswith(": 3 replies, today.")
    quick_log.reply(workspace)
    assert undo.undo(workspace).lines[0].endswith(": done, today.")


def test_the_history_says_what_was_done_and_undone(bench: Bench) -> None:
    lived_in(bench)
    workspace = bench.open()
    log_entry.done(workspace, get(workspace, REACHABLE), note="secret words")
    undo.undo(workspace)
    undo.redo(workspace)
    lifecycle.delete(workspace, get(workspace, REACHABLE))

    lines = history.history(workspace, limit=4)

    assert lines[0].summary.split(":")[0] == "Reply to messages in my own window"
    assert [line.cmd for line in lines] == ["delete", "redo", "undo", "done"]
    assert "done again" in lines[1].summary and "undone" in lines[2].summary
    assert not any("secret" in line.summary for line in history.history(workspace, limit=99))
    assert all(line.own for line in lines)
    assert len(history.history(workspace, limit=99, cid=TIME)) < len(history.history(workspace, limit=99))


def _snapshot(bench: Bench) -> dict[str, bytes]:
    return {str(path.relative_to(bench.data)): path.read_bytes() for path in bench.data.rglob("2*.json")}


def _put_back(bench: Bench, snapshot: dict[str, bytes]) -> None:
    for name, raw in snapshot.items():
        (bench.data / name).write_bytes(raw)


def test_after_a_snapshot_was_put_back_and_synced_undo_takes_the_last_thing_or_refuses(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, "s4.reachable")
    before, state = _snapshot(bench), {path: path.read_bytes() for path in workspace.state.glob("*") if path.is_file()}
    for number in (1, 2, 3):
        bench.clock.go(minutes=1)
        quick_log.reply(workspace, number)
    lost = _snapshot(bench)
    for path in workspace.state.glob("*"):
        if path.is_file() and path not in state:
            path.unlink()
    for path, raw in state.items():
        path.write_bytes(raw)
    _put_back(bench, before)
    bench.clock.go(minutes=1)
    meant = quick_log.reply(bench.open(), 9).operation
    for name, raw in lost.items():
        (bench.data / name.replace(".json", ".sync-conflict-20261123-1-A.json")).write_bytes(raw)
    back = bench.open()
    replies = fold(back)
    try:
        assert undo.undo(back).operation == meant
    except Refused as error:
        assert "cannot be told" in error.message and fold(bench.open()) == replies
    bench.clock.go(minutes=1)
    newest = quick_log.reply(bench.open(), 5).operation
    assert undo.undo(bench.open()).operation == newest, "what is done from now on can be undone again"


@pytest.mark.parametrize("number", [3, 10**9, 2**48 - 1])
def test_what_another_folder_says_of_this_device_is_none_of_its_own(bench: Bench, number: int) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, "s4.reachable")
    done = quick_log.reply(workspace, 2).operation
    forged = {
        "id": "forged",
        "key": "note|s4.reachable|2026-11-23",
        "v": {"private": {"text": "x"}},
        "t": 9,
        "prev": None,
    }
    forged |= {
        "dev": workspace.store.device,
        "at": "2026-11-23T21:00:00+01:00",
        "op": "theirs",
        "n": number,
        "cmd": "note",
    }
    links = {**forged, "id": "links", "op": "links", "undoes": done, "n": number + 1 if number < 9 else number}
    folder = bench.data / "devices" / ("e" * 32)
    folder.mkdir(mode=0o700)
    (folder / "2026-11.json").write_text(json.dumps({"events": {"1": forged, "2": links}}))
    workspace = bench.open()
    assert workspace.store.newest_operation[0] == 2
    assert not any(
        line.own or line.undone for line in history.history(workspace) if line.operation != done and line.cmd == "note"
    )
    assert not next(line for line in history.history(workspace) if line.operation == done).undone
    assert undo.undo(workspace).operation == done
    assert "two-writers" not in {
        each.code for each in doctor.examine(workspace.data, workspace.state, bench.clock).findings
    }


def test_a_number_near_the_end_in_our_own_folder_ends_neither_writing_nor_undo(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, "s4.reachable")
    forged = {
        "id": "forged",
        "key": "note|x",
        "v": None,
        "t": 9,
        "prev": None,
        "dev": workspace.store.device,
        "n": 2**48 - 1,
    }
    path = bench.data / "devices" / workspace.store.device / "2026-11.sync-conflict-20261123-1-A.json"
    path.write_text(
        json.dumps({"events": {"1": {**forged, "at": "2026-11-23T20:00:00+01:00", "op": "theirs", "cmd": "x"}}})
    )
    for amount in (3, 4):
        bench.clock.go(minutes=1)
        done = quick_log.reply(bench.open(), amount).operation
        assert undo.undo(bench.open()).operation == done
    doctor.examine(workspace.data, workspace.state, bench.clock)
