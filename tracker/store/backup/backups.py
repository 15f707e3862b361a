"""Backups: verified copies of a data folder. One file each on this computer, a plain folder for a stick."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from tracker.store.backup.bag import BackupFailed
from tracker.store.backup.copies import (
    ORDER,
    ROOT_FILES,
    Backup,
    files_of,
    holds_entries,
    links_in,
    list_backups,
    next_file,
    next_folder,
    sweep_backups,
)
from tracker.store.backup.packs import Packs
from tracker.store.backup.shelf import Entry, IsKnown, Packed, contents_in, copy_at, nothing_known, write_backup
from tracker.store.crypto.vault import PLAIN, Vault
from tracker.store.errors import StoreBusy, reason_of
from tracker.store.events import Event
from tracker.store.files import NotRegular, discard, make_folder, read_plain, sum_of, sync_folder, write_new
from tracker.store.identity.identity import DEVICES, MARKER, is_packed
from tracker.store.limits import MOST_BYTES, MOST_FILES, MOST_TOGETHER, say_bytes
from tracker.store.log.housekeeping import BACKUPS
from tracker.store.log.shards import TABLE, Contents, Damage, Reader, month_of, open_shard

TURNS = 5
"""How often the reading begins anew when files come and go meanwhile."""


class Stopped(Exception):
    """Somebody stopped it; nothing half is left that counts."""


class _Went(Exception):
    """A file went while the folder was read: it has another name now, or comes back in a moment."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds: files, how many of them are new in it, bytes, and what could not be copied or read."""

    backup: Backup
    names: Collection[str]
    fresh: int
    bytes: int
    troubles: tuple[Damage, ...]

    @property
    def files(self) -> int:
        """How many files it holds."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Source:
    """The data folder to be copied and what is known of it.

    `known` are the ids that each loaded shard holds, by its name below `devices`; `covers` and `empty` say what was
    purged and take it out.
    """

    data: Path
    known: Mapping[str, Collection[str]]
    covers: Callable[[Event], bool]
    empty: Callable[[Event], Event]
    vault: Vault = PLAIN


@dataclass(slots=True)
class _Read:
    """What was read of a data folder: each file with its sum, the bytes of those that lie in no pack, and troubles."""

    files: dict[str, Entry] = field(default_factory=dict)
    bytes: dict[str, bytes] = field(default_factory=dict)
    troubles: list[Damage] = field(default_factory=list)


def back_up(
    source: Source, folder: Path, moment: datetime, *, deep: bool = False, stop: Callable[[], bool] = lambda: False
) -> Made:
    """Make a backup as one file in `folder`, and read it back before it counts; the lock of `folder` must be held.

    Args:
        deep: also read again what already lies in the packs there.
        stop: asked before each file.

    Raises:
        BackupFailed: the disk refused, or the backup did not read back.
        StoreBusy: files were renamed all the while.
        Stopped: `stop` returned True.
    """
    with _naming_the_folder(folder):
        make_folder(folder)
        sweep_backups(folder)
        packs = Packs(folder)
        before = _newest(folder, packs)
        read = _read_all(source, _unchanged(before, packs, deep), stop)
        backup = next_file(folder, moment)
        shared = {name for name in read.bytes if is_closed(name, moment)}
        sums = {read.files[name].sha256: read.bytes[name] for name in shared}
        packs.add({digest: raw for digest, raw in sums.items() if packs.trouble or not packs.holds_sound(digest)})
        write_backup(backup.path, read.files, {name: raw for name, raw in read.bytes.items() if name not in shared})
        fresh = sum(name not in before or before[name].sha256 != each.sha256 for name, each in read.files.items())
        return Made(backup, frozenset(read.files), fresh, _size(read), tuple(read.troubles))


def copy_to(
    source: Source, folder: Path, moment: datetime, *, prefix: str = "", stop: Callable[[], bool] = lambda: False
) -> Made:
    """Copy the data folder into a new plain folder below `folder` and return it once it was read back.

    Raise as `back_up` does.
    """
    with _naming_the_folder(folder):
        make_folder(folder)
        sweep_backups(folder)
        read = _read_all(source, lambda *_: None, stop)
        backup = next_folder(folder, moment, prefix)
        temp = folder / f".{backup.path.name}.{os.urandom(4).hex()}.tmp"
        try:
            _write_folder(source, temp, backup, read)
            temp.rename(backup.path)
        except BaseException:
            discard(temp)
            raise
        sync_folder(folder)
        return Made(backup, frozenset(read.files), len(read.files), _size(read), tuple(read.troubles))


@contextlib.contextmanager
def _naming_the_folder(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupFailed(f"No backup was made in {folder}: {reason_of(error)}.") from error


def _size(read: _Read) -> int:
    return sum(each.size for each in read.files.values())


def _newest(folder: Path, packs: Packs) -> Mapping[str, Entry]:
    """Return the files of the newest backup, none where it cannot be told."""
    for backup in list_backups(folder):
        if backup.packed and (newest := Packed(backup.path, packs)).is_listed:
            return newest.files
        break
    return {}


Unread = Callable[[str, Path], Entry | None]
"""Tells what a file is known to be that need not be read, by its name and where it lies."""


def _unchanged(before: Mapping[str, Entry], packs: Packs, deep: bool) -> Unread:
    """Return what tells the files that did not change since a backup and lie in a pack; `deep` trusts no date."""

    def known(name: str, path: Path) -> Entry | None:
        entry = before.get(name)
        if deep or packs.trouble or entry is None or not packs.holds(entry.sha256):
            return None
        status = path.stat()
        return entry if status.st_size and (status.st_size, status.st_mtime_ns) == entry[1:] else None

    return known


def is_closed(name: str, moment: datetime) -> bool:
    """Return whether a file seldom changes any more: it holds the entries of an earlier month, or of none."""
    return holds_entries(name) and (month_of(name.rpartition("/")[2]) or "") < f"{moment:%Y-%m}"


def _read_all(source: Source, known: Unread, stop: Callable[[], bool]) -> _Read:
    """Return what the data folder holds at one moment, verified; raise StoreBusy where it does not hold still."""
    lock = _lock_of(source.data)
    for _ in range(TURNS):
        names = files_of(source.data)
        if MARKER not in names:
            raise BackupFailed(f"No backup was made: {source.data / MARKER} is missing.")
        with contextlib.suppress(_Went):
            read = _Read()
            for name in names:
                if stop():
                    raise Stopped
                _take(source, name, known, read)
            # What a conversion or a sync renamed meanwhile was in neither place when it was looked for.
            if (files_of(source.data), _lock_of(source.data)) == (names, lock):
                return read
        if _lock_of(source.data) != lock:
            break
    raise StoreBusy("The files got other names while they were copied, so no backup was made. Try again in a moment.")


def _lock_of(data: Path) -> list[tuple[int, int, int]]:
    """Return which files say how a store is encrypted; whatever changes that first puts others in their place."""
    found = [(data / name).lstat() for name in ROOT_FILES if (data / name).exists()]
    return [(each.st_ino, each.st_size, each.st_mtime_ns) for each in found]


def _take(source: Source, name: str, known: Unread, read: _Read) -> None:
    """Read one file, without what was purged; what cannot be copied is a trouble, and left out."""
    path = source.data / name
    try:
        if (entry := known(name, path)) is not None:
            read.files[name] = entry
            return
        changed = path.stat().st_mtime_ns
        raw = read_plain(path, MOST_BYTES)
    except FileNotFoundError:
        raise _Went from None
    except (PermissionError, NotRegular) as error:
        if name in ROOT_FILES:
            raise BackupFailed(f"No backup was made: {path} could not be copied ({error.strerror}).") from error
        read.troubles.append(Damage(path, f"could not be copied ({error.strerror})"))
        return
    if not raw:
        read.troubles.append(Damage(path, "is empty"))
        return
    if holds_entries(name):
        contents = open_shard(path, raw, source.vault)
        _refuse_missing(source, name, contents)
        if any(map(source.covers, contents.events)):
            if contents.trouble:
                read.troubles.append(Damage(path, "holds what was purged and cannot be emptied, so it was left out"))
                return
            raw, changed = emptied_shard(path, contents, source.empty, source.vault), 0
        elif contents.trouble:
            read.troubles.append(Damage(path, contents.trouble))
    read.files[name], read.bytes[name] = Entry(sum_of(raw), len(raw), changed), raw


def _refuse_missing(source: Source, name: str, contents: Contents) -> None:
    """Raise BackupFailed where a file that was just read lacks entries that are in memory."""
    missing = set(source.known.get(name.removeprefix(f"{DEVICES}/"), ())) - {each["id"] for each in contents.events}
    if missing and not contents.trouble:
        raise BackupFailed(f"The backup lacks {len(missing)} entries of {name}, so it does not count.")


def emptied_shard(
    path: Path, contents: Contents, empty: Callable[[Event], Event], vault: Vault, *, proven: bool = True
) -> bytes:
    """Return the bytes of a sound shard once `empty` has gone over its events; `path` says where they are to lie.

    What was not `proven` does not become so by that.
    """
    events: dict[str, Any] = {number: empty(event) for number, event in contents.tables[TABLE].items()}
    raw = vault.encrypt(path, {**contents.tables, TABLE: events}, proven=proven)
    again = open_shard(path, raw, vault).events
    if {each["id"] for each in again} != {each["id"] for each in contents.events} or any(empty(e) != e for e in again):
        raise OSError("what was emptied did not read back")
    return raw


def _write_folder(source: Source, temp: Path, backup: Backup, read: _Read) -> None:
    """Write all that was read below `temp` and read it back."""
    make_folder(temp)
    write_new(temp / ORDER, f"{backup.order}\n".encode())
    folders = {temp}
    for name, raw in read.bytes.items():
        target = temp / name
        make_folder(target.parent)
        folders |= {target.parent, target.parent.parent}
        write_new(target, raw)
        if sum_of(read_plain(target, MOST_BYTES)) != read.files[name].sha256:
            raise BackupFailed(f"The backup did not read back, so it does not count: {name}. Check the disk.")
        if changed := read.files[name].changed:
            os.utime(target, ns=(changed, changed))
    for folder in sorted(folders - {temp.parent}, key=lambda each: len(each.parts), reverse=True):
        sync_folder(folder)


class BackupFile(NamedTuple):
    """A file of a backup: what it holds, None where the same bytes were looked at before, and what is wrong with it."""

    backup: Backup
    name: str
    contents: Contents | None
    trouble: str | None


def each_file(backups: Iterable[Backup], reader: Reader, known: IsKnown = nothing_known) -> Iterator[BackupFile]:
    """Yield every file of backups; bytes that several share are read once, for the first of them.

    What is wrong with a backup as a whole comes with an empty name. Nothing comes of a sound file that is `known`.
    """
    seen: dict[Hashable, str | None] = {}
    sums: set[tuple[str, str]] = set()

    def met(name: str, raw: bytes, digest: str) -> bool:
        if (name, digest) in sums:
            return True
        sums.add((name, digest))
        return known(name, raw, digest)

    packs: dict[Path, Packs] = {}
    for backup in backups:
        folder = backup.path.parent
        try:
            if folder not in packs:
                packs[folder] = Packs(folder)
            copy = copy_at(backup.path, packs[folder])
            if copy.trouble:
                yield BackupFile(backup, "", None, copy.trouble)
            elif MARKER not in copy.names:
                yield BackupFile(backup, MARKER, None, "is missing")
            for name in copy.names:
                place = copy.mark(name), name
                contents = None
                if place not in seen:
                    contents = contents_in(copy, name, reader, met)
                    seen[place] = contents.trouble
                yield BackupFile(backup, name, contents, seen[place])
        except OSError as error:
            yield BackupFile(backup, "", None, error.strerror or "cannot be read")


def damaged_in(backups: Iterable[Backup], reader: Reader | None = None) -> dict[Backup, list[Damage]]:
    """Return the files of backups that are damaged or empty."""
    found: dict[Backup, list[Damage]] = {}
    for backup, name, _, trouble in each_file(backups, reader or Reader()):
        if trouble is not None:
            found.setdefault(backup, []).append(Damage(backup.path / name, trouble))
    return found


def contents_of(backups: Iterable[Backup], reader: Reader) -> Iterator[tuple[Backup, Contents]]:
    """Yield what the shards of backups hold, each once."""
    for backup, name, contents, _ in each_file(backups, reader):
        if contents is not None and holds_entries(name):
            yield backup, contents


def read_folder(folder: Path, vault: Vault = PLAIN) -> dict[str, Contents]:
    """Return what each shard of a backup or data folder holds, by name."""
    copy = copy_at(folder)
    reader = Reader(vault)
    read: dict[str, Contents] = {}
    together = 0
    for name in filter(holds_entries, copy.names):
        together += min(copy.size(name), MOST_BYTES)
        if len(read) == MOST_FILES or together > MOST_TOGETHER:
            more = f"is left, as all that follow: there is more than {say_bytes(MOST_TOGETHER)} or {MOST_FILES:,} files"
            read[name] = Contents({}, (), more)
            break
        read[name] = contents_in(copy, name, reader)
    if copy.trouble and not read:
        read[folder.name] = Contents({}, (), copy.trouble)
    links = () if is_packed(folder) else links_in(folder)
    return read | {name: Contents({}, (), "is a symbolic link") for name in links}


def in_newest_backup(state: Path, device: str) -> list[Event]:
    """Return what the newest backup of a plain store holds of this device's own files."""
    with contextlib.suppress(OSError):
        for backup in list_backups(state / BACKUPS)[:1]:
            read = read_folder(backup.path)
            return [event for name, held in read.items() if f"{device}/" in name for event in held.events]
    return []
