"""Keep a text as a file of the person's own: private to them, whole or not at all, and never over another unasked."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tracker.domain.text.clean import one_line
from tracker.ledger.errors import BadInput, Refused
from tracker.services.change import Change
from tracker.store.files import NotConfirmed, atomic_write, create_once, oddity


class Taken(Refused):
    """There is a file of that name already; it is replaced only if that is asked for."""


def write(text: str, where: str, *, over: bool = False) -> Change:
    """Write a text to a new file, or `over` the one that is there. Raises BadInput, Refused, or Taken."""
    name = where.strip()
    if not name or "\0" in name:
        raise BadInput("Name a file to keep it in, such as ~/review.md.")
    try:
        path = Path(name).expanduser()
        there = _is_there(path)
        if there and not over:
            raise Taken(f"{one_line(name)} is there already.")
        if not there and not create_once(path, text.encode()):
            raise Taken(f"{one_line(name)} is there already.")
        if there:
            with suppress(NotConfirmed):
                atomic_write(path, text.encode())
    except (OSError, RuntimeError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "no such place"
        raise Refused(f"{one_line(name)} cannot be written ({reason}). Name another file.") from None
    return Change((f"Kept in {one_line(name)}, where only you can read it.",), changed=False)


def _is_there(path: Path) -> bool:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    if odd := oddity(status):
        raise BadInput(f"{one_line(str(path))} {odd}. Name a file to keep it in.")
    return True
