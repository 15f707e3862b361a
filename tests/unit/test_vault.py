"""What a sealed file is worth: opened by whoever has the key, with any age, and never taken for another file."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crypt_kit import PASSPHRASE, holding, quick_locks, said_anew, unlocked
from tests.faults.folders import NOON, Desk, names, put, shard
from tracker.store.crypto import vault
from tracker.store.crypto.trust import STRICT
from tracker.store.crypto.vault import AGE, IDENTITY, StoreKey, Vault
from tracker.store.encryption.conversion import Conversion
from tracker.store.encryption.identity_file import unlock
from tracker.store.encryption.recovery import repair_marker
from tracker.store.encryption.unlocking import is_proven
from tracker.store.errors import StoreDamaged, StoreFromTheFuture, StoreLocked
from tracker.store.identity.identity import read_marker
from tracker.store.log.housekeeping import SummaryFile
from tracker.store.log.shards import read_shard
from tracker.store.store import Store

CANARY = "canary"
NOVEMBER = "2026-11.json.age"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with quick_locks():
        yield Desk(tmp_path)


def reopen(desk: Desk, device: str = "one", *, since: str | None = None) -> Store:
    return Store.open(
        desk.root / "data", desk.root / device, lambda: desk.now, since=since, key=unlocked(desk.root / "data")
    )


def sealed(desk: Desk, *months: int) -> Store:
    """Return an encrypted store with a note in each of some months."""
    for month in months or (11,):
        desk.now = NOON.replace(month=month)
        put(desk.open(), f"{CANARY}-{month}")
    store = desk.open()
    begin(store)
    return reopen(desk)


def begin(store: Store, *, everyone: bool = False) -> StoreKey:
    key = StoreKey.fresh()
    Conversion(store.data, store.state, store.device).begin(key, key.wrap(PASSPHRASE), everyone=everyone)
    return key


def test_a_store_goes_there_and_back(desk: Desk) -> None:
    store = sealed(desk, 10, 11)
    assert sorted(path.name for path in store._folder.glob("2*")) == ["2026-10.json.age", NOVEMBER]
    assert holding(desk.root, CANARY) == [] and store.damaged == ()
    put(store, "more")
    again = reopen(desk)
    assert names(again) == {f"{CANARY}-10", f"{CANARY}-11", "more"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in store._folder.glob("2*"))
    assert again.vault.key is not None
    _, waiting = Conversion(store.data, store.state, store.device).end(again.vault.key)
    assert waiting == [] and names(desk.open()) == names(again)
    said = json.loads((store.data / "store.json").read_text())
    assert said.pop("mac") and said == {"format": 1, "store": store.store_id}
    marker = read_marker(store.data)
    assert is_proven(marker, again.vault.key) and not is_proven(marker, StoreKey.fresh())
    assert not list(store._folder.glob(f"*{AGE}"))


def test_nothing_opens_it_but_its_key(desk: Desk) -> None:
    store = sealed(desk)
    for key in (None, StoreKey.fresh()):
        with pytest.raises(StoreLocked):
            Store.open(store.data, store.state, lambda: desk.now, key=key)
    with pytest.raises(StoreLocked, match="does not open it"):
        unlock(store.data, "a wrong one")
    assert names(Store.open(store.data, store.state, lambda: desk.now, key=store.vault.key))
    assert repr(store.vault.key) == "Key(…)"


def test_neither_the_key_nor_its_public_half_lies_anywhere(desk: Desk) -> None:
    store = sealed(desk)
    key = store.vault.key
    assert key is not None and holding(desk.root, key.recovery, "age1") == []


def test_a_recovery_key_is_read_as_people_write(desk: Desk) -> None:
    key = StoreKey.fresh()
    assert StoreKey.read(f" {key.recovery[:20].lower()} {key.recovery[20:]} ").secrets == key.secrets
    for text in ("", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1" + "Q" * 58):
        with pytest.raises(StoreLocked, match="recovery key begins with"):
            StoreKey.read(text)


def damage_of(desk: Desk) -> dict[str, str]:
    return {damage.path.name: damage.reason for damage in reopen(desk).damaged}


def test_a_file_in_the_place_of_another_is_named_and_not_taken(desk: Desk, tmp_path: Path) -> None:
    store = sealed(desk, 10, 11)
    raw = shard(store, NOVEMBER).read_bytes()
    shard(store, "2026-10.json.age").write_bytes(raw)
    other = store.data / "devices" / ("f" * 32)
    other.mkdir()
    (other / NOVEMBER).write_bytes(raw)
    assert damage_of(desk) == {
        "2026-10.json.age": "is another file under this name",
        NOVEMBER: "was written in the folder of another device",
    }
    assert names(reopen(desk)) == {f"{CANARY}-11"}
    foreign = Vault("another store", store.vault.key, STRICT)
    path = shard(store, "2026-10.json.age")
    path.write_bytes(foreign.encrypt(path, {"events": {}}))
    assert read_shard(path, store.vault).trouble == "belongs to another store"
    assert store.vault.key is not None
    path.write_bytes(store.vault.key.encrypt(b'{"events":{}}'))
    trouble = read_shard(path, store.vault).trouble
    assert trouble is not None and trouble.startswith("is not proven to be yours, so it is not read")
    path.write_bytes(StoreKey.fresh().encrypt(b'{"events":{}}'))
    assert read_shard(path, store.vault).trouble == "was sealed with another key"
    before = {each: each.read_bytes() for each in store._folder.glob("2*")}
    put(reopen(desk), "next")
    assert path.read_bytes() == before[path]


@pytest.mark.parametrize(
    "copy",
    [
        "2026-11.sync-conflict-20261123-120000-ABCDEFG.json.age",
        "2026-11.json.sync-conflict-20261123-120000-ABCDEFG.age",
        "2026-11.json (a copy in conflict).age",
    ],
)
def test_a_copy_in_conflict_is_read_as_well_and_converted_back(desk: Desk, copy: str) -> None:
    store = sealed(desk)
    before = shard(store, NOVEMBER).read_bytes()
    put(store, "later")
    now = shard(store, NOVEMBER)
    now.rename(now.with_name(copy))
    now.write_bytes(before)
    store = reopen(desk)
    assert store.damaged == () and names(store) == {f"{CANARY}-11", "later"}
    assert store.vault.key is not None
    Conversion(store.data, store.state, store.device).end(store.vault.key)
    assert names(desk.open()) == {f"{CANARY}-11", "later"} and desk.open().damaged == ()


def test_cut_and_flipped_files_are_named_and_the_rest_is_there(desk: Desk) -> None:
    store = sealed(desk, 9, 10, 11)
    raw = shard(store, NOVEMBER).read_bytes()
    where = shard(store, "2026-10.json.age")
    for bad in (b"", raw[:-1], raw[: len(raw) // 2], raw[:10], bytes([*raw[:-9], raw[-9] ^ 1, *raw[-8:]]), b"{}"):
        where.write_bytes(bad)
        store = reopen(desk)
        assert [damage.path for damage in store.damaged] == [where]
        assert names(store) >= {f"{CANARY}-9", f"{CANARY}-11"}
        assert where.read_bytes() == bad
    desk.now = NOON.replace(month=10)
    put(reopen(desk), "goes-on")
    assert shard(store, "2026-10.r1.json.age").exists() and where.read_bytes() == b"{}"


@pytest.mark.parametrize("behind", [b"}}}", bytes(300), b"\n"], ids=["braces", "zeros", "a line"])
def test_a_sealed_file_with_something_behind_its_end_gives_back_all(desk: Desk, behind: bytes) -> None:
    store = sealed(desk, 11)
    path = shard(store, NOVEMBER)
    whole = names(reopen(desk))
    path.write_bytes(path.read_bytes() + behind)
    again = reopen(desk)
    assert names(again) == whole and [each.path for each in again.damaged] == [path]


def test_a_sealed_file_that_is_cut_off_gives_back_what_its_sound_pieces_hold(desk: Desk) -> None:
    store = sealed(desk, 11)
    put(store, *(f"{number} {'w' * 900}" for number in range(150)))
    path = shard(store, NOVEMBER)
    whole = names(reopen(desk))
    path.write_bytes(path.read_bytes()[:-5])
    again = reopen(desk)
    assert 60 < len(names(again) & whole) < len(whole)
    left = read_shard(path, store.vault).left
    assert left is not None and left.open_ended and not left.is_whole


def test_a_damaged_plain_file_is_sealed_as_it_is_and_comes_back_letter_by_letter(desk: Desk) -> None:
    put(desk.open(), f"{CANARY}-11")
    store = desk.open()
    torn, odd = shard(store, "2026-09.json"), shard(store, "2026-10.json")
    torn.write_bytes(b'{"events": {"1": {"id": "canary')
    good = next(iter(json.loads(shard(store).read_bytes())["events"].values()))
    odd.write_bytes(json.dumps({"events": {"1": {"id": CANARY}, "2": {**good, "id": "kept"}}}).encode())
    before = (torn.read_bytes(), odd.read_bytes())
    begin(store)
    store = reopen(desk)
    assert holding(desk.root, CANARY) == [] and "kept" in store.events
    assert {damage.path.name for damage in store.damaged} == {"2026-09.json.age", "2026-10.json.age"}
    assert store.vault.key is not None
    Conversion(store.data, store.state, store.device).end(store.vault.key)
    assert (torn.read_bytes(), odd.read_bytes()) == before


def test_a_newer_format_can_still_be_looked_at(desk: Desk) -> None:
    store = sealed(desk)
    assert json.loads((store.data / "store.json").read_text())["format"] == 2 and store.vault.key is not None
    said_anew(store.data, store.vault.key, format=3)
    newer = reopen(desk)
    assert newer.read_only is not None and names(newer) == {f"{CANARY}-11"}
    with pytest.raises(StoreFromTheFuture):
        put(newer, "x")


def test_an_open_store_notices_that_it_was_encrypted_elsewhere(desk: Desk) -> None:
    put(desk.open(), "a")
    watching = desk.open()
    begin(desk.open())
    with pytest.raises(StoreLocked, match="has been encrypted"):
        watching.refresh()
    with pytest.raises(StoreLocked, match="has been encrypted"):
        put(watching, "b")
    store = reopen(desk)
    assert store.vault.key is not None
    Conversion(store.data, store.state, store.device).rewrap(store.vault.key, store.vault.key.wrap("another one"))
    with pytest.raises(StoreLocked, match="changed elsewhere"):
        store.refresh()


def test_nobody_seals_again_what_is_on_its_way_back(desk: Desk) -> None:
    put(desk.open("two"), "of-two")
    watching = sealed(desk)
    reopen(desk, "two")
    assert watching.vault.key is not None
    _, waiting = Conversion(watching.data, watching.state, watching.device).end(watching.vault.key)
    assert len(waiting) == 1
    with pytest.raises(StoreLocked, match="changed elsewhere"):
        put(watching, "x")
    again = reopen(desk)
    put(again, "y")
    assert not list(again._folder.glob(f"2*{AGE}")) and names(again) == {f"{CANARY}-11", "of-two", "y"}


def test_a_lost_marker_is_put_back_and_not_made_anew(desk: Desk) -> None:
    store = sealed(desk)
    kept = (store.data / "store.json").read_bytes()
    (store.data / "store.json").unlink()
    for attempt in (lambda: repair_marker(store.data), desk.open):
        with pytest.raises(StoreDamaged):
            attempt()
    (store.data / "store.json").write_bytes(kept)
    assert names(reopen(desk)) == {f"{CANARY}-11"}


def test_a_link_and_a_key_of_before_are_left_alone(desk: Desk) -> None:
    put(desk.open(), "a")
    store = desk.open()
    link = store._folder / "2026-10.json"
    link.symlink_to(shard(store, "2026-11.json"))
    (store.data / IDENTITY).write_bytes(b"of another time")
    key = StoreKey.fresh()
    done = Conversion(store.data, store.state, store.device).begin(key, key.wrap(PASSPHRASE))
    assert done.done == 1 and done.left == [(link, "cannot be read (is a symbolic link)")] and link.is_symlink()
    assert [path.read_bytes() for path in store.data.glob("identity-before-*.age")] == [b"of another time"]
    assert names(reopen(desk)) == {"a"}


def test_a_device_that_was_away_encrypts_its_own_files_when_it_is_next_unlocked(desk: Desk) -> None:
    two = desk.open("two")
    put(two, f"{CANARY}-of-two")
    SummaryFile(two.state / "summary.json").write({"streaks": [{"title": CANARY}]})
    put(desk.open(), f"{CANARY}-of-one")
    begin(desk.open())
    assert holding(desk.root, CANARY) == [str(shard(two, "2026-11.json")), str(two.state / "summary.json")]
    assert names(reopen(desk)) == {f"{CANARY}-of-one", f"{CANARY}-of-two"}
    assert shard(two, "2026-11.json").exists(), "one writer for each file"
    assert len(names(reopen(desk, "two"))) == 2
    assert holding(desk.root, CANARY) == []


def test_files_of_a_device_that_is_gone_are_encrypted_if_asked_for(desk: Desk) -> None:
    put(desk.open("two"), f"{CANARY}-of-two")
    begin(desk.open(), everyone=True)
    assert holding(desk.root, CANARY) == [] and names(reopen(desk)) == {f"{CANARY}-of-two"}


def test_a_plain_file_that_turns_up_in_a_sealed_store_is_named_and_never_read(desk: Desk) -> None:
    put(desk.open(), "old")
    plain = shard(desk.open(), "2026-11.json").read_bytes()
    store = sealed(desk)
    put(store, "new")
    event = {**next(iter(json.loads(plain)["events"].values())), "id": "away", "key": "note|away"}
    theirs = store.data / "devices" / ("f" * 32) / "2026-11.json"
    theirs.parent.mkdir()
    theirs.with_name("device.json").write_text('{"name": "desk\\u001b[31m"}')
    for path in (shard(store, "2026-11.json"), shard(store, "2026-12.json"), theirs):
        path.write_text(json.dumps({"events": {"1": event}}))
    before = {path: path.read_bytes() for path in store.data.glob("devices/*/2*")}
    again = reopen(desk)
    assert names(again) == {"old", f"{CANARY}-11", "new"}
    assert {damage.path for damage in again.damaged} == {path for path in before if path.suffix == ".json"}
    reasons = {damage.path: damage.reason.partition(". ") for damage in again.damaged}
    assert {reason[0] for reason in reasons.values()} == {"is not encrypted and this store is, so it is not read"}
    assert reasons[theirs][2] == "It is read once this version of Toward was unlocked on desk"
    assert reasons[shard(store, "2026-12.json")][2].startswith("Move it away")
    put(again, "next")
    assert {path: path.read_bytes() for path in before if path.suffix == ".json"} == {
        path: raw for path, raw in before.items() if path.suffix == ".json"
    }


def test_another_device_changing_over_is_no_loss_to_a_store_that_reads_only_new_months(desk: Desk) -> None:
    desk.now = NOON.replace(month=6)
    put(desk.open("two"), "summer")
    desk.now = NOON
    begin(desk.open())
    watching = reopen(desk, since="2026-10")
    assert not watching.complete
    reopen(desk, "two")
    watching.refresh()
    assert watching.damaged == () and not watching.complete
    watching.load_all()
    assert names(watching) == {"summer"}


def test_without_the_library_one_line_says_how_to_get_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(desk)
    monkeypatch.setitem(sys.modules, "pyrage", None)
    monkeypatch.setattr(vault, "_library", vault_library)
    with pytest.raises(StoreLocked, match="pip install pyrage"):
        unlocked(desk.root / "data")


vault_library = vault._library


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, str]:
    """Return a store under a passphrase that age itself stretched, and its recovery key; this takes seconds."""
    desk = Desk(tmp_path_factory.mktemp("by-hand"))
    put(desk.open(), CANARY)
    store = desk.open()
    return store, begin(store).recovery


def test_a_passphrase_is_stretched_by_age_itself(by_hand: tuple[Store, str]) -> None:
    store, recovery = by_hand
    head = (store.data / IDENTITY).read_bytes().splitlines()[1].split()
    assert head[:2] == [b"->", b"scrypt"] and int(head[3]) >= 15
    assert recovery.startswith("AGE-SECRET-KEY-1")


def test_stock_age_opens_a_file_with_the_recovery_key(by_hand: tuple[Store, str], tmp_path: Path) -> None:
    if shutil.which("age") is None:
        pytest.skip("there is no age on this machine")
    store, recovery = by_hand
    key = tmp_path / "key"
    key.write_text(f"{recovery}\n")
    done = subprocess.run(["age", "-d", "-i", key, shard(store, NOVEMBER)], capture_output=True, check=True, timeout=60)
    (event,) = json.loads(done.stdout)["events"].values()
    assert event["v"] == {"text": CANARY}


def test_a_few_lines_of_python_open_a_file_in_another_process(by_hand: tuple[Store, str]) -> None:
    store, recovery = by_hand
    code = (
        "import json, sys, pyrage\n"
        "identity = pyrage.x25519.Identity.from_str(sys.stdin.readline().strip())\n"
        "print(json.loads(pyrage.decrypt(open(sys.argv[1], 'rb').read(), [identity]))['events']['1']['v']['text'])\n"
    )
    argv = [sys.executable, "-c", code, str(shard(store, NOVEMBER))]
    done = subprocess.run(argv, input=recovery, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == f"{CANARY}\n"


def test_a_process_with_a_key_is_not_to_be_looked_into() -> None:
    code = (
        "import ctypes, resource\n"
        "from tracker.store.crypto.vault import keep_to_this_process\n"
        "keep_to_this_process()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("(0, 0)")
    if sys.platform == "linux":
        assert done.stdout == "(0, 0) 0\n"
