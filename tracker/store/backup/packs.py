"""Packs: what many backups hold, the months that no longer change, lies once beside them, under its SHA-256."""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from tracker.store.backup.bag import IS_MISSING, Bag, write_bag
from tracker.store.files import ASIDE, set_aside, sum_of, sync_folder

PACK, RECENT = "months.zip", "months-recent.zip"
"""The packs: what is added goes into the small one, and with it into the large one once it is no longer small."""

SMALL = 1_000_000
"""The small pack may have so many bytes, or an eighth of the large one, so that little is written again at a time."""

_IS_PACK = re.compile(r"months(-recent)?\.zip(\.damaged-[0-9a-f]{8}(\.seen)?)?")


class Packs:
    """What the backups in a folder share: each content once, under its SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bags = [Bag(path) for path in packs_in(folder)]

    @property
    def trouble(self) -> str | None:
        """Which pack is not as it was written, and why, or None; what can be read of it is read all the same."""
        bad = (f"{bag.path.name}, which {bag.trouble}" for bag in self._bags if bag.trouble and not is_aside(bag.path))
        return next(bad, None)

    def holds(self, digest: str) -> bool:
        """Return whether a content lies in a pack."""
        return any(bag.holds(digest) for bag in self._bags)

    def size(self, digest: str, otherwise: int) -> int:
        """Return how many bytes a content has in a pack, or what is said where it is in none."""
        return next((bag.size(digest) for bag in self._bags if bag.holds(digest)), otherwise)

    def holds_sound(self, digest: str) -> bool:
        """Return whether a content lies in a pack and reads back. Raise OSError."""
        return self.holds(digest) and sum_of(self.read(digest)) == digest

    def read(self, digest: str) -> bytes:
        """Return a content as it is, sound if it is anywhere. Raise FileNotFoundError, or OSError."""
        damaged = b""
        for bag in self._bags:
            with contextlib.suppress(FileNotFoundError):
                raw = bag.read(digest)
                if sum_of(raw) == digest:
                    return raw
                damaged = damaged or raw
        if damaged:
            return damaged
        raise FileNotFoundError(errno.ENOENT, IS_MISSING)

    def add(self, contents: Mapping[str, bytes]) -> None:
        """Put contents into a pack, in the place of damaged ones too. Raise BackupFailed or OSError."""
        if not contents:
            return
        large, recent = self.folder / PACK, self.folder / RECENT
        size = sum(map(len, contents.values())) + (recent.stat().st_size if recent.exists() else 0)
        held = large.stat().st_size if large.exists() else 0
        if size <= max(SMALL, held // 8) and not self.trouble and not any(map(self._bag(large).holds, contents)):
            self._write(recent, {**self._all_of(recent), **contents})
        else:
            # The large one holds everything before the small one goes.
            self._write(large, {**self._all_of(recent), **self._all_of(large), **contents})
            self._remove(recent)
        self._bags = [Bag(path) for path in packs_in(self.folder)]

    def keep_only(self, live: Collection[str], *, at_once: bool) -> None:
        """Take out what is not `live`; while it is little only if `at_once`. Raise BackupFailed or OSError."""
        for name in (RECENT, PACK):
            bag = self._bag(self.folder / name)
            dead = {each for each in bag.names() if each not in live}
            if not dead or (not at_once and sum(map(bag.size, dead)) < max(SMALL // 8, bag.whole_size() // 8)):
                continue
            if left := {each: raw for each, raw in self._all_of(bag.path).items() if each not in dead}:
                self._write(bag.path, left)
            else:
                self._remove(bag.path)
        self._bags = [Bag(path) for path in packs_in(self.folder)]

    def all_sums(self) -> set[str]:
        """Return the sums of everything that lies in a pack that may be written."""
        return {name for bag in self._bags if not is_aside(bag.path) for name in bag.names()}

    def _bag(self, path: Path) -> Bag:
        return next((each for each in self._bags if each.path == path), None) or Bag(path)

    def _all_of(self, path: Path) -> dict[str, bytes]:
        bag = self._bag(path)
        return {name: bag.read(name) for name in bag.names()}

    def _write(self, path: Path, contents: Mapping[str, bytes]) -> None:
        self._set_aside(path)
        write_bag(path, contents)

    def _remove(self, path: Path) -> None:
        self._set_aside(path)
        path.unlink(missing_ok=True)
        sync_folder(self.folder)

    def _set_aside(self, path: Path) -> None:
        """Keep a pack whose list is damaged under another name, with every byte of it; it is still read."""
        if path.exists() and self._bag(path).trouble:
            set_aside(path)


def packs_in(folder: Path) -> list[Path]:
    """Return the packs in a folder, those that were set aside last."""
    with contextlib.suppress(OSError):
        found = [path for path in folder.iterdir() if _IS_PACK.fullmatch(path.name) and not path.is_symlink()]
        return sorted(found, key=lambda path: (is_aside(path), path.name))
    return []


def is_aside(path: Path) -> bool:
    """Return whether a pack was set aside because its list is damaged."""
    return ASIDE in path.name
