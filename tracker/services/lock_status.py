"""What can be told of a store's lock without opening it: whether there is one, and whether it is the known one."""

from __future__ import annotations

from pathlib import Path

from tracker.ledger.errors import TowardError
from tracker.ledger.open_folder import in_plain_words
from tracker.store.encryption import recovery, unlocking
from tracker.store.identity.memory import TURNED_PLAIN, read_known


def is_encrypted(data: Path) -> bool:
    """Return whether a data folder is encrypted. Raises TowardError."""
    with in_plain_words():
        return unlocking.is_encrypted(data)


def needs_key(folder: Path) -> bool:
    """Return whether a data folder, or a copy of one, is encrypted; one that does not say so is taken for plain."""
    try:
        return is_encrypted(folder)
    except TowardError:
        return False


def key_for_repair(data: Path, state: Path) -> bool | None:
    """Return whether a store that is not what this computer remembers needs its key to be put right; None if it is."""
    found = recovery.unlike(data, state)
    return None if found is None else found.needs_key


def knows_key(state: Path) -> bool:
    """Return whether this computer knows which key its store was last opened with."""
    return bool(read_known(state).key)


def turned_plain(data: Path, state: Path) -> bool:
    """Return whether store.json says that a store is plain which this computer knows to be encrypted."""
    found = recovery.unlike(data, state)
    return found is not None and found.why == TURNED_PLAIN
