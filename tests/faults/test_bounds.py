"""What others may have put there is bounded: files of any size, any number of them, pipes, links and long names."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from unittest.mock import patch
from zipfile import ZipFile

import pytest

from tests.faults.folders import NOVEMBER, names, open_store, put, shard
from tests.faults.totals import record
from tests.services.kit import HandClock
from tracker.domain.clock import FixedClock
from tracker.ledger.errors import BadInput, Damaged
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange.transfer import import_json
from tracker.services.logging import log_entry
from tracker.services.safekeeping import restore
from tracker.store import events, transaction
from tracker.store.backup.bag import Bag
from tracker.store.backup.copies import BACKUPS, backups_lock
from tracker.store.errors import StoreError, UnsafePath
from tracker.store.files import LONGEST_NAME, TooLarge, atomic_write, read_plain
from tracker.store.identity.identity import MARKER
from tracker.store.limits import LITTLE, MOST_BYTES, MOST_PACKED, ROOMY
from tracker.store.log import shards
from tracker.store.store import Store

HUGE = 8_000_000_000


def sparse(path: Path, size: int = HUGE) -> Path:
    """Make a file that takes no room on the disk, and as much memory as its size where it is read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    return path


def open_toward(root: Path) -> Workspace:
    """Return the store of `root` as a face opens it."""
    return Workspace.at(root / "data", root / "one", FixedClock(NOVEMBER))


def test_a_file_is_read_up_to_its_limit_and_no_further(tmp_path: Path) -> None:
    path = sparse(tmp_path / "x", LITTLE)
    assert len(read_plain(path)) == LITTLE
    for size, said in ((LITTLE + 1, "1.0 MB"), (HUGE, "8.0 GB")):
        with pytest.raises(TooLarge, match=rf"{said}, and at most 1\.0 MB"):
            read_plain(sparse(path, size))


def test_a_file_that_grows_while_it_is_read_is_let_go_of(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x")
    with patch.object(os, "read", lambda _fd, count: b"x" * count), pytest.raises(TooLarge):
        read_plain(path)


@pytest.mark.parametrize("size", [MOST_BYTES + 1, HUGE])
def test_a_month_that_is_too_large_is_named_and_the_rest_goes_on(tmp_path: Path, size: int) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    sparse(shard(store, "2026-10.json"), size)
    sparse(store.data / "devices" / ("e" * 32) / "2026-11.json", size)
    record("corrupt files", 2)
    again = open_store(tmp_path)
    assert names(again) == {"older"}
    assert [("too large to be one of ours" in each.reason, "64 MB" in each.reason) for each in again.damaged] == [
        (True, True)
    ] * 2
    put(again, "new")
    assert names(open_store(tmp_path)) == {"older", "new"}
    assert shard(store, "2026-10.json").stat().st_size == size, "it is left as it is"


@pytest.mark.parametrize("name", ["store.json", "identity.age"])
def test_a_small_file_that_is_large_is_named_with_its_size(tmp_path: Path, name: str) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    if name == "identity.age":
        (store.data / "store.json").unlink()
        from tracker.store.encryption.identity_file import read_identity

        sparse(store.data / name)
        with pytest.raises(StoreError, match=r"identity\.age is too large .*8\.0 GB.*toward passphrase --recover"):
            read_identity(store.data)
        return
    sparse(store.data / name)
    with pytest.raises(StoreError, match=r"store\.json is too large to be one of ours: 8\.0 GB.*Put it back"):
        open_store(tmp_path)


@pytest.mark.parametrize("name", ["known.json", "seen.json", "summary.json", "operations", "obeyed", "sync.json"])
def test_a_large_file_in_the_state_folder_is_not_read(tmp_path: Path, name: str) -> None:
    put(open_store(tmp_path), "older")
    sparse(tmp_path / "one" / name)
    put(open_store(tmp_path), "new")
    assert names(open_store(tmp_path)) == {"older", "new"}


def test_the_name_of_a_device_is_not_worth_a_gigabyte(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    sparse(store.data / "devices" / ("e" * 32) / "device.json")
    assert list(open_store(tmp_path).device_names()) == [store.device]


def test_a_copy_in_one_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    large, lying = sparse(tmp_path / "large.zip", MOST_PACKED + 1), tmp_path / "lying.zip"
    assert "is too large to be one of ours" in str(Bag(large).trouble)
    with ZipFile(lying, "w") as bag:
        bag.writestr(MARKER, "{}")
        bag.writestr("devices/d/2026-11.json", '{"events":{}}')
    raw = bytearray(lying.read_bytes())
    at = raw.find(b"PK\x01\x02") + 20
    raw[at : at + 8] = struct.pack("<II", MOST_BYTES + 1, MOST_BYTES + 1)
    lying.write_bytes(raw)
    assert Bag(lying).trouble == "holds more than it is long, so it is none of ours"
    with pytest.raises(FileNotFoundError):
        Bag(lying).read(MARKER)
    state = tmp_path / "state"
    for copy in (large, lying):
        with pytest.raises(BadInput, match="holds no copy of a data folder"):
            restore.choose(str(copy), state, NOVEMBER)


def test_a_pipe_in_the_place_of_a_file_stalls_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    foreign = store.data / "devices" / ("e" * 32)
    foreign.mkdir()
    os.mkfifo(foreign / "2026-11.json")
    os.mkfifo(foreign / "device.json")
    again = open_store(tmp_path)
    assert [each.reason for each in again.damaged] == ["is not a plain file"]
    assert names(again) == {"older"} and list(again.device_names()) == [store.device]
    (store.data / "store.json").rename(tmp_path / "kept")
    os.mkfifo(store.data / "store.json")
    with pytest.raises(StoreError, match=r"store\.json is not a plain file\. Put it back"):
        open_store(tmp_path)


def test_more_folders_and_files_than_anybody_has_are_named(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    for number in range(8):
        folder = store.data / "devices" / f"{number:032x}"
        folder.mkdir()
        (folder / "2026-11.json").write_bytes(shard(store).read_bytes())
    with patch.object(shards, "MOST_FOLDERS", 5):
        again = open_store(tmp_path)
        assert names(again) == {"older"}, "its own are read first"
        assert [each.reason for each in again.damaged] == [
            "holds more than 5 folders, so the others are left. Remove what is none of yours"
        ]
    for limit, said in (("MOST_FILES", "more than 3 files"), ("MOST_TOGETHER", "larger together than any store")):
        with patch.object(shards, limit, 3):
            again = open_store(tmp_path)
            assert limit == "MOST_TOGETHER" or names(again) == {"older"}
            assert said in " ".join(each.reason for each in again.damaged)


def test_a_month_goes_on_in_another_file_long_before_it_is_too_large(tmp_path: Path) -> None:
    with patch.object(transaction, "ROOMY", 2_000), patch.object(transaction, "LITTLE", 200):
        for number in range(12):
            put(open_store(tmp_path), f"entry {number}")
    store = open_store(tmp_path)
    sizes = [path.stat().st_size for path in shard(store).parent.glob("2026-11*.json")]
    assert len(sizes) > 1 and max(sizes) < 2_600
    assert names(store) == {f"entry {number}" for number in range(12)}
    assert ROOMY * 2 + LITTLE < MOST_BYTES, "a file is begun below the one, and one write adds at most the other"


def test_a_long_history_is_imported_into_files_that_can_be_read(tmp_path: Path) -> None:
    brought = put(open_store(tmp_path / "other"), *(f"{number}" for number in range(60)))
    store = open_store(tmp_path / "here")
    with (
        patch.object(transaction, "ROOMY", 4_000),
        patch.object(transaction, "LITTLE", 200),
        patch.object(events, "_RUN", 5),
        store.transaction() as now,
    ):
        added, note = now.add(brought, cmd="import")
    again = open_store(tmp_path / "here")
    assert added == 60 and note is not None and names(again) >= {f"{number}" for number in range(60)}
    assert max(path.stat().st_size for path in shard(store).parent.glob("2026-11*.json")) < 9_000


def test_an_event_larger_than_any_is_not_imported(tmp_path: Path) -> None:
    workspace = open_toward(tmp_path)
    event = put(open_store(tmp_path / "other"), "x")[0]
    text = json.dumps({"format": 1, "app": "toward", "events": [{**event, "v": {"text": "x" * (LITTLE + 1)}}]})
    with (
        patch("tracker.services.exchange.transfer.ROOMY", LITTLE),
        pytest.raises(BadInput, match=r"Nothing was imported"),
    ):
        import_json(workspace, text)


@pytest.mark.parametrize("length", [238, LONGEST_NAME])
def test_a_name_as_long_as_a_name_may_be_is_written_whole(tmp_path: Path, length: int) -> None:
    path = tmp_path / f"2026-11{'x' * (length - 12)}.json"
    for raw in (b"one", b"two"):
        atomic_write(path, raw)
        assert [each.read_bytes() for each in tmp_path.iterdir()] == [raw]


def test_a_device_with_the_longest_names_is_read_and_backed_up(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path / "data", tmp_path / "one", HandClock())
    lifecycle.add(workspace, "s4.reachable")
    other = open_store(tmp_path / "other")
    put(other, "from elsewhere")
    folder = workspace.data / "devices" / ("d" * LONGEST_NAME)
    folder.mkdir()
    (folder / f"2026-11{'x' * 243}.json").write_bytes(shard(other).read_bytes())
    from tracker.services.safekeeping.backups import back_up_now

    again = Workspace.at(tmp_path / "data", tmp_path / "one", HandClock())
    assert "note|from elsewhere" in again.store.winners
    made = back_up_now(again)
    assert made.files >= 3 and not made.troubles


@pytest.mark.parametrize("planted", ["data/devices", "data/devices/DEVICE", "one/backups"])
def test_no_folder_is_made_through_a_planted_link(tmp_path: Path, planted: str) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    elsewhere.mkdir()
    store = open_store(root)
    link = root / planted.replace("DEVICE", store.device)
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    record("links")
    with pytest.raises(UnsafePath, match="is a symbolic link"):
        if planted.endswith(BACKUPS):
            with backups_lock(link, 1.0):
                pass
        else:
            _write_through(store)
    assert not list(elsewhere.iterdir())


def _write_through(store: Store) -> None:
    with store.transaction():
        pass


def test_a_due_backup_tells_of_a_planted_link_and_makes_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    workspace = Workspace.at(tmp_path / "data", tmp_path / "one", HandClock())
    workspace.state.mkdir(exist_ok=True)
    (workspace.state / BACKUPS).symlink_to(tmp_path / "elsewhere")
    lifecycle.add(workspace, "s4.reachable")
    from tracker.ledger.auto_backup import make_due

    for _ in range(2):
        said = make_due(workspace)
        assert said is not None and f"{workspace.state / BACKUPS} is a symbolic link" in said
    assert not list((tmp_path / "elsewhere").iterdir())
    commitment = workspace.ledger.get("s4.reachable")
    assert commitment is not None and log_entry.done(workspace, commitment).changed


def test_a_copy_with_a_link_inside_is_named_when_it_is_restored(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path / "data", tmp_path / "one", HandClock())
    lifecycle.add(workspace, "s4.reachable")
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "store.json").write_bytes((workspace.data / "store.json").read_bytes())
    (copy / "devices").symlink_to(workspace.data / "devices")
    with pytest.raises(Damaged, match="devices is a symbolic link"):
        restore.preview(workspace.data, workspace.state, HandClock(), copy)
    (copy / "devices").unlink()
    (copy / "devices").mkdir()
    (copy / "devices" / "e").symlink_to(workspace.data / "devices" / workspace.store.device)
    with pytest.raises(Damaged, match="devices/e is a symbolic link"):
        restore.preview(workspace.data, workspace.state, HandClock(), copy)
