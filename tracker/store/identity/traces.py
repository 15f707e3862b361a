"""Traces: what shows that a store was encrypted, where its store.json does not say so."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from tracker.store.crypto.vault import AGE, IDENTITY
from tracker.store.identity.identity import DEVICES
from tracker.store.identity.memory import WAS_PLAIN, Known, read_known


def holds_sealed(data: Path) -> bool:
    """Return whether a folder holds the key of an encrypted store, a key from before, or a sealed file."""
    keys = any(path.name.startswith("identity") and path.name.endswith(AGE) for path in _inside(data))
    return keys or sealed_files(data)


def _inside(folder: Path) -> list[Path]:
    try:
        return [] if folder.is_symlink() else list(folder.iterdir())
    except OSError:
        return []


def shows_sealed(data: Path, state: Path | None) -> bool:
    """Return whether what lies in the data folder, in its backups or in memory shows that the store is encrypted.

    A store that is known to be plain may keep keys and backups of the time when it was not.
    """
    known = read_known(state) if state is not None else Known()
    if known.is_sealed or os.path.lexists(data / IDENTITY) or sealed_files(data):
        return True
    return known.mode != WAS_PLAIN and (holds_sealed(data) or (state is not None and _sealed_backups(state)))


def _sealed_backups(state: Path) -> bool:
    from tracker.store.backup.copies import BACKUPS, all_copies
    from tracker.store.backup.shelf import copy_at

    for backup in all_copies(state / BACKUPS):
        with contextlib.suppress(OSError):
            if any(name.endswith(AGE) for name in copy_at(backup.path).names):
                return True
    return False


def sealed_files(data: Path) -> bool:
    """Return whether the folder of a device holds a sealed file."""
    return any(path.name.endswith(AGE) for folder in _inside(data / DEVICES) for path in _inside(folder))
