"""Only the owner can read what is kept, and nothing is read or written through a planted link."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.faults.folders import names, open_store, put, shard
from tracker.store import StoreError, SummaryFile, UnsafePath


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


@pytest.mark.parametrize("name", ["store.json", "devices", "device folder", ".lock", "device-id"])
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
    }
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
