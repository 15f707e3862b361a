"""What lies in the files that this device writes and was not written by this computer.

Nobody else has any business there, and this computer only ever appends. So what stands there beyond the last entry that
it remembers, or in a file that it does not know, came from elsewhere, whatever it says of itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from hashlib import blake2b
from pathlib import Path

from tracker.store.crypto.vault import AGE
from tracker.store.errors import StoreError
from tracker.store.events import Event, canonical
from tracker.store.identity.memory import Seen, read_seen
from tracker.store.log.file_lock import exclusive

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


def in_newest_backup(state: Path, device: str) -> list[Event]:
    """Return what the newest backup of a plain store holds of this device's own files."""
    from tracker.store.backup.backups import read_folder
    from tracker.store.backup.copies import BACKUPS, list_backups

    with suppress(OSError):
        for backup in list_backups(state / BACKUPS)[:1]:
            read = read_folder(backup.path)
            return [event for name, held in read.items() if f"{device}/" in name for event in held.events]
    return []


class Busy(Exception):
    """Another process of this computer is writing, and it can be told later what is its own."""


def look_through(
    seen: Seen,
    files: Mapping[str, Sequence[Event] | None],
    written: Collection[str],
    folder: Path,
    state: Path,
    *,
    has_lock: bool,
) -> Seen:
    """Return what is remembered, with how much the own files of a plain store hold and what was planted there.

    `written` are the ids of what this process wrote since, `has_lock` says that it holds the lock of its `folder`.
    Raise Busy where nothing can be said now.
    """
    found = suspects(seen, files, written)
    if found or is_behind(seen, files):
        try:
            # Another process of this computer may have written it, and notes that before it lets go of the lock.
            with nullcontext() if has_lock else exclusive(folder, 0):
                seen = read_seen(state)
        except (StoreError, OSError):
            raise Busy from None
        found = suspects(seen, files, written)
    planted = without_vouched(seen, found, lambda: in_newest_backup(state, folder.name))
    return seen._replace(own=rows_of(seen, files), planted=planted)
