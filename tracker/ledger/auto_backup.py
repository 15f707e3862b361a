"""The backup that is made by itself after a change, when the newest is an hour old.

Whether it is due is told by one look at a folder, so that a change loads nothing of backups for it.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.store.log.housekeeping import BACKUPS

if TYPE_CHECKING:
    from tracker.ledger.open_folder import OpenFolder
    from tracker.store.backup.backups import Made

HOUR = 3600.0
TROUBLE = ".trouble"


def folder_of(state: Path) -> Path:
    """Return the folder of the automatic backups."""
    return state / BACKUPS


def is_due(state: Path, now: datetime) -> bool:
    """Return whether the last try is an hour away, by one look at the folder."""
    try:
        status = os.lstat(state / BACKUPS)
    except OSError:
        return True
    return stat.S_ISLNK(status.st_mode) or abs(now.timestamp() - status.st_mtime) >= HOUR


def stamp(folder: Path, now: datetime) -> None:
    """Let the folder of the backups say when the last try was, by Toward's own clock."""
    with suppress(OSError):
        os.utime(folder, (now.timestamp(), now.timestamp()))


def never() -> bool:
    """Return False: nobody stops it."""
    return False


def make_due(here: OpenFolder) -> str | None:
    """Make the backup that is due and return what went wrong, if that is new; never raises for the disk's sake.

    Somebody else's backup or purge that is under way goes first: then this one waits for the next change.
    """
    from tracker.store.errors import StoreBusy, StoreError

    now = here.clock.now()
    try:
        make(here, now, timeout=0)
    except StoreBusy:
        return None
    except (StoreError, OSError) as error:
        reason = error.message if isinstance(error, StoreError) else (error.strerror or "the disk refused")
        return _remember(here.state, now, reason)
    return None


def make(here: OpenFolder, now: datetime, timeout: float, deep: bool = False, stop: Callable[[], bool] = never) -> Made:
    """Make a backup in the folder of the automatic ones, and thin them out.

    Args:
        here: what is backed up.
        now: the moment it is dated with.
        timeout: how many seconds to wait for somebody else's backup or purge.
        deep: whether every file is read again, also one that the last backup holds.
        stop: asked between files; where it returns True the backup is given up.

    Raises:
        StoreError, OSError: what the disk refused; Stopped where `stop` said so.
    """
    from tracker.store.backup.backups import back_up
    from tracker.store.backup.copies import backups_lock
    from tracker.store.backup.shelving import pack, thin_out
    from tracker.store.errors import StoreError

    folder = folder_of(here.state)
    with backups_lock(folder, timeout):
        try:
            made = back_up((here.full_store if deep else here.store).source(), folder, now, deep=deep, stop=stop)
            with suppress(StoreError, OSError):
                # An older backup may hold what this one could not read, or what somebody elsewhere has changed since.
                if not made.troubles and not here.has_arrivals:
                    thin_out(folder, now)
                pack(folder)
            with suppress(OSError):
                (folder / TROUBLE).unlink(missing_ok=True)
        finally:
            stamp(folder, now)
    return made


def last_trouble(state: Path) -> tuple[datetime, str] | None:
    """Return when the last backup failed and why, or None if none has failed since the newest."""
    from tracker.store.files import read_plain

    try:
        found = json.loads(read_plain(folder_of(state) / TROUBLE))
        return datetime.fromisoformat(found["at"]), str(found["reason"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(state: Path, now: datetime, reason: str) -> str | None:
    """Keep why a backup failed and return it in words if it is not what was said last."""
    known = last_trouble(state)
    folder = folder_of(state)
    text = f"Your entry is saved, but the backup that was due was not made: {reason}"
    if folder.is_symlink():
        return text
    with suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(folder / TROUBLE, flags, 0o600), "w", encoding="utf-8") as file:
            json.dump({"at": now.isoformat(), "reason": reason}, file)
    stamp(folder, now)
    return None if known is not None and known[1] == reason else text
