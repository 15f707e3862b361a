"""A day that is logged before its commitment began: the start moves there, and it is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tracker.domain.commitments import Commitment
from tracker.services import keys
from tracker.services.toward import Toward
from tracker.store.events import Draft, Event


def start_earlier(toward: Toward, commitment: Commitment, day: date, ready: Sequence[Draft] = ()) -> list[Draft]:
    """Return `ready` and what moves the commitment's start to an earlier day; its windows stay where they were."""
    first = commitment.plans[0]
    if day >= first.start:
        return list(ready)
    toward.complete()
    new = {draft.key: draft.v for draft in ready}
    key = keys.plan(commitment.id, first.start)
    if key in new:
        return [draft for draft in ready if draft.key != key] + [Draft(keys.plan(commitment.id, day), new[key])]
    old = toward.book.value(key) or {}
    moved = dict(old) | {"anchor": (first.anchor or first.start).isoformat()}
    return [*ready, Draft(key, None), Draft(keys.plan(commitment.id, day), moved)]


def say_moved(events: Sequence[Event]) -> list[str]:
    """Say so where an operation moved the start of a commitment."""
    if not any(event["key"].startswith("plan|") and event["v"] is None for event in events):
        return []
    starts = [keys.split(event["key"])[2] for event in events if event["key"].startswith("plan|") and event["v"]]
    return [f"It now begins on {starts[0]}, since you logged a day before its start."] if starts else []
