"""Where the files of a store lie when devices exchange them: names without harm in them, and plain folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from tracker.store.errors import StoreDamaged, unsafe_path
from tracker.store.files import atomic_write, make_folder, read_plain
from tracker.store.identity import DEVICES, LEFT_AT_HOME, MARKER
from tracker.store.shards import is_shard
from tracker.store.vault import IDENTITY

MOST_BYTES = 64_000_000
"""A file that is larger is none of ours: a month of ten entries an hour has five million bytes."""
UNREAD = b""
"""Stands for a file that is there and cannot be read now: it is not lacking, so nothing may take its place."""
_ALSO_THERE = frozenset({MARKER, IDENTITY, DEVICES, "lost+found", "System Volume Information"})


class Place(Protocol):
    """Files of a store by their names, such as `devices/<device>/2026-11.json`."""

    where: str

    def fetch(self) -> dict[str, bytes]:
        """Return the files that lie there now, UNREAD for one that cannot be read. Raise StoreError or OSError."""
        ...

    def is_foreign(self) -> bool:
        """Return whether something else than a store lies there."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Put a file there, whole or not at all. Raise StoreError or OSError."""
        ...

    def remove(self, name: str) -> None:
        """Take a file away there. Raise StoreError or OSError."""
        ...

    def send(self) -> bool:
        """Finish what was written; False where somebody else was quicker, and all is to be fetched anew."""
        ...


def carried(name: str) -> bool:
    """Return whether a file of this name is exchanged; no name that leads out of the folder is."""
    if name in (MARKER, IDENTITY):
        return True
    parts = name.split("/")
    if len(parts) != 3 or parts[0] != DEVICES or len(name) > 300 or not name.isprintable():
        return False
    folder, file = parts[1:]
    return not folder.startswith(".") and not set('\\:"') & set(name) and (is_shard(file) or file == "device.json")


class Folder:
    """A data folder, or a plain folder on a stick or a share that holds the same files."""

    def __init__(self, root: Path) -> None:
        self.root, self.where = root, str(root)

    def fetch(self) -> dict[str, bytes]:
        """Return what lies there now; a file that cannot be read is left for the next time."""
        if not self.root.is_dir():
            raise StoreDamaged(f"{self.root} is not there. Mount it or make it, then try again.")
        found: dict[str, bytes] = {}
        for name in self._names():
            path = self.root / name
            try:
                is_ours = path.stat(follow_symlinks=False).st_size <= MOST_BYTES
                found[name] = read_plain(path) if is_ours else UNREAD
            except FileNotFoundError:
                continue
            except OSError as error:
                if name in (MARKER, IDENTITY):
                    raise StoreDamaged(f"{path} cannot be read ({error.strerror}). Nothing was exchanged.") from None
                found[name] = UNREAD
        return found

    def _names(self) -> Iterable[str]:
        yield MARKER
        yield IDENTITY
        try:
            folders = [each for each in os.scandir(self.root / DEVICES) if each.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return
        for folder in folders:
            for entry in os.scandir(folder.path):
                name = f"{DEVICES}/{folder.name}/{entry.name}"
                if carried(name) and entry.is_file(follow_symlinks=False):
                    yield name

    def is_foreign(self) -> bool:
        """Return whether something else than a store lies in the folder."""
        names = {each.name for each in os.scandir(self.root) if not each.name.startswith(".")}
        return bool(names - _ALSO_THERE)

    def write(self, name: str, data: bytes) -> None:
        """Put a file into the folder, never through a link."""
        path = self.root / name
        make_folder(path.parent)
        for folder in (self.root / DEVICES, path.parent) if path.parent != self.root else ():
            if folder.is_symlink():
                raise unsafe_path(folder)
        atomic_write(path, data)

    def remove(self, name: str) -> None:
        """Take a file out of the folder, never through a link."""
        path = self.root / name
        if not (path.parent.is_symlink() or (self.root / DEVICES).is_symlink()):
            path.unlink(missing_ok=True)

    def send(self) -> bool:
        """Say that all is done: every write was."""
        return True


def helpers() -> dict[str, bytes]:
    """Return the files that tell git how to carry the others."""
    return {name: text.encode() for name, text in LEFT_AT_HOME.items() if name.startswith(".git")}
