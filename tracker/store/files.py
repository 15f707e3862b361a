"""Files at the level of the operating system: written whole or not at all, and never through a link."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tracker.store.errors import StoreBusy, no_lock, reason_of, unsafe_path, write_failed
from tracker.store.limits import LITTLE, too_large

Signature = tuple[int, int, int]
"""Inode, size and time of change: equal signatures mean an unchanged file."""

POSIX = os.name == "posix"
_BINARY: int = getattr(os, "O_BINARY", 0)
_NOFOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
_NONBLOCK: int = getattr(os, "O_NONBLOCK", 0)
LOCK = ".lock"
ASIDE = ".damaged-"
"""What is in the name of a damaged file that was set aside."""
LONGEST_NAME = 255
"""Bytes of a file's or a folder's name; no system that Toward runs on has longer ones."""
_TEMP_ADDS = len("..0123456789ab.tmp")
_REPLACE_TRIES = 1 if POSIX else 20
_REPLACE_PAUSE = 0.05
_CANNOT_SYNC_FOLDERS = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS}
_CANNOT_LINK = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES}


class NotRegular(OSError):
    """The path holds a link, a folder or a device where a plain file was expected."""


class TooLarge(NotRegular):
    """The file is larger than any of ours; the reason says how large, and nothing of it was read."""


class Held(PermissionError):
    """Another program keeps the target open, so it could not be replaced; the old file is untouched."""


class NotConfirmed(OSError):
    """The file was replaced, but the disk did not confirm that the folder was saved."""


def signature(status: os.stat_result) -> Signature:
    """Return the signature of a file from its stat result."""
    return (status.st_ino if POSIX else 0, status.st_size, status.st_mtime_ns)


def signature_of(path: Path) -> Signature | None:
    """Return the signature of what lies at a path, None where nothing does or it may not be looked at."""
    try:
        return signature(path.lstat())
    except OSError:
        return None


def oddity(status: os.stat_result) -> str | None:
    """Return why this is no plain file, or None if it is one."""
    if stat.S_ISREG(status.st_mode):
        return None
    if stat.S_ISLNK(status.st_mode):
        return "is a symbolic link"
    return "is a folder" if stat.S_ISDIR(status.st_mode) else "is not a plain file"


def is_file(path: Path) -> bool:
    """Return whether a plain file lies at a path, and no link to one."""
    return path.is_file() and not path.is_symlink()


def is_folder(path: Path) -> bool:
    """Return whether a folder lies at a path, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def read_plain(path: Path, most: int = LITTLE) -> bytes:
    """Return the bytes of a plain file of at most `most` bytes.

    Raise TooLarge for a larger one, NotRegular for anything else, OSError if it cannot be read.
    """
    fd, length = open_plain(path, most)
    try:
        size, chunks = 0, list[bytes]()
        while size <= most and (chunk := os.read(fd, max(length + 1, 65_536))):
            chunks.append(chunk)
            size += len(chunk)
        if size > most:
            raise TooLarge(errno.EFBIG, too_large(size, most))
        return b"".join(chunks)
    finally:
        os.close(fd)


def read_line(path: Path) -> str | None:
    """Return what a small ASCII file of ours says, None where it cannot be read."""
    try:
        return read_plain(path).decode("ascii").strip()
    except (OSError, ValueError):
        return None


def open_plain(path: Path, most: int) -> tuple[int, int]:
    """Return a descriptor to read a plain file of at most `most` bytes, never through a link, and how many it has now.

    Raise TooLarge for a larger one, NotRegular for anything else, OSError if it cannot be opened.
    """
    try:
        fd = os.open(path, os.O_RDONLY | _NOFOLLOW | _NONBLOCK | _BINARY)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotRegular(errno.ELOOP, "is a symbolic link") from None
        raise
    try:
        status = os.fstat(fd)
        if odd := oddity(status):
            raise NotRegular(errno.EINVAL, odd)
        if status.st_size > most:
            raise TooLarge(errno.EFBIG, too_large(status.st_size, most))
    except BaseException:
        os.close(fd)
        raise
    return fd, status.st_size


def sum_of(raw: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal digits."""
    return sha256(raw).hexdigest()


def is_exposed(path: Path) -> bool:
    """Return whether anybody but the owner may list a folder or put something into it; False where there is none."""
    try:
        mode = path.stat().st_mode
        return POSIX and stat.S_ISDIR(mode) and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False


def make_folder(path: Path) -> None:
    """Create `path` and what is missing above it for this user only; raise OSError if that fails."""
    if path.is_dir():
        return
    if path.parent != path:
        make_folder(path.parent)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if path.is_dir():
            return
        raise
    if POSIX:
        path.chmod(0o700)
    with _open_folder(path.parent) as folder:
        _sync_folder(folder)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are safe on the disk; raise OSError."""
    with _open_folder(path) as folder:
        _sync_folder(folder)


def atomic_write(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace `path` by `data`, whole or not at all.

    Raises:
        NotConfirmed: the new file stands, but may not survive a power cut.
        OSError: the old file is untouched.
    """
    with _open_folder(path.parent) if durable else contextlib.nullcontext() as folder:
        temp = _write_temp(path, data, durable=durable)
        try:
            _replace(temp, path)
        except BaseException:
            discard(temp)
            raise
        if folder is not None:
            try:
                _sync_folder(folder)
            except OSError as error:
                raise NotConfirmed(error.errno, error.strerror) from error


def remove(path: Path) -> None:
    """Remove a file for good; raise OSError if that fails."""
    with _open_folder(path.parent) as folder:
        path.unlink(missing_ok=True)
        _sync_folder(folder)


def create_once(path: Path, data: bytes) -> bool:
    """Return whether this call made `path` with `data`; False if it was there, OSError if it cannot be made.

    Of many racing processes exactly one makes the file, and nobody ever sees a part of it.
    """
    with _open_folder(path.parent) as folder:
        temp = _write_temp(path, data, durable=True)
        try:
            _link(temp, path, data)
        except FileExistsError:
            return False
        finally:
            discard(temp)
        _sync_folder(folder)
    return True


def write_new(path: Path, data: bytes) -> None:
    """Make `path` with `data`, safe on the disk; raise FileExistsError if it is there, OSError if it cannot be made."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY, 0o600)
    try:
        _fill(fd, data, durable=True)
    except BaseException:
        discard(path)
        raise


def set_aside(path: Path) -> Path | None:
    """Rename what lies at a path and return its new place, None where nothing lies there; raise OSError."""
    aside = path.with_name(f"{path.name}{ASIDE}{os.urandom(4).hex()}")
    return path.rename(aside) if os.path.lexists(path) else None


def discard(path: Path) -> bool:
    """Remove a file, a link or a folder with all in it if the disk lets us, and return whether it is gone."""
    with contextlib.suppress(OSError):
        if is_folder(path):
            with os.scandir(path) as entries:
                inside = [Path(entry.path) for entry in entries]
            for each in inside:
                discard(each)
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    return not os.path.lexists(path)


def _link(temp: Path, path: Path, data: bytes) -> None:
    if not POSIX:
        temp.rename(path)
        return
    try:
        path.hardlink_to(temp)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        write_new(path, data)


def temp_beside(path: Path) -> Path:
    """Return a new name beside `path` for what is to take its place: hidden, and never longer than a name may be."""
    name = path.name
    if len(os.fsencode(name)) > LONGEST_NAME - _TEMP_ADDS:
        # The month and the ending stay, by which what a killed write left is known again.
        name = f"{name[:7]}-{sha256(os.fsencode(name)).hexdigest()[:16]}{path.suffix[:8]}"
    return path.with_name(f".{name}.{os.urandom(6).hex()}.tmp")


def _write_temp(path: Path, data: bytes, *, durable: bool) -> Path:
    temp = temp_beside(path)
    fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY, 0o600)
    try:
        _fill(fd, data, durable=durable)
    except BaseException:
        discard(temp)
        raise
    return temp


def _fill(fd: int, data: bytes, *, durable: bool) -> None:
    try:
        if POSIX:
            os.fchmod(fd, 0o600)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest) :]
        if durable:
            _sync(fd)
    finally:
        os.close(fd)


def _sync(fd: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        # Plain fsync on macOS leaves the bytes in the drive's own cache.
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
            return
    os.fsync(fd)


def _replace(temp: Path, path: Path) -> None:
    for remaining in reversed(range(_REPLACE_TRIES)):
        try:
            temp.replace(path)
        except PermissionError as error:
            if not remaining:
                raise Held(error.errno, error.strerror) from error
            time.sleep(_REPLACE_PAUSE)
        else:
            return


@contextlib.contextmanager
def _open_folder(path: Path) -> Iterator[int | None]:
    # Opened before anything is changed, so that running out of descriptors cannot strike after the rename.
    if not POSIX:
        yield None
        return
    fd = os.open(path, os.O_RDONLY)
    try:
        yield fd
    finally:
        with contextlib.suppress(OSError):
            os.close(fd)


def _sync_folder(fd: int | None) -> None:
    if fd is None:
        return
    try:
        _sync(fd)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC_FOLDERS:
            raise


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
    """Return why the disk gives no lock for `folder`, or an empty text; makes nothing and does not wait."""
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
        return reason_of(error) if found else ""
    finally:
        os.close(fd)
    return ""
