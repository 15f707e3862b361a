"""Every state that a kill or a power cut may leave: the store opens, and what was acknowledged is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.crash_model import Disk, Tree, disks, materialise
from tests.faults.folders import names, no_waiting_for_the_disk, open_store, put
from tests.faults.mutants import MUTANTS
from tests.faults.recorder import Call, recording
from tracker.store import StoreError

OPERATIONS = tuple((f"{n}a", f"{n}b", f"{n}c")[: 1 + n % 3] for n in range(16))
States = Callable[[Disk], Iterator[Tree]]
KINDS: dict[str, tuple[States, int]] = {"kill": (Disk.after_kill, 100), "power": (Disk.after_power_cut, 300)}


def _record(root: Path) -> list[Call]:
    root.mkdir()
    with recording(root) as trace:
        stores = [open_store(root), open_store(root)]
        for turn, operation in enumerate(OPERATIONS):
            put(stores[turn % 2], *operation)
            trace.note("".join(operation))
    return trace.calls


def _verdicts(calls: list[Call], states: States, old_root: Path, scratch: Path) -> Iterator[str | None]:
    """Yield for every different state what is wrong with it, or None."""
    looked_at: set[tuple[Tree, frozenset[str]]] = set()
    with no_waiting_for_the_disk():
        for disk, acknowledged in disks(calls):
            for tree in states(disk):
                case = (tree, frozenset(acknowledged))
                if case not in looked_at:
                    looked_at.add(case)
                    root = scratch / str(len(looked_at))
                    materialise(tree, str(old_root), root)
                    yield _problem(root, acknowledged)


def _problem(root: Path, acknowledged: set[str]) -> str | None:
    """Return what is wrong with the store in `root`, or None."""
    try:
        store = open_store(root)
        if store.damaged:
            return f"damaged: {store.damaged}"
        found = names(store)
        for operation in OPERATIONS:
            kept = found & set(operation)
            if kept and kept != set(operation):
                return f"half an operation: {sorted(kept)}"
            if not kept and "".join(operation) in acknowledged:
                return f"lost: {operation}"
        put(store, "next")
        return None if names(open_store(root)) == found | {"next"} else "the next write was lost"
    except StoreError as error:
        return error.message


@pytest.mark.parametrize(("states", "at_least"), KINDS.values(), ids=KINDS)
def test_nothing_acknowledged_is_lost_and_nothing_is_half(tmp_path: Path, states: States, at_least: int) -> None:
    calls = _record(tmp_path / "live")
    verdicts = list(_verdicts(calls, states, tmp_path / "live", tmp_path))
    assert [each for each in verdicts if each] == []
    assert len(verdicts) >= at_least


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_loses_something(tmp_path: Path, mutant: Callable[[], Any]) -> None:
    with mutant():
        calls = _record(tmp_path / "live")
    # The mutant only ever wrote; what reads its remains is the real store.
    assert any(_verdicts(calls, Disk.after_power_cut, tmp_path / "live", tmp_path))
