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


def _status(workspace: Workspace) -> StoreStatus:
    if not workspace.encrypted:
        return StoreStatus(arrivals=workspace.has_arrivals)
    from tracker.services.settings import lock_after

    return StoreStatus(True, lock_after(workspace), workspace.has_arrivals)


def arrivals(app: object) -> bool:
    """Return whether the app knows of anything from elsewhere that waits for an answer."""
    return isinstance(status := getattr(app, "store_status", None), StoreStatus) and status.arrivals


@dataclass(frozen=True, slots=True)
class OpenedStore:
    """What is known of a store just opened: a line of trouble, the lock, what was half typed, and a line of news."""

    empty: bool
    trouble: str
    status: StoreStatus
    unfinished: tuple[Unfinished, ...]
    waits: str


def read_opened(workspace: Workspace) -> OpenedStore:
    """Return what the app has to know of a store when it opens."""
    kept = drafts.unfinished(workspace)
    news = " ".join(filter(None, (drafts.tell(workspace, kept), workspace.news)))
    return OpenedStore(workspace.is_new, _trouble(workspace), _status(workspace), kept, news)


def poll_store(workspace: Workspace) -> tuple[bool, date | None, str, StoreStatus]:
    """Return whether anything was written elsewhere, the day it is, what cannot be used now, and the lock."""
    return (
        workspace.poll(),
        workspace.today,
        _trouble(workspace) or workspace.backup_trouble or "",
        _status(workspace),
    )


def _trouble(workspace: Workspace) -> str:
    """Return in one line what cannot be used, or else what came from elsewhere and waits, or else what is new."""
    if workspace.damaged or workspace.store.read_only:
        return workspace.trouble
    if workspace.has_arrivals:
        from tracker.services.exchange.incoming import IN_APP, summary

        return summary(workspace, IN_APP) or workspace.trouble
    return workspace.trouble
