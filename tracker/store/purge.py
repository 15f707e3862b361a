"""Purge: what is really forgotten, the one operation that takes away what was written.

An order is an event `purge|<hash>` that names keys, each with the time up to which its versions are to be empty. It
holds in memory at once, for every event whatever file brings it; each device empties its own files, and no other's.
In a plain store, where anybody may have written it, it empties nothing here before somebody said yes (`incoming`).
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.store.crypto.vault import AGE, Vault
from tracker.store.errors import StoreError, WriteFailed
from tracker.store.events import values
from tracker.store.files import ASIDE, atomic_write, read_line
from tracker.store.log.housekeeping import forget_copies
from tracker.store.log.incoming import ORDERS

if TYPE_CHECKING:
    from tracker.store.log.shard_set import ShardSet


_OBEYED = "obeyed"


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did: events emptied, those in other devices' files that wait for them, files that no one can read.

    `operation` is None where there was nothing to empty.
    """

    events: int
    elsewhere: int = 0
    unreadable: tuple[Path, ...] = ()
    operation: str | None = None


def obey(shards: ShardSet, folder: Path, state: Path) -> None:
    """Empty in this device's files what an order covers that binds; what the disk refuses waits for the next time.

    To be called with the lock held. It costs next to nothing where there is no new order.
    """
    if not shards.index.binding:
        return
    done = read_line(state / _OBEYED) == _mark(shards)
    if done and not shards.to_empty():
        return
    if not done:
        shards.load_all()
    with contextlib.suppress(OSError, StoreError):
        empty_files(shards, folder, state)


def empty_files(shards: ShardSet, folder: Path, state: Path) -> tuple[Path, ...]:
    """Empty what is covered in every file of this device and return those that could not be read.

    Every file is replaced whole or not at all. Raise StoreError or OSError where the disk refuses; then the order
    stands, and the rest is emptied the next time.
    """
    from tracker.store.log.shards import TABLE
    from tracker.store.log.storage import replace

    orders = [values(event) for event in shards.index.given.values()]
    if orders:
        _keep_orders(state, {TABLE: {str(n): each for n, each in enumerate(orders, start=1)}}, shards.vault)
    forget_copies(folder, state)
    for name in shards.to_empty():
        replace(folder / name.rpartition("/")[2], shards.index.bound, shards.vault)
        if any(map(shards.index.covers, shards.reread(name).values())):
            raise WriteFailed(f"What was emptied in {folder} did not read back. Check the disk and try again.")
    kept = _empty_backups(shards, state)
    atomic_write(state / _OBEYED, f"{_mark(shards)}\n".encode())
    damaged = (folder.parent / name for name in shards.own_names() if not shards.writable(name))
    return (*damaged, *sorted(folder.glob(f"*{ASIDE}*")), *kept)


def _keep_orders(state: Path, tables: dict[str, Any], vault: Vault) -> None:
    """Write the orders, encrypted if the store is: their keys may tell what a commitment of one's own was called."""
    path, other = (state / f"{ORDERS}{ending}" for ending in ((vault.ending, "") if vault.ending else ("", AGE)))
    atomic_write(path, vault.encrypt(path, tables))
    other.unlink(missing_ok=True)


def _empty_backups(shards: ShardSet, state: Path) -> tuple[Path, ...]:
    """Empty what is covered in this machine's backups and return the files that could not be emptied."""
    from tracker.store.backup.copies import BACKUPS, backups_lock
    from tracker.store.backup.shelving import empty_backups

    if not (state / BACKUPS).is_dir():
        return ()
    with backups_lock(state / BACKUPS, timeout=30.0):
        return empty_backups(state / BACKUPS, shards.index.covers, shards.index.bound, shards.vault)


def _mark(shards: ShardSet) -> str:
    """Return a hash of the orders that are known and of this device's older files."""
    orders = shards.index.binding
    known = f"{len(orders)} {sum(orders.values())} {shards.own_archived_fingerprint()}"
    return hashlib.sha256(known.encode()).hexdigest()
