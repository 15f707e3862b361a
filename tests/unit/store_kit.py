"""What the unit tests of the store write with: one operation, one event from elsewhere, one import."""

from __future__ import annotations

from typing import Any

from tests.faults.folders import Desk
from tracker.store.events import Draft, Event, as_stored
from tracker.store.store import Store


def write(store: Store, *drafts: Draft, **links: Any) -> tuple[Event, ...]:
    """Return the events of one operation."""
    with store.transaction() as transaction:
        return transaction.write(drafts, cmd="log", **links)


def put(store: Store, key: str, value: dict[str, object] | None = None) -> Event:
    """Return the event that gives a key a value, or its own name as a text."""
    return write(store, Draft(key, value or {"text": key}))[0]


def foreign(**fields: Any) -> Event:
    """Return an event of another device."""
    return as_stored(
        {
            "id": "foreign",
            "key": "note|foreign",
            "v": {"text": "from elsewhere"},
            "t": 5,
            "prev": None,
            "dev": "elsewhere",
            "at": "2020-02-02T20:20:00+02:00",
            "op": "their-op",
            "n": 900,
            "cmd": "note",
            **fields,
        }
    )


def add(store: Store, *events: Event) -> tuple[int, Event | None]:
    """Return what an import of events answers."""
    with store.transaction() as transaction:
        return transaction.add(events, cmd="import")


def shards(desk: Desk) -> list[str]:
    """Return the names of all month files."""
    return sorted(path.name for path in (desk.root / "data" / "devices").glob("*/20*.json"))
