"""The objects of the JSON answers, each as docs/json.md has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.domain.commitments import Commitment, Plan
from tracker.domain.occasions import Occasion
from tracker.domain.records import Entry
from tracker.services.rows import measure_unit, streak_row
from tracker.services.toward import Toward
from tracker.services.views import Day, Row

if TYPE_CHECKING:
    from tracker.catalogue import Template
    from tracker.services.details import Details
    from tracker.services.undo import Past

SCHEMA = 1


def due_object(row: Row) -> dict[str, Any]:
    """Return one commitment on one day."""
    return {
        "commitment": row.commitment.id,
        "title": row.commitment.title,
        "step": row.commitment.step,
        "kind": row.commitment.kind.value,
        "state": row.state.value,
        "done": row.done,
        "target": row.target,
        "unit": row.measure,
        "said": row.said,
    }


def today_object(view: Day) -> dict[str, Any]:
    """Return a day: what is due, and what is not asked for but may be logged."""
    return {
        "schema": SCHEMA,
        "day": view.day.isoformat(),
        "kept": view.kept,
        "due": [due_object(row) for row in view.due],
        "not_due": [due_object(row) for row in view.rows if not row.due],
        "timer_since": view.timer.isoformat() if view.timer else None,
    }


def streaks_object(toward: Toward) -> dict[str, Any]:
    """Return the streaks of all commitments."""
    today = toward.today
    rows = [dict(streak_row(toward.book, each, today)) for each in toward.book.commitments()]
    return {"schema": SCHEMA, "day": today.isoformat(), "streaks": rows}


def commitment_object(commitment: Commitment) -> dict[str, Any]:
    """Return a commitment with the plan in force."""
    return {
        "commitment": commitment.id,
        "title": commitment.title,
        "step": commitment.step,
        "kind": commitment.kind.value,
        "schedule": commitment.plan.schedule.sentence,
        "target": commitment.plan.target,
        "unit": measure_unit(commitment),
        "start": commitment.plans[0].start.isoformat(),
        "aliases": list(commitment.aliases),
        "outcomes": [outcome.name for outcome in commitment.outcomes],
        "harm": commitment.harm,
        "archived": commitment.archived,
    }


def list_object(toward: Toward, archived: bool) -> dict[str, Any]:
    """Return all commitments."""
    rows = [commitment_object(each) for each in toward.book.commitments(archived)]
    return {"schema": SCHEMA, "commitments": rows}


def plan_object(plan: Plan) -> dict[str, Any]:
    """Return a plan."""
    return {"start": plan.start.isoformat(), "schedule": plan.schedule.sentence, "target": plan.target}


def entry_object(entry: Entry) -> dict[str, Any]:
    """Return an entry without its private words."""
    return {
        "day": entry.day.isoformat(),
        "at": entry.at.isoformat() if entry.at else None,
        "amount": entry.amount,
        "outcome": entry.outcome,
        "open": entry.open,
        "put_right_at": entry.put_right_at.isoformat() if entry.put_right_at else None,
        "fields": dict(entry.fields),
    }


def occasion_object(occasion: Occasion, points: float) -> dict[str, Any]:
    """Return a settled occasion and what it added to consistency, or cost."""
    return {
        "first": occasion.first.isoformat(),
        "last": occasion.last.isoformat(),
        "state": occasion.state.value,
        "done": occasion.done,
        "target": occasion.target,
        "points": points,
    }


def show_object(toward: Toward, found: Details, notes: Mapping[date, str] | None) -> dict[str, Any]:
    """Return all about one commitment; the text of notes only where it was asked for."""
    commitment, why = found.commitment, found.explanation
    handled, lapses, put_right = found.moments
    return {
        "schema": SCHEMA,
        **commitment_object(commitment),
        "figures": dict(streak_row(toward.book, commitment, toward.today)),
        "said": found.row.said,
        "total": found.total,
        "moments": {"handled": handled, "lapses": lapses, "put_right": put_right},
        "explanation": {
            "now": why.now,
            "if_kept": why.if_kept,
            "if_missed": why.if_missed,
            "if_skipped": why.if_skipped,
            "last": [occasion_object(step.occasion, step.points) for step in why.steps],
        },
        "plans": [plan_object(plan) for plan in found.plans],
        "entries": [entry_object(entry) for entry in found.entries],
        "skips": [{"day": day.isoformat(), "reason": reason} for day, reason in sorted(found.skips.items())],
        "pauses": [
            {"first": pause.first.isoformat(), "last": pause.last.isoformat() if pause.last else None}
            for pause in found.pauses
        ],
        "notes": [
            {"day": day.isoformat()} | ({} if notes is None else {"text": notes[day]})
            for day in sorted(found.note_days)
        ],
    }


def operation_object(past: Past) -> dict[str, Any]:
    """Return one operation of the history."""
    return {
        "operation": past.operation,
        "at": past.at.isoformat(),
        "device": past.device,
        "own": past.own,
        "command": past.cmd,
        "said": past.said,
        "undone": past.undone,
    }


def shelf_object(template: Template, mine: Commitment | None) -> dict[str, Any]:
    """Return a commitment of the catalogue, and whether it is taken on."""
    return {
        "commitment": template.id,
        "title": template.title,
        "step": template.step,
        "kind": template.kind,
        "schedule": template.schedule,
        "target": template.target,
        "yours": mine is not None and not mine.archived,
        "archived": mine is not None and mine.archived,
    }
