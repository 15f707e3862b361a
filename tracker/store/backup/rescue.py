"""Putting a data folder back that is gone or empty, from a copy of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tracker.store.backup.backups import contents_of, read_folder
from tracker.store.backup.copies import BACKUPS, list_backups
from tracker.store.backup.shelf import Copy, copy_at, marker_of, read_copied
from tracker.store.crypto.trust import strict
from tracker.store.crypto.vault import AGE, IDENTITY, PLAIN, StoreKey, Vault
from tracker.store.errors import StoreDamaged, StoreError, refuse_links
from tracker.store.events import Event, encode
from tracker.store.files import create_once, make_folder
from tracker.store.identity.identity import DEVICES, FORMAT, MARKER, is_lost, read_written
from tracker.store.log.incoming import ORDERS, PURGE, Judge, orders_of_device
from tracker.store.log.index import Index
from tracker.store.log.shards import TABLE, Contents, Damage, Reader, read_shard


def orders_left(state: Path, key: StoreKey | None) -> tuple[list[Event], bool]:
    """Return the purge events that outlive a lost data folder, in backups too, and whether some stay encrypted.

    What nobody here gave or accepted is not among them: a backup holds the files of others as well.
    """
    vault, encrypted = strict(read_written(state), key), state / f"{ORDERS}{AGE}"
    found = orders_of_device(state, vault)
    judge = Judge(state, encrypted=False, given=found)
    for _, contents in contents_of(list_backups(state / BACKUPS), Reader(vault)):
        found += (event for event in contents.events if event["key"].startswith(PURGE) and judge.knows(event))
    return found, encrypted.is_file() and read_shard(encrypted, vault).trouble is not None


def lock_of_orders(state: Path) -> Path | None:
    """Return the newest backup with the lock under which a state folder keeps its orders, None where there is none."""
    if not (state / f"{ORDERS}{AGE}").is_file():
        return None
    return next((each.path for each in list_backups(state / BACKUPS) if IDENTITY in copy_at(each.path).names), None)


def put_folder_back(data: Path, state: Path, copy: Path, orders: Iterable[Event], vault: Vault = PLAIN) -> list[Damage]:
    """Put the sound files of a copy back where `data` lacks them, store.json last, and return the damaged ones.

    The store keeps the id it had, and what `orders` cover stays empty. Raise StoreDamaged where the folder is not
    lost, and OSError or StoreError where the disk refuses; then it can be done again.
    """
    if not is_lost(data, state):
        raise StoreDamaged(f"{data} is not lost: it has its {MARKER}.")
    index = Index("")
    index.add(orders)
    troubles = []
    source = copy_at(copy)
    shards = read_folder(copy, vault)
    for name, contents in shards.items():
        if contents.trouble:
            troubles.append(Damage(copy / name, contents.trouble))
        else:
            _put_back(source, name, data, contents, index, vault)
    for name in source.names:
        if name == IDENTITY or name.endswith("/device.json"):
            _put_back(source, name, data, None, index, vault)
    make_folder(data)
    create_once(data / MARKER, _marker(state, copy))
    return troubles


def _put_back(source: Copy, name: str, data: Path, contents: Contents | None, index: Index, vault: Vault) -> None:
    """Copy a file to where there is none, without what was purged."""
    target = data / name
    if target.exists() or target.is_symlink():
        return
    refuse_links(*(folder for folder in target.parents if folder.name == DEVICES), target.parent)
    make_folder(target.parent)
    if contents is not None and any(map(index.covers, contents.events)):
        # What must not come back is emptied before it has its name.
        events = {number: index.masked(event) for number, event in contents.tables[TABLE].items()}
        create_once(target, vault.encrypt(target, {**contents.tables, TABLE: events}))
        return
    create_once(target, source.read(name))


def _marker(state: Path, copy: Path) -> bytes:
    """Return what store.json is to say: the id that was written to before, in the format of the copy."""
    written = read_written(state)
    try:
        marker = marker_of(copy)
    except StoreError:
        if not written:
            raise
        return encode({"format": FORMAT, "store": written})
    if written in ("", marker.store):
        return read_copied(copy / MARKER)
    return encode({"format": marker.format, "store": written})
