"""Unlocking: whether a data folder or a copy of one is encrypted, and what opens it."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.store.crypto.vault import AGE, PLAIN, CannotOpen, StoreKey, Vault, is_encrypted_file
from tracker.store.errors import StoreDamaged, StoreError, StoreLocked
from tracker.store.files import is_folder, read_line, read_plain
from tracker.store.identity.device import read_device_id
from tracker.store.identity.identity import DEVICES, ENDING, MARKER, ON, Marker, is_packed, is_there, read_marker
from tracker.store.identity.memory import ENCRYPTION_MARK, OPENED_WITH, WAS_LEAVING, read_known
from tracker.store.limits import MOST_BYTES

if TYPE_CHECKING:
    from tracker.store.crypto.trust import Trust


def is_encrypted(data: Path) -> bool:
    """Return whether a data folder is encrypted; raise StoreDamaged, UnsafePath."""
    return (is_packed(data) or is_there(data / MARKER)) and bool(_marker_of(data).encryption)


def opens_marker(marker: Marker, key: StoreKey) -> bool:
    """Return whether a key opens the store that a store.json is of, whoever wrote that."""
    try:
        return key.open(base64.b64decode(marker.check)).decode() == marker.store
    except (CannotOpen, ValueError):
        return False


def with_proof(marker: Marker, key: StoreKey) -> Marker:
    """Return a store.json that says the same and bears the proof of the newest key."""
    return marker._replace(mac=key.provers[0].mark(marker.content))


def is_proven(marker: Marker, key: StoreKey) -> bool:
    """Return whether all that a store.json says was written by a holder of the newest key."""
    return bool(marker.mac) and key.provers[0].marks(marker.content, marker.mac)


def as_of(marker: Marker, key: StoreKey) -> StoreKey:
    """Return the key as it was when a store.json was written: without the secrets that took its place since."""
    for number, prover in enumerate(key.provers):
        if marker.mac and prover.marks(marker.content, marker.mac):
            return StoreKey(key.secrets[number:]) if number else key
    return key


def refuse_unproven(marker: Marker, key: StoreKey, where: str) -> None:
    """Raise StoreDamaged, which names where it lies, for a store.json with a wrong proof; StoreLocked for another key.

    One without a proof is of before there were any, and passes, unless it says that the encryption is taken back.
    """
    if not opens_marker(marker, key):
        raise StoreLocked("This key does not open this store. Nothing was changed.")
    if (marker.mac and not is_proven(marker, key)) or (not marker.mac and marker.encryption != ON):
        raise StoreDamaged(_not_proven(where))


def _not_proven(where: str) -> str:
    return (
        f"{where} is not proven to be yours, so nothing is read or written. Let your sync finish. If that does not "
        "help, it can be put back: toward doctor --repair. If you were taking the encryption back, go on with it on "
        "the device where you began."
    )


def vault_of(
    data: Path, marker: Marker, key: StoreKey | None, trust: Trust | None = None, *, leaves: bool = False
) -> Vault:
    """Return the vault of an encrypted store; raise StoreLocked without its key, StoreDamaged for a false marker.

    It writes plain files only where `leaves` says that this computer takes the encryption back, and store.json too.
    """
    if key is None:
        raise StoreLocked("This store is encrypted. It opens with its passphrase.")
    refuse_unproven(marker, key, str(data / MARKER))
    from tracker.store.crypto.trust import STRICT

    return Vault(marker.store, key, trust or STRICT, encrypts=not leaves or marker.encryption != ENDING)


def vault_here(data: Path, state: Path, marker: Marker, key: StoreKey | None) -> Vault:
    """Return the vault of the store that a state folder belongs to.

    Where store.json bears no proof, everything is read as it was before there were proofs.

    Raises:
        StoreLocked: there is no key, or it is another store's.
        StoreDamaged: store.json was replaced by an older or a foreign one, as far as this computer or a file shows.
    """
    from tracker.store.crypto.trust import ANY_OF_OURS, Trust

    known = read_known(state)
    if key is None or not marker.encryption:
        return vault_of(data, marker, key)
    if not opens_marker(marker, key):
        if known.key and known.holds(key.names):
            raise StoreDamaged(
                f"{data / MARKER} is locked with another key than this computer knows, and yours is the one that it "
                "knows, so nothing is read or written. Let your sync finish, or put it back: toward doctor --repair"
            )
        return vault_of(data, marker, key)
    if marker.mac:
        then = as_of(marker, key)
        if then is not key and known.key != then.name:
            # One of before the key was replaced: whoever knows the old key could read and write everything again.
            raise StoreDamaged(_not_proven(str(data / MARKER)))
        taken_back = marker.encryption == ENDING and known.mode != WAS_LEAVING
        trust = Trust(adopted=known.adopted, own=_own(state), taken_back=taken_back)
        return vault_of(data, marker, then, trust, leaves=known.mode == WAS_LEAVING)
    if known.proven or proven_anywhere(data, marker, key):
        raise StoreDamaged(_not_proven(str(data / MARKER)))
    if marker.encryption == ENDING and read_mark(state).startswith(OPENED_WITH):
        # An older version began to take the encryption back here, and said so before there were proofs.
        return Vault(marker.store, key, ANY_OF_OURS, encrypts=False)
    return vault_of(data, marker, key, ANY_OF_OURS)


def _own(state: Path) -> str:
    try:
        return read_device_id(state)
    except (StoreError, OSError):
        return ""


def vault_at(data: Path, key: StoreKey | None, adopted: Mapping[str, str] | None = None) -> Vault:
    """Return the vault of a copy of a data folder, plain where it is; raise StoreLocked without its key, StoreDamaged.

    A copy may be of before its key was replaced, or of before there were proofs. Where its store.json cannot be read
    the files are taken as they are.
    """
    if (marker := _lock_of(data, key)) is None:
        return PLAIN
    from tracker.store.crypto.trust import ANY_OF_OURS, Kind, Trust

    older = Trust(frozenset((Kind.OLDER,)), adopted or {})
    # Where its files are proven, somebody has taken the proof off its store.json.
    proven = marker.mac or (key is not None and not is_packed(data) and proven_anywhere(data, marker, key))
    return vault_of(data, marker, key and as_of(marker, key), older if proven else ANY_OF_OURS)


def _lock_of(data: Path, key: StoreKey | None) -> Marker | None:
    """Return the store.json of an encrypted folder; None where it is plain, does not say, or has no encrypted file."""
    with contextlib.suppress(StoreDamaged):
        marker = _marker_of(data)
        if marker.encryption and (key is not None or encrypted_devices(data)):
            return marker
    return None


def _marker_of(data: Path) -> Marker:
    """Return what the store.json of a data folder, or of a copy of one, says; raise as `read_marker` does."""
    if is_packed(data):
        from tracker.store.backup.shelf import marker_of

        return marker_of(data)
    return read_marker(data)


def vault_in(data: Path, state: Path, key: StoreKey | None) -> Vault:
    """Return the vault of a data folder, plain where it is or does not say; raise StoreLocked without its key."""
    marker = _lock_of(data, key)
    return PLAIN if marker is None else vault_here(data, state, marker, key)


def read_mark(state: Path) -> str:
    """Return how this device's files were when they were last gone through, or an empty text."""
    return read_line(state / ENCRYPTION_MARK) or ""


def proven_anywhere(data: Path, marker: Marker, key: StoreKey) -> bool:
    """Return whether a file lies there that bears a proof by this key; raise OSError."""
    from tracker.store.crypto.trust import STRICT

    strict = Vault(marker.store, key, STRICT)
    for device in encrypted_devices(data):
        for path in sorted((data / DEVICES / device).iterdir()):
            if path.name.endswith(AGE):
                with contextlib.suppress(OSError, CannotOpen):
                    strict.open(path, read_plain(path, MOST_BYTES))
                    return True
    return False


def encrypted_devices(data: Path) -> list[str]:
    """Return the devices whose folders hold encrypted files; raise OSError for a folder that cannot be looked into."""
    if is_packed(data):
        from tracker.store.backup.shelf import copy_at

        return sorted(
            {name.split("/")[1] for name in copy_at(data).names if is_encrypted_file(Path(name)) and "/" in name}
        )
    # Not by a glob, to which such a folder is an empty one.
    devices = data / DEVICES
    folders = [each for each in devices.iterdir() if is_folder(each)] if devices.is_dir() else []
    return sorted(each.name for each in folders if any(map(is_encrypted_file, each.iterdir())))
