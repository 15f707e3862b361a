"""The guard of a store: its store.json and its key, looked at before anything is read or written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from tracker.store.crypto.vault import AGE, IDENTITY, PLAIN, StoreKey
from tracker.store.errors import StoreDamaged, StoreFromTheFuture, StoreLocked, write_failed
from tracker.store.events import Event
from tracker.store.files import read_plain, signature_of
from tracker.store.identity import identity
from tracker.store.identity.identity import change_of, has_encrypted_files
from tracker.store.identity.memory import (
    ENCRYPTION_MARK,
    HASH_LENGTH,
    MOST_DEVICES,
    WAS_ENCRYPTED,
    WAS_LEAVING,
    WAS_PLAIN,
    Known,
    Seen,
    compare,
    learn,
    note_seen,
    read_known,
    read_seen,
)


def _other_state_folder(state: Path, ids: frozenset[str]) -> Path | None:
    """Return another state folder of this computer that knows the same store, from another data folder; None if none.

    It is looked for only where nothing is remembered yet.
    """
    if len(state.name) != HASH_LENGTH:
        return None
    with contextlib.suppress(OSError):
        for each in islice(state.parent.iterdir(), MOST_DEVICES):
            if each != state and len(each.name) == HASH_LENGTH and ids & read_known(each).ids:
                return each
    return None


class Memory:
    """What this computer remembers of one open store; what was changed elsewhere is told in `news`, once."""

    def __init__(self, data: Path, state: Path) -> None:
        self._data, self._state = data, state
        self.known, self.seen = read_known(state), read_seen(state)
        self.news: list[str] = []
        """Lines for the person that are said once, in the order in which they came up."""
        self.gone: Mapping[str, int] = {}
        """How many entries are missing in files that are older than before, by their name without an ending."""

    @property
    def leaves(self) -> bool:
        """Return whether decryption was begun on this computer, so that it is continued here."""
        return self.known.mode == WAS_LEAVING

    def refuse(self, marker: identity.Marker) -> None:
        """Raise StoreDamaged for a store.json that was changed, and not on this computer."""
        if change_of(self.known, marker, self._state):
            # Another process of this computer may have done it meanwhile.
            self.known = read_known(self._state)
            if change := change_of(self.known, marker, self._state):
                from tracker.store.identity.refused import refused

                raise refused(self._data, change)

    def refuse_key(self, names: Iterable[str]) -> None:
        """Raise StoreLocked for a key that is not the remembered one and did not come after it."""
        if not self.known.holds(names):
            from tracker.store.identity.refused import OTHER_KEY

            raise StoreLocked(OTHER_KEY)

    def opened(self, marker: identity.Marker, names: Sequence[str]) -> None:
        """Remember how a store was opened, and say what of it is new to this computer."""
        known = self.known
        if marker.encryption and not known.mode and not (self._state / ENCRYPTION_MARK).exists():
            # Until its files were gone through, a computer that never knew the store does not know it either.
            return
        mode, key, told = WAS_PLAIN, "", ""
        if marker.encryption:
            from tracker.store.identity.refused import ENCRYPTED_ELSEWHERE, TAKEN_BACK

            ending = marker.encryption == identity.ENDING
            mode, key = WAS_LEAVING if ending and self.leaves else WAS_ENCRYPTED, names[0]
            if known.mode == WAS_PLAIN:
                self.news.append(ENCRYPTED_ELSEWHERE)
            elif ending and not self.leaves and known.told != identity.ENDING:
                self.news.append(TAKEN_BACK)
            told = identity.ENDING if ending else ""
        if not known.store and (old := _other_state_folder(self._state, marker.ids)):
            from tracker.store.identity.refused import moved

            self.news.append(moved(old))
        before = known.ids if known.ids & marker.ids else frozenset()
        was = (before | marker.ids) - {marker.store}
        same = known._replace(store=marker.store, was=was, mode=mode, key=key, told=told)
        if not marker.encryption:
            same = same._replace(identity="")
        self._keep(same)

    def met(self, devices: Iterable[str], own: str, names: Callable[[], Mapping[str, str]]) -> None:
        """Remember which devices write here, and say which of them are new in a plain store."""
        before = self.known.devices
        now = before | set(devices) | {own}
        if now == before:
            return
        strangers = now - before - {own}
        if before and strangers and self.known.mode == WAS_PLAIN:
            from tracker.store.identity.refused import new_device

            found = names()
            self.news.append(new_device([found.get(each) or each[:8] for each in sorted(strangers)]))
        if len(now) <= MOST_DEVICES:
            self._keep(self.known._replace(devices=now))

    def _keep(self, known: Known) -> None:
        if known != self.known:
            with contextlib.suppress(OSError):
                # What other parts of the program keep there stays as it is on the disk.
                names = ("store", "was", "mode", "key", "told", "identity", "devices")
                pairs = ((each, getattr(known, each)) for each in names)
                known = learn(self._state, **{name: now for name, now in pairs if now != getattr(self.known, name)})
            self.known = known

    def forget_file(self, name: str) -> None:
        """Forget how much a file held, by its name below `devices`: a person knows what became of it."""
        base = name.removesuffix(AGE)
        self.seen = self.seen._replace(files={each: row for each, row in self.seen.files.items() if each != base})
        note_seen(self._state, self.seen)

    def note(
        self,
        held: Mapping[str, Sequence[Event] | None],
        is_known: Callable[[str], bool],
        n: int,
        looked: Seen,
    ) -> None:
        """Compare what each file holds with what it held, and remember it, with what `looked` says of own files."""
        files, self.gone = compare(self.seen, held, is_known)
        seen = Seen(files, max(n, self.seen.n), looked.own, looked.planted)
        if seen != self.seen:
            note_seen(self._state, seen)
            self.seen = seen


class Guarded:
    """A data folder whose store.json is what this computer remembers, and which its key opens."""

    def __init__(self, data: Path, state: Path, key: StoreKey | None, make: bool) -> None:
        self.data, self.state = data, state
        self.memory = Memory(data, state)
        """What this computer remembers of the store."""
        found = identity.open_marker(data, state) if make else identity.find_marker(data, state)
        self.made = found is not None
        """Whether there is a store.json; a store that is only looked at is made with its first change."""
        self._marker = found or identity.new_marker()
        self._marker_seen = signature_of(self.data / identity.MARKER)
        if found is not None:
            self.memory.refuse(found)
            self._refuse_encrypted_files(found)
        self.vault = PLAIN
        if self._marker.encryption:
            from tracker.store.encryption.unlocking import vault_here

            self.vault = vault_here(data, state, self._marker, key)
            self.memory.refuse_key(key.names if key else ())
        self._identity, self._opened_as = self._read_identity(), self._marker.encryption

    def _refuse_encrypted_files(self, found: identity.Marker) -> None:
        """Raise StoreDamaged where a store that is new to this computer says it is plain and holds encrypted files."""
        if self.memory.known.mode or found.encryption:
            return
        if has_encrypted_files(self.data):
            from tracker.store.identity.refused import encrypted_in_plain

            raise encrypted_in_plain(self.data)

    @property
    def read_only(self) -> str | None:
        """Why this folder can only be read, as a sentence, or None."""
        return identity.newer_than_known(self.data, self._marker)

    @property
    def marker(self) -> identity.Marker:
        """What store.json says now, or what a store that is not made yet goes by; raise StoreDamaged if it is gone."""
        if not self.made:
            return self._marker
        marker = identity.read_marker(self.data)
        self.memory.refuse(marker)
        return marker

    @property
    def store_id(self) -> str:
        """The id that all devices of this data folder share."""
        return self._marker.store

    def make(self) -> None:
        """Put store.json into a new folder; raise NotAStore where other things lie, or StoreDamaged or WriteFailed."""
        if self.made:
            return
        try:
            found = identity.open_marker(self.data, self.state)
            self.memory.refuse(found)
            self._marker = found
        except OSError as error:
            raise write_failed(self.data, error) from error
        self.made = True
        if not self._marker.encryption:
            self.memory.opened(self._marker, ())

    def _refuse_unwritable(self) -> None:
        identity.refuse_missing_marker(self.data, self.state)
        self.make()
        seen, found = signature_of(self.data / identity.MARKER), identity.read_marker(self.data)
        self.memory.refuse(found)
        self._marker, self._marker_seen = found, seen
        if self.read_only:
            raise StoreFromTheFuture(self.read_only)
        self._refuse_another_key()

    def _watch_marker(self) -> None:
        """Read store.json again where it was changed; one that is gone or damaged is named with the next change."""
        seen = signature_of(self.data / identity.MARKER)
        if not self.made or seen in (None, self._marker_seen):
            return
        try:
            found = identity.read_marker(self.data)
        except StoreDamaged:
            return
        self.memory.refuse(found)
        self._marker, self._marker_seen = found, seen

    def _read_identity(self) -> bytes:
        """Return what the identity file holds, nothing where there is none or the store is plain."""
        with contextlib.suppress(OSError):
            return read_plain(self.data / IDENTITY) if self.vault.key else b""
        return b""

    def _refuse_another_key(self) -> None:
        """Raise StoreLocked where the store is not, or no longer, what this was opened with."""
        if self.vault.key is None:
            if self._marker.encryption:
                raise StoreLocked("This store has been encrypted. It opens with its passphrase.")
        elif self._read_identity() != self._identity or self._marker.encryption != self._opened_as:
            raise StoreLocked("The passphrase or the key was changed elsewhere. Unlock it again.")
