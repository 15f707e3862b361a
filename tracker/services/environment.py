"""Where the data lies and what time it is, as the command line and the environment say."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.domain.clock import YEARS, Clock, FixedClock, SystemClock
from tracker.domain.text.clean import one_line
from tracker.ledger.errors import BadInput, Damaged

APP = "toward"
_NO_NAME = {errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}
DATA, NOW = "TOWARD_DATA", "TOWARD_NOW"
HOMES = ("XDG_DATA_HOME", "XDG_STATE_HOME", "HOME")
DISCREET, ON = "discreet", "on"
_LONGEST_CHOICE = 64


@dataclass(frozen=True, slots=True)
class Environment:
    """The data folder, the root of all state folders, the clock, and what a person may want to know of their names."""

    data: Path
    state: Path
    clock: Clock
    notes: tuple[str, ...] = ()


def environment(data: str | None = None) -> Environment:
    """Return what holds for this process; `data` goes before `TOWARD_DATA`. Raises BadInput."""
    notes = _ignore_relative()
    chosen = os.environ.get(DATA) or None if data is None else data
    if chosen is None:
        folder = _own_folder("data", "XDG_DATA_HOME", ".local/share")
    else:
        folder = folder_named(chosen)
        if not Path(chosen).expanduser().is_absolute():
            notes.append(f"'{one_line(chosen)}' is a relative path, so it names another folder elsewhere: {folder}")
    return Environment(folder, state_root(), clock(os.environ.get(NOW, "")), tuple(notes))


def _ignore_relative() -> list[str]:
    """Take away what names no whole path, as the rules for these variables ask, and return a line about each."""
    notes = []
    for name in HOMES:
        value = os.environ.get(name, "")
        if value.strip() and not Path(value).is_absolute():
            del os.environ[name]
            notes.append(f"{name} is '{one_line(value)}', which is not an absolute path, so it is ignored.")
    return notes


def _whole(path: Path) -> Path:
    """Return a path that does not go by the folder one is in. Raises BadInput where no home folder is known."""
    if path.is_absolute():
        return path
    raise BadInput(
        f"No home folder is known here, so the data has no place. Name one by its whole path in {DATA}, and one for "
        f"the state in {HOMES[1]}."
    )


def state_root() -> Path:
    """Return the folder below which every data folder has a state folder of its own. Raises BadInput."""
    return _own_folder("state", "XDG_STATE_HOME", ".local/state")


def _own_folder(what: str, variable: str, below_home: str) -> Path:
    """Return this user's folder for data or state as platformdirs names it. Raises BadInput.

    Linux is two lines of the XDG rules here: the library takes 19 modules and 7 of 120 ms of `toward today`.
    """
    if sys.platform != "linux":
        import platformdirs

        named: Path = getattr(platformdirs, f"user_{what}_path")(APP)
        return _whole(named)
    named_there = os.environ.get(variable, "").strip()
    return _whole((Path(named_there) if named_there else _home() / below_home) / APP)


def _home() -> Path:
    """Return the home folder of this account, or a relative path where none is known."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("~")


def folder_named(text: str) -> Path:
    """Return the whole path of a folder that a person names; it need not be there. Raises BadInput."""
    name = one_line(text)
    if not text.strip() or "\0" in text:
        raise BadInput(f"'{name}' names no folder. Write the whole path.")
    try:
        path = Path(text).expanduser().absolute()
    except RuntimeError:
        raise BadInput(f"'{name}' names the home of somebody who is not known here. Write the whole path.") from None
    except OSError:
        raise BadInput(f"'{name}' leads on from a folder that is gone. Write the whole path.") from None
    try:
        path.stat()
    except OSError as error:
        if error.errno in _NO_NAME:
            reason = (error.strerror or "it names no place").lower()
            raise BadInput(f"'{name}' can be no folder: {reason}. Name another one.") from None
    return path


def clock(text: str) -> Clock:
    """Return the machine's clock, or one that stands still at an ISO time; a day alone means its noon.

    A time without an offset is local. Raises BadInput if the text is no time.
    """
    word = text.strip()
    if not word:
        system = SystemClock()
        _check_year("The clock of this computer says", system.now())
        return system
    try:
        moment = datetime.fromisoformat(f"{word}T12:00" if len(word) == 10 else word)
        _check_year(f"{NOW} says", moment)
        return FixedClock(moment if moment.tzinfo else moment.astimezone())
    except (ValueError, OverflowError, OSError):
        raise BadInput(f"{NOW} is '{text}', which is not a time. Try 2026-11-23T07:40.") from None


def _check_year(said: str, moment: datetime) -> None:
    """Raise BadInput for a clock in whose years nothing is counted."""
    if moment.year not in YEARS:
        raise BadInput(
            f"{said} {moment:%Y-%m-%d}, and Toward counts days of the years {YEARS[0]} to {YEARS[-1]}. Set the clock "
            "and try again; nothing was changed."
        )


def state_of(data: Path, state_root: Path) -> Path:
    """Return the state folder that belongs to a data folder."""
    from tracker.store.identity.identity import state_folder

    return state_folder(state_root, data)


def is_closed(path: Path) -> bool:
    """Return whether this account may not read a file or folder."""
    from tracker.store.barred import barrier

    return barrier(path) is not None


def told_of(error: PermissionError) -> Damaged | None:
    """Return what tells that this account may not use something on the disk, None where it is not known what."""
    from tracker.store.barred import say_barred

    return Damaged(say_barred(Path(os.fsdecode(error.filename)))) if error.filename else None


def refuse_closed(path: Path) -> None:
    """Raise Damaged where this account may not read a file or folder, which is not to be taken for an empty one."""
    if is_closed(path):
        from tracker.store.barred import say_barred

        raise Damaged(say_barred(path))


def is_discreet(state: Path) -> bool:
    """Return whether Toward is to be discreet on this computer."""
    return read_choice(state / DISCREET) == ON


def read_choice(path: Path) -> str:
    """Return the word kept in a file of this computer's own choices, or an empty text; read before a store is open."""
    from tracker.store.files import read_plain

    try:
        text = read_plain(path).decode("ascii").strip()
    except (OSError, ValueError):
        return ""
    return text if len(text) <= _LONGEST_CHOICE and text.isprintable() else ""
