"""What one place lacks that another has, file by file: nothing shrinks, and what was purged stays so.

Everything here is a function of bytes, so it can be looked at before anything is written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tracker.store.crypto.vault import AGE
from tracker.store.events import Event, merge_same_id
from tracker.store.identity.identity import DEVICES
from tracker.store.log.shards import TABLE, Contents, month_of, parse

Reader = Callable[[str, bytes], Contents]
"""What a shard's bytes hold; the name tells how they are written."""

_OUR_COPY = re.compile(r"\.copy-[0-9a-f]+\.")


@dataclass(frozen=True, slots=True)
class Step:
    """A file to be written: its name, its bytes, whose it is, its month, and how many events are new with it."""

    name: str
    data: bytes
    device: str
    month: str
    events: int


@dataclass(frozen=True, slots=True)
class Lack:
    """What has to be written so that nothing is lacking, and the files that are not whole and wait."""

    steps: tuple[Step, ...]
    waiting: tuple[str, ...]
    left: dict[str, str] = field(default_factory=dict)
    """Why files were left, by their names; filled by whoever writes the steps."""


def lacking(source: Mapping[str, bytes], target: Mapping[str, bytes], own: str, read: Reader) -> Lack:
    """Return what `target` lacks of `source`. A file of the device `own` is never replaced: that device wrote it."""
    steps: list[Step] = []
    waiting: list[str] = []
    for names in _families(source):
        if all(target.get(name) == source[name] for name in names):
            continue
        family = _Family(target, own, read, names[0])
        for name in names:
            if name.endswith("/device.json"):
                steps += family.introduced(name, source[name])
            elif not family.take(name, source[name]) and target.get(name) != source[name]:
                waiting.append(name)
        steps += family.steps()
    return Lack(tuple(steps), tuple(waiting))


def _families(names: Iterable[str]) -> list[list[str]]:
    """Return the names of a device's files in groups that may hold the same events: a month with its copies."""
    families: dict[tuple[str, str], list[str]] = {}
    for name in sorted(names):
        if name.startswith(f"{DEVICES}/"):
            families.setdefault(_family(name), []).append(name)
    return list(families.values())


def _family(name: str) -> tuple[str, str]:
    _, device, file = name.split("/")
    return device, month_of(file) or file


def by_id(events: Iterable[Event]) -> dict[str, Event]:
    """Return events by their id, of two with one id the one that a merge keeps."""
    found: dict[str, Event] = {}
    for event in events:
        known = found.setdefault(event["id"], event)
        if known is not event:
            found[event["id"]] = merge_same_id(known, event)
    return found


def adds(events: Mapping[str, Event], known: Mapping[str, Event]) -> int:
    """Return how many events are not known, or known less fully; purged counts as fuller than not."""
    return sum(
        id_ not in known or merge_same_id(known[id_], event) is not known[id_]
        for id_, event in events.items()
        if known.get(id_) != event
    )


def superseded(files: Mapping[str, bytes], read: Reader) -> list[str]:
    """Return the plain files beside which an encrypted one lies that holds all they hold; they are not read."""
    found = []
    for name in files:
        if name + AGE in files and name.startswith(f"{DEVICES}/"):
            plain, encrypted = parse(files[name]), read(name + AGE, files[name + AGE])
            if not (plain.trouble or encrypted.trouble or adds(by_id(plain.events), by_id(encrypted.events))):
                found.append(name)
    return found


class _Family:
    """The files of one device and month at the target, as they will be."""

    def __init__(self, target: Mapping[str, bytes], own: str, read: Reader, like: str) -> None:
        self._device, self._month = _family(like)
        self._own, self._read = self._device == own, read
        here = (name for name in target if name.startswith(f"{DEVICES}/") and _family(name) == _family(like))
        self._files = {name: target[name] for name in sorted(here)}
        self._contents = {name: read(name, raw) for name, raw in self._files.items()}
        self._known = by_id(event for each in self._contents.values() for event in each.events)
        self._offered: list[tuple[bytes, Contents, dict[str, Event]]] = []
        self._written: dict[str, tuple[bytes, int]] = {}

    def introduced(self, name: str, raw: bytes) -> list[Step]:
        """Return the step that brings a device's name, where it is not known."""
        return [] if name in self._files or not raw else [Step(name, raw, self._device, "", 0)]

    def take(self, name: str, raw: bytes) -> bool:
        """Find a place for a file that holds something new; False if it is not whole."""
        contents = self._read(name, raw)
        if contents.trouble:
            return False
        events = by_id(contents.events)
        self._offered.append((raw, contents, events))
        new = adds(events, self._known)
        # An encrypted file takes the place of a plain one, so what only a plain one holds does not count as known.
        if new or (name.endswith(AGE) and adds(events, self._encrypted())):
            self._put(self._place_for(name, raw, contents, events), raw, contents, new)
        return True

    def _encrypted(self) -> dict[str, Event]:
        return by_id(e for name, each in self._contents.items() if name.endswith(AGE) for e in each.events)

    def _put(self, name: str, raw: bytes, contents: Contents, new: int) -> None:
        self._files[name], self._contents[name] = raw, contents
        self._known = by_id([*self._known.values(), *contents.events])
        self._written[name] = raw, new + self._written.get(name, (b"", 0))[1]

    def _place_for(self, name: str, raw: bytes, contents: Contents, events: Mapping[str, Event]) -> str:
        if name not in self._files or self._gives_way(name, contents, events):
            return name
        for copy in self._files:
            if _OUR_COPY.search(copy) and self._gives_way(copy, contents, events):
                return copy
        digest, length = hashlib.sha256(raw).hexdigest(), 8
        while (copy := _copy_of(name, digest[:length])) in self._files and length < len(digest):
            length += 8
        return copy

    def _gives_way(self, name: str, contents: Contents, events: Mapping[str, Event]) -> bool:
        """Return whether a file may be replaced by one that holds all it holds."""
        mine = self._contents[name]
        if mine.trouble or (self._own and not _OUR_COPY.search(name)):
            return False
        beside = {table: rows for table, rows in mine.tables.items() if table != TABLE}
        return beside.items() <= contents.tables.items() and not adds(by_id(mine.events), events)

    def steps(self) -> list[Step]:
        """Return what is to be written, also over files that still hold what is known to be purged."""
        for name, mine in list(self._contents.items()):
            held = by_id(mine.events)
            full = [id_ for id_, event in held.items() if "purged" not in event and "purged" in self._known[id_]]
            for raw, contents, events in self._offered if full else ():
                emptied = all("purged" in events.get(id_, ()) for id_ in full)
                if emptied and self._gives_way(name, contents, events):
                    self._put(name, raw, contents, len(full))
                    break
        return [Step(name, raw, self._device, self._month, new) for name, (raw, new) in self._written.items()]


def _copy_of(name: str, digest: str) -> str:
    folder, _, file = name.rpartition("/")
    suffix = ".json.age" if file.endswith(".age") else ".json"
    stem = month_of(file) or file.removesuffix(suffix)
    return f"{folder}/{stem}.copy-{digest}{suffix}"
