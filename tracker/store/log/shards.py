"""Shards: where the month files lie, what they are called, and what one of them holds."""

from __future__ import annotations

import json
import os
import re
from codecs import BOM_UTF8 as BOM
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from tracker.store.crypto.vault import AGE, PLAIN, CannotOpen, StoreKey, Vault
from tracker.store.errors import cannot_read
from tracker.store.events import (
    DEEPEST,
    LONGEST_VALUE,
    Event,
    can_be_saved,
    canonical,
    decode,
    farthest,
    is_bounded,
    is_too_far,
    valid_event,
    values,
)
from tracker.store.files import NotRegular, Signature, oddity, read_plain, signature
from tracker.store.limits import MOST_BYTES, MOST_FILES, MOST_FOLDERS, MOST_TOGETHER

if TYPE_CHECKING:
    from tracker.store.log.salvage import Salvage

TABLE = "events"
"""The TinyDB table that holds the events of a shard."""

_OWN_NAME = re.compile(r"\d{4}-\d{2}(\.r\d+)?\.json(\.age)?")
_IN_THE_CLOUD = "has not been downloaded yet"
_OWN_KEY = '"key"'
_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_HIGH_ESCAPES = (b"\\ud", b"\\uD")


@dataclass(frozen=True)
class Damage:
    """A file that could not be used as it is, and why; it is never overwritten."""

    path: Path
    reason: str


class Found(NamedTuple):
    """A shard as the folder lists it, before anything is read."""

    signature: Signature
    trouble: str | None


class Contents(NamedTuple):
    """What a shard holds: all its tables, the valid events, and what is wrong with the rest."""

    tables: dict[str, Any]
    events: tuple[Event, ...]
    trouble: str | None
    passing: bool = False
    """Whether the trouble lies with reading, not with the bytes, so that another try may succeed."""
    left: Salvage | None = None
    """Where the bytes are damaged: what could be read of them, and how much could not."""


def month_of(name: str) -> str | None:
    """Return the month that a shard's file name starts with, or None if it names none."""
    month, after = name[:7], name[7:8]
    year, dash, number = month[:4], month[4:5], month[5:]
    is_month = dash == "-" and len(number) == 2 and (year + number).isdecimal() and month.isascii()
    return month if is_month and not after.isdecimal() else None


def names_for(month: str, ending: str = "") -> Iterator[str]:
    """Return the file names that writing in `month` may use, in the order in which they are tried."""
    yield f"{month}.json{ending}"
    for turn in range(1, 1000):
        yield f"{month}.r{turn}.json{ending}"


def is_written_here(name: str) -> bool:
    """Return whether a device names its own files so; whatever else lies in its folder, something else put there."""
    return _OWN_NAME.fullmatch(name) is not None


def list_shards(devices: Path, own: str = "") -> tuple[dict[str, Found], dict[str, str]]:
    """Return every shard below `devices` by its relative name, and the folders that could not be listed.

    Of more folders, files or bytes than any store has the rest is left and named; `own` has room of its own.
    """
    shards: dict[str, Found] = {}
    troubles: dict[str, str] = {}
    try:
        folders = folders_in(devices, own)
    except FileNotFoundError:
        return shards, troubles
    except OSError as error:
        return shards, {"": cannot_read(error)}
    room = _Room()
    for folder in folders[:MOST_FOLDERS]:
        if folder.is_symlink():
            troubles[folder.name] = "is a symbolic link"
        elif folder.is_dir(follow_symlinks=False):
            _list_folder(folder, shards, troubles, room if folder.name != own else _Room(times=4))
    if len(folders) > MOST_FOLDERS:
        troubles[""] = f"holds more than {MOST_FOLDERS} folders, so the others are left. Remove what is none of yours"
    return shards, troubles


def folders_in(devices: Path, own: str = "") -> list[os.DirEntry[str]]:
    """Return what lies in the folder of the devices, by name, `own` first; one too many of what there is room for.

    Raise OSError.
    """
    with os.scandir(devices) as entries:
        shown = (entry for entry in entries if not entry.name.startswith("."))
        found = list(islice(shown, MOST_FOLDERS + 1))
        # Of the others only its own is looked for; to put a hundred thousand in order takes too long for a look.
        found += [entry for entry in shown if entry.name == own]
    return sorted(found, key=lambda entry: (entry.name != own, entry.name))


class _Room:
    """How many files and bytes may still be taken in."""

    def __init__(self, times: int = 1) -> None:
        self._files, self._bytes = MOST_FILES, MOST_TOGETHER * times

    def lacks(self, size: int) -> str | None:
        """Return why a file of `size` bytes is left, or None and take it in; one that is not read at all is no load."""
        if not self._files:
            return f"is not read to its end, nor what follows: there are more than {MOST_FILES:,} files"
        if size <= MOST_BYTES and size > self._bytes:
            return "is not read to its end, nor what follows: they are larger together than any store"
        self._files, self._bytes = self._files - 1, self._bytes - (size if size <= MOST_BYTES else 0)
        return None


def _list_folder(folder: os.DirEntry[str], shards: dict[str, Found], troubles: dict[str, str], room: _Room) -> None:
    try:
        for entry in sorted(os.scandir(folder.path), key=lambda each: each.name):
            absent = _stands_for(entry.name)
            if absent is not None or is_shard(entry.name):
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if full := room.lacks(status.st_size):
                    troubles[folder.name] = full
                    return
                trouble = oddity(status) or (None if status.st_size else "is empty")
                if absent is not None:
                    trouble = _IN_THE_CLOUD
                shards.setdefault(f"{folder.name}/{absent or entry.name}", Found(signature(status), trouble))
    except OSError as error:
        troubles[folder.name] = cannot_read(error)


def is_shard(name: str) -> bool:
    """Return whether a file of this name holds events, as a conflict copy of any sync client does."""
    # A sync client names a copy of device.json after it; that is no shard either. The mark of a copy of one
    # may stand before or behind its inner ending.
    return name.endswith((".json", AGE)) and not name.startswith((".", "device.", "device ", "device-"))


def _stands_for(name: str) -> str | None:
    """Return the shard that a placeholder of iCloud stands for: it lies in the cloud and not yet here."""
    shard = name[1:].removesuffix(".icloud") if name.startswith(".") and name.endswith(".icloud") else ""
    return shard if is_shard(shard) else None


def read_shard(path: Path, vault: Vault = PLAIN, reader: Reader | None = None) -> Contents:
    """Return what the shard at `path` holds; a file that cannot be used gives no events and its trouble.

    A `reader` that opens files as the vault does need not parse it again.
    """
    if reader is not None and reader.reads_as(vault):
        return reader.read(path)
    try:
        return open_shard(path, read_plain(path, MOST_BYTES), vault)
    except NotRegular as error:
        return Contents({}, (), error.strerror)
    except FileNotFoundError as error:
        cloud = os.path.lexists(path.with_name(f".{path.name}.icloud"))
        return Contents({}, (), _IN_THE_CLOUD if cloud else cannot_read(error), passing=True)
    except OSError as error:
        return Contents({}, (), cannot_read(error), passing=True)


class Reader:
    """Reads shards and keeps what they came to, so that the same bytes under the same name are parsed once."""

    def __init__(self, vault: Vault = PLAIN) -> None:
        self.vault = vault
        self._known: dict[tuple[str, str, str], Contents] = {}

    def reads_as(self, vault: Vault) -> bool:
        """Return whether it opens files as a vault does."""
        return all(getattr(self.vault, name) == getattr(vault, name) for name in ("store", "key", "ending", "trust"))

    @property
    def key(self) -> StoreKey | None:
        """Return the key that it opens encrypted shards with, None without one."""
        return self.vault.key

    def read(self, path: Path) -> Contents:
        """Return what `read_shard` returns, for the bytes that lie there now."""
        try:
            raw = read_plain(path, MOST_BYTES)
        except OSError:
            return read_shard(path, self.vault)
        return self.take(path, raw)

    def knows(self, path: Path, digest: str) -> bool:
        """Return whether bytes of this SHA-256 were read at `path`, or under the same name elsewhere, and kept."""
        return (path.parent.name, path.name, digest) in self._known

    def take(self, path: Path, raw: bytes, digest: str = "", *, keep: bool = True) -> Contents:
        """Return what bytes hold that lie at `path`, or would; `digest` is their SHA-256 where that is known.

        Of what it is to `keep` it returns the events, and not the tables.
        """
        known = path.parent.name, path.name, digest or sha256(raw).hexdigest()
        if (found := self._known.get(known)) is None:
            found = open_shard(path, raw, self.vault)
            if keep:
                # The numbers of ten years of entries are a tenth of what they take in memory.
                found = self._known[known] = found._replace(tables={})
        return found


def open_shard(path: Path, raw: bytes, vault: Vault) -> Contents:
    """Return what the bytes of the shard at `path` hold, encrypted or not; never raises.

    In an encrypted store nothing is taken from a file that the vault does not trust.
    """
    try:
        return parse(vault.open(path, raw))
    except CannotOpen as error:
        return _opened_in_part(path, raw, vault, str(error))


def _opened_in_part(path: Path, raw: bytes, vault: Vault, trouble: str) -> Contents:
    """Return what can be read of an encrypted file that does not open as a whole."""
    from tracker.store.log.salvage import Salvage, salvage

    pieces, all_opened = vault.pieces(path, raw)
    if not pieces:
        return Contents({}, (), trouble, left=Salvage((), (), len(raw), 0, open_ended=True) if vault.key else None)
    left = salvage(b"\n".join(pieces))
    return Contents({}, left.events, trouble, left=left if all_opened else replace(left, open_ended=True))


def parse(raw: bytes) -> Contents:
    """Return what a shard's bytes hold; any bytes give events, a trouble, or both, and never an exception.

    Of bytes that are no sound table every event is taken that can be read, wherever it stands.
    """
    found = _parse_strictly(raw)
    if found.trouble is None:
        return found
    from tracker.store.log.salvage import salvage

    left = salvage(raw)
    events = {canonical(event): event for event in (*found.events, *left.events)}
    trouble = found.trouble
    if not found.tables and left.is_whole:
        trouble = "begins with a byte order mark" if raw.startswith(BOM) else "holds more than its table of entries"
    return Contents(found.tables, tuple(events.values()), trouble, left=left)


def _parse_strictly(raw: bytes) -> Contents:
    try:
        tables = decode(raw)
    except UnicodeDecodeError:
        return Contents({}, (), "is not UTF-8 text")
    except ValueError:
        return Contents({}, (), "is cut off or is not JSON" if raw else "is empty")
    if not isinstance(tables, dict) or not isinstance(tables.get(TABLE), dict):
        return Contents({}, (), "is not a table of entries")
    documents: dict[str, object] = tables[TABLE]
    text_is_sound, most = _checker_of_text(raw), farthest()
    events: tuple[Event, ...] = tuple(
        document for document in documents.values() if valid_event(document, most) and text_is_sound(document)
    )
    for event in events:
        # Tens of thousands of events name a few devices and a few verbs.
        event["dev"] = intern(event["dev"])
        if "cmd" in event:
            event["cmd"] = intern(event["cmd"])
    if _may_be_unbounded(raw):
        events = tuple(event for event in events if is_bounded(values(event)))
    trouble = None
    if len(events) < len(documents):
        trouble = f"holds {_entries(documents, events)}"
    elif not _numbered(documents):
        trouble = "numbers its entries in a way that cannot be continued"
    elif not text_is_sound(tables):
        trouble = "holds characters that cannot be saved"
    elif raw.count(_OWN_KEY.encode()) != len(documents) and _repeats_a_name(raw):
        trouble = "names something twice, so one of the two cannot be seen"
    return Contents(tables, events, trouble)


def _entries(documents: dict[str, object], events: Sequence[Event]) -> str:
    """Return how many documents are no events, and why."""
    number = len(documents) - len(events)
    far = sum(map(is_too_far, documents.values()))
    if number == far:
        return f"{number} {'entry' if number == 1 else 'entries'} dated or numbered so far ahead that none could follow"
    return f"{number} {'entry' if number == 1 else 'entries'} that cannot be understood"


def _numbered(documents: dict[str, object]) -> bool:
    try:
        return all(str(int(number)) == number for number in documents)
    except ValueError:
        return False


def _may_be_unbounded(raw: bytes) -> bool:
    """Return whether anything in a file may be nested too deeply or too long, by a look at its brackets alone."""
    if len(raw) > LONGEST_VALUE:
        return True
    brackets = raw.translate(None, _NO_BRACKETS)
    for _ in range(DEEPEST):
        fewer = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(fewer) == len(brackets):
            break
        brackets = fewer
    return bool(brackets)


def _checker_of_text(raw: bytes) -> Callable[[Any], bool]:
    # Half a surrogate pair can only come from an escape, so most files need no second look.
    if not any(escape in raw for escape in _HIGH_ESCAPES):
        return lambda _document: True
    return can_be_saved


class _Repeated(Exception):
    pass


def _repeats_a_name(raw: bytes) -> bool:
    def check(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise _Repeated
        return found

    try:
        json.loads(raw.decode(), object_pairs_hook=check)
    except _Repeated:
        return True
    return False
