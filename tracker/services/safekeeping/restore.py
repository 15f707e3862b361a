"""Restore: bring back what a backup holds and the store does not. A union: nothing can go by it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from tracker.domain.clock import Clock
from tracker.ledger import event_keys
from tracker.ledger.arrivals.examine import days_of
from tracker.ledger.errors import BadInput, Damaged, NotFound, Refused
from tracker.ledger.open_folder import in_plain_words
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.environment import folder_named, refuse_closed
from tracker.services.quantities import count, say_moment
from tracker.services.safekeeping.backups import folder_of
from tracker.store.backup.backups import read_folder
from tracker.store.backup.copies import AHEAD as AHEAD
from tracker.store.backup.copies import Backup, list_backups, named
from tracker.store.backup.rescue import lock_of_orders, orders_left, put_folder_back
from tracker.store.backup.shelf import copy_at, marker_of
from tracker.store.crypto.vault import StoreKey, Vault
from tracker.store.encryption.adoption import start_over
from tracker.store.encryption.unlocking import is_encrypted, vault_at
from tracker.store.errors import StoreError
from tracker.store.events import Event
from tracker.store.guard import Memory
from tracker.store.identity.identity import DEVICES, ENCRYPTED_FORMAT, MARKER, find_marker, is_lost, is_packed
from tracker.store.identity.memory import forget_encryption, read_known
from tracker.store.log.incoming import PURGE, mark_of, orders_of_device
from tracker.store.log.index import Index
from tracker.store.log.shards import Contents

MOST_TITLES = 8


@dataclass(frozen=True, slots=True)
class Preview:
    """What a restore would bring: the events, of which days and commitments, and what is damaged in the backup."""

    copy: Path
    made: datetime | None
    events: tuple[Event, ...]
    days: tuple[date, ...]
    titles: tuple[str, ...]
    damaged: tuple[str, ...]
    lost: bool
    decrypted: bool = False
    """Whether a store that was encrypted would come back in the clear."""

    left_out: int = 0
    """How many orders and deletions it holds that are left out, for a copy takes nothing away."""

    unknown: bool = False
    """Whether there are orders to purge that nothing here has opened."""

    unproven: bool = False
    """Whether the store is encrypted and nothing proves who wrote the copy."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Return it in words, with titles and days and nothing that is private."""
        lines = []
        if self.lost:
            lines.append("The data folder is gone or empty. Its files would be put back, and it stays the same store.")
        if self.decrypted:
            lines.append(
                "The store was encrypted and this copy is not: what comes back would lie here in the clear, and so "
                "would all that is written from then on. See whether there is a sealed backup: toward backup --list"
            )
        if self.unknown:
            lines.append(
                "What was purged from it is known only under its lock, so what was purged since may come back."
            )
        if self.unproven:
            lines.append(
                "Your store is encrypted, and nothing proves who wrote this copy: take it only if nobody else had it."
            )
        if not self.events:
            lines.append("Nothing is missing: all that this backup holds is here already.")
        else:
            what = f"{count(len(self.events), 'entry', 'entries')} would come back"
            lines.append(f"{what}{_span(self.days)}. Nothing that is here now is removed.")
        if self.left_out:
            what = count(self.left_out, "deletion or order to purge", "deletions or orders to purge")
            lines.append(f"It also holds {what}; that is left out, for a copy takes nothing away.")
        if self.titles:
            more = len(self.titles) - MOST_TITLES
            shown = ", ".join(self.titles[:MOST_TITLES]) + (f" and {more} more" if more > 0 else "")
            lines.append(f"They belong to: {shown}.")
        lines += _damaged("is taken", self.damaged)
        return tuple(lines)


def _damaged(verb: str, names: Sequence[str]) -> list[str]:
    """Return a line for each damaged file, as many as somebody reads."""
    lines = [f"Damaged in the backup, its readable part {verb}: {name}" for name in names[:MOST_TITLES]]
    more = len(names) - MOST_TITLES
    return [*lines, f"{more} more files are damaged in the backup."] if more > 0 else lines


def _span(days: tuple[date, ...]) -> str:
    if not days:
        return ""
    if len(days) == 1:
        return f", of {days[0]}"
    return f", of {len(days)} days from {days[0]} to {days[-1]}"


def choose(which: str, state: Path, now: datetime) -> Path:
    """Return the backup or folder that a number of the list, a moment or a path names; the newest for no word.

    Raises NotFound, or BadInput for a folder that holds no store.
    """
    word = which.strip()
    if not word or re.fullmatch(r"\d{1,4}", word):
        refuse_closed(folder_of(state))
    backups = list_backups(folder_of(state), now)
    if not word or re.fullmatch(r"\d{1,4}", word):
        number = int(word or 1)
        if not 1 <= number <= len(backups):
            there = (
                f"the list has {len(backups)}" if backups else "there is none yet. A copy elsewhere goes by its path"
            )
            raise NotFound(f"No such backup: {number}; {there}. See: toward backup --list")
        return backups[number - 1].path
    matching = [each for each in backups if word in (each.path.name, each.moment, say_moment(each.made, now))]
    if len(matching) == 1:
        return matching[0].path
    folder = None
    with suppress(BadInput):
        folder = folder_named(word)
    if folder is not None:
        refuse_closed(folder)
    if folder is not None and is_packed(folder):
        if not copy_at(folder).names:
            raise BadInput(f"{folder} holds no copy of a data folder that can be read. Nothing changed.")
        return folder
    if folder is None or not folder.is_dir():
        raise NotFound(f"No such backup: '{word}' is no number or moment, and no folder. See: toward backup --list")
    if (folder / DEVICES).is_dir() or (folder / MARKER).exists():
        return folder
    inside = list_backups(folder, now)
    if not inside:
        raise BadInput(f"{folder} holds no data folder and no copy of one. Nothing changed.")
    return inside[0].path


def refuse_changed(data: Path, state: Path) -> None:
    """Raise Damaged where the data folder says what nobody made it say on this computer, before anything is asked."""
    with in_plain_words():
        if not is_lost(data, state) and (marker := find_marker(data, state)) is not None:
            Memory(data, state).refuse(marker)


def preview(
    data: Path, state: Path, clock: Clock, copy: Path, key: StoreKey | None = None, copy_key: StoreKey | None = None
) -> Preview:
    """Return what a restore from `copy` would bring, without changing anything. Raises TowardError.

    `key` opens an encrypted store, and the copy too unless that has a key of its own.
    """
    if copy.resolve() == data.resolve():
        raise BadInput(f"{copy} is the data folder itself. Nothing changed.")
    try:
        with in_plain_words():
            vault = vault_at(copy, copy_key or key, read_known(state).adopted)
        shards = read_folder(copy, vault)
    except OSError as error:
        raise Refused(f"{copy} cannot be read: {error.strerror}. Nothing changed.") from None
    _refuse_newer(copy)
    lost = is_lost(data, state)
    nothing = not any(each.events for each in shards.values())
    trouble = next((f"{name} {each.trouble}" for name, each in shards.items() if each.trouble), "")
    if nothing and (lost or trouble):
        # An empty folder put in the place of a lost one would pass for the store from then on.
        why = f" ({trouble})" if trouble else ""
        raise Damaged(f"Nothing of {copy} can be read{why}, so nothing was put back. Another: toward backup --list")
    workspace = None if lost else Workspace(data, state, clock, key=key, make=False)
    if workspace is None:
        orders, unknown = orders_left(state, key or copy_key)
    else:
        orders, unknown = orders_of_device(state, workspace.store.vault), False
    decrypted = lost and not vault.ending and read_known(state).is_encrypted
    unproven = workspace is not None and workspace.encrypted and not _is_proven(copy, vault)
    shown = _compare(workspace, orders, copy, shards, lost)
    return replace(shown, decrypted=decrypted, unknown=decrypted and unknown, unproven=unproven)


def _is_proven(copy: Path, vault: Vault) -> bool:
    """Return whether a copy is read only where a holder of its key wrote it."""
    with suppress(StoreError):
        return bool(vault.ending and marker_of(copy).mac)
    return False


def lock_to_ask_for(data: Path, state: Path, copy: Path) -> Path | None:
    """Return the backup whose passphrase opens the orders to purge, where a plain copy of an encrypted one needs it."""
    with suppress(StoreError):
        if is_encrypted(copy):
            return None
    return lock_of_orders(state) if is_lost(data, state) and read_known(state).is_encrypted else None


def _refuse_newer(copy: Path) -> None:
    try:
        newer = marker_of(copy).format > ENCRYPTED_FORMAT
    except StoreError:
        return
    if newer:
        raise Damaged(f"{copy} was written by a newer version of Toward. Update Toward to restore it.")


def _compare(
    workspace: Workspace | None, orders: Sequence[Event], copy: Path, contents: Mapping[str, Contents], lost: bool
) -> Preview:
    live = dict(workspace.full_store.events) if workspace is not None else {}
    known = {mark_of(each) for each in orders}
    held = [
        each
        for found in contents.values()
        for each in found.events
        if not each["key"].startswith(PURGE) or mark_of(each) in known
    ]
    index = Index("")
    index.add(orders)
    index.add(held)
    index.add(live.values())
    wanted = {each["id"] for each in held} | {each["id"] for each in orders}
    copies = Index("")
    copies.add(orders)
    copies.add(held)
    found = [copies.events[id_] for id_ in sorted(wanted)]
    events = tuple(each for each in found if workspace is None or _is_missing(workspace, each))
    left_out = sum(each["id"] not in live and not workspace.store.takes_in(each) for each in found) if workspace else 0
    coming = [each for each in events if each["v"] is not None and not each["key"].startswith((PURGE, "import|"))]
    days = map(date.fromisoformat, days_of(coming))
    owners = {event_keys.split(each["key"])[1] for each in coming}
    titles = {title for owner in owners if (title := _title(index, owner))}
    damaged = tuple(f"{name} {each.trouble}" for name, each in contents.items() if each.trouble)
    if whole := copy_at(copy).trouble:
        damaged = (f"{copy.name} {whole}", *damaged)
    backup: Backup | None = named(copy)
    made = backup.made if backup else None
    return Preview(copy, made, events, tuple(days), tuple(sorted(titles)), damaged, lost, left_out=left_out)


def _is_missing(workspace: Workspace, event: Event) -> bool:
    """Return whether the store lacks what a copy holds, and nothing that is here would go by it."""
    known = workspace.full_store.events.get(event["id"])
    if known is None:
        return workspace.store.takes_in(event)
    return known != event and workspace.store.fuller(known, event)


def _title(index: Index, cid: str) -> str | None:
    found = index.winners.get(event_keys.commitment(cid))
    for event in [found] if found and found["v"] else reversed(index.versions(event_keys.commitment(cid))):
        if event["v"] and isinstance(event["v"].get("title"), str):
            return str(event["v"]["title"])
    return None


def refuse_decrypted(shown: Preview, plain: bool) -> None:
    """Raise Refused where a store that was encrypted would come back in the clear and nobody said that it may."""
    if shown.decrypted and not plain:
        raise Refused(
            "This store was encrypted and that copy is not, so nothing was put back. Take a sealed backup: "
            "toward backup --list. If it is to be plain from now on, add --plain"
        )


def restore(
    data: Path,
    state: Path,
    clock: Clock,
    shown: Preview,
    key: StoreKey | None = None,
    copy_key: StoreKey | None = None,
    *,
    plain: bool = False,
) -> Change:
    """Take in what a preview showed and return what came back. Raises TowardError, and then nothing is half.

    Only with `plain` does a store that was encrypted come back in the clear.
    """
    refuse_decrypted(shown, plain)
    lines = []
    if shown.lost:
        with in_plain_words():
            try:
                vault = vault_at(shown.copy, copy_key or key, read_known(state).adopted)
                orders = [each for each in shown.events if each["key"].startswith(PURGE)]
                put_folder_back(data, state, shown.copy, orders, vault)
                start_over(state)
                if shown.decrypted:
                    forget_encryption(state)
            except OSError as error:
                raise Refused(f"It was not put back: {error.strerror}. What is there stays; try again.") from None
        lines.append(f"The data folder is back in {data}, and is the same store as before.")
    if shown.lost:
        key = None if shown.decrypted else copy_key or key
    workspace = Workspace(data, state, clock, key=key)
    with workspace.transaction() as transaction, in_plain_words():
        added, note = transaction.add(shown.events, cmd="restore")
    # An order that came back is obeyed at once, not with the next change.
    with workspace.transaction():
        pass
    workspace.after_write()
    back = len(shown.events) if shown.lost else added
    if not back and not shown.lost:
        return Change(("Nothing was missing; nothing changed.",), changed=False)
    lines.append(f"{count(back, 'entry', 'entries')} came back. Nothing was removed.")
    lines += _damaged("was taken", shown.damaged)
    return Change(tuple(lines), operation=note["op"] if note else None)
