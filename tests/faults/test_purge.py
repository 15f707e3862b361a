"""A purge that is cut short at any point, seen by another device, or met by old copies, never comes undone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.faults.crash_model import Disk, Tree, left_behind
from tests.faults.folders import Desk, no_waiting_for_the_disk, say_yes, shard
from tests.faults.mutants import MUTANTS
from tests.faults.recorder import Call, recording
from tracker.store.errors import StoreError, WriteFailed
from tracker.store.events import Draft, Event
from tracker.store.log.shards import read_shard
from tracker.store.purge import Purged
from tracker.store.store import Store

CANARY = "CANARY"
KEYS = ("note|a|2026-11-01", "entry|a|1")
States = Callable[[Disk], Iterator[Tree]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def put(store: Store, key: str, text: str = CANARY) -> Event:
    with store.transaction() as transaction:
        return transaction.write([Draft(key, {"private": {"text": text}, "day": "2026-11-01"})], cmd="note")[0]


def purge(store: Store, *keys: str) -> Purged:
    with store.transaction() as transaction:
        return transaction.purge(keys, cmd="purge")


def canaries(root: Path) -> list[str]:
    """Return the files below `root` that hold the canary."""
    return [str(path) for path in root.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def months(desk: Desk) -> Store:
    """Fill two months with versions of both keys and with something that stays, and return the store."""
    for month in (9, 10, 11):
        desk.now = desk.now.replace(month=month)
        store = desk.open()
        put(store, KEYS[0])
        put(store, KEYS[1])
        put(store, f"note|b|{month}", "stays")
    return desk.open()


def test_a_purge_leaves_nothing_but_the_skeleton(desk: Desk) -> None:
    store = months(desk)
    (desk.root / "one" / "summary.json").write_text(CANARY)
    (shard(store).parent / ".2026-11.json.0123456789ab.tmp").write_text(CANARY)
    before = {id_: event for id_, event in store.events.items() if event["key"] in KEYS}
    done = purge(store, *KEYS)
    assert (done.events, done.elsewhere, done.unreadable) == (6, 0, ())
    assert canaries(desk.root) == []
    for seen in (store, desk.open()):
        assert seen.damaged == ()
        for id_, event in before.items():
            kept = {name: event.get(name) for name in ("id", "key", "t", "prev", "dev", "at", "op", "n", "cmd")}
            assert seen.events[id_] == {**kept, "v": None, "purged": True}
        assert seen.winners["note|b|9"]["v"] is not None
    assert purge(store, *KEYS).events == 0


def test_what_is_written_after_a_purge_stays_also_with_the_clock_standing_still(desk: Desk) -> None:
    store = months(desk)
    purge(store, *KEYS)
    put(store, KEYS[0], "new")
    put(desk.open("two"), "note|c", "x")
    for seen in (store, desk.open()):
        seen.refresh()
        value = seen.winners[KEYS[0]]["v"]
        assert value is not None and value["private"] == {"text": "new"}


def _record(root: Path) -> list[Call]:
    root.mkdir()
    with recording(root) as trace:
        store = months(Desk(root))
        trace.note("written")
        purge(store, *KEYS)
        trace.note("purged")
    return trace.calls


def _problem(root: Path, notes: set[str]) -> str | None:
    """Return what is wrong with the files in `root`, or None."""
    halves = []
    for path in (root / "data" / "devices").glob("*/2*.json"):
        events = read_shard(path).events
        flags = {"purged" in event for event in events if event["key"] in KEYS}
        halves.append(len(flags) > 1)
        if not events:
            return f"unreadable: {path.name}"
    if any(halves):
        return "half a file"
    store = Desk(root).open()
    if store.damaged:
        return f"damaged: {store.damaged}"
    if "purged" in notes and canaries(root):
        return f"acknowledged, and there: {canaries(root)}"
    ordered = any(key.startswith("purge|") for key in store.winners)
    shown = any(CANARY in str(event) for event in store.events.values())
    if ordered and shown:
        return "ordered, and still shown"
    put(store, "note|next", "x")
    if ordered and canaries(root):
        return f"not carried on: {canaries(root)}"
    return None if "note|b|10" in store.winners else "something else was lost"


def _verdicts(tmp_path: Path, calls: list[Call], states: States) -> Iterator[str | None]:
    with no_waiting_for_the_disk():
        for root, notes in left_behind(calls, states, tmp_path / "live", since="written"):
            yield _problem(root, notes)


@pytest.mark.parametrize("states", [Disk.after_kill, Disk.after_power_cut], ids=["kill", "power"])
def test_cut_short_at_any_point(tmp_path: Path, states: States) -> None:
    verdicts = list(_verdicts(tmp_path, _record(tmp_path / "live"), states))
    assert [each for each in verdicts if each] == []
    assert len(verdicts) >= 15


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_leaves_something_wrong(tmp_path: Path, mutant: Callable[[], Any]) -> None:
    with mutant():
        calls = _record(tmp_path / "live")
    assert any(_verdicts(tmp_path, calls, Disk.after_power_cut))


@pytest.mark.parametrize("name", ["replace", "fsync", "write"])
def test_a_disk_that_refuses_leaves_files_whole_and_the_next_change_carries_on(desk: Desk, name: str) -> None:
    number = 0
    while True:
        root = desk.root / f"{name}{number}"
        root.mkdir()
        store = months(Desk(root))
        left = [number]
        real = getattr(os, name)

        def refuse(*args: Any, left: list[int] = left, real: Any = real, **more: Any) -> Any:
            left[0] -= 1
            if left[0] == -1:
                raise OSError(28, "No space left on device")
            return real(*args, **more)

        refused = False
        with patch.object(os, name, refuse):
            try:
                purge(store, *KEYS)
            except StoreError as error:
                refused = True
                assert isinstance(error, WriteFailed)
        assert left[0] <= -1 or not refused
        assert _problem(root, set() if refused else {"purged"}) is None
        if left[0] >= 0:
            break
        number += 1
    assert number >= 3


def test_another_device_obeys_for_its_own_files_and_only_those(desk: Desk) -> None:
    one, two = months(desk), desk.open("two")
    put(two, KEYS[0])
    put(two, "note|b|2", "stays")
    one.refresh()
    done = purge(one, *KEYS)
    assert (done.events, done.elsewhere) == (7, 1)
    assert canaries(desk.root) == [str(shard(two))]
    two = desk.open("two")
    assert not any(CANARY in str(event) for event in two.events.values())
    assert canaries(desk.root) == [str(shard(two))], "reading changes nothing"
    put(two, "note|a", "anything")
    assert canaries(desk.root) == [str(shard(two))], "nor does writing, before somebody said yes"
    say_yes(two)
    put(two, "note|c", "anything")
    assert canaries(desk.root) == []
    assert two.winners["note|b|2"]["v"] is not None


def test_another_device_reaches_back_into_the_months_it_does_not_read(desk: Desk) -> None:
    two = desk.open("two")
    desk.now = desk.now.replace(month=7)
    put(two, KEYS[0])
    desk.now = desk.now.replace(month=11)
    purge(desk.open(), *KEYS)
    two = desk.open("two", since="2026-10")
    assert not two.complete
    say_yes(two)
    put(two, "note|c", "anything")
    assert canaries(desk.root) == []
    again = desk.open("two", since="2026-10")
    put(again, "note|d", "anything")
    assert not again.complete, "once obeyed, the old months are left alone"


def test_what_arrives_late_from_before_the_purge_goes_too(desk: Desk) -> None:
    store = months(desk)
    written = put(store, "note|other", "x")
    purge(store, *KEYS)
    late: Event = {**written, "key": KEYS[0], "id": "late", "t": 1, "v": {"text": CANARY}}
    with store.transaction() as transaction:
        assert transaction.add([late], cmd="import")[0] == 1
    assert store.events["late"]["v"] is None
    assert canaries(desk.root) == []


def test_conflict_copies_and_restored_files_bring_nothing_back(desk: Desk) -> None:
    store = months(desk)
    old = {path: path.read_bytes() for path in shard(store).parent.glob("2*.json")}
    exported = list(store.events.values())
    purge(store, *KEYS)
    for path, raw in old.items():
        path.with_name(path.name.replace(".json", ".sync-conflict-20261123-120000-ABCDEFG.json")).write_bytes(raw)
    for seen in (desk.open(), desk.open("two")):
        assert not any(CANARY in str(event) for event in seen.events.values())
    put(store, "note|next", "x")
    assert canaries(desk.root) == []
    with store.transaction() as transaction:
        assert transaction.add(exported, cmd="import") == (0, None)
    for path, raw in old.items():
        path.write_bytes(raw)
    again = desk.open(since="2026-11")
    put(again, "note|again", "x")
    assert not any(CANARY in str(event) for event in desk.open().events.values())


def test_a_file_that_cannot_be_read_is_named_and_left_alone(desk: Desk) -> None:
    store = months(desk)
    bad = shard(store, "2026-10.json")
    raw = bad.read_bytes()[:-2]
    bad.write_bytes(raw)
    store = desk.open()
    done = purge(store, *KEYS)
    assert done.unreadable == (bad,) and bad.read_bytes() == raw
    assert canaries(desk.root) == [str(bad)]


def test_orders_that_make_no_sense_are_left_alone(desk: Desk) -> None:
    store = desk.open()
    put(store, KEYS[0], "stays")
    for value in ({"keys": [KEYS[0]]}, {"keys": {KEYS[0]: "9"}}, {"keys": {KEYS[0]: True}}, {"keys": {KEYS[0]: -1}}):
        with store.transaction() as transaction:
            transaction.write([Draft("purge|x", value)], cmd="purge")
    assert desk.open().winners[KEYS[0]]["v"] is not None
