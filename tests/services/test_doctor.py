"""Doctor: everything that can be wrong is named, and what is put right throws nothing away."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.test_corrupt_files import CORPUS, PARTLY_READABLE, Spoil
from tests.services.kit import Bench, fold
from tests.services.test_purge import CANARY, REPLY, TIME, get
from tests.services.test_restore import shards
from tests.shelf_kit import spoil_month
from tracker.ledger import auto_backup
from tracker.ledger.errors import TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.logging import log_entry, quick_log
from tracker.services.safekeeping import backups, doctor, repairing
from tracker.services.safekeeping.findings import ACKNOWLEDGED
from tracker.store.files import ASIDE
from tracker.store.log import shards as shard_files


def look(workspace: Workspace) -> doctor.Report:
    return doctor.examine(workspace.data, workspace.state, workspace.clock)


def codes(report: doctor.Report) -> list[str]:
    return sorted({each.code for each in report.findings if each.wrong})


def repair(workspace: Workspace) -> list[str]:
    """Put right all that can be, as the shell does, and return what could not be."""
    refused = []
    for code in (each for each in repairing.ORDER if each not in ACKNOWLEDGED):
        for finding in look(workspace).findings:
            if finding.code == code:
                try:
                    assert repairing.mend(workspace.data, workspace.state, workspace.clock, finding).endswith(
                        (".", ".damaged.")
                    )
                except TowardError as error:
                    refused.append(error.message)
    return refused


def bytes_of(workspace: Workspace) -> set[bytes]:
    return {path.read_bytes() for path in workspace.data.rglob("*") if path.is_file() and not path.is_symlink()}


@pytest.fixture
def lived(bench: Bench) -> Workspace:
    """Return a store with two entries, a backup of the first, and nothing wrong."""
    workspace = bench.open()
    lifecycle.add(workspace, REPLY)
    lifecycle.add(workspace, TIME)
    log_entry.done(workspace, get(workspace), note=CANARY)
    backups.back_up_now(workspace)
    quick_log.log_time(workspace, 45)
    return workspace


def test_a_sound_store_is_healthy_and_looking_changes_nothing(bench: Bench, lived: Workspace) -> None:
    before = {path: path.read_bytes() for path in bench.root.rglob("*") if path.is_file()}
    report = look(lived)
    assert report.healthy and report.findings == () and "All is well." in report.summary
    assert {path: path.read_bytes() for path in bench.root.rglob("*") if path.is_file()} == before


def test_no_bytes_are_parsed_more_than_once_however_many_backups_hold_them(
    bench: Bench, lived: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        bench.clock.go(minutes=1)
        backups.back_up_now(lived)
    backups.back_up_to(lived, str(bench.root / "stick"))
    seen: Counter[bytes] = Counter()
    parse = shard_files.parse

    def counted(raw: bytes) -> shard_files.Contents:
        seen[raw] += 1
        return parse(raw)

    monkeypatch.setattr(shard_files, "parse", counted)
    assert look(lived).healthy
    assert shards(lived)[-1].read_bytes() in seen and max(seen.values()) == 1
    before = len(seen)
    quick_log.log_time(lived, 5)
    assert look(lived).healthy and len(seen) == before + 1, "what was written on needs no look at how it was before"


def _lose_marker(workspace: Workspace) -> None:
    (workspace.data / "store.json").unlink()


def _spoil_marker(workspace: Workspace) -> None:
    (workspace.data / "store.json").write_bytes(b"\0" * 20)


def _spoil_device(workspace: Workspace) -> None:
    (workspace.state / "device-id").write_bytes(b"")


def _loosen(workspace: Workspace) -> None:
    shards(workspace)[0].chmod(0o644)
    shards(workspace)[0].parent.chmod(0o755)


def _forbid(workspace: Workspace) -> None:
    shards(workspace)[0].chmod(0)


def _leave_temps(workspace: Workspace) -> None:
    temp = workspace.data / ".store.json.0123456789ab.tmp"
    temp.touch(mode=0o600)
    os.utime(temp, (1, 1))
    (backups.folder_of(workspace.state) / ".2026-11-23T19-00-00Z.01234567.tmp").mkdir(mode=0o700)


def _spoil_summary(workspace: Workspace) -> None:
    (workspace.state / "summary.json").write_bytes(b"{")


def _replace_summary(workspace: Workspace) -> None:
    (workspace.state / "summary.json").unlink()
    (workspace.state / "summary.json").mkdir(mode=0o700)


def _falsify_summary(workspace: Workspace) -> None:
    path = workspace.state / "summary.json"
    path.write_text(path.read_text("utf-8").replace('"streak":1', '"streak":7'), "utf-8")


def _lose_file(workspace: Workspace) -> None:
    shards(workspace)[0].unlink()


def _lose_backups(workspace: Workspace) -> None:
    shutil.rmtree(backups.folder_of(workspace.state))


def _fail_backup(workspace: Workspace) -> None:
    auto_backup._remember(workspace.state, workspace.clock.now(), "No space left on device.")


def _spoil_backup(workspace: Workspace) -> None:
    spoil_month(backups.lines(backups.folder_of(workspace.state))[0].path, "2026-11", lambda _: b"")


BREAKS: dict[str, tuple[Callable[[Workspace], None], set[str]]] = {
    "marker lost": (_lose_marker, {"marker-missing"}),
    "marker spoilt": (_spoil_marker, {"marker-damaged"}),
    "device id spoilt": (_spoil_device, {"device-id"}),
    "loose modes": (_loosen, {"mode"}),
    "a file nobody may read": (_forbid, {"mode"}),
    "temps": (_leave_temps, {"temp"}),
    "summary spoilt": (_spoil_summary, {"summary"}),
    "a folder in the place of the summary": (_replace_summary, {"summary"}),
    "summary false": (_falsify_summary, {"summary"}),
    "a file lost": (_lose_file, {"missing"}),
    "a backup that failed": (_fail_backup, {"backup-failed"}),
    "a backup spoilt": (_spoil_backup, {"backup"}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_wrong_is_named_and_put_right(bench: Bench, lived: Workspace, name: str) -> None:
    spoil, expected = BREAKS[name]
    store, kept = lived.store.store_id, set(lived.store.events)
    if name == "a file lost":
        backups.back_up_now(lived)
    spoil(lived)
    report = look(lived)
    assert not report.healthy and expected <= set(codes(report))
    for finding in report.findings:
        assert finding.means[0].isupper() and not finding.what.endswith(".")
        assert "{" not in finding.what + finding.means and CANARY not in finding.what + finding.means
    assert repair(lived) == []
    again = look(lived)
    assert again.healthy, again.findings
    workspace = bench.open()
    workspace.load_history()
    assert workspace.store.store_id == store and set(workspace.store.events) >= kept
    quick_log.log_time(workspace, 5)


@pytest.mark.parametrize("kind", ["folder", "fifo", "link"])
def test_what_is_no_file_is_told_once_and_no_repair_is_promised_that_cannot_be_done(
    lived: Workspace, kind: str
) -> None:
    backups.back_up_now(lived)
    path = shards(lived)[0]
    elsewhere = path.rename(lived.data.parent / "elsewhere.json")
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to(elsewhere)
    path.chmod(0o700 if kind == "folder" else 0o600)
    report = look(lived)
    told = [each for each in report.findings if each.path == path]
    assert [(each.code, each.will) for each in told] == [("link" if kind == "link" else "odd-file", "")]
    assert repair(lived) == [], "what a backup holds came back beside it"
    assert codes(look(lived)) == [told[0].code]


@pytest.mark.parametrize("spoil", CORPUS.values(), ids=CORPUS)
def test_the_corpus_of_spoilt_files(bench: Bench, lived: Workspace, spoil: Spoil) -> None:
    """Own file: named, set aside with every byte; no event is lost that could be read before or lies in a backup."""
    path = shards(lived)[0]
    good = path.read_bytes()
    path.write_bytes(spoil(good.replace(CANARY.encode(), b"older")))
    spoilt = path.read_bytes()
    before = set(lived.store.events)
    workspace = bench.open()
    workspace.load_history()
    readable = dict(workspace.store.events)
    report = look(lived)
    if spoilt == good.replace(CANARY.encode(), b"older"):
        pytest.skip("this spoils nothing here")
    assert "own-file" in codes(report)
    assert repair(lived) == []
    assert spoilt in bytes_of(lived), "nothing was thrown away"
    again = bench.open()
    again.load_history()
    report = look(lived)
    assert "All is well" not in report.summary
    assert before <= set(again.store.events) or not report.healthy
    assert set(again.store.events) >= set(readable)
    backup = backups.lines(backups.folder_of(lived.state))
    assert backup and set(again.store.events) >= {each["id"] for each in _held(backup[-1].path)}
    quick_log.log_time(again, 5)
    assert again.store.damaged == ()


LOSSES: dict[str, Spoil] = {
    "cut off": lambda good: good[:-60],
    "zeros in it": lambda good: good[:-200] + bytes(100) + good[-100:],
    "empty": lambda good: b"",
    "an older version": lambda good: json.dumps({"events": {"1": json.loads(good)["events"]["1"]}}).encode() + b"}",
}


@pytest.mark.parametrize("spoil", LOSSES.values(), ids=LOSSES)
def test_after_a_loss_all_is_never_well_until_a_person_says_that_they_know(lived: Workspace, spoil: Spoil) -> None:
    path = shards(lived)[0]
    path.write_bytes(spoil(path.read_bytes()))
    assert repair(lived) == []
    report = look(lived)
    assert not report.healthy and "All is well" not in report.summary
    (lost,) = [each for each in report.findings if each.wrong]
    assert lost.code in ACKNOWLEDGED and "remove" not in lost.means + lost.will
    assert repair(lived) == [] and not look(lived).healthy
    spoilt = lost.path.read_bytes()
    repairing.mend(lived.data, lived.state, lived.clock, lost)
    assert look(lived).healthy and "All is well" in look(lived).summary
    assert spoilt in bytes_of(lived)


def test_what_a_full_backup_covers_is_no_loss_and_is_told_as_set_aside(lived: Workspace) -> None:
    backups.back_up_now(lived)
    path = shards(lived)[0]
    path.write_bytes(path.read_bytes()[:-60])
    assert repair(lived) == []
    report = look(lived)
    assert report.healthy and "All is well" not in report.summary and "set aside" in report.summary.lower()


def test_braces_behind_a_month_cost_nothing_without_any_backup(bench: Bench, lived: Workspace) -> None:
    before, path = dict(lived.store.events), shards(lived)[0]
    _lose_backups(lived)
    path.write_bytes(path.read_bytes() + b"}}}")
    (found,) = [each for each in look(lived).findings if each.code == "own-file"]
    assert "all that was in it" in found.means
    assert repair(lived) == [] and look(lived).healthy
    workspace = bench.open()
    workspace.load_history()
    assert before.items() <= dict(workspace.store.events).items()


def test_spoilt_characters_cost_only_themselves_and_a_sound_copy_goes_first(bench: Bench, lived: Workspace) -> None:
    path = shards(lived)[0]
    good = path.read_bytes()
    path.write_bytes(good.replace(CANARY.encode(), CANARY.encode()[:3] + b"\xff" + CANARY.encode()[4:]))
    assert repair(lived) == [] and CANARY in str(fold(bench.open())), "the backup has it whole"
    path = next(each for each in shards(lived) if ASIDE not in each.name)
    path.write_bytes(path.read_bytes().replace(CANARY.encode(), CANARY.encode()[:3] + b"\xff" + CANARY.encode()[4:]))
    _lose_backups(lived)
    for each in path.parent.glob(f"*{ASIDE}*"):
        each.unlink()
    assert repair(lived) == []
    assert f"{CANARY[:3]}\ufffd{CANARY[4:]}" in str(fold(bench.open()))


def test_what_an_earlier_repair_left_behind_is_found_and_comes_back(bench: Bench, lived: Workspace) -> None:
    before, path = set(lived.store.events), shards(lived)[0]
    _lose_backups(lived)
    path.with_name(f"{path.name}.damaged-0a1b2c3d").write_bytes(path.read_bytes() + b"}}}")
    path.with_name(f"{path.name}.damaged-0a1b2c3d").chmod(0o600)
    path.unlink()
    assert "left-behind" in codes(look(lived))
    assert repair(lived) == []
    again = bench.open()
    again.load_history()
    assert before <= set(again.store.events) and "left-behind" not in codes(look(lived))


def _held(copy: Path) -> list[dict[str, str]]:
    from tracker.store.backup.backups import read_folder

    return [dict(event) for each in read_folder(copy).values() for event in each.events]  # type: ignore[arg-type]


@pytest.mark.parametrize("spoil", list(PARTLY_READABLE.values())[:3])
def test_another_devices_file_is_named_and_left(bench: Bench, lived: Workspace, spoil: Spoil) -> None:
    two = bench.open("two")
    quick_log.log_time(two, 5)
    path = next(each for each in shards(two) if each.parent.name == two.store.device)
    path.write_bytes(spoil(path.read_bytes()))
    spoilt = path.read_bytes()
    finding = next(each for each in look(lived).findings if each.code == "file")
    assert not finding.repairable and "another device" in finding.means
    repair(lived)
    assert path.read_bytes() == spoilt


def test_links_and_lost_folders_are_named_and_left(bench: Bench, lived: Workspace) -> None:
    (lived.data / "devices" / "planted").symlink_to(bench.root)
    assert {"folder", "link"} & set(codes(look(lived)))
    shutil.rmtree(lived.data)
    report = look(lived)
    assert "lost" in codes(report) and "toward restore" in report.findings[0].means
    assert repair(lived) == [] and not lived.data.exists()


def test_two_machines_with_one_id_and_clocks_ahead_are_told(bench: Bench, lived: Workspace) -> None:
    twin = bench.root / "twin"
    shutil.copytree(lived.data, twin / "data")
    shutil.copytree(lived.state, twin / "state")
    other = Workspace(twin / "data", twin / "state", bench.clock)
    bench.clock.go(days=9)
    quick_log.log_time(other, 10)
    bench.clock.go(days=-9)
    quick_log.log_time(lived, 20)
    copy = shards(lived)[0].with_name("2026-11.sync-conflict-20261123-120000-ABCDEFG.json")
    shutil.copy(max(shards(other)), copy)
    copy.chmod(0o600)
    found = {each.code: each for each in look(lived).findings}
    assert (
        "1 operation of this device shares its number" in found["two-writers"].what
        and not found["two-writers"].repairable
    )
    assert "future" in found and not found["future"].wrong


def test_versions_that_nobody_settled_and_an_old_backup_are_told(bench: Bench, lived: Workspace) -> None:
    two = bench.open("two")
    bench.clock.go(days=1)
    for workspace, words in ((lived, "one"), (two, "other")):
        # Neither sees what the other wrote.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(workspace.store, "refresh", lambda: False)
            log_entry.done(workspace, get(workspace), note=words)
    found = {each.code: each for each in look(lived).findings}
    assert found["concurrent"].wrong is False and found["concurrent"].what[0].isdigit()
    bench.clock.go(days=8)
    for path in backups.folder_of(lived.state).glob("2026-11-24*"):
        path.unlink()
    assert "old-backup" in codes(look(lived))
    assert repair(lived) == [] and look(lived).healthy


def test_a_purge_that_was_cut_short_is_finished(bench: Bench, lived: Workspace) -> None:
    from tests.services.test_purge import canaries
    from tracker.services.history import purge

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tracker.store.log.storage.replace", lambda *_: (_ for _ in ()).throw(OSError(5, "I/O error")))
        with pytest.raises(TowardError, match="not finished"):
            purge.purge(lived, purge.note(lived, get(lived), lived.today))
    assert canaries(bench)
    assert "purge" in codes(look(lived))
    assert repair(lived) == [] and canaries(bench) == [] and look(lived).healthy
    assert CANARY not in str(fold(bench.open()))


def test_little_room_is_told(lived: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SCARCE", 10**18)
    assert codes(look(lived)) == ["space"]


def test_it_can_be_stopped_and_says_what_it_does(lived: Workspace) -> None:
    told: list[str] = []
    doctor.examine(lived.data, lived.state, lived.clock, stop=lambda: bool(told), progress=told.append)
    assert told == ["Reading every file"]
    assert timedelta(days=7) == doctor.OLD
