"""Encryption as a use case: lock a whole store with a passphrase, unlock it, change the passphrase, take it back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.ledger.errors import BadInput, Locked, Refused, TowardError
from tracker.ledger.open_folder import in_plain_words
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.lock_status import is_encrypted as is_encrypted
from tracker.services.lock_status import needs_key as needs_key
from tracker.services.quantities import count
from tracker.store.crypto.passphrase import as_set, trouble
from tracker.store.crypto.passphrase import looks_like_secret as looks_like_secret
from tracker.store.crypto.vault import StoreKey as StoreKey
from tracker.store.encryption import conversion, identity_file, recovery, unlocking
from tracker.store.encryption.conversion import Conversion, Converted
from tracker.store.encryption.following import Following
from tracker.store.errors import StoreError, StoreLocked
from tracker.store.identity import identity
from tracker.store.identity.device import read_device_id
from tracker.store.identity.identity import ENDING
from tracker.store.identity.memory import read_known

ASKED_AGAIN = 4
Progress = Callable[[int, int], None]

NO_WAY_BACK = (
    "Without the passphrase and without the recovery key nobody can open it again: not you, not us. There is no reset."
)
GOOD_WORDS = "Four or five unrelated words are good, and easy to keep in mind."
WRITE_DOWN = (
    "It opens everything without the passphrase, and is shown this once. Write it on paper, or keep it in a password "
    "manager, not next to the data."
)
LEFT_BEHIND = (
    "What was there before may survive where Toward cannot reach: in freed blocks of the disk, in the history of a "
    "sync service or of git, in backups and exports made before, and on other devices."
)
OTHERS = (
    "Other devices encrypt their own files when Toward is next used there, with the same passphrase; "
    "one that exchanges by toward sync takes the lock in by toward sync --join."
)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new key under a passphrase, opened again to be sure, and not yet in use."""

    key: StoreKey
    wrapped: bytes

    @property
    def recovery(self) -> str:
        """The recovery key, to be written down on paper."""
        return self.key.recovery

    @property
    def last(self) -> str:
        """The last characters of the recovery key, which are asked for again."""
        return self.recovery[-ASKED_AGAIN:]


def opens(folder: Path, key: StoreKey) -> bool:
    """Return whether a key opens an encrypted data folder or a copy of one."""
    try:
        with in_plain_words():
            unlocking.vault_at(folder, key)
    except TowardError:
        return False
    return True


def unlock(data: Path, typed: str, state: Path | None = None) -> StoreKey:
    """Return the key of an encrypted store by its passphrase or recovery key; takes a second. Raises TowardError.

    With `state`, the state folder, a damaged identity file is told from a wrong passphrase.
    """
    with in_plain_words():
        if not looks_like_secret(typed):
            return identity_file.unlock(data, typed, state)
        try:
            return StoreKey.read(typed)
        except StoreLocked:
            # An older version took such words for a new passphrase.
            with suppress(StoreError):
                return identity_file.unlock(data, typed, state)
            raise


def find_key(data: Path, state: Path, typed: str) -> StoreKey:
    """Return the key that this computer knows the store by, whatever lies in the data folder now. Raises Locked.

    What was typed is the recovery key, or a passphrase of any identity file there is, in backups too; takes seconds.
    """
    with in_plain_words():
        if not looks_like_secret(typed):
            return recovery.find_key(data, state, typed)
        key = StoreKey.read(typed)
        if not read_known(state).holds(key.names):
            raise Locked("This recovery key is not the one of this store. Nothing was changed.")
        return key


def what_following_means(data: Path, key: StoreKey | None) -> str:
    """Return what is to be told before this computer takes the encryption back because another device did."""
    with in_plain_words():
        marker = identity.read_marker(data)
    proven = key is not None and unlocking.is_proven(marker, key)
    who = (
        "Somebody who has the key of this store did that, on another device."
        if proven
        else "Nothing proves who did: whoever can write in that folder can write so."
    )
    return (
        f"{data / identity.MARKER} says that the encryption is being taken back or was. This computer did not do that. "
        f"{who} Go on only if it was you. Then everything of this computer becomes plain files, which whoever gets at "
        "them can read."
    )


def is_followed(workspace: Workspace) -> bool:
    """Return whether taking back the encryption of this open store was begun on another device only."""
    return workspace.store.marker.encryption == ENDING and not workspace.store.memory.leaves


def follow(
    data: Path, state: Path, key: StoreKey, progress: Progress | None = None, *, everyone: bool = False
) -> Change:
    """Make plain files of this device's where another one took the encryption back. Raises TowardError."""
    with in_plain_words():
        device = read_device_id(state)
        done = Following(data, state, device).follow(key, progress, everyone=everyone)
    return Change((f"No longer encrypted: {count(done.done, 'file')}.", *_left(done)))


def check_passphrase(first: str, second: str) -> None:
    """Raise BadInput unless a text can be a new passphrase and was typed the same twice."""
    if as_set(first) != as_set(second):
        raise BadInput("The two are not the same. Nothing was changed.")
    if wrong := trouble(first):
        raise BadInput(wrong)


def need_library() -> None:
    """Raise Locked, with how to install it, where the library that encrypts is not there."""
    with in_plain_words():
        StoreKey.fresh()


def prepare(passphrase: str, before: StoreKey | None = None) -> Fresh:
    """Return a new key under a passphrase; takes some seconds and touches nothing. Raises TowardError.

    With `before` it also opens what that key encrypted.
    """
    with in_plain_words():
        key = StoreKey.fresh(before.secrets if before else ())
        return Fresh(key, key.wrap(passphrase))


def rewrap(key: StoreKey, passphrase: str) -> Fresh:
    """Return the same key under another passphrase; takes some seconds and touches nothing. Raises TowardError."""
    with in_plain_words():
        return Fresh(key, key.wrap(passphrase))


def typed_again(fresh: Fresh, typed: str) -> None:
    """Raise BadInput unless the last characters of the recovery key were typed."""
    if typed.strip().upper() != fresh.last:
        raise BadInput(f"These are not its last {ASKED_AGAIN} characters. Look at what you wrote down.")


def ready(workspace: Workspace) -> None:
    """Raise TowardError where a store cannot be encrypted at all, before anybody writes a key down."""
    need_library()
    if workspace.store.read_only:
        raise Refused(workspace.store.read_only)
    with in_plain_words():
        workspace.store.make()


def encrypt(workspace: Workspace, fresh: Fresh, progress: Progress | None = None, *, everyone: bool = False) -> Change:
    """Encrypt the whole store; open it anew with the key afterwards. Raises TowardError, and then nothing is lost."""
    ready(workspace)
    with in_plain_words():
        done = _conversion(workspace).begin(fresh.key, fresh.wrapped, progress, everyone=everyone)
    text = f"Encrypted: {count(done.done, 'file')}. From now on it opens with your passphrase."
    lines = [text, *_left(done), LEFT_BEHIND]
    if not everyone and len(workspace.store.device_names()) > 1:
        lines.append(OTHERS)
    return Change(tuple(lines))


def planned(workspace: Workspace) -> Change:
    """Return what encrypting would do, without doing it."""
    shards, backups = conversion.count(workspace.store.data, workspace.store.state, workspace.store.device)
    text = f"This would encrypt {count(shards, 'file')} of this device and {count(backups, 'file')} of its backups."
    return Change((text, "Nothing was changed.", LEFT_BEHIND, NO_WAY_BACK), changed=False)


def finish(workspace: Workspace, *, everyone: bool = False) -> Change:
    """Finish what an interrupted encryption left, also for other devices if `everyone`. Raises TowardError."""
    key = key_of(workspace)
    with in_plain_words():
        done = _conversion(workspace).resume(key, everyone=everyone)
    return Change(("This store is encrypted; everything of this device is.", *_left(done)), changed=bool(done.done))


def decrypt(workspace: Workspace, progress: Progress | None = None, *, everyone: bool = False) -> Change:
    """Take the encryption back; open the store anew afterwards. Raises TowardError, and then nothing is lost."""
    key = key_of(workspace)
    with in_plain_words():
        done, waiting = _conversion(workspace).end(key, progress, everyone=everyone)
    lines = [f"No longer encrypted: {count(done.done, 'file')}.", *_left(done)]
    if waiting:
        names = workspace.store.device_names()
        shown = ", ".join(names.get(each, each[:8]) for each in waiting)
        lines.append(
            f"Files are still encrypted ({shown}), and until they are not the passphrase is asked for. Move away what "
            "was left as it is, or let your sync bring the right one, and open Toward again"
            if everyone
            else f"Files of another device are still encrypted ({shown}): run toward decrypt there as well, and until "
            "then the passphrase is asked for. For a device that is gone: toward decrypt --all-devices"
        )
    return Change(tuple(lines))


def change(workspace: Workspace, fresh: Fresh) -> Change:
    """Put the key under another passphrase. Raises TowardError, and then the old one holds."""
    with in_plain_words():
        _conversion(workspace).rewrap(fresh.key, fresh.wrapped)
    return Change(
        (
            "The passphrase is changed; the recovery key stays as it was.",
            "If somebody may know the old one, copies made before still open with it: toward passphrase --rotate",
        )
    )


def rotate(workspace: Workspace, fresh: Fresh, progress: Progress | None = None) -> Change:
    """Encrypt everything with a new key. Raises TowardError, and then nothing is lost."""
    with in_plain_words():
        done = _conversion(workspace).rotate(fresh.key, fresh.wrapped, progress)
    files = count(done.done, "file")
    text = f"Everything is sealed with a new key: {files}. The old recovery key opens only what was copied before."
    return Change((text, *_left(done)))


def key_of(workspace: Workspace) -> StoreKey:
    """Return the key that an encrypted store was opened with. Raises Refused for a plain one."""
    key = workspace.store.vault.key
    if key is None:
        raise Refused("This store is not encrypted. To encrypt it: toward encrypt")
    return key


def _conversion(workspace: Workspace) -> Conversion:
    return Conversion(workspace.store.data, workspace.store.state, workspace.store.device)


def _left(done: Converted) -> list[str]:
    return [f"Left as it is: {path.name} {reason}." for path, reason in done.left]
