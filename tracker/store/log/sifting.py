"""What lies in which file of a data folder, for those who compare what came from elsewhere with what was here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from tracker.store.crypto.vault import AGE
from tracker.store.events import Event
from tracker.store.identity.memory import short
from tracker.store.log.index import OURS
from tracker.store.log.shard_set import ShardSet


def foreign(shards: ShardSet) -> dict[str, tuple[Event, ...]]:
    """Return what each file holds that was read and that this device did not write, by its name below `devices`.

    Of the files that it does write that is what somebody else has put there.
    """
    found = {name: events for name, ours, there, events in shards.files() if there and not ours}
    for name, ours, there, events in shards.files() if shards.planted else ():
        if ours and there and (planted := shards.planted.get(name.removesuffix(AGE))):
            put = (each for each in events if short(each["id"]) in planted and not is_written_here(shards, each["id"]))
            found[name] = tuple(put)
    return found


def is_planted(shards: ShardSet, id_: str) -> bool:
    """Return whether an event lies in a file that this device writes, and was put there by somebody else."""
    return any(short(id_) in ids for ids in shards.planted.values())


def is_written_here(shards: ShardSet, id_: str) -> bool:
    """Return whether an event lies in a file that this device writes."""
    return shards.index.places.get(id_) == OURS


def foreign_folders(shards: ShardSet) -> tuple[set[str], set[str]]:
    """Return the names of the files that this device did not write, read or not, and the folders they are in."""
    names = {name for name, ours, _, _ in shards.files() if not ours}
    folders = {name.partition("/")[0] for name in names}
    return names | shards.planted.keys(), folders


def covered_by(shards: ShardSet, keys: Mapping[str, int]) -> Iterator[Event]:
    """Yield the events as they lie in the files that an order over these keys is about, each once.

    Those are among them that another device has emptied in its own files: a backup here may hold them still.
    """
    seen: set[str] = set()
    for _, _, _, events in shards.files():
        for event in events:
            if event["t"] <= keys.get(event["key"], -1) and event["id"] not in seen:
                seen.add(event["id"])
                yield event


def held(shards: ShardSet, ids: Collection[str]) -> dict[str, Event]:
    """Return these events as they lie in the files, also what an order hides that waits for an answer."""
    found: dict[str, Event] = {}
    for _, _, _, events in shards.files() if ids else ():
        for event in events:
            if event["id"] in ids and "purged" not in event:
                found.setdefault(event["id"], shards.index.bound(event))
    return found


def own_held(shards: ShardSet) -> dict[str, int]:
    """Return the keys of which this device's folder holds anything, each with the time of its oldest full version."""
    oldest: dict[str, int] = {}
    own = set(shards.own_names())
    for name, _, _, events in shards.files():
        for event in events if name in own else ():
            if "purged" not in event:
                oldest[event["key"]] = min(event["t"], oldest.get(event["key"], event["t"]))
    return oldest


def folders_of(shards: ShardSet, ids: Collection[str]) -> dict[str, str]:
    """Return in whose folder each of these events lies: in its author's, or else in the first there is."""
    found: dict[str, str] = {}
    for name, _, _, events in shards.files() if ids else ():
        folder = name.partition("/")[0]
        for event in events:
            if event["id"] in ids and (event["id"] not in found or folder == event["dev"]):
                found[event["id"]] = folder
    return found
