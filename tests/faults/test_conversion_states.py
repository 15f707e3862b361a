"""Every state that a kill or a power cut may leave of a conversion: it opens, holds everything, and can be finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.crypt_kit import PASSPHRASE, holding, unlocked
from tests.faults.crash_model import Disk, Tree, left_behind
from tests.faults.folders import NOON, names, no_waiting_for_the_disk, put
from tests.faults.recorder import Call, recording
from tests.faults.scale import SCALE
from tests.faults.totals import record
from tracker.store.crypto.vault import StoreKey
from tracker.store.encryption import conversion
from tracker.store.encryption.conversion import Conversion
from tracker.store.errors import StoreError
from tracker.store.files import atomic_write, make_folder
from tracker.store.log.housekeeping import SummaryFile
from tracker.store.store import Store

pytestmark = pytest.mark.usefixtures("quick_locks")

CANARY = "canary-of-the-crash"
NAMES = {f"{CANARY}-{month}-{number}" for month in (9, 10, 11) for number in (1, 2)} | {"of another device"}
States = Callable[[Disk], Iterator[Tree]]
KINDS: dict[str, States] = {"kill": Disk.after_kill, "power": Disk.after_power_cut}
ONE_OF = 1 if SCALE > 1 else 6
"""Of so many states that a power cut may leave one is looked at, so that the whole suite stays short."""


def _open(root: Path, month: int = 11) -> Store:
    moment = NOON.replace(month=month)
    return Store.open(root / "data", root / "one", lambda: moment, key=unlocked(root / "data"))


def _make(root: Path) -> Store:
    put(Store.open(root / "data", root / "two", lambda: NOON), "of another device")
    for month in (9, 10, 11):
        store = _open(root, month)
        for number in (1, 2):
            put(store, f"{CANARY}-{month}-{number}")
    SummaryFile(root / "one" / "summary.json").write({"streaks": [{"title": CANARY}]})
    copies = root / "one" / "backups" / "monday" / store.device
    make_folder(copies)
    atomic_write(copies / "2026-09.json", (store._folder / "2026-09.json").read_bytes())
    return _open(root)


def _encrypt(store: Store) -> None:
    key = StoreKey.fresh()
    Conversion(store.data, store.state, store.device).begin(key, key.wrap(PASSPHRASE))


def _decrypt(store: Store) -> None:
    assert store.vault.key is not None
    _, waiting = Conversion(store.data, store.state, store.device).end(store.vault.key)
    assert not waiting


def _rotate(store: Store) -> None:
    assert store.vault.key is not None
    key = StoreKey.fresh(store.vault.key.secrets)
    Conversion(store.data, store.state, store.device).rotate(key, key.wrap(PASSPHRASE))


def _record(root: Path, *steps: Callable[[Store], None]) -> list[Call]:
    """Return the calls of the last step, behind all that leads to it."""
    root.mkdir()
    with recording(root) as trace:
        store = _make(root)
        for number, step in enumerate(steps, start=1):
            if number == len(steps):
                trace.note("begun")
            step(store)
            store = _open(root)
        trace.note("done")
    return trace.calls


def _verdicts(calls: list[Call], states: States, live: Path, one_of: int = 1) -> Iterator[str | None]:
    """Yield what is wrong with a state, or None, for each different one of the last step, or one of so many."""
    with no_waiting_for_the_disk():
        for root, _ in left_behind(calls, states, live, since="begun", one_of=one_of):
            yield _problem(root)


def _problem(root: Path) -> str | None:
    """Return what is wrong with the store in `root`, or None."""
    try:
        store = _open(root)
        if store.damaged:
            return f"damaged: {store.damaged}"
        if lost := NAMES - names(store):
            return f"lost: {sorted(lost)}"
        put(store, "next")
        again = _open(root)
        if names(again) != NAMES | {"next"} or again.damaged:
            return "the next write was lost"
        if again.vault.ending and (found := holding(root, CANARY)):
            return f"plaintext left: {found}"
        return None
    except StoreError as error:
        return error.message


STEPS = {"encrypt": (_encrypt,), "decrypt": (_encrypt, _decrypt), "rotate": (_encrypt, _rotate)}


@pytest.mark.parametrize("states", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_every_moment_opens_and_holds_everything(
    tmp_path: Path, steps: tuple[Callable[[Store], None], ...], states: States
) -> None:
    calls = _record(tmp_path / "live", *steps)
    one_of = ONE_OF if states is KINDS["power"] else 1
    verdicts = list(_verdicts(calls, states, tmp_path / "live", one_of))
    assert [each for each in verdicts if each] == []
    assert len(verdicts) >= 40
    record("kill states" if states is KINDS["kill"] else "power states", len(verdicts))


@contextmanager
def _removed_before_it_was_written() -> Iterator[None]:

    def write(path: Path, data: bytes) -> None:
        if path.name.endswith(".json.age"):
            path.with_name(path.name.removesuffix(".age")).unlink(missing_ok=True)
        atomic_write(path, data)

    with patch.object(conversion, "atomic_write", write):
        yield


@contextmanager
def _removed_unread() -> Iterator[None]:
    """Write half a file and believe it."""

    def write(path: Path, data: bytes) -> None:
        atomic_write(path, data[: len(data) // 2] if path.name.endswith(".json.age") else data)

    with patch.object(conversion, "atomic_write", write), patch.object(conversion, "_holds", lambda *_: True):
        yield


@contextmanager
def _no_sync() -> Iterator[None]:
    with patch.object(conversion, "atomic_write", lambda path, data: atomic_write(path, data, durable=False)):
        yield


MUTANTS = {"removed first": _removed_before_it_was_written, "not read back": _removed_unread, "not synced": _no_sync}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_is_caught(tmp_path: Path, mutant: Callable[[], AbstractContextManager[None]]) -> None:
    record("mutants")
    with mutant():
        calls = _record(tmp_path / "live", _encrypt)
    assert any(_verdicts(calls, Disk.after_power_cut, tmp_path / "live"))
    record("caught")


def test_a_write_that_does_not_read_back_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    store = _make(tmp_path / "live")

    def write(path: Path, data: bytes) -> None:
        atomic_write(path, data[:-1] if path.name.endswith("2026-10.json.age") else data)

    with patch.object(conversion, "atomic_write", write), pytest.raises(StoreError, match="did not read back"):
        _encrypt(store)
    assert (store._folder / "2026-10.json").exists()
    (store._folder / "2026-10.json.age").unlink()
    assert _problem(tmp_path / "live") is None


@pytest.mark.parametrize("nth", range(1, 12))
def test_a_full_disk_at_any_step_loses_nothing(tmp_path: Path, nth: int) -> None:
    import errno

    (tmp_path / "live").mkdir()
    store = _make(tmp_path / "live")
    left = [nth]

    def write(path: Path, data: bytes) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        atomic_write(path, data)

    with patch.object(conversion, "atomic_write", write):
        try:
            _encrypt(store)
        except StoreError as error:
            assert "Free some space" in error.message
    assert _problem(tmp_path / "live") is None
