"""Writing: what an operation puts into its events, and what importing, bulk writing and numbering promise."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from tinydb import TinyDB

from tracker.store import Draft, Event, Store, StoreDamaged, Transaction, WriteFailed, storage
from tracker.store.events import as_stored, canonical

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with patch.object(os, "fsync", lambda _fd: None):
        yield


class Desk:
    """A data folder, the devices around it, and a clock that can be set."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = NOON

    def open(self, device: str = "one", *, since: str | None = None) -> Store:
        return Store.open(self.root / "data", self.root / device, lambda: self.now, since=since)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def _write(store: Store, *drafts: Draft, **links: Any) -> tuple[Event, ...]:
    with store.transaction() as transaction:
        return transaction.write(drafts, cmd="log", **links)


def _put(store: Store, key: str, value: dict[str, object] | None = None) -> Event:
    return _write(store, Draft(key, value or {"text": key}))[0]


def _foreign(**fields: Any) -> Event:
    return as_stored(
        {
            "id": "foreign",
            "key": "note|foreign",
            "v": {"text": "from elsewhere"},
            "t": 5,
            "prev": None,
            "dev": "elsewhere",
            "at": "2020-02-02T20:20:00+02:00",
            "op": "their-op",
            "n": 900,
            "cmd": "note",
            **fields,
        }
    )


def _add(store: Store, *events: Event) -> tuple[int, Event | None]:
    with store.transaction() as transaction:
        return transaction.add(events, cmd="import")


def _shards(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.root / "data" / "devices").glob("*/20*.json"))


def test_one_operation_is_one_op_and_one_number(desk: Desk) -> None:
    store = desk.open()
    first = _write(store, Draft("a", {"x": 1}), Draft("b", None), undoes="that", redoes="this")
    second = _write(store, Draft("c", {}, as_="an event"))
    assert len({event["op"] for event in first}) == 1
    assert {event["op"] for event in first} != {event["op"] for event in second}
    assert [event["n"] for event in (*first, *second)] == [1, 1, 2]
    assert {(event["undoes"], event["redoes"]) for event in first} == {("that", "this")}
    assert second[0]["as"] == "an event"
    assert not {"undoes", "redoes", "settles"} & second[0].keys()
    assert {event["at"] for event in first} == {"2026-11-23T12:00:00+01:00"}
    assert {event["dev"] for event in first} == {store.device}


def test_what_is_returned_is_what_is_known_and_what_is_on_disk(desk: Desk) -> None:
    store = desk.open()
    events = _write(store, Draft("a", {"text": "ä\u2028\x00"}), Draft("b", None))
    assert [store.events[event["id"]] for event in events] == list(events)
    assert desk.open().events == store.events


def test_stock_tinydb_reads_a_shard(desk: Desk) -> None:
    store = desk.open()
    first, second = _put(store, "a"), _put(store, "b")
    with TinyDB(store.data / "devices" / store.device / "2026-11.json", encoding="utf-8") as stock:
        assert [dict(document) for document in stock.table("events")] == [first, second]
        assert [document.doc_id for document in stock.table("events")] == [1, 2]


def test_an_edit_beats_what_it_saw_whatever_the_clock_says(desk: Desk) -> None:
    store = desk.open()
    first = _put(store, "a", {"x": 1})
    desk.now = NOON - timedelta(days=400)
    second = _put(store, "a", {"x": 2})
    assert (second["t"], second["prev"]) == (first["t"] + 1, first["id"])
    assert store.winners["a"] == second
    assert store.versions("a") == [first, second]


def test_two_drafts_for_one_key_follow_each_other(desk: Desk) -> None:
    first, second = _write(desk.open(), Draft("a", {"x": 1}), Draft("a", {"x": 2}))
    assert second["prev"] == first["id"]
    assert second["t"] == first["t"] + 1


def test_a_clock_without_a_zone_and_one_before_1970_will_do(desk: Desk) -> None:
    desk.now = datetime(1960, 1, 1, 12, tzinfo=UTC)
    assert _put(desk.open(), "a")["t"] == 0
    desk.now = datetime(2026, 11, 23, 12)
    assert datetime.fromisoformat(_put(desk.open(), "b")["at"]).tzinfo is not None


def test_an_event_at_the_end_of_time_is_not_outdone_by_an_invalid_one(desk: Desk) -> None:
    store = desk.open()
    _add(store, _foreign(key="a", t=2**52 - 1))
    with pytest.raises(WriteFailed, match="dated past"):
        _put(store, "a")
    assert desk.open().damaged == ()


def test_an_operation_without_drafts_writes_nothing(desk: Desk) -> None:
    assert _write(desk.open()) == ()
    assert _shards(desk) == []


@pytest.mark.parametrize(
    "value", [{"x": float("nan")}, {"x": "\ud800"}, {"x": object()}], ids=["nan", "half", "object"]
)
def test_a_value_that_is_not_json_is_refused_with_its_whole_operation(desk: Desk, value: dict[str, object]) -> None:
    store = desk.open()
    _put(store, "older")
    before = {path: path.read_bytes() for path in store.data.rglob("*.json")}
    with pytest.raises(ValueError):
        _write(store, Draft("good", {}), Draft("bad", value))
    assert {path: path.read_bytes() for path in store.data.rglob("*.json")} == before
    assert set(store.winners) == {"older"}


def test_nothing_is_written_once_a_transaction_is_over(desk: Desk) -> None:
    store = desk.open()
    with store.transaction() as transaction:
        pass
    with pytest.raises(RuntimeError):
        transaction.write([Draft("late", {})], cmd="log")
    assert store.events == {}


def test_an_error_in_the_block_lets_the_next_writer_in(desk: Desk) -> None:
    store = desk.open()
    with pytest.raises(ZeroDivisionError), store.transaction():
        raise ZeroDivisionError
    assert _put(store, "next")


def test_a_transaction_decides_on_the_newest_state(desk: Desk) -> None:
    store = desk.open()
    _put(desk.open("two"), "a", {"x": 1})
    with store.transaction() as transaction:
        assert store.winners["a"]["v"] == {"x": 1}
        assert transaction.write([Draft("a", {"x": 2})], cmd="log")[0]["prev"] == store.versions("a")[0]["id"]


def test_writing_goes_to_the_month_it_happens_in(desk: Desk) -> None:
    store = desk.open()
    _put(store, "a")
    desk.now = datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    _put(store, "b")
    assert _shards(desk) == ["2026-11.json", "2026-12.json"]


def test_unknown_fields_survive_a_later_write_unchanged(desk: Desk) -> None:
    store = desk.open()
    _put(store, "a")
    path = store.data / "devices" / store.device / "2026-11.json"
    tables = json.loads(path.read_text(encoding="utf-8"))
    future = {
        **tables["events"]["1"],
        "id": "f",
        "key": "hologram|1",
        "mood": {"ä": [1, 2.5, None]},
        "v": {"deep": [{}]},
    }
    tables["events"]["2"] = future
    tables["_meta"] = {"1": {"sum": "x"}}
    path.write_text(json.dumps(tables), encoding="utf-8")
    _put(store, "b")
    after = json.loads(path.read_text(encoding="utf-8"))
    assert json.dumps(after["events"]["2"]) == json.dumps(future)
    assert after["_meta"] == tables["_meta"]
    assert canonical(desk.open().winners["hologram|1"]) == canonical(future)


def test_a_table_never_shrinks(desk: Desk) -> None:
    store = desk.open()
    _put(store, "a")
    path = store.data / "devices" / store.device / "2026-11.json"
    before = path.read_bytes()
    with pytest.raises(WriteFailed, match="would have lost entries"):
        TinyDB(path, storage=storage.AtomicStorage).table("events").remove(doc_ids=[1])
    with pytest.raises(WriteFailed):
        TinyDB(path, storage=storage.AtomicStorage).drop_tables()
    assert path.read_bytes() == before


def test_the_storage_refuses_a_file_that_is_not_sound(desk: Desk) -> None:
    path = desk.root / "2026-11.json"
    path.write_bytes(b"")
    with pytest.raises(StoreDamaged, match="is empty"):
        storage.AtomicStorage(path).read()


def test_an_import_keeps_what_it_brings_and_lists_it(desk: Desk) -> None:
    store = desk.open()
    _put(store, "own")
    count, note = _add(store, _foreign(), _foreign(id="second", key="note|2"))
    assert count == 2
    assert note is not None
    assert store.events["foreign"] == _foreign()
    assert note["key"] == f"import|{note['op']}"
    assert note["v"] == {"events": ["foreign", "second"]}
    assert (note["dev"], note["n"], note["cmd"]) == (store.device, 2, "import")
    assert desk.open().events == store.events
    assert _shards(desk) == ["2026-11.json"]


def test_importing_again_changes_nothing(desk: Desk) -> None:
    store = desk.open()
    _add(store, _foreign())
    before = store.fingerprint()
    assert _add(store, _foreign()) == (0, None)
    assert _add(store) == (0, None)
    assert store.fingerprint() == before


def test_an_import_takes_a_fuller_copy_and_leaves_a_poorer_one(desk: Desk) -> None:
    store = desk.open()
    _add(store, _foreign())
    count, note = _add(store, _foreign(v={"text": "from elsewhere, and more"}), _foreign(v={"text": ""}))
    assert count == 1
    assert note is not None
    assert note["v"] == {"events": []}
    assert store.winners["note|foreign"]["v"] == {"text": "from elsewhere, and more"}
    assert desk.open().events == store.events


def test_an_import_reads_the_sealed_months_first(desk: Desk) -> None:
    desk.now = NOON - timedelta(days=90)
    old = _put(desk.open(), "old")
    desk.now = NOON
    store = desk.open(since="2026-10")
    assert old["id"] not in store.events
    assert _add(store, old) == (0, None)


def test_an_import_with_one_invalid_event_writes_nothing(desk: Desk) -> None:
    store = desk.open()
    broken: Any = {**_foreign(id="b"), "t": -1}
    with pytest.raises(ValueError):
        _add(store, _foreign(), broken)
    assert desk.open().events == {}


def test_foreign_numbers_never_raise_our_own(desk: Desk) -> None:
    store = desk.open()
    _put(store, "a")
    _add(store, _foreign())
    assert _put(store, "b")["n"] == 3


def test_own_events_from_a_backup_raise_the_number(desk: Desk) -> None:
    store = desk.open()
    _add(store, _foreign(dev=store.device, n=41))
    assert [_put(store, "b")["n"], store.events["foreign"]["n"]] == [43, 41]


def test_bulk_spreads_events_over_the_months_of_their_at(desk: Desk) -> None:
    store = desk.open()
    events = [
        _foreign(id=f"e{month}", key=f"k{month}", dev=store.device, n=10 - month, at=f"2026-0{month}-01T08:00:00+00:00")
        for month in (3, 1, 2)
    ]
    with store.transaction() as transaction:
        transaction.bulk(events)
    assert _shards(desk) == ["2026-01.json", "2026-02.json", "2026-03.json"]
    assert desk.open().events == store.events == {event["id"]: event for event in events}
    assert [_put(desk.open(since=since), "next")["n"] for since in ("2026-03", "2026-11")] == [10, 11]


def test_bulk_takes_only_events_of_this_device(desk: Desk) -> None:
    with desk.open().transaction() as transaction, pytest.raises(ValueError, match="of this device"):
        transaction.bulk([_foreign()])
    assert _shards(desk) == []


@pytest.mark.parametrize("since", [None, "2026-10", "2026-12"])
def test_numbers_go_on_however_little_is_read(desk: Desk, since: str | None) -> None:
    for days in (120, 90, 60, 0):
        desk.now = NOON - timedelta(days=days)
        _put(desk.open(), f"{days} days ago")
    assert _put(desk.open(since=since), "next")["n"] == 5


def test_numbers_go_on_after_old_events_were_written_back(desk: Desk) -> None:
    for days in (90, 60):
        desk.now = NOON - timedelta(days=days)
        _put(desk.open(), f"{days} days ago")
    store = desk.open()
    (store.data / "devices" / store.device / "2026-08.json").unlink()
    store.refresh()
    desk.now = NOON
    with store.transaction() as transaction:
        assert transaction.write_back() == 1
    assert _put(desk.open(since="2026-11"), "next")["n"] == 3


def test_numbers_go_on_after_the_clock_was_wrong(desk: Desk) -> None:
    _put(desk.open(), "november")
    desk.now = NOON - timedelta(days=200)
    _put(desk.open(), "clock set back")
    desk.now = NOON + timedelta(days=9000)
    _put(desk.open(), "clock set far ahead")
    desk.now = NOON
    assert _put(desk.open(since="2026-10"), "right again")["n"] == 4
    desk.now = NOON + timedelta(days=100)
    assert _put(desk.open(since="2027-02"), "later")["n"] == 5


def test_operations_are_listed_newest_first(desk: Desk) -> None:
    store = desk.open()
    first = _write(store, Draft("a", {}), Draft("b", {}))
    _put(desk.open("two"), "of another")
    second = _write(store, Draft("c", {}))
    assert store.operations() == [second, first]


def _apart(desk: Desk, key: str, *values: dict[str, object] | None) -> tuple[Store, list[Event]]:
    """Let each of several devices write a value without seeing the others; return a store that sees all."""
    transactions: list[tuple[Any, Transaction]] = []
    for number, _ in enumerate(values):
        manager = desk.open(f"device {number}").transaction()
        transactions.append((manager, manager.__enter__()))
    written = []
    for value, (manager, transaction) in zip(values, transactions, strict=True):
        desk.now += timedelta(seconds=1)
        written.append(transaction.write([Draft(key, value)], cmd="log")[0])
        manager.__exit__(None, None, None)
    store = desk.open()
    return store, sorted(written, key=lambda event: (event["t"], event["id"]))


def test_versions_written_apart_are_concurrent(desk: Desk) -> None:
    store, (older, winner) = _apart(desk, "note", {"text": "a"}, {"text": "b"})
    assert store.winners["note"] == winner
    assert store.concurrent("note") == [older]
    assert store.versions("note") == [older, winner]


def test_a_version_that_was_seen_is_history(desk: Desk) -> None:
    store = desk.open()
    _put(store, "note", {"text": "a"})
    _put(desk.open("two"), "note", {"text": "b"})
    store.refresh()
    assert store.concurrent("note") == []
    assert store.concurrent("nothing") == store.versions("nothing") == []


def test_a_cleared_version_that_lost_is_history(desk: Desk) -> None:
    store, _ = _apart(desk, "note", None, None, None)
    assert store.concurrent("note") == []


def test_a_concurrent_version_stays_until_it_is_settled(desk: Desk) -> None:
    store, (older, _) = _apart(desk, "note", {"text": "a"}, {"text": "b"})
    _put(store, "note", {"text": "an edit of b"})
    assert store.concurrent("note") == [older]
    _write(store, Draft("note", {"text": "a and b"}, settles=(older["id"],)))
    assert store.concurrent("note") == []
    assert desk.open().concurrent("note") == []


def test_links_that_run_in_a_circle_do_no_harm(desk: Desk) -> None:
    store = desk.open()
    _add(store, _foreign(id="a", prev="b", key="k"), _foreign(id="b", prev="a", key="k"), _foreign(id="c", key="k"))
    assert store.concurrent("k") == []
    assert [event["id"] for event in store.versions("k")] == ["a", "b", "c"]
