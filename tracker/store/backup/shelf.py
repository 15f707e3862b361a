"""The shape of a backup on the disk: one zip file, and two packs beside it for what many backups hold.

Any tool opens these files: nothing in them is compressed. `manifest.json` in a backup names each file with its SHA-256;
what is not in the backup itself lies in a pack, under that sum. Nothing else in this program knows this shape.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from tracker.store.backup.bag import IS_MISSING, Bag, write_bag
from tracker.store.backup.copies import ROOT_FILES, files_of, holds_entries
from tracker.store.backup.packs import Packs
from tracker.store.events import decode, encode
from tracker.store.files import read_plain, sum_of
from tracker.store.identity.identity import DEVICES, Marker, is_packed, read_marker
from tracker.store.limits import MOST_BYTES, MOST_FILES
from tracker.store.log.shards import Contents, Reader

MANIFEST = "manifest.json"
"""The member of a backup that names its files."""

_IS_ANOTHER = "is not what was backed up"


class Entry(NamedTuple):
    """A file of a backup: the SHA-256 of its bytes, how many there are, and when the live file was changed (ns).

    `changed` is 0 where the bytes are not those of the live file.
    """

    sha256: str
    size: int
    changed: int = 0


def copy_at(path: Path, packs: Packs | None = None) -> Copy:
    """Return the copy that lies at a path. Raise OSError where there is none that can be looked into."""
    return Packed(path, packs) if is_packed(path) else PlainCopy(path)


def read_copied(path: Path) -> bytes:
    """Return the bytes of a file that lies in a data folder, or in a backup that is one file; raise OSError."""
    folder = path.parent
    return Packed(folder).read(path.name) if is_packed(folder) else read_plain(path)


def marker_of(copy: Path) -> Marker:
    """Return what the store.json of a copy of a data folder says, whatever its shape; raise as `read_marker` does."""
    return read_marker(copy, read_copied)


IsKnown = Callable[[str, bytes, str], bool]
"""Tells of a sound file, by its name, its bytes and their SHA-256, whether what it holds has been looked at already."""


def nothing_known(_name: str, _raw: bytes, _digest: str) -> bool:
    """Return False: no file is known."""
    return False


def contents_in(copy: Copy, name: str, reader: Reader, known: IsKnown = nothing_known) -> Contents:
    """Return what a file of a copy holds, with its trouble where it is not what was backed up; never raises.

    Of one that is `known` it is nothing.
    """
    try:
        raw = copy.read(name)
    except OSError as error:
        if isinstance(copy, PlainCopy) and holds_entries(name):
            return reader.read(copy.path / name)
        return Contents({}, (), error.strerror or IS_MISSING)
    digest = sum_of(raw)
    if not holds_entries(name):
        contents = Contents({}, (), None if raw else "is empty")
    elif copy.trouble_of(name, digest) is None and known(name, raw, digest):
        return Contents({}, (), None)
    else:
        contents = reader.take(copy.path / name, raw, digest, keep=False)
    return contents if contents.trouble else contents._replace(trouble=copy.trouble_of(name, digest))


class PlainCopy:
    """A folder with the files of a data folder: a data folder, a copy on a stick, a backup of an older version."""

    trouble = None

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names = files_of(path)
        """The names of its files, relative to the folder, sorted."""

    def size(self, name: str) -> int:
        """Return how many bytes a file has."""
        return (self.path / name).lstat().st_size

    def mark(self, name: str) -> Hashable:
        """Return the inode of a file."""
        status = (self.path / name).stat()
        return status.st_dev, status.st_ino

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        return read_plain(self.path / name, MOST_BYTES)

    def trouble_of(self, name: str, digest: str) -> str | None:
        """Return None: a folder keeps no sums."""
        return None


class Packed:
    """A backup in one file; `packs` are those beside it, if they have been looked at already."""

    def __init__(self, path: Path, packs: Packs | None = None) -> None:
        self.path = path
        self._bag, self._packs = Bag(path), packs
        self.files, self.is_listed = self._listed()
        """Its files by name, and whether all of them can be told; otherwise they are those in the backup itself."""

    @cached_property
    def packs(self) -> Packs:
        """The packs beside it, looked at once something in them is asked for: its list alone needs none."""
        return self._packs or Packs(self.path.parent)

    @property
    def trouble(self) -> str | None:
        """Why the backup as a whole is not as it was written, or None."""
        if self._bag.trouble or not self.is_listed:
            return self._bag.trouble or "has no list of its files that can be read"
        if any(not self._bag.holds(name) for name in self.files) and self.packs.trouble:
            return f"needs {self.packs.trouble}"
        return None

    def _listed(self) -> tuple[dict[str, Entry], bool]:
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            said: Any = decode(self._bag.sound(MANIFEST))
            if len(said["files"]) > MOST_FILES:
                raise ValueError("more files than any store has")
            listed = {name: _entry(each) for name, each in sorted(said["files"].items()) if _is_ours(name)}
            return listed, True
        found: dict[str, Entry] = {}
        for name in islice(filter(_is_ours, self._bag.names()), MOST_FILES):
            with contextlib.suppress(OSError):
                raw = self._bag.read(name)
                found[name] = Entry(sum_of(raw), len(raw))
        return found, False

    @property
    def names(self) -> list[str]:
        """The names of its files, relative to the data folder, sorted."""
        return list(self.files)

    def size(self, name: str) -> int:
        """Return how many bytes are read for a file, whatever the list says."""
        entry = self.files[name]
        return self._bag.size(name) if self._bag.holds(name) else self.packs.size(entry.sha256, entry.size)

    def mark(self, name: str) -> Hashable:
        """Return in which file the bytes lie, and their sum."""
        return (self.path if self._bag.holds(name) else self.path.parent), self.files[name].sha256

    def read(self, name: str) -> bytes:
        """Return the bytes of a file: sound ones from wherever they lie, damaged ones where there are no others."""
        entry = self.files.get(name)
        if entry is None:
            raise FileNotFoundError(errno.ENOENT, IS_MISSING)
        try:
            raw = self._bag.read(name)
        except FileNotFoundError:
            return self.packs.read(entry.sha256)
        if sum_of(raw) != entry.sha256:
            with contextlib.suppress(FileNotFoundError):
                return self.packs.read(entry.sha256)
        return raw

    def trouble_of(self, name: str, digest: str) -> str | None:
        """Return why bytes of this SHA-256 are not those that were backed up, or None."""
        return None if digest == self.files[name].sha256 else _IS_ANOTHER

    def own(self) -> dict[str, bytes]:
        """Return the files that lie in the backup itself. Raise OSError."""
        return {name: self._bag.read(name) for name in self.files if self._bag.holds(name)}


Copy = PlainCopy | Packed
"""A copy of a data folder, whatever its shape."""


def _entry(said: Any) -> Entry:
    """Return what a manifest says of a file; raise ValueError, TypeError or KeyError for anything else."""
    digest, size, changed = said["sha256"], said["size"], said["changed"]
    if not (isinstance(digest, str) and type(size) is int and type(changed) is int):
        raise TypeError("not an entry")
    return Entry(digest, size, changed)


def write_backup(path: Path, files: Mapping[str, Entry], own: Mapping[str, bytes]) -> None:
    """Put a backup at a path, whole or not at all, once it was read back; what is not its `own` lies in the packs.

    Raise BackupFailed where the disk gives back something else, OSError where it refuses.
    """
    said = {"files": {name: entry._asdict() for name, entry in files.items()}}
    write_bag(path, {**own, MANIFEST: encode(said)})


def _is_ours(name: str) -> bool:
    """Return whether a file of this name may lie in a data folder: no name leads out of it."""
    parts = name.split("/")
    plain = all(part and not part.startswith(".") and not set("\\\0") & set(part) for part in parts)
    return name in ROOT_FILES or (plain and len(parts) == 3 and parts[0] == DEVICES)
