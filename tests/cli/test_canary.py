"""Whatever command breaks, and however: nobody's words are printed or kept."""

from __future__ import annotations

import os
import stat
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shell, spawn
from tests.cli.test_process import TYPED
from tests.faults.scale import SCALE
from tests.faults.totals import record
from tracker.cli.commands import COMMANDS
from tracker.cli.session import Session

CANARY = "CANARY what I did not dare to say"


class Unprintable(Exception):
    """An error that has somebody's words in everything it could say."""

    def __str__(self) -> str:
        return CANARY

    __repr__ = __str__


def kept(folder: Path) -> list[Path]:
    """Return the files below a folder that hold the canary."""
    return [path for path in folder.rglob("*") if path.is_file() and b"CANARY" in path.read_bytes()]


ERRORS = (Unprintable, RecursionError, MemoryError, OSError, UnicodeError, AssertionError)


@pytest.mark.parametrize("error", ERRORS if SCALE > 1 else ERRORS[:2])
def test_no_command_tells_what_it_had_in_hand(
    young: Shell, home: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    crash_log = home / "state" / "toward" / "crash.log"
    for command in COMMANDS:
        where, _, name = command.run.partition(":")

        def broken(session: Session, error: type[Exception] = error) -> Any:
            words = [str(event["v"]) for event in session.workspace.store.events.values()]
            assert any(CANARY in word for word in words)
            try:
                raise ValueError(CANARY)
            except ValueError:
                raise error(*([] if error is Unprintable else [CANARY, words])) from Unprintable(*words)

        with monkeypatch.context() as patch:
            patch.setattr(import_module(f"tracker.cli.{where}"), name, broken)
            answer = young(*TYPED.get(command.name, command.name).split(), stdin=f"{CANARY}\n")
        record("canaries")
        assert answer.code == 1 and answer.out == ""
        assert "CANARY" not in answer.err and "Traceback" not in answer.err and answer.err.count("\n") == 1
        assert "CANARY" not in crash_log.read_text("utf-8") and error.__name__ in crash_log.read_text("utf-8")
        assert stat.S_IMODE(crash_log.stat().st_mode) == 0o600
        crash_log.unlink()
    assert kept(home / "state") == []


@pytest.mark.parametrize("planted", ["link", "folder", "pipe"])
def test_what_stands_in_the_place_of_the_report_is_left_alone(
    young: Shell, home: Path, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    place, target = home / "state" / "toward" / "crash.log", home / "target"
    target.write_text("somebody's")
    if planted == "link":
        place.symlink_to(target)
    elif planted == "folder":
        place.mkdir()
    else:
        os.mkfifo(place)
    record("links")

    def broken(_session: Session) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(import_module("tracker.cli.groups.views"), "today", broken)
    answer = young("today")
    assert answer.code == 1 and "no crash.log could be written" in answer.err and "CANARY" not in answer.err
    assert target.read_text() == "somebody's"


def test_an_interruption_says_nothing(young: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_session: Session) -> None:
        raise KeyboardInterrupt(CANARY)

    monkeypatch.setattr(import_module("tracker.cli.groups.views"), "today", broken)
    answer = young("today")
    assert (answer.code, answer.out, answer.err) == (130, "", "")


def test_private_words_given_to_commands_are_in_no_file_but_the_data(young: Shell, home: Path) -> None:
    """A session with private words in it leaves none of them in the state folder, and prints none of them."""
    said = [
        young(*argv, stdin="CANARY\n") for argv in (("done", "reply", "--note"), ("undo",), ("redo",), ("streaks",))
    ]
    said += [young("export"), young("history"), young("today", "--json")]
    assert not [answer for answer in said if "CANARY" in answer.out + answer.err]
    assert kept(home / "state") == [] and kept(home / "data")
    assert b"CANARY" not in spawn("export").stdout
