"""The copies there are: how a backup is named, listed, set aside and removed, and which files of a folder it holds."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tracker.store.crypto.vault import IDENTITY
from tracker.store.errors import refuse_links, write_failed
from tracker.store.files import ASIDE, discard, exclusive, is_file, make_folder, read_line, sync_folder
from tracker.store.identity.identity import DEVICES, MARKER
from tracker.store.log.housekeeping import BACKUPS as BACKUPS
from tracker.store.log.shards import is_shard

ROOT_FILES = (MARKER, IDENTITY)
"""The files of ours that lie in the data folder itself."""


COVERED = ".covered"
"""How its name ends where a backup showed that nothing went with what could not be read of it."""

SHORT = ".short"
"""How its name ends where all of it could be read and what this device wrote last was not in it."""

NOTED = ".seen"
"""How its name ends once a person has said that they know."""

ORDER = "order"
"""The file in a backup that says how many were made before it, whatever the clock said."""

AHEAD = timedelta(days=1)
"""A backup that is dated further ahead of the clock was made while a clock was wrong."""

_STAMP = "%Y-%m-%dT%H-%M-%SZ"
_NAME = re.compile(
    r"(?:toward-)?(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z)(?:\.(\d{1,3}))?(?:\.n(\d{1,9}))?(\.zip)?(\.damaged(?:\.seen)?)?"
)
_TEMP = re.compile(rf"\.(?:{_NAME.pattern}|months(?:-recent)?\.zip|conversion)\.[0-9a-f]{{8}}\.tmp")


class Backup(NamedTuple):
    """A backup that was verified when it was made: where it lies, the moment (UTC), and its turn in that second.

    It is one file (`packed`), or a folder as older versions made them and `--to` still does. One that was found damaged
    since is set aside under another name, and counts no more. `order` counts the backups as they were made, from 1; it
    is 0 for one of before they were counted.
    """

    path: Path
    made: datetime
    turn: int = 0
    damaged: bool = False
    order: int = 0
    packed: bool = False

    @property
    def moment(self) -> str:
        """Return its moment as its name says it, such as 2026-11-23T19-15-00Z."""
        return f"{self.made:{_STAMP}}"

    def is_ahead(self, now: datetime) -> bool:
        """Return whether it is dated ahead of a clock."""
        return self.made > now + AHEAD


def files_of(data: Path) -> list[str]:
    """Return the names of all files of ours in a data folder, relative to it, sorted; raise OSError."""
    names = [name for name in ROOT_FILES if is_file(data / name)]
    devices = data / DEVICES
    if devices.is_symlink() or not devices.is_dir():
        return names
    for folder in sorted(os.scandir(devices), key=lambda each: each.name):
        if folder.name.startswith(".") or not folder.is_dir(follow_symlinks=False):
            continue
        for entry in sorted(os.scandir(folder.path), key=lambda each: each.name):
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith(".") and ASIDE not in entry.name:
                names.append(f"{DEVICES}/{folder.name}/{entry.name}")
    return names


def links_in(data: Path) -> list[str]:
    """Return which folders of devices in a data folder or a copy of one are links, relative to it: none is followed."""
    if (data / DEVICES).is_symlink():
        return [DEVICES]
    with contextlib.suppress(OSError), os.scandir(data / DEVICES) as entries:
        return sorted(f"{DEVICES}/{each.name}" for each in entries if each.is_symlink())
    return []


def list_backups(folder: Path, now: datetime | None = None) -> list[Backup]:
    """Return the backups in a folder, the one made last first; what has another name is none.

    With `now`, those of before they were counted that are dated ahead of it come last: only their date says when they
    were made, and it is wrong.
    """
    found = [each for each in all_copies(folder) if not each.damaged]
    if now is not None:
        found.sort(key=lambda each: not each.order and each.is_ahead(now))
    return found


def all_copies(folder: Path) -> list[Backup]:
    """Return the backups in a folder and those that were set aside, the one made last first."""
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            backup = named(Path(entry.path))
            if backup is None:
                continue
            if backup.packed and entry.is_file(follow_symlinks=False):
                found.append(backup)
            elif not backup.packed and entry.is_dir(follow_symlinks=False):
                found.append(backup._replace(order=_order_of(backup.path)))
    return sorted(found, key=lambda each: (each.order, each.made, each.turn), reverse=True)


def _order_of(path: Path) -> int:
    """Return how a backup that is a folder is counted, 0 where that is not known."""
    text = read_line(path / ORDER) or ""
    return int(text) if len(text) < 10 and text.isdecimal() else 0


def named(path: Path) -> Backup | None:
    """Return the backup that a file or folder is by its name, or None."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        made = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Backup(path, made, int(match[2] or 0), bool(match[5]), int(match[3] or 0), bool(match[4]))


def next_folder(folder: Path, moment: datetime, prefix: str) -> Backup:
    """Return the backup that is made as a folder at a moment: its name in `folder` is one that nothing has."""
    made, before = _second(moment), all_copies(folder)
    taken = [each.turn for each in before if each.made == made]
    turn = max(taken) + 1 if taken else 0
    return Backup(
        folder / f"{prefix}{made:{_STAMP}}{f'.{turn}' if turn else ''}", made, turn, order=_next_order(before)
    )


def next_file(folder: Path, moment: datetime) -> Backup:
    """Return the backup that is made as a file at a moment; its name tells how many were made before it."""
    made, order = _second(moment), _next_order(all_copies(folder))
    return Backup(folder / f"{made:{_STAMP}}.n{order}.zip", made, order=order, packed=True)


def as_file(backup: Backup) -> Path:
    """Return the path of the file that replaces a backup that is a folder."""
    order = f".n{backup.order}" if backup.order else ""
    return backup.path.with_name(f"{backup.path.name}{order}.zip")


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _next_order(before: list[Backup]) -> int:
    return max((each.order for each in before), default=0) + 1


@contextmanager
def backups_lock(folder: Path, timeout: float) -> Iterator[None]:
    """Hold the lock that backups and purges of backups share; raise StoreBusy, WriteFailed or UnsafePath."""
    refuse_links(folder.parent, folder)
    try:
        make_folder(folder)
    except OSError as error:
        raise write_failed(folder, error) from error
    with exclusive(folder, timeout):
        yield


def remove_backup(backup: Backup) -> None:
    """Take a backup away: a folder under another name first, so that nothing half ever counts as one."""
    with contextlib.suppress(OSError):
        if backup.packed:
            backup.path.unlink()
            return
        aside = backup.path.with_name(f".{backup.path.name}.{os.urandom(4).hex()}.tmp")
        backup.path.rename(aside)
        discard(aside)


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
        discard(path)
    for backup in all_copies(folder):
        if backup.packed or (backup.path / DEVICES).is_symlink():
            continue
        for path in backup.path.glob(f"{DEVICES}/*/.*.tmp"):
            if not path.parent.is_symlink():
                discard(path)
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
