"""A process of its own that works on a data folder; it prints what was acknowledged, a line each.

python -m tests.faults.writer ROOT loop NAME COUNT   write COUNT operations of two events each
python -m tests.faults.writer ROOT wild NAME         write once without lock and guard; having read, wait for a line
python -m tests.faults.writer ROOT first             open the folder when told to on stdin, print its ids
python -m tests.faults.writer ROOT hold              hold the lock until stdin closes
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests.faults.folders import open_store, put
from tests.faults.mutants import no_lock, shrink_guard_off
from tracker.store import files
from tracker.store.log import storage
from tracker.store.store import Store


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
    name, *count = rest
    if task == "wild":
        with no_lock(), shrink_guard_off(), _waiting_before_it_writes():
            _put(store, name)
        return
    for number in range(int(count[0])):
        _put(store, f"{name}-{number}")


def _put(store: Store, name: str) -> None:
    put(store, name, f"{name}-too")
    print(name, flush=True)


@contextmanager
def _waiting_before_it_writes() -> Iterator[None]:
    real = files.atomic_write

    def write(path: Path, data: bytes, *, durable: bool = True) -> None:
        print("read", flush=True)
        sys.stdin.readline()
        real(path, data, durable=durable)

    with patch.object(storage, "atomic_write", write):
        yield


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
