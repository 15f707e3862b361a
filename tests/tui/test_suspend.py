"""ctrl+z goes to the shell and fg comes back whole; what is typed meanwhile is for the shell."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from tests.crypt_kit import PASSPHRASE, holding, quick_locks
from tests.tui.driver import TODAY, drive, second, value
from tests.tui.terminal import Terminal
from tracker.ledger import event_keys
from tracker.services.environment import Environment
from tracker.services.safekeeping import encryption
from tracker.tui import guarded_app
from tracker.tui.terminal.suspending import NO_SHELL

pytestmark = pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="there is no job control")
LEFT, AGAIN = b"\x1b[?1049l", b"\x1b[?1049h"


@pytest.fixture
def moved(kinds: Environment, tmp_path: Path) -> Environment:
    """Return a store whose state lies where a process of its own looks for it."""
    root = tmp_path / "xdg" / "toward"
    root.parent.mkdir()
    shutil.move(kinds.state, root)
    return Environment(kinds.data, root, kinds.clock)


@pytest.fixture
def shell(moved: Environment, tmp_path: Path) -> Iterator[Terminal]:
    """Return a shell that looks after jobs, with Toward started in it."""
    terminal = Terminal(tmp_path, moved, program=["bash", "--norc", "--noprofile", "-i"])
    try:
        terminal.until(b"$ ")
        terminal.type(f"{sys.executable} -m tracker\n".encode())
        terminal.until(b"25 November")
        terminal.until(b"Reply")
        yield terminal
    finally:
        os.killpg(terminal.process.pid, signal.SIGKILL)
        terminal.process.wait()
        os.close(terminal.main)


def test_it_goes_to_the_shell_in_the_middle_of_a_note_and_comes_back_whole(shell: Terminal, moved: Environment) -> None:
    shell.type(b"n")
    shell.until(b"Only for you")
    shell.type(b"half a word")
    shell.until(b"word")
    shell.type(b"\x1a")
    shell.until(b"Stopped")
    shell.until(b"$ ")
    gone = shell.bytes[shell.bytes.rindex(LEFT) :]
    assert b"half" not in gone and b"Reply" not in gone and b"\x1b[?25h" in gone
    shell.type(b"echo rrr-$((40 + 2))-qqq\n")
    shell.until(b"rrr-42-qqq")
    shell.type(b"fg\n")
    shell.until(AGAIN)
    shell.until(b"half a word")
    shell.type(b", whole\x13")
    shell.until(b"note kept")
    shell.type(b"\x11")
    shell.until(LEFT)
    toward = second(moved)
    toward.load_history()
    assert [event["v"] for event in toward.store.winners.values() if event["key"].startswith("note|")] == [
        {"private": {"text": "half a word, whole"}}
    ]
    assert value(moved, event_keys.check("s4.reachable", TODAY)) is None, "nothing typed to the shell acted on the app"


async def test_an_encrypted_store_is_locked_before_the_terminal_is_given_back(
    kinds: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded_app, "has_shell", lambda: True)
    with quick_locks():
        encryption.encrypt(second(kinds), encryption.prepare(PASSPHRASE))
        async with drive(kinds) as driver:
            await driver.type(f"{PASSPHRASE}\n")
            await driver.press("n")
            await driver.type("half a word")
            stopped: list[tuple[str, object]] = []
            driver.app._stop = lambda: stopped.append((driver.name, driver.app.worker.key))
            driver.send("ctrl+z", "q", "x", "enter")
            await driver.settle()
            assert stopped == [("Unlock", None)] and holding(kinds.data.parent, "half a word") == []
            assert driver.screen.query_one(Input).value == "", "what was typed to the shell is not for the lock"
            driver.app._back_from_shell(driver.app)
            await driver.type(f"{PASSPHRASE}\n")
            assert driver.screen.query_one(TextArea).text == "half a word"


async def test_without_a_shell_to_go_to_it_says_so_and_stays(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("ctrl+z")
        assert driver.said == NO_SHELL
        await driver.press("r")
        assert "repl" in driver.said, "and listens as before"
