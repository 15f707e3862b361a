"""What this computer remembers: to each rule a question that the real store answers and one without it does not."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.crypt_kit import PASSPHRASE
from tests.faults import mutants_memory as mutants
from tests.faults.asking import Question, for_each, only_the_real_one_answers
from tests.faults.folders import NOVEMBER, names, open_store, put, shard
from tests.faults.mutants import Mutant
from tests.services.kit import HandClock
from tracker.ledger.errors import TowardError
from tracker.services.safekeeping import doctor, repairing
from tracker.store.crypto.vault import StoreKey
from tracker.store.encryption import identity_file, unlocking
from tracker.store.encryption.conversion import Conversion
from tracker.store.encryption.recovery import find_key, put_lock_back, repair_marker
from tracker.store.encryption.relocking import lock_marker
from tracker.store.encryption.unlocking import with_proof
from tracker.store.errors import StoreDamaged, StoreError, StoreLocked
from tracker.store.identity.identity import read_marker
from tracker.store.identity.memory import ENCRYPTION_MARK, KNOWN, WAS_ENCRYPTED, learn
from tracker.store.store import Store

pytestmark = pytest.mark.usefixtures("quick_locks")


def seal(root: Path, passphrase: str = PASSPHRASE, device: str = "one") -> StoreKey:
    """Encrypt the store in `root`, which has an entry, and return its key."""
    store = open_store(root, device=device)
    put(store, "older")
    key = StoreKey.fresh()
    Conversion(store.data, store.state, store.device).begin(key, key.wrap(passphrase))
    return key


def opened(root: Path, key: StoreKey | None, device: str = "one") -> Store:
    return Store.open(root / "data", root / device, lambda: NOVEMBER, key=key)


def say(root: Path, **changes: object) -> bytes:
    """Forge store.json, and return what it said before."""
    path = root / "data" / "store.json"
    before = path.read_bytes()
    path.write_text(json.dumps(json.loads(before) | changes))
    return before


def refused(attempt: Callable[[], object], kind: type[StoreError] = StoreDamaged) -> bool:
    try:
        attempt()
    except kind:
        return True
    except StoreError:
        return False
    return False


def refuses_a_store_that_says_plain(root: Path) -> bool:
    seal(root)
    say(root, format=1, encryption="", check="")
    return refused(lambda: put(opened(root, None), "new")) and not list(root.glob("data/devices/*/2*.json"))


def remembers_what_an_older_version_knew(root: Path) -> bool:
    seal(root)
    (root / "one" / KNOWN).unlink()
    say(root, format=1, encryption="", check="")
    for path in root.glob("data/devices/*/2*.age"):
        path.unlink()
    return refused(lambda: opened(root, None))


def knows_its_key_whatever_is_left_of_what_it_remembers(root: Path) -> bool:
    key = seal(root)
    known, marker, first = root / "one" / KNOWN, root / "data" / "store.json", root / "first.json"
    first.write_bytes(marker.read_bytes())
    for left in (b"", known.read_bytes()[:40], b"[]", b"\0" * 400):
        known.write_bytes(left)
        marker.write_bytes(first.read_bytes())
        if "older" not in names(opened(root, key)):
            return False
        known.write_bytes(left)
        other = StoreKey.fresh()
        marker.write_bytes(lock_marker(read_marker(root / "data"), other).encoded())
        if not refused(partial(opened, root, other), StoreLocked):
            return False
        say(root, format=1, encryption="", check="", mac="")
        if not refused(lambda: opened(root, None)):
            return False
        if refused(lambda: put_lock_back(root / "data", root / "one", key), StoreLocked):
            return False
        if not opened(root, key).vault.ending:
            return False
    return True


def a_new_computer_writes_nothing_beside_sealed_files(root: Path) -> bool:
    seal(root)
    say(root, format=1, encryption="", check="")
    return refused(lambda: put(opened(root, None, "new"), "plain words"))


def refuses_another_store(root: Path) -> bool:
    put(open_store(root), "older")
    say(root, store="0" * 32)
    return refused(lambda: put(opened(root, None), "new"))


def writes_nothing_into_another_store_while_it_is_open(root: Path) -> bool:
    store = open_store(root)
    put(store, "older")
    (root / "data").rename(root / "mine")
    put(open_store(root, device="two"), "of somebody else")
    (root / "two").rename(root / "away")
    before = sorted(path.read_bytes() for path in (root / "data").rglob("*.json"))
    told = refused(lambda: put(store, "new")) and refused(store.refresh)
    return told and sorted(path.read_bytes() for path in (root / "data").rglob("*.json")) == before


def notices_while_it_is_open(root: Path) -> bool:
    store = open_store(root)
    put(store, "older")
    say(root, store="0" * 32)
    return refused(store.refresh) and refused(store.source)


def refuses_another_key(root: Path) -> bool:
    seal(root)
    other = StoreKey.fresh()
    marker = lock_marker(read_marker(root / "data"), other)
    (root / "data" / "store.json").write_bytes(marker.encoded())
    return refused(lambda: opened(root, other), StoreLocked)


def looking_makes_nothing_plain(root: Path) -> bool:
    key = seal(root)
    # A holder of the key began to take the encryption back, on another device.
    ending = with_proof(read_marker(root / "data")._replace(encryption="ending"), key)
    (root / "data" / "store.json").write_bytes(ending.encoded())
    put(opened(root, key), "new")
    return not list(root.glob("data/devices/*/2*.json")) and unlocking.is_encrypted(root / "data")


def _put_back(root: Path) -> None:
    """Write two entries, and put the file back that holds only the first."""
    store = open_store(root)
    put(store, "older")
    before = shard(store).read_bytes()
    put(store, "newer")
    shard(store).write_bytes(before)


def tells_of_an_older_file(root: Path) -> bool:
    _put_back(root)
    return any("older copy" in each.reason for each in open_store(root).damaged)


def tells_of_a_file_that_went(root: Path) -> bool:
    other = open_store(root, device="two")
    put(other, "of another")
    put(open_store(root), "own")
    shutil.rmtree(shard(other).parent)
    return any("is gone" in each.reason for each in open_store(root).damaged)


def uses_no_number_twice(root: Path) -> bool:
    _put_back(root)
    return put(open_store(root), "newest")[0]["n"] == 3


def look(root: Path) -> doctor.Report:
    return doctor.examine(root / "data", root / "one", HandClock(NOVEMBER))


def doctor_ends_well_only_with_all_it_saw(root: Path) -> bool:
    _put_back(root)
    return not look(root).healthy


def repair_makes_no_plain_store(root: Path) -> bool:
    seal(root)
    (root / "data" / "store.json").unlink()
    return refused(lambda: repair_marker(root / "data", root / "one")) and not (root / "data" / "store.json").exists()


def repair_leaves_what_it_cannot_open(root: Path) -> bool:
    key = seal(root)
    before = say(root, format=1, encryption="", check="")
    clock = HandClock(NOVEMBER)
    for code in repairing.ORDER:
        for finding in look(root).findings:
            if finding.code == code:
                with contextlib.suppress(TowardError):
                    repairing.mend(root / "data", root / "one", clock, finding)
    (root / "data" / "store.json").write_bytes(before)
    return "older" in names(opened(root, key))


def names_a_damaged_identity(root: Path) -> bool:
    seal(root)
    path = root / "data" / "identity.age"
    backup = root / "one" / "backups" / "2026-11-20T10-00-00Z"
    (backup / "devices").mkdir(parents=True)
    for each in (path, root / "data" / "store.json"):
        shutil.copy(each, backup / each.name)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"X25519") + 9
    raw[at : at + 1] = b"B" if raw[at : at + 1] == b"A" else b"A"
    path.write_bytes(raw)
    return refused(lambda: identity_file.unlock(root / "data", PASSPHRASE, root / "one"))


def a_strange_lock_is_no_wall(root: Path) -> bool:
    put(open_store(root), "older")
    shutil.copytree(root / "data", root / "theirs" / "data")
    seal(root / "theirs", "words that nobody here knows")
    for name in ("store.json", "identity.age"):
        shutil.copy(root / "theirs" / "data" / name, root / "data" / name)
    try:
        (found,) = (each for each in look(root).findings if each.code == "strange-lock")
        repairing.mend(root / "data", root / "one", HandClock(NOVEMBER), found)
    except (TowardError, ValueError):
        return False
    kept = {path.name.partition(".damaged-")[0] for path in (root / "data").glob("*.damaged-*")}
    return "older" in names(open_store(root)) and kept == {"store.json", "identity.age"}


def puts_a_lock_back_only_for_its_key(root: Path) -> bool:
    seal(root)
    say(root, format=1, encryption="", check="")
    before = (root / "data" / "store.json").read_bytes()
    wrong = refused(lambda: put_lock_back(root / "data", root / "one", StoreKey.fresh()), StoreLocked)
    if not wrong or (root / "data" / "store.json").read_bytes() != before:
        return False
    key = find_key(root / "data", root / "one", PASSPHRASE)
    put_lock_back(root / "data", root / "one", key)
    return "older" in names(opened(root, key))


def _backed_up(root: Path) -> None:
    """Put the lock of a store into a backup."""
    backup = root / "one" / "backups" / "2026-11-20T10-00-00Z"
    backup.mkdir(parents=True, mode=0o700)
    for name in ("store.json", "identity.age"):
        shutil.copy(root / "data" / name, backup / name)


def _repaired(root: Path, key: StoreKey, passphrase: str, typed: str) -> bool:
    """Return whether a passphrase opens what was put right with what was typed; a key lies there under the first."""
    (root / "data" / "identity.age").write_bytes(key.wrap(passphrase))
    say(root, format=1, encryption="", check="")
    put_lock_back(root / "data", root / "one", find_key(root / "data", root / "one", typed))
    return not refused(lambda: opened(root, identity_file.unlock(root / "data", typed, root / "one")), StoreLocked)


def keeps_a_passphrase_changed_elsewhere(root: Path) -> bool:
    key = seal(root)
    _backed_up(root)
    return _repaired(root, key, "changed on another device", "changed on another device")


def puts_the_identity_back_that_its_passphrase_opened(root: Path) -> bool:
    seal(root)
    _backed_up(root)
    return _repaired(root, StoreKey.fresh(), "of another device", PASSPHRASE)


def puts_a_lock_back_that_an_older_version_knew(root: Path) -> bool:
    key = seal(root)
    (root / "one" / KNOWN).unlink()
    (root / "one" / ENCRYPTION_MARK).write_text(".age 1\n")
    say(root, format=1, encryption="", check="", mac="")
    if not refused(lambda: put_lock_back(root / "data", root / "one", StoreKey.fresh()), StoreLocked):
        return False
    put_lock_back(root / "data", root / "one", find_key(root / "data", root / "one", PASSPHRASE))
    return "older" in names(opened(root, key))


def a_sealed_folder_that_was_only_read_is_not_begun_anew(root: Path) -> bool:
    put(open_store(root, device="two"), "of another")
    marker = json.loads((root / "data" / "store.json").read_bytes())
    (root / "one").mkdir()
    learn(root / "one", mode=WAS_ENCRYPTED, store=marker["store"])
    shutil.rmtree(root / "data")
    return refused(lambda: opened(root, None)) and not (root / "data").exists()


def tells_of_a_device_once(root: Path) -> bool:
    put(open_store(root), "own")
    put(open_store(root, device="two"), "of another")
    store = open_store(root)
    return len(store.memory.news) == 1 and not open_store(root).memory.news


CAUGHT: list[tuple[Mutant, Question]] = [
    (mutants.believes_that_it_is_plain, refuses_a_store_that_says_plain),
    (mutants.remembers_nothing, refuses_a_store_that_says_plain),
    (mutants.forgets_what_older_versions_knew, remembers_what_an_older_version_knew),
    (mutants.forgets_the_key_with_the_rest, knows_its_key_whatever_is_left_of_what_it_remembers),
    (mutants.comes_in_blind, a_new_computer_writes_nothing_beside_sealed_files),
    (mutants.takes_any_store, refuses_another_store),
    (mutants.takes_any_store, writes_nothing_into_another_store_while_it_is_open),
    (mutants.looks_once, notices_while_it_is_open),
    (mutants.takes_any_key, refuses_another_key),
    (mutants.follows_whoever_ends_it, looking_makes_nothing_plain),
    (mutants.counts_nothing, tells_of_an_older_file),
    (mutants.counts_nothing, tells_of_a_file_that_went),
    (mutants.numbers_from_what_is_there, uses_no_number_twice),
    (mutants.doctor_counts_nothing, doctor_ends_well_only_with_all_it_saw),
    (mutants.makes_a_plain_marker, repair_makes_no_plain_store),
    (mutants.repairs_what_it_cannot_open, repair_leaves_what_it_cannot_open),
    (mutants.blames_the_passphrase, names_a_damaged_identity),
    (mutants.locked_out_for_good, a_strange_lock_is_no_wall),
    (mutants.puts_back_for_anybody, puts_a_lock_back_only_for_its_key),
    (mutants.brings_the_passphrase_from_before_back, keeps_a_passphrase_changed_elsewhere),
    (mutants.leaves_whatever_identity_lies_there, puts_the_identity_back_that_its_passphrase_opened),
    (mutants.takes_any_key_for_an_older_store, puts_a_lock_back_that_an_older_version_knew),
    (mutants.restored_in_the_clear, a_sealed_folder_that_was_only_read_is_not_begun_anew),
    (mutants.strangers_are_friends, tells_of_a_device_once),
]


@for_each(CAUGHT)
def test_the_real_store_answers_and_the_mutant_does_not(tmp_path: Path, mutant: Mutant, question: Question) -> None:
    only_the_real_one_answers(tmp_path, mutant, question)
