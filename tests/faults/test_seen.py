"""How much each file held is remembered without a flush: whatever is left of that, nothing is lost or told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faults.folders import names, no_waiting_for_the_disk, open_store, put
from tracker.store.events import Event
from tracker.store.identity.memory import SEEN, Seen, compare, read_seen
from tracker.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store with an entry of another device and two of its own."""
    with no_waiting_for_the_disk():
        put(open_store(tmp_path, device="two"), "of another")
        store = open_store(tmp_path)
        put(store, "older")
        put(store, "newer")
    return store


def _is_whole(root: Path) -> bool:
    store = open_store(root)
    return names(store) >= {"of another", "older", "newer"} and not store.damaged


def test_cut_at_any_byte_it_is_forgotten_and_nothing_else(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "one" / SEEN
    raw = path.read_bytes()
    with no_waiting_for_the_disk():
        for end in range(len(raw)):
            path.write_bytes(raw[:end])
            assert _is_whole(tmp_path), end
        path.unlink()
        assert put(open_store(tmp_path), "newest")[0]["n"] == 3


@pytest.mark.parametrize(
    "said",
    [
        [],
        {"files": 7, "n": -1},
        {"files": {"a": [0, "x"], "b": [-1, "x"], "c": [True, "x"], "d": [1], "e": "x", "": [1, 2]}, "n": True},
        {"files": {"../../x": [1, 5]}, "n": "9"},
    ],
)
def test_what_it_cannot_say_counts_for_nothing(tmp_path: Path, store: Store, said: object) -> None:
    (tmp_path / "one" / SEEN).write_text(json.dumps(said))
    with no_waiting_for_the_disk():
        assert _is_whole(tmp_path)
        assert put(open_store(tmp_path), "newest")[0]["n"] == 3


def test_an_old_one_raises_no_alarm(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "one" / SEEN
    before = path.read_bytes()
    with no_waiting_for_the_disk():
        put(open_store(tmp_path), "newest")
        path.write_bytes(before)
        assert _is_whole(tmp_path)
    assert read_seen(tmp_path / "one").n == 3


def test_entries_that_move_between_files_of_a_device_are_not_gone() -> None:
    seen = Seen({"a/2026-11.json": (2, "two")})
    events: list[Event] = [{"id": "one"}, {"id": "two"}, {"id": "three"}]
    assert compare(seen, {"a/2026-11.json": events}, lambda _: False)[1] == {}
    moved = {"a/2026-11.json": events[1:2], "a/2026-11.r1.json": events[:1]}
    assert compare(seen, moved, lambda _: False)[1] == {}
    assert compare(seen, {"a/2026-11.json": events[1:2]}, lambda _: False)[1] == {"a/2026-11.json": 1}
    assert compare(seen, {"a/2026-11.json.age": events}, lambda _: False)[1] == {}, "sealed meanwhile"
    assert compare(seen, {"a/2026-11.json": None}, lambda _: False)[1] == {}, "unread is not gone"
    assert compare(seen, {}, lambda id_: id_ == "two")[1] == {}, "it lies elsewhere"
    files, gone = compare(seen, {}, lambda _: False)
    assert gone == {"a/2026-11.json": 2} and files == seen.files, "it is told until it is there again"
