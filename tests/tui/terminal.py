"""A real terminal, of which the tests hold the other end."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tracker.services.environment import Environment


class Terminal:
    """A real terminal with Toward in it, or with a `program` that leads its session: what it sends is read as bytes."""

    def __init__(
        self,
        folder: Path,
        here: Environment,
        columns: int = 80,
        rows: int = 24,
        argv: Sequence[str] = (),
        program: Sequence[str] = (),
    ) -> None:
        import fcntl
        import termios

        self.main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        home = {
            name: str(folder / name.lower()) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
        }
        env = {
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "TEXTUAL_ANIMATIONS": "none",
            "LANG": "C.UTF-8",
            "PS1": "$ ",
        }
        env |= home | {"XDG_STATE_HOME": str(here.state.parent), "TOWARD_DATA": str(here.data)}
        env |= {"TOWARD_NOW": here.clock.now().isoformat(), "PYTHONPATH": str(Path(__file__).parents[2])}
        self.process = subprocess.Popen(
            program or [sys.executable, "-m", "tracker", *argv], stdin=side, stdout=side, stderr=side, env=env,
            cwd=folder, close_fds=True, start_new_session=True, preexec_fn=_own if program else _hear,
        )  # fmt: skip
        os.close(side)
        self.here = here
        self.bytes = b""

    def type(self, keys: bytes) -> None:
        """Press keys at once, and forget what was shown before."""
        self.bytes = b""
        os.write(self.main, keys)

    def until(self, wanted: bytes, seconds: float = 30) -> None:
        """Read until some bytes have come."""
        end = time.monotonic() + seconds
        while wanted not in self.bytes and self.read(end):
            pass
        assert wanted in self.bytes, self.bytes[-2000:]

    def read(self, end: float) -> bool:
        """Read what is there before a moment; return whether more may come."""
        if not select.select([self.main], [], [], max(0.0, end - time.monotonic()))[0]:
            return False
        try:
            chunk = os.read(self.main, 65536)
        except OSError:
            return False
        self.bytes += chunk
        return bool(chunk)

    def until_over(self, seconds: float = 30) -> int:
        """Read until the program has ended, keep this end of the terminal, and return the exit code."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.read(time.monotonic() + 0.05)
        while self.read(time.monotonic() + 0.05):
            pass
        return self.process.wait(1)

    def close(self, seconds: float = 30) -> int:
        """Read to the end and return the exit code."""
        end = time.monotonic() + seconds
        while self.read(end):
            pass
        code = self.process.wait(max(1.0, end - time.monotonic()))
        os.close(self.main)
        return code


def _own() -> None:
    """Make the terminal on standard input the one that belongs to this session, so that a shell can look after jobs."""
    import fcntl
    import termios

    _hear()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _hear() -> None:
    """Hear what a script switches off for what it runs in the background, these tests perhaps."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
