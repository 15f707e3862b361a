"""The lock that lets one process at a time write to a device's folder."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from tracker.store.errors import StoreBusy, unsafe_path, write_failed

LOCK = ".lock"


@contextlib.contextmanager
def exclusive(folder: Path, timeout: float) -> Iterator[None]:
    """Hold the lock of `folder`; raise StoreBusy after `timeout` seconds, UnsafePath if it is a link."""
    # Imported here because reading never needs a lock and the import costs more than a write.
    from filelock import FileLock, Timeout

    path = folder / LOCK
    try:
        if path.is_symlink():
            raise unsafe_path(path)
        lock = FileLock(path, timeout=timeout, mode=0o600, poll_interval=0.005, fallback_to_soft=False)
        lock.acquire()
    except Timeout:
        raise StoreBusy(
            f"Another Toward is writing to this folder and did not finish within {timeout:g} s. Try again in a moment."
        ) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise unsafe_path(path) from None
        raise write_failed(folder, error) from error
    try:
        yield
    finally:
        lock.release()
