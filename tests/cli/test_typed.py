"""What is typed or piped into the shell is kept whole, or refused with nothing saved."""

from __future__ import annotations

import json
import os
import pty
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Shell, spawn
from tracker.cli.session import Session
from tracker.domain.text.clean import LONGEST_TEXT


def note_of(shell: Shell, cid: str) -> str:
    """Return the newest note of a commitment."""
    events = json.loads(shell("export", "--private").out)["events"]
    found = [
        event["v"]["private"]["text"] for event in events if event["key"].startswith(f"note|{cid}|") and event["v"]
    ]
    return str(found[-1]) if found else ""


def test_a_long_note_from_a_pipe_is_kept_whole(toward: Shell) -> None:
    toward("add", "s4.reachable")
    words = "w" * 22_013
    assert "Your note is kept." in toward("done", "reply", "--note", stdin=words).out
    assert note_of(toward, "s4.reachable") == words


def test_a_note_over_the_limit_is_refused_with_nothing_saved(toward: Shell) -> None:
    toward("add", "s4.reachable")
    before = toward("export", "--private").out
    answer = toward("done", "reply", "--note", stdin="w" * (LONGEST_TEXT + 1))
    assert answer.code == 2
    assert answer.err == "toward: A note holds at most 100,000 characters; this one has 100,001.\n"
    assert toward("export", "--private").out == before


def test_more_than_anybody_types_is_refused_and_not_cut(toward: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.cli.prompts.MOST", 1_000)
    toward("add", "s4.reachable")
    answer = toward("done", "reply", "--note", stdin="w" * 1_001)
    assert answer.code == 2 and "more than 1,000 bytes" in answer.err
    assert "0 of" in toward("today").out or "open" in toward("today").out


def test_standard_input_that_is_no_text_is_refused_and_a_mark_before_it_is_none_of_it(toward: Shell) -> None:
    assert spawn("add", "s4.reachable").returncode == 0
    done = spawn("done", "reply", "--note", stdin=b"caf\xe9")
    assert done.returncode == 2 and b"not UTF-8 text. Nothing was saved." in done.stderr
    assert spawn("done", "reply", "--note", stdin=b"caf\xe9", env={"PYTHONIOENCODING": "latin-1"}).returncode == 0
    assert note_of(toward, "s4.reachable") == "café"
    assert spawn("undone", "reply", "--note", stdin=b"\xef\xbb\xbfnext").returncode == 0
    assert note_of(toward, "s4.reachable") == "café\nnext"


def test_a_title_that_is_no_text_is_refused() -> None:
    done = spawn("add", os.fsdecode(b"K\xfcssen"), "--step", "s2")
    assert done.returncode == 2 and b"not UTF-8 text" in done.stderr


def test_a_line_that_does_not_fit_is_told_and_those_before_it_stay(
    toward: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    toward("add", "s4.reachable")
    monkeypatch.setattr(Session, "can_ask", property(lambda _: True))
    first, second = "a" * 60_000, "b" * 60_000
    answer = toward("done", "reply", "--note", stdin=f"{first}\n{second}\nc\n\n")
    assert answer.code == 0 and "this one has 120,001. This last line was not taken" in answer.err
    assert note_of(toward, "s4.reachable") == f"{first}\nc"


def test_a_title_too_long_is_asked_for_again(toward: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "can_ask", property(lambda _: True))
    answer = toward("add", stdin=f"{'x' * 201}\nWalk\ns2\n\n\n")
    assert answer.code == 0 and "A title holds at most 200 characters; this one has 201." in answer.err
    assert "Added 'Walk'" in answer.out


@pytest.mark.skipif(sys.platform != "linux", reason="how long a line may be is the terminal's own")
def test_a_line_that_the_terminal_cut_is_not_taken_for_the_whole(home: Path) -> None:
    assert spawn("add", "s4.reachable").returncode == 0
    child, main = pty.fork()
    if child == 0:
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "tracker", "done", "reply", "--note"])
    sent = b""
    while b"End with an empty line." not in sent:
        sent += os.read(main, 65_536)
    for part in (b"x" * 4_000, b"y" * 1_000 + b"\n", b"short\n\n"):
        os.write(main, part)
    try:
        while chunk := os.read(main, 65_536):
            sent += chunk
    except OSError:
        pass
    os.close(main)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, sent[-500:]
    assert b"may be cut" in sent
    events = json.loads(spawn("export", "--private").stdout)["events"]
    assert [event["v"]["private"]["text"] for event in events if event["key"].startswith("note|")] == ["short"]
