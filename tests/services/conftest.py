"""A data folder, its devices and a clock set by hand, for every test of the services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.folders import no_waiting_for_the_disk
from tests.services.kit import Bench, HandClock
from tracker.ledger.workspace import Workspace


@pytest.fixture(autouse=True)
def quick_disk() -> Iterator[None]:
    """Do not wait for the disk."""
    with no_waiting_for_the_disk():
        yield


@pytest.fixture
def clock() -> HandClock:
    """Return a clock that stands at a Monday evening in November."""
    return HandClock()


@pytest.fixture
def bench(tmp_path: Path, clock: HandClock) -> Bench:
    """Return an empty data folder."""
    return Bench(tmp_path, clock)


@pytest.fixture
def workspace(bench: Bench) -> Workspace:
    """Return an empty store, opened."""
    return bench.open()
