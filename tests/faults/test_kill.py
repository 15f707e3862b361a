"""A writer killed for real at random moments: what it acknowledged is there, and nothing is half."""

from __future__ import annotations

import random
import select
import subprocess
from pathlib import Path

from tests.faults.folders import names, open_store, put
from tests.faults.processes import line, writer
from tests.faults.scale import SCALE
from tests.faults.totals import record

KILLS = 6 if SCALE < 2 else 25 * SCALE
SEED = 20261123


def _kill_at_random(process: subprocess.Popen[str], chance: random.Random) -> list[str]:
    """Kill the writer some moments after one of its first acknowledgements, and return all of these."""
    acknowledged = [line(process) for _ in range(chance.randrange(1, 12))]
    # Waiting for a pipe that nobody writes to is how to let a fraction of a write go by.
    select.select([], [], [], chance.random() * 0.01)
    process.kill()
    assert process.stdout is not None
    return [each for each in (*acknowledged, *process.stdout.read().split()) if each]


def test_kills_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    acknowledged: set[str] = set()
    for turn in range(KILLS):
        with writer(tmp_path, "loop", f"w{turn}", "100000") as process:
            acknowledged |= set(_kill_at_random(process, chance))
        store = open_store(tmp_path)
        found = names(store)
        assert store.damaged == ()
        assert acknowledged <= found, f"seed {SEED}, kill {turn}"
        operations = {name.removesuffix("-too") for name in found}
        assert found == operations | {f"{name}-too" for name in operations}, "half an operation"
        put(store, f"after {turn}", f"after {turn}-too")
        record("random kills")
