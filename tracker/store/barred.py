"""What this account may not use on the way to a file: named, with the way out."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path


def barrier(path: Path, *, write: bool = False) -> Path | None:
    """Return the first folder or file on the way to `path` that this account may not use, None if there is none.

    The last one is to be read, or with `write` written to; folders on the way are only passed.
    """
    for each in (*reversed(path.parents), path):
        try:
            folder = stat.S_ISDIR(each.stat().st_mode)
        except PermissionError:
            return each.parent
        except OSError:
            return None
        needed = os.X_OK if folder else 0
        if each == path:
            needed |= os.W_OK if write else os.R_OK
        if not os.access(each, needed, effective_ids=os.access in os.supports_effective_ids):
            return each
    return None


def say_barred(path: Path, *, write: bool = False) -> str:
    """Return what this account may not read, or with `write` not write to, and what opens it again."""
    where = barrier(path, write=write) or path
    head = f"Toward may not {'write to' if write else 'read'} {where}"
    try:
        status = where.lstat()
        own = os.geteuid()
    except (OSError, AttributeError):
        return f"{head}: the system does not let it. Look at who may."
    name = shlex.quote(str(where))
    if status.st_uid != own:
        return (
            f"{head}: it belongs to another account, {_owner(status.st_uid)}. Use that account, or make it yours, "
            f"for example: sudo chown -R {_owner(own)} {name}"
        )
    mode = 0o700 if stat.S_ISDIR(status.st_mode) else 0o600
    has = stat.S_IMODE(status.st_mode)
    if has & mode == mode:
        return f"{head}: the system does not let it, although it is yours. Look at who may."
    return f"{head}: it is closed to you (mode {has:03o}). To open it: chmod {mode:o} {name}"


def _owner(number: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return str(number)
