"""Shaping: what is taken on, changed, paused and put away; and what is asked when somebody sits there."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Shell
from tracker.catalogue import safety_notice, safety_short
from tracker.cli.commands import COMMANDS
from tracker.cli.parser import build
from tracker.cli.session import Session


def commitments(toward: Shell, *more: str) -> dict[str, dict[str, Any]]:
    rows = json.loads(toward("list", *more, "--json").out)["commitments"]
    return {row["commitment"]: row for row in rows}


def test_one_of_your_own(toward: Shell) -> None:
    answer = toward(
        "add", "Title", "--step", "s4", "--kind", "check", "--schedule", "3 per week", "--target", "1",
        "--from", "2026-01-05", "--alias", "mine",
    )  # fmt: skip
    assert answer.code == 0, answer
    row = commitments(toward)["own.title"]
    assert (row["step"], row["kind"], row["schedule"], row["start"]) == ("s4", "check", "3 per week", "2026-01-05")
    assert toward("done", "mine").code == 0


def test_what_is_left_out_has_a_default(toward: Shell) -> None:
    for kind, schedule in (("", "daily"), ("minutes", "120 min per week"), ("event", "on event"), ("task", "once")):
        title = f"Of {kind or 'none'}"
        argv = ["add", title, "--step", "4", *(["--kind", kind] if kind else [])]
        assert toward(*argv).code == 0
        assert commitments(toward)["own." + title.lower().replace(" ", "-")]["schedule"] == schedule


def test_several_at_once_are_one_operation(toward: Shell) -> None:
    assert toward("add", "s4.reachable", "s4.partner-time", "s4.reachable").code == 0
    assert set(commitments(toward)) == {"s4.reachable", "s4.partner-time"}
    toward("undo")
    assert commitments(toward) == {}
    assert toward("add", "s4.reachable", "s4.nothing").code == 3
    assert commitments(toward) == {}


@pytest.mark.parametrize(("cid", "warned"), [("s3.volunteer", True), ("s5.repair", True), ("s4.reachable", False)])
def test_the_whole_safety_notice_stands_once_before_steps_3_and_5(cid: str, warned: bool, toward: Shell) -> None:
    notice = safety_notice()[0][:40]
    assert (notice in toward("add", cid).err) is warned
    again = "s5.time-out" if cid.startswith("s5") else "s3.inventory"
    expected = again.partition(".")[0] != cid.partition(".")[0]
    assert (notice in toward("add", again).err) is expected


@pytest.mark.parametrize("argv", ["today", "list", "add s4.reachable", "time 20m", "set week-start sun"])
def test_whoever_comes_for_the_first_time_reads_the_short_notice_once(argv: str, toward: Shell) -> None:
    short = " ".join(safety_short("Type toward safety").split())
    assert short in " ".join(toward(*argv.split()).err.split())
    assert short not in toward("today", "--json").err
    toward("add", "s4.reachable")
    assert "two people" not in toward(*argv.split()).err


def test_the_safety_notice_stands_before_the_first_entry(toward: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "can_ask", property(lambda _: True))
    notice = "This tool is for two people who can disagree without fear"
    first = toward("log", "s5.repair", stdin="yes\n" * 4 + "\n" * 9)
    assert first.err.index(notice) < first.err.index("Did you say plainly what you did?")
    assert "Before you start" not in first.err and notice not in first.out and first.err.count(notice) == 1
    assert notice not in toward("log", "s5.repair", stdin="yes\n" * 4 + "\n" * 9).err
    taken_on = toward("add", "s3.volunteer")
    assert notice in taken_on.err and notice not in taken_on.out and notice not in toward("add", "s3.inventory").err
    toward("undo")
    toward("undo")
    assert notice not in toward("add", "s4.reachable").err
    assert notice not in toward("add", "s3.close-exit", "--json").err


def test_an_edit_changes_nothing_before_it(young: Shell) -> None:
    before = json.loads(young("show", "reply", "--json").out)["figures"]["kept"]
    answer = young("edit", "reply", "--schedule", "mon wed fri", "--title", "Answer them", "--alias", "answer")
    assert answer.code == 0, answer
    shown = json.loads(young("show", "answer", "--json").out)
    assert shown["title"] == "Answer them" and len(shown["plans"]) == 2
    assert shown["figures"]["kept"] >= before - 1


def test_an_if_then_plan_is_read_and_never_an_argument(young: Shell) -> None:
    assert young("edit", "reply", "--if-then", stdin="If it rings, then I look.\n").code == 0
    assert "If it rings, then I look." in young("show", "reply", "--notes").out
    assert "Its if-then plan is your own: --notes prints it." in young("show", "reply").out


def test_pause_and_resume(young: Shell) -> None:
    assert young("pause", "reply", "--from", "2026-11-24", "--to", "2026-11-30").code == 0
    assert young("pause", "all").code == 0
    assert "All commitments are paused together. To resume them: toward resume all" in (
        young("resume", "small-things").err
    )
    assert young("resume", "all").code == 0
    assert young("resume", "all").code == 1
    assert young("pause", "reply", "--from", "today", "--to", "yesterday").code == 2


def test_archive_and_delete(young: Shell) -> None:
    young("archive", "reply")
    assert "s4.reachable" not in commitments(young)
    assert commitments(young, "--archived")["s4.reachable"]["archived"]
    assert "archived" in young("add", "s4.reachable").err
    young("delete", "small-things")
    assert "own.small-things" not in commitments(young, "--archived")
    young("undo")
    assert "own.small-things" in commitments(young)


def test_settings_hold_from_the_next_day_or_week_on(young: Shell) -> None:
    assert young("set", "week-start", "sun").code == 0
    assert young("set", "day-ends-at", "5:00").code == 0
    assert json.loads(young("set", "--json").out)["settings"] == {
        "week-start": "mon",
        "day-ends-at": "03:00",
        "theme": "toward-dark",
        "discreet": "off",
    }
    later = young("set", "--json", now="2026-11-30T12:00+01:00")
    now = json.loads(later.out)["settings"]
    assert (now["week-start"], now["day-ends-at"]) == ("sun", "05:00")


class Terminal:
    """A command that runs in a terminal of its own."""

    def __init__(self, *argv: str, term: str = "xterm") -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tracker", *argv],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": term},
        )  # fmt: skip
        os.close(slave)
        self.seen = ""

    def read_until(self, text: str, seconds: float = 20) -> None:
        """Wait until something stands on the screen."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            assert ready, f"{text!r} never came; seen: {self.seen!r}"
            try:
                self.seen += os.read(self.master, 4096).decode("utf-8", "replace")
            except OSError:
                break
        assert text in self.seen, self.seen

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self.master, f"{line}\n".encode())

    def leave(self) -> int:
        """Wait for the end and return the exit code."""
        code = self.process.wait(20)
        os.close(self.master)
        return code


def test_what_is_missing_is_asked_for_at_a_terminal(toward: Shell) -> None:
    terminal = Terminal("add", "Morning walk")
    terminal.read_until("Its step: ")
    terminal.type("s9")
    terminal.read_until("Invalid step")
    terminal.type("s4")
    terminal.read_until("[check]: ")
    terminal.type("")
    terminal.read_until("[daily]: ")
    terminal.type("3 per week")
    terminal.read_until("Added 'Morning walk'")
    assert terminal.leave() == 0
    assert commitments(toward)["own.morning-walk"]["schedule"] == "3 per week"


def test_a_note_is_asked_for_at_a_terminal_and_ctrl_c_changes_nothing(toward: Shell) -> None:
    toward("add", "s4.reachable")
    before = toward("export", "--private").out
    terminal = Terminal("done", "reply", "--note")
    terminal.read_until("End with an empty line.")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.leave() == 130
    assert toward("export", "--private").out == before
    terminal = Terminal("done", "reply", "--note")
    terminal.read_until("End with an empty line.")
    terminal.type("for me")
    terminal.type("")
    terminal.read_until("Your note is kept.")
    assert terminal.leave() == 0


def parsers() -> dict[str, ArgumentParser]:
    actions = [action for action in build()._actions if action.dest == "==SUPPRESS=="]
    found: dict[str, ArgumentParser] = next(dict(a.choices) for a in actions if isinstance(a.choices, dict))
    return found


def test_no_option_takes_private_text() -> None:
    free = {"--note", "--if-then", "--notes"}
    for name, parser in parsers().items():
        for action in parser._actions:
            if free & set(action.option_strings):
                assert action.nargs == 0, (name, action.option_strings)
            assert not {"--text", "--message", "--words"} & set(action.option_strings)


def test_the_page_names_every_command_and_option() -> None:
    page = (Path(ROOT) / "docs" / "cli.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    everywhere = {"-h", "--help", "--data", "--json", "--debug", "--passphrase-fd", "--discreet", "--no-discreet"}
    for command in COMMANDS:
        own = [row for row in rows if row.startswith((f"| `{command.name} ", f"| `{command.name}`"))]
        assert own, command.name
        for action in parsers()[command.name]._actions:
            for option in action.option_strings:
                if option not in everywhere:
                    assert any(option in row for row in own), (command.name, option)


def test_a_limit_is_counted_and_told_as_one(toward: Shell) -> None:
    answer = toward("add", "Drinks", "--step", "s5", "--schedule", "at most 2 per day")
    assert "at most 2 per day" in answer.out and answer.code == 0
    assert "1, at most 2." in toward("done", "drinks").out
    over = toward("done", "drinks", "2").out
    assert "3, at most 2." in over and "kept" not in over
    [row] = json.loads(toward("streaks", "--json").out)["streaks"]
    assert (row["state"], row["kind"], row["unit"]) == ("partly", "count", "days")
