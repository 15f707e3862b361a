"""A backup is whole or does not count, whatever the disk, the power or another process does."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.faults.crash_model import Disk, Tree, left_behind
from tests.faults.folders import Desk, names, no_waiting_for_the_disk, put, say_yes, shard
from tests.faults.mutants import no_file_sync, no_folder_sync
from tests.faults.recorder import Call, recording
from tests.faults.scale import SCALE
from tests.faults.test_disk_errors import Refusals
from tests.faults.test_purge import KEYS, canaries, purge
from tests.faults.test_purge import put as put_canary
from tests.faults.totals import record
from tests.shelf_kit import files_in, members, spoil_month
from tracker.store import files
from tracker.store.backup import bag
from tracker.store.backup.backups import Made, Stopped, back_up, copy_to, damaged_in, read_folder
from tracker.store.backup.bag import BackupFailed
from tracker.store.backup.copies import BACKUPS, list_backups
from tracker.store.backup.shelving import pack, thin_out
from tracker.store.errors import StoreError
from tracker.store.store import Store

States = Callable[[Disk], Iterator[Tree]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def folder(store: Store) -> Path:
    return store.state / BACKUPS


def make(desk: Desk, store: Store, **how: Any) -> Made:
    return back_up(store.source(), folder(store), desk.now, **how)


def ids(path: Path) -> set[str]:
    return {event["id"] for contents in read_folder(path).values() for event in contents.events}


def test_a_backup_is_one_file_and_what_no_longer_changes_lies_once_beside_it(desk: Desk) -> None:
    desk.now = desk.now.replace(month=10)
    put(desk.open("two"), "of another")
    put(desk.open(), "older")
    desk.now = desk.now.replace(month=11)
    store = desk.open()
    put(store, "new")
    first = make(desk, store)
    put(store, "newer")
    desk.now += timedelta(hours=1)
    second = make(desk, store)
    assert (first.files, first.fresh, second.files, second.fresh) == (6, 6, 6, 1)
    assert ids(second.backup.path) == set(store.events) > ids(first.backup.path)
    assert {path.name for path in folder(store).iterdir() if path.name != ".lock"} == {
        first.backup.path.name, second.backup.path.name, "months-recent.zip"
    }  # fmt: skip
    assert len(members(folder(store) / "months-recent.zip")) == 2, "October of each device"
    live = {name: (store.data / name).read_bytes() for name in files_in(second.backup.path)}
    assert files_in(second.backup.path) == live and len(live) == 6
    assert not any("2026-10" in name for name in members(second.backup.path))
    modes = {path.stat().st_mode & 0o777 for path in folder(store).iterdir()}
    assert modes == {0o600}
    assert thin_out(folder(store), desk.now) == 0


def test_a_copy_elsewhere_is_a_folder_that_one_can_look_into(desk: Desk) -> None:
    store = desk.open()
    put(store, "older")
    made = copy_to(store.source(), desk.root / "stick", desk.now, prefix="toward-")
    assert made.backup.path.name == "toward-2026-11-23T11-00-00Z" and ids(made.backup.path) == set(store.events)
    live = {path.relative_to(store.data): path.read_bytes() for path in store.data.glob("devices/*/*.json")}
    copied = {path.relative_to(made.backup.path): path.read_bytes() for path in made.backup.path.rglob("*.json")}
    assert live.items() <= copied.items()
    assert {path.stat().st_mode & 0o777 for path in (desk.root / "stick").rglob("*")} == {0o700, 0o600}


def test_two_in_one_second_both_stand(desk: Desk) -> None:
    store = desk.open()
    put(store, "older")
    paths = {make(desk, store).backup.path for _ in range(3)}
    assert len(paths) == 3 == len(list_backups(folder(store)))


def test_a_stopped_backup_leaves_nothing(desk: Desk) -> None:
    store = desk.open()
    put(store, "older")
    with pytest.raises(Stopped):
        make(desk, store, stop=lambda: True)
    assert list(folder(store).iterdir()) == []


def test_what_is_damaged_is_copied_by_its_bytes_and_said_and_what_is_empty_is_not(desk: Desk) -> None:
    store, other = desk.open(), desk.open("two")
    put(store, "older")
    put(other, "of another")
    raw = shard(other).read_bytes()[:-9]
    shard(other).write_bytes(raw)
    shard(store).write_bytes(b"")
    made = make(desk, desk.open())
    assert sorted(each.reason for each in made.troubles) == ["is cut off or is not JSON", "is empty"]
    assert [each for name, each in files_in(made.backup.path).items() if "/2026" in name] == [raw]


@contextmanager
def written(how: Callable[[bytes], bytes]) -> Iterator[None]:
    """Let the disk hold something else than it was given."""
    real = files.write_new
    with patch.object(bag, "write_new", lambda path, data: real(path, how(data))):
        yield


@pytest.mark.parametrize("how", [lambda raw: b"", lambda raw: raw.replace(b"older", b"oldor"), lambda raw: raw[:-9]])
def test_what_the_disk_did_not_keep_as_it_was_does_not_count(desk: Desk, how: Callable[[bytes], bytes]) -> None:
    store = desk.open()
    put(store, "older")
    with written(how), pytest.raises(BackupFailed, match="did not read back"):
        make(desk, store)
    assert list(folder(store).iterdir()) == []
    record("mutants")
    with written(how), patch.object(bag, "_holds", lambda *_: True):
        make(desk, store)
    assert damaged_in(list_backups(folder(store))), "without being compared it would have counted"
    record("caught")


def test_a_copy_that_lacks_an_entry_the_store_knows_does_not_count(desk: Desk) -> None:
    store = desk.open()
    put(store, "older")
    put(store, "newer")
    kept = shard(store).read_bytes()
    source = store.source()
    table = {"events": {"1": next(iter(store.events.values()))}}
    shard(store).write_text(json.dumps(table), "utf-8")
    with pytest.raises(BackupFailed, match="lacks 1 entries"):
        back_up(source, folder(store), desk.now)
    shard(store).write_bytes(kept)
    assert back_up(source, folder(store), desk.now).files == 3


def _record(root: Path) -> list[Call]:
    root.mkdir()
    with recording(root) as trace:
        desk = Desk(root)
        desk.now = desk.now.replace(month=10)
        store = desk.open()
        put(store, "a")
        make(desk, store)
        desk.now = desk.now.replace(month=11)
        put(store, "b")
        trace.note("first")
        make(desk, store)
        trace.note("second")
    return trace.calls


def _problem(root: Path, notes: set[str]) -> str | None:
    """Return what is wrong with the backups in `root`, or None."""
    desk = Desk(root)
    found = list_backups(root / "one" / BACKUPS)
    if damaged := damaged_in(found):
        return f"counts, and is damaged: {damaged}"
    if len(found) < len(notes):
        return f"acknowledged {sorted(notes)}, and there are {len(found)}"
    if any(len(ids(each.path)) not in (1, 2) for each in found):
        return "a backup lacks entries"
    try:
        store = desk.open()
        put(store, "next")
        desk.now += timedelta(hours=3)
        made = make(desk, store, deep=True)
    except StoreError as error:
        return error.message
    return None if ids(made.backup.path) == set(store.events) else "the next backup lacks something"


def _verdicts(tmp_path: Path, calls: list[Call], states: States, since: str = "first") -> Iterator[str | None]:
    with no_waiting_for_the_disk():
        for root, notes in left_behind(calls, states, tmp_path / "live", since=since):
            yield _problem(root, notes)


@pytest.mark.parametrize("states", [Disk.after_kill, Disk.after_power_cut], ids=["kill", "power"])
def test_cut_short_at_any_point_nothing_half_counts(tmp_path: Path, states: States) -> None:
    verdicts = list(_verdicts(tmp_path, _record(tmp_path / "live"), states))
    assert [each for each in verdicts if each] == []
    assert len(verdicts) >= (14 if states is Disk.after_kill else 60)
    record("kill states" if states is Disk.after_kill else "power states", len(verdicts))


@pytest.mark.parametrize("mutant", [no_file_sync, no_folder_sync])
def test_a_mutant_lets_something_half_count(tmp_path: Path, mutant: Callable[[], Any]) -> None:
    record("mutants")
    with mutant():
        calls = _record(tmp_path / "live")
    assert any(_verdicts(tmp_path, calls, Disk.after_power_cut, "second"))
    record("caught")


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.__getitem__)
def test_a_refused_call_leaves_no_half_backup_and_the_older_one(tmp_path: Path, error: int) -> None:
    at, refused = 0, 0
    with no_waiting_for_the_disk():
        while True:
            at += 1
            desk = Desk(tmp_path / str(at))
            store = desk.open()
            put(store, "older")
            make(desk, store)
            put(store, "newer")
            desk.now += timedelta(hours=1)
            refusals = Refusals(at, error)
            with refusals.active():
                try:
                    make(desk, store)
                except StoreError as problem:
                    refused += 1
                    assert "\n" not in problem.message
            found = list_backups(folder(store))
            assert 1 <= len(found) <= 2 and not damaged_in(found), f"call {at}"
            desk.now += timedelta(hours=1)
            assert ids(make(desk, store).backup.path) == set(store.events), f"call {at}"
            if refusals.count < at:
                break
            shutil.rmtree(desk.root)
    assert refused > 10


def months(desk: Desk, first: int = 9) -> Store:
    """Return a store with months of canaries up to November, each backed up."""
    for month in range(first, 12):
        desk.now = desk.now.replace(month=month)
        store = desk.open()
        put_canary(store, KEYS[0])
        put_canary(store, "note|b", "stays")
        make(desk, store)
    return desk.open()


def test_a_purge_reaches_every_backup_and_what_was_shared_stays_shared(desk: Desk) -> None:
    store = months(desk)
    assert len(canaries(folder(store))) == 4, "each month in a backup of its own, and the older ones in the pack"
    before = {each.path: ids(each.path) for each in list_backups(folder(store))}
    purge(store, KEYS[0])
    assert canaries(desk.root) == []
    assert {each.path: ids(each.path) for each in list_backups(folder(store))} == before
    assert not damaged_in(list_backups(folder(store)))
    assert len(members(folder(store) / "months-recent.zip")) == 2, "September and October once each"
    assert not list(desk.root.rglob("*.tmp"))


def test_a_damaged_backup_is_named_by_a_purge(desk: Desk) -> None:
    store = months(desk)
    backup = list_backups(folder(store))[0].path
    name = spoil_month(backup, "2026-11", lambda raw: raw[:-3])
    raw = members(backup)[name]
    assert purge(store, KEYS[0]).unreadable == (backup / name,)
    assert members(backup)[name] == raw and canaries(desk.root) == [str(backup)]


def test_two_folders_that_exchange_files_end_purged_with_their_backups(desk: Desk) -> None:
    """Each device has its own copy of the data folder and its own state, as with a sync service."""
    here, there = Desk(desk.root / "here"), Desk(desk.root / "there")
    one = here.open("one")
    put_canary(one, KEYS[0])
    shutil.copytree(one.data, there.root / "data")
    two = there.open("two")
    put_canary(two, KEYS[0])

    def exchange() -> None:
        for source, target in ((one, two), (two, one)):
            shutil.copytree(shard(source).parent, target.data / "devices" / source.device, dirs_exist_ok=True)
        one.refresh()
        two.refresh()

    exchange()
    make(here, one)
    make(there, two)
    purge(one, KEYS[0])
    make(here, one)
    assert not canaries(one.state), "not even what the other device has not emptied yet is in a new backup"
    exchange()
    put(two, "something")
    assert canaries(there.root), "before somebody said yes there, nothing there is emptied"
    say_yes(two)
    put(two, "anything")
    assert canaries(there.root) == []
    exchange()
    put(one, "anything too")
    make(here, one)
    assert canaries(desk.root) == []


ONE_OF = 1 if SCALE > 1 else 4
"""Of so many states that a power cut may leave of a purge one is looked at in a short run."""


def test_a_purge_over_backups_cut_short_at_any_point(tmp_path: Path) -> None:
    root = tmp_path / "live"
    root.mkdir()
    with recording(root) as trace:
        desk = Desk(root)
        store = months(desk, first=10)
        trace.note("written")
        purge(store, KEYS[0])
        trace.note("purged")
    checked = 0
    with no_waiting_for_the_disk():
        for place, notes in left_behind(trace.calls, Disk.after_power_cut, root, since="written", one_of=ONE_OF):
            found = list_backups(place / "one" / BACKUPS)
            assert len(found) == 2 and not damaged_in(found)
            if "purged" in notes:
                assert canaries(place) == []
            again = Desk(place).open()
            ordered = any(key.startswith("purge|") for key in again.winners)
            put(again, "next")
            assert not ordered or canaries(place) == []
            assert "next" in names(again)
            checked += 1
    assert checked >= 15


def test_a_clock_that_was_wrong_once_chooses_no_older_backup(desk: Desk) -> None:
    store, right = desk.open(), desk.now
    put(store, "older")
    desk.now = right + timedelta(days=3000)
    wrong = make(desk, store).backup
    desk.now = right
    put(store, "newer")
    newest = make(desk, store).backup
    assert [each.path for each in list_backups(folder(store))] == [newest.path, wrong.path]
    assert [each.is_ahead(right) for each in list_backups(folder(store))] == [False, True]
    assert newest.order == wrong.order + 1


def test_backups_of_before_they_were_counted_come_by_date_and_those_ahead_of_the_clock_last(desk: Desk) -> None:
    store = desk.open()
    put(store, "older")
    for days in (0, 1, 900):
        desk.now += timedelta(days=days)
        (copy_to(store.source(), folder(store), desk.now).backup.path / "order").unlink()
        desk.now -= timedelta(days=days)
    for packed in (False, True):
        if packed:
            assert pack(folder(store)) == 3
        assert [each.order for each in list_backups(folder(store))] == [0, 0, 0]
        _, third, *_ = list_backups(folder(store), desk.now)
        assert third.packed == packed
    years = [each.made.year for each in list_backups(folder(store), desk.now)]
    assert years == [2026, 2026, 2029]
    assert [each.made.day for each in list_backups(folder(store), desk.now)][:2] == [24, 23]
    counted = make(desk, store).backup
    assert list_backups(folder(store))[0].path == counted.path


@pytest.mark.parametrize("days", [3000, -20_000])
def test_a_wrong_clock_thins_out_no_backup_of_the_right_one(desk: Desk, days: int) -> None:
    store, right = desk.open(), desk.now
    put(store, "older")
    for hours in range(6):
        desk.now = right + timedelta(hours=hours)
        make(desk, store)
    before = {each.path for each in list_backups(folder(store))}
    desk.now += timedelta(days=days)
    for _ in range(3):
        desk.now += timedelta(hours=1)
        make(desk, store)
    desk.now = right + timedelta(hours=7)
    assert thin_out(folder(store), desk.now) == 0
    assert before <= {each.path for each in list_backups(folder(store))}
