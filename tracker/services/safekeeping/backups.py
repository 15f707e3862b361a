"""Backups: made by themselves after a change when the newest is an hour old, made when asked for, kept elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.ledger.errors import BadInput, Refused
from tracker.services.environment import folder_named
from tracker.services.quantities import count, say_size
from tracker.services.safekeeping.backup_due import stamp
from tracker.store.backup.backups import Made, Stopped, back_up, copy_to
from tracker.store.backup.copies import BACKUPS, backups_lock, list_backups
from tracker.store.files import read_plain

if TYPE_CHECKING:
    from tracker.ledger.workspace import Workspace

TROUBLE = ".trouble"
ELSEWHERE = "toward-"


@dataclass(frozen=True, slots=True)
class Line:
    """A backup as a list shows it: its number (1 is the newest), place, moment, files and bytes."""

    number: int
    path: Path
    made: datetime
    files: int
    bytes: int
    ahead: bool = False
    """Whether it is dated ahead of the clock, which was wrong then or is now."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that was just made: where, how much, what could not be copied, and in words."""

    path: Path
    files: int
    fresh: int
    bytes: int
    troubles: tuple[str, ...]
    lines: tuple[str, ...]


def folder_of(state: Path) -> Path:
    """Return the folder of the automatic backups."""
    return state / BACKUPS


def _never() -> bool:
    return False


def keep_one(workspace: Workspace) -> str | None:
    """Make the backup that is due and return what went wrong, if that is new; never raises for the disk's sake.

    Somebody else's backup or purge that is under way goes first: then this one waits for the next change.
    """
    from tracker.store.errors import StoreBusy, StoreError

    now = workspace.clock.now()
    try:
        _make(workspace, now, timeout=0)
    except StoreBusy:
        return None
    except (StoreError, OSError) as error:
        reason = error.message if isinstance(error, StoreError) else (error.strerror or "the disk refused")
        return _remember(workspace.state, now, reason)
    return None


def _make(
    workspace: Workspace, now: datetime, timeout: float, deep: bool = False, stop: Callable[[], bool] = _never
) -> Kept:
    from tracker.store.errors import StoreError

    folder = folder_of(workspace.state)
    with backups_lock(folder, timeout):
        try:
            made = back_up(workspace.store.source(), folder, now, deep=deep, stop=stop)
            with suppress(StoreError, OSError):
                # An older backup may hold what this one could not read, or what somebody elsewhere has changed since.
                _tidy(folder, now, thin=not made.troubles and not workspace.has_arrivals)
            with suppress(OSError):
                (folder / TROUBLE).unlink(missing_ok=True)
        finally:
            stamp(folder, now)
    troubles = _troubles(workspace, made)
    said = (
        f"Backed up: {count(made.files, 'file')}, {say_size(made.bytes)}, {made.fresh} new, read again and compared.",
        f"It lies in {made.backup.path}",
    )
    return Kept(made.backup.path, made.files, made.fresh, made.bytes, troubles, said)


def _tidy(folder: Path, now: datetime, *, thin: bool) -> None:
    """Thin the backups out if that may be, and pack those that an older version made."""
    from tracker.store.backup.shelving import pack, thin_out

    if thin:
        thin_out(folder, now)
    pack(folder)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Say that it was stopped. Raises Refused."""
    try:
        yield
    except Stopped:
        raise Refused("It was stopped. No new backup was made, and the older ones stand.") from None


def _troubles(workspace: Workspace, made: Made) -> tuple[str, ...]:
    """Return what is the matter with files of a new backup, and whether each is in it all the same."""
    found = []
    for each in made.troubles:
        inside = each.path.relative_to(workspace.data).as_posix() in made.names
        reason = each.reason.removeprefix("could not be copied (").removesuffix(")") if not inside else each.reason
        found.append(f"{'Copied as it is' if inside else 'Not copied'}: {each.path.name}: {reason}")
    return tuple(found)


def _refuse_nothing(workspace: Workspace) -> None:
    if not workspace.store.made:
        raise Refused("Nothing was ever written here, so there is nothing to back up.")


def back_up_now(workspace: Workspace, stop: Callable[[], bool] = _never) -> Kept:
    """Make a backup now and return where and how much; every file is read again. Raises Refused or Busy."""
    from tracker.ledger.workspace import in_plain_words

    _refuse_nothing(workspace)
    workspace.complete()
    with in_plain_words(), _stoppable():
        return _make(workspace, workspace.clock.now(), timeout=30.0, deep=True, stop=stop)


def back_up_to(workspace: Workspace, where: str, stop: Callable[[], bool] = _never) -> Kept:
    """Keep a whole, verified copy below another folder and return it. Raises BadInput, Refused or Busy."""
    from tracker.ledger.workspace import in_plain_words

    folder = folder_named(where)
    inside = (workspace.data.resolve(), workspace.state.resolve())
    if any(folder.resolve().is_relative_to(each) for each in inside):
        raise BadInput(f"{folder} lies in a folder of Toward's own. Name one elsewhere, on a stick for example.")
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is not a folder. Nothing was copied.")
    _refuse_nothing(workspace)
    workspace.complete()
    with in_plain_words(), _stoppable(), backups_lock(folder_of(workspace.state), 30.0):
        made = copy_to(workspace.store.source(), folder, workspace.clock.now(), prefix=ELSEWHERE, stop=stop)
    troubles = _troubles(workspace, made)
    said = (
        f"Copied: {count(made.files, 'file')}, {say_size(made.bytes)}, read again and compared.",
        f"It lies in {made.backup.path}. A later purge cannot reach it.",
    )
    return Kept(made.backup.path, made.files, made.files, made.bytes, troubles, said)


def lines(folder: Path, now: datetime | None = None) -> list[Line]:
    """Return the backups in a folder, the one made last first; `now` tells which are dated ahead."""
    from tracker.store.backup.packs import Packs
    from tracker.store.backup.shelf import copy_at

    found, packs = [], Packs(folder)
    for number, each in enumerate(list_backups(folder, now), start=1):
        copy = copy_at(each.path, packs)
        sizes = [copy.size(name) for name in copy.names]
        found.append(Line(number, each.path, each.made, len(sizes), sum(sizes), now is not None and each.is_ahead(now)))
    return found


def last_trouble(state: Path) -> tuple[datetime, str] | None:
    """Return when the last backup failed and why, or None if none has failed since the newest."""
    try:
        found = json.loads(read_plain(folder_of(state) / TROUBLE))
        return datetime.fromisoformat(found["at"]), str(found["reason"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(state: Path, now: datetime, reason: str) -> str | None:
    """Keep why a backup failed and return it in words if it is not what was said last."""
    known = last_trouble(state)
    folder = folder_of(state)
    if folder.is_symlink():
        return f"Your entry is saved, but the backup that was due was not made: {reason}"
    with suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(folder / TROUBLE, flags, 0o600), "w", encoding="utf-8") as file:
            json.dump({"at": now.isoformat(), "reason": reason}, file)
    stamp(folder, now)
    if known is not None and known[1] == reason:
        return None
    return f"Your entry is saved, but the backup that was due was not made: {reason}"
