"""Where the files of a store lie when devices exchange them: names without harm in them, and plain folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tracker.store.crypto.vault import IDENTITY
from tracker.store.errors import StoreDamaged, refuse_links
from tracker.store.files import LONGEST_NAME, NotRegular, atomic_write, make_folder, read_plain
from tracker.store.identity.identity import DEVICES, MARKER, SYNC_IGNORES
from tracker.store.limits import LITTLE, MOST_BYTES, MOST_FILES, MOST_FOLDERS, MOST_TOGETHER, say_bytes
from tracker.store.log.shards import folders_in, is_shard

UNREAD = b""
"""Stands for a file that is there and cannot be read now: it is not lacking, so nothing may take its place."""
_ALSO_THERE = frozenset({MARKER, IDENTITY, DEVICES, "lost+found", "System Volume Information"})


def carried(name: str) -> bool:
    """Return whether a file of this name is exchanged; no name that leads out of the folder is."""
    if name in (MARKER, IDENTITY):
        return True
    parts = name.split("/")
    if len(parts) != 3 or parts[0] != DEVICES or not name.isprintable():
        return False
    folder, file = parts[1:]
    if max(len(os.fsencode(part)) for part in parts[1:]) > LONGEST_NAME:
        return False
    return not folder.startswith(".") and not set('\\:"') & set(name) and (is_shard(file) or file == "device.json")


class Folder:
    """A data folder, or a plain folder on a stick or a share that holds the same files."""

    def __init__(self, root: Path) -> None:
        self.root, self.where = root, str(root)
        self.left: dict[str, str] = {}
        """Why each file that is UNREAD was left, where more is known than that it cannot be read now; by its name."""

    def fetch(self) -> dict[str, bytes]:
        """Return what lies there now; a file that cannot be read is left for the next time.

        Raise UnsafePath for a link in place of the folder of devices, StoreDamaged for more than any store holds.
        """
        if not self.root.is_dir():
            raise StoreDamaged(f"{self.root} is not there. Mount it or make it, then try again.")
        refuse_links(self.root / DEVICES)
        self.left.clear()
        found: dict[str, bytes] = {}
        together = 0
        for name in self._names():
            path = self.root / name
            try:
                found[name] = read_plain(path, LITTLE if is_little(name) else MOST_BYTES)
            except FileNotFoundError:
                continue
            except OSError as error:
                if name in (MARKER, IDENTITY):
                    reason = error.strerror if isinstance(error, NotRegular) else f"cannot be read ({error.strerror})"
                    raise StoreDamaged(f"{path} {reason}. Nothing was exchanged.") from None
                found[name] = UNREAD
                if isinstance(error, NotRegular):
                    self.left[name] = str(error.strerror)
            together += len(found[name])
            if together > MOST_TOGETHER or len(found) > MOST_FILES:
                raise too_much(self.where)
        return found

    def _names(self) -> Iterable[str]:
        yield MARKER
        yield IDENTITY
        try:
            folders = folders_in(self.root / DEVICES)
        except FileNotFoundError:
            return
        if len(folders) > MOST_FOLDERS:
            raise too_much(self.where)
        for folder in folders:
            if folder.is_symlink():
                self.left[f"{DEVICES}/{folder.name}"] = "is a symbolic link"
            if not folder.is_dir(follow_symlinks=False):
                continue
            with os.scandir(folder.path) as entries:
                for entry in entries:
                    name = f"{DEVICES}/{folder.name}/{entry.name}"
                    if carried(name) and not entry.is_dir(follow_symlinks=False):
                        yield name

    def is_foreign(self) -> bool:
        """Return whether something else than a store lies in the folder."""
        names = {each.name for each in os.scandir(self.root) if not each.name.startswith(".")}
        return bool(names - _ALSO_THERE)

    def write(self, name: str, data: bytes) -> None:
        """Put a file into the folder, never through a link."""
        path = self.root / name
        if path.parent != self.root:
            refuse_links(self.root / DEVICES, path.parent)
            make_folder(path.parent)
        atomic_write(path, data)

    def remove(self, name: str) -> None:
        """Take a file out of the folder, never through a link."""
        path = self.root / name
        if not (path.parent.is_symlink() or (self.root / DEVICES).is_symlink()):
            path.unlink(missing_ok=True)

    def send(self) -> bool:
        """Say that all is done: every write was."""
        return True


def is_little(name: str) -> bool:
    """Return whether a file of this name is one of the small ones, that hold no entries."""
    return name in (MARKER, IDENTITY) or name.endswith("/device.json")


def too_much(where: str) -> StoreDamaged:
    """Return what is raised where more lies at a place than any store holds."""
    return StoreDamaged(
        f"{where} holds more than any store: at most {MOST_FOLDERS} devices, {MOST_FILES:,} files and "
        f"{say_bytes(MOST_TOGETHER)} are read. Nothing was exchanged. Look what lies there, or name another place."
    )


def helpers() -> dict[str, bytes]:
    """Return the files that tell git how to carry the others."""
    return {name: text.encode() for name, text in SYNC_IGNORES.items() if name.startswith(".git")}
