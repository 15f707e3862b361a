"""Starting real processes that write to a folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parents[2]


@contextmanager
def writer(root: Path, *task: str) -> Iterator[subprocess.Popen[str]]:
    """Run `writer.py` with this task; whatever happens, it is gone afterwards."""
    command = [sys.executable, "-m", "tests.faults.writer", str(root), *task]
    process = subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    """Return the next line that the process prints, or "" if it has ended."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str], text: str) -> None:
    """Send the process a line."""
    assert process.stdin is not None
    process.stdin.write(text + "\n")
    process.stdin.flush()


def rest(process: subprocess.Popen[str]) -> list[str]:
    """Return all further lines, once the process has ended; fail if it ended badly."""
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    return out.split("\n")[:-1]
