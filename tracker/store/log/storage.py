"""What stands below TinyDB: a storage that is read strictly, written atomically and never shrinks.

This module imports TinyDB, so it is itself imported only when something is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import Storage

from tracker.store.crypto.vault import PLAIN, Vault
from tracker.store.errors import StoreDamaged, WriteFailed
from tracker.store.events import Event, values
from tracker.store.files import atomic_write, read_plain
from tracker.store.limits import MOST_BYTES
from tracker.store.log.shards import TABLE, open_shard


class AtomicStorage(Storage):
    """A TinyDB storage over one file that holds either all of a write or nothing of it."""

    def __init__(self, path: str | Path, vault: Vault = PLAIN) -> None:
        self._path = Path(path)
        self._vault = vault
        self._raw: bytes | None = None
        self._tables: dict[str, dict[str, Any]] = {}

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return the tables, or None if there is no file yet; raise StoreDamaged if the file is not sound."""
        try:
            raw = read_plain(self._path, MOST_BYTES)
        except FileNotFoundError:
            return None
        if raw != self._raw:
            contents = open_shard(self._path, raw, self._vault)
            if contents.trouble:
                raise StoreDamaged(f"{self._path} {contents.trouble}. It was left as it is.")
            self._raw, self._tables = raw, contents.tables
        return dict(self._tables)

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace the file by `data`; raise WriteFailed rather than drop one document, or OSError."""
        fresh = self._vault.encrypt(self._path, data)
        for name, table in (self.read() or {}).items():
            if not _holds(data.get(name, {}), table):
                raise WriteFailed(
                    f"Nothing was saved: {self._path} would have lost entries, for example because another program has "
                    "just changed it. Try again."
                )
        atomic_write(self._path, fresh)


def _holds(fresh: Mapping[str, Any], table: Mapping[str, Any]) -> bool:
    """Return whether each document of `table` is in `fresh` too, under its number and with its id."""
    return all(number in fresh and _id(fresh[number]) == _id(document) for number, document in table.items())


def _id(document: Any) -> object:
    return document.get("id") if isinstance(document, Mapping) else None


def insert(path: Path, events: Sequence[Event], vault: Vault = PLAIN) -> None:
    """Add `events` to the shard at `path` in one durable write; raise as AtomicStorage does."""
    table = TinyDB(path, storage=AtomicStorage, vault=vault).table(TABLE, cache_size=0)
    table.insert_multiple([values(event) for event in events])


def replace(path: Path, change: Callable[[Event], Event], vault: Vault = PLAIN) -> None:
    """Put what `change` makes of each event in its place, in one durable write; raise as AtomicStorage does."""
    storage = AtomicStorage(path, vault)
    tables = storage.read() or {}
    events = tables.get(TABLE, {})
    changed = {number: change(event) for number, event in events.items()}
    if changed != events:
        storage.write(tables | {TABLE: changed})
