"""A bag: one zip file that holds several, of which whatever is sound can be read however the rest is damaged.

Nothing in it is compressed, so a damaged byte spoils one member at most, and any tool opens it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import struct
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import IO

from tracker.store.errors import StoreError, cannot_read
from tracker.store.files import TooLarge, open_plain, read_plain, sum_of, sync_folder, write_new
from tracker.store.limits import MOST_BYTES, MOST_LIST, MOST_PACKED, too_large

IS_MISSING = "is missing from the backup"
_HEAD = struct.Struct("<4s5H3I2H")
_SIGNATURE = b"PK\x03\x04"


class BackupFailed(StoreError):
    """A backup could not be made or did not hold what it should; it does not count, and no other was touched."""


class _Short:
    """A file of which no more is read at once than the list of a zip file may have, whatever it says of itself."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raise ValueError where more are asked for."""
        raw = self._file.read(MOST_LIST + 1 if size < 0 else size) if size <= MOST_LIST else b""
        if size > MOST_LIST or len(raw) > MOST_LIST:
            raise ValueError("the list is too long")
        return raw


class Bag:
    """A zip file: where each member lies. One whose list is damaged is gone through from member to member."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: str | None = None
        self._at: dict[str, tuple[int, int, int]] = {}
        """By name where the header of the member begins, how many bytes it has, and their CRC-32."""
        self._went_through = False
        try:
            self._list()
        except FileNotFoundError:
            pass
        except TooLarge as error:
            self.trouble = str(error.strerror)
        except OSError as error:
            self.trouble = cannot_read(error)

    def _list(self) -> None:
        from zipfile import BadZipFile, ZipFile

        try:
            with _open(self.path) as file, ZipFile(_Short(file)) as bag:
                self._at = {each.filename: (each.header_offset, each.file_size, each.CRC) for each in bag.infolist()}
            if self.whole_size() > self.path.lstat().st_size:
                # Packed, or several in one place: nothing in ours is either, and what it grows to has no end.
                self._at.clear()
                self.trouble = "holds more than it is long, so it is none of ours"
        except (BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, IndexError, EOFError):
            self.trouble = "is damaged"
            self._go_through()

    def _go_through(self) -> None:
        self._went_through = True
        raw = read_plain(self.path, MOST_PACKED)
        at = raw.find(_SIGNATURE)
        while 0 <= at <= len(raw) - _HEAD.size:
            *_, crc, size, _, letters, extra = _HEAD.unpack_from(raw, at)
            name = raw[at + _HEAD.size : at + _HEAD.size + letters].decode("utf-8", "replace")
            end = at + _HEAD.size + letters + extra + size
            if end <= len(raw):
                self._at.setdefault(name, (at, size, crc))
            at = raw.find(_SIGNATURE, end if end <= len(raw) else at + 1)

    def names(self) -> list[str]:
        """Return the names of all members."""
        return list(self._at)

    def holds(self, name: str) -> bool:
        """Return whether there is a member of this name."""
        return name in self._at

    def size(self, name: str) -> int:
        """Return how many bytes a member has."""
        return self._at[name][1]

    def whole_size(self) -> int:
        """Return how many bytes all members have."""
        return sum(size for _, size, _ in self._at.values())

    def read(self, name: str) -> bytes:
        """Return the bytes of a member as they are. Raise FileNotFoundError, or OSError."""
        if name not in self._at and not self._went_through and self._at:
            # Its name may be damaged in the list alone.
            self._go_through()
        if name not in self._at:
            raise FileNotFoundError(errno.ENOENT, IS_MISSING)
        at, size, _ = self._at[name]
        if size > MOST_BYTES:
            raise TooLarge(errno.EFBIG, too_large(size, MOST_BYTES))
        with _open(self.path) as file:
            file.seek(at)
            head = file.read(_HEAD.size)
            letters, extra = _HEAD.unpack(head)[-2:] if len(head) == _HEAD.size else (len(name.encode()), 0)
            file.seek(at + _HEAD.size + letters + extra)
            return file.read(size)

    def sound(self, name: str) -> bytes:
        """Return the bytes of a member. Raise OSError, or ValueError where they are not those that were written."""
        from zlib import crc32

        raw = self.read(name)
        if crc32(raw) != self._at[name][2]:
            raise ValueError(f"{name} is damaged")
        return raw


def write_bag(path: Path, members: Mapping[str, bytes]) -> None:
    """Replace a zip file, whole or not at all, once each member of the new one was read back and compared."""
    temp = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        write_new(temp, _zipped(members))
        if not _holds(temp, members):
            raise BackupFailed(f"The backup did not read back, so it does not count: {path.name}. Check the disk.")
        temp.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temp.unlink()
        raise
    sync_folder(path.parent)


def _zipped(members: Mapping[str, bytes]) -> bytes:
    from zipfile import ZipFile, ZipInfo

    file = BytesIO()
    with ZipFile(file, "w") as bag:
        for name, raw in members.items():
            info = ZipInfo(name)
            info.external_attr = 0o600 << 16
            bag.writestr(info, raw)
    return file.getvalue()


def _holds(path: Path, members: Mapping[str, bytes]) -> bool:
    """Return whether a file that was just written gives back every member, by its sum."""
    bag = Bag(path)
    same = bag.trouble is None and set(bag.names()) == members.keys()
    return same and all(sum_of(bag.read(name)) == sum_of(raw) for name, raw in members.items())


def _open(path: Path) -> IO[bytes]:
    """Open a plain file of at most MOST_PACKED bytes to read parts of it, never through a link; raise OSError."""
    return os.fdopen(open_plain(path, MOST_PACKED)[0], "rb")
