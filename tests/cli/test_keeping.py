"""Keeping: backup, restore, doctor and delete-everything as a shell sees them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from zipfile import is_zipfile

import pytest

from tests.cli.conftest import Answer, Shell
from tests.cli.test_golden import shown
from tracker.services.environment import state_of


@pytest.fixture
def data(home: Path) -> Path:
    return home / "data" / "toward"


def state(home: Path) -> Path:
    return state_of(home / "data" / "toward", home / "state" / "toward")


def plain(home: Path, command: str, answer: Answer) -> str:
    """Return an answer with the home, ids and sizes of the run made plain."""
    out = shown(command, Answer(_words(home, answer.out), _words(home, answer.err), answer.code))
    return re.sub(r"\b[0-9a-f]{16}\b", "<state>", re.sub(r"\d+(\.\d)? (kB|bytes)", "<size>", out))


def _words(home: Path, text: str) -> str:
    # Lines are wrapped by the length of a path, which differs from run to run.
    return re.sub(r"\n +", " ", text).replace(str(home), "~")


def test_what_they_print(young: Shell, home: Path, data: Path, golden: Callable[[str, str], None]) -> None:
    told = []
    for command in (
        "backup",
        "backup --list",
        f"backup --to '{home}/stick'",
        "restore --dry-run",
        "doctor",
        "restore 9",
        "doctor --repair",
        "purge --text-older-than 12m --yes",
        "delete-everything",
    ):
        told.append(plain(home, command.replace(f"'{home}/stick'", "~/stick"), young(*shlex.split(command))))
    shard = next(data.glob("devices/*/2*.json"))
    shard.write_bytes(b"")
    for command in (
        "today",
        "doctor",
        "restore",
        "doctor --repair --yes",
        "doctor",
        "delete-everything --yes-delete-everything",
    ):
        told.append(plain(home, command, young(*command.split())))
    text = re.sub(r"damaged-[0-9a-f]{8}", "damaged-<id>", "\n".join(told))
    golden("keeping", text)


def test_a_backup_in_json(young: Shell, home: Path) -> None:
    made = json.loads(young("backup", "--json").out)
    assert made["schema"] == 1 and is_zipfile(made["path"]) and made["files"] == 3 and made["troubles"] == []
    listed = json.loads(young("backup", "--list", "--json").out)
    assert listed["backups"][0]["path"] == made["path"] and listed["backups"][0]["bytes"] == made["bytes"]
    preview = json.loads(young("restore", "1", "--dry-run", "--json").out)
    assert (preview["entries"], preview["lost"], preview["unsealed"], preview["damaged"]) == (0, False, False, [])


@pytest.mark.parametrize("how", ["swapped", "forbidden", "truncated", "NULs", "empty"])
def test_a_spoilt_file_is_one_line_on_today_and_put_right(
    young: Shell, home: Path, data: Path, tmp_path: Path, how: str
) -> None:
    before = json.loads(young("list", "--json").out)
    assert young("backup").code == 0
    shard = next(data.glob("devices/*/2*.json"))
    raw = shard.read_bytes()
    if how == "forbidden":
        shard.chmod(0)
    else:
        swapped = b'{"streaks": {"1": {"id": "a"}}}'
        spoilt = {"swapped": swapped, "truncated": raw[:-40], "NULs": bytes(len(raw)), "empty": b""}
        shard.write_bytes(spoilt[how])
    today = young("today")
    assert today.code == 0
    if how != "forbidden":
        assert today.err.count("Note: ") == 1 and "2026-11.json" in today.err
    found = json.loads(young("doctor", "--json").out)
    assert young("doctor").code == 5 and not found["healthy"]
    assert any(each["path"] == str(shard) and each["repair"] for each in found["findings"])
    mended = young("doctor", "--repair", "--yes", "--json")
    assert mended.code == 0 and json.loads(mended.out)["repaired"]
    assert json.loads(young("list", "--json").out) == before
    assert young("today").err == ""


def test_repairs_and_restores_are_asked_about(young: Shell, data: Path) -> None:
    young("backup")
    next(data.glob("devices/*/2*.json")).write_bytes(b"")
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    for argv in (("restore",), ("doctor", "--repair"), ("doctor", "--yes"), ("delete-everything",)):
        answer = young(*argv)
        assert answer.code == 2 and answer.out == ""
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


def test_a_lost_folder_comes_back(young: Shell, home: Path, data: Path) -> None:
    before = young("streaks").out
    young("backup")
    shutil.rmtree(data)
    refused = young("today")
    assert refused.code == 5 and "toward restore" in refused.err
    assert young("doctor").code == 5
    assert young("restore", "--yes").code == 0
    assert young("streaks").out == before and young("doctor").code == 0


def test_a_backup_that_fails_is_told_once_and_the_entry_is_saved(
    young: Shell, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tracker.store.backup.backups.write_backup", refuse)
        first = young("time", "5m", now="2026-11-23T23:15:00+01:00")
        second = young("time", "5m", now="2026-11-24T01:15:00+01:00")
    assert (first.code, second.code, second.err) == (0, 0, "")
    assert first.err.startswith("Note: Your entry is saved, but the backup") and "toward doctor" in first.err
    assert "No space left" in young("doctor", now="2026-11-24T01:15:00+01:00").out


def test_there_is_nothing_to_look_at_or_delete_yet(toward: Shell, home: Path) -> None:
    assert toward("doctor").code == 1
    assert toward("delete-everything", "--yes-delete-everything").code == 1
    assert "no backup yet" in toward("backup", "--list").out
    assert not (home / "data").exists() and not (home / "state").exists()


@pytest.mark.parametrize("command", [("doctor", "--repair", "--yes"), ("delete-everything", "--yes-delete-everything")])
def test_a_file_in_the_place_of_the_data_folder_is_left_as_it_is(toward: Shell, home: Path, command: str) -> None:
    thesis = home / "thesis.txt"
    thesis.write_text("all of it", "utf-8")
    thesis.chmod(0o644)
    answer = toward("--data", str(thesis), *command)
    assert answer.code == 5 and "is not a folder" in answer.err
    assert thesis.read_text("utf-8") == "all of it" and thesis.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("name", ["a" * 300, "loop", "~nobody-by-this-name/x", ""])
def test_what_can_be_no_folder_is_said_in_a_line(young: Shell, home: Path, name: str) -> None:
    (home / "loop").symlink_to(home / "loop")
    place = str(home / name) if name in ("loop", "a" * 300) else name
    for command in (("--data", place, "today"), ("--data", place, "doctor"), ("backup", "--to", place)):
        answer = young(*command)
        assert (answer.code, answer.out) == (2, "") and re.search("folder|home", answer.err)
    assert young("demo", "--keep", place).code == 2
    if name:
        assert "no folder" in young("restore", place, "--yes").err
    assert not (home / "state" / "toward" / "crash.log").exists()


def test_a_name_that_leads_on_from_a_folder_that_is_gone(
    young: Shell, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "gone").mkdir()
    monkeypatch.chdir(home / "gone")
    (home / "gone").rmdir()
    answer = young("backup", "--to", "stick")
    assert answer.code == 2 and "Write the whole path" in answer.err


def test_a_backup_that_was_made_is_made_whatever_lies_where_the_last_trouble_was_kept(
    young: Shell, home: Path, data: Path
) -> None:
    (state(home) / "backups" / ".trouble").mkdir()
    answer = young("backup")
    assert answer.code == 0 and answer.out.startswith("Backed up: 3 files")
