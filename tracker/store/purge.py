"""Purge: what is really forgotten, the one operation that takes away what was written.

An order is an event `purge|<hash>` that names keys, each with the time up to which its versions are to be empty. It
holds in memory at once, for every event whatever file brings it; each device empties its own files, and no other's.
In a plain store, where anybody may have written it, it empties nothing here before somebody said yes (`incoming`).
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tracker.store.crypto.vault import AGE, PLAIN, Vault
from tracker.store.errors import StoreError, WriteFailed
from tracker.store.events import Event, farthest, values
from tracker.store.files import atomic_write, read_plain
from tracker.store.log.housekeeping import forget_copies

if TYPE_CHECKING:
    from tracker.store.log.shard_set import ShardSet

PURGE = "purge|"
THEIRS = "partner-ratings|"
"""How the keys of a partner's answers begin, which are theirs to take back."""
_STAYS = ("id", "key", "t", "prev", "dev", "at", "op", "n", "cmd", "undoes", "redoes", "as", "settles")
_OBEYED = "obeyed"
ORDERS = "purged.json"
"""The file in a state folder that keeps the orders, so that no copy brings anything back into a lost folder."""


def emptied(event: Event) -> Event:
    """Return the event without its payload, and without anything that this version does not know."""
    kept = {name: value for name, value in event.items() if name in _STAYS}
    return cast("Event", {**kept, "v": None, "purged": True})


def orders_of(event: Event) -> dict[str, int]:
    """Return the keys that a purge event names, each with the time of its last version to be emptied."""
    found = (event["v"] or {}).get("keys") if event["key"].startswith(PURGE) else None
    if not isinstance(found, dict):
        return {}
    most = farthest()
    return {
        key: until
        for key, until in found.items()
        if type(until) is int and 0 <= until <= most and not key.startswith(PURGE)
    }


def takes_back(event: Event) -> bool:
    """Return whether an order names a partner's answers and nothing else: that is never asked about, and never refused.

    Whoever could refuse it would read what somebody took back, perhaps in fear; a forged one takes nothing else.
    """
    found = orders_of(event)
    return bool(found) and all(key.startswith(THEIRS) for key in found)


def order_key(keys: Iterable[str]) -> str:
    """Return the key of the event that orders these keys to be emptied."""
    return PURGE + hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did: events emptied, those in other devices' files that wait for them, files that no one can read.

    `operation` is None where there was nothing to empty.
    """

    events: int
    elsewhere: int = 0
    unreadable: tuple[Path, ...] = ()
    operation: str | None = None


def until_of(versions: Sequence[Event], moment: int) -> int:
    """Return the time up to which the versions of a key are emptied: now, or later where one is dated later."""
    return max(moment, *(event["t"] for event in versions))


def orders_of_device(state: Path, vault: Vault = PLAIN) -> list[Event]:
    """Return the purge events that this device has obeyed, as its state folder keeps them."""
    from tracker.store.log.shards import read_shard

    kept = (event for ending in ("", AGE) for event in read_shard(state / f"{ORDERS}{ending}", vault).events)
    return [each for each in kept if each["key"].startswith(PURGE)]


def obey(shards: ShardSet, folder: Path, state: Path) -> None:
    """Empty in this device's files what an order covers that binds; what the disk refuses waits for the next time.

    To be called with the lock held. It costs next to nothing where there is no new order.
    """
    if not shards.index.binding:
        return
    done = _read_mark(state) == _mark(shards)
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
    return (*damaged, *sorted(folder.glob("*.damaged-*")), *kept)


def _keep_orders(state: Path, tables: dict[str, Any], vault: Vault) -> None:
    """Write the orders, sealed if the store is: their keys may tell what a commitment of one's own was called."""
    path, other = (state / f"{ORDERS}{ending}" for ending in ((vault.ending, "") if vault.ending else ("", AGE)))
    atomic_write(path, vault.seal(path, tables))
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
    known = f"{len(orders)} {sum(orders.values())} {shards.own_sealed_fingerprint()}"
    return hashlib.sha256(known.encode()).hexdigest()


def _read_mark(state: Path) -> str:
    try:
        return read_plain(state / _OBEYED).decode("ascii").strip()
    except (OSError, ValueError):
        return ""
