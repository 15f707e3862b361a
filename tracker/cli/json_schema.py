"""The objects of the JSON answers, each as docs/json.md has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.domain.commitments import Commitment, Plan
from tracker.domain.records import Entry
from tracker.ledger.json_rows import measure_unit, moments_object, own_row, streak_row
from tracker.ledger.workspace import Workspace
from tracker.services.views.day_rows import Day, Row

if TYPE_CHECKING:
    from tracker.catalogue.model import Template
    from tracker.domain.counting.explain import Explanation
    from tracker.domain.fields import Field
    from tracker.domain.planned import PlannedTime
    from tracker.domain.reviews import Review
    from tracker.services.history.history import Past
    from tracker.services.history.versions import Version
    from tracker.services.views.details import Details
    from tracker.services.views.inbox import Waiting


def taken(value: object, names: str) -> dict[str, Any]:
    """Return some attributes of a value as JSON has them: days, moments and paths as text, states by their name."""
    return {name: _plain(getattr(value, name)) for name in names.split()}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value.value if isinstance(value, Enum) else [*map(_plain, value)] if isinstance(value, tuple) else value


def due_object(row: Row) -> dict[str, Any]:
    """Return one commitment on one day."""
    return {
        "commitment": row.commitment.id,
        **taken(row.commitment, "title step kind"),
        **taken(row, "state done target"),
        "unit": row.measure,
        "said": row.summary,
    }


def today_object(view: Day) -> dict[str, Any]:
    """Return a day: what is due, what is not asked for but may be logged, and what stands open."""
    return {
        "day": view.day.isoformat(),
        "kept": view.count.kept,
        "asked": view.count.asked,
        "due": [due_object(row) for row in view.due],
        "not_due": [due_object(row) for row in view.rows if not row.due],
        "timer_since": view.timer.isoformat() if view.timer else None,
        "open": [open_object(each) for each in view.waiting],
        "next_together": planned_object(view.next_time) if view.next_time else None,
        "why": view.why,
    }


def open_object(each: Waiting) -> dict[str, Any]:
    """Return an open question, without private words."""
    return taken(each, "number commitment title due fields")


def planned_object(each: PlannedTime) -> dict[str, Any]:
    """Return a planned time; never why it was cancelled."""
    return {
        "day": each.day.isoformat(),
        "time": f"{each.at:%H:%M}",
        **taken(each, "minutes state logged"),
        "moved_to": each.moved_to or None,
    }


def field_object(field: Field, asked: str) -> dict[str, Any]:
    """Return a field; `asked` is when."""
    ranged = field.type.value in ("scale", "number", "percent")
    return {
        **taken(field, "name ask type"),
        "choices": [choice.name for choice in field.choices],
        "low": field.low if ranged else None,
        "high": field.high if ranged else None,
        **taken(field, "private optional"),
        "asked": asked,
    }


def streaks_object(workspace: Workspace) -> dict[str, Any]:
    """Return the streaks of all commitments."""
    today = workspace.today
    rows = [dict(streak_row(workspace.ledger, each, today)) for each in workspace.ledger.commitments()]
    return {"day": today.isoformat(), "streaks": rows}


def commitment_object(commitment: Commitment) -> dict[str, Any]:
    """Return a commitment with the plan in force."""
    return {
        "commitment": commitment.id,
        **taken(commitment, "title step kind"),
        "schedule": commitment.plan.schedule.sentence,
        "target": commitment.plan.target,
        "unit": measure_unit(commitment),
        "start": commitment.plans[0].start.isoformat(),
        "aliases": list(commitment.aliases),
        "outcomes": [outcome.name for outcome in commitment.outcomes],
        "harm": commitment.harm,
        "archived": commitment.archived,
    }


def list_object(workspace: Workspace, archived: bool) -> dict[str, Any]:
    """Return all commitments."""
    rows = [commitment_object(each) for each in workspace.ledger.commitments(archived)]
    return {"commitments": rows}


def plan_object(plan: Plan) -> dict[str, Any]:
    """Return a plan."""
    return {"start": plan.start.isoformat(), "schedule": plan.schedule.sentence, "target": plan.target}


def entry_object(entry: Entry) -> dict[str, Any]:
    """Return an entry without its private words."""
    return {**taken(entry, "day at amount outcome open put_right_at"), "fields": dict(entry.fields)}


def explanation_object(why: Explanation) -> dict[str, Any]:
    """Return why consistency is what it is, and what the next occasion gives."""
    return {
        **taken(why, "now if_kept if_missed if_skipped"),
        "last": [{**taken(step.occasion, "first last state done target"), "points": step.points} for step in why.steps],
    }


def show_object(workspace: Workspace, found: Details, notes: Mapping[date, Sequence[Version]] | None) -> dict[str, Any]:
    """Return all about one commitment; the text of notes only where it was asked for."""
    commitment = found.commitment
    return {
        **commitment_object(commitment),
        "figures": dict(own_row(workspace.ledger, commitment, workspace.today)),
        "said": found.row.summary,
        "total": found.total,
        "moments": dict(moments_object(found.moments)),
        "explanation": None if commitment.harm else explanation_object(found.explanation),
        "insights": list(found.insights),
        "plans": [plan_object(plan) for plan in found.plans],
        "entries": [entry_object(entry) for entry in found.entries],
        "skips": [{"day": day.isoformat(), "reason": reason} for day, reason in sorted(found.skips.items())],
        "pauses": [taken(pause, "first last") for pause in found.pauses],
        "notes": [_note_object(day, None if notes is None else notes[day]) for day in sorted(found.note_days)],
        "unsettled": list(found.unsettled),
    }


def _note_object(day: date, versions: Sequence[Version] | None) -> dict[str, Any]:
    """Return a note, with the versions that stand side by side if its text was asked for."""
    if versions is None:
        return {"day": day.isoformat()}
    shown = {"day": day.isoformat(), "text": versions[0].text if versions else ""}
    if len(versions) < 2:
        return shown
    return {**shown, "versions": [taken(each, "device name own at text") for each in versions]}


def operation_object(past: Past) -> dict[str, Any]:
    """Return one operation of the history."""
    return {
        "operation": past.operation,
        **taken(past, "at device name own"),
        "command": past.cmd,
        "said": past.summary,
        "undone": past.undone,
    }


def shelf_object(template: Template, mine: Commitment | None) -> dict[str, Any]:
    """Return a commitment of the catalogue, and whether it is taken on."""
    return {
        "commitment": template.id,
        **taken(template, "title step kind schedule target"),
        "yours": mine is not None and not mine.archived,
        "archived": mine is not None and mine.archived,
    }


def review_object(workspace: Workspace, kind: Review, day: date | None = None) -> dict[str, Any]:
    """Return where a review stands and what its period held; nobody's words and nobody's ratings are in it."""
    from tracker.present.review import period
    from tracker.services.reviews.reviews import progress

    summary, areas = period(workspace, kind, day)
    now = progress(workspace, kind, day)
    return {
        "review": kind.value,
        "title": now.script.title,
        **taken(summary, "first last"),
        "began": now.began,
        "part": now.part.name if now.part else None,
        "finished": now.finished.isoformat() if now.finished else None,
        "parts": [{**taken(part, "name title minutes"), "done": part in now.done} for part in now.script.parts],
        "summary": {
            "steps": [taken(each, "step name kept settled") for each in summary.steps],
            "weeks_on_track": summary.weeks_on_track,
            "planned": {"kept": summary.planned_kept, "settled": summary.planned_settled},
            "promises": taken(summary.promises, "made kept moved late missed"),
            "loops": {"closed": summary.loops_closed, "open": summary.loops_open},
            "said": list(summary.lines),
        },
        "areas": [taken(area, "step name leading middle lagging counted between becomes") for area in areas],
    }
