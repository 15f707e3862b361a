"""Doctor: check everything, and report what is wrong, what it means, and what can be done."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tracker.domain.clock import Clock
from tracker.ledger.errors import TowardError
from tracker.ledger.json_rows import streak_row
from tracker.ledger.open_folder import in_plain_words, refuse_year
from tracker.ledger.workspace import Workspace
from tracker.services.quantities import count, say_moment, say_size
from tracker.services.safekeeping import aside, backups
from tracker.services.safekeeping.backup_contents import Shelf, examine_backups
from tracker.services.safekeeping.findings import ACKNOWLEDGED, NOT_AS_KNOWN, Finding, describe
from tracker.store.backup.copies import list_backups
from tracker.store.barred import barrier
from tracker.store.crypto.vault import PLAIN, UNOPENED, StoreKey, Vault, is_encrypted_file
from tracker.store.encryption.recovery import IDENTITY_LOST, unlike
from tracker.store.encryption.unlocking import vault_in
from tracker.store.events import canonical
from tracker.store.examine import Examined, Problem, examine_files
from tracker.store.log.housekeeping import SummaryFile
from tracker.store.log.index import gc_paused
from tracker.store.log.shards import Damage, Reader

LOST = ("identity", "identity-lost")
"""What a store can be opened without, by somebody who has the key."""

SCARCE = 50_000_000
OLD = timedelta(days=7)
AHEAD = timedelta(days=1)
UNREADABLE = frozenset({"lost", "marker-missing", "marker-damaged", "device-id", "barred"})
"""What keeps the store from being opened."""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, and how much was looked at."""

    findings: tuple[Finding, ...]
    files: int
    entries: int
    backups: int
    newest: str
    opened: bool = True
    """Whether the store is what this computer remembers, so that it was looked into."""

    @property
    def healthy(self) -> bool:
        """Return whether nothing is wrong."""
        return not any(each.wrong for each in self.findings)

    @property
    def summary(self) -> str:
        """Return in one sentence how it looks."""
        looked = (
            f"Looked at {count(self.files, 'file')} with {count(self.entries, 'entry', 'entries')} "
            f"and {count(self.backups, 'backup')}{self.newest}."
        )
        if not self.opened:
            looked = f"The store was not opened, and nothing in it was changed. Backups: {self.backups}{self.newest}."
        wrong = sum(each.wrong for each in self.findings)
        set_aside = sum(each.code in ACKNOWLEDGED for each in self.findings)
        verdict = f"{count(wrong, 'thing')} to look into." if wrong else "All is well."
        if set_aside and not wrong:
            verdict = f"Nothing to put right. Set aside: {count(set_aside, 'damaged file')}, named above."
        return f"{looked} {verdict}"


@gc_paused()
def examine(
    data: Path,
    state: Path,
    clock: Clock,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[str], None] = lambda _: None,
    key: StoreKey | None = None,
) -> Report:
    """Return what is the case with a data folder, its state folder and its backups; nothing is changed.

    Raises Locked for an encrypted store without its key, Refused for a clock past all reason.
    """
    refuse_year(clock.now())
    progress("Reading every file")
    with in_plain_words():
        reader = Reader(_vault(data, state, key))
    seen = examine_files(data, state, reader)
    found = list(seen.problems)
    workspace: Workspace | None = None
    opened = not any(each.code in NOT_AS_KNOWN and not (key and each.code in LOST) for each in found)
    if opened and not any(each.code in UNREADABLE for each in found):
        try:
            workspace = Workspace(data, state, clock, key=key, make=False, reader=reader)
        except TowardError as error:
            found.append(Problem("unopened", data, error.message))
    if workspace is not None and not stop():
        progress("Counting everything anew")
        found += _store(workspace)
    with suppress(PermissionError):
        # Which folder this account may not look into is among what was seen.
        if opened and not stop():
            progress("Reading every backup")
            damaged = {each.path for each in seen.problems}
            shelf = examine_backups(state, workspace, reader, (path for path in seen.shards if path not in damaged))
            found += _purges(workspace, shelf) if workspace is not None else ()
            found += _backups(data, state, clock, seen, workspace, shelf)
        found += aside.problems(data, state, workspace) if opened else ()
    found += _space(data, state)
    folder = backups.folder_of(state)
    copies = list_backups(folder, clock.now())
    newest = f", the newest of {say_moment(copies[0].made, clock.now())}" if copies else ""
    entries = len({event["id"] for events in seen.shards.values() for event in events})
    made = sorted((describe(each, (data, state)) for each in found), key=lambda each: not each.wrong)
    return Report(tuple(made), len(seen.shards), entries, len(copies), newest, opened)


def _vault(data: Path, state: Path, key: StoreKey | None) -> Vault:
    """Return what opens the files, the plain vault with the key where the store is not opened as it is."""
    found = unlike(data, state, key)
    if found is None or (found.why == IDENTITY_LOST and key):
        return vault_in(data, state, key)
    if key is None:
        return PLAIN
    from tracker.store.crypto.trust import strict

    return strict("", key)


def _store(workspace: Workspace) -> Iterator[Problem]:
    """Yield what only the opened store shows."""
    if workspace.store.read_only:
        yield Problem("newer", workspace.data, workspace.store.read_only)
    carried, counted_on = _rows(workspace), bool(workspace.ledger.checkpoints)
    store = workspace.full_store
    # Counting what was counted without any help of the summary once more would show nothing.
    counted = _rows(workspace) if counted_on else carried
    yield from _summary(workspace, carried, counted)
    if workspace.plans_time:
        from tracker.services.together.planned import agenda

        agenda(workspace)
    if misread := workspace.ledger.misread:
        yield Problem("misread", workspace.data, number=len(misread))
    now = workspace.clock.now()
    ahead = int((now + AHEAD).timestamp() * 1000)
    future = sum(event["t"] > ahead for event in store.events.values())
    if future:
        yield Problem("future", workspace.data, f"{now:%Y-%m-%d %H:%M} now", future)
    unsettled = sum(bool(store.concurrent(key)) for key in _written_twice(workspace))
    if unsettled:
        yield Problem("concurrent", workspace.data, number=unsettled)
    if workspace.has_arrivals:
        from tracker.services.exchange.incoming import waiting

        yield from (Problem("incoming", workspace.data, f"{each.summary} {each.means}") for each in waiting(workspace))


def _written_twice(workspace: Workspace) -> set[str]:
    """Return the keys of which there is more than one version."""
    once: set[str] = set()
    again: set[str] = set()
    for event in workspace.store.events.values():
        (again if event["key"] in once else once).add(event["key"])
    return again


def _purges(workspace: Workspace, shelf: Shelf) -> Iterator[Problem]:
    """Yield how many different entries were purged and still hold what they held, in backups too."""
    here, elsewhere = workspace.store.unfinished_purge()
    if here or shelf.full:
        yield Problem("purge", workspace.data, number=here + len(shelf.full))
    if elsewhere:
        yield Problem("purge-elsewhere", workspace.data, number=elsewhere)


def _summary(workspace: Workspace, carried: list[str], counted: list[str]) -> Iterator[Problem]:
    """Yield whether the table of streaks is not what a recount gives."""
    path = workspace.state / "summary.json"
    tables = SummaryFile(path, workspace.store.vault).read()
    if tables is None:
        if path.exists():
            yield Problem("summary", path, "is damaged")
        return
    stamp = tables.get("stamp") or [{}]
    fresh = (
        stamp[0].get("day") == workspace.today.isoformat()
        and stamp[0].get("fingerprint") == workspace.store.shards.fingerprint()
    )
    written = [canonical(row) for row in tables.get("streaks", [])]
    if carried != counted or (fresh and written != counted):
        yield Problem("summary", path, "does not match what the entries amount to")


def _rows(workspace: Workspace) -> list[str]:
    """Return the rows of the commitments that are not put away, after reading all there is of every one so far."""
    rows, ledger = [], workspace.ledger
    for cid in ledger.ids():
        commitment = ledger.get(cid)
        ledger.record(cid, date.max)
        if commitment is not None and not commitment.archived:
            # As it reads back from its file.
            row = canonical(json.loads(json.dumps(streak_row(ledger, commitment, workspace.today))))
            rows.append((commitment.step, commitment.id, row))
        # Ten years of entries are large, and one commitment needs no other's.
        ledger.let_go(cid)
    return [row for _, _, row in sorted(rows)]


def _backups(
    data: Path, state: Path, clock: Clock, seen: Examined, workspace: Workspace | None, shelf: Shelf
) -> Iterator[Problem]:
    folder = backups.folder_of(state)
    found = list_backups(folder, clock.now())
    trouble = backups.last_trouble(state)
    if trouble is not None:
        yield Problem("backup-failed", folder, f"{trouble[1]} ({say_moment(trouble[0], clock.now())})")
    elif not found and seen.shards and barrier(folder) is None:
        yield Problem("no-backup", folder)
    elif found and abs(clock.now() - found[0].made) >= OLD and _changed_since(seen, found[0].made.timestamp()):
        yield Problem("old-backup", found[0].path, say_moment(found[0].made, clock.now()))
    ahead = [each for each in found if each.is_ahead(clock.now())]
    if ahead:
        yield Problem("backup-dates", ahead[0].path, f"{clock.now():%Y-%m-%d %H:%M} now", len(ahead))
    live = {path.relative_to(data).as_posix() for path in seen.shards}
    for backup, damages in shelf.damaged.items():
        names = [each.path.relative_to(backup.path).as_posix() for each in damages]
        # A file that was damaged when it was copied is told where it lies.
        own = [
            each
            for name, each in zip(names, damages, strict=True)
            if (name not in live or not any(problem.path == data / name for problem in seen.problems))
            and not _is_of_before(workspace, each)
        ]
        encrypted = [each for each in own if is_encrypted_file(each.path) and each.reason in UNOPENED]
        if encrypted and len(encrypted) == len(own):
            # What the key of now does not open is no damage, and no reason to set a backup aside.
            yield Problem("backup-sealed", backup.path)
        elif own:
            yield Problem("backup", backup.path, f"{own[0].path.name} {own[0].reason}", len(own))
    # What lies in a file that this account may not read is not gone.
    closed = any(each.code == "closed" for each in seen.problems)
    if found and shelf.gone and not closed:
        yield Problem("missing", found[0].path, number=len(shelf.gone))


def _is_of_before(workspace: Workspace | None, each: Damage) -> bool:
    """Return whether a file in a backup is another device's from before that one proved what it writes."""
    if workspace is None or not workspace.encrypted or each.path.parent.name == workspace.store.device:
        return False
    from tracker.store.crypto.trust import is_refused

    return is_refused(each.reason)


def _changed_since(seen: Examined, moment: float) -> bool:
    return any(event["t"] / 1000 > moment for events in seen.shards.values() for event in events)


def missing_from(workspace: Workspace, state: Path) -> dict[str, Path]:
    """Return the ids that the readable part of a backup holds and the store does not, each with its backup."""
    return examine_backups(state, workspace, Reader(workspace.store.vault)).gone


def _space(data: Path, state: Path) -> Iterator[Problem]:
    from shutil import disk_usage

    for folder in (data, state):
        with suppress(OSError):
            free = disk_usage(folder).free
            if free < SCARCE:
                yield Problem("space", folder, say_size(free))
                return
