"""When the next backup is due: told by one look at a folder, so that a change loads nothing of backups for it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tracker.store.log.housekeeping import BACKUPS

HOUR = 3600.0


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
