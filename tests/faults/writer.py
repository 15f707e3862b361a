"""A process of its own that works on a data folder; it prints what was acknowledged, a line each.

python -m tests.faults.writer ROOT loop NAME COUNT   write COUNT operations of two events each
python -m tests.faults.writer ROOT wild NAME COUNT   the same without lock and guard, and whatever is refused left out
python -m tests.faults.writer ROOT first             open the folder when told to on stdin, print its ids
python -m tests.faults.writer ROOT hold              hold the lock until stdin closes
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

from tests.faults.folders import open_store, put
from tracker.store import Store, StoreError


def main(root: Path, task: str, *rest: str) -> None:
    """Do the task."""
    if task == "first":
        print("ready", flush=True)
        sys.stdin.readline()
        store = open_store(root)
        print(store.device, store.store_id, flush=True)
        return
    store = open_store(root)
    if task == "hold":
        with store.transaction():
            print("held", flush=True)
            sys.stdin.read()
        return
    name, count = rest
    with ExitStack() as stack:
        if task == "wild":
            from tests.faults.mutants import no_lock, shrink_guard_off

            stack.enter_context(no_lock())
            stack.enter_context(shrink_guard_off())
        for number in range(int(count)):
            _put(store, f"{name}-{number}", wild=task == "wild")


def _put(store: Store, name: str, *, wild: bool) -> None:
    try:
        put(store, name, f"{name}-too")
    except StoreError:
        if not wild:
            raise
    else:
        print(name, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
