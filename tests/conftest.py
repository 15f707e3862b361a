"""What every test shares."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.faults.scale import SCALE

pytest_plugins = ["tests.faults.totals", "tests.crypt_kit"]

settings.register_profile("toward", deadline=None, derandomize=True, max_examples=40 * min(SCALE, 10), print_blob=True)
settings.load_profile("toward")

gc.set_threshold(50_000, 20, 50)
"""Thousands of short tests and drawings: the default looks through everything that lives far too often."""

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A run in the background is deaf to ctrl+c, and so would be every program that a test starts and interrupts."""

MEMORY = Path("/dev/shm")
ROOM = 500_000_000
"""In bytes: many times of what lies there at once, as a test that passes takes away what it wrote."""


def _is_roomy(folder: Path) -> bool:
    """Return whether a folder in memory has room for what a run writes, and lets a script in it be run."""
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    about = os.statvfs(folder)
    return about.f_bavail * about.f_frsize > ROOM and not about.f_flag & os.ST_NOEXEC


if "TMPDIR" not in os.environ and _is_roomy(MEMORY):
    # Thousands of stores are made and thrown away, of which a disk has nothing; another place is named by TMPDIR.
    tempfile.tempdir = str(MEMORY)

for asked in ("TEXTUAL", "COLUMNS", "LINES"):
    # What whoever starts this asks of Textual and of every terminal: its console, another width.
    os.environ.pop(asked, None)


def pytest_collection_finish() -> None:
    """Look through what was imported and collected never again: it stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def plain_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep the settings of whoever runs this out of it."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    yield
