"""Ways to keep a store that look right and are not; the tests must tell every one from the real one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tracker.store import files
from tracker.store import store as store_module
from tracker.store.log import salvage, shards, storage
from tracker.store.log.shard_set import ShardSet
from tracker.store.log.shards import TABLE, Contents
from tracker.store.transaction import Transaction

Mutant = Callable[[], AbstractContextManager[None]]


@contextmanager
def no_file_sync() -> Iterator[None]:
    """Rename a file whose bytes may still be in memory."""
    real = files._fill

    def fill(fd: int, data: bytes, *, durable: bool) -> None:
        real(fd, data, durable=False)

    with patch.object(files, "_fill", fill):
        yield


@contextmanager
def no_folder_sync() -> Iterator[None]:
    """Say "saved" while the rename may still be in memory."""
    with patch.object(files, "_sync_folder", lambda _fd: None):
        yield


@contextmanager
def in_place() -> Iterator[None]:
    """Write over the live file, as TinyDB's own storage does."""

    def write(path: Path, data: bytes, *, durable: bool = True) -> None:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(fd, data)
        os.fsync(fd)
        os.close(fd)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    with patch.object(storage, "atomic_write", write):
        yield


@contextmanager
def synced_too_late() -> Iterator[None]:
    """Rename first and sync the file afterwards."""

    def write(path: Path, data: bytes, *, durable: bool = True) -> None:
        temp = path.with_name(f".{path.name}.0123456789ab.tmp")
        fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(fd, data)
        temp.replace(path)
        os.fsync(fd)
        os.close(fd)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    with patch.object(storage, "atomic_write", write):
        yield


MUTANTS: dict[str, Mutant] = {
    "no file sync": no_file_sync,
    "no folder sync": no_folder_sync,
    "in place": in_place,
    "synced too late": synced_too_late,
}
"""Mutants that only a crash brings to light."""


@contextmanager
def no_lock() -> Iterator[None]:
    """Let everybody write at the same time."""

    @contextmanager
    def free(_folder: Path, _timeout: float) -> Iterator[None]:
        yield

    with patch.object(store_module, "exclusive", free):
        yield


@contextmanager
def no_read_back() -> Iterator[None]:
    """Believe the disk."""
    with patch.object(Transaction, "_read_back", lambda *_: None):
        yield


@contextmanager
def shrink_guard_off() -> Iterator[None]:
    """Replace a file by whatever one has, even by less than it holds."""
    with patch.object(storage, "_holds", lambda *_: True):
        yield


@contextmanager
def empty_is_nothing() -> Iterator[None]:
    """Take a file of no bytes for one that holds nothing yet, as TinyDB does."""
    real = shards.parse

    def parse(raw: bytes) -> Contents:
        return real(raw) if raw else Contents({TABLE: {}}, (), None)

    with patch.object(shards, "parse", parse):
        yield


@contextmanager
def damage_is_dropped() -> Iterator[None]:
    """Go on in a damaged file with what could be understood of it."""
    real = shards.parse

    def parse(raw: bytes) -> Contents:
        found = real(raw)
        numbered = {str(number): event for number, event in enumerate(found.events, start=1)}
        return Contents({TABLE: numbered}, found.events, None)

    with patch.object(shards, "parse", parse), shrink_guard_off():
        yield


@contextmanager
def nothing_is_salvaged() -> Iterator[None]:
    """Take a file that is no sound JSON for one in which nothing can be read."""
    with patch.object(salvage, "_EVENT", re.compile(r"(?!)")):
        yield


@contextmanager
def ended_by_the_first_wound() -> Iterator[None]:
    """Read a damaged file up to where it is damaged, and no further."""
    real = salvage._Search._search

    def search(self: Any, at: int) -> int:
        whole, self._text = self._text, self._text[: self._text.find("#")]
        try:
            return real(self, at)
        finally:
            self._text = whole

    with patch.object(salvage._Search, "_search", search):
        yield


@contextmanager
def all_is_said_to_be_read() -> Iterator[None]:
    """Say that a damaged file gave back all it held, whatever it gave."""
    with patch.object(salvage.Salvage, "is_whole", property(lambda _self: True)):
        yield


@contextmanager
def no_look_under_the_lock() -> Iterator[None]:
    """Write on top of what was there when the store was opened."""
    with patch.object(ShardSet, "refresh", lambda _self: False):
        yield


@contextmanager
def vanished_is_forgotten() -> Iterator[None]:
    """Let what an own file has lost go, though it is still in memory."""
    with patch.object(Transaction, "write_back", lambda *_, **__: 0):
        yield


@contextmanager
def links_are_followed() -> Iterator[None]:
    """Read and write through whatever somebody planted."""
    with patch.object(files, "_NOFOLLOW", 0), patch.object(shards, "oddity", lambda _status: None):
        yield


@contextmanager
def open_to_all() -> Iterator[None]:
    """Leave the modes of files to the umask."""
    real = os.open

    def lax(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        return real(path, flags, 0o666 if flags & os.O_CREAT else mode, **more)

    with patch.object(os, "open", lax), patch.object(os, "fchmod", lambda _fd, _mode: None):
        yield
