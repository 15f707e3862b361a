"""The file that holds the key of a store under a passphrase: what is wrong with it, and what opens it."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from tracker.store.backup.copies import list_backups
from tracker.store.backup.shelf import read_copied
from tracker.store.crypto.vault import IDENTITY, WAY_OUT, StoreKey, unwrap
from tracker.store.errors import StoreDamaged, StoreLocked, may_not
from tracker.store.files import NotRegular, sum_of
from tracker.store.identity.memory import Known, learn, read_known
from tracker.store.log.housekeeping import BACKUPS

_AGE_FILE = re.compile(rb"age-encryption\.org/v1\n(?:-> [ -~]+\n(?:[A-Za-z0-9+/]*\n)+)+--- [A-Za-z0-9+/]+\n", re.S)
_LEAST = 32
"""An age file holds a nonce and one piece behind its header, each at least sixteen bytes."""
_ALIKE = 6
"""Tenths of the bytes that a damaged file has in common with its sound copy, at least; others have two."""


def read_identity(data: Path) -> bytes:
    """Return the bytes of the identity file; raise StoreDamaged where there is none that can be read."""
    path = data / IDENTITY
    try:
        raw, wrong = examine_identity(path)
    except PermissionError as error:
        raise may_not(path, error) or StoreDamaged(f"{path} cannot be read. {WAY_OUT}") from None
    if wrong:
        raise StoreDamaged(f"{path} {wrong}, so no passphrase opens it. {WAY_OUT}")
    return raw


def unlock(data: Path, passphrase: str, state: Path | None = None) -> StoreKey:
    """Return the key that a passphrase opens; takes about a second. Raise StoreLocked or StoreDamaged.

    With `state` it is remembered which identity file opened, so that a damaged one is told from a wrong passphrase.
    """
    raw = read_identity(data)
    known = read_known(state) if state is not None else Known()
    try:
        key = unwrap(raw, passphrase)
    except StoreLocked as error:
        if state is None or known.identity in ("", sum_of(raw)):
            raise
        if wrong := spoilt(data, state):
            raise StoreDamaged(f"{data / IDENTITY} {wrong}, so no passphrase opens it. {WAY_OUT}") from None
        raise StoreLocked(
            f"{error.message} {data / IDENTITY} is not the file that opened here last. If you changed the passphrase "
            f"on another device, use the new one. If not, it is damaged. {WAY_OUT}"
        ) from None
    key.opened = sum_of(raw)
    # What holds another key will be refused, and is none that opened this store here.
    if state is not None and known.is_encrypted and known.holds(key.names) and known.identity != key.opened:
        with contextlib.suppress(OSError):
            learn(state, identity=key.opened)
    return key


def examine_identity(path: Path) -> tuple[bytes, str]:
    """Return the bytes of an identity file and what is wrong with it, told by its shape alone, or an empty text.

    Raise PermissionError where this account may not read it: it may well be sound.
    """
    try:
        raw = read_copied(path)
    except FileNotFoundError:
        return b"", "is missing"
    except NotRegular as error:
        return b"", error.strerror or "is not a plain file"
    except PermissionError:
        raise
    except OSError as error:
        return b"", f"cannot be read ({error.strerror})"
    if not raw:
        return raw, "is empty"
    header = _AGE_FILE.match(raw)
    if header is None:
        is_begun = raw.startswith(b"age-encryption.org/v1\n") and b"\n---" not in raw
        return raw, "is cut off" if is_begun else "is damaged"
    return raw, "is cut off" if len(raw) - header.end() < _LEAST else ""


def spoilt(data: Path, state: Path) -> str:
    """Return what is wrong with the identity file, by its shape or beside the copies in backups, or an empty text.

    Two files that hold a key under different passphrases have little in common; a damaged one is like its sound copy.
    """
    try:
        now, wrong = examine_identity(data / IDENTITY)
    except PermissionError:
        # That is told of by itself.
        return ""
    known = read_known(state).identity
    if wrong or known == sum_of(now):
        return wrong
    copies = [raw for each in list_backups(state / BACKUPS) if (raw := read_or_nothing(each.path / IDENTITY))]
    fit = [raw for raw in copies if sum_of(raw) == known] or copies
    return "is damaged" if now not in fit and any(_alike(raw, now) for raw in fit) else ""


def _alike(raw: bytes, now: bytes) -> bool:
    same = sum(one == other for one, other in zip(raw, now, strict=False))
    return same * 10 > min(len(raw), len(now)) * _ALIKE


def read_or_nothing(path: Path) -> bytes:
    try:
        return read_copied(path)
    except OSError:
        return b""
