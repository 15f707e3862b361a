"""A store encrypted before there were proofs: it reads unchanged, goes over to them once, and loses nothing."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.faults.totals import record
from tracker.domain.clock import FixedClock
from tracker.ledger.errors import Damaged
from tracker.ledger.workspace import GONE_OVER, Workspace
from tracker.services.exchange import transfer
from tracker.services.history import drafts, purge
from tracker.services.logging import quick_log
from tracker.services.safekeeping import backups, doctor, encryption, restore
from tracker.store.backup.copies import list_backups
from tracker.store.backup.shelf import copy_at, marker_of
from tracker.store.crypto.trust import STRICT, Kind, kind_of
from tracker.store.crypto.vault import AGE, CannotOpen, StoreKey, Vault
from tracker.store.encryption import conversion
from tracker.store.encryption.unlocking import encrypted_devices, is_proven
from tracker.store.identity.identity import read_marker
from tracker.store.identity.memory import read_known
from tracker.store.identity.refused import ENCRYPTED_ELSEWHERE
from tracker.store.store import Store
from tracker.tui.frame.store_status import read_opened

pytestmark = pytest.mark.usefixtures("quick_locks")

KEPT = Path(__file__).parent / "formats" / "2-encrypted-before-proofs"
EVENING = FixedClock(datetime.fromisoformat("2026-11-25T21:00:00+01:00"))
KEY = (KEPT / "recovery-key.txt").read_text()
TWO = "16f6312858414d7ca2f8237b56b16ac1"
NEVER_UNLOCKED = "362db205fba24395841751c32de3d593"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return a copy of a store with three devices, of which one was never unlocked since it was encrypted."""
    root = tmp_path / "copy"
    shutil.copytree(KEPT, root)
    for path in (root, *root.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return root


def opened(root: Path, device: str = "") -> Workspace:
    return Workspace(root / "data", root / f"state{device}", EVENING, key=StoreKey.read(KEY))


def exports(workspace: Workspace) -> list[str]:
    return [transfer.export_json(workspace, private=private).text for private in (False, True)]


def expected(root: Path) -> list[str]:
    return [(root / f"export{private}.json").read_text("utf-8") for private in ("", "-private")]


def strangers(folder: Path, key: StoreKey) -> list[str]:
    """Return the sealed files below a folder that bear no proof."""
    strict = Vault(read_marker(KEPT / "data").store, key, STRICT)
    found = []
    for path in sorted(folder.rglob(f"*.json{AGE}")):
        try:
            strict.open(path, path.read_bytes())
        except CannotOpen:
            found.append(str(path))
    return found


def test_it_says_what_it_said_and_its_files_bear_proofs_from_then_on(kept: Path) -> None:
    workspace = opened(kept)
    assert exports(workspace) == expected(kept) and workspace.warnings == ()
    assert workspace.news == GONE_OVER and read_opened(workspace).waits.endswith(f" there. {GONE_OVER}")
    assert opened(kept).news == ""
    key, state = StoreKey.read(KEY), kept / "state"
    assert is_proven(read_marker(kept / "data"), key)
    assert read_known(state).proven and read_known(state).key == key.name
    assert strangers(kept / "data" / "devices" / workspace.store.device, key) == []
    assert strangers(state, key) == []
    assert [each.words for each in drafts.unfinished(workspace)] == [{"text": "half typed"}]
    copies = sorted((state / "backups").glob("2*"))
    assert copies and all(is_proven(marker_of(copy), key) for copy in copies)
    assert not list((state / "backups").rglob("2*.json")), "no plain file is left in a backup"
    quick_log.reply(workspace, 2)
    again = opened(kept)
    again.load_history()
    assert again.warnings == () and len(again.store.events) == len(workspace.store.events)
    assert doctor.examine(kept / "data", state, EVENING, key=key).healthy


def test_each_device_writes_its_own_files_anew_and_none_anybody_elses(kept: Path) -> None:
    one = opened(kept)
    theirs = {
        path: path.read_bytes() for path in kept.glob("data/devices/*/2*") if path.parent.name != one.store.device
    }
    assert strangers(kept / "data", StoreKey.read(KEY)), "the second device was not unlocked yet"
    assert {path: path.read_bytes() for path in theirs} == theirs
    two = opened(kept, "-two")
    assert exports(two) == expected(kept) and two.warnings == ()
    assert strangers(kept / "data", StoreKey.read(KEY)) == []
    three_ = opened(kept, "-three")
    assert exports(three_) == expected(kept) and three_.warnings == (ENCRYPTED_ELSEWHERE,)
    assert len(encrypted_devices(kept / "data")) == 3 and not list(kept.glob("data/devices/*/2*.json"))
    assert exports(opened(kept)) == expected(kept) and opened(kept).warnings == ()


def test_what_comes_after_that_has_to_bear_a_proof(kept: Path) -> None:
    other = next(path for path in kept.glob("data/devices/*/2026-10.json.age") if "16f63128" in path.parent.name)
    plain = kept / "data" / "devices" / NEVER_UNLOCKED / "2026-09.json"
    before = expected(kept)
    opened(kept)
    tables = json.loads(plain.read_bytes())
    for event in tables["events"].values():
        event["id"], event["v"] = "forged", {"text": "forged"}
    plain.write_text(json.dumps(tables))
    key = StoreKey.read(KEY)
    later = other.with_name("2026-11.json.age")
    later.write_bytes(key.encrypt(key.open(other.read_bytes()).replace(b"2026-10.json.age", b"2026-11.json.age")))
    workspace = opened(kept)
    assert {each.path for each in workspace.store.damaged} == {plain, later}
    assert "forged" not in "".join(exports(workspace))
    assert all("unlocked on" in each.reason for each in workspace.store.damaged)
    assert [json.loads(text) for text in before] != [json.loads(text) for text in exports(workspace)]
    record("corrupt files", 2)


def test_a_computer_that_never_knew_it_reads_all_of_it(kept: Path) -> None:
    shutil.rmtree(kept / "state")
    workspace = opened(kept)
    assert exports(workspace) == expected(kept) and workspace.warnings == ()


def test_where_nothing_can_be_written_it_reads_as_it_did(kept: Path) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise OSError(30, "Read-only file system")

    with patch.object(conversion, "go_over", refuse):
        assert exports(opened(kept)) == expected(kept)
    assert not read_marker(kept / "data").mac


def test_an_older_store_json_put_back_is_refused(kept: Path) -> None:
    before = (kept / "data" / "store.json").read_bytes()
    opened(kept)
    (kept / "data" / "store.json").write_bytes(before)
    with pytest.raises(Damaged, match=r"store\.json is not proven to be yours"):
        opened(kept)
    shutil.rmtree(kept / "state-two")
    with pytest.raises(Damaged, match="not proven"):
        opened(kept, "-two")
    assert (kept / "data" / "store.json").read_bytes() == before


def test_a_copy_of_before_is_restored_whole(kept: Path) -> None:
    copy = kept / "stick"
    shutil.copytree(kept / "data", copy)
    opened(kept)
    shutil.rmtree(kept / "data")
    place = (kept / "data", kept / "state", EVENING)
    key = StoreKey.read(KEY)
    shown = restore.preview(*place, copy, key)
    assert shown.lost and not shown.damaged
    restore.restore(*place, shown, key)
    assert {each["id"] for each in json.loads(exports(opened(kept))[1])["events"]} >= {
        each["id"] for each in json.loads(expected(kept)[1])["events"]
    }
    assert isinstance(opened(kept).store, Store) and opened(kept).warnings == ()


def _backed_up_with_an_older_version_elsewhere(kept: Path, words: str) -> tuple[Workspace, Path]:
    """Return this device, and its newest backup, made while another one still ran a version without proofs."""
    workspace = opened(kept)
    path = kept / "data/devices" / TWO / "2026-10.json.age"
    key, before = StoreKey.read(KEY), path.read_bytes()
    path.write_bytes(key.encrypt(key.open(before).replace(b"from October, by two", words.encode())))
    backups.back_up_now(opened(kept))
    path.write_bytes(before)
    return workspace, list_backups(workspace.state / "backups")[0].path


def test_a_backup_made_while_another_device_ran_an_older_version_is_no_damaged_one(kept: Path) -> None:
    _backed_up_with_an_older_version_elsewhere(kept, "CANARY")
    opened(kept, "-two")
    assert doctor.examine(kept / "data", kept / "state", EVENING, key=StoreKey.read(KEY)).healthy


def test_a_purge_empties_copies_in_backups_that_nobody_proves_and_proves_none(kept: Path) -> None:
    _, made = _backed_up_with_an_older_version_elsewhere(kept, "CANARY")
    two = opened(kept, "-two")
    two.load_history()
    commitment = two.ledger.real("s4.partner-time")
    assert commitment is not None
    purge.purge(two, purge.note(two, commitment, date(2026, 10, 6)))
    one = opened(kept)
    with one.transaction():
        pass
    key = StoreKey.read(KEY)
    copy = copy_at(made)
    name = f"devices/{TWO}/2026-10.json.age"
    assert b"CANARY" not in key.open(copy.read(name)) and b"CANARY" not in made.read_bytes()
    assert kind_of(key, made / name, copy.read(name)) is Kind.BEFORE


def test_a_plain_file_of_a_device_that_takes_the_encryption_back_names_the_way_to_read_it(kept: Path) -> None:
    opened(kept)
    two = opened(kept, "-two")
    encryption.decrypt(two)
    (said,) = {each.reason for each in opened(kept).store.damaged if TWO in str(each.path)}
    assert said.endswith("If that was you, run this here too: toward decrypt")
