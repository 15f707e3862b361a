"""Restore: a union with a backup. It never removes, repeats harmlessly, and brings nothing purged back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.folders import no_waiting_for_the_disk
from tests.services.kit import Bench, HandClock, fold
from tests.services.test_purge import CANARY, REPLY, TIME, canaries, get
from tests.shelf_kit import files_in, spoil_month
from tracker.ledger.errors import BadInput, Damaged, NotFound, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.history import history, purge, undo
from tracker.services.logging import log_entry, quick_log
from tracker.services.safekeeping import backups, restore
from tracker.store.log.shards import parse


def bring(workspace: Workspace, copy: Path) -> tuple[str, ...]:
    shown = restore.preview(workspace.data, workspace.state, workspace.clock, copy)
    return restore.restore(workspace.data, workspace.state, workspace.clock, shown).lines


def shards(workspace: Workspace) -> list[Path]:
    return sorted(workspace.data.glob("devices/*/2*.json"))


@pytest.fixture
def lived(bench: Bench) -> Workspace:
    """Return a store with a few days of two commitments, one with a canary, and a backup of it."""
    workspace = bench.open()
    lifecycle.add(workspace, REPLY)
    lifecycle.add(workspace, TIME)
    log_entry.done(workspace, get(workspace), note=CANARY)
    bench.clock.go(days=1)
    quick_log.log_time(workspace, 45)
    backups.back_up_now(workspace)
    return workspace


def test_entries_that_went_with_a_file_come_back_and_the_preview_says_which(bench: Bench, lived: Workspace) -> None:
    before = fold(lived)
    quick_log.log_time(lived, 15)
    with_more = fold(lived)
    shards(lived)[0].write_bytes(b"")
    workspace = bench.open()
    copy = restore.choose("", workspace.state, workspace.clock.now())
    shown = restore.preview(workspace.data, workspace.state, workspace.clock, copy)
    assert not shown.lost and len(shown.days) == 2
    assert shown.titles == ("Keep our time together", "Reply to messages in my own window")
    assert CANARY not in " ".join(shown.lines) and "would come back, of 2 days" in shown.lines[0]
    assert bench.open().store.winners.keys() == workspace.store.winners.keys(), "a look changes nothing"
    assert "came back" in bring(workspace, copy)[0]
    assert fold(bench.open()) == before != with_more
    assert bring(bench.open(), copy) == ("Nothing was missing; nothing changed.",)


def test_a_restore_can_be_undone_and_redone(bench: Bench, lived: Workspace) -> None:
    before = fold(lived)
    shards(lived)[0].write_bytes(b"")
    bring(bench.open(), restore.choose("1", lived.state, lived.clock.now()))
    workspace = bench.open()
    assert history.history(workspace)[0].summary.startswith("restored ")
    undo.undo(workspace)
    assert fold(bench.open()) == {}
    undo.redo(bench.open())
    assert fold(bench.open()) == before


def test_what_was_purged_stays_purged_from_any_copy(bench: Bench, lived: Workspace, tmp_path: Path) -> None:
    kept = backups.back_up_to(lived, str(tmp_path / "stick")).path
    purge.purge(lived, purge.note(lived, get(lived), lived.today - timedelta(days=1)))
    assert {path.is_relative_to(kept) for path in canaries(bench)} == {True}
    bring(bench.open(), kept)
    shutil.rmtree(lived.data)
    bring_lost = restore.preview(lived.data, lived.state, lived.clock, kept)
    assert bring_lost.lost
    restore.restore(lived.data, lived.state, lived.clock, bring_lost)
    assert {path.is_relative_to(kept) for path in canaries(bench)} == {True}
    assert quick_log.TIME in bench.open().ledger.ids()


@pytest.mark.parametrize("how", ["gone", "empty", "marker only"])
def test_a_lost_folder_comes_back_as_the_same_store(bench: Bench, lived: Workspace, how: str) -> None:
    before, store = fold(lived), lived.store.store_id
    files = {path.name: path.read_bytes() for path in shards(lived)}
    if how == "marker only":
        (lived.data / "store.json").unlink()
    else:
        shutil.rmtree(lived.data)
        if how == "empty":
            lived.data.mkdir()
    copy = restore.choose("1", lived.state, lived.clock.now())
    shown = restore.preview(lived.data, lived.state, lived.clock, copy)
    assert shown.lost and "gone or empty" in shown.lines[0]
    restore.restore(lived.data, lived.state, lived.clock, shown)
    again = bench.open()
    assert again.store.store_id == store and fold(again) == before
    assert {path.name: path.read_bytes() for path in shards(again)} == files
    quick_log.log_time(again, 5)


def test_damaged_files_of_a_backup_are_named_and_the_rest_is_taken(bench: Bench, lived: Workspace) -> None:
    two = bench.open("two")
    log_entry.done(two, get(two))
    copy = backups.back_up_now(bench.open()).path
    raw = files_in(copy)[f"devices/{lived.store.device}/2026-11.json"]
    held = {each["id"] for each in parse(raw).events}
    last = list(json.loads(raw)["events"].values())[-1]["id"]
    spoil_month(copy, "2026-11", lambda raw: raw[:-5], lived.store.device)
    shutil.rmtree(lived.data)
    shown = restore.preview(lived.data, lived.state, lived.clock, copy)
    assert [name.rpartition("/")[2] for name in shown.damaged] == ["2026-11.json is cut off or is not JSON"]
    restore.restore(lived.data, lived.state, lived.clock, shown)
    others = {each["id"] for each in two.store.events.values() if each["dev"] != lived.store.device}
    back = set(bench.open().store.events) - others
    assert held - back == {last}, "all but the entry that is cut off"


def test_names_that_lead_nowhere(bench: Bench, lived: Workspace, tmp_path: Path) -> None:
    now = lived.clock.now()
    for word in ("7", "0", "2020-01-01 12:00", str(tmp_path / "nowhere")):
        with pytest.raises(NotFound):
            restore.choose(word, lived.state, now)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="holds no data folder"):
        restore.choose(str(tmp_path / "empty"), lived.state, now)
    with pytest.raises(BadInput, match="the data folder itself"):
        restore.preview(lived.data, lived.state, lived.clock, lived.data)
    line = backups.lines(backups.folder_of(lived.state))[0]
    for word in ("1", line.path.name, str(line.path), str(line.path.parent)):
        assert restore.choose(word, lived.state, now) == line.path


def test_a_backup_is_made_by_itself_an_hour_after_the_last(bench: Bench, lived: Workspace) -> None:
    folder = backups.folder_of(lived.state)
    count = len(backups.lines(folder))
    bench.clock.go(minutes=59)
    quick_log.log_time(lived, 5)
    assert len(backups.lines(folder)) == count
    bench.clock.go(minutes=1)
    quick_log.log_time(lived, 5)
    assert len(backups.lines(folder)) == count + 1
    bench.clock.go(days=-400)
    quick_log.log_time(lived, 5)
    assert len(backups.lines(folder)) == count + 2, "a clock set back does not stop them"


def test_a_backup_that_fails_never_stops_an_entry_and_is_said_once(bench: Bench, lived: Workspace) -> None:
    folder = backups.folder_of(lived.state)
    count = len(backups.lines(folder))
    bench.clock.go(hours=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "tracker.store.backup.backups.write_backup", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
        )
        quick_log.log_time(lived, 5)
        assert lived.backup_trouble is not None and "No space left" in lived.backup_trouble
        lived.backup_trouble = None
        bench.clock.go(hours=2)
        quick_log.log_time(lived, 5)
        assert lived.backup_trouble is None
        with pytest.raises(Refused, match="No space left"):
            backups.back_up_now(lived)
    assert backups.last_trouble(lived.state) is not None and len(backups.lines(folder)) == count
    bench.clock.go(hours=2)
    quick_log.log_time(lived, 5)
    assert backups.last_trouble(lived.state) is None and len(backups.lines(folder)) == count + 1


def test_a_copy_elsewhere_goes_beside_older_ones_and_never_into_the_data(lived: Workspace, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    for _ in range(2):
        made = backups.back_up_to(lived, str(stick))
        assert made.path.parent == stick and "later purge cannot reach it" in made.lines[1]
    assert len(list(stick.glob("toward-*"))) == 2
    assert all(path.stat().st_nlink == 1 for path in stick.rglob("*.json"))
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for no_place in (lived.data, lived.state / "backups", "", " ", "a\0b", "a" * 300, tmp_path / "loop"):
        with pytest.raises(BadInput):
            backups.back_up_to(lived, str(no_place))


def test_nothing_readable_is_not_put_in_the_place_of_a_lost_folder(
    bench: Bench, lived: Workspace, tmp_path: Path
) -> None:
    copy = backups.back_up_to(lived, str(tmp_path / "stick")).path
    spoilt = shutil.copytree(copy, tmp_path / "spoilt")
    for path in spoilt.glob("devices/*/2*.json"):
        path.write_bytes(path.read_bytes()[:40])
    (tmp_path / "empty" / "devices").mkdir(parents=True)
    shutil.rmtree(lived.data)
    for nothing in (spoilt, tmp_path / "empty"):
        with pytest.raises(Damaged, match="nothing was put back"):
            bring(lived, nothing)
        assert not lived.data.exists(), "still known to be lost"
    bring(lived, copy)
    assert fold(bench.open()) == fold(lived)


STEPS = st.lists(st.sampled_from(["time", "reply", "backup", "lose", "restore 1", "restore 2"]), min_size=1, max_size=9)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_a_restore_is_a_union_whatever_happened(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> None:
    bench = Bench(tmp_path_factory.mktemp("law"), HandClock())
    with no_waiting_for_the_disk():
        workspace = bench.open()
        lifecycle.add(workspace, REPLY)
        for step in steps:
            bench.clock.go(minutes=10)
            workspace = bench.open()
            workspace.load_history()
            here = set(workspace.store.events)
            if step == "time":
                quick_log.log_time(workspace, 5)
            elif step == "reply":
                quick_log.reply(workspace)
            elif step == "backup":
                backups.back_up_now(workspace)
            elif step == "lose":
                for path in shards(workspace)[:1]:
                    path.write_bytes(b"")
            else:
                number = int(step[-1])
                if number > len(backups.lines(backups.folder_of(workspace.state))):
                    continue
                copy = restore.choose(str(number), workspace.state, workspace.clock.now())
                held = {
                    each["id"]
                    for each in restore.preview(workspace.data, workspace.state, workspace.clock, copy).events
                }
                bring(workspace, copy)
                again = bench.open()
                again.load_history()
                after = set(again.store.events)
                assert after >= here | held
                assert len(after - here - held) == (1 if held else 0), "only the note of what came"
                assert bring(again, copy) == ("Nothing was missing; nothing changed.",)


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with ZipFile(path, "w") as bag:
        for name, raw in members.items():
            bag.writestr(name, raw)
    return path


def _of_one_place(path: Path, names: int, raw: bytes) -> Path:
    """Write a zip file of which all members lie in one place."""
    _zip(path, {"x": raw} | {f"devices/{number:032x}/2026-10.json": b"" for number in range(names)})
    whole = bytearray(path.read_bytes())
    at = whole.find(b"PK\x01\x02")
    first = bytes(whole[at : at + 46])
    while at >= 0:
        whole[at + 16 : at + 28], whole[at + 42 : at + 46] = first[16:28], first[42:46]
        at = whole.find(b"PK\x01\x02", at + 4)
    path.write_bytes(whole)
    return path


MANY = [f"devices/{number:032x}/2026-10.json" for number in range(10_001)]


def _sparse(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(2**36)
    return path


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: _of_one_place(path, 50, b"{}" * 500), "holds more than it is long"),
        (_sparse, "is too large to be one of ours"),
        (
            lambda path: _zip(path, {"manifest.json": json.dumps({"files": dict.fromkeys(MANY)}).encode()}),
            "has no list",
        ),
    ],
)
def test_a_forged_backup_costs_no_more_than_one_of_ours_and_is_named(
    bench: Bench, make: Callable[[Path], Path], reason: str
) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, "s4.reachable")
    copy = make(bench.root / "forged.zip")
    with pytest.raises(Damaged, match=f"forged.zip {reason}"):
        restore.preview(workspace.data, workspace.state, workspace.clock, copy)


def test_of_a_copy_that_is_larger_than_any_store_the_rest_is_left_and_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, "s4.reachable")
    there = Bench(bench.root / "elsewhere", bench.clock)
    lifecycle.add(there.open("one"), "s1.take-it-in")
    lifecycle.add(there.open("two"), "s4.partner-time")
    monkeypatch.setattr("tracker.store.backup.backups.MOST_FILES", 1)
    shown = restore.preview(workspace.data, workspace.state, workspace.clock, there.data)
    assert len(shown.events) == 2 and "is left, as all that follow" in shown.damaged[0]
