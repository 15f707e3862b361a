"""What a killed process of ours left behind, and the names of what Toward keeps in a state folder for itself."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tracker.store.crypto.vault import AGE, PLAIN, STAMP_TABLE, Vault
from tracker.store.errors import StoreError
from tracker.store.events import decode
from tracker.store.files import atomic_write, discard, exclusive, make_folder, read_plain
from tracker.store.limits import MOST_BYTES

SUMMARY = "summary.json"
BACKUPS = "backups"
"""The folder of the automatic backups, in the state folder of a data folder."""
EXCHANGE = "sync-"
"""How the folder in a state folder begins that git needs while an exchange lasts."""

_OURS = (
    r"\.(?:store\.json|device\.json|device-id|written|known\.json|seen\.json|answers\.json|incoming\.json|looked\.json|operations|obeyed|sealed|lock-after|theme"
    r"|discreet|identity\.age|sync\.json"
    r"|(?:summary|purged|draft-[0-9a-f]{16})\.json(?:\.age)?|\d{4}-\d{2}[^/]*\.(?:json|age))"
    r"\.[0-9a-f]{12}\.tmp"
)
_OLD = 3600


def stale_temps(folders: Iterable[Path]) -> list[Path]:
    """Return our temp files in `folders` that are older than an hour."""
    found = []
    for folder in folders:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            # The age of a file is measured against the clock that stamped it, not the app's own.
            before = time.time() - _OLD
            for entry in entries:
                is_ours = entry.name.endswith(".tmp") and re.fullmatch(_OURS, entry.name)
                if is_ours and entry.stat(follow_symlinks=False).st_mtime < before:
                    found.append(Path(entry.path))
    return found


def clear_away(devices: Path) -> None:
    """Remove what a killed exchange left in the folders of other devices; to be called with the lock held."""
    with contextlib.suppress(OSError):
        for path in stale_temps(folder for folder in devices.iterdir() if not folder.is_symlink()):
            discard(path)


def forget_copies(folder: Path, state: Path) -> None:
    """Remove the derived summary, and what a killed write or exchange left; the lock is held, so nobody else's goes."""
    for path in (state / SUMMARY, state / (SUMMARY + AGE), *folder.glob(".*.tmp"), *state.glob(f".{SUMMARY}*.tmp")):
        discard(path)
    # A killed exchange left what it carried as git packs it; while one runs, its lock is held.
    if cut_short := list(state.glob(f"{EXCHANGE}*")):
        with contextlib.suppress(StoreError), exclusive(state, timeout=0):
            for path in cut_short:
                discard(path)


def sweep(folders: Iterable[Path], own_folder: Path) -> None:
    """Remove stale temp files under the lock; do nothing if there is none, or if somebody is writing."""
    stale = stale_temps(folders)
    if not stale:
        return
    with contextlib.suppress(StoreError, OSError):
        make_folder(own_folder)
        with exclusive(own_folder, timeout=0):
            for path in stale:
                discard(path)


class SummaryFile:
    """Tables that are written whole and read whole, readable by stock TinyDB; encrypted where the store is."""

    def __init__(self, path: Path, vault: Vault = PLAIN) -> None:
        self._path = path.with_name(path.name + vault.ending)
        self._vault = vault

    def read(self) -> dict[str, list[dict[str, object]]] | None:
        """Return the documents of each table, or None if the file is missing or anything is wrong with it."""
        try:
            found = decode(self._vault.open(self._path, read_plain(self._path, MOST_BYTES)))
        except (OSError, ValueError):
            return None
        if not isinstance(found, dict):
            return None
        tables: dict[str, list[dict[str, object]]] = {}
        for name, documents in found.items():
            if name == STAMP_TABLE:
                continue
            if not isinstance(documents, dict) or not all(isinstance(each, dict) for each in documents.values()):
                return None
            tables[name] = list(documents.values())
        return tables

    def write(self, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
        """Replace the file by `tables` if the disk lets us; raise ValueError for a value that is not JSON."""
        numbered = {
            name: {str(number): document for number, document in enumerate(documents, start=1)}
            for name, documents in tables.items()
        }
        fresh = self._vault.encrypt(self._path, numbered)
        with contextlib.suppress(OSError):
            atomic_write(self._path, fresh, durable=False)
