"""Files that are not what they should be: named, never overwritten, never taken for empty, and the rest goes on."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.faults.folders import names, no_waiting_for_the_disk, open_store, put, shard
from tests.faults.totals import record
from tracker.store.encryption.recovery import repair_marker
from tracker.store.errors import StoreDamaged
from tracker.store.store import Store

Spoil = Callable[[bytes], bytes]


def _with_table(table: Any) -> bytes:
    return json.dumps({"events": table}).encode()


def _events_of(good: bytes) -> dict[str, Any]:
    events: dict[str, Any] = json.loads(good)["events"]
    return events


def _with_first(good: bytes, **fields: Any) -> bytes:
    events = _events_of(good)
    events["1"] |= fields
    return _with_table(events)


UNREADABLE: dict[str, Spoil] = {
    "empty": lambda good: b"",
    "white space": lambda good: b" \n",
    "null": lambda good: b"null",
    "a number": lambda good: b"3",
    "a list": lambda good: b"[]",
    "no table": lambda good: b"{}",
    "another table": lambda good: b'{"_default": {}}',
    "a table that is a list": lambda good: _with_table([]),
    "cut off": lambda good: good[: len(good) // 2],
    "last byte gone": lambda good: good[:-1],
    "extra data": lambda good: good + good[-20:],
    "NULs": lambda good: bytes(len(good)),
    "NULs at the end": lambda good: good[:-30] + bytes(30),
    "BOM": lambda good: b"\xef\xbb\xbf" + good,
    "UTF-16": lambda good: good.decode().encode("utf-16"),
    "not UTF-8": lambda good: good.replace(b"older", b"old\xffr"),
    "NaN": lambda good: good.replace(b'"n":1', b'"n":NaN'),
    "a number past all numbers": lambda good: good.replace(b'"n":1', b'"n":1e999'),
    "too deep": lambda good: b"[" * 200_000,
}
PARTLY_READABLE: dict[str, Spoil] = {
    "an entry that is no event": lambda good: _with_table({**_events_of(good), "9": {"id": "x"}}),
    "an entry that is text": lambda good: _with_table({**_events_of(good), "9": "x"}),
    "an entry without an id": lambda good: _with_table({**_events_of(good), "9": {**_events_of(good)["1"], "id": ""}}),
    "a time past the limit": lambda good: _with_first(good, t=2**52),
    "a time that is true": lambda good: _with_first(good, t=True),
    "half a surrogate pair": lambda good: _with_first(good, v={"text": "\ud800"}),
    "half a surrogate pair beside the entries": lambda good: good[:-1] + b', "_default": {"1": {"x": "\\ud800"}}}',
    "a number that is a word": lambda good: _with_table({"one": _events_of(good)["1"]}),
    "a number with a zero in front": lambda good: _with_table({"01": _events_of(good)["1"]}),
    "one number twice": lambda good: good.replace(
        b'{"events":{', b'{"events":{"1":' + json.dumps({**_events_of(good)["1"], "id": "twin"}).encode() + b","
    ),
}
CORPUS = {**UNREADABLE, **PARTLY_READABLE}


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with no_waiting_for_the_disk():
        yield


@pytest.fixture
def stores(tmp_path: Path) -> dict[str, Store]:
    """Return a store that writes here, and one of another device in the same folder."""
    both = {"own": open_store(tmp_path), "foreign": open_store(tmp_path, device="two")}
    put(both["own"], "older")
    put(both["foreign"], "older of another")
    return both


@pytest.mark.parametrize("spoil", CORPUS.values(), ids=CORPUS)
@pytest.mark.parametrize("whose", ["own", "foreign"])
def test_a_spoilt_file_is_named_and_left_while_the_rest_goes_on(
    tmp_path: Path, stores: dict[str, Store], whose: str, spoil: Spoil
) -> None:
    path = shard(stores[whose])
    spoilt = spoil(path.read_bytes())
    path.write_bytes(spoilt)
    record("corrupt files")

    store = open_store(tmp_path)
    assert [damage.path for damage in store.damaged] == [path]
    assert store.damaged[0].reason
    assert {"older", "older of another"} - names(store) <= {"older" if whose == "own" else "older of another"}
    put(store, "new")
    put(store, "newer")

    assert path.read_bytes() == spoilt
    again = open_store(tmp_path)
    assert {"new", "newer"} <= names(again)
    assert [damage.path for damage in again.damaged] == [path]
    assert shard(store, "2026-11.r1.json").exists() == (whose == "own")


@pytest.mark.parametrize("spoil", UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_spoilt_while_open_stays_in_memory(
    tmp_path: Path, stores: dict[str, Store], spoil: Spoil
) -> None:
    stores["own"].refresh()
    path = shard(stores["foreign"])
    path.write_bytes(spoil(path.read_bytes()))
    record("corrupt files")
    assert stores["own"].refresh()
    assert [damage.path for damage in stores["own"].damaged] == [path]
    assert names(stores["own"]) == {"older", "older of another"}
    assert not stores["own"].refresh()


@pytest.mark.parametrize("spoil", PARTLY_READABLE.values(), ids=PARTLY_READABLE)
def test_what_is_sound_in_a_spoilt_file_can_be_seen(tmp_path: Path, spoil: Spoil) -> None:
    store = open_store(tmp_path)
    put(store, "older", "sound")
    shard(store).write_bytes(spoil(shard(store).read_bytes()))
    assert names(open_store(tmp_path)) & {"older", "sound"}


def test_text_that_could_not_be_written_again_is_not_shown(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older", "sound")
    spoilt = _with_first(shard(store).read_bytes(), v={"text": "\ud800"})
    shard(store).write_bytes(spoilt)
    assert names(open_store(tmp_path)) == {"sound"}


def test_the_spoilt_file_may_be_the_second_one_too(tmp_path: Path, stores: dict[str, Store]) -> None:
    for name in ("2026-11.json", "2026-11.r1.json"):
        shard(stores["own"], name).write_bytes(b"")
    put(open_store(tmp_path), "new")
    assert shard(stores["own"], "2026-11.r2.json").exists()
    assert "new" in names(open_store(tmp_path))


def test_writing_returns_to_the_file_once_it_is_sound_again(tmp_path: Path, stores: dict[str, Store]) -> None:
    path = shard(stores["own"])
    good = path.read_bytes()
    path.write_bytes(b"")
    store = open_store(tmp_path)
    put(store, "meanwhile")
    path.write_bytes(good)
    put(store, "again")
    assert "again" in path.read_text(encoding="utf-8")
    assert names(open_store(tmp_path)) == {"older", "older of another", "meanwhile", "again"}
    assert open_store(tmp_path).damaged == ()


def test_a_folder_in_the_place_of_a_file(tmp_path: Path, stores: dict[str, Store]) -> None:
    shard(stores["own"]).unlink()
    shard(stores["own"]).mkdir()
    store = open_store(tmp_path)
    assert [damage.reason for damage in store.damaged] == ["is a folder"]
    put(store, "new")
    assert names(open_store(tmp_path)) == {"older of another", "new"}


def test_a_pipe_in_the_place_of_a_file_does_not_make_us_wait(tmp_path: Path, stores: dict[str, Store]) -> None:
    shard(stores["own"]).unlink()
    os.mkfifo(shard(stores["own"]))
    assert [damage.reason for damage in open_store(tmp_path).damaged] == ["is not a plain file"]


def test_a_file_that_may_not_be_read_is_read_as_soon_as_it_may(tmp_path: Path, stores: dict[str, Store]) -> None:
    real = os.open

    def refuse(path: Any, flags: int, *args: Any, **more: Any) -> int:
        if str(path) == str(shard(stores["foreign"])):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, *args, **more)

    with patch.object(os, "open", refuse):
        store = open_store(tmp_path)
    assert [damage.reason for damage in store.damaged] == ["cannot be read (Permission denied)"]
    assert names(store) == {"older"}
    assert store.refresh()
    assert store.damaged == ()
    assert names(store) == {"older", "older of another"}


@pytest.mark.parametrize("what", ["devices", "device folder"])
def test_a_folder_that_cannot_be_listed_for_a_moment_has_lost_nothing(
    tmp_path: Path, stores: dict[str, Store], what: str
) -> None:
    store, real = stores["own"], os.scandir
    store.refresh()
    folder = shard(store).parent if what == "device folder" else shard(store).parent.parent

    def refuse(path: Any) -> Any:
        if str(path) == str(folder):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path)

    with patch.object(os, "scandir", refuse):
        put(store, "meanwhile")
        assert names(store) == {"older", "older of another", "meanwhile"}
        assert [damage.path for damage in store.damaged] == [folder]
    store.refresh()
    assert store.damaged == ()
    assert shard(store).read_text().count('"note|older"') == 1, "nothing was written a second time"


def test_a_file_that_vanishes_while_open_stays_in_memory_and_can_be_written_back(
    tmp_path: Path, stores: dict[str, Store]
) -> None:
    store = stores["own"]
    store.refresh()
    shard(stores["foreign"]).unlink()
    assert store.refresh()
    assert [damage.path for damage in store.damaged] == [shard(stores["foreign"])]
    assert names(store) == {"older", "older of another"}
    with store.transaction() as transaction:
        assert transaction.write_back() == 1
    assert store.damaged == ()
    assert names(open_store(tmp_path)) == {"older", "older of another"}


def test_a_copy_that_vanishes_again_is_no_damage(tmp_path: Path, stores: dict[str, Store]) -> None:
    copy = shard(stores["own"], "2026-11.sync-conflict-20261123-074011-ABCDEFG.json")
    copy.write_bytes(shard(stores["own"]).read_bytes())
    store = open_store(tmp_path)
    copy.unlink()
    assert store.refresh()
    assert store.damaged == ()


def test_a_file_that_loses_entries_while_open_keeps_them_in_memory(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    shorter = shard(store).read_bytes()
    put(store, "newer")
    shard(store).write_bytes(shorter)
    store.refresh()
    assert names(store) == {"older", "newer"}
    assert [damage.path for damage in store.damaged] == [shard(store)]
    put(store, "newest")
    assert names(open_store(tmp_path)) == {"older", "newer", "newest"}
    assert store.damaged == ()


@pytest.mark.parametrize("spoil", [None, b"", b"{", b'{"events":{}}'], ids=["gone", "empty", "cut off", "no entries"])
def test_what_an_own_file_loses_while_open_is_written_again_with_the_next_write(
    tmp_path: Path, stores: dict[str, Store], spoil: bytes | None
) -> None:
    store = stores["own"]
    store.refresh()
    shard(store).unlink() if spoil is None else shard(store).write_bytes(spoil)
    put(store, "new")
    assert names(open_store(tmp_path)) == {"older", "older of another", "new"}
    if spoil in (b"", b"{"):
        assert shard(store).read_bytes() == spoil, "what is damaged is left as it is"


def test_what_is_purged_is_not_written_again_when_its_file_goes(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "secret"), put(store, "older")
    with store.transaction() as transaction:
        transaction.purge(["note|secret"], cmd="purge")
    shard(store).unlink()
    put(store, "new")
    again = open_store(tmp_path)
    assert again.winners["note|older"]["v"] and again.winners["note|secret"]["v"] is None


def test_a_name_that_is_not_utf8_is_one_more_damaged_file_and_nothing_worse(
    tmp_path: Path, stores: dict[str, Store]
) -> None:
    path = Path(os.fsdecode(os.fsencode(shard(stores["own"]).parent) + b"/\xff\x1b]0;x\x07.json"))
    path.write_bytes(b"x")
    store = open_store(tmp_path)
    assert store.shards.fingerprint()
    assert [damage.path for damage in store.damaged] == [path]
    put(store, "new")
    assert "new" in names(open_store(tmp_path))


@pytest.mark.parametrize("text", [b"[" * 200_000, b"", b"[]", b'{"name": 1}', b'{"name": NaN}', b"\xff"])
def test_a_device_json_that_says_nothing_is_a_device_without_a_name(
    tmp_path: Path, stores: dict[str, Store], text: bytes
) -> None:
    (shard(stores["foreign"]).parent / "device.json").write_bytes(text)
    assert list(stores["own"].device_names()) == [stores["own"].device]


def test_a_device_json_that_is_a_link_is_not_followed(tmp_path: Path, stores: dict[str, Store]) -> None:
    path = shard(stores["foreign"]).parent / "device.json"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert list(stores["own"].device_names()) == [stores["own"].device]


def test_the_largest_number_of_all_does_not_end_all_numbering(tmp_path: Path, stores: dict[str, Store]) -> None:
    path = shard(stores["own"])
    path.write_bytes(_with_first(path.read_bytes(), n=2**52 - 1))
    store = open_store(tmp_path)
    assert put(store, "new")[0]["n"] == 2
    assert put(open_store(tmp_path, since="2026-12"), "newer")[0]["n"] == 3


def test_a_spoilt_store_json_is_refused_left_and_can_be_repaired(tmp_path: Path, stores: dict[str, Store]) -> None:
    marker = tmp_path / "data" / "store.json"
    marker.write_bytes(b"")
    with pytest.raises(StoreDamaged, match=r"store\.json is damaged"):
        open_store(tmp_path)
    with pytest.raises(StoreDamaged):
        put(stores["own"], "new")
    assert marker.read_bytes() == b""
    repair_marker(tmp_path / "data", tmp_path / "one")
    assert names(open_store(tmp_path)) == {"older", "older of another"}
    assert [path.read_bytes() for path in marker.parent.glob("store.json.damaged-*")] == [b""]


def test_a_spoilt_device_id_is_named_and_left(tmp_path: Path, stores: dict[str, Store]) -> None:
    path = tmp_path / "one" / "device-id"
    path.write_bytes(b"")
    with pytest.raises(StoreDamaged, match="device-id is damaged"):
        open_store(tmp_path)
    assert path.read_bytes() == b""
    path.unlink()
    assert names(open_store(tmp_path)) == {"older", "older of another"}


def test_a_file_in_the_place_of_the_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a letter")
    with pytest.raises(StoreDamaged):
        open_store(tmp_path)
    assert (tmp_path / "data").read_text() == "a letter"
