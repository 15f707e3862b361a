"""A writer killed for real at its N-th system call of a kind, for every N: strace pulls the trigger."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.folders import names, open_store, put
from tests.faults.processes import PROJECT
from tests.faults.scale import LONG
from tests.faults.totals import record

CALLS = {
    "write": "write,pwrite64",
    "fsync": "fsync,fdatasync",
    "rename": "/^rename",
    "link": "/^link",
    "flock": "flock",
    "unlink": "/^unlink",
    "mkdir": "/^mkdir",
}
MOST = 60


def _works() -> bool:
    """Return whether strace is there and may trace a process."""
    strace = shutil.which("strace")
    if strace is None:
        return False
    done = subprocess.run([strace, "-f", "-o", "/dev/null", sys.executable, "-c", ""], capture_output=True, check=False)
    return done.returncode == 0


@pytest.fixture(scope="module")
def strace() -> str:
    """Return the command, or skip where nothing can be traced."""
    if not _works():
        pytest.skip("kills at a chosen system call need strace and the right to trace")
    return "strace"


def _killed_at(strace: str, calls: str, number: int, root: Path) -> tuple[set[str], bool]:
    """Run a writer that dies at call `number`; return what it acknowledged, and whether it got to the end."""
    inject = f"inject={calls}:signal=KILL:when={number}"
    command = [strace, "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject]
    command += [sys.executable, "-m", "tests.faults.writer", str(root), "loop", "w", "2"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    return set(done.stdout.split()), done.returncode == 0


def _every_one(strace: str, calls: str, tmp_path: Path, before: tuple[str, ...]) -> Iterator[int]:
    for number in range(1, MOST):
        root = tmp_path / str(number)
        if before:
            put(open_store(root), *before)
        acknowledged, ended = _killed_at(strace, calls, number, root)
        store = open_store(root)
        found = names(store)
        assert store.damaged == (), number
        assert acknowledged | set(before) <= found, number
        half = {name for name in found - set(before) if f"{name.removesuffix('-too')}-too" not in found}
        assert not half, number
        put(store, "next")
        assert "next" in names(open_store(root)), number
        if ended:
            return
        yield number
    raise AssertionError(f"the writer never got through in {MOST} runs")


@LONG
@pytest.mark.parametrize("before", [(), ("older",)], ids=["new folder", "known folder"])
@pytest.mark.parametrize("calls", CALLS.values(), ids=CALLS)
def test_a_kill_at_any_call_loses_nothing(tmp_path: Path, strace: str, calls: str, before: tuple[str, ...]) -> None:
    for _ in _every_one(strace, calls, tmp_path, before):
        record("exact kills")
