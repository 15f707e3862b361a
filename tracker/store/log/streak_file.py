"""The derived summary: a stock TinyDB file that may be deleted at any time."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from tracker.store.crypto.vault import PLAIN, SEALED, Vault
from tracker.store.events import decode
from tracker.store.files import atomic_write, read_plain
from tracker.store.limits import MOST_BYTES


class SummaryFile:
    """Tables that are written whole and read whole, readable by stock TinyDB; sealed where the store is."""

    def __init__(self, path: Path, vault: Vault = PLAIN) -> None:
        self._path = path.with_name(path.name + vault.ending)
        self._vault = vault

    def read(self) -> dict[str, list[dict[str, object]]] | None:
        """Return the documents of each table, or None if the file is missing or anything is wrong with it."""
        try:
            found = decode(self._vault.open(self._path, read_plain(self._path, MOST_BYTES)))
        except (OSError, ValueError):
            return None
        if not isinstance(found, dict):
            return None
        tables: dict[str, list[dict[str, object]]] = {}
        for name, documents in found.items():
            if name == SEALED:
                continue
            if not isinstance(documents, dict) or not all(isinstance(each, dict) for each in documents.values()):
                return None
            tables[name] = list(documents.values())
        return tables

    def write(self, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
        """Replace the file by `tables` if the disk lets us; raise ValueError for a value that is not JSON."""
        numbered = {
            name: {str(number): document for number, document in enumerate(documents, start=1)}
            for name, documents in tables.items()
        }
        fresh = self._vault.seal(self._path, numbered)
        with contextlib.suppress(OSError):
            atomic_write(self._path, fresh, durable=False)
