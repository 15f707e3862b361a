"""What the app looks at in the store from time to time, besides what a screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.ledger.workspace import Workspace
from tracker.services.history import drafts
from tracker.services.history.drafts import Unfinished


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """Whether the store is encrypted, after how many idle minutes it locks, 0 for never, and whether anything waits.

    What waits came from elsewhere, and is to be accepted or refused.
    """

    encrypted: bool = False
    minutes: int = 0
    arrivals: bool = False


def _standing(toward: Workspace) -> StoreStatus:
    if not toward.encrypted:
        return StoreStatus(arrivals=toward.has_arrivals)
    from tracker.services.settings import lock_after

    return StoreStatus(True, lock_after(toward), toward.has_arrivals)


def arrivals(app: object) -> bool:
    """Return whether the app knows of anything from elsewhere that waits for an answer."""
    return isinstance(standing := getattr(app, "standing", None), StoreStatus) and standing.arrivals


@dataclass(frozen=True, slots=True)
class First:
    """What is known of a store just opened: a line of trouble, the lock, what was half typed, and a line of news."""

    empty: bool
    trouble: str
    standing: StoreStatus
    unfinished: tuple[Unfinished, ...]
    waits: str


def first_look(toward: Workspace) -> First:
    """Return what the app has to know of a store when it opens."""
    kept = drafts.unfinished(toward)
    news = " ".join(filter(None, (drafts.tell(toward, kept), toward.news)))
    return First(toward.is_new, _trouble(toward), _standing(toward), kept, news)


def look(toward: Workspace) -> tuple[bool, date | None, str, StoreStatus]:
    """Return whether anything was written elsewhere, the day it is, what cannot be used now, and the lock."""
    return toward.poll(), toward.today, _trouble(toward) or toward.backup_trouble or "", _standing(toward)


def _trouble(toward: Workspace) -> str:
    """Return in one line what cannot be used, or else what came from elsewhere and waits, or else what is new."""
    if toward.damaged or toward.store.read_only:
        return toward.trouble
    return toward.arrived_in_app or toward.trouble
