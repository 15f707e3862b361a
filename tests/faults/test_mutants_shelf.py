"""Backups with one protection taken away: to each there is a question that only the real ones answer."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from tests.faults import mutants_shelf as mutants
from tests.faults.asking import Question, for_each, only_the_real_one_answers
from tests.faults.crash_model import Disk
from tests.faults.folders import Desk
from tests.faults.mutants import Mutant
from tests.faults.test_purge import KEYS, canaries, purge
from tests.faults.test_shelf import folder, lived, record_step, verdicts
from tests.shelf_kit import files_in, members, spoil, spoil_month
from tracker.store import files
from tracker.store.backup import bag
from tracker.store.backup.backups import back_up, damaged_in
from tracker.store.backup.bag import BackupFailed
from tracker.store.backup.copies import list_backups, remove_backup, set_backup_aside
from tracker.store.backup.packs import RECENT, Packs
from tracker.store.backup.shelf import Packed
from tracker.store.backup.shelving import pack, thin_out, tidy
from tracker.store.backup.thinning import MOST


def each_moment_can_be_read(step: str) -> Question:
    def ask(root: Path) -> bool:
        calls, before = record_step(root / "live", step)
        found = verdicts(calls, before, Disk.after_kill, root / "live")
        return not any(found)

    return ask


def notices_what_the_disk_did_not_keep(root: Path) -> bool:
    desk = Desk(root)
    store, real = lived(desk, first=11), files.write_new
    with patch.object(bag, "write_new", lambda path, raw: real(path, raw.replace(b"stays", b"strays"))):
        try:
            back_up(store.source(), folder(store), desk.now)
        except BackupFailed:
            return True
    return False


def notices_a_changed_letter(root: Path) -> bool:
    store = lived(Desk(root))
    spoil_month(list_backups(folder(store))[0].path, "2026-10", lambda raw: raw.replace(b"stays", b"plays"))
    return bool(damaged_in(list_backups(folder(store))))


def forgets_for_good(root: Path) -> bool:
    store = lived(Desk(root))
    purge(store, KEYS[0])
    return canaries(root) == []


def keeps_what_a_damaged_backup_needs(root: Path) -> bool:
    store = lived(Desk(root))
    aside = set_backup_aside(list_backups(folder(store))[0])
    before = files_in(aside)
    for each in list_backups(folder(store)):
        remove_backup(each)
    tidy(folder(store), at_once=True)
    try:
        return files_in(aside) == before
    except KeyError:
        return False


def keeps_every_byte_of_a_damaged_pack(root: Path) -> bool:
    store = lived(Desk(root))
    cut = (folder(store) / RECENT).read_bytes()[:-40]
    (folder(store) / RECENT).write_bytes(cut)
    Packs(folder(store)).add({"0" * 64: b"more"})
    return any(path.read_bytes() == cut for path in folder(store).iterdir() if path.is_file())


def leads_out_of_no_folder(root: Path) -> bool:
    store = lived(Desk(root))
    path = list_backups(folder(store))[0].path
    said = json.loads(members(path)["manifest.json"])
    entry = next(iter(said["files"].values()))
    said["files"] |= {"devices/../../../evil.json": entry, "devices/.x/2026-11.json": entry, "/etc/passwd": entry}
    spoil(path, "manifest.json", lambda _: json.dumps(said).encode())
    return set(Packed(path).names) == {name for name in said["files"] if "evil" not in name} - {
        "devices/.x/2026-11.json", "/etc/passwd"
    }  # fmt: skip


def keeps_as_many_as_it_promises(root: Path) -> bool:
    desk = Desk(root)
    store = lived(desk, first=11)
    for _ in range(MOST + 3):
        desk.now += timedelta(days=1)
        back_up(store.source(), folder(store), desk.now)
        thin_out(folder(store), desk.now)
    return len(list_backups(folder(store))) <= MOST and pack(folder(store)) == 0


CAUGHT: list[tuple[Mutant, Question]] = [
    (mutants.removed_before_the_new_one_is_safe, each_moment_can_be_read("next")),
    (mutants.written_in_place, each_moment_can_be_read("purge")),
    (mutants.relied_on_before_it_is_there, each_moment_can_be_read("purge")),
    (mutants.folder_gone_before_its_file_is_there, each_moment_can_be_read("pack")),
    (mutants.nothing_is_compared, notices_what_the_disk_did_not_keep),
    (mutants.sums_are_not_looked_at, notices_a_changed_letter),
    (mutants.what_was_purged_stays_in_the_packs, forgets_for_good),
    (mutants.only_sound_backups_need_anything, keeps_what_a_damaged_backup_needs),
    (mutants.damaged_packs_are_overwritten, keeps_every_byte_of_a_damaged_pack),
    (mutants.names_lead_anywhere, leads_out_of_no_folder),
    (mutants.everything_is_kept, keeps_as_many_as_it_promises),
]


@for_each(CAUGHT)
def test_the_real_backups_answer_and_the_mutant_does_not(tmp_path: Path, mutant: Mutant, question: Question) -> None:
    only_the_real_one_answers(tmp_path, mutant, question)
