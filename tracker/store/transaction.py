"""Writing: one operation is one atomic file write, made while the lock is held."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tracker.store import files
from tracker.store.errors import StoreDamaged, StoreError, WriteFailed, write_failed
from tracker.store.events import LAST_OPERATION, Draft, Event, as_stored, farthest, new_id, number_of, order, sized
from tracker.store.files import Held, NotConfirmed, sync_folder
from tracker.store.identity.device import introduce_device, raise_floor, read_floor
from tracker.store.identity.identity import remember_written
from tracker.store.limits import LITTLE, ROOMY, in_parts
from tracker.store.log.incoming import PURGE, Judge, mark_of, order_key
from tracker.store.log.shard_set import ShardSet
from tracker.store.log.shards import month_of, names_for
from tracker.store.purge import Purged, empty_files

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Transaction:
    """What may be done while the lock is held; made by `Store.transaction` and good until that ends."""

    def __init__(
        self,
        shards: ShardSet,
        folder: Path,
        state: Path,
        store_id: str,
        moment: datetime,
        judge: Judge,
        floor: int = 0,
        written: set[str] | None = None,
    ) -> None:
        self.written = set() if written is None else written
        """The ids of what was written, or may have been; they are added to those that are given."""
        self._shards = shards
        self._judge = judge
        self._folder = folder
        self._device = folder.name
        self._state = state
        self._store_id = store_id
        self._moment = moment if moment.tzinfo else moment.astimezone()
        self._floor = floor
        """The number of the newest operation that this computer remembers: none gets a lower one, nor the same."""
        self._open = True
        self.wrote = False
        """Whether anything was written by it so far."""

    def close(self) -> None:
        """Let nothing be written through this any more."""
        self._open = False

    def write(
        self, drafts: Sequence[Draft], *, cmd: str, undoes: str | None = None, redoes: str | None = None
    ) -> tuple[Event, ...]:
        """Write one operation as one atomic change of one file.

        Args:
            cmd: the name of the command, as the history shows it.
            undoes, redoes: the id of the operation that this one takes back or repeats.

        Returns:
            The events of the operation, which are on the disk.

        Raises:
            ValueError: a value is not JSON.
            WriteFailed: the disk refused; nothing was kept.
        """
        links = {name: op for name, op in (("undoes", undoes), ("redoes", redoes)) if op is not None}
        common = {"op": new_id(), "n": self._next_n(), "cmd": cmd, **links}
        latest: dict[str, Event] = {}
        events = []
        for draft in drafts:
            replaced = latest.get(draft.key) or self._shards.index.winners.get(draft.key)
            latest[draft.key] = self._event(draft, replaced, common)
            events.append(latest[draft.key])
        if events:
            self._append(events)
        return tuple(events)

    def add(self, events: Sequence[Event], *, cmd: str) -> tuple[int, Event | None]:
        """Write events that a copy or a file holds and this store lacks; raise as `write` does.

        Shards that were not read are read first, so no known event is added again. An order to purge is taken only if
        it was obeyed here before, and an emptied event never replaces a full one.

        Returns:
            How many events were new, and the event that lists their ids, None if none was new.
        """
        self._shards.load_all()
        known = self._shards.index.events
        wanted: dict[str, Event] = {}
        index = self._shards.index
        for event in map(index.bound, map(as_stored, events)):
            so_far = wanted.get(event["id"]) or known.get(event["id"])
            if so_far is None or index.fuller(so_far, event) is not so_far:
                wanted[event["id"]] = event
        wanted = {id_: event for id_, event in wanted.items() if self._is_welcome(event)}
        if not wanted:
            return 0, None
        op = new_id()
        own = [number_of(event) for event in wanted.values() if event["dev"] == self._device]
        n = min(max(self._next_n(), max(own, default=0) + 1), LAST_OPERATION)
        fresh = [id_ for id_ in wanted if id_ not in known]
        note = self._event(Draft(f"import|{op}", {"events": fresh}), None, {"op": op, "n": n, "cmd": cmd})
        # The note comes first: what is cut short can be taken back, and what is brought again is not added twice.
        self._append([note, *wanted.values()])
        return len(wanted), note

    def _is_welcome(self, event: Event) -> bool:
        """Return whether what a file or a copy brings may come in: no unknown order, and nothing empty over a value."""
        if event["key"].startswith(PURGE):
            return self._judge.knows(event)
        index = self._shards.index
        winner = index.winners.get(event["key"])
        if "purged" not in event or winner is None or winner["v"] is None:
            return True
        return order(event) < order(winner)

    def purge(self, keys: Iterable[str], *, cmd: str, instead: Sequence[Draft] = ()) -> Purged:
        """Empty every known version of these keys for good, and leave an order that other devices obey.

        Args:
            instead: values that are written together with the order, and stay.

        Raises:
            WriteFailed: the disk refused; once the order is written, the rest is emptied with the next change.
        """
        self._shards.load_all()
        index = self._shards.index
        known = {key: versions for key in dict.fromkeys(keys) if (versions := index.versions(key))}
        full = sum("purged" not in event for versions in known.values() for event in versions)
        if not full:
            return Purged(0)
        # Up to now, or later where a version is dated later.
        now = self._milliseconds()
        orders = {key: max(now, *(each["t"] for each in versions)) for key, versions in sorted(known.items())}
        key = order_key(orders)
        common = {"op": new_id(), "n": self._next_n(), "cmd": cmd}
        ordered = self._event(Draft(key, {"keys": orders}), index.winners.get(key), common)
        known_until = self._shards.index.orders
        kept = []
        for draft in instead:
            event = self._event(draft, index.winners.get(draft.key), common)
            after = max(orders[draft.key], known_until.get(draft.key, -1)) + 1
            kept.append(as_stored({**event, "t": max(event["t"], after)}))
        try:
            # What is ordered here is known to be so before anybody can read it.
            self._judge.accept([mark_of(ordered)])
        except OSError as error:
            raise write_failed(self._state, error) from error
        self._append([ordered, *kept])
        try:
            unreadable = empty_files(self._shards, self._folder, self._state)
        except (OSError, StoreError):
            raise WriteFailed(
                f"The purge is not finished: {self._folder} could not be written. It goes on with the next change."
            ) from None
        return Purged(full, self._shards.covered()[1], unreadable, ordered["op"])

    def bulk(self, events: Sequence[Event]) -> None:
        """Write finished events of this device into the months of their `at`, one durable write a month.

        Raise ValueError for an event that is invalid or not of this device, WriteFailed if the disk refuses.
        """
        months: dict[str, list[Event]] = {}
        for event in map(as_stored, events):
            month = month_of(event["at"])
            if month is None or event["dev"] != self._device:
                raise ValueError("only dated events of this device can be written in bulk")
            months.setdefault(month, []).append(event)
        top = max((event.get("n", 0) for event in events), default=0)
        for month, part in sorted(months.items()):
            self._append(part, month=month, floor=top)

    def write_back(self, *, own: bool = False) -> int:
        """Return how many events were written again that had gone from the disk while they were in memory.

        With `own` only those out of this device's files, which nobody else has any business to shorten.
        """
        names = self._shards.own_names() if own else None
        lost = self._shards.lost(names)
        if lost:
            self._append(lost, floor=self._shards.top_n())
            self._shards.forget_lost(names)
        return len(lost)

    def set_aside(self, path: Path) -> tuple[int, Path]:
        """Return how many entries of a damaged shard of this device were written anew, and where it now lies aside.

        What can be read of it goes into a sound shard first, unless another has it; the file keeps all its bytes
        under a name that is not read. Raise StoreDamaged for a shard that is sound or not this device's, or as
        `write` does.
        """
        name = f"{self._device}/{path.name}"
        if path.parent != self._folder or self._shards.writable(name):
            raise StoreDamaged(f"{path} is not a damaged file of this device, so it was left.")
        if not path.is_file() or path.is_symlink():
            raise StoreDamaged(f"{path} is not a plain file, so it was left. Move it away.")
        self._shards.load_all()
        only = self._shards.only_in(name)
        if only:
            self._append(only, floor=self._shards.top_n())
        try:
            aside = files.set_aside(path) or path
            sync_folder(self._folder)
        except OSError as error:
            raise write_failed(self._folder, error) from error
        self._shards.refresh()
        return len(only), aside

    def _next_n(self) -> int:
        # Once a forged number came near the end, later operations share the last one, and time tells them apart.
        newest = max(self._shards.top_n(), read_floor(self._state), self._floor)
        return min(newest + 1, LAST_OPERATION)

    def _milliseconds(self) -> int:
        return max(0, (self._moment - _EPOCH) // timedelta(milliseconds=1))

    def _event(self, draft: Draft, replaced: Event | None, common: Mapping[str, object]) -> Event:
        purged_until = self._shards.index.orders.get(draft.key, -1)
        t = max(self._milliseconds(), purged_until + 1, replaced["t"] + 1 if replaced else 0)
        if t > farthest():
            raise WriteFailed(
                f"Nothing was saved: it would be dated more than a century ahead. Is it {self._moment:%Y-%m-%d} today?"
            )
        more: dict[str, object] = {}
        if draft.as_ is not None:
            more["as"] = draft.as_
        if draft.settles:
            more["settles"] = list(draft.settles)
        return as_stored(
            {
                "id": new_id(),
                "key": draft.key,
                "v": draft.v,
                "t": t,
                "prev": replaced["id"] if replaced else None,
                "dev": self._device,
                "at": self._moment.isoformat(timespec="seconds"),
                **common,
                **more,
            }
        )

    def _append(self, events: Sequence[Event], *, month: str | None = None, floor: int = 0) -> None:
        if not self._open:
            raise RuntimeError("this transaction is over")
        month = month or f"{self._moment:%Y-%m}"
        try:
            introduce_device(self._folder, self._state)
            if month < self._shards.newest_own_month():
                # With the clock set back, the newest number lands in a shard that may later stay unread.
                floor = max([floor, *map(number_of, events)])
            raise_floor(self._state, floor)
            self.written.update(event["id"] for event in events)
            parts = [(self._insert(month, part), part) for part in _in_parts(events)]
        except NotConfirmed as error:
            self._shards.refresh()
            raise WriteFailed(
                "The disk did not confirm that this was saved. Look whether it is there before you repeat it."
            ) from error
        except OSError as error:
            raise write_failed(self._folder, error) from error
        self.wrote = True
        for name, part in parts:
            self._read_back(name, part)
        with contextlib.suppress(OSError):
            # What was saved is saved; if this cannot be noted now, the next write notes it.
            remember_written(self._state, self._store_id)

    def _insert(self, month: str, events: Sequence[Event]) -> str:
        from tracker.store.log.storage import insert

        held = False
        for file_name in names_for(month, self._shards.vault.ending):
            name = f"{self._device}/{file_name}"
            if not self._shards.writable(name) or self._is_full(self._folder / file_name):
                continue
            try:
                insert(self._folder / file_name, events, self._shards.vault)
            except StoreDamaged:
                continue
            except Held:
                if held:
                    raise
                held = True
                continue
            return name
        raise WriteFailed(f"Nothing was saved: every file for {month} in {self._folder} is damaged.")

    @staticmethod
    def _is_full(path: Path) -> bool:
        """Return whether a month goes on in another file, so that none is too large to be read."""
        try:
            return path.lstat().st_size > ROOMY
        except FileNotFoundError:
            return False

    def _read_back(self, name: str, events: Sequence[Event]) -> None:
        try:
            kept = self._shards.reread(name)
        except OSError:
            kept = {}
        if any(kept.get(event["id"]) != event for event in events):
            raise WriteFailed(f"What was just saved in {self._folder} did not read back. Check the disk and try again.")


def _in_parts(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Yield events in as few parts as fit into files that can be read again."""
    if len(events) * LITTLE <= ROOMY:
        yield events
        return
    for runs in in_parts(sized(events), ROOMY):
        yield [event for run in runs for event in run]
