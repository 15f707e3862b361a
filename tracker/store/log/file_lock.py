"""The lock that lets one process at a time write to a device's folder."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from tracker.store.errors import StoreBusy, no_lock, unsafe_path, write_failed

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
        raise no_lock(path, error) or write_failed(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def trouble_with(folder: Path) -> str:
    """Return why no lock of `folder` is to be had, or an empty text; nothing is made there, and nobody waits."""
    try:
        import fcntl
    except ImportError:
        return ""
    path = folder / LOCK
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        # One that was never made tells nothing; what else is wrong with it is told elsewhere.
        return ""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return ""
    except OSError as error:
        found = no_lock(path, error)
        return error.strerror or type(error).__name__ if found else ""
    finally:
        os.close(fd)
    return ""
