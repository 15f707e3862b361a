"""Log a lapse of something to avoid, or a moment handled, and what was put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tracker.catalogue.rules import HANDS, THANKS
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.moments import HAPPENED
from tracker.domain.records import HANDLED, LAPSE, Entry
from tracker.ledger import codec, event_keys
from tracker.ledger.errors import NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, say_days
from tracker.services.commitments.backdate import say_moved, start_earlier
from tracker.services.logging.log_entry import logged, not_ahead, now_of
from tracker.services.logging.notes import noted
from tracker.services.support.care import care
from tracker.store.events import Draft

QUESTION = "What will you put right, and by when?"


def lapse(
    workspace: Workspace,
    commitment: Commitment,
    days: Sequence[date] | None = None,
    *,
    handled: bool = False,
    hands: bool = False,
    note: str = "",
) -> Change:
    """Log a lapse of something to avoid, or a moment handled; with `hands`, that words were not all of it."""
    days = tuple(days or (workspace.today,))
    must_avoid(commitment)
    not_ahead(workspace, days)
    outcome = HANDLED if handled else LAPSE
    fields, asks = ({}, []) if handled else _asked_tomorrow(workspace, commitment)
    if hands:
        fields["what"] = HANDS

    def build() -> list[Draft]:
        drafts = start_earlier(workspace, commitment, min(days), [])
        for day in days:
            entry = codec.NewEntry(now_of(workspace), day, outcome=outcome, fields=fields, asks=asks)
            drafts.append(Draft(event_keys.entry(commitment.id), codec.write_entry(entry)))
        return drafts + noted(workspace, commitment.id, days[-1], note)

    events = workspace.write(outcome, build)
    when = say_days(days, workspace.today)
    if handled:
        said = [f"{commitment.title}: a moment handled, {when}. That counts."]
        return logged(commitment, [*said, *say_moved(events)], events)
    said = [f"{commitment.title}: {HAPPENED}, {when}. {THANKS}"]
    found = care(workspace, commitment, LAPSE, hands=hands)
    said += [QUESTION] if found is None else list(found.lines)
    return logged(commitment, [*said, *say_moved(events)], events, NextStep.PUT_RIGHT if found is None else found.way)


def _asked_tomorrow(workspace: Workspace, commitment: Commitment) -> tuple[dict[str, Any], list[str]]:
    """Return the answers and questions by which a lapse asks whether it is put right; nothing where it never asks."""
    from tracker.ledger.commitment_fields import fields_of
    from tracker.services.logging.settling import asked_tomorrow

    fields = fields_of(commitment)
    found = asked_tomorrow(workspace, fields)
    return found, [field.name for field in fields if field.later] if found else []


def waiting_lapses(workspace: Workspace, commitment: Commitment) -> list[Entry]:
    """Return the lapses that are not put right."""
    entries = workspace.ledger.record(commitment.id).entries
    return [entry for entry in entries if entry.outcome == LAPSE and entry.put_right_at is None]


def newest_lapse(workspace: Workspace, commitment: Commitment) -> Entry:
    """Return the newest lapse that is not put right. Raises Refused without one."""
    waiting = waiting_lapses(workspace, commitment)
    if not waiting:
        raise Refused(f"{commitment.title}: no lapse is waiting to be put right.")
    return max(waiting, key=lambda entry: (entry.written, entry.id))


def must_avoid(commitment: Commitment) -> None:
    """Raise Refused where a commitment is not something to avoid."""
    if commitment.kind is not Kind.AVOID:
        raise Refused(f"'{commitment.title}' is not something to avoid. A day that did not work is simply left open.")
