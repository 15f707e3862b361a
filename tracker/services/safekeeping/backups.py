"""Backups that are made when somebody asks for one, here or in a folder elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.ledger.auto_backup import folder_of as folder_of
from tracker.ledger.auto_backup import last_trouble as last_trouble
from tracker.ledger.auto_backup import make, never
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.open_folder import in_plain_words
from tracker.ledger.workspace import Workspace
from tracker.services.environment import folder_named
from tracker.services.quantities import count, say_size
from tracker.store.backup.backups import Made, Stopped, copy_to
from tracker.store.backup.copies import backups_lock, list_backups

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


@contextmanager
def _stoppable() -> Iterator[None]:
    """Say that it was stopped. Raises Refused."""
    try:
        yield
    except Stopped:
        raise Refused("It was stopped. No new backup was made, and the older ones stand.") from None


def _refuse_nothing(workspace: Workspace) -> None:
    if not workspace.store.made:
        raise Refused("Nothing was ever written here, so there is nothing to back up.")


def back_up_now(workspace: Workspace, stop: Callable[[], bool] = never) -> Kept:
    """Make a backup now and return where and how much; every file is read again. Raises Refused or Busy."""
    _refuse_nothing(workspace)
    with in_plain_words(), _stoppable():
        made = make(workspace, workspace.clock.now(), timeout=30.0, deep=True, stop=stop)
    size = f"{count(made.files, 'file')}, {say_size(made.bytes)}"
    lines = (f"Backed up: {size}, {made.fresh} new, read again and compared.", f"It lies in {made.backup.path}")
    return _kept(workspace, made, made.fresh, lines)


def back_up_to(workspace: Workspace, where: str, stop: Callable[[], bool] = never) -> Kept:
    """Keep a whole, verified copy below another folder and return it. Raises BadInput, Refused or Busy."""
    folder = folder_named(where)
    inside = (workspace.data.resolve(), workspace.state.resolve())
    if any(folder.resolve().is_relative_to(each) for each in inside):
        raise BadInput(f"{folder} lies in a folder of Toward's own. Name one elsewhere, on a stick for example.")
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is not a folder. Nothing was copied.")
    _refuse_nothing(workspace)
    with in_plain_words(), _stoppable(), backups_lock(folder_of(workspace.state), 30.0):
        made = copy_to(workspace.full_store.source(), folder, workspace.clock.now(), prefix=ELSEWHERE, stop=stop)
    written = f"Copied: {count(made.files, 'file')}, {say_size(made.bytes)}, read again and compared."
    lines = (written, f"It lies in {made.backup.path}. A later purge cannot reach it.")
    return _kept(workspace, made, made.files, lines)


def _kept(workspace: Workspace, made: Made, fresh: int, lines: tuple[str, ...]) -> Kept:
    """Return what was made, with what is the matter with its files and whether each is in it all the same."""
    troubles = []
    for each in made.troubles:
        inside = each.path.relative_to(workspace.data).as_posix() in made.names
        reason = each.reason.removeprefix("could not be copied (").removesuffix(")") if not inside else each.reason
        troubles.append(f"{'Copied as it is' if inside else 'Not copied'}: {each.path.name}: {reason}")
    return Kept(made.backup.path, made.files, fresh, made.bytes, tuple(troubles), lines)


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
