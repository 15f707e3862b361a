"""Carrying: out and in again, the demo, the folders, the clock."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Shell, spawn


def test_out_and_in_again_gives_the_same_bytes(young: Shell, tmp_path: Path) -> None:
    kept = spawn("export", "--json", "--private")
    (tmp_path / "a.json").write_bytes(kept.stdout)
    new = str(tmp_path / "new")
    for _ in range(2):
        assert spawn("--data", new, "import", str(tmp_path / "a.json")).returncode == 0
    assert spawn("--data", new, "export", "--json", "--private").stdout == kept.stdout
    assert young("today").out == young("--data", new, "today").out
    assert young("streaks", "--json").out == young("--data", new, "streaks", "--json").out


def test_an_import_can_be_undone_and_comes_from_standard_input(young: Shell, tmp_path: Path) -> None:
    text = young("export", "--private").out
    new = str(tmp_path / "new")
    assert spawn("--data", new, "import", "-", stdin=text.encode()).returncode == 0
    assert json.loads(young("--data", new, "list", "--json").out)["commitments"]
    assert young("--data", new, "undo").code == 0
    assert not json.loads(young("--data", new, "list", "--json").out)["commitments"]


def test_private_words_leave_only_when_asked(young: Shell) -> None:
    asked, unasked = young("export", "--private"), young("export")
    assert "CANARY" in asked.out and asked.err == ""
    assert "CANARY" not in unasked.out
    assert unasked.err == "1 entry has private words, which were left out. With them: --private\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, 1), (b"", 2), (b"{}", 2), (b"\xff\xfe", 2), (b"[1]", 2), (b'{"format": "toward-events", "schema": 9}', 2)],
)
def test_what_is_no_export_changes_nothing(content: bytes | None, code: int, young: Shell, tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    if content is not None:
        path.write_bytes(content)
    before = young("export", "--private").out
    answer = young("import", str(path))
    assert answer.code == code and answer.err.count("\n") == 1 and answer.out == ""
    assert young("export", "--private").out == before


def test_the_demo_without_a_terminal_prints_and_leaves_nothing(toward: Shell, home: Path, tmp_path: Path) -> None:
    answer = toward("demo")
    assert answer.code == 0 and "Streaks" in answer.out and "██" in answer.out
    assert not (home / "data").exists()
    assert not (home / "state").exists()


def test_the_demo_is_kept_only_where_nothing_is(toward: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert toward("demo", "--keep", str(folder)).code == 0
    assert "Reply" in toward("--data", str(folder), "today").out
    assert toward("demo", "--keep", str(folder)).code == 1
    assert toward("demo", "--keep", str(folder), "--print").code == 2


def test_where_things_lie(toward: Shell, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(toward("paths", "--json").out)["data"] == str(home / "data" / "toward")
    monkeypatch.setenv("TOWARD_DATA", "~/mine")
    assert json.loads(toward("paths", "--json").out)["data"] == str(home / "mine")
    for argv in (
        ("--data", str(tmp_path / "x"), "paths", "--json"),
        ("paths", "--data", str(tmp_path / "x"), "--json"),
    ):
        assert json.loads(toward(*argv).out)["data"] == str(tmp_path / "x")
    assert toward("--data", "~nobody-of-that-name/x", "paths").code == 2
    assert not (home / "data").exists()


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-23T20:15:00+01:00", "2026-11-23"),
        ("2026-11-23T01:30:00+01:00", "2026-11-22"),
        ("2026-11-23T20:15", "2026-11-23"),
        ("2026-11-23", "2026-11-23"),
    ],
)
def test_the_clock_can_be_set(now: str, day: str, toward: Shell) -> None:
    assert json.loads(toward("today", "--json", now=now).out)["day"] == day


@pytest.mark.parametrize("now", ["soon", "2026-13-40", "0001-01-01T00:00", "25:00"])
def test_a_time_that_is_none_is_a_usage_error(now: str, toward: Shell) -> None:
    answer = toward("today", now=now)
    assert answer.code in (0, 2)
    if now != "0001-01-01T00:00":
        assert answer.code == 2 and answer.err.startswith("toward: TOWARD_NOW is '") and answer.err.count("\n") == 1


def data_of(shell: Shell) -> Path:
    return Path(json.loads(shell("paths", "--json").out)["data"])


def test_numbers_come_from_standard_input_and_stand_on_the_safety_page(toward: Shell) -> None:
    assert "toward safety --numbers" in toward("safety").out
    assert not data_of(toward).exists(), "reading the page leaves no trace"
    assert toward("safety", "--numbers", stdin=" \n").code == 1
    assert toward("safety", "--numbers", stdin="a friend: 0800 000\n").out == "Your numbers are kept.\n"
    shown = toward("safety").out
    assert shown.rstrip().endswith("Numbers I want to have at hand\na friend: 0800 000") and "crisis line" in shown
    assert json.loads(toward("safety", "--json").out)["numbers"] == "a friend: 0800 000"
    assert not any("0800" in toward(*argv).out + toward(*argv).err for argv in (["history"], ["export"], ["today"]))
    assert toward("purge", "--numbers", "reply").code == 2
    assert toward("purge", "--numbers", "--yes").code == 0
    assert "0800" not in toward("safety").out


def test_the_safety_page_needs_no_store(young: Shell) -> None:
    (data_of(young) / "store.json").unlink()
    answer = young("safety")
    assert answer.code == 0 and "crisis line" in answer.out and "cannot be read just now" in answer.err
    assert json.loads(young("safety", "--json").out)["numbers"] is None


LOOKS = ("today", "streaks", "list", "history", "export", "set", "plan", "answer", "add --list", "review week")
CHANGES = ("reply", "time 5", "add my-why", "undo", "set week-start sun", "plan 'sat 19:00 60m'")


def test_a_folder_named_by_mistake_is_looked_at_and_left(toward: Shell, tmp_path: Path) -> None:
    new, other = tmp_path / "new", tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("all of it", "utf-8")
    for command in LOOKS:
        assert toward("--data", str(new), *shlex.split(command)).code == 0, command
        looked = toward("--data", str(other), *shlex.split(command))
        assert looked.code == 0 and (command == "add --list" or "Is it the folder you mean?" in looked.err)
    for command in CHANGES:
        changed = toward("--data", str(other), *shlex.split(command))
        assert changed.code == 1 and changed.out == "" and changed.err.count("\n") == 1, (command, changed)
        assert str(other / "toward") in changed.err
    assert not new.exists() and [path.name for path in other.iterdir()] == ["thesis.txt"]
    assert toward("--data", str(other / "toward"), "reply").code == 0
