"""The app is told to stop, or its terminal goes: it ends at once, gives it back, and has saved what it said."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO, cast

import pytest

from tests.faults.scale import LONG
from tests.tui.driver import TODAY, second
from tests.tui.terminal import Terminal
from tracker.services.environment import Environment
from tracker.tui import keyboard
from tracker.tui.keyboard import UntilGone

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


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_being_told_to_go_on_without_a_stop_reads_the_keyboard_once(terminal: Terminal) -> None:
    """A terminal that goes sends this beside the hangup, and `kill -CONT` at any time."""
    threads = Path(f"/proc/{terminal.process.pid}/task")
    before = len(list(threads.iterdir()))
    for _ in range(2):
        terminal.bytes = b""
        terminal.process.send_signal(signal.SIGCONT)
        terminal.until(b"\x1b[?1049h")
    terminal.type(b"r")
    terminal.until(b"3 replies")
    assert len(list(threads.iterdir())) == before
    os.close(terminal.main)
    terminal.process.send_signal(signal.SIGCONT)
    assert terminal.process.wait(15) in (128 + signal.SIGHUP, -signal.SIGHUP)


class _Closed:
    """A stream whose other end is gone."""

    def write(self, text: str) -> int:
        raise OSError(errno.EIO, text)

    def flush(self) -> None:
        raise OSError(errno.EIO, "")

    def fileno(self) -> int:
        return -1


def test_what_is_written_to_a_terminal_that_has_gone_ends_no_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = UntilGone(cast("TextIO", _Closed()))
    with pytest.raises(OSError):
        stream.write("a line")
    monkeypatch.setattr(keyboard, "is_alone", lambda: True)
    assert stream.write("a line") == 6
    stream.flush()
