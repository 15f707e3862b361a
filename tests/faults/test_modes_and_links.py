"""Only the owner can read what is kept, and nothing is read or written through a planted link."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.faults.folders import NOVEMBER, names, open_store, operations, put, shard
from tests.faults.totals import record
from tracker.domain.clock import FixedClock
from tracker.ledger.workspace import Workspace
from tracker.store.errors import StoreError, UnsafePath
from tracker.store.events import Draft
from tracker.store.log.housekeeping import SummaryFile


@pytest.fixture(params=[0o000, 0o077, 0o277], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Run the test under this umask."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_every_file_is_0600_and_every_folder_0700(tmp_path: Path, umask: int) -> None:
    root = tmp_path / "new"
    store = open_store(root)
    put(store, "private")
    SummaryFile(store.state / "summary.json").write({"streaks": [{}]})
    made = [root, *root.rglob("*")]
    modes = {path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in made}
    wrong = {
        path: oct(mode) for path, mode in modes.items() if mode != (0o700 if (tmp_path / path).is_dir() else 0o600)
    }
    assert wrong == {}
    assert len(made) > 8


def test_a_file_is_private_from_its_first_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with patch.object(os, "fchmod", lambda _fd, _mode: None):
            store = open_store(tmp_path / "new")
            put(store, "private")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in store.data.rglob("*.json")}
    assert modes == {0o600}


def _plant(link: Path, target: Path) -> None:
    """Put a link to a file or folder of somebody else where the store keeps one of its own."""
    if link.exists():
        target.write_bytes(link.read_bytes()) if link.is_file() else target.mkdir()
        link.rename(link.with_name("moved-away"))
    else:
        target.touch()
    link.symlink_to(target)


@pytest.mark.parametrize(
    "name", ["store.json", "devices", "device folder", ".lock", "device-id", "state folder", "operations"]
)
def test_a_planted_link_is_refused(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    store = open_store(root)
    put(store, "older")
    places = {
        "store.json": store.data / "store.json",
        "devices": store.data / "devices",
        "device folder": shard(store).parent,
        ".lock": shard(store, ".lock"),
        "device-id": store.state / "device-id",
        "state folder": store.state,
        "operations": store.state / "operations",
    }
    record("links")
    target = tmp_path / "target"
    _plant(places[name], target)
    before = target.read_bytes() if target.is_file() else b""
    with pytest.raises(UnsafePath, match="is a symbolic link"):
        put(open_store(root), "new")
    assert (target.read_bytes() if target.is_file() else b"") == before
    assert target.is_file() or list(target.iterdir()) == []


def test_a_planted_link_in_place_of_a_shard_is_named_and_left(tmp_path: Path) -> None:
    store = open_store(tmp_path / "root")
    put(store, "older")
    target = tmp_path / "target"
    _plant(shard(store), target)
    before = target.read_bytes()
    again = open_store(tmp_path / "root")
    assert [damage.reason for damage in again.damaged] == ["is a symbolic link"]
    put(again, "new")
    assert target.read_bytes() == before
    assert shard(store).is_symlink()
    assert names(open_store(tmp_path / "root")) == {"new"}


def test_a_planted_link_in_place_of_another_device_is_named_and_not_followed(tmp_path: Path) -> None:
    store = open_store(tmp_path / "root")
    put(store, "older")
    elsewhere = tmp_path / "elsewhere"
    other = open_store(elsewhere)
    put(other, "from elsewhere")
    (store.data / "devices" / "planted").symlink_to(shard(other).parent)
    again = open_store(tmp_path / "root")
    assert names(again) == {"older"}
    assert [damage.path.name for damage in again.damaged] == ["planted"]


def test_a_summary_is_not_read_through_a_link(tmp_path: Path) -> None:
    SummaryFile(tmp_path / "real.json").write({"streaks": [{}]})
    (tmp_path / "summary.json").symlink_to(tmp_path / "real.json")
    assert SummaryFile(tmp_path / "real.json").read() == {"streaks": [{}]}
    assert SummaryFile(tmp_path / "summary.json").read() is None


@pytest.mark.parametrize("name", ["summary.json", "written", "obeyed"])
def test_what_is_written_in_place_of_a_link_does_not_go_through_it(tmp_path: Path, name: str) -> None:
    store = open_store(tmp_path)
    target = tmp_path / "target"
    target.write_text("somebody's")
    (store.state / name).symlink_to(target)
    record("links")
    with store.transaction() as transaction:
        transaction.write([Draft("note|secret", {"text": "x"})], cmd="note")
        transaction.purge(["note|secret"], cmd="purge")
        transaction.bulk([{**put_event, "n": 90} for put_event in operations(store)[0]])
    SummaryFile(store.state / "summary.json").write({"streaks": [{}]})
    assert target.read_text() == "somebody's"


def test_a_temp_file_is_never_one_that_was_there(tmp_path: Path) -> None:
    """Somebody who guesses the next name and plants a link there gets nothing."""
    store = open_store(tmp_path)
    put(store, "older")
    target = tmp_path / "target"
    target.touch()
    with patch.object(os, "urandom", lambda count: bytes(count)):
        (shard(store).parent / f".2026-11.json.{'00' * 6}.tmp").symlink_to(target)
        record("links")
        with pytest.raises(StoreError, match="Nothing was saved"):
            put(store, "private")
    assert target.read_bytes() == b""
    put(store, "again")
    assert names(open_store(tmp_path)) == {"older", "again"}


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o711, 0o777])
@pytest.mark.parametrize("which", ["data", "devices", "device folder", "state"])
def test_a_folder_that_others_can_look_into_is_named(tmp_path: Path, which: str, mode: int) -> None:
    store = open_store(tmp_path)
    put(store, "private")
    assert store.exposed() == ()
    places = {"data": store.data, "devices": store.data / "devices", "device folder": shard(store).parent}
    place = places.get(which, store.state)
    place.chmod(mode)
    assert store.exposed() == (place,)
    put(store, "more")
    assert stat.S_IMODE(place.stat().st_mode) == mode, "somebody else's decision is left alone"


def test_a_folder_that_others_can_look_into_is_a_warning_with_its_way_out(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o755)
    here = Workspace.at(tmp_path / "data", tmp_path / "state", FixedClock(NOVEMBER))
    told = f"Others who use this computer can look into {here.data}. To close it: chmod 700 {here.data}"
    assert [*here.warnings] == [told] == [here.trouble]
    here.data.chmod(0o700)
    assert [*here.warnings] == []


def test_a_folder_full_of_strange_files_is_a_few_lines(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    for number in range(300):
        (shard(store).parent / f"junk {number}.json").write_bytes(b"x")
        (shard(store).parent / f"junk {number}.txt").write_bytes(b"x")
    record("corrupt files", 300)
    here = Workspace.at(tmp_path / "data", tmp_path / "state", FixedClock(NOVEMBER))
    assert len(here.warnings) == 6 and here.warnings[-1] == "295 more files could not be used"


def test_a_data_folder_may_itself_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "synced").mkdir()
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "data").symlink_to(tmp_path / "synced")
    put(open_store(tmp_path / "root"), "kept")
    assert names(open_store(tmp_path / "root")) == {"kept"}
    assert (tmp_path / "synced" / "store.json").exists()


def test_a_read_only_folder_can_be_read_and_says_why_it_cannot_be_written(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is read-only to root")
    store = open_store(tmp_path)
    put(store, "older")
    folder = shard(store).parent
    folder.chmod(0o500)
    try:
        again = open_store(tmp_path)
        assert names(again) == {"older"}
        with pytest.raises(StoreError, match="Check that you may write to"):
            put(again, "new")
    finally:
        folder.chmod(0o700)
