"""Adoption: which files of before are read in an encrypted store, and how a store goes over to proofs.

When a computer that knew a store goes over to proofs, the files that lie there then are read as they are, by their
SHA-256, until the device that wrote them writes them with a proof. Whatever comes later has to bear one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from pathlib import Path

from tracker.store.crypto.trust import Kind, Trust, adopted_as, kind_of
from tracker.store.crypto.vault import CannotOpen, StoreKey, Vault
from tracker.store.encryption.unlocking import read_mark, vault_here, with_proof
from tracker.store.files import read_plain, sum_of
from tracker.store.identity.identity import DEVICES, read_marker, read_written, write_marker
from tracker.store.identity.memory import ENCRYPTED_WITH, OPENED_WITH, WAS_ENCRYPTED, read_known, remember
from tracker.store.limits import MOST_BYTES
from tracker.store.log.shards import list_shards

DAMAGED = None
"""In the place of a kind: an encrypted file that opens only in part."""

OF_BEFORE = frozenset((Kind.PLAIN, Kind.BEFORE, DAMAGED))


def mark_of(vault: Vault) -> str:
    """Return what a state folder says once this device's files are as the vault would write them."""
    assert vault.key is not None
    return f"{ENCRYPTED_WITH if vault.ending else OPENED_WITH}{vault.key.name}"


def trust_in_state(state: Path, vault: Vault) -> Trust:
    """Return what is taken from this device's own state folder while its files are gone through."""
    adopted = vault.trust.adopted if vault.trust else {}
    if read_mark(state).startswith(ENCRYPTED_WITH):
        return Trust(frozenset((Kind.OLDER,)), adopted)
    return Trust(frozenset((Kind.OLDER, Kind.BEFORE, Kind.PLAIN)), adopted)


def adopt(
    data: Path,
    state: Path,
    key: StoreKey,
    kinds: Collection[Kind | None],
    devices: Collection[str] = (),
    by: StoreKey | None = None,
) -> None:
    """Keep the SHA-256 of each file of these kinds as it lies there now, of some devices or of all; raise OSError.

    `by` is the key that tells the kind, where that is another one than the store goes on with.
    """
    found = {}
    for name in list_shards(data / DEVICES)[0]:
        if devices and name.partition("/")[0] not in devices:
            continue
        path = data / DEVICES / name
        with contextlib.suppress(OSError):
            raw = read_plain(path, MOST_BYTES)
            if raw and _kind(by or key, path, raw) in kinds:
                found[adopted_as(path)] = sum_of(raw)
    known = read_known(state)
    remember(state, known._replace(adopted={**known.adopted, **found}, adopted_for=key.name))


def _kind(key: StoreKey, path: Path, raw: bytes) -> Kind | None:
    try:
        return kind_of(key, path, raw)
    except CannotOpen:
        return DAMAGED


def go_over(folder: Path, state: Path, vault: Vault) -> Vault:
    """Adopt the unproven files that this computer keeps reading, add the proof to store.json, and return the new vault.

    To be called with the lock held, before this device's own files are gone through. Raise OSError or StoreError.
    """
    data, key = folder.parents[1], vault.key
    assert key is not None
    marker = read_marker(data)
    if not marker.mac:
        # Somebody may have taken the proof off since the store was opened.
        vault_here(data, state, marker, key)
        adopt(data, state, key, OF_BEFORE)
        write_marker(data, with_proof(marker, key))
    elif read_known(state).adopted_for != key.name:
        if read_mark(state).startswith(ENCRYPTED_WITH):
            adopt(data, state, key, (Kind.OLDER, DAMAGED), (folder.name,))
        else:
            adopt(data, state, key, OF_BEFORE if knew(state) else (), met(state, folder.name))
    return vault_here(data, state, read_marker(data), key)


def met(state: Path, own: str) -> frozenset[str]:
    """Return the devices that this computer had seen in the store, none where it remembers none.

    What a folder holds that turned up since then may be anybody's, and waits for its device to be unlocked.
    """
    known = read_known(state).devices
    return known | {own} if known else known


def knew(state: Path) -> bool:
    """Return whether this computer had to do with its store before."""
    return bool(read_known(state).mode or read_written(state) or read_mark(state))


def remember_proven(folder: Path, state: Path, vault: Vault) -> None:
    """Keep that this device's files bear their proof, and of what was adopted only what still lies there as it did.

    Raise OSError.
    """
    assert vault.key is not None
    known, devices = read_known(state), folder.parent
    paths = {adopted_as(devices / name): devices / name for name in (list_shards(devices)[0] if known.adopted else ())}
    kept = {
        name: digest for name, digest in known.adopted.items() if name in paths and _lies_there(paths[name], digest)
    }
    found = known._replace(store=vault.store, mode=WAS_ENCRYPTED, key=vault.key.name, proven=True, adopted=kept)
    remember(state, found._replace(adopted_for=vault.key.name))


def _lies_there(path: Path, digest: str) -> bool:
    try:
        return sum_of(read_plain(path, MOST_BYTES)) == digest
    except OSError:
        return False


def start_over(state: Path) -> None:
    """Keep nothing of how a lost store was encrypted, once a person has put a copy in its place; raise OSError."""
    remember(state, read_known(state)._replace(mode="", key="", proven=False, adopted_for=""))
