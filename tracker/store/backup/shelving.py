"""Shelving: what happens to a whole folder of backups. They are thinned out, purged, encrypted anew, and packed.

Packs are replaced by ones that hold more before any backup relies on that, and give up what nothing needs only at the
end; so at every moment each backup can be read, as it was or as it is to be.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath

from tracker.store.backup.backups import emptied_shard, is_closed
from tracker.store.backup.bag import IS_MISSING, BackupFailed
from tracker.store.backup.copies import (
    ROOT_FILES,
    Backup,
    all_copies,
    as_file,
    holds_entries,
    list_backups,
    remove_backup,
    sweep_backups,
)
from tracker.store.backup.packs import Packs, is_aside, packs_in
from tracker.store.backup.shelf import Copy, Entry, Packed, PlainCopy, contents_in, write_backup
from tracker.store.backup.thinning import kept
from tracker.store.crypto.vault import PLAIN, CannotOpen, Vault
from tracker.store.events import Event
from tracker.store.files import atomic_write, discard, make_folder, read_plain, sum_of, write_new
from tracker.store.limits import MOST_BYTES
from tracker.store.log.shards import Contents, Reader

Place = tuple[str, str]
"""A file as it may lie in several backups: its name, and the SHA-256 of its bytes."""

Fresh = dict[Place, tuple[str, bytes] | None]
"""What each file becomes: its name and its bytes, None where it stays."""

Left = tuple[Path, str]
"""A file that was left as it is, and why."""

Change = Callable[[Copy, str], tuple[str, bytes] | None]
"""Makes of a file of a copy another, with its name; None where it is to stay. Raises CannotOpen for one to be left."""


def thin_out(folder: Path, now: datetime) -> int:
    """Remove the backups that need not be kept and return how many went; the lock is to be held.

    What was made while a clock was wrong is a shelf of its own, so that it neither goes before nor pushes out others.
    """
    shelves: dict[str, list[Backup]] = {}
    latest: datetime | None = None
    for each in reversed(list_backups(folder)):
        ahead = each.is_ahead(now)
        shelf = "ahead" if ahead else "behind" if latest is not None and each.made < latest else "right"
        shelves.setdefault(shelf, []).append(each)
        latest = each.made if not ahead and (latest is None or each.made > latest) else latest
    stay = {(shelf, time) for shelf, held in shelves.items() for time in kept([each.made for each in held])}
    gone = [each for shelf, held in shelves.items() for each in held if (shelf, each.made) not in stay]
    for each in gone:
        remove_backup(each)
    if gone:
        tidy(folder)
    return len(gone)


def tidy(folder: Path, *, gone: Collection[str] = (), at_once: bool = False) -> None:
    """Take out of the packs what no backup needs; while it is little only if `at_once`.

    Where the files of a backup cannot be told, it may need anything but what is `gone`. Raise BackupFailed or OSError.
    """
    packs = Packs(folder)
    live: set[str] = set()
    for packed in _packed(folder, packs):
        live |= {each.sha256 for each in packed.files.values()}
        if not packed.is_listed:
            live |= packs.all_sums().difference(gone)
    packs.keep_only(live, at_once=at_once)


def _packed(folder: Path, packs: Packs) -> Iterator[Packed]:
    yield from (Packed(each.path, packs) for each in all_copies(folder) if each.packed)


def contents_on(folder: Path) -> set[Place]:
    """Return the different files with entries that the backups hold which are files."""
    packed = _packed(folder, Packs(folder))
    return {(name, each.sha256) for one in packed for name, each in one.files.items() if holds_entries(name)}


def pack(folder: Path) -> int:
    """Make files of the backups that are folders, as older versions made them, and return how many were done.

    Each goes only once all it holds was read back from its file; one that cannot be read stays. The lock is to be held.
    Raise BackupFailed or OSError.
    """
    found = [each for each in all_copies(folder) if not each.packed and not each.damaged]
    packs = Packs(folder)
    sums: dict[object, Entry] = {}
    shared: dict[str, bytes] = {}
    ready: list[tuple[Backup, PlainCopy, dict[str, Entry]]] = []
    for backup in found:
        with contextlib.suppress(OSError):
            copy = PlainCopy(backup.path)
            files = {}
            for name in copy.names:
                if (place := copy.mark(name)) not in sums:
                    raw = copy.read(name)
                    sums[place] = Entry(sum_of(raw), len(raw), (copy.path / name).stat().st_mtime_ns)
                    if is_closed(name, backup.made):
                        shared[sums[place].sha256] = raw
                files[name] = sums[place]
            ready.append((backup, copy, files))
    packs.add({digest: raw for digest, raw in shared.items() if not packs.holds_sound(digest)})
    for backup, copy, files in ready:
        own = {name: copy.read(name) for name, entry in files.items() if not packs.holds(entry.sha256)}
        path = as_file(backup)
        write_backup(path, files, own)
        made = Packed(path, packs)
        if made.trouble or any(made.trouble_of(name, sum_of(made.read(name))) for name in files):
            raise BackupFailed(f"{backup.path} was left as it is: what was made of it did not read back.")
        remove_backup(backup)
    return len(ready)


def empty_backups(
    folder: Path, covers: Callable[[Event], bool], empty: Callable[[Event], Event], vault: Vault = PLAIN
) -> tuple[Path, ...]:
    """Take what was purged out of every backup and return the files that could not be emptied.

    Each file is replaced whole or not at all, and shared bytes stay shared. The lock is to be held; raise OSError or
    BackupFailed.
    """
    reader = Reader(vault)

    def change(copy: Copy, name: str) -> tuple[str, bytes] | None:
        contents, by, proven = contents_in(copy, name, reader), vault, True
        if contents.trouble and vault.key is not None:
            # What nobody proves is not restored, and must not go on holding what was purged either.
            contents, by, proven = _unproven(copy, name, vault)
        if contents.trouble:
            raise CannotOpen(contents.trouble)
        if not any(map(covers, contents.events)):
            return None
        return name, emptied_shard(copy.path / name, contents, empty, by, proven=proven)

    with _same_date(folder):
        sweep_backups(folder)
        with contextlib.suppress(OSError, BackupFailed):
            pack(folder)
        _, left = rework(folder, change)
        for backup in all_copies(folder):
            for path, _ in () if backup.packed else _empty_folder(PlainCopy(backup.path), change):
                left.append((path, ""))
    aside = (path for path in packs_in(folder) if is_aside(path))
    return tuple(dict.fromkeys((*(path for path, _ in left), *aside)))


def _unproven(copy: Copy, name: str, vault: Vault) -> tuple[Contents, Vault, bool]:
    """Return what a file of a backup holds that the newest key does not prove, what reads it, and whether an older
    key proves it.
    """
    from tracker.store.crypto.trust import ANY_OF_OURS, Kind, Trust

    by = vault.trusting(Trust(frozenset((Kind.OLDER, Kind.PLAIN))))
    contents = contents_in(copy, name, Reader(by))
    if not contents.trouble:
        return contents, by, True
    by = vault.trusting(ANY_OF_OURS)
    return contents_in(copy, name, Reader(by)), by, False


def _empty_folder(copy: PlainCopy, change: Change) -> Iterator[Left]:
    """Empty the files of a backup that is still a folder, and yield those that could not be."""
    for name in filter(holds_entries, copy.names):
        try:
            if (fresh := change(copy, name)) is not None:
                atomic_write(copy.path / name, fresh[1])
        except CannotOpen as error:
            yield copy.path / name, str(error)


def convert_backups(
    folder: Path, convert: Callable[[Path], bool], relock: Callable[[Path], None]
) -> tuple[int, list[Left]]:
    """Encrypt or open the files of every backup that is a file; return how many were done, and those that were left.

    `convert` does it to one file that lies in a folder named after its device, `relock` to store.json and the identity
    file of a folder. The lock is to be held. Raise what they do, BackupFailed or OSError.
    """
    temp = folder / f".conversion.{os.urandom(4).hex()}.tmp"

    def change(copy: Copy, name: str) -> tuple[str, bytes] | None:
        try:
            raw = copy.read(name)
        except OSError as error:
            raise CannotOpen(error.strerror or IS_MISSING) from None
        place = temp / name
        with _alone(place, raw):
            if not convert(place):
                return None
            (made,) = place.parent.iterdir()
            return str(PurePosixPath(name).with_name(made.name)), read_plain(made, MOST_BYTES)

    def lock(packed: Packed) -> dict[str, bytes]:
        make_folder(temp)
        for name in filter(packed.files.__contains__, ROOT_FILES):
            write_new(temp / name, packed.read(name))
        relock(temp)
        found = {name: read_plain(temp / name) for name in ROOT_FILES if (temp / name).exists()}
        discard(temp)
        return found

    with _same_date(folder):
        with contextlib.suppress(OSError, BackupFailed):
            pack(folder)
        try:
            return rework(folder, change, lock)
        finally:
            discard(temp)


@contextlib.contextmanager
def _alone(place: Path, raw: bytes) -> Iterator[None]:
    make_folder(place.parent)
    try:
        write_new(place, raw)
        yield
    finally:
        discard(place.parent)


def rework(
    folder: Path, change: Change, lock: Callable[[Packed], dict[str, bytes]] | None = None
) -> tuple[int, list[Left]]:
    """Put what `change` makes of each file of the backups in its place, and what `lock` makes of those beside them.

    Each different content is changed once. Return how many were changed, and which could not be, each with the reason.
    """
    packs = Packs(folder)
    found = list(_packed(folder, packs))
    fresh: Fresh = {}
    left: list[Left] = [(each.path, str(each.trouble)) for each in found if not each.is_listed]
    shared: dict[str, bytes] = {}
    for packed in found:
        for name in filter(holds_entries, packed.names):
            if (place := (name, packed.files[name].sha256)) in fresh:
                continue
            try:
                fresh[place] = made = change(packed, name)
            except CannotOpen as error:
                fresh[place] = None
                left.append((packed.path / name, str(error)))
                continue
            if made is not None and packs.holds(place[1]):
                shared[sum_of(made[1])] = made[1]
    packs.add(shared)
    for packed in found:
        if packed.is_listed:
            _rewrite(packed, fresh, shared, lock(packed) if lock else {})
    gone = {digest for (_, digest), made in fresh.items() if made is not None}
    # What was changed before, when this was cut short, goes as well.
    tidy(folder, gone=gone, at_once=True)
    return len(gone), left


def _rewrite(
    packed: Packed,
    fresh: Mapping[Place, tuple[str, bytes] | None],
    shared: Collection[str],
    beside: Mapping[str, bytes],
) -> None:
    """Write a backup anew if anything in it is to be changed."""
    files, own = dict(packed.files), packed.own()
    for name, entry in packed.files.items():
        made = fresh.get((name, entry.sha256))
        if made is not None:
            del files[name]
            own.pop(name, None)
            target, raw = _free(made[0], files, sum_of(made[1])), made[1]
            files[target] = Entry(sum_of(raw), len(raw))
            if files[target].sha256 not in shared:
                own[target] = raw
    for name in ROOT_FILES if beside else ():
        files.pop(name, None), own.pop(name, None)
        if name in beside:
            files[name], own[name] = Entry(sum_of(beside[name]), len(beside[name])), beside[name]
    if {name: each.sha256 for name, each in files.items()} != {n: e.sha256 for n, e in packed.files.items()}:
        write_backup(packed.path, {name: files[name] for name in sorted(files)}, own)


def _free(name: str, files: Mapping[str, Entry], digest: str) -> str:
    """Return the name under which a file goes on: its own, or a numbered one where another holds that."""
    folder, _, file = name.rpartition("/")
    stem, dot, ending = file.partition(".")
    turn = 0
    while name in files and files[name].sha256 != digest:
        turn += 1
        name = f"{folder}/{stem}.r{turn}{dot}{ending}"
    return name


@contextlib.contextmanager
def _same_date(folder: Path) -> Iterator[None]:
    """Let the folder go on saying when a backup was last tried."""
    status = folder.stat()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.utime(folder, ns=(status.st_atime_ns, status.st_mtime_ns))
