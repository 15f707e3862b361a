"""Several commands in one process on a real terminal: what they print comes out of the other end as bytes."""

from __future__ import annotations

import json
import os
import pty
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.cli.conftest import ROOT


def type_on_a_terminal(commands: Sequence[Sequence[str]], folder: Path) -> bytes:
    """Return all that the terminal was sent while these commands ran."""
    child, main = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.environ["PYTHONPATH"] = str(ROOT)
        # Nobody sits there to answer, so nothing is asked and nothing waits.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execv(sys.executable, [sys.executable, "-m", "tests.cli.on_a_terminal", json.dumps(commands)])
    sent = b""
    try:
        while chunk := os.read(main, 65_536):
            sent += chunk
    except OSError:
        pass
    os.close(main)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, sent[-2000:]
    return sent


if __name__ == "__main__":
    from tracker.cli import run

    for number, argv in enumerate(json.loads(sys.argv[1])):
        sys.stdout.write(f"== {number}: {run(argv)}\n")
        sys.stdout.flush()
