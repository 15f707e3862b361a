"""Relocking: the files that say how a data folder or a copy of one is encrypted, put in step with what lies in it."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path

from tracker.store.crypto.vault import AGE, IDENTITY, StoreKey, Vault
from tracker.store.encryption.identity_file import read_identity
from tracker.store.encryption.unlocking import opens_marker, with_proof
from tracker.store.errors import StoreDamaged
from tracker.store.events import new_id
from tracker.store.files import atomic_write
from tracker.store.identity.identity import ENCRYPTED_FORMAT, ON, Marker, read_marker, write_marker


def relock(copy: Path, data: Path, said: Marker, vault: Vault) -> None:
    """Let the store.json and the identity file of a copy say how its files are encrypted; raise OSError."""
    with contextlib.suppress(StoreDamaged):
        before = read_marker(copy)
        if before.encryption and vault.key is not None and not opens_marker(before, vault.key):
            # Its own identity file is all that opens it.
            return
        if before != said:
            write_marker(copy, said)
    if vault.ending:
        atomic_write(copy / IDENTITY, read_identity(data))
    else:
        (copy / IDENTITY).unlink(missing_ok=True)


def lock_marker(marker: Marker, key: StoreKey) -> Marker:
    """Return what the store.json of an encrypted store says, locked with a key and proven by it."""
    check = base64.b64encode(key.encrypt(marker.store.encode())).decode()
    return with_proof(marker._replace(format=ENCRYPTED_FORMAT, encryption=ON, check=check), key)


def set_identity_aside(data: Path) -> None:
    """Keep an identity file under another name: backups on other devices may still be encrypted with it."""
    with contextlib.suppress(FileNotFoundError):
        (data / IDENTITY).rename(data / f"identity-before-{new_id()[:8]}{AGE}")
