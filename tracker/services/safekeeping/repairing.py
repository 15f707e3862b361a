"""Mend: put right what doctor found, where that throws nothing away."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tracker.domain.clock import Clock
from tracker.ledger.errors import Refused
from tracker.ledger.open_folder import in_plain_words
from tracker.ledger.workspace import Workspace
from tracker.services.quantities import count
from tracker.services.safekeeping import aside, backups, restore
from tracker.services.safekeeping.doctor import missing_from
from tracker.services.safekeeping.findings import ACKNOWLEDGED, Finding
from tracker.store.backup.backups import damaged_in
from tracker.store.backup.copies import NOTED, named, set_backup_aside, temps_of
from tracker.store.crypto.vault import StoreKey
from tracker.store.encryption import recovery
from tracker.store.encryption.recovery import repair_marker
from tracker.store.files import discard, is_folder, set_aside
from tracker.store.guard import Memory
from tracker.store.identity.identity import DEVICES
from tracker.store.log.shards import Reader


@dataclass(frozen=True, slots=True)
class Here:
    """The folders that are put right, the clock, and the key of an encrypted store."""

    data: Path
    state: Path
    clock: Clock
    key: StoreKey | None

    @property
    def place(self) -> tuple[Path, Path, Clock]:
        """Return the folders and the clock."""
        return self.data, self.state, self.clock

    def open(self) -> Workspace:
        """Return the store with its whole history. Raises TowardError."""
        workspace = Workspace(*self.place, key=self.key)
        workspace.load_history()
        return workspace


def mend(data: Path, state: Path, clock: Clock, finding: Finding, key: StoreKey | None = None) -> str:
    """Put one finding right and return what was done, in a sentence. Raises TowardError."""
    try:
        with in_plain_words():
            return _MENDERS[finding.code](Here(data, state, clock, key), finding.path)
    except OSError as error:
        raise Refused(f"{finding.what}: it could not be put right ({error.strerror}). Nothing was lost.") from None


def _marker(here: Here, path: Path) -> str:
    repair_marker(here.data, here.state)
    return f"{path} is there again."


def _lock(here: Here, path: Path) -> str:
    if here.key is None:
        raise Refused(
            f"{path} is put back only for somebody who opens it. At a terminal, where the passphrase is asked for: "
            "toward doctor --repair"
        )
    origin = recovery.put_lock_back(here.data, here.state, here.key)
    return f"{path} is as this computer knows it again{f', out of the backup {origin}' if origin else ''}."


def _identity(here: Here, path: Path) -> str:
    return f"{path} is there again, out of the backup {recovery.put_identity_back(here.data, here.state)}."


def _strange_lock(here: Here, path: Path) -> str:
    kept = recovery.set_strange_lock_aside(here.data, here.state)
    return f"The store is not encrypted, as before. Kept: {', '.join(each.name for each in kept)}."


def _two_stores(here: Here, path: Path) -> str:
    recovery.join_stores(here.data, here.state)
    return "The two are one store now. All of both is kept."


def _another_store(here: Here, path: Path) -> str:
    away = recovery.take_as_ours(here.data, here.state)
    return f"This is the store of this computer now. What it knew of the other one, backups too, lies in {away}."


def _older_file(here: Here, path: Path) -> str:
    name = path.relative_to(here.data / DEVICES).as_posix()
    Memory(here.data, here.state).forget_file(name)
    return f"{name} is remembered as it is now."


def _device_id(here: Here, path: Path) -> str:
    set_aside(path)
    return "The device id was set aside; this computer goes on as a new device."


def _mode(here: Here, path: Path) -> str:
    if path.is_symlink():
        raise Refused(f"{path} is a symbolic link now, so it was left.")
    path.chmod(0o700 if stat.S_ISDIR(path.lstat().st_mode) else 0o600)
    return f"Only you can read {path} now."


def _temp(here: Here, path: Path) -> str:
    from tracker.store.backup.copies import backups_lock

    if path in temps_of(backups.folder_of(here.state)):
        with backups_lock(backups.folder_of(here.state), 30.0):
            discard(path)
    else:
        path.unlink(missing_ok=True)
    return f"{path.name} is removed."


def _own_file(here: Here, path: Path) -> str:
    workspace = here.open()
    newest = aside.newest_before(workspace)
    with workspace.transaction() as transaction:
        kept, away = transaction.set_aside(path)
    # What went with it is told of the file that was set aside.
    workspace.store.memory.forget_file(path.relative_to(here.data / DEVICES).as_posix())
    workspace.after_write()
    back = _take_back(here)
    marked = _take_in(here)
    if ending := aside.verdict(here.open(), away, newest):
        away.rename(away.with_name(f"{away.name}{ending}"))
    lines = [f"{path.name} was set aside."]
    if kept:
        lines.append(f"What could be read of it is in a sound file now: {count(kept, 'entry', 'entries')}.")
    if back:
        lines.append(f"{count(back, 'entry', 'entries')} came from a backup.")
    if marked:
        lines.append(f"{count(marked, 'entry', 'entries')} came with a mark where characters could not be read.")
    return " ".join(lines)


def _left_behind(here: Here, path: Path) -> str:
    return f"{count(_take_in(here), 'entry', 'entries')} came back. Nothing was removed."


def _take_in(here: Here) -> int:
    """Return how many entries came from files that were set aside."""
    workspace = here.open()
    events = aside.lacking(workspace)
    if events:
        with workspace.transaction() as transaction:
            transaction.add(events, cmd="restore")
        workspace.after_write()
    return len(events)


def _seen(here: Here, path: Path) -> str:
    path.rename(path.with_name(f"{path.name}{NOTED}"))
    return f"{path.name} is not mentioned again. It stays where it is."


def _missing(here: Here, path: Path) -> str:
    return f"{count(_take_back(here), 'entry', 'entries')} came back."


def _take_back(here: Here) -> int:
    """Return how many entries came back from backups, the newest first."""
    workspace = here.open()
    before = len(missing_from(workspace, here.state))
    for copy in dict.fromkeys(missing_from(workspace, here.state).values()):
        restore.restore(*here.place, restore.preview(*here.place, copy, here.key), here.key)
    return before - len(missing_from(here.open(), here.state)) if before else 0


def _purge(here: Here, path: Path) -> str:
    workspace = here.open()
    workspace.store.finish_purge()
    workspace.after_write()
    return "What was purged is empty now, in the backups too."


def _summary(here: Here, path: Path) -> str:
    if is_folder(path):
        set_aside(path)
    path.unlink(missing_ok=True)
    workspace = here.open()
    workspace.keep_streaks()
    return "The table of streaks was counted anew."


def _back_up(here: Here, path: Path) -> str:
    return backups.back_up_now(here.open()).lines[0]


def _backup(here: Here, path: Path) -> str:
    text = _back_up(here, path)
    backup = named(path)
    if backup is None:
        raise Refused(f"{path} is not a backup.")
    if not damaged_in([backup], Reader(here.open().store.vault)):
        return f"{text} {path.name} is sound again: what it shares with the new one was written anew."
    return f"{text} The damaged one is now {set_backup_aside(backup).name}."


_MENDERS: dict[str, Callable[[Here, Path], str]] = {
    "another-store": _another_store,
    "two-stores": _two_stores,
    "strange-lock": _strange_lock,
    **dict.fromkeys(("other-key", "not-proven", "another-lock", "turned-plain", "lock-lost", "ending"), _lock),
    "identity": _identity,
    "marker-missing": _marker,
    "marker-damaged": _marker,
    "device-id": _device_id,
    "mode": _mode,
    "temp": _temp,
    "own-file": _own_file,
    "missing": _missing,
    "left-behind": _left_behind,
    "purge": _purge,
    "summary": _summary,
    "backup-failed": _back_up,
    "no-backup": _back_up,
    "old-backup": _back_up,
    "backup": _backup,
    **dict.fromkeys(ACKNOWLEDGED, _seen),
    "older-file": _older_file,
}
ORDER = tuple(_MENDERS)
"""What is put right first: what keeps the store from being opened, then what the next steps stand on."""
