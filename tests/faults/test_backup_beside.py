"""A backup while files get other names beside it: it holds every month and opens, or it does not count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.crypt_kit import PASSPHRASE, quick_locks, unlocked
from tests.faults.folders import NOON, names, no_waiting_for_the_disk, put
from tracker.store.backup import backups
from tracker.store.backup.backups import copy_to, read_folder
from tracker.store.backup.copies import list_backups
from tracker.store.crypto.vault import StoreKey
from tracker.store.encryption import conversion
from tracker.store.encryption.conversion import Conversion, Converted
from tracker.store.encryption.unlocking import vault_at
from tracker.store.errors import StoreBusy
from tracker.store.identity.memory import read_known
from tracker.store.store import Store

MONTHS = (9, 10, 11)
FILES = 9
"""What two devices and the lock come to, and one more."""


def _open(root: Path, device: str = "one", month: int = 11) -> Store:
    return Store.open(root / "data", root / device, lambda: NOON.replace(month=month), key=unlocked(root / "data"))


def _lock(store: Store) -> None:
    key = StoreKey.fresh()
    Conversion(store.data, store.state, store.device).begin(key, key.wrap(PASSPHRASE))


def _unlock(store: Store) -> None:
    assert store.vault.key is not None
    Conversion(store.data, store.state, store.device).end(store.vault.key, everyone=True)


def _rotate(store: Store) -> None:
    assert store.vault.key is not None
    key = StoreKey.fresh(store.vault.key.secrets)
    Conversion(store.data, store.state, store.device).rotate(key, key.wrap(PASSPHRASE))


def _seal_the_rest(store: Store) -> None:
    assert store.vault.key is not None
    Conversion(store.data, store.state, store.device).resume(store.vault.key, everyone=True)


def _go_and_come_back(store: Store) -> None:
    """Take a month away, as a sync program does that puts another version in its place."""
    for path in store.data.glob("devices/*/2026-10.json"):
        path.rename(store.data / path.parent.name)


def _come_back(data: Path) -> None:
    for folder in data.glob("devices/*"):
        if (away := data / folder.name).is_file():
            away.rename(folder / "2026-10.json")


def _between(turn: int, act: Callable[[], None], after: Callable[[], None]) -> Any:
    """Let something happen once before the file of that turn is read, and something after it."""
    take, turns = backups._take, iter(range(1000))

    def step(*args: Any) -> None:
        if next(turns) != turn:
            return take(*args)
        act()
        try:
            return take(*args)
        finally:
            after()

    return patch.object(backups, "_take", step)


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick_locks(), no_waiting_for_the_disk():
        yield


@pytest.mark.parametrize("turn", range(FILES))
@pytest.mark.parametrize("how", [_lock, _unlock, _rotate, _seal_the_rest, _go_and_come_back])
def test_a_backup_beside_a_conversion_is_whole_or_does_not_count(
    tmp_path: Path, how: Callable[[Store], None], turn: int
) -> None:
    for month in MONTHS:
        for device in ("one", "two"):
            put(_open(tmp_path, device, month), f"{device} {month}")
    if how in (_unlock, _rotate, _seal_the_rest):
        _lock(_open(tmp_path))
    store, stick = _open(tmp_path), tmp_path / "stick"
    said = names(store)
    assert len(said) == 6

    # The backups of the state folder wait for the lock that whoever makes one holds.
    with (
        patch.object(conversion, "_convert_backups", lambda *_: Converted()),
        _between(turn, lambda: how(store), lambda: _come_back(store.data)),
    ):
        try:
            made = copy_to(store.source(), stick, datetime.now(UTC))
        except StoreBusy:
            assert how in (_lock, _unlock, _rotate) and not list(stick.iterdir())
            made = copy_to(_open(tmp_path).source(), stick, datetime.now(UTC))
    (backup,) = list_backups(stick)
    adopted = read_known(store.state).adopted
    held = read_folder(backup.path, vault_at(backup.path, unlocked(backup.path), adopted))
    assert not made.troubles and not [each.trouble for each in held.values() if each.trouble]
    assert said == {event["key"].removeprefix("note|") for each in held.values() for event in each.events}
    assert len(held) == 6, "each month once, as it is called now"
