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
from tracker.store.identity.identity import repair_marker, state_folder
from tracker.store.log.shards import Damage
from tracker.store.log.streak_file import SummaryFile
from tracker.store.purge import Purged
from tracker.store.store import Store
from tracker.store.transaction import Transaction

__all__ = [
    "Damage",
    "Draft",
    "Event",
    "Purged",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreFromTheFuture",
    "StoreLocked",
    "SummaryFile",
    "Transaction",
    "UnsafePath",
    "WriteFailed",
    "merge_same_id",
    "order",
    "repair_marker",
    "state_folder",
    "valid_event",
]
