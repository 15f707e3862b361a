"""What this computer remembers of a store, in its state folder: nothing private, and nothing that only a key may read.

Whoever can write in a synced folder can put any file there; what is remembered here tells a change from an attack.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from tracker.store.crypto.vault import AGE
from tracker.store.errors import StoreError
from tracker.store.events import Event, canonical, decode, encode
from tracker.store.files import atomic_write, exclusive, read_line, read_plain, remove
from tracker.store.limits import MOST_BYTES

KNOWN = "known.json"
"""The file that holds what seldom changes: it is on the disk before anything is done that relies on it."""

SEEN = "seen.json"
"""The file that holds how much each file held; one that is a little old is no harm."""

WRITTEN = "written"
"""The file in a state folder that says that this device wrote to the data folder, and the id of the store."""

ENCRYPTION_MARK = "sealed"
"""The file in a state folder that says how this device's files lay when they were last gone through."""

ENCRYPTED_WITH, OPENED_WITH = f"{AGE} key ", "plain "
"""What stands in it before the name of the key: they were encrypted and proven with it, or are plain files now."""

WAS_PLAIN, WAS_ENCRYPTED, WAS_LEAVING = "plain", "sealed", "leaving"
"""What a store was: plain, encrypted, or encrypted while `toward decrypt` was begun on this very computer."""

HASH_LENGTH = 16
"""The length of the name of a state folder, which is a hash of the data folder's path."""

ANOTHER_STORE, TURNED_PLAIN = "another store", "turned plain"
"""Changes of a store.json that nobody made on this computer."""

MOST_DEVICES = 1000
"""So many devices are remembered; those beyond are told of each time, for nobody has so many."""


class Known(NamedTuple):
    """What a store was when this computer last opened it.

    `mode` is WAS_PLAIN, WAS_ENCRYPTED, WAS_LEAVING, or "" where nothing is remembered; `key` tells the newest key from
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
    was: frozenset[str] = frozenset()
    identity: str = ""
    told: str = ""
    adopted_for: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """Return every id that the store is known by."""
        return self.was | {self.store} if self.store else self.was

    @property
    def is_encrypted(self) -> bool:
        """Return whether the store was encrypted when this computer last knew."""
        return self.mode in (WAS_ENCRYPTED, WAS_LEAVING)

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


def read_object(path: Path) -> dict[str, Any]:
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
    found = read_object(state / KNOWN)
    if not found:
        return _from_older_files(state)
    adopted = found["adopted"] if isinstance(found.get("adopted"), dict) else {}
    return Known(
        proven=found.get("proven") is True,
        devices=texts(found.get("devices")),
        adopted={name: each for name, each in adopted.items() if isinstance(each, str)},
        was=texts(found.get("was")),
        **{name: _text(found, name) for name in ("store", "mode", "key", "identity", "told", "adopted_for")},
    )


def _from_older_files(state: Path) -> Known:
    """Return what older versions kept, and what is kept of the key beside what damage may have taken."""
    store, mark = read_line(state / WRITTEN), read_line(state / ENCRYPTION_MARK)
    if mark is None:
        return Known(store or "", WAS_PLAIN) if store is not None else Known()
    key = mark.removeprefix(ENCRYPTED_WITH) if mark.startswith(ENCRYPTED_WITH) else ""
    return Known(store or "", WAS_ENCRYPTED if mark.startswith(AGE) else WAS_LEAVING, key, proven=bool(key))


def remember(state: Path, known: Known) -> None:
    """Keep what a store is, safe on the disk before this returns; nothing is written if it is known. Raise OSError."""
    if known != read_known(state) or not read_object(state / KNOWN):
        listed = {"devices": sorted(known.devices), "adopted": dict(sorted(known.adopted.items()))}
        atomic_write(state / KNOWN, encode(known._asdict() | listed | {"was": sorted(known.was)}))


def learn(state: Path, **changes: Any) -> Known:
    """Keep these fields of Known and leave the others as they are on the disk now; return all of it. Raise OSError."""
    known = read_known(state)._replace(**changes)
    remember(state, known)
    return known


def forget_encryption(state: Path) -> None:
    """Keep that a store is plain from now on, because a person on this computer made it so; raise OSError."""
    learn(state, mode=WAS_PLAIN, key="", identity="", told="", proven=False, adopted={}, adopted_for="")
    remove(state / ENCRYPTION_MARK)


def read_seen(state: Path) -> Seen:
    """Return how much each file held, nothing where that cannot be read."""
    found = read_object(state / SEEN)
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


def say_gone(number: int, is_there: bool) -> str:
    """Return the text for a file that holds less than this computer remembers of it."""
    them = "entry" if number == 1 else "entries"
    if is_there:
        return f"is an older copy: it lacks at least {number} {them} that this computer saw in it"
    return f"is gone, and held {number} {them} when this computer last saw it"


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


Row = tuple[int, str]
"""How many entries a file held and the id of the last one; of a file that was not read yet it is 0 and ""."""


UNREAD: Row = 0, ""


def short(id_: str) -> str:
    """Return sixteen hex digits for an id, so that what is remembered stays far smaller than what was planted."""
    return blake2b(id_.encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()


def rows_of(seen: Seen, files: Mapping[str, Sequence[Event] | None]) -> dict[str, Row]:
    """Return how much each of this device's own files holds from now on, by its name below `devices`; None is unread.

    What is remembered of a file that is gone or unread stays, and an unread one that comes later is not known.
    """
    rows = dict(seen.own or {})
    for name, events in files.items():
        base = name.removesuffix(AGE)
        if events is None:
            if seen.own is None:
                rows[base] = UNREAD
        elif events:
            rows[base] = len(events), events[-1]["id"]
    return rows


def suspects(
    seen: Seen, files: Mapping[str, Sequence[Event] | None], written: Collection[str]
) -> dict[str, list[Event]]:
    """Return the entries of each own file that this computer neither remembers nor has just `written`.

    Where nothing is remembered nobody looked before, and what there is is taken as it is. A file is remembered up to
    its last entry; where that stands elsewhere, any entry before it may be the one that was slipped in.
    """
    found: dict[str, list[Event]] = {}
    own = seen.own
    for name, events in files.items() if own is not None else ():
        row = own.get(name) if own is not None else None
        if not events or row == UNREAD:
            continue
        number, last = row or (-1, "")
        is_same = 0 < number <= len(events) and events[number - 1]["id"] == last
        known = seen.planted.get(name, frozenset())
        beyond = events[number:] if is_same else events
        if rest := [
            each for each in beyond if each["id"] not in written and not (known and short(each["id"]) in known)
        ]:
            found[name] = rest
    return found


def is_behind(seen: Seen, files: Mapping[str, Sequence[Event] | None]) -> bool:
    """Return whether there is an unread file that is not remembered: another process here may have written it."""
    own = seen.own
    return own is not None and any(each is None and name not in own for name, each in files.items())


def without_vouched(
    seen: Seen, found: Mapping[str, Iterable[Event]], vouched: Callable[[], Iterable[Event]]
) -> dict[str, frozenset[str]]:
    """Return what is `short` for the ids of what was planted, by the name of its file, with what was so before.

    What a backup of this computer holds word for word was here before, unless it had been planted then.
    """
    if not found:
        return dict(seen.planted)
    before = frozenset().union(*seen.planted.values())
    here = {event["id"]: canonical(event) for event in vouched() if short(event["id"]) not in before}
    planted = dict(seen.planted)
    for name, events in found.items():
        if ids := frozenset(short(each["id"]) for each in events if here.get(each["id"]) != canonical(each)):
            planted[name] = planted.get(name, frozenset()) | ids
    return planted


class Busy(Exception):
    """Another process of this computer is writing, so its entries cannot be told from foreign ones yet."""


def check_own_files(
    seen: Seen,
    files: Mapping[str, Sequence[Event] | None],
    written: Collection[str],
    folder: Path,
    state: Path,
    *,
    has_lock: bool,
    vouched: Callable[[], Iterable[Event]],
) -> Seen:
    """Return what is remembered, with how much the own files of a plain store hold and what was planted there.

    `written` are the ids of what this process wrote since, `has_lock` says that it holds the lock of its `folder`,
    `vouched` returns what a backup of this computer holds. Raise Busy where nothing can be said now.
    """
    found = suspects(seen, files, written)
    if found or is_behind(seen, files):
        try:
            # Another process of this computer may have written it, and notes that before it lets go of the lock.
            with contextlib.nullcontext() if has_lock else exclusive(folder, 0):
                seen = read_seen(state)
        except (StoreError, OSError):
            raise Busy from None
        found = suspects(seen, files, written)
    planted = without_vouched(seen, found, vouched)
    return seen._replace(own=rows_of(seen, files), planted=planted)


def _row(row: object) -> tuple[int, str] | None:
    if isinstance(row, list) and len(row) == 2 and type(row[0]) is int and row[0] > 0 and isinstance(row[1], str):
        return row[0], row[1]
    return None


def _text(found: Mapping[str, Any], name: str) -> str:
    text = found.get(name)
    return text if isinstance(text, str) else ""
