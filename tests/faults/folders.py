"""A data folder below tmp_path, a clock that stands still, and the questions every fault test asks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from unittest.mock import patch

from tracker.store.events import Draft, Event
from tracker.store.store import Store

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=1)))
NOVEMBER = datetime(2026, 11, 23, 7, 40, 11, tzinfo=UTC)


def clock(moment: datetime = NOVEMBER) -> Callable[[], datetime]:
    """Return a clock that always says `moment`."""
    return lambda: moment


def open_store(root: Path, *, device: str = "one", lock_timeout: float = 30.0, since: str | None = None) -> Store:
    """Return the store in `root`, as the computer called `device` sees it."""
    return Store.open(root / "data", root / device, clock(), lock_timeout=lock_timeout, since=since)


def put(store: Store, *names: str) -> tuple[Event, ...]:
    """Write one operation with an event for each name."""
    with store.transaction() as transaction:
        return transaction.write([Draft(f"note|{name}", {"text": name}) for name in names], cmd="note")


def names(store: Store) -> set[str]:
    """Return the names of all notes that the store knows."""
    return {key.removeprefix("note|") for key in store.winners}


def operations(store: Store) -> list[tuple[Event, ...]]:
    """Return the operations of the store's own device, newest first."""
    grouped: dict[tuple[int, str], list[Event]] = {}
    for event in store.events.values():
        if event["dev"] == store.device and "op" in event:
            grouped.setdefault((event.get("n", 0), event["op"]), []).append(event)
    return [tuple(grouped[number]) for number in sorted(grouped, reverse=True)]


def shard(store: Store, name: str = "2026-11.json") -> Path:
    """Return the path of a month of the store's own device."""
    return store.data / "devices" / store.device / name


@contextmanager
def no_waiting_for_the_disk() -> Iterator[None]:
    """Skip fsync where a test looks at what was written and not at when it is safe."""
    with patch.object(os, "fsync", lambda _fd: None):
        yield


def say_yes(store: Store) -> None:
    """Let what others ordered purged be purged here too, as a person does who gave the order on another device."""
    store.judge.accept(store.waiting)
    store.judge_anew()


class Desk:
    """A data folder, the devices around it, and a clock that can be set."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = NOON

    def open(self, device: str = "one", *, since: str | None = None) -> Store:
        """Return the store as a device sees it now."""
        return Store.open(self.root / "data", self.root / device, lambda: self.now, since=since)
