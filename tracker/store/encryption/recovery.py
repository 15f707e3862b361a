"""A lock that was lost or changed: what is wrong with it, which copies there are, and putting one back."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker.store.backup.copies import BACKUPS, all_copies, list_backups
from tracker.store.backup.shelf import copy_at, marker_of, read_copied
from tracker.store.crypto.vault import AGE, IDENTITY, CannotOpen, StoreKey, is_encrypted_file, unwrap
from tracker.store.encryption.identity_file import examine_identity, read_or_nothing, spoilt
from tracker.store.encryption.relocking import lock_marker
from tracker.store.encryption.unlocking import is_proven, opens_marker, vault_here
from tracker.store.errors import StoreBarred, StoreDamaged, StoreError, StoreLocked
from tracker.store.events import encode, new_id
from tracker.store.files import atomic_write, create_once, make_folder, read_plain, set_aside, sum_of
from tracker.store.identity.device import read_device_id
from tracker.store.identity.identity import (
    DEVICES,
    FORMAT,
    MARKER,
    ON,
    Marker,
    change_of,
    has_encrypted_files,
    holds_encrypted,
    is_there,
    new_marker,
    parse_marker,
    read_marker,
    read_written,
)
from tracker.store.identity.memory import ANOTHER_STORE, WAS_PLAIN, Known, learn, read_known
from tracker.store.limits import MOST_BYTES

_CONFLICT = re.compile(rf"identity[. ][^/]{{1,120}}{re.escape(AGE)}")


_MOST_TRIED = 4
STRANGE_LOCK, OTHER_KEY, IDENTITY_LOST, LOCK_LOST = "strange lock", "other key", "identity", "lock lost"
UNPROVEN = "not proven"
"""Why a store is not opened, beside the changes of a store.json that `memory` tells."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """Why a store is not opened: one of the words above or of `memory`, where, and whether a copy can be put back."""

    why: str
    path: Path
    detail: str = ""
    spare: bool = False
    needs_key: bool = False


def unlike(data: Path, state: Path, key: StoreKey | None = None) -> Unlike | None:
    """Return what keeps this computer from opening a store, None where nothing does; looks at names and two files."""
    known = read_known(state)
    path = data / MARKER
    try:
        marker = read_marker(data)
    except StoreBarred:
        # What may not be read is not lost: it is told as that.
        return None
    except StoreDamaged as error:
        there = os.path.lexists(path) or (data / DEVICES).is_dir()
        return Unlike(LOCK_LOST, path, error.message, needs_key=True) if known.is_encrypted and there else None
    except StoreError:
        return None
    if change := change_of(known, marker, state):
        if change == ANOTHER_STORE and marker.encryption and not known.is_encrypted and _is_here(data, state):
            return Unlike(STRANGE_LOCK, path)
        ours = _is_here(data, state)
        return Unlike(change, path, "ours" if ours else "", needs_key=known.is_encrypted and ours)
    if not marker.encryption:
        return None
    if key is not None and not (known.holds(key.names) and opens_marker(marker, key)):
        return Unlike(OTHER_KEY, path, needs_key=True)
    if key is not None:
        try:
            vault_here(data, state, marker, key)
        except StoreDamaged as error:
            return Unlike(UNPROVEN, path, error.message, needs_key=True)
    if key is None and known.mode == WAS_PLAIN and not _own_encrypted(data, state):
        return Unlike(STRANGE_LOCK, path)
    if wrong := spoilt(data, state):
        spare = spare_identity(data, state, marker) is not None
        return Unlike(IDENTITY_LOST, data / IDENTITY, wrong, spare, needs_key=True)
    return None


def _is_here(data: Path, state: Path) -> bool:
    """Return whether the folder of this device lies in the data folder."""
    with contextlib.suppress(StoreError, OSError):
        return (data / DEVICES / read_device_id(state)).is_dir()
    return False


def _own_encrypted(data: Path, state: Path) -> list[Path]:
    """Return the encrypted files in the folder of this device."""
    with contextlib.suppress(StoreError, OSError):
        return [each for each in (data / DEVICES / read_device_id(state)).iterdir() if is_encrypted_file(each)]
    return []


def identities(data: Path, state: Path) -> Iterator[Path]:
    """Yield the identity files there are: the one in use, those from before, those in backups, newest first, and last
    what a sync service kept beside it.
    """
    yield data / IDENTITY
    with contextlib.suppress(OSError):
        before = [each for each in data.iterdir() if re.fullmatch(rf"identity-before-[0-9a-f]{{8}}{AGE}", each.name)]
        yield from sorted(before, key=lambda each: each.lstat().st_mtime, reverse=True)
    for backup in list_backups(state / BACKUPS):
        yield backup.path / IDENTITY
    with contextlib.suppress(OSError):
        yield from sorted(each for each in data.iterdir() if _CONFLICT.fullmatch(each.name))


def find_key(data: Path, state: Path, passphrase: str) -> StoreKey:
    """Return the key that this computer knows the store by, from whichever identity file the passphrase opens.

    Each different one is tried, up to four; each takes about a second. Raise StoreLocked.
    """
    tried: set[bytes] = set()
    known = read_known(state)
    for path in identities(data, state):
        raw, wrong = examine_identity(path)
        if wrong or raw in tried or len(tried) >= _MOST_TRIED:
            continue
        tried.add(raw)
        with contextlib.suppress(StoreLocked, StoreDamaged):
            key = unwrap(raw, passphrase)
            key.opened = sum_of(raw)
            if known.holds(key.names):
                return key
    raise StoreLocked("That passphrase opens no key of this store. Nothing was changed.")


def spare_identity(data: Path, state: Path, marker: Marker) -> Path | None:
    """Return the copy of the identity file in a backup that may be put back: of this store, sound, and another one."""
    known, now = read_known(state), read_or_nothing(data / IDENTITY)
    fit = []
    for backup in list_backups(state / BACKUPS):
        path = backup.path / IDENTITY
        raw, wrong = examine_identity(path)
        if wrong or raw == now:
            continue
        if known.identity and sum_of(raw) == known.identity:
            return path
        with contextlib.suppress(StoreError, OSError):
            if marker_of(backup.path).check == marker.check:
                fit.append(path)
    return fit[0] if fit else None


def put_identity_back(data: Path, state: Path) -> str:
    """Put the identity file of a backup in the place of one that is lost or damaged; return that backup's name.

    What lies there is kept under another name. Raise StoreDamaged where no backup has one that fits, or OSError.
    """
    spare = spare_identity(data, state, read_marker(data))
    if spare is None:
        raise StoreDamaged(f"No backup holds a copy of {data / IDENTITY} that fits. Your recovery key opens the store.")
    raw = read_copied(spare)
    set_aside(data / IDENTITY)
    create_once(data / IDENTITY, raw)
    return spare.parent.name


def put_lock_back(data: Path, state: Path, key: StoreKey) -> str:
    """Let store.json say again what this computer knows: from the newest backup whose lock the key opens, or anew.

    Return where it came from, "" if it was made anew. What lies there is kept under another name. Raise StoreLocked for
    a key that this computer does not know the store by, StoreError or OSError.
    """
    known = read_known(state)
    if not known.holds(key.names) or not (known.key or _opens_ours(data, state, key)):
        raise StoreLocked("This key is not the one that this computer knows the store by. Nothing was changed.")
    raw, origin = _lock_of(state, known, key)
    strange = _is_strange(data, state, key)
    set_aside(data / MARKER)
    make_folder(data)
    create_once(data / MARKER, raw)
    if strange or _is_unsound(data / IDENTITY):
        with contextlib.suppress(StoreDamaged):
            put_identity_back(data, state)
    return origin


def _is_unsound(path: Path) -> bool:
    with contextlib.suppress(PermissionError):
        return bool(examine_identity(path)[1])
    return False


def _is_strange(data: Path, state: Path, key: StoreKey) -> bool:
    """Return whether the identity file that lies there is none of the key's, as far as anybody can tell.

    It never is where it opened here last, or opened for this key: whoever changed the passphrase on another device
    types the new one, and a store.json that was lost or forged meanwhile does not bring the old one back.
    """
    known, now = read_known(state).identity, sum_of(read_or_nothing(data / IDENTITY))
    if now in (known, key.opened):
        return False
    if key.opened:
        return True
    # Only a recovery key opened, which opens the store with either file, so the one that lies there may be right.
    with contextlib.suppress(StoreError):
        marker = read_marker(data)
        return bool(marker.encryption) and not opens_marker(marker, key)
    return False


def _lock_of(state: Path, known: Known, key: StoreKey) -> tuple[bytes, str]:
    for backup in list_backups(state / BACKUPS):
        with contextlib.suppress(StoreError, OSError):
            raw = read_copied(backup.path / MARKER)
            marker = parse_marker(raw, MARKER, "")
            if marker.encryption == ON and known.ids & marker.ids and _is_ours(marker, key):
                return raw, backup.path.name
    return lock_marker(Marker(FORMAT, known.store, tuple(sorted(known.was))), key).encoded(), ""


def _is_ours(marker: Marker, key: StoreKey) -> bool:
    return opens_marker(marker, key) and (not marker.mac or is_proven(marker, key))


def _opens_ours(data: Path, state: Path, key: StoreKey) -> bool:
    """Return whether a key opens a file of this computer's, where no more is remembered than that it is encrypted."""
    for path in _own_encrypted(data, state):
        with contextlib.suppress(OSError, CannotOpen):
            key.open(read_plain(path, MOST_BYTES))
            return True
    for backup in list_backups(state / BACKUPS):
        with contextlib.suppress(StoreError):
            if opens_marker(marker_of(backup.path), key):
                return True
    return False


def repair_marker(data: Path, state: Path | None = None) -> None:
    """Make a store.json and keep an unreadable one under another name; raise OSError if that fails.

    It gets the id of the store that `state` wrote to, where that is known. Raise StoreDamaged where anything shows that
    the store was encrypted: what its files are checked against can only be put back.
    """
    path = data / MARKER
    try:
        read_marker(data)
    except StoreDamaged:
        if shows_encryption(data, state):
            raise StoreDamaged(
                f"{path} was not made anew: the store was encrypted, and a new one would say that it is not. "
                "Put it back from another device or from a backup."
            ) from None
        if is_there(path):
            set_aside(path)
        written = read_written(state) if state is not None else ""
        create_once(path, encode({"format": FORMAT, "store": written}) if written else new_marker().encoded())


def shows_encryption(data: Path, state: Path | None) -> bool:
    """Return whether what lies in the data folder, in its backups or in memory shows that the store is encrypted.

    A store that is known to be plain may keep keys and backups of the time when it was not.
    """
    known = read_known(state) if state is not None else Known()
    if known.is_encrypted or os.path.lexists(data / IDENTITY) or has_encrypted_files(data):
        return True
    return known.mode != WAS_PLAIN and (holds_encrypted(data) or (state is not None and _has_encrypted_backup(state)))


def _has_encrypted_backup(state: Path) -> bool:
    for backup in all_copies(state / BACKUPS):
        with contextlib.suppress(OSError):
            if any(name.endswith(AGE) for name in copy_at(backup.path).names):
                return True
    return False


def set_strange_lock_aside(data: Path, state: Path) -> list[Path]:
    """Set a foreign store.json and identity file aside, make the store plain as before, and return the files kept.

    Raise StoreDamaged where a file of this device is encrypted with it, or OSError.
    """
    known = read_known(state)
    if known.is_encrypted or _own_encrypted(data, state):
        raise StoreDamaged("This computer's own files are encrypted, so the lock stays. It opens with its passphrase.")
    kept = [set_aside(data / MARKER), set_aside(data / IDENTITY)]
    said = {"format": FORMAT, "store": known.store or new_id(), "was": sorted(known.was)}
    create_once(data / MARKER, encode({name: each for name, each in said.items() if each}))
    return [path for path in kept if path is not None]


def join_stores(data: Path, state: Path) -> None:
    """Let the store of a folder and the one that this computer knows be one for good; raise StoreError or OSError."""
    known, marker = read_known(state), read_marker(data)
    if marker.encryption or known.is_encrypted:
        raise StoreDamaged("An encrypted store can be made one with no other. Take the encryption back first.")
    joined = marker.joined(Marker(FORMAT, known.store, tuple(known.was)))
    atomic_write(data / MARKER, joined.encoded(read_copied(data / MARKER)))
    learn(state, store=joined.store, was=frozenset(joined.was))


def take_as_ours(data: Path, state: Path) -> Path:
    """Take the store in a folder for this computer's own from now on; return where what was known of the other lies.

    Raise StoreError for a store.json that cannot be read, OSError.
    """
    read_marker(data)
    away = state.with_name(f"{state.name}.of-another-{new_id()[:8]}")
    state.rename(away)
    return away
