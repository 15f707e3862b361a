"""What the backups on this computer hold, in one look at each content: what is damaged, what the store lacks of it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tracker.ledger.workspace import Workspace
from tracker.services.safekeeping.backups import folder_of
from tracker.store.backup.backups import each_file
from tracker.store.backup.copies import Backup, all_copies, holds_entries
from tracker.store.backup.shelf import IsKnown, nothing_known
from tracker.store.crypto.vault import is_encrypted_file
from tracker.store.files import read_plain
from tracker.store.limits import MOST_BYTES
from tracker.store.log.incoming import PURGE
from tracker.store.log.shards import Damage, Reader

_END = b"}}"


@dataclass(slots=True)
class Shelf:
    """Damaged files by their backup, ids that the store lacks by theirs, ids that were purged and hold something."""

    damaged: dict[Backup, list[Damage]] = field(default_factory=dict)
    gone: dict[str, Path] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)


def examine_backups(state: Path, workspace: Workspace | None, reader: Reader, sound: Iterable[Path] = ()) -> Shelf:
    """Return what the backups show beside the whole store.

    `sound` are its files that are not damaged; what one of them holds as well is not looked at again.
    """
    found = Shelf()
    covers = workspace.store.source().covers if workspace is not None else lambda _: False
    known: IsKnown = nothing_known
    if workspace is not None and not any(key.startswith(PURGE) for key in workspace.full_store.winners):
        known = _within(workspace.data, frozenset(sound), reader)
    for file in each_file(all_copies(folder_of(state)), reader, known):
        if file.trouble is not None and not file.backup.damaged:
            found.damaged.setdefault(file.backup, []).append(Damage(file.backup.path / file.name, file.trouble))
        if workspace is None or file.contents is None or not holds_entries(file.name):
            continue
        for event in file.contents.events:
            if event["id"] not in workspace.full_store.events and workspace.store.takes_in(event):
                found.gone.setdefault(event["id"], file.backup.path)
            if covers(event):
                found.full.add(event["id"])
    return found


def _within(data: Path, sound: frozenset[Path], reader: Reader) -> IsKnown:
    """Return what tells that a file is as a sound live one is, or was before more was written behind its end."""
    live: dict[str, bytes] = {}

    def known(name: str, raw: bytes, digest: str) -> bool:
        path = data / name
        if path not in sound:
            return False
        if reader.knows(path, digest):
            return True
        if is_encrypted_file(path) or not raw.endswith(_END):
            return False
        if name not in live:
            with suppress(OSError):
                live[name] = read_plain(path, MOST_BYTES)
        cut = len(raw) - len(_END)
        whole = live.get(name, b"")
        return whole.startswith(raw[:cut]) and whole[cut : cut + 1] == b","

    return known
