"""Backups: verified copies of a data folder, of which unchanged files are shared from one to the next."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tracker.store.errors import StoreError, write_failed
from tracker.store.events import Event
from tracker.store.files import NotRegular, link_or_copy, make_folder, read_plain, remove_tree, sync_folder, write_new
from tracker.store.identity import DEVICES, MARKER
from tracker.store.lock import exclusive
from tracker.store.shards import Contents, Damage, Reader, is_shard, read_shard
from tracker.store.thinning import kept
from tracker.store.vault import IDENTITY, PLAIN, Vault

BACKUPS = "backups"
"""The folder of the automatic backups, in the state folder of a data folder."""

BESIDE_DEVICES = (MARKER, IDENTITY)
"""The files of ours that lie in the data folder itself."""

ASIDE = ".damaged-"
"""What is in the name of a damaged file that was set aside."""

_STAMP = "%Y-%m-%dT%H-%M-%SZ"
_NAME = re.compile(r"(?:toward-)?(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z)(?:\.(\d{1,3}))?(\.damaged)?")
_TEMP = re.compile(rf"\.{_NAME.pattern}\.[0-9a-f]{{8}}\.tmp")


class BackupFailed(StoreError):
    """A backup could not be made or did not hold what it should; it does not count, and no other was touched."""


class Stopped(Exception):
    """Somebody stopped it; nothing half is left that counts."""


class Backup(NamedTuple):
    """A backup that was verified when it was made: its folder, the moment (UTC), and its turn in that second.

    One that was found damaged since is set aside under another name, and counts no more.
    """

    path: Path
    made: datetime
    turn: int = 0
    damaged: bool = False


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


def files_of(data: Path) -> list[str]:
    """Return the names of all files of ours in a data folder, relative to it, sorted; raise OSError."""
    names = [name for name in BESIDE_DEVICES if _plain_file(data / name)]
    devices = data / DEVICES
    if devices.is_symlink() or not devices.is_dir():
        return names
    for folder in sorted(os.scandir(devices), key=_name):
        if folder.name.startswith(".") or not folder.is_dir(follow_symlinks=False):
            continue
        for entry in sorted(os.scandir(folder.path), key=_name):
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith(".") and ASIDE not in entry.name:
                names.append(f"{DEVICES}/{folder.name}/{entry.name}")
    return names


def list_backups(folder: Path) -> list[Backup]:
    """Return the backups in a folder, newest first; what has another name is none."""
    return [each for each in all_copies(folder) if not each.damaged]


def all_copies(folder: Path) -> list[Backup]:
    """Return the backups in a folder and those that were set aside, newest first."""
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            backup = named(Path(entry.path))
            if backup is not None and entry.is_dir(follow_symlinks=False):
                found.append(backup)
    return sorted(found, key=lambda each: (each.made, each.turn), reverse=True)


def named(path: Path) -> Backup | None:
    """Return the backup that a folder is by its name, or None."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        made = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Backup(path, made, int(match[2] or 0), bool(match[3]))


@contextmanager
def backups_lock(folder: Path, timeout: float) -> Iterator[None]:
    """Hold the lock that backups and purges of backups share; raise StoreBusy, WriteFailed or UnsafePath."""
    try:
        make_folder(folder)
    except OSError as error:
        raise write_failed(folder, error) from error
    with exclusive(folder, timeout):
        yield


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
    BackupFailed, or Stopped once `stop` says so; then nothing new counts.
    """
    try:
        make_folder(folder)
        sweep_backups(folder)
        before = list_backups(folder)
        backup = _next(folder, moment, prefix, all_copies(folder))
        temp = folder / f".{backup.path.name}.{os.urandom(4).hex()}.tmp"
        try:
            made = _fill(source, temp, backup, before[0].path if share and before else None, deep, stop)
            temp.rename(backup.path)
            sync_folder(folder)
        except BaseException:
            remove_tree(temp)
            raise
    except OSError as error:
        reason = (error.strerror or type(error).__name__).rstrip(".")
        raise BackupFailed(f"No backup was made in {folder}: {reason}.") from error
    return made


def _next(folder: Path, moment: datetime, prefix: str, before: list[Backup]) -> Backup:
    made = moment.astimezone(UTC).replace(microsecond=0)
    taken = [each.turn for each in before if each.made == made]
    turn = max(taken) + 1 if taken else 0
    return Backup(folder / f"{prefix}{made:{_STAMP}}{f'.{turn}' if turn else ''}", made, turn)


def _fill(
    source: Source, temp: Path, backup: Backup, previous: Path | None, deep: bool, stop: Callable[[], bool]
) -> Made:
    """Write and verify all files below `temp`."""
    make_folder(temp)
    names = files_of(source.data)
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
            and not (deep and _is_shard(name) and read_shard(previous / name, source.vault).trouble)
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
        raw = read_plain(path)
    except FileNotFoundError:
        return False
    except (PermissionError, NotRegular) as error:
        troubles.append(Damage(path, f"could not be copied ({error.strerror})"))
        return False
    if not raw:
        troubles.append(Damage(path, "is empty"))
        return False
    write_new(target, raw)
    if read_plain(target) != raw:
        raise BackupFailed(f"The backup did not read back, so it does not count: {name}. Check the disk.")
    if _is_shard(name) and any(map(source.covers, read_shard(target, source.vault).events)):
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
        if not _is_shard(name):
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


def thin_out(folder: Path) -> int:
    """Remove the backups that need not be kept and return how many went; the lock is to be held."""
    backups = list_backups(folder)
    stay = kept([each.made for each in backups])
    gone = [each for each in backups if each.made not in stay]
    for each in gone:
        remove_backup(each)
    return len(gone)


def remove_backup(backup: Backup) -> None:
    """Take a backup away: under another name first, so that nothing half ever counts as one."""
    aside = backup.path.with_name(f".{backup.path.name}.{os.urandom(4).hex()}.tmp")
    with contextlib.suppress(OSError):
        backup.path.rename(aside)
        remove_tree(aside)


def set_backup_aside(backup: Backup) -> Path:
    """Let a damaged backup count no more, with every byte of it kept, and return its new place; raise OSError."""
    aside = backup.path.with_name(f"{backup.path.name}.damaged")
    backup.path.rename(aside)
    sync_folder(aside.parent)
    return aside


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
                    trouble = reader.read(path).trouble if _is_shard(name) else None
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
                if _is_shard(name) and inode not in seen:
                    seen.add(inode)
                    yield backup, reader.read(path)


def sweep_backups(folder: Path) -> None:
    """Remove what a killed backup, purge or conversion left; the lock is to be held, so none is under way."""
    stale = temps_of(folder)
    for path in stale:
        remove_tree(path)
    for backup in all_copies(folder):
        for path in backup.path.glob(f"{DEVICES}/*/.*.tmp"):
            with contextlib.suppress(OSError):
                path.unlink()
    if stale:
        with contextlib.suppress(OSError):
            sync_folder(folder)


def temps_of(folder: Path) -> list[Path]:
    """Return what killed backups left behind in a folder."""
    with contextlib.suppress(OSError):
        return [path for path in folder.iterdir() if _TEMP.fullmatch(path.name) and not path.is_symlink()]
    return []


def read_folder(folder: Path, vault: Vault = PLAIN) -> tuple[dict[str, Contents], int]:
    """Return what each shard of a backup or data folder holds, by name, and the bytes of all its files."""
    names = files_of(folder)
    size = sum((folder / name).lstat().st_size for name in names)
    return {name: read_shard(folder / name, vault) for name in names if _is_shard(name)}, size


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
            if not _is_shard(name):
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
    temp = path.with_name(f".{path.name}.{os.urandom(6).hex()}.tmp")
    link_or_copy(first, temp)
    temp.replace(path)
    sync_folder(path.parent)


def _unchanged(live: Path, copy: Path) -> bool:
    try:
        one, other = live.stat(), copy.lstat()
    except OSError:
        return False
    return bool(one.st_size) and (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def _is_shard(name: str) -> bool:
    """Return whether a file of a data folder, named relative to it, holds entries."""
    return name.startswith(f"{DEVICES}/") and is_shard(name.rpartition("/")[2])


def _plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
