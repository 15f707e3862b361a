"""What can go wrong with the store, each as one plain sentence that names the way out."""

from __future__ import annotations

import errno
import os
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


class StoreBarred(StoreDamaged):
    """The system does not let this account read something; it may well be sound."""


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
_OF_WRITING = _FULL | {errno.EROFS}
"""What only a write meets, so that something was to be saved even where a store is being opened."""
_FORBIDDEN = {errno.EACCES, errno.EPERM}
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}


def write_failed(folder: Path, error: OSError) -> WriteFailed:
    """Return the WriteFailed for an error in `folder`, or in the folder that the error names."""
    if isinstance(error, (FileExistsError, NotADirectoryError)) and error.filename:
        return WriteFailed(f"Nothing was saved: {error.filename} is not a folder. Move it away, then try again.")
    is_barred = error.filename and error.errno in _FORBIDDEN
    barred = _barred(Path(os.fsdecode(error.filename))) if is_barred else ""
    return WriteFailed(f"Nothing was saved: {reason_of(error)}. {barred or _way_out(_where(folder, error), error)}")


def may_not(path: Path, error: OSError | None = None) -> StoreBarred | None:
    """Return the StoreBarred where the system does not let this account read `path`, None for another error."""
    if error is not None and error.errno not in _FORBIDDEN:
        return None
    from tracker.store.barred import say_barred

    return StoreBarred(say_barred(path))


def open_failed(data: Path, error: OSError) -> StoreError:
    """Return the error for a store that cannot be opened: StoreBarred, StoreDamaged, or WriteFailed for a disk."""
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return StoreDamaged(f"{error.filename} is not a folder. Move it away, then try again.")
    if error.errno in _OF_WRITING:
        return write_failed(data, error)
    where = _where(data, error)
    path = Path(os.fsdecode(error.filename)) if error.filename else data
    if error.errno in _FORBIDDEN and (barred := _barred(path) or _barred(where)):
        return StoreBarred(barred)
    return WriteFailed(f"{where} cannot be used: {reason_of(error)}. {_way_out(where, error)}")


def no_lock(path: Path, error: OSError) -> WriteFailed | None:
    """Return the WriteFailed for a disk that knows no locks, None where it was refused for another reason."""
    if error.errno not in _NO_LOCKS:
        return None
    return WriteFailed(
        f"Nothing was saved: the disk that holds {path.parent} gives no lock ({reason_of(error)}), so two programs "
        "could write at once. Keep the data on a disk of this computer; toward sync carries it to a share."
    )


def reason_of(error: OSError) -> str:
    """Return what the system says of an error, without a full stop."""
    return (error.strerror or type(error).__name__).rstrip(".")


def cannot_read(error: OSError) -> str:
    """Return what is the matter with a file that the system does not read, to stand behind its name."""
    return f"cannot be read ({reason_of(error)})"


def _where(folder: Path, error: OSError) -> Path:
    """Return the folder that an error is about: the one of the file it names, else `folder`."""
    return Path(os.fsdecode(error.filename)).parent if error.filename else folder


def _barred(path: Path, *, write: bool = False) -> str:
    """Return what on the way to a path this account may not use, and what opens it; an empty text where it may."""
    from tracker.store.barred import barrier, say_barred

    return say_barred(path, write=write) if barrier(path, write=write) else ""


def _way_out(folder: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return "Free some space and try again."
    if error.errno == errno.EROFS:
        return f"The disk that holds {folder} can only be read. Make it writable, or keep the data elsewhere."
    if error.errno in _FORBIDDEN:
        return _barred(folder, write=True) or f"Check that you may write to {folder}."
    if error.errno == errno.ENAMETOOLONG:
        return "Its path is too long for this system. Keep the data in a folder with a shorter path."
    return f"Try again; if it happens again, check the disk that holds {folder}."


def unsafe_path(path: Path) -> UnsafePath:
    """Return the UnsafePath that names `path`."""
    return UnsafePath(f"{path} is a symbolic link, so nothing is read or written through it. Remove the link.")


def refuse_links(*paths: Path) -> None:
    """Raise UnsafePath for the first of `paths` that is a link; to be called before a folder is made below it."""
    for path in paths:
        if path.is_symlink():
            raise unsafe_path(path)
