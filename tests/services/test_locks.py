"""Encrypting as a use case: the same answers from a sealed store, nobody's words outside it, and every way back in."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.crypt_kit import PASSPHRASE, holding, quick_locks, said_anew
from tests.faults.folders import no_waiting_for_the_disk
from tests.services.kit import NOVEMBER, Bench, HandClock, figures
from tests.services.test_undo import get
from tracker.domain.fields import Type
from tracker.domain.reviews import Review
from tracker.ledger.errors import BadInput, Damaged, Exit, Locked, Refused, TowardError
from tracker.ledger.workspace import Workspace
from tracker.services import settings as put_settings
from tracker.services.commitments import lifecycle
from tracker.services.commitments.find import find
from tracker.services.exchange import transfer
from tracker.services.history import purge, undo
from tracker.services.logging import guided, lapses, log_entry, notes, quick_log
from tracker.services.reviews import reviews
from tracker.services.safekeeping import encryption, keyring
from tracker.services.safekeeping.crash import record
from tracker.store.identity.refused import TAKEN_BACK

pytestmark = pytest.mark.usefixtures("quick_locks")

CANARY = "CANARY"


def lock(bench: Bench, device: str = "one") -> encryption.Fresh:
    """Encrypt a store and return what is kept on paper."""
    fresh = encryption.prepare(PASSPHRASE)
    assert encryption.encrypt(bench.open(device), fresh).changed
    return fresh


def unlock(bench: Bench, device: str = "one", typed: str = PASSPHRASE) -> Workspace:
    return bench.open(device, key=encryption.unlock(bench.data, typed))


def session(workspace: Workspace) -> None:
    """Do a bit of everything, with a word of somebody's wherever one may be."""
    lifecycle.add_all(workspace, ("s4.reachable", "s1.fear-forecast", "s4.partner-time", "s5.no-attacks"))
    log_entry.done(workspace, get(workspace, "s4.reachable"), note=CANARY)
    answers = {"feared_outcome": f"{CANARY} fear", "follow_up_at": "tomorrow"}
    guided.log(workspace, get(workspace, "s1.fear-forecast"), answers)
    quick_log.log_time(workspace, 30, tag=CANARY.lower(), note=CANARY)
    notes.note(workspace, get(workspace, "s4.partner-time"), workspace.today, f"{CANARY} note")
    lapses.lapse(workspace, get(workspace, "s5.no-attacks"), note=CANARY)
    undo.undo(workspace)
    undo.redo(workspace)
    part = reviews.progress(workspace, Review.DAY).part
    assert part is not None
    words = {field.name: CANARY for field in part.fields if field.type is Type.TEXT}
    reviews.answer(workspace, Review.DAY, part.name, words)
    removal = purge.note(workspace, get(workspace, "s4.partner-time"), workspace.today)
    purge.purge(workspace, removal)


def test_nothing_of_a_session_lies_outside_the_vault(bench: Bench) -> None:
    bench.open()
    lock(bench)
    workspace = unlock(bench)
    session(workspace)
    try:
        raise RuntimeError(CANARY)
    except RuntimeError as error:
        assert record(bench.root / "state-one", error) is not None
    unlock(bench).keep_streaks()
    assert holding(bench.root, CANARY, CANARY.lower(), "fear-forecast", "Reply to messages") == []
    state = bench.summary().parent
    assert (state / "summary.json.age").exists() and not bench.summary().exists()


def test_everything_from_before_is_sealed_too(bench: Bench) -> None:
    session(bench.open())
    bench.open().keep_streaks()
    before = transfer.export_json(bench.open(), private=True).text
    copies = bench.summary().parent / "backups" / "2026-11-20" / bench.open().store.device
    copies.mkdir(parents=True)
    (copies / "2026-11.json").write_text(f'{{"events": {{}}, "x": {{"1": {{"y": "{CANARY}"}}}}}}')
    (bench.summary().parent / ".summary.json.0123456789ab.tmp").write_text(CANARY)
    assert (
        encryption.planned(bench.open())
        .lines[0]
        .startswith("This would encrypt 1 file of this device and 2 files of its")
    )
    assert holding(bench.root, CANARY)
    lock(bench)
    assert holding(bench.root, CANARY) == []
    workspace = unlock(bench)
    assert transfer.export_json(workspace, private=True).text == before
    said = encryption.decrypt(workspace).lines
    assert said == ("No longer encrypted: 3 files.",)
    assert transfer.export_json(bench.open(), private=True).text == before
    assert CANARY in (copies / "2026-11.json").read_text()


def test_every_way_in_and_none_else(bench: Bench) -> None:
    fresh = lock(bench)
    for typed in ("", "four words", PASSPHRASE.upper()):
        with pytest.raises(Locked) as caught:
            unlock(bench, typed=typed)
        assert caught.value.exit == Exit.LOCKED and int(Exit.LOCKED) == 6
    with pytest.raises(Locked):
        unlock(bench, typed=encryption.prepare("another store").recovery)
    with pytest.raises(Locked):
        bench.open()
    assert unlock(bench, typed=fresh.recovery.lower()).encrypted
    with pytest.raises(BadInput, match="last 4"):
        encryption.typed_again(fresh, "0000")
    encryption.typed_again(fresh, f" {fresh.last.lower()} ")


def test_a_new_passphrase_is_long_enough_and_typed_twice() -> None:
    for first, second in (("long enough", "long enougf"), ("short", "short"), (" " * 9, " " * 9)):
        with pytest.raises(BadInput):
            encryption.check_passphrase(first, second)
    encryption.check_passphrase("long enough", "long enough")


def test_a_changed_passphrase_leaves_key_and_files_alone(bench: Bench) -> None:
    fresh = lock(bench)
    workspace = unlock(bench)
    quick_log.reply(workspace)
    shards = {path: path.read_bytes() for path in bench.data.glob("devices/*/2*")}
    encryption.change(workspace, encryption.rewrap(encryption.key_of(workspace), "another passphrase"))
    assert {path: path.read_bytes() for path in shards} == shards
    with pytest.raises(Locked):
        unlock(bench)
    assert unlock(bench, typed="another passphrase").ledger.get(quick_log.REPLY)
    assert unlock(bench, typed=fresh.recovery).ledger.get(quick_log.REPLY)
    with pytest.raises(Locked, match="changed elsewhere"):
        workspace.poll()


def test_a_new_key_seals_everything_anew_also_what_others_wrote(bench: Bench) -> None:
    fresh = lock(bench)
    quick_log.reply(unlock(bench, "two"))
    workspace = unlock(bench)
    quick_log.log_time(workspace, 30)
    (straggler,) = bench.data.glob(f"devices/{unlock(bench, 'two').store.device}/2*")
    kept = straggler.read_bytes()
    newer = encryption.prepare("another passphrase", encryption.key_of(workspace))
    said = encryption.rotate(workspace, newer).lines
    assert said[0].startswith("Everything is sealed with a new key: 4 files.")
    assert newer.recovery != fresh.recovery and newer.key.secrets == (newer.recovery, fresh.recovery)
    with pytest.raises(Locked):
        unlock(bench, typed=fresh.recovery)
    only_new = unlock(bench, typed=newer.recovery)
    assert only_new.warnings == () and only_new.ledger.get(quick_log.REPLY)
    straggler.write_bytes(kept)
    two = unlock(bench, "two", "another passphrase")
    assert two.warnings == () and two.ledger.get(quick_log.REPLY)
    assert straggler.read_bytes() != kept, "its own device seals it anew"


def test_a_key_that_was_replaced_meanwhile_takes_the_place_of_none(bench: Bench) -> None:
    lock(bench)
    stale = unlock(bench)
    old = encryption.key_of(stale)
    encryption.rotate(unlock(bench), encryption.prepare("another passphrase", old))
    quick_log.reply(unlock(bench, typed="another passphrase"))
    before = {path: path.read_bytes() for path in bench.data.rglob("*") if path.is_file()}
    acts: tuple[Callable[[], object], ...] = (
        lambda: encryption.change(stale, encryption.rewrap(old, "a third passphrase")),
        lambda: encryption.rotate(stale, encryption.prepare("a third passphrase", old)),
        lambda: encryption.finish(stale),
        lambda: encryption.decrypt(stale),
    )
    for act in acts:
        with pytest.raises(Locked, match="changed elsewhere"):
            act()
    assert {path: path.read_bytes() for path in bench.data.rglob("*") if path.is_file()} == before
    now = unlock(bench, typed="another passphrase")
    key = encryption.key_of(now)
    encryption.decrypt(now)
    with pytest.raises(Locked, match="changed elsewhere"):
        encryption.rotate(now, encryption.prepare("a third passphrase", key))
    assert bench.open().warnings == () and bench.open().ledger.get(quick_log.REPLY)


def test_what_a_later_version_encrypted_keeps_its_key_and_its_files(bench: Bench) -> None:
    lock(bench)
    key = encryption.key_of(unlock(bench))
    quick_log.reply(unlock(bench))
    said_anew(bench.data, key, format=3)
    workspace = unlock(bench)
    before = {path: path.read_bytes() for path in bench.root.rglob("*") if path.is_file()}
    acts: tuple[Callable[[], object], ...] = (
        lambda: encryption.change(workspace, encryption.rewrap(key, "another passphrase")),
        lambda: encryption.rotate(workspace, encryption.prepare("another passphrase", key)),
        lambda: encryption.finish(workspace),
        lambda: encryption.decrypt(workspace, everyone=True),
    )
    for act in acts:
        with pytest.raises(Damaged, match="update Toward"):
            act()
    assert {path: path.read_bytes() for path in bench.root.rglob("*") if path.is_file()} == before


def test_a_lost_identity_file_is_made_again_from_the_recovery_key(bench: Bench) -> None:
    fresh = lock(bench)
    (bench.data / "identity.age").unlink()
    with pytest.raises(TowardError, match="--recover"):
        unlock(bench)
    workspace = unlock(bench, typed=fresh.recovery)
    encryption.change(workspace, encryption.rewrap(encryption.key_of(workspace), "another passphrase"))
    assert unlock(bench, typed="another passphrase").encrypted


def test_a_store_is_encrypted_once(bench: Bench) -> None:
    plain = bench.open()
    lock(bench)
    with pytest.raises(Locked, match="meanwhile"):
        encryption.encrypt(plain, encryption.prepare(PASSPHRASE))
    assert unlock(bench).encrypted


def test_files_of_another_device_wait_for_it(bench: Bench) -> None:
    quick_log.reply(bench.open("two"))
    quick_log.log_time(bench.open(), 30)
    fresh = encryption.prepare(PASSPHRASE)
    assert encryption.OTHERS in encryption.encrypt(bench.open(), fresh).lines
    unlock(bench, "two")
    said = encryption.decrypt(unlock(bench)).lines
    assert "Files of another device are still encrypted" in said[-1]
    quick_log.log_time(unlock(bench), 10)
    assert len(list(bench.data.glob("devices/*/2*.json"))) == 1, "on its way back, nothing new is sealed"
    two = unlock(bench, "two")
    assert two.encrypted and encryption.is_encrypted(bench.data), "looking makes nothing plain"
    assert TAKEN_BACK in two.warnings and TAKEN_BACK not in unlock(bench, "two").warnings
    assert encryption.decrypt(two).changed and not encryption.is_encrypted(bench.data), (
        "the last device closes the door"
    )
    two = bench.open("two")
    quick_log.reply(two, 2)
    assert bench.open().ledger.get(quick_log.REPLY) and bench.open("two").warnings == ()
    assert not list(bench.data.glob("devices/*/*.age"))


def test_files_of_a_device_that_is_gone_are_taken_back_if_asked_for(bench: Bench) -> None:
    lock(bench)
    quick_log.reply(unlock(bench, "two"))
    quick_log.log_time(unlock(bench), 10)
    with pytest.raises(Refused, match="not encrypted"):
        encryption.decrypt(Bench(bench.root / "other", bench.clock).open())
    assert encryption.decrypt(unlock(bench), everyone=True).lines == ("No longer encrypted: 4 files.",)
    assert bench.open().ledger.get(quick_log.REPLY)


def test_lock_after_is_this_computers_own_and_only_for_encrypted_stores(bench: Bench) -> None:
    with pytest.raises(Refused):
        put_settings.put(bench.open(), "lock-after", "5")
    assert "lock-after" not in put_settings.shown(bench.open(), bench.open().today)
    lock(bench)
    workspace = unlock(bench)
    assert put_settings.lock_after(workspace) == 15
    assert put_settings.put(workspace, "lock-after", "0").lines == ("On this computer the app never locks by itself.",)
    assert put_settings.shown(workspace, workspace.today)["lock-after"] == "0 min"
    for text in ("soon", "-1", "99999", "٣"):
        with pytest.raises(BadInput):
            put_settings.put(workspace, "lock-after", text)


class FakeKeyring:
    """A keyring of the system, in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def test_the_keyring_is_asked_only_where_it_was_given_the_key(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    root, fake = bench.root / "state-one", FakeKeyring()
    fresh = lock(bench)
    monkeypatch.setattr(keyring, "_keyring", lambda: pytest.fail("asked"))
    assert keyring.recall(bench.data, root) is None
    assert not keyring.forget(bench.data, root).changed
    monkeypatch.setattr(keyring, "_keyring", lambda: fake)
    assert "Any program" in keyring.remember(bench.data, root, fresh.key).lines[1]
    assert list(fake.kept.values()) == [fresh.recovery]
    known = keyring.recall(bench.data, root)
    assert known is not None and bench.open(key=known).encrypted
    keyring.forget(bench.data, root)
    assert fake.kept == {} and keyring.recall(bench.data, root) is None


@pytest.mark.parametrize("module", [None, SimpleNamespace(get_keyring=object)], ids=["not installed", "not known"])
def test_a_machine_without_a_keyring_just_asks(bench: Bench, module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", module)
    root = bench.root / "state-one"
    fresh = lock(bench)
    with pytest.raises(Refused):
        keyring.remember(bench.data, root, fresh.key)
    (bench.summary().parent / "remembered").touch()
    assert keyring.recall(bench.data, root) is None


def key_of(bench: Bench) -> encryption.StoreKey | None:
    return encryption.unlock(bench.data, PASSPHRASE) if encryption.is_encrypted(bench.data) else None


def opened(bench: Bench) -> Workspace:
    return bench.open(key=key_of(bench))


Step = Callable[[Workspace, Random], object]
STEPS: tuple[Step, ...] = (
    lambda workspace, random: quick_log.reply(workspace, random.randrange(1, 4)),
    lambda workspace, random: quick_log.log_time(workspace, random.randrange(5, 90), note="words"),
    lambda workspace, random: quick_log.share(workspace, "joys", random.randrange(1, 4)),
    lambda workspace, random: log_entry.undone(workspace, find(workspace, "s4.reachable")),
    lambda workspace, random: notes.note(
        workspace, find(workspace, "s4.reachable"), workspace.today, f"word {random.random()}"
    ),
    lambda workspace, random: purge.purge(
        workspace, purge.note(workspace, find(workspace, "s4.reachable"), workspace.today)
    ),
    lambda workspace, random: undo.undo(workspace),
    lambda workspace, random: undo.redo(workspace),
)


@given(st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 40)), max_size=8), st.integers(0, 9))
@settings(max_examples=12)
def test_a_sealed_store_answers_as_a_plain_one(
    tmp_path_factory: pytest.TempPathFactory, plan: list[tuple[int, int]], seed: int
) -> None:
    """The same operations on the same days give the same export, whether or not the store is sealed on the way."""
    answers = []
    with no_waiting_for_the_disk(), quick_locks():
        for sealed in (False, True):
            bench = Bench(tmp_path_factory.mktemp("store"), HandClock(NOVEMBER))
            random = Random(seed)
            said = []
            lifecycle.add_all(bench.open(), ("s4.reachable", "s4.partner-time"))
            for number, (step, days) in enumerate(plan):
                if sealed and number == len(plan) // 2:
                    lock(bench)
                bench.clock.go(days=days)
                try:
                    STEPS[step](opened(bench), random)
                except TowardError as error:
                    said.append(error.message)
            events = transfer.export_json(opened(bench), private=True).text.splitlines()
            lines = sorted(re.sub("[0-9a-f]{32}", "#", line).strip(",") for line in events)
            assert figures(opened(bench)) == figures(bench.recounted(key=key_of(bench)))
            answers.append((said, lines, figures(opened(bench))))
    assert answers[0] == answers[1]
