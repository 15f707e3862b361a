"""All shards of a data folder in memory: what is loaded, what is only known by its stat, what is damaged."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracker.store.crypto.vault import AGE, PLAIN, Vault, twin
from tracker.store.events import Event, merge_same_id, number_of
from tracker.store.files import Signature, signature
from tracker.store.identity.memory import say_gone, short
from tracker.store.log.incoming import Judge, obey_all
from tracker.store.log.index import BESIDE_OURS, ELSEWHERE, OURS, Index, gc_paused
from tracker.store.log.shards import Contents, Damage, Found, Reader, is_written_here, list_shards, month_of, read_shard


@dataclass(slots=True)
class ShardState:
    """One shard: its signature when it was last read, and the events read from it."""

    signature: Signature | None
    loaded: bool = True
    events: tuple[Event, ...] = ()
    remembered: tuple[Event, ...] = ()
    trouble: str | None = None
    try_again: bool = False
    emptied: tuple[int, int] = (0, 0)

    @property
    def all_events(self) -> tuple[Event, ...]:
        """Return the events in the file, and those that went from it while it was open."""
        return self.events + self.remembered


class ShardSet:
    """The shards of one data folder; `since` names the first month whose shards are read at once."""

    def __init__(
        self,
        devices: Path,
        device: str,
        since: str | None,
        vault: Vault = PLAIN,
        judge: Judge | None = None,
        reader: Reader | None = None,
    ) -> None:
        self._devices = devices
        self._device = device
        self._since = since
        self.vault = vault
        self.everything = since is None
        self._states: dict[str, ShardState] = {}
        self._folders: dict[str, str] = {}
        self._preloaded: tuple[Event, ...] = ()
        self._judge, self._reader = judge, reader
        self.gone: Mapping[str, int] = {}
        """How many entries are missing in files that are older than this computer remembers, by name."""
        self.planted: Mapping[str, frozenset[str]] = {}
        """What somebody else has put into the files that this device writes: ids, `short`, by the name of the file."""
        self.index = self._new_index()

    @property
    def complete(self) -> bool:
        """Whether every shard has been read."""
        return all(state.loaded or state.signature is None for state in self._states.values())

    def damaged(self) -> tuple[Damage, ...]:
        """Return the files and folders that could not be used as they are."""
        troubles = dict(self._folders)
        for name, state in self._states.items():
            if state.trouble:
                troubles[name] = state.trouble
            elif state.remembered:
                gone = "disappeared" if state.signature is None else "lost entries"
                troubles[name] = f"{gone} while it was open; its entries are kept in memory"
        for base, number in self.gone.items():
            name = base + AGE if base + AGE in self._states else base
            troubles.setdefault(name, say_gone(number, name in self._states))
        return tuple(Damage(self._devices / name, reason) for name, reason in sorted(troubles.items()))

    def devices(self) -> set[str]:
        """Return the names of the device folders that hold shards."""
        return {name.partition("/")[0] for name in self._states}

    def held(self, known: Iterable[str]) -> dict[str, tuple[Event, ...] | None]:
        """Return the events of each shard, None where they were not read, are damaged, or are told of already.

        The same of those `known` ones that lie in a folder that cannot be looked into.
        """
        held: dict[str, tuple[Event, ...] | None] = {}
        if self._folders:
            blind = (name for name in known if "" in self._folders or name.partition("/")[0] in self._folders)
            held = dict.fromkeys(blind)
        for name, state in self._states.items():
            is_sure = state.loaded and state.signature is not None and not state.trouble and not state.remembered
            held[name] = state.events if is_sure else None
        return held

    def has(self, id_: str) -> bool:
        """Return whether any shard holds an event of that id, those that are not read among them."""
        return id_ in self.index.events or next(self.unread({id_}), None) is not None

    def archived_fingerprint(self) -> str:
        """Return a hash over the shards of the months before `since`, or "" if there is none."""
        return self._hash(name for name in self._states if self._encrypted(name))

    def fingerprint(self) -> str:
        """Return a hash over all shards, or "" if there is none."""
        return self._hash(self._states)

    def own_archived_fingerprint(self) -> str:
        """Return a hash over this device's own shards of the months before `since`."""
        return self._hash(name for name in self.own_names() if self._encrypted(name))

    def foreign_fingerprint(self) -> str:
        """Return a hash over the files that this device did not write, or "" if there is none."""
        more = [f"{name} {' '.join(sorted(ids))}" for name, ids in sorted(self.planted.items())]
        return self._hash((name for name in self._states if self._place(name) != OURS), more)

    def files(self) -> Iterator[tuple[str, bool, bool, tuple[Event, ...]]]:
        """Yield each file: its name, whether this device writes it, whether it is read and there, and what it holds."""
        for name, state in self._states.items():
            there = state.loaded and state.signature is not None
            yield name, self._place(name) == OURS, there, state.all_events

    def own_files(self) -> dict[str, tuple[Event, ...] | None]:
        """Return what each file that this device writes holds, sound or not, None where it was not read."""
        return {
            name: state.events if state.loaded else None
            for name, state in self._states.items()
            if state.signature is not None and self._place(name) == OURS
        }

    def take_for_planted(self, planted: Mapping[str, frozenset[str]]) -> None:
        """Count these entries among this device's files as written elsewhere."""
        if planted != self.planted:
            self.planted = planted
            self._rebuild()

    def own_events(self) -> Iterator[Event]:
        """Yield the loaded events that this device wrote, as they are known: those that lie in its own folder."""
        known = self.index.events
        yield from (known[id_] for id_ in self.index.places if id_ in known)

    def judged_anew(self, judge: Judge) -> None:
        """Read everything and fold it again, as it is after an answer to what came from elsewhere."""
        self._judge = judge
        self.load_all()
        self._rebuild()

    def _place(self, name: str) -> int:
        folder, _, file = name.partition("/")
        if folder != self._device:
            return ELSEWHERE
        return OURS if is_written_here(file) else BESIDE_OURS

    def _add(self, name: str, events: Sequence[Event]) -> None:
        if planted := self.planted.get(name.removesuffix(AGE)):
            put = [each for each in events if short(each["id"]) in planted]
            self.index.add(put, BESIDE_OURS)
            events = [each for each in events if short(each["id"]) not in planted]
        self.index.add(events, self._place(name))

    def _new_index(self) -> Index:
        index = Index(self._device, self._judge or obey_all)
        index.take_orders(self._judge.given if self._judge else ())
        return index

    def _hash(self, names: Iterable[str], more: Iterable[str] = ()) -> str:
        lines = [*(f"{name} {self._states[name].signature}" for name in sorted(names)), *more]
        present = [line for line in lines if not line.endswith(" None")]
        if present and self._judge and self._judge.salt:
            present.append(self._judge.salt)
        # A file name need not be UTF-8, and a fingerprint has to bear any.
        return hashlib.sha256("\n".join(present).encode("utf-8", "backslashreplace")).hexdigest() if present else ""

    def refresh(self) -> bool:
        """Look at every file, read what changed, and return whether anything did."""
        found, folders = list_shards(self._devices, self._device)
        changed = folders != self._folders
        self._folders = folders
        with gc_paused():
            for name, listed in found.items():
                changed = self._take_in(name, listed) or changed
        for name in [name for name in self._states if name not in found]:
            if "" not in folders and name.partition("/")[0] not in folders:
                changed = self._vanish(name, twin(name) in found) or changed
        return changed

    @property
    def is_locked_out(self) -> bool:
        """Return whether there is an encrypted shard, and no key to open one."""
        return self.vault.key is None and any(name.endswith(AGE) for name in self._states)

    def _read(self, name: str) -> Contents:
        read = read_shard(self._devices / name, self.vault, self._reader)
        proven = name.endswith(AGE) or not self.vault.ending
        return read if proven or not self._judge else read._replace(events=self._judge.without_orders(read.events))

    def load_all(self) -> None:
        """Read the shards of the months before `since` as well."""
        self.everything = True
        if self._preloaded:
            # While little is read: what they were taken from comes next, and is indexed once.
            self._preloaded = ()
            self._rebuild()
        with gc_paused():
            for name, state in list(self._states.items()):
                if not state.loaded and state.signature is not None:
                    self._load(name, state.signature)

    def preload(self, events: Iterable[Event]) -> None:
        """Take in events of unread shards that were kept elsewhere."""
        self._preloaded = tuple(events)
        self.index.add(self._preloaded, ELSEWHERE)

    def recent(self) -> Iterator[Event]:
        """Yield the events of the shards from `since` on, without what was purged."""
        for name, state in self._states.items():
            if not self._encrypted(name):
                yield from map(self.index.masked, state.all_events) if self.index.orders else state.all_events

    def to_empty(self) -> list[str]:
        """Return this device's loaded shards that hold something purged and can be written; each is searched once."""
        orders = len(self.index.binding), sum(self.index.binding.values())
        found = []
        for name in self.own_names():
            state = self._states[name]
            if state.emptied == orders or state.trouble:
                continue
            if any(map(self.index.covers, state.events)):
                found.append(name)
            else:
                state.emptied = orders
        return found

    def covered(self) -> tuple[int, int]:
        """Return how many events were purged and still hold what they held, in this device's files and in others'."""
        own = set(self.own_names())
        held = ((name in own, event) for name, state in self._states.items() for event in state.events)
        found = Counter(ours for ours, event in held if self.index.covers(event))
        return found[True], found[False]

    def archived_winners(self) -> list[Event]:
        """Return the winners that only a shard of a month before `since` holds."""
        recent = {event["id"] for event in self.recent()}
        return [event for event in self.index.winners.values() if event["id"] not in recent]

    def reread(self, name: str) -> dict[str, Event]:
        """Return what the shard `name` holds on disk now, by id, after taking it in."""
        self._load(name, signature((self._devices / name).lstat()))
        return {event["id"]: event for event in self._states[name].events}

    def known(self) -> dict[str, frozenset[str]]:
        """Return the ids that each loaded and sound shard holds on disk, by its name."""
        return {
            name: frozenset(event["id"] for event in state.events)
            for name, state in self._states.items()
            if state.loaded and state.signature is not None and not state.trouble
        }

    def only_in(self, name: str) -> list[Event]:
        """Return the events that are in memory from the shard `name` and that no sound file holds as fully."""
        sound = self.known().keys() - {name}
        elsewhere = {event["id"]: event for other in sound for event in self._states[other].events}
        found: dict[str, Event] = {}
        for event in map(self.index.bound, self._states[name].all_events):
            held = found.get(event["id"], elsewhere.get(event["id"]))
            if held is None or merge_same_id(held, event) is not held:
                found[event["id"]] = event
        return list(found.values())

    def unread(self, ids: Collection[str]) -> Iterator[Event]:
        """Yield the events of those ids from the shards that are not read, and leave these unread."""
        for name, state in list(self._states.items()):
            if not state.loaded and state.signature is not None:
                yield from (self.index.masked(each) for each in self._read(name).events if each["id"] in ids)

    def writable(self, name: str) -> bool:
        """Return whether the shard `name` is absent or sound, so that it may be continued."""
        state = self._states.get(name)
        return state is None or state.trouble is None

    def own_names(self) -> list[str]:
        """Return the names of this device's shards."""
        return [name for name in self._states if name.startswith(f"{self._device}/")]

    def newest_own_month(self) -> str:
        """Return the latest month that this device has a shard for, or ""."""
        months = (month_of(name.rpartition("/")[2]) for name in self.own_names())
        return max((month for month in months if month), default="")

    def lost(self, names: Collection[str] | None = None) -> list[Event]:
        """Return the events that are in memory and in no file any more, of all shards or of those named."""
        if not any(state.remembered for state in self._states.values()):
            return []
        kept = {event["id"] for state in self._states.values() for event in state.events}
        chosen = self._states if names is None else names
        events = (event for name in chosen for event in self._states[name].remembered)
        return [
            self.index.bound(event)
            for event in {event["id"]: event for event in events if event["id"] not in kept}.values()
        ]

    def forget_lost(self, names: Collection[str] | None = None) -> None:
        """Stop reporting events that have been written back, of all shards or of those named."""
        for name, state in list(self._states.items()):
            if names is not None and name not in names:
                continue
            state.remembered = ()
            if state.signature is None and state.loaded:
                del self._states[name]

    def top_n(self) -> int:
        """Return the largest operation number of this device, also while its older shards are unread."""
        own = [self._states[name] for name in self.own_names()]
        if any(event["dev"] == self._device for state in own for event in state.events):
            return self.index.top_n
        unread = [name for name in self.own_names() if not self._states[name].loaded]
        with gc_paused():
            events = [event for name in unread for event in self._read(name).events]
        numbers = (number_of(event) for event in events if event["dev"] == self._device)
        return max(self.index.top_n, max(numbers, default=0))

    def _encrypted(self, name: str) -> bool:
        month = month_of(name.rpartition("/")[2])
        return self._since is not None and month is not None and month < self._since

    def _take_in(self, name: str, found: Found) -> bool:
        state = self._states.get(name)
        if state and state.signature == found.signature and not state.try_again:
            return False
        if self._encrypted(name) and not self.everything and not (state and state.loaded):
            self._states[name] = ShardState(found.signature, loaded=False, trouble=found.trouble)
            return True
        before = (state.signature, state.trouble) if state else None
        self._load(name, found.signature)
        return before != (self._states[name].signature, self._states[name].trouble)

    def _load(self, name: str, seen: Signature | None) -> None:
        before = self._states.get(name)
        read = self._read(name)
        events = read.events
        now = ShardState(seen, events=events, trouble=read.trouble, try_again=read.passing)
        self._states[name] = now
        if before is None or not before.loaded:
            self._add(name, events)
            return
        if read.trouble and not events:
            now.remembered = before.all_events
            return
        known = before.events
        if self.index.binding and events[: len(known)] != known:
            known = tuple(map(self.index.bound, known))
        if events[: len(known)] == known and not before.remembered:
            self._add(name, events[len(known) :])
            return
        kept = {event["id"] for event in events}
        now.remembered = tuple(event for event in before.all_events if event["id"] not in kept)
        self._rebuild()

    def _vanish(self, name: str, has_twin: bool) -> bool:
        state = self._states[name]
        if state.signature is None:
            return False
        if not state.loaded and has_twin:
            # Its device encrypted it, or took that back: what it held lies under the other name.
            del self._states[name]
            return True
        if not state.loaded:
            self._states[name] = ShardState(None, loaded=False, trouble="disappeared before it was read")
            return True
        self._states[name] = ShardState(None, remembered=state.all_events)
        self._rebuild()
        return True

    def _rebuild(self) -> None:
        lost = {event["id"] for event in self.lost()}
        before = self.index
        self.index = self._new_index()
        self.index.add(self._preloaded, ELSEWHERE)
        with gc_paused():
            for name, state in list(self._states.items()):
                state.remembered = tuple(event for event in state.remembered if event["id"] in lost)
                if state.signature is None and state.loaded and not state.remembered:
                    del self._states[name]
                self._add(name, state.all_events)
        old, new = before.winners, self.index.winners
        moved = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        self.index.changed = before.changed | moved
