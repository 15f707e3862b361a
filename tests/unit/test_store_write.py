"""Writing: what an operation puts into its events and its files, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tinydb import TinyDB

from tests.faults.folders import NOON, Desk
from tests.unit.store_kit import add, foreign, put, shards, write
from tracker.store.errors import StoreDamaged, WriteFailed
from tracker.store.events import Draft, canonical, farthest
from tracker.store.log import storage


def test_one_operation_is_one_op_and_one_number(desk: Desk) -> None:
    store = desk.open()
    first = write(store, Draft("a", {"x": 1}), Draft("b", None), undoes="that", redoes="this")
    second = write(store, Draft("c", {}, as_="an event"))
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
    events = write(store, Draft("a", {"text": "ä\u2028\x00"}), Draft("b", None))
    assert [store.events[event["id"]] for event in events] == list(events)
    assert desk.open().events == store.events


def test_stock_tinydb_reads_a_shard(desk: Desk) -> None:
    store = desk.open()
    first, second = put(store, "a"), put(store, "b")
    with TinyDB(store.data / "devices" / store.device / "2026-11.json", encoding="utf-8") as stock:
        assert [dict(document) for document in stock.table("events")] == [first, second]
        assert [document.doc_id for document in stock.table("events")] == [1, 2]


def test_an_edit_beats_what_it_saw_whatever_the_clock_says(desk: Desk) -> None:
    store = desk.open()
    first = put(store, "a", {"x": 1})
    desk.now = NOON - timedelta(days=400)
    second = put(store, "a", {"x": 2})
    assert (second["t"], second["prev"]) == (first["t"] + 1, first["id"])
    assert store.winners["a"] == second
    assert store.versions("a") == [first, second]


def test_two_drafts_for_one_key_follow_each_other(desk: Desk) -> None:
    first, second = write(desk.open(), Draft("a", {"x": 1}), Draft("a", {"x": 2}))
    assert second["prev"] == first["id"]
    assert second["t"] == first["t"] + 1


def test_a_clock_without_a_zone_and_one_before_1970_will_do(desk: Desk) -> None:
    desk.now = datetime(1960, 1, 1, 12, tzinfo=UTC)
    assert put(desk.open(), "a")["t"] == 0
    desk.now = datetime(2026, 11, 23, 12)
    assert datetime.fromisoformat(put(desk.open(), "b")["at"]).tzinfo is not None


def test_whatever_is_dated_as_far_ahead_as_may_be_can_be_replaced_a_moment_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk.open()
    monkeypatch.setattr("tracker.store.events.time.time", lambda: NOON.timestamp())
    add(store, foreign(key="a", t=farthest()))
    monkeypatch.setattr("tracker.store.events.time.time", lambda: NOON.timestamp() + 0.001)
    mine = put(store, "a")
    assert desk.open().winners["a"] == mine and desk.open().damaged == ()


def test_a_clock_more_than_a_century_ahead_writes_nothing(desk: Desk) -> None:
    desk.now = datetime(2190, 1, 1, tzinfo=UTC)
    with pytest.raises(WriteFailed, match="Is it 2190-01-01 today"):
        put(desk.open(), "a")


def test_an_operation_without_drafts_writes_nothing(desk: Desk) -> None:
    assert write(desk.open()) == ()
    assert shards(desk) == []


@pytest.mark.parametrize(
    "value", [{"x": float("nan")}, {"x": "\ud800"}, {"x": object()}], ids=["nan", "half", "object"]
)
def test_a_value_that_is_not_json_is_refused_with_its_whole_operation(desk: Desk, value: dict[str, object]) -> None:
    store = desk.open()
    put(store, "older")
    before = {path: path.read_bytes() for path in store.data.rglob("*.json")}
    with pytest.raises(ValueError):
        write(store, Draft("good", {}), Draft("bad", value))
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
    assert put(store, "next")


def test_a_transaction_decides_on_the_newest_state(desk: Desk) -> None:
    store = desk.open()
    put(desk.open("two"), "a", {"x": 1})
    with store.transaction() as transaction:
        assert store.winners["a"]["v"] == {"x": 1}
        assert transaction.write([Draft("a", {"x": 2})], cmd="log")[0]["prev"] == store.versions("a")[0]["id"]


def test_writing_goes_to_the_month_it_happens_in(desk: Desk) -> None:
    store = desk.open()
    put(store, "a")
    desk.now = datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    put(store, "b")
    assert shards(desk) == ["2026-11.json", "2026-12.json"]


def test_unknown_fields_survive_a_later_write_unchanged(desk: Desk) -> None:
    store = desk.open()
    put(store, "a")
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
    put(store, "b")
    after = json.loads(path.read_text(encoding="utf-8"))
    assert json.dumps(after["events"]["2"]) == json.dumps(future)
    assert after["_meta"] == tables["_meta"]
    assert canonical(desk.open().winners["hologram|1"]) == canonical(future)


def test_a_table_never_shrinks(desk: Desk) -> None:
    store = desk.open()
    put(store, "a")
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
