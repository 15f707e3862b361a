"""Stores of many years, made up for timing: twenty check-ins a day and a note now and then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

from tracker.domain.clock import Clock, SystemClock
from tracker.ledger import event_keys
from tracker.ledger.workspace import Workspace
from tracker.store.events import Event, as_stored

COMMITMENTS = 20


def make(data: Path, state: Path, years: int, commitments: int = COMMITMENTS, clock: Clock | None = None) -> int:
    """Fill an empty store with `years` of check-ins up to yesterday and return the number of events."""
    workspace = Workspace.at(data, state, clock or SystemClock())
    with workspace.transaction() as transaction:
        events = list(_events(workspace, years, commitments))
        transaction.bulk(events)
    return len(events)


def _events(workspace: Workspace, years: int, commitments: int) -> Iterator[Event]:
    now = workspace.clock.now()
    number = 0
    for ago in range(years * 365, 0, -1):
        day = workspace.today - timedelta(days=ago)
        at = datetime.combine(day, time(21, 0), now.tzinfo)
        for index in range(commitments):
            cid = f"own.habit-{index}"
            facts: list[tuple[str, dict[str, object]]] = []
            if ago == years * 365:
                title = f"Habit number {index}"
                facts.append(
                    (event_keys.commitment(cid), {"title": title, "step": f"s{index % 6 + 1}", "kind": "check"})
                )
                facts.append((event_keys.plan(cid, day), {"schedule": "daily", "target": 1}))
            if (ago + index) % 9:
                facts.append((event_keys.check(cid, day), {"at": at.isoformat()}))
            if (ago * 7 + index) % 300 == 0:
                facts.append((event_keys.note(cid, day), {"private": {"text": "A word about the day. " * 4}}))
            for key, value in facts:
                number += 1
                yield as_stored(
                    {
                        "id": f"{number:032x}",
                        "key": key,
                        "v": value,
                        "t": int(at.timestamp() * 1000),
                        "prev": None,
                        "dev": workspace.store.device,
                        "at": at.isoformat(),
                        "op": f"{number:032x}",
                        "n": number,
                        "cmd": "done",
                    }
                )
