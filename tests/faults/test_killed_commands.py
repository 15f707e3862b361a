"""Commands that change how a store is sealed, killed for real at each change of the disk: nothing is lost by any."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.processes import PROJECT
from tests.faults.scale import LONG, SCALE
from tests.faults.test_sealed_formats import KEPT
from tests.faults.totals import record
from tracker.store.identity.identity import state_folder

PLAIN = KEPT.parent / "1"
NOW = "2026-11-25T21:00:00+01:00"
PASSPHRASE = "four words are plenty\n"
MOST = 400


class Folder:
    """A copy of a kept store where a process finds it: the data folder and its state folder."""

    def __init__(self, kept: Path, root: Path) -> None:
        self.data, self.states = root / "data", root / "state"
        shutil.copytree(kept / "data", self.data)
        shutil.copytree(kept / "state", state_folder(self.states / "toward", self.data))
        for path in root.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)

    def run(self, *words: str, secret: str, at: int = 0) -> tuple[int, str]:
        """Run a command with a passphrase or recovery key; `at` is the change of the disk at which it is killed."""
        reader, writer = os.pipe()
        os.write(writer, secret.encode())
        os.close(writer)
        command = [sys.executable, "-m", "tests.faults.dying", str(at), "--data", str(self.data), *words]
        env = {**os.environ, "TOWARD_NOW": NOW, "XDG_STATE_HOME": str(self.states), "HOME": str(self.data.parent)}
        done = subprocess.run(
            [*command, "--passphrase-fd", str(reader)],
            env=env,
            cwd=PROJECT,
            pass_fds=(reader,),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        os.close(reader)
        return done.returncode, done.stdout if not done.returncode else done.stdout + done.stderr


def _survives(kept: Path, root: Path, words: Sequence[str], secret: str, at: int, after: str = "") -> bool:
    """Kill a command at a change of the disk and look what is there; return whether it was killed before its end."""
    folder = Folder(kept, root / str(at))
    code, said = folder.run(*words, secret=secret, at=at)
    assert code in (0, -9), said
    expected = (kept / "export-private.json").read_text("utf-8")
    for _ in range(2):
        assert folder.run("export", "--json", "--private", secret=after or secret) == (0, expected), at
    record("exact kills", code != 0)
    return code != 0


def test_a_store_of_before_proofs_is_whole_after_a_kill_at_some_steps_of_going_over(tmp_path: Path) -> None:
    secret = (KEPT / "recovery-key.txt").read_text()
    for at in (5, 23, 61):
        assert _survives(KEPT, tmp_path, ("today",), secret, at)


@LONG
@pytest.mark.parametrize("first", range(1, 5))
def test_a_store_of_before_proofs_is_whole_after_a_kill_at_any_step_of_going_over(tmp_path: Path, first: int) -> None:
    secret = (KEPT / "recovery-key.txt").read_text()
    for at in range(first, MOST, 4):
        if not _survives(KEPT, tmp_path, ("today",), secret, at):
            return
    pytest.fail("it never got to its end")


@LONG
def test_a_plain_store_is_whole_after_a_kill_at_any_step_of_being_encrypted(tmp_path: Path) -> None:
    stride = max(1, 40 // SCALE)
    for at in range(1, MOST, stride):
        if not _survives(PLAIN, tmp_path, ("encrypt", "--yes"), PASSPHRASE, at):
            return
    pytest.fail("it never got to its end")
