"""The app is told to stop, or its terminal goes: it ends at once, gives it back, and has saved what it said."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO, cast

import pytest

from tests.faults.scale import LONG
from tests.tui.driver import TODAY, second
from tests.tui.terminal import Terminal
from tracker.services.environment import Environment
from tracker.services.history import drafts
from tracker.tui.terminal import keyboard
from tracker.tui.terminal.keyboard import UntilGone
from tracker.tui.terminal.signals import deadly

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
    assert second(Environment(kinds.data, root, kinds.clock)).ledger.record("s4.reachable").on(TODAY)


def _left(terminal: Terminal) -> bool:
    """Return whether a terminal is as it was before: its own screen, cursor, mouse, pastes, sizes, lines and echo."""
    import termios

    flags = termios.tcgetattr(terminal.main)[3]
    sent = terminal.bytes
    assert sent.rfind(b"\x1b[?1049l") > sent.rfind(b"\x1b[?1049h"), "the alternate screen is left"
    assert sent.rfind(b"\x1b[?25h") > sent.rfind(b"\x1b[?25l"), "the cursor is back"
    for mode in (b"1000", b"1003", b"1006", b"2004", b"1004"):
        assert sent.rfind(b"\x1b[?" + mode + b"l") > sent.rfind(b"\x1b[?" + mode + b"h"), mode
    return bool(flags & termios.ECHO and flags & termios.ICANON and flags & termios.ISIG)


def _draft(here: Environment) -> list[str]:
    return [words["text"] for words in (each.words for each in drafts.unfinished(second(here)))]


QUICK = (signal.SIGTERM, signal.SIGQUIT, signal.SIGUSR1)
NAMED = [number for number in deadly() if number <= signal.SIGRTMIN]
ALL = [number if number in QUICK else pytest.param(number, marks=LONG) for number in NAMED]


@pytest.mark.parametrize("number", ALL)
def test_a_signal_ends_it_with_the_terminal_restored_and_the_draft_kept(
    terminal: Terminal, number: int, tmp_path: Path
) -> None:
    terminal.type(b"n")
    terminal.until(b"Only for you")
    terminal.type(b"half a word")
    terminal.until(b"word")
    terminal.process.send_signal(number)
    assert terminal.until_over() == 128 + number
    assert _left(terminal)
    after = terminal.bytes[terminal.bytes.rfind(b"\x1b[?1049l") :]
    assert b"Traceback" not in after and b"Reply" not in after and b"half" not in after
    assert _draft(terminal.here) == ["half a word"]


@pytest.fixture
def heard() -> Iterator[None]:
    """Hear what a script switches off for what it runs in the background."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGQUIT)}
    yield
    for number, answer in before.items():
        signal.signal(number, answer)


@pytest.mark.usefixtures("heard")
def test_every_signal_that_would_end_it_is_answered_but_those_that_cannot_be() -> None:
    answered = set(deadly())
    for name in "TERM HUP INT QUIT USR1 USR2 ALRM VTALRM PROF XCPU ABRT".split():  # noqa: SIM905
        assert getattr(signal, f"SIG{name}") in answered, name
    for name in "KILL STOP SEGV PIPE WINCH CHLD CONT TSTP".split():  # noqa: SIM905
        assert getattr(signal, f"SIG{name}") not in answered, name


def test_what_is_no_reason_to_leave_is_none(terminal: Terminal) -> None:
    for number in (signal.SIGPIPE, signal.SIGWINCH, signal.SIGCHLD, signal.SIGURG, signal.SIGXFSZ):
        terminal.process.send_signal(number)
    terminal.type(b"r")
    terminal.until(b"3 replies")


STUCK = {
    "a thread that never ends": "from tracker.tui.worker import StoreWorker\n"
    "StoreWorker.close = lambda bridge: bridge._pool.submit(time.sleep, 600).result()\n",
    "the app itself": "from tracker.tui.frame.data_screen import DataScreen\n"
    "DataScreen.action_safety = lambda page: (print('held', file=sys.__stderr__, flush=True), time.sleep(600))\n",
}
START = (
    "import sys, time\nfrom tracker.tui.terminal import farewell\nfarewell.LAST_SECONDS = 0.3\n"
    "{}from tracker.__main__ import main\nmain()"
)


@pytest.mark.parametrize("stuck", STUCK)
def test_whatever_it_waits_for_it_is_gone_in_time(kinds: Environment, tmp_path: Path, stuck: str) -> None:
    terminal = Terminal(tmp_path, kinds, program=[sys.executable, "-c", START.format(STUCK[stuck])])
    try:
        terminal.until(b"Reply")
        terminal.type(b"!")
        terminal.until(b"held" if "itself" in stuck else b"numbers")
        terminal.process.send_signal(signal.SIGQUIT)
        assert terminal.until_over() == 128 + signal.SIGQUIT
        assert _left(terminal)
    finally:
        terminal.process.kill()
        terminal.process.wait()


def test_a_terminal_that_reads_nothing_holds_it_up_no_longer(kinds: Environment, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, kinds, program=[sys.executable, "-c", START.format("")])
    try:
        terminal.until(b"Reply")
        for _ in range(60):
            os.write(terminal.main, b"?\x1b[B\x1bd\x1b")
        time.sleep(0.5)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(15) == 128 + signal.SIGTERM
    finally:
        terminal.process.kill()
        terminal.process.wait()


@LONG
def test_a_terminal_that_goes_ends_it(terminal: Terminal) -> None:
    os.close(terminal.main)
    terminal.process.send_signal(signal.SIGHUP)
    assert terminal.process.wait(30) in (128 + signal.SIGHUP, -signal.SIGHUP)


SCREENS = ("d", "", "a", "n", "?", "!", "\x10", "o", "w", "e", "c", "\r", "p", "dd", "d?", "w1", "\x07", "\x10doctor\r")


@pytest.mark.parametrize("keys", ["d", *(pytest.param(each, marks=LONG) for each in SCREENS[1:])])
def test_a_terminal_that_goes_without_a_word_ends_it(terminal: Terminal, keys: str) -> None:
    """A program between the terminal and the app, such as make, may take the signal for itself."""
    os.write(terminal.main, keys.encode())
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
