"""Every state that a kill or a power cut may leave: the store opens, and says what it said before or after the step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.crash_model import Disk, Tree, left_behind
from tests.faults.folders import Desk, no_waiting_for_the_disk, put
from tests.faults.histories import History, fold
from tests.faults.mutants import MUTANTS
from tests.faults.scale import SCALE
from tests.faults.totals import record
from tracker.store.errors import StoreError

SEEDS = range(20261123, 20261123 + 4 * max(1, SCALE // 4))
EVERY = 1 if SCALE > 1 else 12
"""Of the states of a long history only every so manieth is looked at in a short run, so that four seeds cost little."""

States = Callable[[Disk], Iterator[Tree]]
KINDS: dict[str, States] = {"kill": Disk.after_kill, "power": Disk.after_power_cut}


def _verdicts(history: History, states: States, *, one_of: int = 1, since: str = "") -> Iterator[str | None]:
    """Yield for every different state after step `since` what is wrong with it, or None; or for one of so many."""
    with no_waiting_for_the_disk():
        for root, notes in left_behind(history.calls, states, history.root, since=since, one_of=one_of):
            yield _problem(root, history, max(map(int, notes), default=0))


def _problem(root: Path, history: History, done: int) -> str | None:
    """Return what is wrong with the store in `root` after `done` steps were acknowledged, or None."""
    desk = Desk(root)
    try:
        store = desk.open()
        if store.damaged:
            return f"damaged: {store.damaged}"
        found = fold(store)
        if found not in history.folds[done : done + 2]:
            return f"after step {done}: {found}"
        for device in ("two", "one"):
            put(desk.open(device), f"next of {device}")
        again = fold(desk.open())
        for device in ("two", "one"):
            if again.pop(f"note|next of {device}", None) is None:
                return f"the next write of {device} was lost"
        return None if again == found else "the next writes changed something"
    except StoreError as error:
        return error.message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_store_says_what_it_said_before_or_after_the_step(tmp_path: Path, seed: int, kind: str) -> None:
    history = History(tmp_path / "live", seed)
    verdicts = list(_verdicts(history, KINDS[kind], one_of=EVERY))
    record(f"{kind} states", len(verdicts))
    assert [each for each in verdicts if each] == [], f"seed {seed}"
    assert len(verdicts) >= (180 if kind == "kill" else 440) // EVERY


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_loses_something(tmp_path: Path, mutant: Callable[[], Any]) -> None:
    record("mutants")
    with mutant():
        history = History(tmp_path / "live", SEEDS[0], steps=5)
    # The mutant only ever wrote; what reads its remains is the real store.
    assert any(_verdicts(history, Disk.after_power_cut, since="1"))
    record("caught")
