"""An encrypted store beside everything that copies it: backups, restore, doctor, other devices, and forgetting."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crypt_kit import PASSPHRASE, holding
from tests.services.kit import Bench
from tests.services.sync_kit import tree
from tests.services.test_locks import lock, session, unlock
from tests.services.test_undo import get
from tests.shelf_kit import files_in
from tracker.ledger.errors import Damaged, Locked, Refused, Unsaved
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange import sync
from tracker.services.exchange.transfer import export_json
from tracker.services.history import purge
from tracker.services.logging import log_entry, quick_log, skips
from tracker.services.safekeeping import backups, doctor, encryption, erase, repairing, restore
from tracker.store.backup.copies import list_backups
from tracker.store.backup.shelf import marker_of
from tracker.store.identity.identity import read_marker

pytestmark = pytest.mark.usefixtures("quick_locks")

CANARY = "CANARY"
CID = "s4.reachable"


@pytest.fixture
def lived(bench: Bench) -> Bench:
    """Return an encrypted store with backups from before and after."""
    workspace = bench.open()
    session(workspace)
    backups.back_up_now(workspace)
    lock(bench)
    bench.clock.go(days=1)
    workspace = unlock(bench)
    log_entry.done(workspace, get(workspace, CID), note=f"{CANARY} the next day")
    return bench


def test_backups_are_sealed_with_their_store_and_say_so(lived: Bench) -> None:
    workspace = unlock(lived)
    shelf = backups.lines(backups.folder_of(workspace.state))
    assert len(shelf) >= 2 and holding(lived.root, CANARY) == []
    assert all(marker_of(each.path) == read_marker(lived.data) for each in shelf)
    assert all("identity.age" in files_in(each.path) for each in shelf)
    assert doctor.examine(workspace.data, workspace.state, lived.clock, key=workspace.key).healthy
    with pytest.raises(Locked):
        doctor.examine(workspace.data, workspace.state, lived.clock)


def test_what_stays_readable_in_the_data_folder_is_named(lived: Bench) -> None:
    workspace = unlock(lived)
    encryption.decrypt(workspace)
    (shard,) = lived.data.glob("devices/*/2*.json")
    aside = shard.with_name(f"{shard.name}.damaged-0a1b2c3d")
    aside.write_bytes(shard.read_bytes()[:-9])
    (copy, *_) = workspace.state.glob("backups/2*.zip")
    copy.with_name(f".{copy.name}.01234567.tmp").hardlink_to(copy)
    said = encryption.encrypt(lived.open(), encryption.prepare(PASSPHRASE)).lines
    assert any(line.startswith(f"Left as it is: {aside.name} was set aside and anybody can read it") for line in said)
    assert holding(lived.root, CANARY) == [str(aside)]


def test_a_lost_folder_comes_back_locked_and_what_was_purged_does_not(lived: Bench) -> None:
    workspace = unlock(lived)
    backups.back_up_now(workspace)
    before, key, place = (
        export_json(workspace, private=True).text,
        workspace.key,
        (workspace.data, workspace.state, lived.clock),
    )
    purge.purge(workspace, purge.note(workspace, get(workspace, CID), workspace.today))
    assert f"{CANARY} the next day" not in export_json(workspace, private=True).text
    shutil.rmtree(lived.data)
    copy = restore.choose("", workspace.state, lived.clock.now())
    assert encryption.needs_key(copy) and key is not None and encryption.opens(copy, key)
    with pytest.raises(Locked):
        restore.preview(*place, copy)
    shown = restore.preview(*place, copy, key)
    assert shown.lost and shown.events
    restore.restore(*place, shown, key)
    assert holding(lived.root, CANARY) == []
    text = export_json(unlock(lived), private=True).text
    assert f"{CANARY} the next day" not in text and len(text) > len(before) / 2


def test_a_copy_with_a_key_of_its_own_is_taken_in(lived: Bench, tmp_path: Path) -> None:
    workspace = unlock(lived)
    kept = backups.back_up_to(workspace, str(tmp_path / "stick"))
    encryption.rotate(workspace, encryption.prepare("another pass phrase", workspace.key))
    workspace = unlock(lived, typed="another pass phrase")
    shown = restore.preview(
        lived.data, workspace.state, lived.clock, kept.path, workspace.key, encryption.unlock(kept.path, PASSPHRASE)
    )
    assert not shown.events and not shown.damaged


def test_a_lost_encrypted_store_comes_back_plain_only_where_that_is_said(lived: Bench, tmp_path: Path) -> None:
    workspace = unlock(lived)
    place = (lived.data, workspace.state, lived.clock)
    sealed = backups.back_up_to(workspace, str(tmp_path / "stick")).path
    plain = Bench(tmp_path / "elsewhere", lived.clock).open()
    lifecycle.add(plain, CID)
    copy = backups.back_up_to(plain, str(tmp_path / "stick")).path
    assert not restore.preview(*place, copy, workspace.key).decrypted
    shutil.rmtree(lived.data)
    assert not restore.preview(*place, sealed, workspace.key).decrypted
    shown = restore.preview(*place, copy)
    assert any("in the clear" in line for line in shown.lines)
    with pytest.raises(Refused, match="--plain"):
        restore.restore(*place, shown)
    assert not lived.data.exists()
    restore.restore(*place, shown, plain=True)
    assert not encryption.is_encrypted(lived.data) and log_entry.done(lived.open(), get(lived.open(), CID)).changed
    shutil.rmtree(lived.data)
    restore.restore(*place, restore.preview(*place, copy))
    assert lived.open().ledger.get(CID) is not None, "it is a plain store since"


def test_what_was_purged_stays_so_when_a_plain_copy_of_a_sealed_store_is_put_back(bench: Bench, tmp_path: Path) -> None:
    workspace = bench.open()
    session(workspace)
    log_entry.done(workspace, get(workspace, CID), note=f"{CANARY} to be forgotten")
    stick = backups.back_up_to(workspace, str(tmp_path / "stick")).path
    lock(bench)
    bench.clock.go(hours=2)
    workspace = unlock(bench)
    place = (bench.data, workspace.state, bench.clock)
    purge.purge(workspace, purge.note(workspace, get(workspace, CID), workspace.today))
    backups.back_up_now(workspace)
    shutil.rmtree(bench.data)
    assert (
        restore.lock_to_ask_for(bench.data, workspace.state, backups.lines(workspace.state / "backups")[0].path) is None
    )
    lock_ = restore.lock_to_ask_for(bench.data, workspace.state, stick)
    assert lock_ is not None and restore.preview(*place, stick).unknown
    shown = restore.preview(*place, stick, encryption.unlock(lock_, PASSPHRASE))
    assert shown.decrypted and not shown.unknown
    restore.restore(*place, shown, encryption.unlock(lock_, PASSPHRASE), plain=True)
    text = export_json(bench.open(), private=True).text
    assert "to be forgotten" not in text and bench.open().ledger.get(CID) is not None
    assert not [name for name, raw in (tree(bench.data) | tree(workspace.state)).items() if b"to be forgotten" in raw]
    log_entry.done(bench.open(), get(bench.open(), CID))
    assert encryption.opens(lock_, encryption.unlock(lock_, PASSPHRASE)), "the sealed backups keep what opens them"


def test_a_backup_that_another_key_sealed_keeps_what_opens_it(lived: Bench, tmp_path: Path) -> None:
    workspace = unlock(lived)
    kept = backups.back_up_now(workspace)
    place = (lived.data, workspace.state, lived.clock)
    inside = files_in(kept.path)
    shutil.rmtree(lived.data)
    plain = Bench(tmp_path / "elsewhere", lived.clock).open()
    lifecycle.add(plain, CID)
    copy = backups.back_up_to(plain, str(tmp_path / "stick")).path
    restore.restore(*place, restore.preview(*place, copy), plain=True)
    encryption.encrypt(lived.open(), encryption.prepare("another passphrase"))
    assert files_in(kept.path) == inside
    now = unlock(lived, typed="another passphrase")
    shown = restore.preview(*place, kept.path, now.key, encryption.unlock(kept.path, PASSPHRASE))
    assert shown.events and not shown.damaged
    encryption.decrypt(now)
    assert files_in(kept.path) == inside


def test_the_newest_backup_gives_back_the_lock_of_an_encrypted_store(lived: Bench) -> None:
    workspace = unlock(lived)
    held = {name: (lived.data / name).read_bytes() for name in ("store.json", "identity.age")}
    assert held.items() <= files_in(list_backups(backups.folder_of(workspace.state))[0].path).items()
    encryption.decrypt(workspace)
    backups.back_up_now(lived.open())
    kept = [files_in(each.path) for each in list_backups(backups.folder_of(workspace.state))]
    assert not any("identity.age" in each for each in kept), "a plain store has none, and its backups lose theirs"


def test_a_damaged_sealed_month_is_put_right_from_a_backup(lived: Bench) -> None:
    workspace = unlock(lived)
    backups.back_up_now(workspace)
    before, key, place = (
        export_json(workspace, private=True).text,
        workspace.key,
        (workspace.data, workspace.state, lived.clock),
    )
    month = next(lived.data.glob("devices/*/2*.json.age"))
    raw = bytearray(month.read_bytes())
    raw[len(raw) // 2] ^= 1
    month.write_bytes(bytes(raw))
    report = doctor.examine(*place, key=key)
    found = [each for each in report.findings if each.code == "own-file"]
    assert len(found) == 1 and "damaged" in found[0].what
    repairing.mend(*place, found[0], key)
    after = export_json(unlock(lived), private=True).text
    assert after.count('"id"') >= before.count('"id"')
    assert list(month.parent.glob("*.damaged-*")) and holding(lived.root, CANARY) == []


def test_taking_the_encryption_back_opens_the_backups_too(lived: Bench) -> None:
    encryption.decrypt(unlock(lived))
    workspace = lived.open()
    shelf = backups.lines(backups.folder_of(workspace.state))
    assert all(marker_of(each.path) == read_marker(lived.data) for each in shelf)
    assert not [path for path in workspace.state.rglob("*.age") if not path.name.startswith("identity-before")]
    assert doctor.examine(workspace.data, workspace.state, lived.clock).healthy
    shutil.rmtree(lived.data)
    shown = restore.preview(workspace.data, workspace.state, lived.clock, shelf[0].path)
    restore.restore(workspace.data, workspace.state, lived.clock, shown)
    assert lived.open().ledger.get(CID) is not None


def test_a_folder_that_cannot_be_looked_into_keeps_the_lock_on(lived: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_log.log_time(unlock(lived, "two"), 30)
    (other,) = (
        path.parent for path in lived.data.glob("devices/*/2*") if path.parent.name != unlock(lived).store.device
    )
    workspace, look = unlock(lived), Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path == other:
            raise PermissionError(13, "Permission denied")
        return iter(look(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", refuse)
        with pytest.raises(Unsaved, match="Permission denied"):
            encryption.decrypt(workspace)
    assert encryption.is_encrypted(lived.data) and unlock(lived).warnings == ()


def test_everything_of_an_encrypted_store_can_be_deleted(lived: Bench) -> None:
    workspace = unlock(lived)
    encryption.rotate(workspace, encryption.prepare(PASSPHRASE, workspace.key))
    erased = erase.delete_everything(erase.plan(lived.data, workspace.state))
    assert erased.foreign == () and not workspace.state.exists()
    assert not [path for path in lived.data.rglob("*") if path.is_file()]


class Pair:
    """Two devices, each with its own data folder, and a plain folder between them."""

    def __init__(self, root: Path, bench: Bench) -> None:
        self.root, self.clock = root, bench.clock
        (root / "stick").mkdir()

    def open(self, name: str, passphrase: str = "") -> Workspace:
        """Return a device's store."""
        data = self.root / name
        key = encryption.unlock(data, passphrase) if passphrase else None
        return Workspace.at(data, self.root / f"{name}-state", self.clock, key=key)

    def meet(self, name: str, passphrase: str = "", join: bool = False) -> sync.Synced:
        """Let a device exchange."""
        workspace = self.open(name, passphrase)
        sync.choose(workspace, str(self.root / "stick"))
        return sync.exchange(workspace, join=join)


@pytest.fixture
def pair(tmp_path: Path, bench: Bench) -> Pair:
    """Return two devices that have exchanged in the clear."""
    (tmp_path / "pair").mkdir()
    found = Pair(tmp_path / "pair", bench)
    one = found.open("one")
    lifecycle.add(one, CID)
    log_entry.done(one, get(one, CID), note=f"{CANARY} of one")
    found.meet("one")
    found.meet("two", join=True)
    two = found.open("two")
    skips.skip(two, get(two, CID), (two.today,), "ill")
    found.meet("two")
    found.meet("one")
    return found


def test_a_lock_travels_and_the_place_keeps_nothing_in_the_clear(pair: Pair) -> None:
    one = pair.open("one")
    encryption.encrypt(one, encryption.prepare(PASSPHRASE))
    pair.meet("one", PASSPHRASE)
    before = tree(pair.root / "two")
    with pytest.raises(Locked, match="would encrypt this one too"):
        sync.preview(pair.open("two"), join=True)
    for exchange in (sync.exchange, sync.preview):
        with pytest.raises(Refused, match=r"is encrypted and this store is not.*toward sync --join"):
            exchange(pair.open("two"))
    assert tree(pair.root / "two") == before
    with pytest.raises(Locked, match="from now on this one is too"):
        pair.meet("two", join=True)
    with pytest.raises(Locked):
        pair.open("two")
    two = pair.open("two", PASSPHRASE)
    log_entry.done(two, get(two, CID), (two.today,), note=f"{CANARY} of two")
    for name in ("two", "one", "two"):
        pair.meet(name, PASSPHRASE)
    assert holding(pair.root, CANARY) == []
    exports = {name: export_json(pair.open(name, PASSPHRASE), private=True).text for name in ("one", "two")}
    assert exports["one"] == exports["two"] and f"{CANARY} of one" in exports["one"]


def test_a_new_device_takes_part_in_an_encrypted_store(pair: Pair) -> None:
    encryption.encrypt(pair.open("one"), encryption.prepare(PASSPHRASE))
    pair.meet("one", PASSPHRASE)
    with pytest.raises(Refused, match="--join"):
        pair.meet("three")
    with pytest.raises(Locked):
        pair.meet("three", join=True)
    pair.meet("three", PASSPHRASE)
    assert f"{CANARY} of one" in export_json(pair.open("three", PASSPHRASE), private=True).text


def test_after_a_new_key_a_new_device_is_let_in_by_the_new_passphrase(pair: Pair) -> None:
    one = pair.open("one")
    encryption.encrypt(one, encryption.prepare(PASSPHRASE))
    pair.meet("one", PASSPHRASE)
    one = pair.open("one", PASSPHRASE)
    encryption.rotate(one, encryption.prepare("another passphrase", one.key))
    pair.meet("one", "another passphrase")
    with pytest.raises(Locked, match="from now on"):
        pair.meet("three", join=True)
    pair.meet("three", "another passphrase")
    assert f"{CANARY} of one" in export_json(pair.open("three", "another passphrase"), private=True).text


def test_a_lost_identity_file_is_named_before_anything_is_sent(pair: Pair) -> None:
    fresh = encryption.prepare(PASSPHRASE)
    encryption.encrypt(pair.open("one"), fresh)
    (pair.root / "one" / "identity.age").unlink()
    one = Workspace.at(pair.root / "one", pair.root / "one-state", pair.clock, key=fresh.key)
    before = read_marker(pair.root / "stick")
    with pytest.raises(Damaged, match="--recover"):
        sync.exchange(one)
    assert read_marker(pair.root / "stick") == before


def test_a_lock_that_somebody_else_put_at_the_place_is_not_taken_in(pair: Pair) -> None:
    stranger = pair.root / "stranger"
    shutil.copytree(pair.root / "stick", stranger)
    encryption.encrypt(pair.open("stranger"), encryption.prepare("words that nobody else knows"))
    for name in ("store.json", "identity.age"):
        shutil.copyfile(stranger / name, pair.root / "stick" / name)
    planted = tree(pair.root / "stick")
    for name in ("one", "two"):
        log_entry.done(pair.open(name), get(pair.open(name), CID), note=f"{CANARY} goes on")
        before = tree(pair.root / name)
        with pytest.raises(Refused, match="is encrypted and this store is not"):
            pair.meet(name)
        assert tree(pair.root / name) == before and tree(pair.root / "stick") == planted
        assert f"{CANARY} goes on" in export_json(pair.open(name), private=True).text
    (pair.root / "another").mkdir()
    sync.choose(pair.open("one"), str(pair.root / "another"))
    assert sync.exchange(pair.open("one")).went, "the way out"


def test_what_was_decrypted_is_not_locked_again_unasked(pair: Pair) -> None:
    encryption.encrypt(pair.open("one"), encryption.prepare(PASSPHRASE))
    pair.meet("one", PASSPHRASE)
    with pytest.raises(Locked):
        pair.meet("two", join=True)
    for name in ("two", "one"):
        pair.meet(name, PASSPHRASE)
    for name in ("one", "two"):
        encryption.decrypt(pair.open(name, PASSPHRASE), everyone=True)
        before = tree(pair.root / name)
        for exchange in (sync.exchange, sync.preview):
            with pytest.raises(Refused, match="is encrypted and this store is not"):
                exchange(pair.open(name))
        assert tree(pair.root / name) == before
    (pair.root / "empty").mkdir()
    for name in ("one", "two", "one"):
        sync.choose(pair.open(name), str(pair.root / "empty"))
        sync.exchange(pair.open(name))
    assert export_json(pair.open("one"), private=True).text == export_json(pair.open("two"), private=True).text
    sync.choose(pair.open("one"), str(pair.root / "stick"))
    with pytest.raises(Locked, match="from now on"):
        sync.exchange(pair.open("one"), join=True)


def test_another_key_and_another_store_are_refused_and_nothing_changes(pair: Pair) -> None:
    one = pair.open("one")
    encryption.encrypt(one, encryption.prepare(PASSPHRASE))
    pair.meet("one", PASSPHRASE)
    before = read_marker(pair.root / "stick")
    encryption.encrypt(pair.open("two"), encryption.prepare("some other words"))
    with pytest.raises(Refused, match="another key"):
        pair.meet("two", "some other words")
    other = pair.open("other")
    lifecycle.add(other, CID)
    with pytest.raises((Refused, Damaged), match="another store"):
        pair.meet("other", join=True)
    assert read_marker(pair.root / "stick") == before
