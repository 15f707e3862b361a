"""The app is told to stop, or its terminal goes: it ends at once, gives it back, and has saved what it said."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.scale import LONG
from tests.tui.driver import TODAY, second
from tests.tui.terminal import Terminal
from tracker.services.environment import Environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")


@pytest.fixture
def terminal(kinds: Environment, tmp_path: Path) -> Iterator[Terminal]:
    """Return the app in a real terminal, with one reply checked off."""
    root = tmp_path / "xdg" / "toward"
    root.parent.mkdir()
    shutil.move(kinds.state, root)
    terminal = Terminal(tmp_path, Environment(kinds.data, root, kinds.clock))
    try:
        terminal.until(b"25 November")
        terminal.until(b"Reply")
        os.write(terminal.main, b"2r")
        terminal.until(b"2 replies")
        yield terminal
    finally:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()
    assert second(Environment(kinds.data, root, kinds.clock)).book.record("s4.reachable").on(TODAY)


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=LONG)])
def test_a_signal_ends_it_with_the_terminal_restored(terminal: Terminal, number: signal.Signals) -> None:
    terminal.process.send_signal(number)
    assert terminal.close() == 128 + number
    after = terminal.bytes[terminal.bytes.rfind(b"\x1b[?1049l") :]
    assert after.startswith(b"\x1b[?1049l"), "the alternate screen is left"
    assert b"\x1b[?25h" in terminal.bytes[-400:], "the cursor is back"
    assert terminal.bytes.rfind(b"\x1b[?1000l") > terminal.bytes.rfind(b"\x1b[?1000h"), "the mouse is given back"
    assert b"Traceback" not in after and b"Reply" not in after


@LONG
def test_a_terminal_that_goes_ends_it(terminal: Terminal) -> None:
    os.close(terminal.main)
    terminal.process.send_signal(signal.SIGHUP)
    assert terminal.process.wait(30) in (128 + signal.SIGHUP, -signal.SIGHUP)


def test_a_terminal_that_goes_without_a_word_ends_it(terminal: Terminal) -> None:
    """A program between the terminal and the app, such as make, may take the signal for itself."""
    os.close(terminal.main)
    assert terminal.process.wait(15) in (128 + signal.SIGHUP, -signal.SIGHUP)
