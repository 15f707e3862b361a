"""Conversion: a store becomes encrypted, gets another key, or becomes plain again, one file at a time.

The reader takes encrypted and plain files alike, and a file goes only once another that holds the same was read back;
so every moment of a conversion is a store that opens, and whoever next holds the lock can finish it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tracker.store.backup.copies import BACKUPS, all_copies, backups_lock, sweep_backups
from tracker.store.backup.shelving import contents_on, convert_backups
from tracker.store.crypto.trust import ANY_OF_OURS, STRICT, Kind
from tracker.store.crypto.vault import AGE, IDENTITY, STAMP_TABLE, CannotOpen, StoreKey, Vault, is_encrypted_file
from tracker.store.drafts import convert_drafts, has_plain_drafts
from tracker.store.encryption.adoption import (
    DAMAGED,
    OF_BEFORE,
    adopt,
    go_over,
    mark_of,
    met,
    remember_proven,
    trust_in_state,
)
from tracker.store.encryption.identity_file import read_identity
from tracker.store.encryption.relocking import lock_marker, relock, set_identity_aside
from tracker.store.encryption.unlocking import encrypted_devices, opens_marker, read_mark, vault_here, with_proof
from tracker.store.errors import (
    StoreFromTheFuture,
    StoreLocked,
    WriteFailed,
    cannot_read,
    refuse_links,
    write_failed,
)
from tracker.store.events import encode
from tracker.store.files import (
    ASIDE,
    NotConfirmed,
    atomic_write,
    exclusive,
    is_folder,
    make_folder,
    read_plain,
    remove,
    sum_of,
)
from tracker.store.identity.identity import (
    DEVICES,
    ENDING,
    FORMAT,
    ON,
    Marker,
    newer_than_known,
    read_marker,
    write_marker,
)
from tracker.store.identity.memory import ENCRYPTION_MARK, WAS_ENCRYPTED, WAS_LEAVING, forget_encryption, learn
from tracker.store.limits import MOST_BYTES
from tracker.store.log.housekeeping import SUMMARY, forget_copies
from tracker.store.log.incoming import ORDERS
from tracker.store.log.shards import TABLE, Contents, is_shard, open_shard, parse

_BESIDE = ("store.", "identity")
"""How the files that lie beside the device folders begin."""

Progress = Callable[[int, int], None]


@dataclass
class Converted:
    """What a conversion did: files done, and those that were left as they are, each with the reason."""

    done: int = 0
    left: list[tuple[Path, str]] = field(default_factory=list)

    def __add__(self, other: Converted) -> Converted:
        """Return what both did."""
        return Converted(self.done + other.done, self.left + other.left)


def is_converted(folder: Path, state: Path, vault: Vault) -> bool:
    """Return whether this device's files are as the vault would write them."""
    # A plain file that turns up in this device's folder later on is none of its own, and stays as it is.
    left = (state / SUMMARY).exists() or has_plain_drafts(state) if vault.ending else _holds_encrypted(folder)
    return read_mark(state) == mark_of(vault) and not left


def continue_conversion(folder: Path, state: Path, vault: Vault) -> Vault:
    """Make this device's files as they should be, and return the vault from then on; the lock is to be held.

    What the disk refuses waits. The first time, store.json and the files get their proofs.
    """
    if is_converted(folder, state, vault):
        return vault
    with contextlib.suppress(OSError, WriteFailed):
        vault = go_over(folder, state, vault)
        convert_device(folder, state, vault)
        vault = vault_here(folder.parents[1], state, read_marker(folder.parents[1]), vault.key)
    return vault


def convert_device(
    folder: Path, state: Path, vault: Vault, progress: Progress | None = None, *, everyone: bool = False
) -> Converted:
    """Convert this device's shards, then the backups, then what is derived; raise OSError or WriteFailed.

    With `everyone` the shards of other devices too.
    """
    converted = convert_tree(folder, vault, progress)
    converted += _convert_backups(folder.parents[1], state / BACKUPS, vault.trusting(trust_in_state(state, vault)))
    here = vault.trusting(ANY_OF_OURS)
    for orders in (state / ORDERS, state / (ORDERS + AGE)):
        if orders.is_file():
            with contextlib.suppress(CannotOpen):
                convert(orders, here)
    convert_drafts(state, here)
    if vault.ending or (state / (SUMMARY + AGE)).exists():
        forget_copies(folder, state)
    # Not what an older key proves beside that: whoever knew it may have put it there since.
    for other in sorted(folder.parent.glob("*")) if everyone else ():
        if other != folder and is_folder(other):
            converted += convert_tree(other, vault)
    if vault.ending:
        remember_proven(folder, state, vault)
    atomic_write(state / ENCRYPTION_MARK, f"{mark_of(vault)}\n".encode())
    return converted


def _convert_backups(data: Path, shelf: Path, vault: Vault) -> Converted:
    """Convert the files of every backup, and let its store.json say so; raise StoreError or OSError."""
    if not shelf.is_dir():
        return Converted()
    live = read_marker(data)
    assert vault.key is not None
    said = with_proof(live if vault.ending else live._replace(format=FORMAT, encryption="", check=""), vault.key)
    with backups_lock(shelf, timeout=30.0):
        sweep_backups(shelf)
        packed = convert_backups(shelf, lambda path: convert(path, vault), lambda at: relock(at, data, said, vault))
        converted = convert_tree(shelf, vault)
        for backup in all_copies(shelf):
            if not backup.packed:
                relock(backup.path, data, said, vault)
    return converted + Converted(*packed)


def convert_tree(folder: Path, vault: Vault, progress: Progress | None = None) -> Converted:
    """Convert every shard file at any depth below `folder`, each whole or not at all; raise OSError or WriteFailed.

    A file that is as it should be stays untouched, so doing this again finishes what was begun.
    """
    found = list(_shards(folder))
    converted = Converted()
    for number, path in enumerate(found, start=1):
        try:
            converted.done += convert(path, vault)
        except CannotOpen as error:
            converted.left.append((path, str(error)))
        if progress is not None:
            progress(number, len(found))
    return converted


def count(data: Path, state: Path, device: str) -> tuple[int, int]:
    """Return how many files of this device are to be encrypted: shards, and shards in backups."""
    folders = (data / DEVICES / device, state / BACKUPS)
    shards, backups = (sum(not is_encrypted_file(path) for path in _shards(folder)) for folder in folders)
    return shards, backups + sum(not name.endswith(AGE) for name, _ in contents_on(state / BACKUPS))


def convert(path: Path, vault: Vault) -> bool:
    """Convert one file if needed and return whether it was; the old one is removed once the new one was read back.

    Raise CannotOpen for a file to be left as it is, OSError or WriteFailed where the disk refuses.
    """
    try:
        raw = read_plain(path, MOST_BYTES)
    except OSError as error:
        raise CannotOpen(cannot_read(error)) from None
    if is_encrypted_file(path) and vault.ending:
        with contextlib.suppress(CannotOpen):
            vault.trusting(STRICT).open(path, raw)
            return False
    elif not is_encrypted_file(path) and not vault.ending:
        return False
    clear = vault.open(path, raw)
    contents = parse(clear)
    if contents.trouble:
        clear = _unstamped(path, clear, vault)
    target = next(each for each in _targets(path, vault) if each == path or _may_take(each, clear, contents, vault))
    if target == path or not target.exists():
        fresh = _write_as(target, clear, contents, vault)
        if not _holds(target, fresh, clear, contents, vault):
            raise WriteFailed(f"{path} was left as it is: what was made of it did not open again. Please report this.")
        atomic_write(target, fresh)
    if not _holds(target, read_plain(target, MOST_BYTES), clear, contents, vault):
        raise WriteFailed(f"{path} was left as it is: {target.name} did not read back. Check the disk and try again.")
    if target != path:
        remove(path)
    return True


def _shards(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(place, name) for name in sorted(names) if is_shard(name) and not name.startswith(_BESIDE))


def _holds_encrypted(folder: Path) -> bool:
    try:
        return any(is_shard(path.name) and is_encrypted_file(path) for path in folder.iterdir())
    except OSError:
        return False


def _targets(path: Path, vault: Vault) -> Iterator[Path]:
    """Yield the names under which a file may go on: its own with or without the ending, then numbered ones."""
    name = path.name.removesuffix(AGE).removesuffix(".json")
    if is_encrypted_file(path) == bool(vault.ending):
        yield path
    yield path.with_name(f"{name}.json{vault.ending}")
    for turn in range(1, 1000):
        yield path.with_name(f"{name}.r{turn}.json{vault.ending}")


def _write_as(target: Path, clear: bytes, contents: Contents, vault: Vault) -> bytes:
    """Return the bytes that a file goes on with; one that is damaged inside is kept letter by letter."""
    if contents.trouble is None:
        return vault.encrypt(target, contents.tables)
    return vault.encrypt_as_it_is(target, clear) if is_encrypted_file(target) else clear


def _unstamped(path: Path, clear: bytes, vault: Vault) -> bytes:
    """Return what a damaged file holds without the stamp that encrypting put before it, before there were proofs."""
    stamp = {name: each for name, each in vault.stamp(path).items() if name != "format"}
    before = encode({STAMP_TABLE: {"1": stamp}})[:-1] + b","
    return b"{" + clear[len(before) :] if is_encrypted_file(path) and clear.startswith(before) else clear


def _may_take(target: Path, clear: bytes, contents: Contents, vault: Vault) -> bool:
    """Return whether a name is free, or a file of that name holds all of it already."""
    try:
        return _holds(target, read_plain(target, MOST_BYTES), clear, contents, vault)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _holds(path: Path, raw: bytes, clear: bytes, contents: Contents, vault: Vault) -> bool:
    """Return whether bytes, opened as those of `path`, hold all that a file held."""
    if contents.trouble is not None:
        try:
            return vault.open(path, raw) == clear
        except CannotOpen:
            return False
    found = open_shard(path, raw, vault)
    if found.trouble is not None:
        return False
    by_id = {event["id"]: event for event in found.events}
    others = (name for name in contents.tables if name not in (STAMP_TABLE, TABLE))
    return all(by_id.get(event["id"]) == event for event in contents.events) and all(
        found.tables.get(name) == contents.tables[name] for name in others
    )


def remember_encryption(state: Path, marker: Marker, key: StoreKey, wrapped: bytes) -> None:
    """Keep that a store was encrypted here, or got another key here; raise OSError."""
    was = frozenset(marker.was)
    learn(state, store=marker.store, was=was, mode=WAS_ENCRYPTED, key=key.names[0], identity=sum_of(wrapped), told="")


def finish_end(data: Path, state: Path, key: StoreKey) -> list[str]:
    """Make a store plain once nothing in it is encrypted any more; return the devices whose files still are."""
    waiting = encrypted_devices(data)
    if not waiting:
        write_marker(data, with_proof(read_marker(data)._replace(format=FORMAT, encryption="", check=""), key))
        set_identity_aside(data)
        forget_encryption(state)
    return waiting


@dataclass
class Conversion:
    """One data folder on its way, seen from one device; every step is safe to be cut short and begun again."""

    data: Path
    state: Path
    device: str
    lock_timeout: float = 30.0

    @property
    def folder(self) -> Path:
        """The folder of this device's shards."""
        return self.data / DEVICES / self.device

    @contextlib.contextmanager
    def _locked(self, key: StoreKey | None = None) -> Iterator[Marker]:
        """Hold the lock and return what store.json says; a `key` has to be the one that the store is locked with."""
        try:
            refuse_links(self.folder.parent, self.folder, self.state)
            make_folder(self.folder)
            with exclusive(self.folder, self.lock_timeout):
                marker = read_marker(self.data)
                if newer := newer_than_known(self.data, marker):
                    raise StoreFromTheFuture(newer)
                if key is not None:
                    marker = self._refuse_another(marker, key)
                yield marker
        except NotConfirmed as error:
            raise WriteFailed("The disk did not confirm a step. Nothing is lost; do the same once more.") from error
        except OSError as error:
            raise write_failed(self.data, error) from error

    def _refuse_another(self, marker: Marker, key: StoreKey) -> Marker:
        """Return what store.json says, with its proof; raise StoreLocked or StoreDamaged for another key's."""
        if not (marker.encryption and opens_marker(marker, key)):
            # A key put in the place of a newer one would leave nothing that opens what that one encrypted.
            raise StoreLocked("The key was changed elsewhere, so nothing was changed. Unlock it again.")
        vault = vault_here(self.data, self.state, marker, key)
        if not marker.mac:
            go_over(self.folder, self.state, vault)
        return read_marker(self.data)

    def begin(
        self, key: StoreKey, wrapped: bytes, progress: Progress | None = None, *, everyone: bool = False
    ) -> Converted:
        """Encrypt the store with a key that was wrapped and opened again; raise StoreError with nothing lost."""
        with self._locked() as marker:
            if marker.encryption:
                raise StoreLocked("This store has been encrypted meanwhile. It opens with its passphrase.")
            if encrypted_devices(self.data):
                raise StoreLocked("Another device has just encrypted this store. Let your sync finish, then unlock it.")
            adopt(self.data, self.state, key, OF_BEFORE, met(self.state, self.device))
            set_identity_aside(self.data)
            atomic_write(self.data / IDENTITY, wrapped)
            if read_identity(self.data) != wrapped:
                raise WriteFailed("Nothing was changed: the new key did not read back. Check the disk and try again.")
            encrypted = lock_marker(marker, key)
            write_marker(self.data, encrypted)
            remember_encryption(self.state, encrypted, key, wrapped)
            return self._convert(key, progress, everyone)

    def resume(self, key: StoreKey, *, everyone: bool = False) -> Converted:
        """Go on with what was begun; raise StoreError with nothing lost."""
        with self._locked(key) as marker:
            if marker.encryption != ON:
                raise StoreLocked("The encryption of this store is being taken back. Finish that: toward decrypt")
            return self._convert(key, None, everyone)

    def end(
        self, key: StoreKey, progress: Progress | None = None, *, everyone: bool = False
    ) -> tuple[Converted, list[str]]:
        """Take the encryption back; return what was done, and the devices whose files are still encrypted."""
        with self._locked(key) as marker:
            # From now on this computer may make plain files of them, also after a kill; no other one may.
            learn(self.state, mode=WAS_LEAVING)
            write_marker(self.data, with_proof(marker._replace(encryption=ENDING), key))
            converted = self._convert(key, progress, everyone)
            return converted, finish_end(self.data, self.state, key)

    def rewrap(self, key: StoreKey, wrapped: bytes) -> None:
        """Put the key under another passphrase: one file, replaced whole, only after the new one opened."""
        with self._locked(key):
            atomic_write(self.data / IDENTITY, wrapped)
            if read_identity(self.data) != wrapped:
                raise WriteFailed(
                    "The new key did not read back. Check the disk; your recovery key opens it in any case."
                )
            learn(self.state, identity=sum_of(wrapped))

    def rotate(self, key: StoreKey, wrapped: bytes, progress: Progress | None = None) -> Converted:
        """Encrypt everything anew, other devices' files too, with a key that still opens what the old ones did."""
        before = StoreKey(key.secrets[1:])
        with self._locked(before) as marker:
            adopt(self.data, self.state, key, (Kind.PROVEN, DAMAGED), by=before)
            atomic_write(self.data / IDENTITY, wrapped)
            write_marker(self.data, lock_marker(marker, key))
            remember_encryption(self.state, marker, key, wrapped)
            return self._convert(key, progress, everyone=True)

    def _convert(self, key: StoreKey, progress: Progress | None, everyone: bool) -> Converted:
        vault = vault_here(self.data, self.state, read_marker(self.data), key)
        converted = convert_device(self.folder, self.state, vault, progress, everyone=everyone)
        for path in sorted((self.data / DEVICES).glob(f"*/*.json{ASIDE}*")) if vault.ending else ():
            converted.left.append((path, "was set aside and anybody can read it: it is not encrypted"))
        return converted
