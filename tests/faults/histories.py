"""A long history that a seed decides: two devices, a turn of the month, undo, imports and a purge."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

from tests.faults.folders import Desk, operations
from tests.faults.recorder import Trace, recording
from tracker.store.events import Draft, Event, as_stored
from tracker.store.store import Store

STEPS = 16
Fold = dict[str, object]
"""What every key says, and which keys were purged."""


def fold(store: Store) -> Fold:
    """Return the value of every key that somebody might look at."""
    return {
        key: event["v"] if event["v"] is not None else ("purged" in event)
        for key, event in store.winners.items()
        if not key.startswith(("import|", "purge|"))
    }


class History:
    """A recorded history: the calls behind it, and what the store said after each step."""

    def __init__(self, root: Path, seed: int, steps: int = STEPS) -> None:
        root.mkdir()
        self.root = root
        self._chance = random.Random(seed)
        self._desk = Desk(root)
        self._desk.now -= timedelta(days=40)
        self.folds: list[Fold] = [{}]
        with recording(root) as trace:
            self._stores = {name: self._desk.open(name) for name in ("one", "two")}
            for step in range(steps):
                self._step(step, steps)
                self._settle(trace)
        self.calls = trace.calls

    def _settle(self, trace: Trace) -> None:
        """Keep what the store says now, and say that the step was acknowledged."""
        self._stores["one"].refresh()
        self.folds.append(fold(self._stores["one"]))
        trace.note(str(len(self.folds) - 1))

    def _step(self, step: int, steps: int) -> None:
        store = self._stores["one" if step % 3 else "two"]
        store.refresh()
        kind = {steps // 2: "purge", steps // 3: "import", 2 * steps // 3: "import"}.get(step)
        kind = kind or self._chance.choice(("write", "write", "undo"))
        self._desk.now += timedelta(days=self._chance.choice((0, 1, 9)))
        if step == steps // 2 + 1:
            self._desk.now += timedelta(days=31)
        with store.transaction() as transaction:
            if kind == "import":
                transaction.add([self._foreign(number) for number in range(3)], cmd="import")
            elif kind == "purge":
                transaction.purge(self._some(store), cmd="purge")
            elif kind == "undo" and (done := operations(store)):
                transaction.write([self._back(store, event) for event in done[0]], cmd="undo", undoes=done[0][0]["op"])
            else:
                transaction.write(self._drafts(step), cmd="note")

    def _drafts(self, step: int) -> list[Draft]:
        count = self._chance.randrange(1, 4)
        return [Draft(f"note|{self._chance.randrange(6)}", {"step": step, "part": part}) for part in range(count)]

    def _some(self, store: Store) -> list[str]:
        keys = sorted(key for key in store.winners if key.startswith("note|"))
        return self._chance.sample(keys, min(2, len(keys)))

    def _back(self, store: Store, event: Event) -> Draft:
        before = store.events.get(event["prev"] or "")
        return Draft(event["key"], before["v"] if before else None, as_=event["prev"])

    def _foreign(self, number: int) -> Event:
        some = self._chance.randrange(10**9)
        return as_stored(
            {
                "id": f"{some:032x}", "key": f"note|foreign {number}", "v": {"from": some}, "t": 5 + some, "prev": None,
                "dev": "elsewhere", "at": "2020-02-02T20:20:00+02:00", "op": f"op {some}", "n": 900, "cmd": "note",
            }
        )  # fmt: skip
