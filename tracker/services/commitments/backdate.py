"""When a commitment begins: moved to an earlier day that is logged, or to a later one on request, and it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tracker.domain.commitments import Commitment, Plan
from tracker.ledger import event_keys
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import say_day
from tracker.store.events import Draft, Event


def start_earlier(workspace: Workspace, commitment: Commitment, day: date, ready: Sequence[Draft] = ()) -> list[Draft]:
    """Return `ready` and what moves the commitment's start to an earlier day; its windows stay where they were."""
    # Another window may have moved the start since this commitment was looked at.
    first = (workspace.ledger.get(commitment.id) or commitment).plans[0]
    if day >= first.start:
        return list(ready)
    new = {draft.key: draft.v for draft in ready}
    key = event_keys.plan(commitment.id, first.start)
    if key in new:
        return [draft for draft in ready if draft.key != key] + [Draft(event_keys.plan(commitment.id, day), new[key])]
    old = workspace.ledger.value(key) or {}
    moved = dict(old) | {"anchor": (first.anchor or first.start).isoformat()}
    return [*ready, Draft(key, None), Draft(event_keys.plan(commitment.id, day), moved)]


def moved(workspace: Workspace, commitment: Commitment, day: date) -> tuple[Plan | None, Plan | None]:
    """Return the plan that begins on `day` instead, and the plan it replaces; both None where it begins then already.

    The newest plan is moved if it has not begun yet, else the first one. Raises Refused where something is logged
    before `day`, where another plan begins by then, or for a day before a start that is past.
    """
    plans, today = commitment.plans, workspace.today
    old = plans[-1] if plans[-1].start > today else plans[0]
    if day == old.start:
        return None, None
    others = [plan.start for plan in plans if plan is not old]
    if any((start >= day) == (start < old.start) for start in others):
        raise Refused(f"Another plan of it begins on {say_day(others[-1], today)}; this one stays on its side of that.")
    if day < old.start <= today:
        raise Refused(
            f"It began on {old.start}. To begin earlier, log what was done before: the start moves to that day."
        )
    if day < today < old.start:
        raise Refused(f"It has not begun yet, and can begin today ({today}) or later.")
    if old is plans[0]:
        before = [entry.day for entry in workspace.ledger.record(commitment.id).entries if entry.day < day]
        if before:
            raise Refused(
                f"Something is logged on {before[0]}, so it cannot begin after that. What is logged stays as it is."
            )
    return replace(old, start=day, anchor=None), old


def say_moved(events: Sequence[Event]) -> list[str]:
    """Say so where an operation moved the start of a commitment."""
    if not any(event["key"].startswith("plan|") and event["v"] is None for event in events):
        return []
    starts = [event_keys.split(event["key"])[2] for event in events if event["key"].startswith("plan|") and event["v"]]
    return [f"It now begins on {starts[0]}, since you logged a day before its start."] if starts else []
