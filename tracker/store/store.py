"""The store: one data folder, seen whole, and the only way to write to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.store.crypto.vault import PLAIN, StoreKey
from tracker.store.errors import (
    StoreBusy,
    WriteFailed,
    open_failed,
    refuse_links,
    write_failed,
)
from tracker.store.events import Event, as_stored, is_more_of, order
from tracker.store.files import exclusive, is_exposed, make_folder
from tracker.store.guard import Guarded
from tracker.store.identity import identity
from tracker.store.identity.device import device_names, open_device_id
from tracker.store.identity.memory import Busy, Seen, check_own_files, rows_of
from tracker.store.log.housekeeping import sweep
from tracker.store.log.incoming import PURGE, UNWATCHED, Judge, orders_of_device
from tracker.store.log.shard_set import ShardSet
from tracker.store.log.shards import Damage, month_of

if TYPE_CHECKING:
    from tracker.store.backup.backups import Source
    from tracker.store.log.shards import Reader
    from tracker.store.transaction import Transaction


class Store(Guarded):
    """The events of a data folder in memory; for one thread at a time, made by `Store.open`."""

    def __init__(
        self,
        data: Path,
        state: Path,
        now: Callable[[], datetime],
        since: str | None,
        lock_timeout: float,
        key: StoreKey | None,
        make: bool,
        reader: Reader | None = None,
    ) -> None:
        super().__init__(data, state, key, make)
        self._now = now
        self._lock_timeout = lock_timeout
        self.has_written = False
        """Whether anything was written through this store, beside what had vanished from its own files."""
        self.went_over = False
        """Whether the files were given a proof of who wrote them just now, which happens to a store once."""
        self.device = open_device_id(state)
        self._folder = data / identity.DEVICES / self.device
        self.since = since
        self._judge = self._new_judge()
        self._shards = ShardSet(data / identity.DEVICES, self.device, since, self.vault, self._judge, reader)
        self._shards.planted = self.memory.seen.planted
        self._written: set[str] = set()
        self._is_locked = self._is_unsure = False

    @classmethod
    def open(
        cls,
        data: Path,
        state: Path,
        now: Callable[[], datetime],
        *,
        since: str | None = None,
        lock_timeout: float = 30.0,
        key: StoreKey | None = None,
        make: bool = True,
        reader: Reader | None = None,
    ) -> Store:
        """Open the store in a data folder.

        Args:
            state: the state folder that belongs to `data` alone.
            since: the first month ("2026-10") whose shards are read at once; earlier ones wait for `load_all`.
            lock_timeout: seconds to wait for the write lock.
            key: needed for an encrypted store.
            make: whether a new folder gets its store.json now; otherwise with the first change.

        Raises:
            NotAStore, StoreLocked, StoreDamaged, UnsafePath, WriteFailed: the folder cannot be used.
        """
        if since is not None and month_of(since) != since:
            raise ValueError("since must be a month such as 2026-10")
        try:
            store = cls(data, state, now, since, lock_timeout, key, make, reader)
            store._refuse_links()
            if store.read_only is None:
                sweep((data, state, store._folder), store._folder)
                store._finish_conversion()
                if store.made:
                    store.memory.opened(store._marker, store.vault.key.names if store.vault.key else ())
        except OSError as error:
            raise open_failed(data, error) from error
        if not store.refresh():
            store._note()
        return store

    @property
    def events(self) -> Mapping[str, Event]:
        """The loaded events by id; not to be changed."""
        return self._shards.index.events

    @property
    def winners(self) -> Mapping[str, Event]:
        """The newest loaded event of each key; not to be changed."""
        return self._shards.index.winners

    @property
    def damaged(self) -> tuple[Damage, ...]:
        """The files that could not be used as they are, each with the reason."""
        return self._shards.damaged()

    @property
    def complete(self) -> bool:
        """Whether every shard has been read."""
        return self._shards.complete

    @property
    def asked_for_all(self) -> bool:
        """Return whether the whole history was asked for, by `load_all` or by a purge."""
        return self._shards.everything

    @property
    def judge(self) -> Judge:
        """What was answered here to orders from elsewhere."""
        return self._judge

    @property
    def shards(self) -> ShardSet:
        """All files with entries, for those who compare what lies in them; not to be changed."""
        return self._shards

    @property
    def waiting(self) -> Mapping[str, Event]:
        """The orders to purge that wait for an answer, by their mark; not to be changed."""
        return self._shards.index.waiting

    @property
    def is_to_be_looked_through(self) -> bool:
        """Whether something came into the files of others since they were last compared, by a look at their sizes."""
        if not self.made or self.read_only:
            return False
        seen = self._judge.incoming
        if self.vault.ending:
            # Only who has the key can have written there; while the encryption is taken back, anybody can.
            return seen is not None and seen.at != UNWATCHED
        return (
            seen is None
            or seen.at != self._shards.foreign_fingerprint()
            or not self.waiting.keys() <= seen.asked.keys()
        )

    def takes_in(self, event: Event) -> bool:
        """Return whether a copy may bring an event back: not an order that was never obeyed here, nor what would remove
        something that is here.
        """
        if event["key"].startswith(PURGE):
            return self._judge.knows(event)
        winner = self.winners.get(event["key"])
        return event["v"] is not None or winner is None or winner["v"] is None or order(event) < order(winner)

    def fuller(self, known: Event, event: Event) -> bool:
        """Return whether a copy of a known event holds more of it, or holds what was emptied without an order."""
        if "purged" in known:
            return self._shards.index.fuller(known, event) is not known
        return is_more_of(known, event)

    def is_bound(self, event: Event) -> bool:
        """Return whether an order that is obeyed here covers the event."""
        return event["t"] <= self._shards.index.binding.get(event["key"], -1)

    def is_ordered(self, event: Event) -> bool:
        """Return whether an order to purge covers the event, also one that waits for an answer."""
        return event["t"] <= self._shards.index.orders.get(event["key"], -1)

    def carried(self) -> dict[str, str]:
        """Return in whose folder the loaded events lie that say to be of this device and are in none of its files."""
        places = self._shards.index.places
        ids = {id_ for id_, event in self.events.items() if event["dev"] == self.device and id_ not in places}
        if not ids:
            return {}
        from tracker.store.log.sifting import folders_of

        return folders_of(self._shards, ids)

    def own_events(self) -> list[Event]:
        """Return the loaded events that this device wrote: those of its own in its own folder."""
        return list(self._shards.own_events())

    def judge_anew(self) -> None:
        """Fold everything anew, as it is after an answer to what came from elsewhere."""
        self._judge = self._new_judge()
        self._shards.judged_anew(self._judge)

    def _new_judge(self) -> Judge:
        given = orders_of_device(self.state, self.vault)
        return Judge(self.state, encrypted=bool(self.vault.ending), given=given)

    def versions(self, key: str) -> list[Event]:
        """Return every loaded version of `key`, oldest first; the last one is the winner."""
        return self._shards.index.versions(key)

    def concurrent(self, key: str) -> list[Event]:
        """Return the versions of `key` that lost without having been seen by a later writer, oldest first."""
        return self._shards.index.concurrent(key)

    def device_names(self) -> dict[str, str]:
        """Return the name of the computer behind each device id, as far as it is known."""
        return device_names(self.data / identity.DEVICES)

    def refresh(self) -> bool:
        """Return whether anything on disk had changed, after reading what did.

        Raise StoreLocked if the store was encrypted elsewhere since, or its key changed, StoreDamaged if it is another.
        """
        self._watch_marker()
        self._refuse_another_key()
        if judged := self._judge.is_stale:
            self.judge_anew()
        changed = self._shards.refresh() or judged
        if self._shards.is_locked_out:
            self._marker = identity.read_marker(self.data)
            self._refuse_another_key()
        if changed or self._is_unsure:
            self._note()
        return changed

    def load_all(self) -> None:
        """Read the shards of the months before `since` as well."""
        if not self._shards.complete:
            self._shards.load_all()
            self._note()
        self._shards.load_all()

    def take_changed(self) -> set[str]:
        """Return the keys whose winner changed since this was last asked; a key may have lost its winner."""
        changed, self._shards.index.changed = self._shards.index.changed, set()
        return changed

    def preload(self, events: Sequence[Event]) -> None:
        """Take in events of unread shards that a summary kept; raise ValueError if one is not an event."""
        self._shards.preload([as_stored(event) for event in events])

    def unread(self, ids: Collection[str]) -> list[Event]:
        """Return the events of those ids as they lie in the shards that are not read; these stay unread."""
        return list(self._shards.unread(ids))

    @property
    def newest_operation(self) -> tuple[int, str]:
        """The largest number of an operation of this device that is loaded, 0 where there is none, and its id."""
        return self._shards.index.top_n, self._shards.index.top_operation

    def vanished(self) -> int:
        """Return how many events are in memory and in no file any more."""
        return len(self._shards.lost())

    def source(self) -> Source:
        """Return what a backup copies, and what this store knows of it."""
        from tracker.store.backup.backups import Source

        self._watch_marker()
        return Source(self.data, self._shards.known(), self._shards.index.covers, self._shards.index.bound, self.vault)

    def masked(self, event: Event) -> Event:
        """Return the event as it may be shown: empty if it was purged."""
        return self._shards.index.masked(event)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Hold the write lock, and read what changed on the disk before the block runs.

        Raises:
            StoreBusy, StoreFromTheFuture, StoreDamaged, UnsafePath, WriteFailed: nothing can be written now.
        """
        from tracker.store.purge import obey
        from tracker.store.transaction import Transaction

        self._refuse_unwritable()
        try:
            self._refuse_links()
            make_folder(self._folder)
        except OSError as error:
            raise write_failed(self.data, error) from error
        with exclusive(self._folder, self._lock_timeout), self._locked():
            self._refuse_unwritable()
            self.continue_conversion()
            self.refresh()
            obey(self._shards, self._folder, self.state)
            parts = (self._shards, self._folder, self.state, self.store_id, self._now(), self._judge)
            transaction = Transaction(*parts, self.memory.seen.n, self._written)
            again = transaction.write_back(own=True)
            transaction.wrote = False
            try:
                yield transaction
            finally:
                self.has_written = self.has_written or transaction.wrote
                transaction.close()
                if transaction.wrote or again:
                    self._note()

    def unfinished_purge(self) -> tuple[int, int]:
        """Return how many loaded events of this device's files, and of others', were purged and not yet emptied."""
        return self._shards.covered()

    def finish_purge(self) -> None:
        """Empty what was purged in this device's files and backups; raise as `transaction` does."""
        from tracker.store.purge import empty_files

        with self.transaction():
            empty_files(self._shards, self._folder, self.state)

    def _note(self) -> None:
        """Compare what the files hold with what this computer remembers of them, and remember what they hold now."""
        if self.made and self.read_only is None:
            self.memory.met(self._shards.devices(), self.device, self.device_names)
            files, seen = self._shards.own_files(), self.memory.seen
            try:
                # In an encrypted store each entry is proven.
                looked = seen._replace(own=rows_of(seen, files)) if self.vault.ending else self._checked(seen, files)
            except Busy:
                self._is_unsure = True
                return
            self._is_unsure = False
            self._shards.take_for_planted(looked.planted)
            held = self._shards.held(self.memory.seen.files)
            self.memory.note(held, self._shards.has, self._shards.index.top_n, looked)
            self._shards.gone = self.memory.gone
            self._written.clear()

    def _checked(self, seen: Seen, files: Mapping[str, Sequence[Event] | None]) -> Seen:
        """Return what is remembered once this device's own files were checked for what somebody else put there."""

        def vouched() -> list[Event]:
            from tracker.store.backup.backups import in_newest_backup

            return in_newest_backup(self.state, self.device)

        has_lock = self._is_locked
        return check_own_files(seen, files, self._written, self._folder, self.state, has_lock=has_lock, vouched=vouched)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._is_locked = True
        try:
            yield
        finally:
            self._is_locked = False

    def continue_conversion(self) -> None:
        """Finish, with the lock held, what a conversion left undone; what the disk refuses waits for the next time."""
        if self.vault.key is not None:
            from tracker.store.encryption.conversion import continue_conversion

            self.vault = self._shards.vault = continue_conversion(self._folder, self.state, self.vault)
            had_none, self._marker = not self._marker.mac, identity.read_marker(self.data)
            self.went_over = self.went_over or (had_none and bool(self._marker.mac))

    def _finish_conversion(self) -> None:
        if self.vault.key is None:
            return
        from tracker.store.encryption.conversion import finish_end, is_converted

        if is_converted(self._folder, self.state, self.vault) and self.vault.ending:
            return
        with contextlib.suppress(StoreBusy, WriteFailed, OSError):
            make_folder(self._folder)
            with exclusive(self._folder, timeout=0):
                self._refuse_unwritable()
                self.continue_conversion()
                if not self.vault.ending and not finish_end(self.data, self.state, self.vault.key):
                    self._marker = identity.read_marker(self.data)
                    self.vault = self._shards.vault = PLAIN
                    self.memory.opened(self._marker, ())

    def exposed(self) -> tuple[Path, ...]:
        """Return those of our folders that other people who use this computer may look into."""
        folders = (self.data, self._folder.parent, self._folder, self.state)
        return tuple(path for path in folders if is_exposed(path))

    def _refuse_links(self) -> None:
        refuse_links(self._folder.parent, self._folder, self.state)
