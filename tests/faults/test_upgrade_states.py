"""Every state that a kill or a power cut may leave while a store goes over to proofs: it opens and holds everything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.faults.crash_model import Disk, Tree, left_behind
from tests.faults.folders import no_waiting_for_the_disk, put
from tests.faults.recorder import Call, recording
from tests.faults.scale import SCALE
from tests.faults.test_sealed_formats import KEPT, KEY
from tests.faults.totals import record
from tracker.store.crypto.trust import STRICT
from tracker.store.crypto.vault import StoreKey, Vault
from tracker.store.encryption import adoption, conversion
from tracker.store.encryption.adoption import OF_BEFORE, adopt
from tracker.store.encryption.unlocking import vault_here, with_proof
from tracker.store.errors import StoreError
from tracker.store.files import atomic_write, make_folder
from tracker.store.identity import memory
from tracker.store.identity.identity import read_marker, write_marker
from tracker.store.identity.memory import read_known
from tracker.store.store import Store

pytestmark = pytest.mark.usefixtures("quick_locks")

NOVEMBER = datetime.fromisoformat("2026-11-25T21:00:00+01:00")
EVENTS = {each["id"] for each in json.loads((KEPT / "export-private.json").read_text())["events"]}
States = Callable[[Disk], Iterator[Tree]]
KINDS: dict[str, States] = {"kill": Disk.after_kill, "power": Disk.after_power_cut}
LEFT_OUT = ("2026-11-20T19-00-00Z.1", "export", "recovery-key", "state-three", "state-two/backups", "summary", "data/.")
ONE_OF = 1 if SCALE > 1 else 3
"""Of so many states one is looked at, so that the whole suite stays short."""


def _open(root: Path, device: str = "state") -> Store:
    return Store.open(root / "data", root / device, lambda: NOVEMBER, key=StoreKey.read(KEY))


def _record(root: Path, *, backups: bool = False) -> list[Call]:
    """Return the calls by which a store of before there were proofs is put there, and then goes over to them."""
    left_out = LEFT_OUT if backups else (*LEFT_OUT, "state/backups")
    root.mkdir()
    with recording(root) as trace:
        for path in sorted(KEPT.rglob("*")):
            name = path.relative_to(KEPT).as_posix()
            if path.is_file() and not any(each in name for each in left_out):
                make_folder((root / name).parent)
                atomic_write(root / name, path.read_bytes())
        trace.note("begun")
        _open(root)
        trace.note("done")
    return trace.calls


def _verdicts(calls: list[Call], states: States, live: Path, one_of: int = 1) -> Iterator[str | None]:
    """Yield for every different state since the upgrade began what is wrong with it, or None; or for one of so many."""
    with no_waiting_for_the_disk():
        for root, _ in left_behind(calls, states, live, since="begun", one_of=one_of):
            yield _problem(root)


def _problem(root: Path) -> str | None:
    """Return what is wrong with a store that was cut short on its way, as its devices see it, or None."""
    try:
        store = _open(root)
        for seen in (store, _open(root, "state-two"), _open(root)):
            if seen.damaged:
                return f"damaged: {seen.damaged}"
            if lost := EVENTS - seen.events.keys():
                return f"lost: {sorted(lost)}"
        put(store, "next")
        again = _open(root)
        if again.damaged or not {*EVENTS, store.winners["note|next"]["id"]} <= again.events.keys():
            return "the next write was lost"
        if not read_marker(root / "data").mac or not read_known(root / "state").proven:
            return "it did not go over"
        if unproven := _unproven(root, store):
            return f"unproven: {unproven}"
        return None
    except StoreError as error:
        return error.message


def _unproven(root: Path, store: Store) -> list[str]:
    strict = Vault(store.store_id, StoreKey.read(KEY), STRICT)
    found = [*store._folder.glob("2*"), *(root / "state").rglob("*.json.age")]
    wrong = []
    for path in found:
        try:
            strict.open(path, path.read_bytes())
        except ValueError as error:
            wrong.append(f"{path} {error}")
    return wrong


@pytest.mark.parametrize("states", KINDS.values(), ids=KINDS)
def test_every_moment_of_the_upgrade_opens_and_holds_everything(tmp_path: Path, states: States) -> None:
    calls = _record(tmp_path / "live", backups=states is KINDS["kill"])
    verdicts = list(_verdicts(calls, states, tmp_path / "live", ONE_OF))
    assert [each for each in verdicts if each] == []
    assert len(verdicts) >= 20
    record("kill states" if states is KINDS["kill"] else "power states", len(verdicts))


@contextmanager
def _store_json_first() -> Iterator[None]:
    """Let store.json say that all bears a proof, and only then keep what is read without one."""

    def go_over(folder: Path, state: Path, vault: Vault) -> Vault:
        data, key = folder.parents[1], vault.key
        assert key is not None
        if not (marker := read_marker(data)).mac:
            write_marker(data, with_proof(marker, key))
            adopt(data, state, key, OF_BEFORE)
        return vault_here(data, state, read_marker(data), key)

    with patch.object(conversion, "go_over", go_over):
        yield


@contextmanager
def _files_first() -> Iterator[None]:
    """Write the first file with a proof before store.json has its own."""

    def go_over(folder: Path, state: Path, vault: Vault) -> Vault:
        data, key = folder.parents[1], vault.key
        assert key is not None
        conversion.convert_tree(folder, vault)
        adopt(data, state, key, OF_BEFORE)
        write_marker(data, with_proof(read_marker(data), key))
        return vault_here(data, state, read_marker(data), key)

    with patch.object(conversion, "go_over", go_over):
        yield


@contextmanager
def _adopted_in_memory_only() -> Iterator[None]:
    """Go on while what was adopted may be on no disk yet."""
    with patch.object(memory, "atomic_write", partial(atomic_write, durable=False)), _adopted_once():
        yield


@contextmanager
def _adopted_once() -> Iterator[None]:
    """Adopt nothing where store.json bears its proof already."""
    with patch.object(adoption, "knew", lambda _state: False):
        yield


@contextmanager
def _nothing_adopted() -> Iterator[None]:
    """Forget that other devices have not written their files anew yet."""
    with patch.object(adoption, "adopt", lambda *_args, **_more: None):
        yield


MUTANTS = {
    "store.json first": _store_json_first,
    "files first": _files_first,
    "adopted in memory only": _adopted_in_memory_only,
    "nothing adopted": _nothing_adopted,
}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_of_the_upgrade_is_caught(tmp_path: Path, mutant: Callable[[], AbstractContextManager[None]]) -> None:
    record("mutants")
    with mutant():
        calls = _record(tmp_path / "live")
        assert any(_verdicts(calls, Disk.after_power_cut, tmp_path / "live"))
    record("caught")
