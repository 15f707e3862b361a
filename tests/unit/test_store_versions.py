"""Several versions of one key: which of them are history, and which are still waiting to be seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.faults.folders import Desk
from tests.unit.store_kit import add, foreign, put, write
from tracker.store.events import Draft, Event
from tracker.store.store import Store
from tracker.store.transaction import Transaction


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
    put(store, "note", {"text": "a"})
    put(desk.open("two"), "note", {"text": "b"})
    store.refresh()
    assert store.concurrent("note") == []
    assert store.concurrent("nothing") == store.versions("nothing") == []


def test_a_cleared_version_that_lost_is_history(desk: Desk) -> None:
    store, _ = _apart(desk, "note", None, None, None)
    assert store.concurrent("note") == []


def test_a_concurrent_version_stays_until_it_is_settled(desk: Desk) -> None:
    store, (older, _) = _apart(desk, "note", {"text": "a"}, {"text": "b"})
    put(store, "note", {"text": "an edit of b"})
    assert store.concurrent("note") == [older]
    write(store, Draft("note", {"text": "a and b"}, settles=(older["id"],)))
    assert store.concurrent("note") == []
    assert desk.open().concurrent("note") == []


def test_links_that_run_in_a_circle_do_no_harm(desk: Desk) -> None:
    store = desk.open()
    add(store, foreign(id="a", prev="b", key="k"), foreign(id="b", prev="a", key="k"), foreign(id="c", key="k"))
    assert store.concurrent("k") == []
    assert [event["id"] for event in store.versions("k")] == ["a", "b", "c"]
