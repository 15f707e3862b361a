"""What can go wrong with the store, each as one plain sentence that names the way out."""

from __future__ import annotations

import errno
from pathlib import Path


class StoreError(Exception):
    """The base of everything the store raises on purpose; `message` is one line without private text."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StoreBusy(StoreError):
    """The write lock was not had in time; nothing was changed."""


class StoreDamaged(StoreError):
    """Something the store cannot do without is missing or unreadable; it was left as it is."""


class NotAStore(StoreError):
    """The folder holds other things and was never a store; nothing was put into it."""


class StoreFromTheFuture(StoreError):
    """A write was asked for in a folder that a newer version has written."""


class StoreLocked(StoreError):
    """The store is encrypted, and nothing that was given opens it."""


class TooLittleMemory(StoreError):
    """There is not the memory that stretching a passphrase takes; nothing was changed."""


class WriteFailed(StoreError):
    """The disk refused a write, or what was written did not read back."""


class UnsafePath(StoreError):
    """A symbolic link stands where the store keeps a file or folder of its own."""


_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}


def write_failed(folder: Path, error: OSError) -> WriteFailed:
    """Return the WriteFailed that tells why nothing could be saved in `folder`."""
    reason = (error.strerror or type(error).__name__).rstrip(".")
    if error.errno in _FULL:
        way_out = "Free some space and try again."
    elif error.errno in _FORBIDDEN:
        way_out = f"Check that you may write to {folder}."
    else:
        way_out = f"Try again; if it happens again, check the disk that holds {folder}."
    return WriteFailed(f"Nothing was saved: {reason}. {way_out}")


def unsafe_path(path: Path) -> UnsafePath:
    """Return the UnsafePath that names `path`."""
    return UnsafePath(f"{path} is a symbolic link, so nothing is read or written through it. Remove the link.")


def refuse_links(*paths: Path) -> None:
    """Raise UnsafePath for the first of `paths` that is a link; to be called before a folder is made below it."""
    for path in paths:
        if path.is_symlink():
            raise unsafe_path(path)
