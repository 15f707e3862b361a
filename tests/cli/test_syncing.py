"""The command `sync`: what it says, what it answers in JSON, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Shell
from tests.cli.test_json import hold


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Return an empty folder to exchange by way of."""
    path = tmp_path / "stick"
    path.mkdir()
    return path


def test_a_device_takes_part_and_sees_the_same(young: Shell, stick: Path, tmp_path: Path) -> None:
    assert young("sync").err == (
        "toward: No place to exchange with is set. Name a git repository or a folder: toward sync --set REMOTE\n"
    )
    assert young("sync", "--set", str(stick)).out == f"This device exchanges by way of the folder {stick}.\n"
    would = young("sync", "--dry-run")
    assert would.out.splitlines()[0] == "Would go out" and os.uname().nodename in would.out and not any(stick.iterdir())
    assert "came in, " in young("sync").out and young("sync").out == "Nothing new on either side.\n"
    other = ("--data", str(tmp_path / "other"))
    young(*other, "sync", "--set", str(stick))
    refused = young(*other, "sync")
    assert refused.code == 1 and refused.err.endswith("To take part in it with this device: toward sync --join\n")
    assert young(*other, "sync", "--dry-run", "--join").out.splitlines()[0] == "Would come in"
    assert young(*other, "sync", "--join").code == 0
    assert young(*other, "export", "--private").out == young("export", "--private").out
    assert young(*other, "streaks").out == young("streaks").out
    assert young("sync", "--forget").code == 0 and young("sync").code == 1


def test_answers_are_as_documented(young: Shell, stick: Path) -> None:
    for command, name in (
        (("sync", "--set", str(stick)), "change"),
        (("sync", "--dry-run"), "sync"),
        (("sync",), "sync"),
        (("sync",), "sync"),
        (("sync", "--forget"), "change"),
        (("sync", "--forget"), "change"),
    ):
        answer = young(*command, "--json")
        assert answer.code == 0, answer
        hold(json.loads(answer.out), name, " ".join(command))
        assert "CANARY" not in answer.out


def test_two_notes_of_a_day_are_as_documented(young: Shell, stick: Path, tmp_path: Path) -> None:
    other = ("--data", str(tmp_path / "other"))
    for where, join in (((), ()), (other, ("--join",))):
        young(*where, "sync", "--set", str(stick))
        assert young(*where, "sync", *join).code == 0
    young("done", "reply", "--note", stdin="from here")
    young(*other, "done", "reply", "--note", stdin="from there", now="2026-11-23T21:00:00+01:00")
    young(*other, "edit", "reply", "--title", "There")
    young("edit", "reply", "--title", "Here")
    for where in ((), other, ()):
        assert young(*where, "sync").code == 0
    answer = young("show", "reply", "--notes", "--json")
    found = json.loads(answer.out)
    hold(found, "show", "show")
    texts = [[each["text"] for each in note.get("versions", ())] for note in found["notes"]]
    assert texts[-1] == ["from there", "from here"] and len(found["unsettled"]) == 1
    told = young("show", "reply", "--notes").out
    assert "  2026-11-23 (2 versions)\n" in told and "(this device), 2026-11-23 20:15:\n      from here\n" in told
    unasked = young("show", "reply").out
    assert "2026-11-23 (2 versions)" in unasked and "from here" not in unasked and "from there" not in unasked
    past = young("history")
    assert "from here" not in young("today").out + past.out
    (name,) = {row["name"] for row in json.loads(young("history", "--json").out)["operations"] if not row["own"]}
    assert name and f"  (another device: {name})\n" in past.out


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ("sync --set /nowhere/x", 2),
        ("sync --set ext::sh", 2),
        ("sync --set=-x", 2),
        ("sync --forget --join", 2),
        ("sync --forget --dry-run", 2),
    ],
)
def test_what_cannot_be_is_one_line(argv: str, code: int, young: Shell) -> None:
    answer = young(*argv.split())
    assert answer.code == code and answer.out == "" and answer.err.count("\n") == 1


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_script_that_anyone_can_run(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHON": sys.executable, "TMPDIR": str(tmp_path)}
    script = ROOT / "tests" / "faults" / "two_devices.sh"
    done = subprocess.run(["sh", str(script)], env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "what was purged is on neither" in done.stdout and not list(tmp_path.glob("toward-two-devices.*"))
