"""What this computer remembers of a store, in its state folder: nothing private, and nothing that only a key may read.

Whoever can write in a synced folder can put any file there; what is remembered here tells a change from an attack.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tracker.store.crypto.vault import AGE
from tracker.store.errors import StoreLocked
from tracker.store.events import Event, decode, encode
from tracker.store.files import atomic_write, read_plain, remove, sum_of
from tracker.store.limits import MOST_BYTES

if TYPE_CHECKING:
    from tracker.store.crypto.vault import StoreKey
    from tracker.store.identity.identity import Marker

KNOWN = "known.json"
"""The file that holds what seldom changes: it is on the disk before anything is done that relies on it."""

SEEN = "seen.json"
"""The file that holds how much each file held; one that is a little old is no harm."""

WRITTEN = "written"
"""The file in a state folder that says that this device wrote to the data folder, and the id of the store."""

SEALED_MARK = "sealed"
"""The file in a state folder that says how this device's files lay when they were last gone through."""

SEALED_WITH, OPENED_WITH = f"{AGE} key ", "plain "
"""What stands in it before the name of the key: they were sealed and proven with it, or are plain files now."""

WAS_PLAIN, WAS_SEALED, WAS_LEAVING = "plain", "sealed", "leaving"
"""What a store was: plain, encrypted, or encrypted while `toward decrypt` was begun on this very computer."""

HASH_LENGTH = 16
"""The length of the name of a state folder, which is a hash of the data folder's path."""

ANOTHER_STORE, TURNED_PLAIN = "another store", "turned plain"
"""Changes of a store.json that nobody made on this computer."""

MOST_DEVICES = 1000
"""So many devices are remembered; those beyond are told of each time, for nobody has so many."""


class Known(NamedTuple):
    """What a store was when this computer last opened it.

    `mode` is WAS_PLAIN, WAS_SEALED, WAS_LEAVING, or "" where nothing is remembered; `key` tells the newest key from
    others without naming it; `proven` is whether its files bore a proof of who wrote them; `adopted` holds the SHA-256
    of each file without such a proof that is read all the same, by its name below `devices`. `was` are other ids the
    store went by, `identity` is the SHA-256 of the identity file that last opened here, `told` what was last said of a
    change.
    """

    store: str = ""
    mode: str = ""
    key: str = ""
    proven: bool = False
    devices: frozenset[str] = frozenset()
    adopted: Mapping[str, str] = {}
    adopted_for: str = ""
    was: frozenset[str] = frozenset()
    identity: str = ""
    told: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """Return every id that the store is known by."""
        return self.was | {self.store} if self.store else self.was

    @property
    def is_sealed(self) -> bool:
        """Return whether the store was encrypted when this computer last knew."""
        return self.mode in (WAS_SEALED, WAS_LEAVING)

    def holds(self, names: Iterable[str]) -> bool:
        """Return whether a key, by all its names, is the remembered one or came after it; any is, if none is."""
        return not self.key or self.key in names


class Seen(NamedTuple):
    """How many entries each file held and the id of its last one, by its name below `devices`; `n` is the number of
    this device's newest operation.

    `own` says the same of the files that this device writes, as far as it looked through them for what was `planted`
    there by somebody else, by name and short id; None where nobody looked yet.
    """

    files: Mapping[str, tuple[int, str]] = {}
    n: int = 0
    own: Mapping[str, tuple[int, str]] | None = None
    planted: Mapping[str, frozenset[str]] = {}


def read_said(path: Path) -> dict[str, Any]:
    """Return what a file of a state folder says, nothing where there is none or it cannot be read."""
    try:
        found = decode(read_plain(path, MOST_BYTES))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def texts(found: object) -> frozenset[str]:
    """Return the texts of a list that such a file holds, none where it is no list."""
    return frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else frozenset()


def read_known(state: Path) -> Known:
    """Return what is remembered of a store, an empty Known where nothing is.

    Where there is no such file, or it is damaged, what lies beside it in the state folder says what it can.
    """
    found = read_said(state / KNOWN)
    if not found:
        return _from_beside(state)
    adopted = found.get("adopted")
    return Known(
        _text(found, "store"),
        _text(found, "mode"),
        _text(found, "key"),
        found.get("proven") is True,
        texts(found.get("devices")),
        {name: each for name, each in adopted.items() if isinstance(each, str)} if isinstance(adopted, dict) else {},
        _text(found, "adopted_for"),
        texts(found.get("was")),
        _text(found, "identity"),
        _text(found, "told"),
    )


def _from_beside(state: Path) -> Known:
    """Return what older versions kept, and what is kept of the key beside what damage may have taken."""
    store, mark = _line(state / WRITTEN), _line(state / SEALED_MARK)
    if mark is None:
        return Known(store or "", WAS_PLAIN) if store is not None else Known()
    key = mark.removeprefix(SEALED_WITH) if mark.startswith(SEALED_WITH) else ""
    return Known(store or "", WAS_SEALED if mark.startswith(AGE) else WAS_LEAVING, key, proven=bool(key))


def remember(state: Path, known: Known) -> None:
    """Keep what a store is, safe on the disk before this returns; nothing is written if it is known. Raise OSError."""
    if known != read_known(state) or not read_said(state / KNOWN):
        said = {"store": known.store, "mode": known.mode, "key": known.key, "proven": known.proven}
        more = {"devices": sorted(known.devices), "adopted": dict(sorted(known.adopted.items()))}
        rest = {"was": sorted(known.was), "identity": known.identity, "told": known.told}
        rest["adopted_for"] = known.adopted_for
        atomic_write(state / KNOWN, encode({**said, **more, **rest}))


def learn(state: Path, **changes: Any) -> Known:
    """Keep these fields of Known and leave the others as they are on the disk now; return all of it. Raise OSError."""
    known = read_known(state)._replace(**changes)
    remember(state, known)
    return known


def remember_sealed(state: Path, marker: Marker, key: StoreKey, wrapped: bytes) -> None:
    """Keep that a store was encrypted here, or got another key here; raise OSError."""
    was = frozenset(marker.was)
    learn(state, store=marker.store, was=was, mode=WAS_SEALED, key=key.names[0], identity=sum_of(wrapped), told="")


def forget_sealed(state: Path) -> None:
    """Keep that a store is plain from now on, because a person on this computer made it so; raise OSError."""
    learn(state, mode=WAS_PLAIN, key="", identity="", told="", proven=False, adopted={}, adopted_for="")
    remove(state / SEALED_MARK)


def change_of(known: Known, marker: Marker, state: Path) -> str:
    """Return ANOTHER_STORE or TURNED_PLAIN where a store.json says what nobody made it say on this computer, or "".

    A folder in which this computer never wrote may become another store: a sync service brought it later.
    """
    if known.store and not known.ids & marker.ids and (known.is_sealed or (state / WRITTEN).exists()):
        return ANOTHER_STORE
    return TURNED_PLAIN if known.mode == WAS_SEALED and not marker.encryption else ""


def read_seen(state: Path) -> Seen:
    """Return how much each file held, nothing where that cannot be read."""
    found = read_said(state / SEEN)
    files = found.get("files")
    n = found.get("n")
    own, planted = found.get("own"), found.get("planted")
    held = files.items() if isinstance(files, dict) else ()
    return Seen(
        {name: each for name, row in held if (each := _row(row))},
        n if type(n) is int and n > 0 else 0,
        {name: _row(row) or (0, "") for name, row in own.items()} if isinstance(own, dict) else None,
        {name: texts(planted[name]) for name in planted} if isinstance(planted, dict) else {},
    )


def compare(
    seen: Seen, held: Mapping[str, Sequence[Event] | None], is_known: Callable[[str], bool]
) -> tuple[dict[str, tuple[int, str]], dict[str, int]]:
    """Return how much each file holds from now on, and how many entries are gone from those that are older than before.

    `held` are the events of each file by its name below `devices`, None for one that was not read or is damaged;
    `is_known` tells whether an id is in any file. What is gone stays remembered until it is there again.
    """
    joined: dict[str, list[Event] | None] = {}
    for name, events in held.items():
        base = name.removesuffix(AGE)
        so_far = joined.get(base, [])
        joined[base] = None if events is None or so_far is None else [*so_far, *events]
    files: dict[str, tuple[int, str]] = {}
    gone: dict[str, int] = {}
    for base, (number, last) in seen.files.items():
        now = joined.get(base, ())
        if now is None or (len(now) >= number and now[number - 1]["id"] == last):
            files[base] = number, last
            continue
        # A repair may move entries of a device from one of its files to another.
        here = any(event["id"] == last for event in now)
        if (here and _total(seen, joined, base) < 0) or not (here or is_known(last)):
            gone[base] = max(number - len(now), 1)
            files[base] = number, last
    for base, now in joined.items():
        if now and base not in gone:
            twice = base in held and base + AGE in held
            files[base] = len({event["id"] for event in now}) if twice else len(now), now[-1]["id"]
    return files, gone


def _total(seen: Seen, joined: Mapping[str, Sequence[Event] | None], base: str) -> int:
    """Return how many more entries the files of a device hold than they did, by one of them; 0 if that cannot be told.

    A negative number is what is missing.
    """
    device = f"{base.partition('/')[0]}/"
    now = [events for name, events in joined.items() if name.startswith(device)]
    if any(events is None for events in now):
        return 0
    ids = {event["id"] for events in now for event in events or ()}
    return len(ids) - sum(number for name, (number, _) in seen.files.items() if name.startswith(device))


def note_seen(state: Path, seen: Seen) -> None:
    """Keep how much each file held; where the disk refuses, it is kept the next time."""
    with contextlib.suppress(OSError):
        files = {name: list(row) for name, row in sorted(seen.files.items())}
        said: dict[str, Any] = {"n": seen.n, "files": files}
        if seen.own is not None:
            said["own"] = {name: list(row) for name, row in sorted(seen.own.items())}
        if seen.planted:
            said["planted"] = {name: sorted(ids) for name, ids in sorted(seen.planted.items())}
        atomic_write(state / SEEN, encode(said), durable=False)


def _kept_beside(state: Path, ids: frozenset[str]) -> Path | None:
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
        """Return whether taking the encryption back was begun on this computer, so that it goes on here."""
        return self.known.mode == WAS_LEAVING

    def refuse(self, marker: Marker) -> None:
        """Raise StoreDamaged for a store.json that says what nobody made it say on this computer."""
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

    def opened(self, marker: Marker, names: Sequence[str]) -> None:
        """Remember how a store was opened, and say what of it is new to this computer."""
        known = self.known
        if marker.encryption and not known.mode and not (self._state / SEALED_MARK).exists():
            # Until its files were gone through, a computer that never knew the store does not know it either.
            return
        mode, key, told = WAS_PLAIN, "", ""
        if marker.encryption:
            from tracker.store.encryption.unlocking import ENDING
            from tracker.store.identity.refused import ENCRYPTED_ELSEWHERE, TAKEN_BACK

            ending = marker.encryption == ENDING
            mode, key = WAS_LEAVING if ending and self.leaves else WAS_SEALED, names[0]
            if known.mode == WAS_PLAIN:
                self.news.append(ENCRYPTED_ELSEWHERE)
            elif ending and not self.leaves and known.told != ENDING:
                self.news.append(TAKEN_BACK)
            told = ENDING if ending else ""
        if not known.store and (old := _kept_beside(self._state, marker.ids)):
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


def _row(row: object) -> tuple[int, str] | None:
    if isinstance(row, list) and len(row) == 2 and type(row[0]) is int and row[0] > 0 and isinstance(row[1], str):
        return row[0], row[1]
    return None


def _line(path: Path) -> str | None:
    try:
        return read_plain(path).decode("ascii").strip()
    except (OSError, ValueError):
        return None


def _text(found: Mapping[str, Any], name: str) -> str:
    text = found.get(name)
    return text if isinstance(text, str) else ""
