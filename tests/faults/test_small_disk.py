"""A real disk of one megabyte that is really full: the command says so, nothing is lost, and it goes on afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import PROJECT
from tests.faults.scale import LONG
from tests.faults.totals import record


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of one megabyte, or skip where none can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", str(place)]
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk of one megabyte needs root and the right to mount")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def _toward(place: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "TOWARD_NOW": "2026-11-23T20:15:00+01:00"}
    env |= {"HOME": str(place), "XDG_STATE_HOME": str(place / "state"), "TOWARD_DATA": str(place / "data")}
    command = [sys.executable, "-m", "tracker", *argv]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def _fill(path: Path) -> None:
    """Write until not one byte more will go."""
    with path.open("wb", buffering=0) as file:
        for size in (65_536, 512, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


@LONG
def test_a_full_disk_is_said_and_nothing_is_lost(small_disk: Path) -> None:
    assert _toward(small_disk, "add", "s4.reachable").returncode == 0
    assert _toward(small_disk, "done", "reply").returncode == 0
    before = _toward(small_disk, "export", "--private").stdout
    _fill(small_disk / "stuffing")
    for turn in range(5):
        refused = _toward(small_disk, "done", "reply", "--day", f"-{turn + 1}")
        assert refused.returncode == 1 and refused.stdout == ""
        assert refused.stderr == "toward: Nothing was saved: No space left on device. Free some space and try again.\n"
        record("errors")
    looked = _toward(small_disk, "today")
    assert looked.returncode == 0 and "Reply" in looked.stdout
    assert _toward(small_disk, "export", "--private").stdout == before
    assert not list(small_disk.rglob("*.tmp"))
    (small_disk / "stuffing").unlink()
    assert _toward(small_disk, "done", "reply", "--day", "yesterday").returncode == 0
    after = _toward(small_disk, "export", "--private").stdout
    assert set(before.splitlines()[1:-2]) <= {line.rstrip(",") for line in after.splitlines()} | set(after.splitlines())
    assert "check|s4.reachable|2026-11-22" in after


@LONG
def test_a_disk_that_is_full_from_the_start_is_said(small_disk: Path) -> None:
    _fill(small_disk / "stuffing")
    refused = _toward(small_disk, "add", "s4.reachable")
    assert refused.returncode == 1 and refused.stderr.count("\n") == 1 and "Nothing was saved" in refused.stderr
    (small_disk / "stuffing").unlink()
    assert _toward(small_disk, "add", "s4.reachable").returncode == 0
    assert _toward(small_disk, "done", "reply").returncode == 0


@LONG
def test_a_disk_that_may_not_be_written_to_can_be_read(small_disk: Path) -> None:
    assert _toward(small_disk, "add", "s4.reachable").returncode == 0
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    refused = _toward(small_disk, "done", "reply")
    assert refused.returncode == 1 and refused.stderr.count("\n") == 1
    assert "Nothing was saved: Read-only file system. The disk that holds" in refused.stderr
    assert "can only be read. Make it writable, or keep the data elsewhere." in refused.stderr
    looked = _toward(small_disk, "today")
    assert looked.returncode == 0 and "Reply" in looked.stdout and looked.stderr == ""
    subprocess.run([*remount[:2], "remount,rw", str(small_disk)], check=True)
    assert _toward(small_disk, "done", "reply").returncode == 0
