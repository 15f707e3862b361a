"""Damaged files that were set aside: what in them the store lacks, and whether something in them is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tracker.ledger.streak_cache import newest_operations
from tracker.ledger.workspace import Workspace
from tracker.services.safekeeping.backups import folder_of
from tracker.store.backup.copies import COVERED, NOTED, SHORT, list_backups
from tracker.store.backup.packs import Packs
from tracker.store.backup.shelf import contents_in, copy_at
from tracker.store.crypto.vault import Vault
from tracker.store.events import Event, number_of
from tracker.store.examine import Problem, files_aside
from tracker.store.exchange.union import by_id
from tracker.store.files import ASIDE, read_plain
from tracker.store.identity.identity import DEVICES
from tracker.store.limits import MOST_BYTES
from tracker.store.log.housekeeping import SummaryFile
from tracker.store.log.shards import Contents, Reader, is_shard, open_shard


def contents_of_aside(path: Path, vault: Vault) -> Contents | None:
    """Return what a month's file that was set aside holds, None for a file that holds no entries."""
    original = path.with_name(path.name.partition(ASIDE)[0])
    if path.parent.parent.name != DEVICES or not is_shard(original.name):
        return None
    with suppress(OSError):
        return open_shard(original, read_plain(path, MOST_BYTES), vault)
    return Contents({}, (), "cannot be read")


def problems(data: Path, state: Path, workspace: Workspace | None) -> Iterator[Problem]:
    """Yield what is set aside: with what the store lacks, with what is lost, or with nothing of either."""
    for path in files_aside(data, state):
        contents = contents_of_aside(path, workspace.store.vault) if workspace is not None else None
        number = _lacking(workspace, contents) if workspace is not None and contents is not None else 0
        if number:
            yield Problem("left-behind", path, number=number)
        if path.name.endswith(NOTED):
            continue
        if workspace is None or contents is None:
            yield Problem("backup-aside" if path.parent == folder_of(state) else "set-aside", path)
        elif path.name.endswith(SHORT):
            yield Problem("set-aside-short", path)
        elif contents.left is None or contents.left.is_whole or path.name.endswith(COVERED):
            yield Problem("set-aside-read", path)
        else:
            yield Problem("set-aside-loss", path, number=len(contents.events), left=contents.left)


def lacking(workspace: Workspace) -> list[Event]:
    """Return the entries in files that were set aside which the store lacks, each as sound as it is anywhere."""
    read = (contents_of_aside(path, workspace.store.vault) for path in files_aside(workspace.data, workspace.state))
    held = [contents for contents in read if contents is not None]
    sound = by_id(event for contents in held for event in contents.events)
    marred = by_id(event for contents in held if contents.left for event in contents.left.marred)
    return [
        event
        for id_, event in (marred | sound).items()
        if id_ not in workspace.full_store.events and workspace.store.takes_in(event)
    ]


def _lacking(workspace: Workspace, contents: Contents) -> int:
    marred = contents.left.marred if contents.left else ()
    held = {event["id"] for event in (*contents.events, *marred) if workspace.store.takes_in(event)}
    return len(held - workspace.full_store.events.keys())


def verdict(workspace: Workspace, path: Path, newest: tuple[int, str]) -> str:
    """Return what to add to the name of a file that was just set aside: COVERED, SHORT or nothing.

    A backup covers it where the file shows nothing that a sound copy lacks, and each operation of this device is in the
    store up to `newest`: what `newest_before` returned before anything was put right.
    """
    contents = contents_of_aside(path, workspace.store.vault)
    if contents is None:
        return ""
    if not _has_all(workspace, newest):
        return SHORT if newest[0] and contents.left is not None and contents.left.is_whole else ""
    original = path.name.partition(ASIDE)[0]
    marred = contents.left.marred if contents.left else ()
    shown = {event["id"] for event in (*contents.events, *marred)}
    reader, shelf = Reader(workspace.store.vault), folder_of(workspace.state)
    packs = Packs(shelf)
    for backup in list_backups(shelf):
        copy = contents_in(copy_at(backup.path, packs), f"{DEVICES}/{path.parent.name}/{original}", reader)
        if copy.events and not copy.trouble and shown <= {event["id"] for event in copy.events}:
            return COVERED
    return ""


def newest_before(workspace: Workspace) -> tuple[int, str]:
    """Return the number and id of this device's newest operation while all its files were sound, 0 if unknown."""
    tables = SummaryFile(workspace.state / "summary.json", workspace.store.vault).read() or {}
    return newest_operations(tables).get(workspace.store.device, (0, ""))


def _has_all(workspace: Workspace, newest: tuple[int, str]) -> bool:
    number, id_ = newest
    own = [each for each in workspace.full_store.events.values() if each["dev"] == workspace.store.device]
    there = {number_of(each) for each in own}
    return 0 < number <= len(own) and there >= set(range(1, number + 1)) and any(each.get("op") == id_ for each in own)
