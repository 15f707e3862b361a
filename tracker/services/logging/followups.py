"""Open loops: what entries still ask when its time has come, answered or let go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from tracker.catalogue.rules import PARTS, too_late
from tracker.domain.commitments import Commitment
from tracker.domain.counting.followups import Loop, loops_of, open_now
from tracker.domain.fields import Field
from tracker.ledger import codec
from tracker.ledger.commitment_fields import BY, PUT_RIGHT, fields_of, source_of
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, progress_line, say_day, then
from tracker.services.logging import review_dates
from tracker.services.logging.stored_answers import answers_of
from tracker.store.events import Draft

if TYPE_CHECKING:
    from tracker.domain.reviews import Part


def open_loops(workspace: Workspace) -> list[Loop]:
    """Return what stands open today over all commitments, oldest first."""
    return open_now(all_loops(workspace), workspace.clock.now(), workspace.today)


def all_loops(workspace: Workspace) -> list[Loop]:
    """Return what is still asked, now or on a day to come: by entries of what is not archived, and by reviews."""
    found: list[Loop] = []
    for commitment in workspace.ledger.commitments():
        if waiting := workspace.ledger.asking(commitment.id):
            fields = fields_of(commitment)
            for entry in waiting:
                asked = replace(entry, asks=_with_parts(entry.asks))
                for loop in loops_of(commitment.id, asked, answers_of(workspace, entry.id), fields):
                    found.append(replace(loop, entry=entry, fields=_with_by(loop.fields, fields)))
    return [*found, *review_dates.loops_named(workspace)]


def _with_parts(asks: tuple[str, ...]) -> tuple[str, ...]:
    """Return what an entry asks: also one from before the four parts were asked with putting right."""
    return (*asks, *(part for part in PARTS if part not in asks)) if PUT_RIGHT in asks else asks


def _with_by(asked: tuple[Field, ...], fields: Sequence[Field]) -> tuple[Field, ...]:
    """Return the questions of a loop; whether something is put right asks by when, if it is not."""
    if not any(field.name == PUT_RIGHT for field in asked):
        return asked
    return (*asked, *(field for field in fields if field.name == BY))


def answer(workspace: Workspace, loop: Loop, answers: Mapping[str, Any]) -> Change:
    """Close a loop with its answers. Raises BadInput for one that does not fit, Refused where it is closed already."""
    from tracker.services.commitments.answering import read_answers

    source = _source(workspace, loop)
    given = read_answers(workspace, loop.fields, answers)
    if not given:
        raise BadInput("Nothing was answered. Answer it, or let it go.")
    if BY in given:
        if datetime.fromisoformat(given[BY]) <= workspace.clock.now():
            raise BadInput("By when? A time to come, such as tomorrow 19:00; that one has gone by.")
        given = {PUT_RIGHT: False, **given}
    elif (
        PUT_RIGHT not in given
        and any(field.name == PUT_RIGHT for field in loop.fields)
        and any(part in given for part in PARTS)
    ):
        raise BadInput("Have you put it right? Answer put_right with yes or no, with what was done beside it.")
    template = source_of(source) if isinstance(source, Commitment) else ""
    if wrong := too_late(template, given, loop.due, workspace.clock.now()):
        raise BadInput(wrong)
    return _close(workspace, source, loop, given, "answer", "thank you, that closes it.")


def _told(workspace: Workspace, loop: Loop, given: Mapping[str, Any], told: str) -> str:
    """Return what is said to answers: that it is put right, that it stays open and until when, or that it is closed."""
    if given.get(PUT_RIGHT) is True:
        from tracker.services.logging.repair_plan import say_righted

        return say_righted(workspace, loop.entry.id)
    value = workspace.ledger.value(loop.entry.id) or {}
    left = [field for field in loop.fields if field.name in given and field.name in codec.asked(value)]
    if not left:
        return told
    due = str(value.get("again") or answers_of(workspace, loop.entry.id).get(BY, ""))
    at = datetime.fromisoformat(due)
    when = say_day(at.date(), workspace.today) + ("" if at.time() == time() else f" {at:%H:%M}")
    by_when = "" if BY in given or PUT_RIGHT not in given else " By when?"
    return f"Not yet, then.{by_when} It stays open, and is asked again {when}."


def let_go(workspace: Workspace, loop: Loop) -> Change:
    """Close a loop without an answer, for good."""
    return _close(workspace, _source(workspace, loop), loop, {}, "let go", "let go.")


def _source(workspace: Workspace, loop: Loop) -> Commitment | Part:
    """Return the commitment, or the part of a review, that asks."""
    if (part := review_dates.part_of(loop)) is not None:
        return part
    commitment = workspace.ledger.get(loop.commitment)
    if commitment is None:
        raise Refused("Its commitment is not there any more.")
    return commitment


def _close(
    workspace: Workspace, source: Commitment | Part, loop: Loop, given: Mapping[str, Any], cmd: str, told: str
) -> Change:
    from tracker.services.logging import guided
    from tracker.services.logging.settling import closed, tomorrow

    commitment = source if isinstance(source, Commitment) else None
    title = source.title if isinstance(source, Commitment) else source.stands

    def build() -> list[Draft]:
        key = loop.entry.id
        old = guided.entry_value(workspace, commitment, key) if commitment else workspace.ledger.value(key) or {}
        names = {*(field.name for field in loop.fields), *PARTS}
        if given and PUT_RIGHT not in given:
            names -= {PUT_RIGHT, *PARTS}
        if not names & set(codec.asked(old)):
            raise Refused(f"{title}: that is closed already.")
        value = codec.asking(old, [name for name in codec.asked(old) if name not in names])
        new = (
            closed(workspace, commitment, value, given)
            if commitment
            else review_dates.answered(loop, value, given, tomorrow(workspace))
        )
        return [Draft(key, new)]

    events = workspace.write(cmd, build)
    text = f"{title}: {_told(workspace, loop, given, told)}"
    if commitment is None:
        return Change((text,), operation=events[0]["op"])
    return Change(
        (text + then(progress_line(workspace, commitment, (loop.entry.day,))),),
        commitment.id,
        operation=events[0]["op"],
    )
