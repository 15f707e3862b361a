"""Which device this is, and which files of a data folder are read, however a sync client names them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.faults.folders import names, open_store, put, shard
from tracker.store.encryption.recovery import join_stores
from tracker.store.errors import StoreDamaged
from tracker.store.identity import device, identity


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with patch.object(os, "fsync", lambda _fd: None):
        yield


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file with the machine's id."""
    path = tmp_path / "machine-id"
    path.write_text("0" * 31 + "1\n")
    monkeypatch.setattr(device, "MACHINE_IDS", (path,))
    return path


def test_a_copied_state_folder_goes_on_as_a_device_of_its_own(tmp_path: Path, machine: Path) -> None:
    store = open_store(tmp_path)
    put(store, "here")
    shutil.copytree(store.state, tmp_path / "copy")
    machine.write_text("0" * 31 + "2\n")
    copy = open_store(tmp_path, device="copy")
    assert copy.device != store.device and names(copy) == {"here"}
    put(copy, "there")
    assert open_store(tmp_path, device="copy").device == copy.device
    machine.write_text("0" * 31 + "1\n")
    assert open_store(tmp_path).device == store.device
    assert names(open_store(tmp_path)) == {"here", "there"}


def test_the_machine_is_not_named(tmp_path: Path, machine: Path) -> None:
    store = open_store(tmp_path)
    lines = (store.state / "device-id").read_text().split()
    assert lines[0] == store.device and len(lines) == 2
    assert machine.read_text().strip() not in lines[1]


def test_another_name_of_the_machine_makes_no_other_device(
    tmp_path: Path, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_store(tmp_path)
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("a", "another-name", "c", "d", "e")))
    assert open_store(tmp_path).device == first.device


@pytest.mark.parametrize("text", [None, "", "uninitialized\n"])
def test_without_a_machine_id_the_device_stays_what_it_is(tmp_path: Path, machine: Path, text: str | None) -> None:
    first = open_store(tmp_path)
    machine.unlink() if text is None else machine.write_text(text)
    assert open_store(tmp_path).device == first.device
    machine.write_text("0" * 31 + "1\n")
    assert open_store(tmp_path).device == first.device


def test_an_id_of_before_is_kept_and_bound_to_the_machine(tmp_path: Path, machine: Path) -> None:
    store = open_store(tmp_path)
    (store.state / "device-id").write_text(store.device)
    assert open_store(tmp_path).device == store.device
    machine.write_text("0" * 31 + "2\n")
    assert open_store(tmp_path).device != store.device


def test_a_state_folder_that_cannot_be_written_can_be_looked_with(tmp_path: Path, machine: Path) -> None:
    first = open_store(tmp_path)
    machine.write_text("0" * 31 + "2\n")

    def refuse(*_args: object, **_more: object) -> None:
        raise OSError(30, "Read-only file system")

    with patch.object(device, "atomic_write", refuse):
        assert open_store(tmp_path).device == first.device


def test_what_a_later_version_says_in_store_json_stays() -> None:
    raw = identity.Marker(1, "b").joined(identity.Marker(1, "a")).encoded(b'{"format":1,"store":"b","more":{"x":1}}')
    assert raw == b'{"format":1,"store":"a","more":{"x":1},"was":["b"]}'


COPIES = [
    "2026-11.sync-conflict-20261124-101010-ABCDEFG.json",
    "2026-11 (conflicted copy 2026-11-24).json",
    "2026-11 (Anna's conflicted copy 2026-11-24).json",
    "2026-11 (conflicted copy 2026-11-24 101010).json",
    "2026-11_conflict-20261124-101010.json",
    "2026-11 (Case Conflict).json",
    "2026-11 (SFConflict anna@example.org 2026-11-24-10-10-10).json",
    "2026-11 2.json",
    "2026-11 (1).json",
    "2026-11-DESKTOP-ABC.json",
    "2026-11.Conflict.json",
    "2026-11.copy-0123abcd.json",
]


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("whose", ["own", "foreign"])
def test_a_copy_of_any_sync_client_is_read_and_never_written(tmp_path: Path, name: str, whose: str) -> None:
    stores = {"own": open_store(tmp_path), "foreign": open_store(tmp_path, device="two")}
    put(stores[whose], "in the copy")
    copy = shard(stores[whose], name)
    shard(stores[whose]).rename(copy)
    raw = copy.read_bytes()
    store = open_store(tmp_path)
    assert names(store) == {"in the copy"} and store.damaged == ()
    put(store, "new")
    assert copy.read_bytes() == raw
    again = open_store(tmp_path, since="2026-12")
    again.load_all()
    assert names(again) == {"in the copy", "new"}


@pytest.mark.parametrize("name", ["device 2.json", "device (1).json", "device-PC.json", "device.Conflict.json"])
def test_a_copy_of_the_name_of_a_device_is_no_shard(tmp_path: Path, name: str) -> None:
    store = open_store(tmp_path)
    put(store, "kept")
    shutil.copy(shard(store, "device.json"), shard(store, name))
    assert open_store(tmp_path).damaged == ()


def test_a_file_that_lies_in_the_cloud_is_named_and_read_once_it_is_here(tmp_path: Path) -> None:
    put(open_store(tmp_path, device="two"), "from afar")
    path = next((tmp_path / "data").glob("devices/*/2026-11.json"))
    there = path.with_name(".2026-11.json.icloud")
    path.rename(there)
    store = open_store(tmp_path)
    assert [(each.path, each.reason) for each in store.damaged] == [(path, "has not been downloaded yet")]
    put(store, "meanwhile")
    there.rename(path)
    store.refresh()
    assert names(store) == {"from afar", "meanwhile"} and store.damaged == ()


def test_two_stores_that_a_sync_service_brings_together_are_one(tmp_path: Path) -> None:
    one, two = open_store(tmp_path / "a"), open_store(tmp_path / "b")
    put(one, "one")
    put(two, "two")
    assert one.store_id != two.store_id
    for store in (one, two):
        for path in (two if store is one else one).data.glob("devices/*"):
            shutil.copytree(path, store.data / "devices" / path.name, dirs_exist_ok=True)
    shutil.copy(two.data / "store.json", one.data / "store.sync-conflict-20261124-101010-ABCDEFG.json")
    shutil.copy(one.data / "store.json", two.data / "store.json")
    with pytest.raises(StoreDamaged, match="holds another store"):
        open_store(tmp_path / "b")
    join_stores(tmp_path / "b" / "data", tmp_path / "b" / "one")
    shutil.copy(two.data / "store.json", one.data / "store.json")
    for root in ("a", "b"):
        store = open_store(tmp_path / root)
        assert one.store_id in store.marker.ids and two.store_id in store.marker.ids
        assert names(store) == {"one", "two"} and store.damaged == ()
        put(store, root)
        assert names(open_store(tmp_path / root)) == {"one", "two", root}


def test_a_new_folder_tells_sync_programs_what_to_leave(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert (store.data / ".stignore").read_text().splitlines()[1:] == [".lock", "(?d).*.tmp"]
    assert (store.data / ".gitignore").read_text().split() == [".lock", ".*.tmp"]
    assert "*.json -text -merge" in (store.data / ".gitattributes").read_text()
    (store.data / ".stignore").write_text("my own\n")
    (store.data / ".gitignore").unlink()
    identity.write_sync_ignores(store.data)
    assert (store.data / ".stignore").read_text() == "my own\n" and (store.data / ".gitignore").exists()


def test_a_clock_in_2099_beats_nobody(tmp_path: Path) -> None:
    from datetime import datetime

    from tests.faults.folders import NOVEMBER
    from tracker.store.events import Draft
    from tracker.store.store import Store

    def at(moment: datetime, device: str) -> Store:
        return Store.open(tmp_path / "data", tmp_path / device, lambda: moment, since="2026-10")

    ahead = at(NOVEMBER.replace(year=2099), "ahead")
    put(ahead, "x")
    store = at(NOVEMBER, "one")
    with store.transaction() as transaction:
        transaction.write([Draft("note|x", {"text": "later"})], cmd="note")
    set_right = at(NOVEMBER, "ahead")
    assert set_right.winners["note|x"]["v"] == {"text": "later"}
    put(set_right, "y")
    numbers = [event["n"] for event in set_right.events.values() if event["dev"] == set_right.device]
    assert sorted(numbers) == [1, 2]
    assert (
        json.loads(shard(set_right, "2099-01.json").read_text() if shard(set_right, "2099-01.json").exists() else "{}")
        == {}
    )
