"""The operating system says no at every place where it can: the old content stays, and the next write works."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.faults.folders import NOVEMBER, Desk, names, no_waiting_for_the_disk, open_store, operations, put
from tests.faults.histories import Fold, fold
from tests.faults.scale import SCALE
from tests.faults.totals import record
from tests.unit.store_kit import foreign
from tracker.domain.clock import FixedClock
from tracker.ledger.errors import TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.logging import quick_log
from tracker.store import files
from tracker.store.errors import StoreError, WriteFailed
from tracker.store.events import Draft
from tracker.store.log import storage
from tracker.store.store import Store

ERRORS = (errno.ENOSPC, errno.EIO, errno.EMFILE, errno.EROFS, errno.EACCES)
CALLS = ("open", "read", "write", "fsync", "close", "replace", "link", "unlink", "mkdir", "scandir", "fchmod", "fstat")


class Refusals:
    """Lets the operating system refuse call number `at`; counts the calls all the same."""

    def __init__(self, at: int, error: int) -> None:
        self.count = 0
        self.at = at
        self._error = error

    @contextmanager
    def active(self) -> Iterator[None]:
        """Stand between us and the operating system."""
        with ExitStack() as stack:
            for name in CALLS:
                stack.enter_context(patch.object(os, name, self._double(name)))
            yield

    def _double(self, name: str) -> Any:
        real = getattr(os, name)

        def call(*args: Any, **more: Any) -> Any:
            self.count += 1
            if self.count != self.at:
                return real(*args, **more)
            if name == "close":
                real(*args, **more)
            raise OSError(self._error, os.strerror(self._error))

        return call


def _toward(root: Path) -> Workspace:
    return Workspace.at(root / "data", root / "state", FixedClock(NOVEMBER), lock_timeout=1)


def _lived_in(root: Path) -> None:
    """Fill a store with what every kind of operation needs."""
    desk = Desk(root)
    desk.now -= timedelta(days=40)
    put(desk.open(), "sealed")
    desk.now += timedelta(days=40)
    put(desk.open(), "older", "older too")
    put(desk.open("two"), "of another")
    put(desk.open(), "undone")
    lifecycle.add_all(_toward(root), ["s4.reachable"])


def _write(root: Path) -> None:
    put(Desk(root).open(), "new", "new too")


def _undo(root: Path) -> None:
    store = Desk(root).open()
    with store.transaction() as transaction:
        done = next(each for each in operations(store) if each[0]["key"] == "note|undone")
        transaction.write([Draft("note|undone", None, as_="")], cmd="undo", undoes=done[0]["op"])


def _import(root: Path) -> None:
    store = Desk(root).open()
    with store.transaction() as transaction:
        transaction.add([foreign(), foreign(id="second", key="note|second")], cmd="import")


def _purge(root: Path) -> None:
    store = Desk(root).open()
    with store.transaction() as transaction:
        transaction.purge(["note|sealed", "note|older"], cmd="purge")


def _command(root: Path) -> None:
    """Do what a whole command does, and keep the summary."""
    quick_log.reply(_toward(root))


KINDS: dict[str, Callable[[Path], None]] = {
    "write": _write,
    "undo": _undo,
    "import": _import,
    "purge": _purge,
    "first write": _write,
    "command with summary": _command,
}
EVERY = 1 if SCALE > 1 else 7


@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.__getitem__)
@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_call_loses_nothing(tmp_path: Path, kind: str, error: int) -> None:
    """Refuse each call of an operation in turn, each time in a fresh copy of the situation."""
    with no_waiting_for_the_disk():
        fresh, act = tmp_path / "fresh", KINDS[kind]
        fresh.mkdir()
        if kind != "first write":
            _lived_in(fresh)
        before = fold(Desk(_copy(fresh, tmp_path / "before")).open())
        counting = Refusals(0, 0)
        counted = _copy(fresh, tmp_path / "counted")
        with counting.active():
            act(counted)
        after = fold(Desk(counted).open())
        assert counting.count > 20 and after != before
        for at in range(1 + ERRORS.index(error), counting.count + 1, EVERY):
            _refused_once(_copy(fresh, tmp_path / str(at)), act, Refusals(at, error), before, after)
            shutil.rmtree(tmp_path / str(at))


def _refused_once(folder: Path, act: Callable[[Path], None], refusals: Refusals, before: Fold, after: Fold) -> None:
    """Do something while one call is refused, and look at what is there afterwards."""
    where = f"call {refusals.at}"
    saved = False
    with refusals.active():
        try:
            act(folder)
            saved = True
        except (StoreError, TowardError) as problem:
            assert "\n" not in problem.message and problem.message.endswith("."), where
    record("errors")
    store = Desk(folder).open()
    found = fold(store)
    assert store.damaged == (), where
    assert found in (before, after), f"{where} left something half"
    assert not saved or found == after, f"{where} said saved and was not"
    put(store, "next")
    again = Desk(folder).open()
    assert fold(again) == found | {"note|next": {"text": "next"}}, where
    if found == after and act is _purge:
        assert not [
            path for path in again.data.glob(f"devices/{again.device}/2*.json") if b':"sealed"' in path.read_bytes()
        ]


def _copy(source: Path, target: Path) -> Path:
    return Path(shutil.copytree(source, target, copy_function=shutil.copy2))


@pytest.mark.parametrize("most", [1, 7, 100])
def test_short_writes_lose_nothing(tmp_path: Path, most: int) -> None:
    real = os.write
    _lived_in(tmp_path)
    with no_waiting_for_the_disk(), patch.object(os, "write", lambda fd, data: real(fd, data[:most])):
        for act in (_write, _undo, _import, _purge, _command):
            act(tmp_path)
            record("errors")
    assert Desk(tmp_path).open().damaged == ()
    assert {"new", "new too", "second"} <= names(Desk(tmp_path).open())


def test_a_full_disk_is_named_and_nothing_changes(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    before = _contents(store)

    def full(_fd: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with patch.object(os, "write", full), pytest.raises(WriteFailed) as caught:
        put(store, "private words")
    assert caught.value.message == "Nothing was saved: No space left on device. Free some space and try again."
    assert _contents(store) == before
    assert names(store) == {"older"}
    put(store, "next")
    assert names(open_store(tmp_path)) == {"older", "next"}


def test_an_unconfirmed_write_does_not_claim_that_nothing_was_saved(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")

    def refuse(_fd: int | None) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with patch.object(files, "_sync_folder", refuse), pytest.raises(WriteFailed) as caught:
        put(store, "perhaps")
    assert "did not confirm" in caught.value.message
    assert names(store) == names(open_store(tmp_path)) == {"older", "perhaps"}


def test_a_write_that_does_not_read_back_is_not_called_saved(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    with patch.object(storage, "atomic_write", lambda _path, _data: None), pytest.raises(WriteFailed) as caught:
        put(store, "dropped")
    assert "did not read back" in caught.value.message


def test_a_file_that_another_program_holds_is_left_and_the_next_one_is_used(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    real = os.replace
    pauses: list[float] = []

    def held(source: Any, target: Any) -> None:
        if str(target).endswith("2026-11.json"):
            raise PermissionError(errno.EACCES, "held")
        real(source, target)

    with (
        patch.object(files, "_REPLACE_TRIES", 20),
        patch.object(time, "sleep", pauses.append),
        patch.object(os, "replace", held),
    ):
        put(store, "beside")
    assert sum(pauses) == pytest.approx(0.95)
    assert names(open_store(tmp_path)) == {"older", "beside"}
    assert [path.name for path in sorted(store.data.glob("devices/*/2026*"))] == ["2026-11.json", "2026-11.r1.json"]


def test_a_folder_whose_files_are_all_held_is_given_up_after_the_second(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    tried: list[str] = []

    def held(_source: Any, target: Any) -> None:
        tried.append(Path(target).name)
        raise PermissionError(errno.EACCES, "held")

    with patch.object(os, "replace", held), pytest.raises(WriteFailed, match="Nothing was saved"):
        put(store, "refused")
    assert tried == ["2026-11.json", "2026-11.r1.json"]
    assert names(open_store(tmp_path)) == {"older"}


def test_nothing_is_left_behind_by_a_refused_write(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")

    def refuse(_source: Any, _target: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with patch.object(os, "replace", refuse), pytest.raises(WriteFailed):
        put(store, "refused")
    assert list(tmp_path.rglob("*.tmp")) == []


def _contents(store: Store) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in store.data.rglob("*") if path.is_file()}
