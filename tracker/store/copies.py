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

from tracker.store.errors import refuse_links, write_failed
from tracker.store.files import make_folder, read_plain, remove_tree, sync_folder
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

ORDER = "order"
"""The file in a backup that says how many were made before it, whatever the clock said."""

AHEAD = timedelta(days=1)
"""A backup that is dated further ahead of the clock was made while a clock was wrong."""

_STAMP = "%Y-%m-%dT%H-%M-%SZ"
_NAME = re.compile(r"(?:toward-)?(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z)(?:\.(\d{1,3}))?(\.damaged(?:\.seen)?)?")
_TEMP = re.compile(rf"\.{_NAME.pattern}\.[0-9a-f]{{8}}\.tmp")


class Backup(NamedTuple):
    """A backup that was verified when it was made: its folder, the moment (UTC), and its turn in that second.

    One that was found damaged since is set aside under another name, and counts no more. `order` counts the backups as
    they were made, from 1; it is 0 for one of before they were counted.
    """

    path: Path
    made: datetime
    turn: int = 0
    damaged: bool = False
    order: int = 0

    def is_ahead(self, now: datetime) -> bool:
        """Return whether it is dated ahead of a clock."""
        return self.made > now + AHEAD


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
            if backup is not None and entry.is_dir(follow_symlinks=False):
                found.append(backup._replace(order=_order_of(backup.path)))
    return sorted(found, key=lambda each: (each.order, each.made, each.turn), reverse=True)


def newest_lock(state: Path) -> tuple[bytes, bytes] | None:
    """Return what store.json and the identity file say in the newest backup that holds both, None where none does."""
    for backup in list_backups(state / BACKUPS):
        with contextlib.suppress(OSError):
            return read_plain(backup.path / MARKER), read_plain(backup.path / IDENTITY)
    return None


def _order_of(path: Path) -> int:
    """Return how a backup is counted, 0 where that is not known."""
    try:
        text = read_plain(path / ORDER).decode("ascii").strip()
        return int(text) if 0 < len(text) < 10 and text.isdecimal() else 0
    except (OSError, ValueError):
        return 0


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
    order = max((each.order for each in before), default=0) + 1
    return Backup(folder / f"{prefix}{made:{_STAMP}}{f'.{turn}' if turn else ''}", made, turn, order=order)


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


def thin_out(folder: Path, now: datetime) -> int:
    """Remove the backups that need not be kept and return how many went; the lock is to be held.

    What was made while a clock was wrong is a shelf of its own, so that it neither goes before nor pushes out others.
    """
    backups = list_backups(folder)
    shelves: dict[str, list[Backup]] = {}
    latest: datetime | None = None
    for each in reversed(backups):
        ahead = each.is_ahead(now)
        shelf = "ahead" if ahead else "behind" if latest is not None and each.made < latest else "right"
        shelves.setdefault(shelf, []).append(each)
        latest = each.made if not ahead and (latest is None or each.made > latest) else latest
    stay = {(shelf, time) for shelf, held in shelves.items() for time in kept([each.made for each in held])}
    gone = [each for shelf, held in shelves.items() for each in held if (shelf, each.made) not in stay]
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
        if (backup.path / DEVICES).is_symlink():
            continue
        for path in backup.path.glob(f"{DEVICES}/*/.*.tmp"):
            with contextlib.suppress(OSError):
                if not path.parent.is_symlink():
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
