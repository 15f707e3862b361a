"""The guard of a store: its store.json and its key, looked at before anything is read or written."""

from __future__ import annotations

from pathlib import Path

from tracker.store.crypto.vault import IDENTITY, PLAIN, StoreKey
from tracker.store.errors import StoreDamaged, StoreFromTheFuture, StoreLocked, write_failed
from tracker.store.files import read_plain, signature_of
from tracker.store.identity import identity
from tracker.store.identity.memory import Memory


class Guarded:
    """A data folder whose store.json is what this computer remembers, and which its key opens."""

    def __init__(self, data: Path, state: Path, key: StoreKey | None, make: bool) -> None:
        self.data, self.state = data, state
        self.memory = Memory(data, state)
        """What this computer remembers of the store."""
        found = identity.open_marker(data, state) if make else identity.look_at_marker(data, state)
        self.made = found is not None
        """Whether there is a store.json; a store that is only looked at is made with its first change."""
        self._marker = found or identity.new_marker()
        self._marker_seen = signature_of(self.data / identity.MARKER)
        if found is not None:
            self.memory.refuse(found)
            self._refuse_sealed_beside(found)
        self.vault = PLAIN
        if self._marker.encryption:
            from tracker.store.encryption.unlocking import vault_here

            self.vault = vault_here(data, state, self._marker, key)
            self.memory.refuse_key(key.names if key else ())
        self._identity, self._opened_as = self._look_at_identity(), self._marker.encryption

    def _refuse_sealed_beside(self, found: identity.Marker) -> None:
        """Raise StoreDamaged where a computer that comes to a store that says it is plain finds sealed files in it."""
        if self.memory.known.mode or found.encryption:
            return
        from tracker.store.identity.traces import sealed_files

        if sealed_files(self.data):
            from tracker.store.identity.refused import sealed_beside

            raise sealed_beside(self.data)

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

    def _look_at_identity(self) -> bytes:
        """Return what the identity file holds, nothing where there is none or the store is plain."""
        if self.vault.key is None:
            return b""
        try:
            return read_plain(self.data / IDENTITY)
        except OSError:
            return b""

    def _refuse_another_key(self) -> None:
        """Raise StoreLocked where the store is not, or no longer, what this was opened with."""
        if self.vault.key is None:
            if self._marker.encryption:
                raise StoreLocked("This store has been encrypted. It opens with its passphrase.")
        elif self._look_at_identity() != self._identity or self._marker.encryption != self._opened_as:
            raise StoreLocked("The passphrase or the key was changed elsewhere. Unlock it again.")
