"""Where the data lies and what time it is, as the command line and the environment say."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.domain.clean import one_line
from tracker.domain.clock import Clock, FixedClock, SystemClock
from tracker.services.errors import BadInput

APP = "toward"
_NO_NAME = {errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}
DATA, NOW = "TOWARD_DATA", "TOWARD_NOW"


@dataclass(frozen=True, slots=True)
class Environment:
    """The data folder, the root of all state folders, and the clock."""

    data: Path
    state: Path
    clock: Clock


def environment(data: str | None = None) -> Environment:
    """Return what holds for this process; `data` goes before `TOWARD_DATA`. Raises BadInput."""
    from platformdirs import user_data_path

    chosen = os.environ.get(DATA) or None if data is None else data
    folder = folder_named(chosen) if chosen is not None else user_data_path(APP)
    return Environment(folder, state_root(), clock(os.environ.get(NOW, "")))


def state_root() -> Path:
    """Return the folder below which every data folder has a state folder of its own."""
    from platformdirs import user_state_path

    return user_state_path(APP)


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
        return SystemClock()
    try:
        moment = datetime.fromisoformat(f"{word}T12:00" if len(word) == 10 else word)
        return FixedClock(moment if moment.tzinfo else moment.astimezone())
    except (ValueError, OverflowError, OSError):
        raise BadInput(f"{NOW} is '{text}', which is not a time. Try 2026-11-23T07:40.") from None


def state_of(data: Path, state_root: Path) -> Path:
    """Return the state folder that belongs to a data folder."""
    from tracker.store.identity import state_folder

    return state_folder(state_root, data)
