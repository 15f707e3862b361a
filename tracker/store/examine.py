"""What can be seen of a data folder and its state folder without opening the store: files, modes, links, ids."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.store.backup.copies import BACKUPS, ROOT_FILES, all_copies, temps_of
from tracker.store.backup.packs import is_aside, packs_in
from tracker.store.barred import barrier, say_barred
from tracker.store.crypto.vault import AGE, IDENTITY, UNOPENED, is_encrypted_file
from tracker.store.encryption.identity_file import spoilt
from tracker.store.encryption.recovery import (
    IDENTITY_LOST,
    LOCK_LOST,
    OTHER_KEY,
    STRANGE_LOCK,
    UNPROVEN,
    spare_identity,
    unlike,
)
from tracker.store.errors import StoreBarred, StoreDamaged, StoreError
from tracker.store.events import Event, canonical
from tracker.store.files import ASIDE, POSIX, is_folder, trouble_with
from tracker.store.identity.device import DEVICE_ID, read_device_id
from tracker.store.identity.identity import DEVICES, ENDING, MARKER, holds_others, is_lost, read_marker
from tracker.store.identity.memory import (
    ANOTHER_STORE,
    TURNED_PLAIN,
    WAS_ENCRYPTED,
    compare,
    read_known,
    read_seen,
    say_gone,
)
from tracker.store.limits import MOST_BYTES, MOST_FILES, MOST_FOLDERS
from tracker.store.log.housekeeping import stale_temps
from tracker.store.log.shards import Reader, is_written_here, list_shards

if TYPE_CHECKING:
    from tracker.store.crypto.vault import StoreKey
    from tracker.store.log.salvage import Salvage


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be: a code, where, and the reason or a number."""

    code: str
    path: Path
    detail: str = ""
    number: int = 0
    left: Salvage | None = None


@dataclass(slots=True)
class Examined:
    """What was examined: the shards by path with their events, and the device id if it can be read."""

    shards: dict[Path, tuple[Event, ...]]
    device: str | None
    problems: list[Problem]


def examine_files(data: Path, state: Path, reader: Reader) -> Examined:
    """Return what the files of a data folder and its state folder show; nothing is changed."""
    if changed := _unlike(data, state, reader.key):
        return Examined({}, None, [changed])
    problems = [*_marker(data, state), *_as_far_as(_modes(data, state)), *_as_far_as(_temps(data, state))]
    device: str | None = None
    barred = False
    try:
        device = read_device_id(state)
    except StoreBarred as error:
        barred = True
        problems.append(_barred(state / DEVICE_ID, error))
    except (StoreError, OSError):
        pass
    shards: dict[Path, tuple[Event, ...]] = {}
    if device is None and not barred and os.path.lexists(state / DEVICE_ID):
        problems.append(Problem("device-id", state / DEVICE_ID))
    found, troubles = list_shards(data / DEVICES, device or "")
    unread = {data / DEVICES / name for name in troubles}
    for name, trouble in troubles.items():
        folder = data / DEVICES / name
        problems.append(_closed(folder) or Problem("folder", folder, trouble))
    for name in found:
        path = data / DEVICES / name
        read = reader.read(path)
        shards[path] = read.events
        if read.trouble:
            unread.add(path)
        if read.trouble and not (POSIX and path.is_symlink()):  # links have been named already
            own = device is not None and path.parent.name == device
            code = "file" if not own else "odd-file" if _is_odd(path) else "own-file"
            if is_encrypted_file(path) and read.trouble in UNOPENED:
                code = "sealed-file"
            problems.append(_closed(path) or Problem(code, path, read.trouble, len(read.events), read.left))
    if not barred and (shelf := _closed(state / BACKUPS)):
        problems.append(shelf)
    problems += _older(data, state, shards, unread)
    problems += _ids(data, shards)
    if device is not None:
        problems += _two_writers(data / DEVICES / device, device, shards)
        if trouble := trouble_with(data / DEVICES / device):
            problems.append(Problem("no-lock", data / DEVICES / device, trouble))
    return Examined(shards, device, _once(problems))


def _is_odd(path: Path) -> bool:
    """Return whether something lies there that no repair can read: no plain file, or one too large to be ours."""
    return path.exists() and (not path.is_file() or path.stat().st_size > MOST_BYTES)


def _as_far_as(problems: Iterator[Problem]) -> Iterator[Problem]:
    """Yield what is found until a folder is met that this account may not look into, which is told by itself."""
    with contextlib.suppress(PermissionError):
        yield from problems


def _closed(path: Path) -> Problem | None:
    """Return that this account may not read a file or folder, which may well be sound; None where it may."""
    where = barrier(path)
    return None if where is None else Problem("closed", where, say_barred(path))


def _barred(path: Path, error: StoreBarred) -> Problem:
    """Return that this account may not read what nothing can be opened without."""
    return Problem("barred", barrier(path) or path, error.message)


def _once(problems: list[Problem]) -> list[Problem]:
    """Return the problems, with each place that this account may not read told once."""
    told: set[Path] = set()
    kept = []
    for each in sorted(problems, key=lambda each: each.code != "barred"):
        if each.code in ("barred", "closed"):
            if each.path in told:
                continue
            told.add(each.path)
        kept.append(each)
    return kept


def _unlike(data: Path, state: Path, key: StoreKey | None) -> Problem | None:
    """Return what keeps this computer from opening the store, which is then not looked at."""
    found = unlike(data, state, key)
    if found is None or (found.why == IDENTITY_LOST and key is not None):
        return None
    codes = {
        TURNED_PLAIN: "turned-plain",
        LOCK_LOST: "lock-lost",
        OTHER_KEY: "other-key",
        UNPROVEN: "not-proven",
        STRANGE_LOCK: "strange-lock",
        IDENTITY_LOST: "identity" if found.spare else "identity-lost",
        ANOTHER_STORE: "another-store" if not found.detail else "another-lock" if found.needs_key else "two-stores",
    }
    return Problem(codes[found.why], found.path, found.detail)


def _older(data: Path, state: Path, shards: dict[Path, tuple[Event, ...]], unread: set[Path]) -> Iterator[Problem]:
    """Yield the files that hold less than this computer remembers of them, but for those that could not be read."""
    seen = read_seen(state)
    names = {path.relative_to(data / DEVICES).as_posix(): path for path in shards}
    held = {name: None if path in unread else shards[path] for name, path in names.items()}
    for name in seen.files:
        if {data / DEVICES / name, (data / DEVICES / name).parent, data / DEVICES} & unread:
            held[name] = None
    ids = {event["id"] for events in shards.values() for event in events}
    for base, number in compare(seen, held, ids.__contains__)[1].items():
        is_there = base in names or base + AGE in names
        path = names.get(base) or names.get(base + AGE) or data / DEVICES / base
        yield Problem("older-file", path, say_gone(number, is_there), number)


def _marker(data: Path, state: Path) -> Iterator[Problem]:
    try:
        lost = is_lost(data, state)
    except StoreBarred as error:
        yield _barred(data / MARKER, error)
        return
    if lost:
        holds = (data / DEVICES).is_dir() and any((data / DEVICES).glob("*/*.json*"))
        yield Problem("marker-missing" if holds else "lost", data / MARKER)
        return
    if not any(os.path.lexists(data / name) for name in (*ROOT_FILES, DEVICES)):
        # Nothing was ever written here.
        return
    try:
        marker = read_marker(data)
        if marker.encryption and (wrong := spoilt(data, state)):
            # The key is known, so the store was opened without it.
            spare = spare_identity(data, state, marker) is not None
            yield Problem("identity" if spare else "identity-lost", data / IDENTITY, wrong)
        if marker.encryption == ENDING and read_known(state).mode == WAS_ENCRYPTED:
            yield Problem("ending", data / MARKER)
    except StoreBarred as error:
        yield _barred(data / MARKER, error)
    except StoreDamaged as error:
        yield Problem("marker-damaged", data / MARKER, error.message)
    except StoreError as error:
        yield Problem("link", data / MARKER, error.message)


def _modes(data: Path, state: Path) -> Iterator[Problem]:
    """Yield what others could read or its owner cannot, links, and parents that others can look into."""
    if not POSIX:
        return
    for path in _all_of_ours(data, state):
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue
        if stat.S_ISLNK(mode):
            yield Problem("link", path)
        elif (stat.S_ISDIR(mode) and stat.S_IMODE(mode) != 0o700) or (
            stat.S_ISREG(mode) and stat.S_IMODE(mode) != 0o600
        ):
            yield Problem("mode", path, oct(stat.S_IMODE(mode))[2:])
    for folder in (data, state):
        with contextlib.suppress(OSError):
            # The folder itself is closed; who can write above it could still put another in its place.
            if folder.parent.stat().st_mode & 0o022 and not folder.parent.stat().st_mode & stat.S_ISVTX:
                yield Problem("parent", folder.parent, oct(stat.S_IMODE(folder.parent.stat().st_mode))[2:])


def _all_of_ours(data: Path, state: Path) -> Iterator[Path]:
    ours = os.path.lexists(data / MARKER) or not holds_others(data)
    for folder in (*((data,) if ours else ()), data / DEVICES, state, state / BACKUPS):
        if os.path.lexists(folder) and not (folder == data and folder.is_symlink()):
            yield folder
    for name in ROOT_FILES:
        if os.path.lexists(data / name):
            yield data / name
    for folder in islice((data / DEVICES).glob("*"), MOST_FOLDERS):
        if not folder.name.startswith("."):
            yield folder
            if is_folder(folder):
                yield from islice(folder.glob("*"), MOST_FILES)
    if state.is_dir():
        yield from (path for path in state.glob("*") if path.name != BACKUPS)
    yield from (state / BACKUPS).rglob("*")


def _temps(data: Path, state: Path) -> Iterator[Problem]:
    devices = () if (data / DEVICES).is_symlink() else (data / DEVICES).glob("*")
    folders = [data, state, *(path for path in devices if is_folder(path))]
    yield from (Problem("temp", path) for path in stale_temps(folders))
    yield from (Problem("temp", path) for path in temps_of(state / BACKUPS))


def _ids(data: Path, shards: dict[Path, tuple[Event, ...]]) -> Iterator[Problem]:
    """Yield how many ids stand for events that differ, purged copies aside."""
    firsts: dict[str, Event] = {}
    differing = set()
    for events in shards.values():
        for event in events:
            if "purged" in event:
                continue
            first = firsts.setdefault(event["id"], event)
            if first is not event and canonical(first) != canonical(event):
                differing.add(event["id"])
    if differing:
        yield Problem("ids", data / DEVICES, number=len(differing))


def _two_writers(folder: Path, device: str, shards: dict[Path, tuple[Event, ...]]) -> Iterator[Problem]:
    """Yield the signs that two machines write with one device id."""
    odd = [path.name for path in shards if path.parent == folder and not is_written_here(path.name)]
    operations: dict[int, str] = {}
    doubled: set[int] = set()
    for path, events in shards.items():
        # What another's folder says of this device proves nothing.
        for event in events if path.parent == folder else ():
            own = event["dev"] == device and "op" in event and "n" in event
            if own and operations.setdefault(event["n"], event["op"]) != event["op"]:
                doubled.add(event["n"])
    twice = len(doubled)
    if twice:
        yield Problem("two-writers", folder, number=twice)
    elif odd:
        yield Problem("conflict-copy", folder, ", ".join(sorted(odd)), len(odd))


def files_aside(data: Path, state: Path) -> list[Path]:
    """Return the damaged files of a data folder and its state folder that were set aside, and the damaged backups."""
    beside = (path for name in ROOT_FILES for path in data.glob(f"{name}{ASIDE}*"))
    files = (*beside, *(data / DEVICES).glob(f"*/*{ASIDE}*"), *state.glob(f"*{ASIDE}*"))
    packs = (path for path in packs_in(state / BACKUPS) if is_aside(path))
    return [*sorted(files), *(each.path for each in all_copies(state / BACKUPS) if each.damaged), *packs]
