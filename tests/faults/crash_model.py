"""What a disk may hold after a crash at any point of a recorded trace.

A killed process leaves everything it asked for, down to half of its last write. A power cut also loses
what was not synced: bytes of a file vanish, tear or turn to zeros, and names in a folder stay as they were.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.recorder import Call

Tree = tuple[tuple[str, bytes | None], ...]
"""Paths with their bytes; None marks a folder."""


@dataclass
class Inode:
    """The bytes of a file as programs see them, and as far as they are safe; a folder has none."""

    data: bytes = b""
    safe: bytes = b""
    folder: bool = False


@dataclass
class Change:
    """A change to the names in a folder: one name gone, one name there."""

    gone: str | None
    there: tuple[str, Inode] | None


@dataclass
class Disk:
    """Names and bytes as programs see them, and the changes that no sync has made safe yet."""

    safe: dict[str, Inode] = field(default_factory=dict)
    seen: dict[str, Inode] = field(default_factory=dict)
    pending: list[Change] = field(default_factory=list)

    def apply(self, call: Call) -> None:
        """Take one call of the trace."""
        if call.kind in {"create", "mkdir"}:
            known = self.seen.get(call.path)
            if known is None:
                self._rename(None, call.path, Inode(folder=call.kind == "mkdir"))
            elif call.truncates:
                known.data = b""
        elif call.kind == "write":
            self.seen[call.path].data += call.data
        elif call.kind == "fsync":
            self._sync(call.path)
        elif call.kind == "link":
            self._rename(None, call.target, self.seen[call.path])
        elif call.kind == "rename":
            self._rename(call.path, call.target, self.seen[call.path])
        elif call.kind == "unlink":
            self._rename(call.path, None, None)

    def _rename(self, gone: str | None, name: str | None, inode: Inode | None) -> None:
        change = Change(gone, (name, inode) if name is not None and inode is not None else None)
        self.pending.append(change)
        _carry_out(change, self.seen)

    def _sync(self, path: str) -> None:
        inode = self.seen.get(path)
        if inode is not None and not inode.folder:
            inode.safe = inode.data
            return
        for change in [each for each in self.pending if _folder_of(each) == path]:
            _carry_out(change, self.safe)
            self.pending.remove(change)

    def after_kill(self) -> Iterator[Tree]:
        """Yield what is there if only the process died."""
        yield _tree({path: (None if inode.folder else inode.data) for path, inode in self.seen.items()})

    def after_power_cut(self) -> Iterator[Tree]:
        """Yield what may be there if the power failed: unsynced names and bytes kept, lost and torn."""
        count = len(self.pending)
        kept = {(), tuple(range(count)), *((at,) for at in range(count))}
        kept |= {tuple(other for other in range(count) if other != at) for at in range(count)}
        for chosen in sorted(kept):
            found = dict(self.safe)
            for at in chosen:
                _carry_out(self.pending[at], found)
            for tear in (_lost, _whole, _torn, _zeros, _zero_tail):
                yield _tree({path: (None if inode.folder else tear(inode)) for path, inode in found.items()})


def disks(calls: list[Call]) -> Iterator[tuple[Disk, set[str]]]:
    """Yield the disk at every point of the trace, with the notes made so far; and within a write."""
    disk = Disk()
    notes: set[str] = set()
    yield disk, set(notes)
    for call in calls:
        if call.kind == "note":
            notes.add(call.data.decode())
        elif call.kind == "write":
            for quarter in (1, 2, 3):
                partly = copy.deepcopy(disk)
                partly.apply(Call("write", call.path, call.data[: len(call.data) * quarter // 4]))
                yield partly, set(notes)
        disk.apply(call)
        yield disk, set(notes)


def left_behind(
    calls: list[Call],
    states: Callable[[Disk], Iterator[Tree]],
    live: Path,
    *,
    since: str = "",
    one_of: int = 1,
    part: int = 0,
    parts: int = 1,
) -> Iterator[tuple[Path, set[str]]]:
    """Yield a folder that holds what a crash leaves of `live`, and the notes made until then, for each different state.

    Only for those since the note `since`, of which one of `one_of` is taken; `parts` runs share these out among
    themselves. Each folder lies beside `live`, and goes with the next.
    """
    found: set[tuple[Tree, frozenset[str]]] = set()
    for disk, notes in disks(calls):
        for tree in states(disk) if not since or since in notes else ():
            case = tree, frozenset(notes)
            if case in found:
                continue
            found.add(case)
            if len(found) % (one_of * parts) == one_of * part:
                root = live.with_name(str(len(found)))
                materialise(tree, str(live), root)
                yield root, notes
                shutil.rmtree(root)


def materialise(tree: Tree, old_root: str, root: Path) -> None:
    """Put `tree` below `root`; what has lost its folder is lost with it."""
    root.mkdir()
    for path, data in tree:
        place = root / Path(path).relative_to(old_root)
        if not place.parent.is_dir():
            continue
        if data is None:
            place.mkdir()
        else:
            place.write_bytes(data)


def _carry_out(change: Change, names: dict[str, Inode]) -> None:
    if change.gone is not None:
        names.pop(change.gone, None)
    if change.there is not None:
        name, inode = change.there
        names[name] = inode
        if change.gone is not None and inode.folder:
            # What lies in a folder goes where the folder goes.
            for path in [path for path in names if path.startswith(f"{change.gone}/")]:
                names[name + path.removeprefix(change.gone)] = names.pop(path)


def _folder_of(change: Change) -> str:
    name = change.there[0] if change.there else change.gone
    assert name is not None
    return str(Path(name).parent)


def _tree(found: dict[str, bytes | None]) -> Tree:
    return tuple(sorted(found.items()))


def _lost(inode: Inode) -> bytes:
    return inode.safe


def _whole(inode: Inode) -> bytes:
    return inode.data


def _torn(inode: Inode) -> bytes:
    return inode.data if inode.data == inode.safe else inode.data[: len(inode.data) // 2]


def _zeros(inode: Inode) -> bytes:
    return inode.data if inode.data == inode.safe else bytes(len(inode.data))


def _zero_tail(inode: Inode) -> bytes:
    half = len(inode.data) // 2
    return inode.data if inode.data == inode.safe else inode.data[:half] + bytes(len(inode.data) - half)
