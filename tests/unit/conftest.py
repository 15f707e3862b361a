"""A desk to write at, for the unit tests of the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.folders import Desk, no_waiting_for_the_disk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return an empty desk, at which nobody waits for the disk."""
    with no_waiting_for_the_disk():
        yield Desk(tmp_path)
