"""What the app looks at in the store from time to time, besides what a screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.services.toward import Toward


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the store is encrypted, and after how many idle minutes it locks, 0 for never."""

    encrypted: bool = False
    minutes: int = 0


def _standing(toward: Toward) -> Standing:
    if not toward.encrypted:
        return Standing()
    from tracker.services.settings import lock_after

    return Standing(True, lock_after(toward))


def first_look(toward: Toward) -> tuple[bool, str, Standing]:
    """Return whether the store is empty, a line that a person may want to know about it, and how it is locked."""
    return toward.is_new, toward.trouble, _standing(toward)


def look(toward: Toward) -> tuple[bool, date | None, str, Standing]:
    """Return whether anything was written elsewhere, the day it is, what cannot be used now, and the lock."""
    return toward.poll(), toward.today, toward.trouble or toward.backup_trouble or "", _standing(toward)
