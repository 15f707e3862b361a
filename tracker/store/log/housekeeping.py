"""What a killed process of ours left behind, and the names of what Toward keeps in a state folder for itself."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

from tracker.store.crypto.vault import AGE
from tracker.store.errors import StoreError
from tracker.store.files import make_folder, remove_tree
from tracker.store.log.file_lock import exclusive

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
    """Return the temp files of ours in `folders` that nobody has touched for an hour."""
    found = []
    for folder in folders:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(".tmp") and re.fullmatch(_OURS, entry.name) and _age(entry) > _OLD:
                    found.append(Path(entry.path))
    return found


def _age(entry: os.DirEntry[str]) -> float:
    # The age of a file is measured against the clock that stamped it, not the app's own.
    return time.time() - entry.stat(follow_symlinks=False).st_mtime


def clear_away(devices: Path) -> None:
    """Remove what a killed exchange left in the folders of other devices; to be called with the lock held."""
    with contextlib.suppress(OSError):
        for path in stale_temps(folder for folder in devices.iterdir() if not folder.is_symlink()):
            with contextlib.suppress(OSError):
                path.unlink()


def forget_copies(folder: Path, state: Path) -> None:
    """Remove the derived summary, and what a killed write or exchange left; the lock is held, so nobody else's goes."""
    for name in (SUMMARY, SUMMARY + AGE):
        with contextlib.suppress(OSError):
            (state / name).unlink()
    for place, pattern in ((folder, ".*.tmp"), (state, f".{SUMMARY}*.tmp")):
        for path in place.glob(pattern):
            with contextlib.suppress(OSError):
                path.unlink()
    # A killed exchange left what it carried as git packs it; while one runs, its lock is held.
    if cut_short := list(state.glob(f"{EXCHANGE}*")):
        with contextlib.suppress(StoreError), exclusive(state, timeout=0):
            for path in cut_short:
                remove_tree(path)


def sweep(folders: Iterable[Path], own_folder: Path) -> None:
    """Remove stale temp files under the lock; do nothing if there is none, or if somebody is writing."""
    stale = stale_temps(folders)
    if not stale:
        return
    with contextlib.suppress(StoreError, OSError):
        make_folder(own_folder)
        with exclusive(own_folder, timeout=0):
            for path in stale:
                with contextlib.suppress(OSError):
                    path.unlink()
