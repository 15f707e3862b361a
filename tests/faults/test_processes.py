"""Several processes on one folder: nobody's entry is lost, and nobody waits for ever."""

from __future__ import annotations

import contextlib
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.faults.folders import names, open_store, put
from tests.faults.mutants import no_lock, shrink_guard_off
from tests.faults.processes import line, rest, tell, writer
from tests.faults.scale import SCALE
from tests.faults.totals import record
from tracker.store.crypto import vault
from tracker.store.errors import StoreBusy, WriteFailed
from tracker.store.log import storage
from tracker.store.store import Store

FIRST = 20 if SCALE > 1 else 8
EACH = 200 if SCALE > 1 else 40
THREE = ("a", "b", "c")


def test_three_writers_keep_all_their_entries(tmp_path: Path) -> None:
    with ExitStack() as stack:
        running = [stack.enter_context(writer(tmp_path, "loop", name, str(EACH))) for name in THREE]
        acknowledged = {name for process in running for name in rest(process)}
    record("process writes", len(acknowledged))
    store = open_store(tmp_path)
    assert len(acknowledged) == 3 * EACH
    assert names(store) == acknowledged | {f"{name}-too" for name in acknowledged}
    numbers = sorted(n for n, _ in {(event["n"], event["op"]) for event in store.events.values()})
    assert numbers == list(range(1, 3 * EACH + 1))


def test_three_writers_without_lock_and_guard_lose_entries(tmp_path: Path) -> None:
    record("mutants")
    put(open_store(tmp_path), "older")
    with ExitStack() as stack:
        running = [stack.enter_context(writer(tmp_path, "wild", name)) for name in THREE]
        assert [line(process) for process in running] == ["read"] * len(THREE)
        for process, name in zip(running, THREE, strict=True):
            tell(process, "go")
            assert rest(process) == [name]
    assert names(open_store(tmp_path)) == {"older", "c", "c-too"}
    record("caught")


def test_first_starts_at_once_agree_on_who_they_are(tmp_path: Path) -> None:
    with ExitStack() as stack:
        running = [stack.enter_context(writer(tmp_path, "first")) for _ in range(FIRST)]
        assert [line(process) for process in running] == ["ready"] * FIRST
        for process in running:
            tell(process, "go")
        ids = {line(process) for process in running}
    assert len(ids) == 1
    assert "" not in ids


def test_a_writer_that_cannot_get_in_says_so_and_gets_in_when_the_holder_dies(tmp_path: Path) -> None:
    waiting = open_store(tmp_path, lock_timeout=0.05)
    with writer(tmp_path, "hold") as holder:
        assert line(holder) == "held"
        with pytest.raises(StoreBusy) as caught:
            put(waiting, "too early")
        assert caught.value.message == (
            "Another Toward is writing to this folder and did not finish within 0.05 s. Try again in a moment."
        )
        holder.kill()
        holder.wait()
        put(waiting, "after all")
    assert names(open_store(tmp_path)) == {"after all"}


def test_reading_never_waits_for_a_writer(tmp_path: Path) -> None:
    put(open_store(tmp_path), "there")
    with writer(tmp_path, "hold") as holder:
        assert line(holder) == "held"
        assert names(open_store(tmp_path, lock_timeout=0)) == {"there"}


def _two_writers_at_once(first: Store, second: Store, *, within: str = "atomic_write") -> set[str]:
    """Let the second writer in between the first one's reading and its writing; return what was acknowledged."""
    saved: set[str] = set()
    place = vault if within == "encode" else storage
    real = getattr(place, within)

    def try_to_put(store: Store, name: str) -> None:
        with contextlib.suppress(StoreBusy, WriteFailed):
            put(store, name)
            saved.add(name)

    def interrupted(*args: Any) -> Any:
        with patch.object(place, within, real):
            try_to_put(second, "second")
        return real(*args)

    with patch.object(place, within, interrupted):
        try_to_put(first, "first")
    return saved


def test_with_the_lock_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    put(open_store(tmp_path), "older")
    saved = _two_writers_at_once(open_store(tmp_path), open_store(tmp_path, lock_timeout=0))
    assert saved == {"first"}
    assert names(open_store(tmp_path)) == {"older", "first"}


def test_without_the_lock_the_same_writers_are_told_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """A lock file that somebody deleted lets two writers in; the one that would destroy something says so."""
    put(open_store(tmp_path), "older")
    with no_lock():
        saved = _two_writers_at_once(open_store(tmp_path), open_store(tmp_path), within="encode")
    assert saved == {"second"}
    assert names(open_store(tmp_path)) == {"older", "second"}


@pytest.mark.parametrize("within", ["encode", "atomic_write"])
def test_without_lock_and_guard_the_same_writers_lose_an_entry(tmp_path: Path, within: str) -> None:
    record("mutants")
    put(open_store(tmp_path), "older")
    with no_lock(), shrink_guard_off():
        saved = _two_writers_at_once(open_store(tmp_path), open_store(tmp_path), within=within)
    assert saved - names(open_store(tmp_path)) == {"second"}
    record("caught")
