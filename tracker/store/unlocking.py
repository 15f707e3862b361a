"""Unlocking: whether a data folder or a copy of one is encrypted, and what opens it."""

from __future__ import annotations

import base64
from pathlib import Path

from tracker.store.errors import StoreDamaged, StoreLocked, unsafe_path
from tracker.store.files import NotRegular, read_plain
from tracker.store.identity import DEVICES, MARKER, Marker, read_marker
from tracker.store.vault import IDENTITY, PLAIN, CannotOpen, Key, Vault, is_sealed, unwrap

ON, ENDING = "age", "ending"
"""What store.json says of an encrypted store, and of one on its way back to plain files."""


_WAY_OUT = "Put it back from another device, or use your recovery key: toward passphrase --recover"


def is_encrypted(data: Path) -> bool:
    """Return whether a data folder is encrypted; raise StoreDamaged, UnsafePath."""
    return (data / MARKER).exists() and bool(read_marker(data).encryption)


def unlock(data: Path, passphrase: str) -> Key:
    """Return the key that a passphrase opens; takes about a second. Raise StoreLocked or StoreDamaged."""
    return unwrap(read_identity(data), passphrase)


def read_identity(data: Path) -> bytes:
    """Return the bytes of the identity file; raise StoreDamaged where there is none that can be read."""
    path = data / IDENTITY
    try:
        return read_plain(path)
    except NotRegular as error:
        if path.is_symlink():
            raise unsafe_path(path) from None
        raise StoreDamaged(f"{path} {error.strerror}. {_WAY_OUT}") from None
    except OSError:
        raise StoreDamaged(f"{path} is missing or cannot be read. {_WAY_OUT}") from None


def vault_of(data: Path, marker: Marker, key: Key | None) -> Vault:
    """Return the vault of an encrypted store; raise StoreLocked without its key."""
    if key is None:
        raise StoreLocked("This store is encrypted. It opens with its passphrase.")
    if opens_marker(marker, key):
        return Vault(marker.store, key, seals=marker.encryption != ENDING)
    raise StoreLocked("This key does not open this store. Nothing was changed.")


def opens_marker(marker: Marker, key: Key) -> bool:
    """Return whether a key opens the store that a store.json is of."""
    try:
        return key.open(base64.b64decode(marker.check)).decode() == marker.store
    except (CannotOpen, ValueError):
        return False


def vault_at(data: Path, key: Key | None) -> Vault:
    """Return the vault of a data folder or a copy of one, plain where it is; raise StoreLocked without its key.

    Where store.json cannot be read the files are taken as they are.
    """
    try:
        marker = read_marker(data)
    except StoreDamaged:
        return PLAIN
    if marker.encryption and (key is not None or sealed_anywhere(data)):
        return vault_of(data, marker, key)
    return PLAIN


def sealed_anywhere(data: Path) -> list[str]:
    """Return the devices whose folders hold sealed files; raise OSError for a folder that cannot be looked into."""
    # Not by a glob, to which such a folder is an empty one.
    devices = data / DEVICES
    folders = (
        [each for each in devices.iterdir() if each.is_dir() and not each.is_symlink()] if devices.is_dir() else []
    )
    return sorted(each.name for each in folders if any(map(is_sealed, each.iterdir())))
