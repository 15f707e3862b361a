"""Opening: new folders, known folders, folders of the future, and reading no more than was asked for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tracker.store import files
from tracker.store.encryption.recovery import repair_marker
from tracker.store.errors import StoreDamaged, StoreFromTheFuture
from tracker.store.events import Draft, Event
from tracker.store.identity.identity import state_folder
from tracker.store.store import Store


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with patch.object(os, "fsync", lambda _fd: None):
        yield


def _open(root: Path, month: int = 11, *, since: str | None = None, device: str = "one") -> Store:
    return Store.open(root / "data", root / device, lambda: datetime(2026, month, 23, 7, tzinfo=UTC), since=since)


def _put(store: Store, name: str) -> Event:
    with store.transaction() as transaction:
        return transaction.write([Draft(f"note|{name}", {"text": name})], cmd="note")[0]


def _names(store: Store) -> set[str]:
    return {key.removeprefix("note|") for key in store.winners}


def _months(root: Path) -> None:
    for month in (8, 9, 10, 11):
        _put(_open(root, month), str(month))


def test_a_new_folder_is_made_and_is_empty(tmp_path: Path) -> None:
    store = _open(tmp_path / "deep" / "down")
    assert (store.events, store.winners, store.damaged, store.read_only) == ({}, {}, (), None)
    assert store.complete
    assert store.shards.fingerprint() == store.shards.archived_fingerprint() == ""
    assert not store.refresh()


def test_the_same_folder_has_the_same_ids_again(tmp_path: Path) -> None:
    first, second = _open(tmp_path), _open(tmp_path)
    assert (first.device, first.store_id) == (second.device, second.store_id)


def test_another_state_folder_is_another_device_of_the_same_store(tmp_path: Path) -> None:
    first, second = _open(tmp_path), _open(tmp_path, device="two")
    assert first.device != second.device
    assert first.store_id == second.store_id


def test_who_comes_second_takes_the_id_that_is_there(tmp_path: Path) -> None:
    real = os.link

    def overtaken(source: Any, target: Any, **more: Any) -> None:
        if Path(target).name == "device-id":
            Path(target).write_text("0" * 32)
        real(source, target, **more)

    with patch.object(os, "link", overtaken):
        store = _open(tmp_path)
    assert store.device == "0" * 32
    assert list(tmp_path.rglob("*.tmp")) == []


def test_a_file_system_without_hard_links_will_do(tmp_path: Path) -> None:
    def refuse(_source: Any, _target: Any, **_more: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    with patch.object(os, "link", refuse):
        _put(_open(tmp_path), "kept")
        assert not files.create_once(tmp_path / "data" / "store.json", b"")
    assert _names(_open(tmp_path)) == {"kept"}


def test_a_full_file_system_without_hard_links_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    def refuse(_source: Any, _target: Any, **_more: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    real, written = os.write, 0

    def full(fd: int, data: bytes) -> int:
        nonlocal written
        written += len(data)
        if written > 8:
            raise OSError(28, "No space left on device")
        return real(fd, data)

    with (
        patch.object(os, "link", refuse),
        patch.object(os, "write", full),
        pytest.raises(OSError, match="No space left"),
    ):
        files.create_once(tmp_path / "store.json", b"12345")
    assert list(tmp_path.iterdir()) == []


def test_state_folders_of_two_data_folders_never_meet(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert state_folder(tmp_path, tmp_path / "a") != state_folder(tmp_path, tmp_path / "b")
    assert state_folder(tmp_path, tmp_path / "a") == state_folder(tmp_path, tmp_path / "b" / ".." / "a")
    assert state_folder(tmp_path, tmp_path / "a") == state_folder(tmp_path, tmp_path / "link")
    assert state_folder(tmp_path, tmp_path / "a").parent == tmp_path


def test_a_known_folder_that_is_empty_is_not_started_anew(tmp_path: Path) -> None:
    store = _open(tmp_path)
    _put(store, "kept")
    (tmp_path / "data").rename(tmp_path / "unmounted")
    with pytest.raises(StoreDamaged, match="empty or not mounted"):
        _open(tmp_path)
    with pytest.raises(StoreDamaged, match="empty or not mounted"):
        _put(store, "into the void")
    assert not (tmp_path / "data").exists()
    (tmp_path / "unmounted").rename(tmp_path / "data")
    assert _names(_open(tmp_path)) == {"kept"}


def test_a_folder_that_was_only_looked_at_may_go(tmp_path: Path) -> None:
    store = _open(tmp_path)
    shutil.rmtree(store.data)
    assert _open(tmp_path).events == {}


def test_a_lost_store_json_can_be_made_again(tmp_path: Path) -> None:
    _put(_open(tmp_path), "kept")
    (tmp_path / "data" / "store.json").unlink()
    repair_marker(tmp_path / "data", tmp_path / "one")
    assert _names(_open(tmp_path)) == {"kept"}


def test_repairing_a_sound_store_json_changes_nothing(tmp_path: Path) -> None:
    before = _open(tmp_path).store_id
    repair_marker(tmp_path / "data")
    assert _open(tmp_path).store_id == before


def test_a_folder_of_the_future_can_be_read_and_not_written(tmp_path: Path) -> None:
    store = _open(tmp_path)
    _put(store, "kept")
    (store.data / "store.json").write_text(json.dumps({"format": 3, "store": store.store_id, "more": True}))
    again = _open(tmp_path)
    assert _names(again) == {"kept"}
    assert again.read_only is not None
    assert "format 3" in again.read_only
    for each in (again, store):
        with pytest.raises(StoreFromTheFuture, match="update Toward"):
            _put(each, "new")
    assert _names(_open(tmp_path)) == {"kept"}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "1", "store": "x"}', '{"format": 0, "store": "x"}'])
def test_a_store_json_that_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    store = _open(tmp_path)
    (store.data / "store.json").write_text(text)
    with pytest.raises(StoreDamaged):
        _open(tmp_path)


def test_since_leaves_earlier_months_unread(tmp_path: Path) -> None:
    _months(tmp_path)
    store = _open(tmp_path, since="2026-10")
    assert _names(store) == {"10", "11"}
    assert not store.complete
    assert store.shards.archived_fingerprint() != ""


def test_reading_the_rest_gives_what_a_full_opening_gives(tmp_path: Path) -> None:
    _months(tmp_path)
    full, store = _open(tmp_path), _open(tmp_path, since="2026-10")
    sealed = store.shards.archived_fingerprint()
    store.load_all()
    assert store.complete
    assert (store.events, store.winners) == (full.events, full.winners)
    assert (store.shards.fingerprint(), store.shards.archived_fingerprint()) == (full.shards.fingerprint(), sealed)


@pytest.mark.parametrize("since", ["2026-1", "2026", "2026-10-01", "now", ""])
def test_since_is_a_month(tmp_path: Path, since: str) -> None:
    with pytest.raises(ValueError, match="since"):
        _open(tmp_path, since=since)


def test_the_sealed_fingerprint_changes_with_the_sealed_files_only(tmp_path: Path) -> None:
    _months(tmp_path)
    store = _open(tmp_path, since="2026-10")
    sealed, everything = store.shards.archived_fingerprint(), store.shards.fingerprint()
    _put(store, "new")
    assert store.shards.archived_fingerprint() == sealed
    assert store.shards.fingerprint() != everything
    _put(_open(tmp_path, month=9), "behind")
    assert store.refresh()
    assert store.shards.archived_fingerprint() != sealed
    assert "behind" not in _names(store)


def test_a_sealed_file_that_vanishes_is_named(tmp_path: Path) -> None:
    _months(tmp_path)
    store = _open(tmp_path, since="2026-10")
    before = store.shards.archived_fingerprint()
    gone = store.data / "devices" / store.device / "2026-08.json"
    gone.unlink()
    assert store.refresh()
    assert [damage.path for damage in store.damaged] == [gone]
    assert store.shards.archived_fingerprint() != before
    store.load_all()
    assert store.complete


def test_events_that_a_summary_kept_are_replaced_by_those_in_the_files(tmp_path: Path) -> None:
    _months(tmp_path)
    full, store = _open(tmp_path), _open(tmp_path, since="2026-10")
    old = full.winners["note|8"]
    store.preload([{**old, "v": {"text": "a longer text than the one in the file"}}])
    assert store.winners["note|8"]["v"] != old["v"]
    assert {event["key"] for event in store.shards.recent()} == {"note|10", "note|11"}
    assert [event["key"] for event in store.shards.archived_winners()] == ["note|8"]
    store.load_all()
    assert store.winners == full.winners


def test_refresh_sees_what_another_process_wrote_and_says_what_changed(tmp_path: Path) -> None:
    watching, writing = _open(tmp_path), _open(tmp_path)
    assert watching.take_changed() == set()
    _put(writing, "new")
    assert watching.refresh()
    assert _names(watching) == {"new"}
    assert watching.take_changed() == {"note|new"}
    assert watching.take_changed() == set()
    assert not watching.refresh()


def test_an_edit_by_hand_is_seen_at_once_and_alone(tmp_path: Path) -> None:
    store = _open(tmp_path)
    for name in ("one", "two", "three"):
        _put(store, name)
    store.take_changed()
    path = store.data / "devices" / store.device / "2026-11.json"
    path.write_text(path.read_text(encoding="utf-8").replace('{"text":"two"}', '{"text":"2"}'), encoding="utf-8")
    assert store.refresh()
    assert store.winners["note|two"]["v"] == {"text": "2"}
    assert store.take_changed() == {"note|two"}
    assert store.events == _open(tmp_path).events
    assert store.damaged == ()


def test_every_json_file_of_every_device_is_read(tmp_path: Path) -> None:
    _put(_open(tmp_path), "one")
    other = _open(tmp_path, device="two")
    _put(other, "two")
    folder = other.data / "devices" / other.device
    folder.joinpath("2026-11.json").rename(folder / "2026-11 (conflicted copy 2026-11-23).json")
    folder.joinpath("device.sync-conflict-20261123-1.json").write_text("{}")
    folder.joinpath(".2026-11.json.0123456789ab.tmp").write_text("half")
    folder.joinpath("notes.txt").write_text("not ours")
    old_versions = other.data / "devices" / ".stversions"
    old_versions.mkdir()
    old_versions.joinpath("2026-11~20261123.json").write_text("kept by a sync client")
    store = _open(tmp_path)
    assert _names(store) == {"one", "two"}
    assert store.damaged == ()


def test_devices_are_known_by_the_name_of_their_computer(tmp_path: Path) -> None:
    store = _open(tmp_path)
    assert store.device_names() == {}
    _put(store, "new")
    assert store.device_names() == {store.device: os.uname().nodename}


def _old_temp(path: Path, hours: float) -> Path:
    path.write_text("half")
    moment = path.stat().st_mtime - hours * 3600
    os.utime(path, (moment, moment))
    return path


def test_old_temp_files_of_ours_are_swept_and_nothing_else(tmp_path: Path) -> None:
    store = _open(tmp_path)
    _put(store, "kept")
    own = store.data / "devices" / store.device
    foreign = store.data / "devices" / "somebody"
    foreign.mkdir()
    swept = [
        _old_temp(own / ".2026-11.json.0123456789ab.tmp", 2),
        _old_temp(own / ".2026-10.r1.json.0123456789ab.tmp", 2),
        _old_temp(store.data / ".store.json.0123456789ab.tmp", 2),
        _old_temp(store.state / ".summary.json.0123456789ab.tmp", 2),
    ]
    left = [
        _old_temp(own / ".2026-11.json.ba9876543210.tmp", 0.5),
        _old_temp(own / ".syncthing.2026-11.json.tmp", 2),
        _old_temp(own / "my own.tmp", 2),
        _old_temp(foreign / ".2026-11.json.0123456789ab.tmp", 2),
    ]
    assert _names(_open(tmp_path)) == {"kept"}
    assert [path for path in swept if path.exists()] == []
    assert [path for path in left if not path.exists()] == []


def test_nothing_is_swept_while_somebody_writes(tmp_path: Path) -> None:
    store = _open(tmp_path)
    _put(store, "kept")
    temp = _old_temp(store.data / "devices" / store.device / ".2026-11.json.0123456789ab.tmp", 2)
    with store.transaction():
        _open(tmp_path)
        assert temp.exists()
    _open(tmp_path)
    assert not temp.exists()


def _modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_store_loads_neither_tinydb_nor_filelock() -> None:
    assert {"tinydb", "filelock", "textual", "rich"} & _modules_after("import tracker.store.store") == set()


READING: list[Callable[[Store], object]] = [lambda s: s.refresh(), lambda s: s.load_all(), lambda s: s.versions("x")]


@pytest.mark.parametrize("reading", READING, ids=["refresh", "load_all", "versions"])
def test_reading_writes_nothing(tmp_path: Path, reading: Callable[[Store], object]) -> None:
    _months(tmp_path)
    store = _open(tmp_path, since="2026-10")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    reading(store)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
