"""Taking in what others wrote, writing in bulk, and numbers that never run backwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.faults.folders import NOON, Desk
from tests.unit.store_kit import add, foreign, put, shards


def test_an_import_keeps_what_it_brings_and_lists_it(desk: Desk) -> None:
    store = desk.open()
    put(store, "own")
    count, note = add(store, foreign(), foreign(id="second", key="note|2"))
    assert count == 2
    assert note is not None
    assert store.events["foreign"] == foreign()
    assert note["key"] == f"import|{note['op']}"
    assert note["v"] == {"events": ["foreign", "second"]}
    assert (note["dev"], note["n"], note["cmd"]) == (store.device, 2, "import")
    assert desk.open().events == store.events
    assert shards(desk) == ["2026-11.json"]


def test_importing_again_changes_nothing(desk: Desk) -> None:
    store = desk.open()
    add(store, foreign())
    before = store.shards.fingerprint()
    assert add(store, foreign()) == (0, None)
    assert add(store) == (0, None)
    assert store.shards.fingerprint() == before


def test_an_import_takes_a_fuller_copy_and_leaves_a_poorer_one(desk: Desk) -> None:
    store = desk.open()
    add(store, foreign())
    count, note = add(store, foreign(v={"text": "from elsewhere, and more"}), foreign(v={"text": ""}))
    assert count == 1
    assert note is not None
    assert note["v"] == {"events": []}
    assert store.winners["note|foreign"]["v"] == {"text": "from elsewhere, and more"}
    assert desk.open().events == store.events


def test_an_import_reads_the_sealed_months_first(desk: Desk) -> None:
    desk.now = NOON - timedelta(days=90)
    old = put(desk.open(), "old")
    desk.now = NOON
    store = desk.open(since="2026-10")
    assert old["id"] not in store.events
    assert add(store, old) == (0, None)


def test_an_import_with_one_invalid_event_writes_nothing(desk: Desk) -> None:
    store = desk.open()
    broken: Any = {**foreign(id="b"), "t": -1}
    with pytest.raises(ValueError):
        add(store, foreign(), broken)
    assert desk.open().events == {}


def test_foreign_numbers_never_raise_our_own(desk: Desk) -> None:
    store = desk.open()
    put(store, "a")
    add(store, foreign())
    assert put(store, "b")["n"] == 3


def test_own_events_from_a_backup_raise_the_number(desk: Desk) -> None:
    store = desk.open()
    add(store, foreign(dev=store.device, n=41))
    assert [put(store, "b")["n"], store.events["foreign"]["n"]] == [43, 41]


def test_bulk_spreads_events_over_the_months_of_their_at(desk: Desk) -> None:
    store = desk.open()
    events = [
        foreign(id=f"e{month}", key=f"k{month}", dev=store.device, n=10 - month, at=f"2026-0{month}-01T08:00:00+00:00")
        for month in (3, 1, 2)
    ]
    with store.transaction() as transaction:
        transaction.bulk(events)
    assert shards(desk) == ["2026-01.json", "2026-02.json", "2026-03.json"]
    assert desk.open().events == store.events == {event["id"]: event for event in events}
    assert [put(desk.open(since=since), "next")["n"] for since in ("2026-03", "2026-11")] == [10, 11]


def test_bulk_takes_only_events_of_this_device(desk: Desk) -> None:
    with desk.open().transaction() as transaction, pytest.raises(ValueError, match="of this device"):
        transaction.bulk([foreign()])
    assert shards(desk) == []


@pytest.mark.parametrize("since", [None, "2026-10", "2026-12"])
def test_numbers_go_on_however_little_is_read(desk: Desk, since: str | None) -> None:
    for days in (120, 90, 60, 0):
        desk.now = NOON - timedelta(days=days)
        put(desk.open(), f"{days} days ago")
    assert put(desk.open(since=since), "next")["n"] == 5


def test_numbers_go_on_after_old_events_were_written_back(desk: Desk) -> None:
    for days in (90, 60):
        desk.now = NOON - timedelta(days=days)
        put(desk.open(), f"{days} days ago")
    store = desk.open()
    (store.data / "devices" / store.device / "2026-08.json").unlink()
    store.refresh()
    desk.now = NOON
    with store.transaction():
        assert shards(desk) == ["2026-09.json", "2026-11.json"], "the own file is written again by itself"
    assert put(desk.open(since="2026-11"), "next")["n"] == 3


def test_numbers_go_on_after_the_clock_was_wrong(desk: Desk) -> None:
    put(desk.open(), "november")
    desk.now = NOON - timedelta(days=200)
    put(desk.open(), "clock set back")
    desk.now = NOON + timedelta(days=9000)
    put(desk.open(), "clock set far ahead")
    desk.now = NOON
    assert put(desk.open(since="2026-10"), "right again")["n"] == 4
    desk.now = NOON + timedelta(days=100)
    assert put(desk.open(since="2027-02"), "later")["n"] == 5
