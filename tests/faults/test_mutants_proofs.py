"""Proofs of who wrote a file: to each rule a question that only the real store answers."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crypt_kit import PASSPHRASE, unlocked
from tests.faults import mutants_proofs as mutants
from tests.faults.asking import Question, for_each, only_the_real_one_answers
from tests.faults.folders import Desk, names, put, shard
from tests.faults.mutants import Mutant
from tests.services.kit import Bench
from tests.services.test_locks import lock, unlock
from tracker.ledger.errors import TowardError
from tracker.services.exchange import sync
from tracker.services.logging import quick_log
from tracker.services.safekeeping import backups, encryption
from tracker.store.backup.backups import read_folder
from tracker.store.backup.shelf import copy_at
from tracker.store.crypto.trust import STRICT
from tracker.store.crypto.vault import StoreKey, Vault
from tracker.store.encryption.conversion import Conversion
from tracker.store.encryption.unlocking import vault_at
from tracker.store.errors import StoreError
from tracker.store.identity.memory import read_known, remember
from tracker.store.store import Store

pytestmark = pytest.mark.usefixtures("quick_locks")

STRANGER = "f" * 32
NOVEMBER = "2026-11.json.age"


def _open(root: Path, device: str = "one") -> Store:
    return Store.open(root / "data", root / device, lambda: Desk(root).now, key=unlocked(root / "data"))


def _sealed(root: Path) -> tuple[Store, StoreKey]:
    """Return an encrypted store of two devices with a note of each, and its key."""
    put(Desk(root).open(), "one's")
    put(Desk(root).open("two"), "two's")
    key = StoreKey.fresh()
    Conversion(root / "data", root / "one", Desk(root).open().device).begin(key, key.wrap(PASSPHRASE))
    _open(root, "two")
    return _open(root), key


def _forged(store: Store, name: str = NOVEMBER, device: str = STRANGER, many: int = 1) -> bytes:
    """Return the clear bytes of a file that nobody with the key wrote, with what looks like a proof."""
    event = {"id": "forged", "key": "note|forged", "v": {"text": "forged"}, "t": 2**41, "prev": None, "dev": device}
    event |= {"at": "2026-11-23T20:00:00+01:00"}
    events = {str(n): {**event, "id": f"forged{n}", "v": {"text": "w" * 900}} for n in range(1, many)} | {"0": event}
    stamp = {"store": store.store_id, "device": device, "file": name, "format": 2, "mac": "0" * 64}
    return json.dumps({"sealed": {"1": stamp}, "events": events}, separators=(",", ":")).encode()


def _plant(root: Path, raw: bytes, name: str = NOVEMBER, device: str = STRANGER) -> None:
    path = root / "data" / "devices" / device / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(raw)


def _takes_nothing(root: Path) -> bool:
    again = _open(root)
    return names(again) == {"one's", "two's"} and len(again.damaged) > 0


def reads_no_false_proof(root: Path) -> bool:
    store, key = _sealed(root)
    _plant(root, key.encrypt(_forged(store)))
    return _takes_nothing(root)


def reads_nothing_without_a_proof(root: Path) -> bool:
    store, key = _sealed(root)
    _plant(root, key.encrypt(_forged(store).replace(b',"mac":"' + b"0" * 64 + b'"', b"")))
    return _takes_nothing(root)


def reads_a_file_only_where_it_belongs(root: Path) -> bool:
    store, _ = _sealed(root)
    put(store, "moved")
    raw = shard(store, NOVEMBER).read_bytes()
    shard(store, NOVEMBER).unlink()
    _plant(root, raw)
    _plant(root, raw, "2026-10.json.age", store.device)
    return names(_open(root)) == {"two's"}


def reads_no_plain_file(root: Path) -> bool:
    store, _ = _sealed(root)
    _plant(root, _forged(store).replace(b"sealed", b"beside"), "2026-11.json")
    return _takes_nothing(root)


def follows_no_false_store_json(root: Path) -> bool:
    store, _ = _sealed(root)
    path = root / "data" / "store.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "encryption": "ending"}))
    with suppress(StoreError):
        _open(root)
        return False
    return shard(store, NOVEMBER).exists() and not shard(store, "2026-11.json").exists()


def remembers_that_there_are_proofs(root: Path) -> bool:
    store, key = _sealed(root)
    _plant(root, key.encrypt(_forged(store).replace(b',"mac":"' + b"0" * 64 + b'"', b"")))
    path = root / "data" / "store.json"
    path.write_text(json.dumps({k: v for k, v in json.loads(path.read_bytes()).items() if k != "mac"}))
    try:
        return names(_open(root)) == {"one's", "two's"} and False
    except StoreError as error:
        return "not proven" in error.message


def reads_nothing_that_a_replaced_key_wrote(root: Path) -> bool:
    store, old = _sealed(root)
    theirs = shard(_open(root, "two"), NOVEMBER)
    before = theirs.read_bytes()
    fresh = StoreKey.fresh(old.secrets)
    Conversion(store.data, store.state, store.device).rotate(fresh, fresh.wrap(PASSPHRASE))
    if names(_open(root)) != {"one's", "two's"}:
        return False
    theirs.write_bytes(before)
    again = _open(root)
    named = [each.reason for each in again.damaged]
    return names(again) == {"one's"} and all("key that has been replaced" in each for each in named) and bool(named)


def joins_no_store_of_a_replaced_key(root: Path) -> bool:
    store, old = _sealed(root)
    marker = root / "data" / "store.json"
    before, fresh = marker.read_bytes(), StoreKey.fresh(old.secrets)
    Conversion(store.data, store.state, store.device).rotate(fresh, fresh.wrap(PASSPHRASE))
    marker.write_bytes(before)
    try:
        _open(root, "three")
    except StoreError as error:
        return "not proven" in error.message
    return False


def seals_nothing_anew_that_a_replaced_key_wrote(root: Path) -> bool:
    store, old = _sealed(root)
    fresh = StoreKey.fresh(old.secrets)
    Conversion(store.data, store.state, store.device).rotate(fresh, fresh.wrap(PASSPHRASE))
    where = root / "data" / "devices" / STRANGER / NOVEMBER
    forged = json.loads(_forged(store))["events"]
    _plant(root, Vault(store.store_id, old, STRICT).encrypt(where, {"events": forged}))
    Conversion(store.data, store.state, store.device).resume(fresh, everyone=True)
    return _takes_nothing(root)


def takes_nothing_unproven_from_a_copy(root: Path) -> bool:
    store, key = _sealed(root)
    shutil.copytree(root / "data", root / "copy")
    path = root / "copy" / "devices" / STRANGER / NOVEMBER
    path.parent.mkdir()
    path.write_bytes(key.encrypt(_forged(store)))
    path.with_name("2026-10.json").write_bytes(_forged(store))
    marker = root / "copy" / "store.json"
    marker.write_text(json.dumps({k: v for k, v in json.loads(marker.read_bytes()).items() if k != "mac"}))
    found = read_folder(root / "copy", vault_at(root / "copy", key))
    return {event["key"] for each in found.values() for event in each.events} == {"note|one's", "note|two's"}


def salvages_only_what_is_proven(root: Path) -> bool:
    store, key = _sealed(root)
    parts = _forged(store, many=200).replace(
        b'"mac":"' + b"0" * 64, b'"mac":"' + b" ".join([b"0" * 64, *[b"0" * 32] * 3])
    )
    _plant(root, key.encrypt(parts)[:-40_000])
    return _takes_nothing(root)


def reads_what_was_adopted_as_it_lay_there(root: Path) -> bool:
    put(Desk(root).open("two"), "two's")
    put(Desk(root).open(), "one's")
    key = StoreKey.fresh()
    Conversion(root / "data", root / "one", Desk(root).open().device).begin(key, key.wrap(PASSPHRASE))
    store = _open(root)
    if names(store) != {"one's", "two's"} or store.damaged:
        return False
    (theirs,) = (path for path in (root / "data").glob("devices/*/2*.json"))
    theirs.write_bytes(_forged(store, device=theirs.parent.name).replace(b"sealed", b"beside"))
    return names(_open(root)) == {"one's"}


def obeys_no_order_that_was_adopted(root: Path) -> bool:
    put(Desk(root).open("two"), "two's")
    put(Desk(root).open(), "one's")
    store = Desk(root).open()
    (theirs,) = (path for path in (root / "data").glob("devices/*/2*.json") if path.parent != store._folder)
    tables = json.loads(theirs.read_bytes())
    event = {**tables["events"]["1"], "id": "order", "key": "purge|all", "v": {"keys": {"note|one's": 2**42}}}
    tables["events"]["2"] = event
    theirs.write_text(json.dumps(tables))
    key = StoreKey.fresh()
    Conversion(root / "data", root / "one", store.device).begin(key, key.wrap(PASSPHRASE))
    again = _open(root)
    put(again, "next")
    found = _open(root)
    return not found.damaged and all(found.winners[f"note|{name}"]["v"] for name in ("one's", "two's", "next"))


def adopts_nothing_of_a_stranger(root: Path) -> bool:
    put(Desk(root).open(), "one's")
    put(Desk(root).open("two"), "two's")
    store = Desk(root).open()
    seen = frozenset(path.name for path in (root / "data" / "devices").iterdir())
    for state in (root / "one", root / "two"):
        remember(state, read_known(state)._replace(mode="plain", devices=seen))
    _plant(root, _forged(store).replace(b"sealed", b"beside"), "2026-11.json")
    key = StoreKey.fresh()
    Conversion(root / "data", root / "one", store.device).begin(key, key.wrap(PASSPHRASE))
    return all(names(_open(root, device)) == {"one's", "two's"} for device in ("one", "two"))


def adopts_nothing_later(root: Path) -> bool:
    store, _ = _sealed(root)
    _plant(root, _forged(store).replace(b"sealed", b"beside"), "2026-11.json")
    _open(root)
    return _takes_nothing(root)


def seals_nothing_that_turns_up(root: Path) -> bool:
    store, _ = _sealed(root)
    _plant(root, _forged(store).replace(b"sealed", b"beside"), "2026-12.json", store.device)
    put(_open(root), "one's")
    return _takes_nothing(root) and not shard(store, "2026-12.json.age").exists()


def believes_no_copy_of_what_it_does_not_read(root: Path) -> bool:
    bench = Bench(root)
    quick_log.reply(bench.open())
    lock(bench)
    workspace = unlock(bench)
    quick_log.reply(workspace)
    _plant(root, _forged(workspace.store).replace(b"sealed", b"beside"), "2026-11.json")
    workspace.poll()
    copy = backups.back_up_now(workspace).path
    encryption.rotate(unlock(bench), encryption.prepare(PASSPHRASE, encryption.key_of(workspace)))
    held = copy_at(copy).names
    return f"devices/{STRANGER}/2026-11.json" in held and f"devices/{STRANGER}/{NOVEMBER}" not in held


def follows_no_place(root: Path) -> bool:
    bench = Bench(root)
    (root / "place").mkdir()
    quick_log.reply(bench.open())
    lock(bench)
    workspace = unlock(bench)
    sync.choose(workspace, str(root / "place"))
    sync.exchange(workspace)
    path = root / "place" / "store.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "encryption": "ending"}))
    before = path.read_bytes()
    try:
        sync.exchange(unlock(bench))
    except TowardError as error:
        return int(error.exit) == 5 and path.read_bytes() == before
    return False


CAUGHT: list[tuple[Mutant, Question]] = [
    (mutants.no_file_proof, reads_no_false_proof),
    (mutants.proofs_are_optional, reads_nothing_without_a_proof),
    (mutants.stamp_not_bound, reads_a_file_only_where_it_belongs),
    (mutants.plain_files_are_read, reads_no_plain_file),
    (mutants.any_store_json, follows_no_false_store_json),
    (mutants.proof_may_be_taken_off, remembers_that_there_are_proofs),
    (mutants.older_keys_everywhere, reads_nothing_that_a_replaced_key_wrote),
    (mutants.older_store_json_where_new, joins_no_store_of_a_replaced_key),
    (mutants.older_keys_are_sealed_anew, seals_nothing_anew_that_a_replaced_key_wrote),
    (mutants.proof_of_a_copy_may_be_taken_off, takes_nothing_unproven_from_a_copy),
    (mutants.whatever_can_be_salvaged, salvages_only_what_is_proven),
    (mutants.adopted_by_name, reads_what_was_adopted_as_it_lay_there),
    (mutants.adopted_orders_are_given, obeys_no_order_that_was_adopted),
    (mutants.strangers_are_adopted, adopts_nothing_of_a_stranger),
    (mutants.adopted_again_and_again, adopts_nothing_later),
    (mutants.sealed_when_met, seals_nothing_that_turns_up),
    (mutants.backups_are_believed, believes_no_copy_of_what_it_does_not_read),
    (mutants.the_place_is_followed, follows_no_place),
]


@for_each(CAUGHT)
def test_the_real_store_answers_and_the_mutant_does_not(tmp_path: Path, mutant: Mutant, question: Question) -> None:
    only_the_real_one_answers(tmp_path, mutant, question)
