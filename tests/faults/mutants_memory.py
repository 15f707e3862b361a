"""A store that forgets, believes or follows what it must not; the tests must tell each one from the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tracker.services.safekeeping import doctor
from tracker.store import examine, guard
from tracker.store.encryption import identity_file, recovery, unlocking
from tracker.store.guard import Memory
from tracker.store.identity import identity, memory
from tracker.store.identity.memory import ANOTHER_STORE, TURNED_PLAIN, WAS_ENCRYPTED, Known, Seen
from tracker.store.store import Store


@contextmanager
def believes_that_it_is_plain() -> Iterator[None]:
    """Take a store for plain because its store.json says so."""
    with _blind_to(TURNED_PLAIN):
        yield


@contextmanager
def takes_any_store() -> Iterator[None]:
    """Go on in whatever store lies in the folder."""
    with _blind_to(ANOTHER_STORE):
        yield


@contextmanager
def _blind_to(change: str) -> Iterator[None]:
    real = identity.change_of

    def change_of(*asked: Any) -> str:
        found = real(*asked)
        return "" if found == change else found

    with patch.object(guard, "change_of", change_of):
        yield


@contextmanager
def remembers_nothing() -> Iterator[None]:
    """Open each time as if for the first time."""
    with patch.object(memory, "read_known", lambda _: Known()), patch.object(guard, "read_known", lambda _: Known()):
        yield


@contextmanager
def forgets_what_older_versions_knew() -> Iterator[None]:
    """Take a computer that comes from an older version for one that has never seen the store."""
    with patch.object(memory, "_from_older_files", lambda _state: Known()):
        yield


@contextmanager
def forgets_the_key_with_the_rest() -> Iterator[None]:
    """Know no more than that the store was encrypted where what is remembered of it is damaged."""
    real = memory._from_older_files

    def from_beside(state: Path) -> Known:
        return real(state)._replace(key="", proven=False)

    with patch.object(memory, "_from_older_files", from_beside):
        yield


@contextmanager
def takes_any_key_for_an_older_store() -> Iterator[None]:
    """Put a lock back for whoever has a key, where it is not remembered which one the store had."""
    with patch.object(recovery, "_opens_ours", lambda *_asked: True):
        yield


@contextmanager
def comes_in_blind() -> Iterator[None]:
    """Begin in a store that says it is plain, whatever lies in it."""
    with patch.object(guard, "has_encrypted_files", lambda _data: False):
        yield


@contextmanager
def takes_any_key() -> Iterator[None]:
    """Open with whatever key opens the store.json that lies there."""
    with patch.object(Known, "holds", lambda *_: True):
        yield


@contextmanager
def follows_whoever_ends_it() -> Iterator[None]:
    """Make plain files because store.json says that somebody began to."""
    with patch.object(unlocking, "WAS_LEAVING", WAS_ENCRYPTED):
        yield


@contextmanager
def looks_once() -> Iterator[None]:
    """Read store.json when the store is opened, and go on as if nobody could change it while it is open."""
    with patch.object(Store, "_watch_marker", lambda _self: None):
        yield


@contextmanager
def counts_nothing() -> Iterator[None]:
    """Take whatever a file holds now for all that it ever held."""
    with patch.object(guard, "compare", lambda seen, *_: (seen.files, {})):
        yield


@contextmanager
def doctor_counts_nothing() -> Iterator[None]:
    """Say that all is well with fewer entries than this computer saw."""
    with patch.object(examine, "compare", lambda seen, *_: (seen.files, {})):
        yield


@contextmanager
def numbers_from_what_is_there() -> Iterator[None]:
    """Number an operation by the newest that is left in the folder."""
    real = memory.read_seen

    def read_seen(state: Path) -> Seen:
        return Seen(real(state).files)

    with patch.object(memory, "read_seen", read_seen), patch.object(guard, "read_seen", read_seen):
        yield


@contextmanager
def makes_a_plain_marker() -> Iterator[None]:
    """Make a store.json anew, whatever shows that the store was encrypted."""
    with patch.object(recovery, "shows_encryption", lambda *_: False):
        yield


@contextmanager
def repairs_what_it_cannot_open() -> Iterator[None]:
    """Look into a store that is not what this computer remembers, and set aside what does not open."""
    with (
        patch.object(examine, "_unlike", lambda *_: None),
        patch.object(doctor, "unlike", lambda *_: None),
        patch.object(examine, "UNOPENED", ()),
        patch.object(doctor, "UNOPENED", ()),
        _takes_nothing_back(),
    ):
        yield


@contextmanager
def _takes_nothing_back() -> Iterator[None]:
    """Open a forged plain store like any other."""
    with patch.object(guard, "change_of", lambda *_: ""):
        yield


@contextmanager
def blames_the_passphrase() -> Iterator[None]:
    """Take every identity file that does not open for one with another passphrase."""
    with patch.object(identity_file, "spoilt", lambda *_: ""), patch.object(recovery, "spoilt", lambda *_: ""):
        yield


@contextmanager
def locked_out_for_good() -> Iterator[None]:
    """Take every lock for one's own."""
    real = recovery.unlike

    def unlike(*asked: Any) -> recovery.Unlike | None:
        found = real(*asked)
        return None if found and found.why == recovery.STRANGE_LOCK else found

    with patch.object(examine, "unlike", unlike), patch.object(doctor, "unlike", unlike):
        yield


@contextmanager
def puts_back_for_anybody() -> Iterator[None]:
    """Put a lock back for a key that this computer does not know."""
    with patch.object(Known, "holds", lambda *_: True), patch.object(recovery, "opens_marker", lambda *_: True):
        yield


@contextmanager
def brings_the_passphrase_from_before_back() -> Iterator[None]:
    """Put the identity file of a backup in the place of any other when a lock is put back."""
    with patch.object(recovery, "_is_strange", lambda *_: True):
        yield


@contextmanager
def leaves_whatever_identity_lies_there() -> Iterator[None]:
    """Put a lock back beside the identity file of another key."""
    with patch.object(recovery, "_is_strange", lambda *_: False):
        yield


@contextmanager
def restored_in_the_clear() -> Iterator[None]:
    """Take a folder of whose encryption only the memory tells for a new one."""
    with patch.object(identity, "read_known", lambda _state: Known()), remembers_nothing():
        yield


@contextmanager
def strangers_are_friends() -> Iterator[None]:
    """Say nothing of a device that was never seen."""
    with patch.object(Memory, "met", lambda *_: None):
        yield
