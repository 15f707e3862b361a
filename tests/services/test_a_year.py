"""A year of daily use: how many files it leaves, how far back one can go, and that each backup is whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.crypt_kit import PASSPHRASE, quick_locks
from tests.faults.folders import no_waiting_for_the_disk
from tests.services.kit import Bench
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.logging import quick_log
from tracker.services.safekeeping import doctor, encryption
from tracker.store.backup.backups import damaged_in
from tracker.store.backup.copies import BACKUPS, list_backups
from tracker.store.backup.thinning import MOST
from tracker.store.log.shards import Reader

FILES = 40
"""So many lie in the state folder at most, whatever was used."""


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick_locks(), no_waiting_for_the_disk():
        yield


def live_on(bench: Bench, key: encryption.StoreKey | None) -> Workspace:
    """Use it every third day for fifteen months, and eight times a day for the last days."""
    workspace = bench.open(key=key)
    for day in range(155):
        last = day > 146
        for session in range(8 if last else 1):
            bench.clock.go(hours=2)
            if session == 0:
                workspace = bench.open(key=key)
            quick_log.reply(workspace)
        bench.clock.go(hours=8 if last else 70)
    return workspace


@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "encrypted"])
def test_a_year_of_daily_use_leaves_few_files_and_reaches_a_year_back(bench: Bench, sealed: bool) -> None:
    lifecycle.add(bench.open(), "s4.reachable")
    key = None
    if sealed:
        encryption.encrypt(bench.open(), encryption.prepare(PASSPHRASE))
        key = encryption.unlock(bench.data, PASSPHRASE)
    workspace = live_on(bench, key)
    workspace.keep_streaks()
    files = sorted(str(path.relative_to(workspace.state)) for path in workspace.state.rglob("*") if path.is_file())
    shelf = list_backups(workspace.state / BACKUPS, bench.clock.now())
    assert len(files) <= FILES and len(shelf) == MOST, files
    assert shelf[-1].made < bench.clock.now() - timedelta(days=365)
    assert not damaged_in(shelf, Reader(workspace.store.vault))
    assert doctor.examine(workspace.data, workspace.state, bench.clock, key=key).healthy
