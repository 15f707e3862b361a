"""What was answered to orders that came from elsewhere, and what lay in the files of others when this computer looked.

In a plain store nobody can be told apart: whoever can write in the folder can order something purged there, or change
all of it. So an order binds this computer only where it was given here or somebody here said yes to it, and what this
computer knows of that lies in its state folder. In an encrypted store only who has the key can give one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from tracker.store.crypto.vault import AGE, PLAIN, Vault
from tracker.store.events import Event, canonical, encode, farthest
from tracker.store.files import atomic_write, signature_of
from tracker.store.identity.memory import read_object, texts
from tracker.store.log.shards import read_shard

PURGE = "purge|"


THEIRS = "partner-ratings|"
"""How the keys of a partner's answers begin, which are theirs to take back."""


_STAYS = ("id", "key", "t", "prev", "dev", "at", "op", "n", "cmd", "undoes", "redoes", "as", "settles")


ORDERS = "purged.json"
"""The file in a state folder that keeps the orders, so that no copy brings anything back into a lost folder."""


ANSWERS = "answers.json"
"""The file in a state folder that says which orders are obeyed here and which are not; it is durable."""

INCOMING = "incoming.json"
"""The file in a state folder that says what was seen in the files of others, and what was to be asked about."""

LOOKED = "looked.json"
"""The file in a state folder with sixteen digits for each event in the files of others, to tell what changed."""

UNWATCHED = "sealed"
"""What `at` says since the store is encrypted, and nobody looks any more."""

MOST_WAITING = 1_000
"""So many orders wait at a time; what comes on top hides and empties nothing, and has its turn after these."""

OBEY, ASK, IGNORE = "obey", "ask", "ignore"


def emptied(event: Event) -> Event:
    """Return the event without its payload, and without anything that this version does not know."""
    kept = {name: value for name, value in event.items() if name in _STAYS}
    return cast("Event", {**kept, "v": None, "purged": True})


def orders_of(event: Event) -> dict[str, int]:
    """Return the keys that a purge event names, each with the time of its last version to be emptied."""
    found = (event["v"] or {}).get("keys") if event["key"].startswith(PURGE) else None
    if not isinstance(found, dict):
        return {}
    most = farthest()
    return {
        key: until
        for key, until in found.items()
        if type(until) is int and 0 <= until <= most and not key.startswith(PURGE)
    }


def takes_back(event: Event) -> bool:
    """Return whether an order names a partner's answers alone; such an order is obeyed without a question.

    Whoever could refuse it would read what somebody took back, perhaps in fear; a forged one takes nothing else.
    """
    found = orders_of(event)
    return bool(found) and all(key.startswith(THEIRS) for key in found)


def order_key(keys: Iterable[str]) -> str:
    """Return the key of the event that orders these keys to be emptied."""
    return PURGE + hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:24]


def orders_of_device(state: Path, vault: Vault = PLAIN) -> list[Event]:
    """Return the purge events that this device has obeyed, as its state folder keeps them."""
    kept = (event for ending in ("", AGE) for event in read_shard(state / f"{ORDERS}{ending}", vault).events)
    return [each for each in kept if each["key"].startswith(PURGE)]


def mark_of(event: Event) -> str:
    """Return what tells an order from every other: a hash of its id and all it says, so that no forged copy of one
    that was accepted is accepted too.
    """
    said = canonical({"id": event["id"], "key": event["key"], "v": event["v"]})
    return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def digits_of(event: Event, salt: str) -> str:
    """Return eight hex digits of an event's id and eight of all of it; without the salt nobody can foresee them."""
    return _digits(event["id"], salt) + _digits(canonical(event), salt)


def split_row(row: str) -> Iterator[tuple[str, str]]:
    """Yield the digits of the id and of the whole of each event of a row."""
    for at in range(0, len(row) - 15, 16):
        yield row[at : at + 8], row[at + 8 : at + 16]


def _digits(text: str, salt: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=4, key=salt.encode()).hexdigest()


class Arrival(NamedTuple):
    """What came and is asked about: in whose folder, whether that device was new, and of how many entries and days.

    `pairs` are the events that changed something, each with the one before, which is "" where it is the same event with
    another content; an order to purge has none.
    """

    device: str
    new: bool
    entries: int
    days: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


class Passed(NamedTuple):
    """A change that was too small to be asked about: the day, the device, the pair, how many entries went with it, and
    whether what was there before was written on this device.
    """

    day: str
    device: str
    pair: tuple[str, str]
    weight: int
    ours: bool


def mark_of_changes(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a hash that identifies a set of changes."""
    said = "\n".join(" ".join(pair) for pair in sorted(pairs))
    return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:32]


class Answers(NamedTuple):
    """What somebody said here to what came from elsewhere, by the marks of orders and of changes."""

    accepted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()

    @property
    def given(self) -> frozenset[str]:
        """Return the marks of all that was answered."""
        return self.accepted | self.refused


class Incoming(NamedTuple):
    """What was seen in the files of others.

    `at` tells whether they changed since, `devices` are those that were seen, `settled` the orders that stood when this
    computer first looked and had nothing to empty here, `asked` what waits for an answer, by its mark. `salt` makes
    the digits of events. `passed` are the changes of the last days that were too few to be asked about.
    """

    at: str = ""
    devices: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    asked: Mapping[str, Arrival] = {}
    salt: str = ""
    passed: tuple[Passed, ...] = ()


class Judge:
    """Says of each order whether this computer obeys it; made from what its state folder holds."""

    def __init__(self, state: Path, *, encrypted: bool, given: Iterable[Event] = ()) -> None:
        self._state, self._encrypted = state, encrypted
        self._signature = signature_of(state / ANSWERS)
        self.given = tuple(given)
        """The orders that were obeyed here before, which hold whatever became of the files they came in."""
        self.answers = read_answers(state)
        self.incoming = read_incoming(state)
        before = self.incoming or Incoming()
        self._asked = before.asked.keys()
        self._accepted = self.answers.accepted | before.settled | {mark_of(event) for event in self.given}

    def __call__(self, event: Event) -> str:
        """Return OBEY, ASK or IGNORE."""
        if takes_back(event):
            return OBEY
        mark = mark_of(event)
        if mark in self.answers.refused:
            return IGNORE
        if mark in self._accepted:
            return OBEY
        # What waited for an answer when the store was encrypted waits for it still.
        return OBEY if self._encrypted and mark not in self._asked else ASK

    def knows(self, event: Event) -> bool:
        """Return whether an order was given here, or accepted here."""
        mark = mark_of(event)
        return mark in self._accepted and mark not in self.answers.refused

    def without_orders(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """Return events without the orders that were neither given nor accepted here: of a file that proves nothing,
        and is read because it lay here before the store was encrypted.
        """
        return tuple(event for event in events if not event["key"].startswith(PURGE) or self.knows(event))

    @property
    def salt(self) -> str:
        """Return what changes with the orders that are not obeyed here, "" where there is none."""
        return " ".join(sorted(self.answers.refused))

    @property
    def is_stale(self) -> bool:
        """Return whether an answer was given since this was made."""
        return signature_of(self._state / ANSWERS) != self._signature

    def has_questions(self, waiting: Mapping[str, Event]) -> bool:
        """Return whether anything waits for an answer: one of these orders, or changes."""
        asked = self.incoming.asked if self.incoming is not None else {}
        answered = self.answers.given
        return any(mark not in answered and (each.pairs or mark in waiting) for mark, each in asked.items())

    def accept(self, marks: Iterable[str]) -> None:
        """Let orders and changes be obeyed here from now on, safe on the disk before this returns; raise OSError."""
        now = read_answers(self._state)
        self._keep(Answers(now.accepted | frozenset(marks), now.refused))

    def refuse(self, marks: Iterable[str]) -> None:
        """Let orders and changes never be obeyed here, safe on the disk before this returns; raise OSError."""
        now = read_answers(self._state)
        self._keep(Answers(now.accepted, now.refused | frozenset(marks)))

    def _keep(self, answers: Answers) -> None:
        if answers != read_answers(self._state):
            said = {"accepted": sorted(answers.accepted), "refused": sorted(answers.refused)}
            atomic_write(self._state / ANSWERS, encode(said))
        self.answers = answers
        self._accepted |= answers.accepted
        self._signature = signature_of(self._state / ANSWERS)

    def remember(self, incoming: Incoming, rows: Mapping[str, str]) -> None:
        """Keep what was seen in the files of others, the questions first; raise OSError.

        `rows` hold the digits of the events of each file by its name below `devices`.
        """
        before = self.incoming or Incoming(salt=incoming.salt)
        if incoming.asked != before.asked:
            # Should this be cut short here, the same is found again and asked about once.
            self._write(incoming._replace(at=before.at))
        if rows != read_looked(self._state):
            atomic_write(self._state / LOOKED, encode(dict(sorted(rows.items()))))
        self._write(incoming)
        self.incoming = incoming
        self._asked = incoming.asked.keys()
        self._accepted |= incoming.settled

    def _write(self, incoming: Incoming) -> None:
        asked = {
            mark: {"device": each.device, "new": each.new, "entries": each.entries, "days": each.days}
            | ({"pairs": each.pairs} if each.pairs else {})
            for mark, each in sorted(incoming.asked.items())
        }
        said: dict[str, Any] = {"at": incoming.at, "salt": incoming.salt, "devices": sorted(incoming.devices)}
        said |= {"settled": sorted(incoming.settled), "asked": asked}
        said |= {"passed": [[each.day, each.device, *each.pair, each.weight, each.ours] for each in incoming.passed]}
        atomic_write(self._state / INCOMING, encode(said))


def obey_all(_event: Event) -> str:
    """Return that an order is obeyed: for events that were judged before, or that nobody else can have written."""
    return OBEY


def read_answers(state: Path) -> Answers:
    """Return what was answered here, nothing where that cannot be read."""
    found = read_object(state / ANSWERS)
    return Answers(texts(found.get("accepted")), texts(found.get("refused")))


def read_incoming(state: Path) -> Incoming | None:
    """Return what was seen in the files of others, None where this computer never looked."""
    found = read_object(state / INCOMING)
    asked, at, salt = found.get("asked"), found.get("at"), found.get("salt")
    if not isinstance(salt, str) or not salt:
        return None
    rows = asked.items() if isinstance(asked, dict) else ()
    passed = found["passed"] if isinstance(found.get("passed"), list) else ()
    return Incoming(
        at if isinstance(at, str) else "",
        texts(found.get("devices")),
        texts(found.get("settled")),
        {mark: each for mark, row in rows if (each := _arrival(row)) is not None},
        salt,
        tuple(one for row in passed if (one := _passed(row)) is not None),
    )


def read_looked(state: Path) -> dict[str, str]:
    """Return the digits of the events that lay in each file of others, by its name below `devices`."""
    return {name: row for name, row in read_object(state / LOOKED).items() if isinstance(row, str)}


def _arrival(row: object) -> Arrival | None:
    if not isinstance(row, dict) or not isinstance(row.get("device"), str) or type(row.get("entries")) is not int:
        return None
    days, pairs = row.get("days"), row.get("pairs", [])
    if not isinstance(days, list) or not isinstance(pairs, list):
        return None
    both = [(pair[0], pair[1]) for pair in pairs if isinstance(pair, list) and len(pair) == 2]
    if not all(isinstance(each, str) for each in (*days, *(one for pair in both for one in pair))):
        return None
    return Arrival(row["device"], row.get("new") is True, row["entries"], tuple(days), tuple(both))


def _passed(row: object) -> Passed | None:
    if not isinstance(row, list) or len(row) != 6 or not all(isinstance(each, str) for each in row[:4]):
        return None
    day, device, after, before, weight, ours = row
    return Passed(day, device, (after, before), weight, ours is True) if type(weight) is int else None
