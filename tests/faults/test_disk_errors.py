"""The operating system says no at every place where it can: the old content stays, and the next write works."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.faults.folders import names, no_waiting_for_the_disk, open_store, put
from tracker.store import Store, StoreError, WriteFailed, files, storage

ERRORS = (errno.ENOSPC, errno.EIO, errno.EMFILE, errno.EROFS, errno.EACCES)
CALLS = ("open", "read", "write", "fsync", "close", "replace", "link", "unlink", "mkdir", "scandir", "fchmod", "fstat")


class Refusals:
    """Lets the operating system refuse call number `at`; counts the calls all the same."""

    def __init__(self, at: int, error: int) -> None:
        self.count = 0
        self._at = at
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
            if self.count != self._at:
                return real(*args, **more)
            if name == "close":
                real(*args, **more)
            raise OSError(self._error, os.strerror(self._error))

        return call


def _calls_of(root: Path, action: Any) -> int:
    counting = Refusals(0, 0)
    with counting.active():
        action(root)
    return counting.count


def _write(root: Path) -> None:
    put(open_store(root), "new", "new too")


def _refused_at_every_call(root: Path, before: set[str], error: int) -> None:
    """Refuse each call of a write in turn, each time in a fresh copy of the situation."""
    fresh = root / "fresh"
    fresh.mkdir(parents=True)
    if before:
        put(open_store(fresh), *before)
    total = _calls_of(_copy(fresh, root / "counted"), _write)
    assert total > 20
    refused = 0
    for at in range(1, total + 1):
        folder = _copy(fresh, root / str(at))
        refusals = Refusals(at, error)
        saved = False
        with refusals.active():
            try:
                _write(folder)
                saved = True
            except StoreError as problem:
                assert "\n" not in problem.message
                refused += 1
        store = open_store(folder)
        kept = names(store) - before
        assert names(store) >= before, f"call {at}"
        assert kept in ({"new", "new too"}, set()), f"call {at} left half an operation"
        assert kept or not saved, f"call {at} said saved and was not"
        put(store, "next")
        assert "next" in names(open_store(folder)), f"call {at}"
    assert refused > 10


def _copy(source: Path, target: Path) -> Path:
    return Path(shutil.copytree(source, target))


@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.__getitem__)
def test_a_refused_call_loses_nothing(tmp_path: Path, error: int) -> None:
    with no_waiting_for_the_disk():
        _refused_at_every_call(tmp_path, {"older", "older too"}, error)


def test_a_refused_call_on_the_first_start_leaves_a_folder_that_can_be_used(tmp_path: Path) -> None:
    with no_waiting_for_the_disk():
        _refused_at_every_call(tmp_path, set(), errno.ENOSPC)


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
