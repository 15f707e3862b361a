"""Several processes on one folder: nobody's entry is lost, and nobody waits for ever."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.faults.folders import names, open_store, put
from tests.faults.processes import line, rest, tell, writer
from tracker.store import Store, StoreBusy, WriteFailed, files, storage
from tracker.store import store as store_module


def test_three_writers_keep_all_their_entries(tmp_path: Path) -> None:
    with ExitStack() as stack:
        running = [stack.enter_context(writer(tmp_path, "loop", name, "60")) for name in ("a", "b", "c")]
        acknowledged = {name for process in running for name in rest(process)}
    store = open_store(tmp_path)
    assert len(acknowledged) == 180
    assert names(store) == acknowledged | {f"{name}-too" for name in acknowledged}
    numbers = sorted(n for n, _ in {(event["n"], event["op"]) for event in store.events.values()})
    assert numbers == list(range(1, 181))


def test_twenty_first_starts_at_once_agree_on_who_they_are(tmp_path: Path) -> None:
    with ExitStack() as stack:
        running = [stack.enter_context(writer(tmp_path, "first")) for _ in range(20)]
        assert [line(process) for process in running] == ["ready"] * 20
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


def _two_writers_at_once(first: Store, second: Store) -> set[str]:
    """Let the second writer in between the first one's reading and its writing; return what was acknowledged."""
    saved: set[str] = set()
    real = files.atomic_write

    def try_to_put(store: Store, name: str) -> None:
        with contextlib.suppress(StoreBusy, WriteFailed):
            put(store, name)
            saved.add(name)

    def interrupted(path: Path, data: bytes, *, durable: bool = True) -> None:
        with patch.object(storage, "atomic_write", real):
            try_to_put(second, "second")
        real(path, data, durable=durable)

    with patch.object(storage, "atomic_write", interrupted):
        try_to_put(first, "first")
    return saved


@contextlib.contextmanager
def _no_lock(_folder: Path, _timeout: float) -> Iterator[None]:
    yield


def test_with_the_lock_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    put(open_store(tmp_path), "older")
    saved = _two_writers_at_once(open_store(tmp_path), open_store(tmp_path, lock_timeout=0))
    assert saved == {"first"}
    assert names(open_store(tmp_path)) == {"older", "first"}


def test_without_the_lock_the_same_writers_lose_an_entry(tmp_path: Path) -> None:
    put(open_store(tmp_path), "older")
    with patch.object(store_module, "exclusive", _no_lock):
        saved = _two_writers_at_once(open_store(tmp_path), open_store(tmp_path))
    assert saved - names(open_store(tmp_path)) == {"second"}
