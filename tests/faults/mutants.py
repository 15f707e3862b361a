"""Ways to write a file that look right and are not; every oracle must tell them from the real one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tracker.store import files, storage

Mutant = Callable[[], Any]


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
