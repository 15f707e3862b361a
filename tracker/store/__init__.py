"""The store: where commitments are kept, and the promise that nothing is lost."""

from __future__ import annotations

from tracker.store.errors import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFromTheFuture,
    StoreLocked,
    UnsafePath,
    WriteFailed,
)
from tracker.store.events import Draft, Event, merge_same_id, order, valid_event
from tracker.store.identity.identity import state_folder
from tracker.store.log.housekeeping import SummaryFile
from tracker.store.log.shards import Damage
from tracker.store.store import Store

__all__ = [
    "Damage",
    "Draft",
    "Event",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreFromTheFuture",
    "StoreLocked",
    "SummaryFile",
    "UnsafePath",
    "WriteFailed",
    "merge_same_id",
    "order",
    "state_folder",
    "valid_event",
]
