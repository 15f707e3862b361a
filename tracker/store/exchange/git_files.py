"""Reading the files of a store out of a commit that somebody else may have made: within limits, and checked.

Nothing is asked for before its size is known, and no more than a store can hold is listed, however deep or wide a tree
is. Each object is hashed again, so that it is the one that was asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tracker.store.exchange.git import Git
from tracker.store.exchange.places import UNREAD, carried, is_little, too_much
from tracker.store.identity.identity import DEVICES
from tracker.store.limits import LITTLE, MOST_BYTES, MOST_FILES, MOST_FOLDERS, MOST_TOGETHER, in_parts, too_large

_MOST_LISTED = 8_000_000
"""Bytes of the folders of a store: a thousandth of ours need more than a hundred for each file."""
_AT_ONCE = 16_000_000
"""Bytes that are asked for at once."""
_FILE, _FOLDER = (b"100644", b"100755", b"100664"), (b"40000", b"040000")
_HEADING = 100
"""Bytes of the line that git puts before an object, and more."""


class _About(NamedTuple):
    """What git says of an object: its id, what it is, and its bytes."""

    id: str
    kind: str
    size: int


class _Entry(NamedTuple):
    mode: bytes
    name: str
    id: str


def newest(git: Git, reference: str) -> str | None:
    """Return the id of the commit that a reference names, None where there is none. Raise GitTrouble."""
    (about,) = _sizes(git, [reference])
    if about is None:
        return None
    if about.kind != "commit":
        raise git.trouble(f"{reference} there is no commit. Look what lies there, or name another place")
    if about.size > LITTLE:
        raise too_much(git.where)
    return about.id


def files_of(git: Git, commit: str) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the files of a store in a commit, UNREAD for one that is too large, and why by its name.

    Raise GitTrouble, or StoreDamaged for more than any store holds.
    """
    top = _folders(git, [f"{commit}^{{tree}}", f"{commit}:{DEVICES}"])
    names = {entry.name: entry for entry in top[0] if entry.mode in _FILE and carried(entry.name)}
    devices = [entry for entry in top[1] if entry.mode in _FOLDER]
    if len(devices) > MOST_FOLDERS:
        raise too_much(git.where)
    for device, entries in zip(devices, _folders(git, [each.id for each in devices]), strict=True):
        for entry in entries:
            name = f"{DEVICES}/{device.name}/{entry.name}"
            if entry.mode in _FILE and carried(name):
                names[name] = entry
        if len(names) > MOST_FILES:
            raise too_much(git.where)
    return _contents(git, names)


def _contents(git: Git, names: dict[str, _Entry]) -> tuple[dict[str, bytes], dict[str, str]]:
    found: dict[str, bytes] = {}
    left: dict[str, str] = {}
    wanted: dict[str, _About] = {}
    for name, about in zip(names, _sizes(git, [each.id for each in names.values()]), strict=True):
        if about is None or about.kind != "blob":
            raise _damaged(git)
        most = LITTLE if is_little(name) else MOST_BYTES
        if about.size > most:
            found[name], left[name] = UNREAD, too_large(about.size, most)
        else:
            wanted[name] = about
    if sum(each.size for each in wanted.values()) > MOST_TOGETHER:
        raise too_much(git.where)
    for part in in_parts(((name, about.size) for name, about in wanted.items()), _AT_ONCE):
        for name, (_, raw) in zip(part, _objects(git, [wanted[name] for name in part]), strict=True):
            found[name] = raw
    return found, left


def _folders(git: Git, names: Sequence[str]) -> list[list[_Entry]]:
    """Return what the trees of those names hold, nothing for one that is not there or is no tree."""
    abouts = [each if each is not None and each.kind == "tree" else None for each in _sizes(git, names)]
    trees = [each for each in abouts if each is not None]
    if sum(each.size for each in trees) > _MOST_LISTED:
        raise too_much(git.where)
    read = dict(_objects(git, trees))
    return [_entries(git, read[each.id], len(each.id) // 2) if each else [] for each in abouts]


def _entries(git: Git, raw: bytes, length: int) -> list[_Entry]:
    """Return the entries of a tree; `length` is that of an id in it."""
    entries = []
    at = 0
    while at < len(raw):
        mode, space, _ = raw[at : at + 8].partition(b" ")
        start = at + len(mode) + 1
        end = raw.find(b"\0", start)
        at = end + 1 + length
        if not space or end < 0 or at > len(raw):
            raise _damaged(git)
        entries.append(_Entry(mode, raw[start:end].decode("utf-8", "replace"), raw[end + 1 : at].hex()))
    return entries


def _sizes(git: Git, names: Sequence[str]) -> list[_About | None]:
    """Return what git says of objects by their names, in that order; None for one that is not there."""
    if not names:
        return []
    lines = git.run("cat-file", "--batch-check", stdin=_asking(names), most=_MOST_LISTED).out.splitlines()
    if len(lines) != len(names):
        raise _damaged(git)
    return [_about(line) for line in lines]


def _about(line: bytes) -> _About | None:
    words = line.decode("utf-8", "replace").split()
    return _About(words[0], words[1], int(words[2])) if len(words) == 3 and words[2].isdecimal() else None


def _objects(git: Git, wanted: Sequence[_About]) -> Iterator[tuple[str, bytes]]:
    """Yield the ids and bytes of objects whose sizes are known. Raise GitTrouble where one is not what it should be."""
    if not wanted:
        return
    most = sum(each.size + _HEADING for each in wanted)
    out = memoryview(git.run("cat-file", "--batch", stdin=_asking([each.id for each in wanted]), most=most).out)
    at = 0
    for each in wanted:
        heading = f"{each.id} {each.kind} {each.size}\n".encode()
        start, stop = at + len(heading), at + len(heading) + each.size
        raw = bytes(out[start:stop])
        if out[at:start] != heading or len(raw) != each.size or _hash(each, raw) != each.id:
            raise _damaged(git)
        at = stop + 1
        yield each.id, raw


def _hash(about: _About, raw: bytes) -> str:
    hashing = hashlib.sha1 if len(about.id) == 40 else hashlib.sha256
    named = hashing(f"{about.kind} {about.size}\0".encode(), usedforsecurity=False)
    named.update(raw)
    return named.hexdigest()


def _asking(names: Sequence[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()


def _damaged(git: Git) -> Exception:
    return git.trouble("the repository there is damaged: something in it is missing or was changed")
