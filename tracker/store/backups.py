"""Backups: verified copies of a data folder, of which unchanged files are shared from one to the next."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.store.copies import (
    BESIDE_DEVICES,
    ORDER,
    Backup,
    all_copies,
    files_of,
    holds_entries,
    links_in,
    list_backups,
    next_copy,
    sweep_backups,
)
from tracker.store.errors import StoreBusy, StoreError
from tracker.store.events import Event
from tracker.store.files import (
    NotRegular,
    link_or_copy,
    make_folder,
    read_plain,
    remove_tree,
    sync_folder,
    temp_beside,
    write_new,
)
from tracker.store.identity import DEVICES, MARKER
from tracker.store.limits import MOST_BYTES
from tracker.store.shards import Contents, Damage, Reader, read_shard
from tracker.store.vault import PLAIN, Vault

TURNS = 5
"""How often the copying begins anew when files come and go meanwhile."""


class BackupFailed(StoreError):
    """A backup could not be made or did not hold what it should; it does not count, and no other was touched."""


class Stopped(Exception):
    """Somebody stopped it; nothing half is left that counts."""


class _Went(Exception):
    """A file went while the folder was copied: it has another name now, or comes back in a moment."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds: files, how many of them are new in it, bytes, and what could not be copied or read."""

    backup: Backup
    files: int
    fresh: int
    bytes: int
    troubles: tuple[Damage, ...]


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


def back_up(
    source: Source,
    folder: Path,
    moment: datetime,
    *,
    prefix: str = "",
    share: bool = True,
    deep: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Made:
    """Copy the data folder into a new folder below `folder` and return it once it is verified.

    `share` links unchanged files to the newest backup, `deep` reads those again too. The lock is to be held. Raise
    BackupFailed, StoreBusy where the files get other names all the while, or Stopped once `stop` says so; then nothing
    new counts.
    """
    try:
        make_folder(folder)
        sweep_backups(folder)
        before = list_backups(folder)
        backup = next_copy(folder, moment, prefix, all_copies(folder))
        previous, lock = before[0].path if share and before else None, _lock_of(source.data)
        for _ in range(TURNS):
            temp = folder / f".{backup.path.name}.{os.urandom(4).hex()}.tmp"
            try:
                names = files_of(source.data)
                with contextlib.suppress(_Went):
                    made = _fill(source, temp, backup, names, previous, deep, stop)
                    # What a conversion or a sync renamed meanwhile was in neither place when it was looked for.
                    if (files_of(source.data), _lock_of(source.data)) == (names, lock):
                        temp.rename(backup.path)
                        sync_folder(folder)
                        return made
            except BaseException:
                remove_tree(temp)
                raise
            remove_tree(temp)
            if _lock_of(source.data) != lock:
                break
    except OSError as error:
        reason = (error.strerror or type(error).__name__).rstrip(".")
        raise BackupFailed(f"No backup was made in {folder}: {reason}.") from error
    raise StoreBusy("The files got other names while they were copied, so no backup was made. Try again in a moment.")


def _lock_of(data: Path) -> list[tuple[int, int, int]]:
    """Return which files say how a store is sealed; whatever seals it another way first puts another in their place."""
    found = [(data / name).lstat() for name in BESIDE_DEVICES if (data / name).exists()]
    return [(each.st_ino, each.st_size, each.st_mtime_ns) for each in found]


def _fill(
    source: Source,
    temp: Path,
    backup: Backup,
    names: list[str],
    previous: Path | None,
    deep: bool,
    stop: Callable[[], bool],
) -> Made:
    """Write and verify all the files below `temp`; raise _Went where one is not there any more."""
    make_folder(temp)
    write_new(temp / ORDER, f"{backup.order}\n".encode())
    if not any(name == MARKER for name in names):
        raise BackupFailed(f"No backup was made: {source.data / MARKER} is missing.")
    troubles: list[Damage] = []
    fresh, copied = [], {}
    folders = {temp}
    for name in names:
        if stop():
            raise Stopped
        target = temp / name
        make_folder(target.parent)
        folders |= {target.parent, target.parent.parent}
        if (
            previous is not None
            and _unchanged(source.data / name, previous / name)
            and not (deep and holds_entries(name) and read_shard(previous / name, source.vault).trouble)
        ):
            link_or_copy(previous / name, target)
        else:
            if not _copy(source, name, target, troubles):
                continue
            fresh.append(name)
        copied[name] = target.stat().st_size
    for folder in sorted(folders - {temp.parent}, key=lambda each: len(each.parts), reverse=True):
        sync_folder(folder)
    troubles += verify(source, temp, copied if deep else fresh)
    return Made(backup, len(copied), len(fresh), sum(copied.values()), tuple(troubles))


def _copy(source: Source, name: str, target: Path, troubles: list[Damage]) -> bool:
    """Copy one file by its bytes, without what was purged, and return whether it is there now."""
    path = source.data / name
    try:
        status = path.stat()
        raw = read_plain(path, MOST_BYTES)
    except FileNotFoundError:
        raise _Went from None
    except (PermissionError, NotRegular) as error:
        troubles.append(Damage(path, f"could not be copied ({error.strerror})"))
        return False
    if not raw:
        troubles.append(Damage(path, "is empty"))
        return False
    write_new(target, raw)
    if read_plain(target, MOST_BYTES) != raw:
        raise BackupFailed(f"The backup did not read back, so it does not count: {name}. Check the disk.")
    if holds_entries(name) and any(map(source.covers, read_shard(target, source.vault).events)):
        from tracker.store.storage import replace

        try:
            replace(target, source.empty, source.vault)
        except StoreError:
            target.unlink()
            troubles.append(Damage(path, "holds what was purged and cannot be emptied, so it was left out"))
            return False
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return True


def verify(source: Source, folder: Path, names: Collection[str]) -> list[Damage]:
    """Read files of a backup again and return those that are damaged as they are in the data folder too.

    Raise BackupFailed for an empty file, for one that only the backup has damaged, and for entries that are missing.
    """
    troubles = []
    for name in names:
        path = folder / name
        if not path.stat().st_size:
            raise BackupFailed(f"The backup held an empty file, so it does not count: {name}. Check the disk.")
        if not holds_entries(name):
            continue
        read = read_shard(path, source.vault)
        if read.trouble:
            if read_shard(source.data / name, source.vault).trouble != read.trouble:
                raise BackupFailed(f"The backup could not be read again, so it does not count: {name}.")
            troubles.append(Damage(source.data / name, read.trouble))
        missing = set(source.known.get(name.removeprefix(f"{DEVICES}/"), ())) - {each["id"] for each in read.events}
        if missing and not read.trouble:
            raise BackupFailed(f"The backup lacks {len(missing)} entries of {name}, so it does not count.")
    return troubles


def damaged_in(backups: list[Backup], reader: Reader | None = None) -> dict[Backup, list[Damage]]:
    """Return the files of backups that are damaged or empty; shared bytes are read once."""
    reader = reader or Reader()
    seen: dict[tuple[int, int], str | None] = {}
    found: dict[Backup, list[Damage]] = {}
    for backup in backups:
        try:
            for name in files_of(backup.path):
                path = backup.path / name
                status = path.stat()
                inode = status.st_dev, status.st_ino
                if inode not in seen:
                    trouble = reader.read(path).trouble if holds_entries(name) else None
                    seen[inode] = trouble if status.st_size else "is empty"
                if (trouble := seen[inode]) is not None:
                    found.setdefault(backup, []).append(Damage(path, trouble))
            if not (backup.path / MARKER).is_file():
                found.setdefault(backup, []).append(Damage(backup.path / MARKER, "is missing"))
        except OSError as error:
            found.setdefault(backup, []).append(Damage(backup.path, error.strerror or "cannot be read"))
    return found


def contents_of(backups: list[Backup], reader: Reader) -> Iterator[tuple[Backup, Contents]]:
    """Yield what the shards of backups hold; bytes that several share are read once, for the first of them."""
    seen: set[tuple[int, int]] = set()
    for backup in backups:
        with contextlib.suppress(OSError):
            for name in files_of(backup.path):
                path = backup.path / name
                status = path.stat()
                inode = status.st_dev, status.st_ino
                if holds_entries(name) and inode not in seen:
                    seen.add(inode)
                    yield backup, reader.read(path)


def read_folder(folder: Path, vault: Vault = PLAIN) -> tuple[dict[str, Contents], int]:
    """Return what each shard of a backup or data folder holds, by name, and the bytes of all its files."""
    names = files_of(folder)
    size = sum((folder / name).lstat().st_size for name in names)
    read = {name: read_shard(folder / name, vault) for name in names if holds_entries(name)}
    return read | {name: Contents({}, (), "is a symbolic link") for name in links_in(folder)}, size


def empty_backups(
    folder: Path, covers: Callable[[Event], bool], empty: Callable[[Event], Event], vault: Vault = PLAIN
) -> tuple[Path, ...]:
    """Take what was purged out of every backup and return the files that could not be emptied.

    Each file is replaced whole or not at all, and shared bytes stay shared. The lock is to be held; raise OSError.
    """
    from tracker.store.storage import replace

    sweep_backups(folder)
    done: dict[tuple[int, int], Path | None] = {}
    named_: list[Path] = []
    for backup in all_copies(folder):
        for name in files_of(backup.path):
            path = backup.path / name
            if not holds_entries(name):
                continue
            status = path.stat()
            inode = status.st_dev, status.st_ino
            if inode not in done:
                done[inode] = None
                read = read_shard(path, vault)
                if read.trouble:
                    named_.append(path)
                elif any(map(covers, read.events)):
                    before = {each["id"] for each in read.events}
                    replace(path, empty, vault)
                    again = read_shard(path, vault)
                    if before != {each["id"] for each in again.events} or any(map(covers, again.events)):
                        raise OSError("what was emptied did not read back")
                    done[inode] = path
                continue
            if (first := done[inode]) is not None:
                _share(first, path)
    return tuple(named_)


def _share(first: Path, path: Path) -> None:
    """Put the bytes of one backup's file in the place of another's."""
    temp = temp_beside(path)
    link_or_copy(first, temp)
    temp.replace(path)
    sync_folder(path.parent)


def _unchanged(live: Path, copy: Path) -> bool:
    try:
        one, other = live.stat(), copy.lstat()
    except OSError:
        return False
    return bool(one.st_size) and (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)
