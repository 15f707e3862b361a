"""The copies there are: how a backup is named, listed, set aside and removed, and which files of a folder it holds."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tracker.store.errors import write_failed
from tracker.store.files import make_folder, remove_tree, sync_folder
from tracker.store.identity import DEVICES, MARKER
from tracker.store.lock import exclusive
from tracker.store.shards import is_shard
from tracker.store.thinning import kept
from tracker.store.vault import IDENTITY

BACKUPS = "backups"
"""The folder of the automatic backups, in the state folder of a data folder."""

BESIDE_DEVICES = (MARKER, IDENTITY)
"""The files of ours that lie in the data folder itself."""

ASIDE = ".damaged-"
"""What is in the name of a damaged file that was set aside."""

COVERED = ".covered"
"""How its name ends where a backup showed that nothing went with what could not be read of it."""

SHORT = ".short"
"""How its name ends where all of it could be read and what this device wrote last was not in it."""

SEEN = ".seen"
"""How its name ends once a person has said that they know."""

_STAMP = "%Y-%m-%dT%H-%M-%SZ"
_NAME = re.compile(r"(?:toward-)?(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z)(?:\.(\d{1,3}))?(\.damaged(?:\.seen)?)?")
_TEMP = re.compile(rf"\.{_NAME.pattern}\.[0-9a-f]{{8}}\.tmp")


class Backup(NamedTuple):
    """A backup that was verified when it was made: its folder, the moment (UTC), and its turn in that second.

    One that was found damaged since is set aside under another name, and counts no more.
    """

    path: Path
    made: datetime
    turn: int = 0
    damaged: bool = False


def files_of(data: Path) -> list[str]:
    """Return the names of all files of ours in a data folder, relative to it, sorted; raise OSError."""
    names = [name for name in BESIDE_DEVICES if _plain_file(data / name)]
    devices = data / DEVICES
    if devices.is_symlink() or not devices.is_dir():
        return names
    for folder in sorted(os.scandir(devices), key=_name):
        if folder.name.startswith(".") or not folder.is_dir(follow_symlinks=False):
            continue
        for entry in sorted(os.scandir(folder.path), key=_name):
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith(".") and ASIDE not in entry.name:
                names.append(f"{DEVICES}/{folder.name}/{entry.name}")
    return names


def list_backups(folder: Path) -> list[Backup]:
    """Return the backups in a folder, newest first; what has another name is none."""
    return [each for each in all_copies(folder) if not each.damaged]


def all_copies(folder: Path) -> list[Backup]:
    """Return the backups in a folder and those that were set aside, newest first."""
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            backup = named(Path(entry.path))
            if backup is not None and entry.is_dir(follow_symlinks=False):
                found.append(backup)
    return sorted(found, key=lambda each: (each.made, each.turn), reverse=True)


def named(path: Path) -> Backup | None:
    """Return the backup that a folder is by its name, or None."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        made = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Backup(path, made, int(match[2] or 0), bool(match[3]))


def next_copy(folder: Path, moment: datetime, prefix: str, before: list[Backup]) -> Backup:
    """Return the backup that is made at a moment: its name in `folder`, with a turn that none of `before` has."""
    made = moment.astimezone(UTC).replace(microsecond=0)
    taken = [each.turn for each in before if each.made == made]
    turn = max(taken) + 1 if taken else 0
    return Backup(folder / f"{prefix}{made:{_STAMP}}{f'.{turn}' if turn else ''}", made, turn)


@contextmanager
def backups_lock(folder: Path, timeout: float) -> Iterator[None]:
    """Hold the lock that backups and purges of backups share; raise StoreBusy, WriteFailed or UnsafePath."""
    try:
        make_folder(folder)
    except OSError as error:
        raise write_failed(folder, error) from error
    with exclusive(folder, timeout):
        yield


def thin_out(folder: Path) -> int:
    """Remove the backups that need not be kept and return how many went; the lock is to be held."""
    backups = list_backups(folder)
    stay = kept([each.made for each in backups])
    gone = [each for each in backups if each.made not in stay]
    for each in gone:
        remove_backup(each)
    return len(gone)


def remove_backup(backup: Backup) -> None:
    """Take a backup away: under another name first, so that nothing half ever counts as one."""
    aside = backup.path.with_name(f".{backup.path.name}.{os.urandom(4).hex()}.tmp")
    with contextlib.suppress(OSError):
        backup.path.rename(aside)
        remove_tree(aside)


def set_backup_aside(backup: Backup) -> Path:
    """Let a damaged backup count no more, with every byte of it kept, and return its new place; raise OSError."""
    aside = backup.path.with_name(f"{backup.path.name}.damaged")
    backup.path.rename(aside)
    sync_folder(aside.parent)
    return aside


def sweep_backups(folder: Path) -> None:
    """Remove what a killed backup, purge or conversion left; the lock is to be held, so none is under way."""
    stale = temps_of(folder)
    for path in stale:
        remove_tree(path)
    for backup in all_copies(folder):
        for path in backup.path.glob(f"{DEVICES}/*/.*.tmp"):
            with contextlib.suppress(OSError):
                path.unlink()
    if stale:
        with contextlib.suppress(OSError):
            sync_folder(folder)


def temps_of(folder: Path) -> list[Path]:
    """Return what killed backups left behind in a folder."""
    with contextlib.suppress(OSError):
        return [path for path in folder.iterdir() if _TEMP.fullmatch(path.name) and not path.is_symlink()]
    return []


def holds_entries(name: str) -> bool:
    """Return whether a file of a data folder, named relative to it, holds entries."""
    return name.startswith(f"{DEVICES}/") and is_shard(name.rpartition("/")[2])


def _plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
