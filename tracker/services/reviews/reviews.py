"""Look back: begin a review, leave it, take it up again, finish it, and share of it what both agreed to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tracker.catalogue import reviews
from tracker.domain.calendar import Span
from tracker.domain.reviews import Part, Review, Script
from tracker.domain.text.clean import one_line
from tracker.ledger import codec, event_keys
from tracker.ledger.errors import NextStep, Refused
from tracker.ledger.event_keys import step_in
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, say_day
from tracker.services.commitments.answering import read_answers, sorted_out
from tracker.services.commitments.lifecycle import ensure_active
from tracker.services.logging import review_dates
from tracker.services.logging.guided import log
from tracker.services.logging.log_entry import now_of
from tracker.services.reviews.period_summary import figures_in, may_be_shown, planned_in, promises_in
from tracker.store.events import Draft

RESERVED = frozenset({"sealed"})
KEPT = "Kept. You can leave and go on later."


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """A review of a period: its script, the part that is next (None once all were gone through), and the answers."""

    script: Script
    span: Span
    part: Part | None
    began: bool
    finished: datetime | None
    answers: Mapping[str, Any]

    @property
    def kind(self) -> Review:
        """Return which review it is."""
        return self.script.kind

    @property
    def key(self) -> str:
        """Return the key it is kept under."""
        return event_keys.review(self.kind, self.span.first.isoformat())

    @property
    def done(self) -> tuple[Part, ...]:
        """Return the parts that were gone through."""
        parts = self.script.parts
        return parts if self.part is None else parts[: parts.index(self.part)]


def progress(workspace: Workspace, kind: Review, day: date | None = None) -> ReviewProgress:
    """Return where the review of a day's period stands, today's if none is given."""
    script = reviews().scripts[kind]
    span = kind.span(day or workspace.today, workspace.ledger.calendar)
    value = workspace.ledger.value(event_keys.review(kind, span.first.isoformat())) or {}
    began = "part" in value or "finished" in value
    part = None if value.get("finished") else script.part(str(value.get("part"))) or script.parts[0]
    answers = codec.said_in(value)
    return ReviewProgress(
        script=script,
        span=span,
        part=part,
        began=began,
        finished=_moment(value.get("finished")),
        answers={name: answer for name, answer in answers.items() if name not in RESERVED},
    )


def told(workspace: Workspace, part: Part) -> tuple[str, ...]:
    """Return what a part says, and what stands open today of what it is about; kind and date only."""
    if not part.waits:
        return part.say
    from tracker.services.views.inbox import waiting

    found = [each for each in waiting(workspace) if _placed(workspace, each.commitment).startswith(part.waits)]
    lines = [f"{each.title}, {each.when}: {each.ask}" for each in found]
    head = "Still open, and answered on Today:" if lines else "Nothing stands open here."
    return (*part.say, head, *lines)


def _placed(workspace: Workspace, cid: str) -> str:
    """Return a commitment's id behind its step, as the catalogue's begin already: `s5.own.slam-no-door`."""
    commitment = workspace.ledger.get(cid)
    return cid if commitment is None or commitment.step == step_in(cid) else f"{commitment.step}.{cid}"


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def answer(
    workspace: Workspace,
    kind: Review,
    part: str,
    answers: Mapping[str, Any],
    day: date | None = None,
    *,
    stay: bool = False,
) -> Change:
    """Keep the answers of a part and go on to the next, which opens a finished review again; the last one finishes it.

    With `stay` the part stays the next one, for somebody who leaves in the middle of it. What is left empty is taken
    out. Raises BadInput for an answer that does not fit, Refused for an unknown part.
    """
    script = reviews().scripts[kind]
    chosen = script.part(part)
    if chosen is None:
        raise Refused(f"{script.title} has no part '{one_line(part)}'.")
    given = sorted_out(chosen.fields, read_answers(workspace, chosen.fields, answers, complete=False))
    place = script.parts.index(chosen) + 1
    following = chosen if stay else script.parts[place] if place < len(script.parts) else None

    def build() -> list[Draft]:
        now = progress(workspace, kind, day)
        old = workspace.ledger.value(now.key) or {}
        value = review_dates.without(old, {field.name for field in chosen.fields})
        for name in ("fields", "private"):
            if name in given:
                value[name] = {**codec.table(value, name), **given[name]}
        value = review_dates.asked_anew(chosen, old, value)
        value.setdefault("at", now_of(workspace))
        if following is None:
            return [Draft(now.key, value | _end(workspace, value))]
        value.pop("finished", None)
        return [Draft(now.key, value | {"part": following.name})]

    events = workspace.write("review" if following else "review finished", build)
    lines = [KEPT if following else finished_line(script)]
    lines += [
        f"It is asked {say_day(day, workspace.today)}." for day in review_dates.to_come(chosen, events[0]["v"] or {})
    ]
    pause = chosen.pause_after(given.get("fields", {}))
    lead = chosen.leads_to(codec.said_in(given))
    way = NextStep.PAUSE if pause else NextStep[lead.upper()] if lead else None
    return Change(tuple(lines), pause or None, operation=events[0]["op"], way=way)


def _end(workspace: Workspace, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"part": "", "finished": value.get("finished") or now_of(workspace)}


def finished_line(script: Script) -> str:
    """Return what is said once a review is finished."""
    return f"{script.title}: finished. Thank you for looking."


def take_pause(workspace: Workspace, cid: str, answers: Mapping[str, Any]) -> Change:
    """Write down a pause that a talk asked for, and take its commitment on where it is not yet. Raises as forms do."""
    # In the middle of a talk, with both at the screen, no safety page opens for what is taken on.
    ready = replace(ensure_active(workspace, cid), way=None)
    return log(workspace, ready.commitment, answers, first=ready)


def finish(workspace: Workspace, kind: Review, day: date | None = None) -> Change:
    """Finish a review, whatever parts are left."""
    script = reviews().scripts[kind]

    def build() -> list[Draft]:
        now = progress(workspace, kind, day)
        if now.finished:
            return []
        value = dict(workspace.ledger.value(now.key) or {})
        return [Draft(now.key, {"at": now_of(workspace)} | value | _end(workspace, value))]

    events = workspace.write("review finished", build)
    if not events:
        return Change((f"{script.title}: finished already.",), changed=False)
    return Change((finished_line(script),), operation=events[0]["op"])


@dataclass(frozen=True, slots=True)
class Offer:
    """One line that may be shared, as it would stand there; `name` is what both agree to."""

    name: str
    text: str


def offers(workspace: Workspace, kind: Review, day: date | None = None) -> tuple[Offer, ...]:
    """Return what a review may share, line by line; a partner's ratings are never among it, nor what is private."""
    now = progress(workspace, kind, day)
    found = []
    for commitment in workspace.ledger.commitments():
        figures = figures_in(workspace, commitment, now.span)
        if may_be_shown(commitment) and figures.occasions:
            only_kept = commitment.details.get("share") == "kept"
            text = "kept" if figures.kept else "not this time"
            text = text if only_kept else f"{figures.kept} of {figures.occasions} kept"
            found.append(Offer(commitment.id, f"{commitment.title}: {text}"))
    planned = planned_in(workspace, now.span)
    if planned.settled:
        found.append(Offer("planned", f"Planned times together: {planned.kept} of {planned.settled} kept"))
    if text := promises_in(workspace, now.span).summary:
        found.append(Offer("promises", f"Words and deeds: {text}"))
    for part in now.script.parts:
        for field in part.fields:
            if field.name in part.offers and field.name in now.answers:
                label = next((c.label for c in field.choices if c.name == now.answers[field.name]), None)
                found.append(Offer(field.name, f"{field.ask} {label or now.answers[field.name]}"))
    return tuple(found)


def export(
    workspace: Workspace, kind: Review, mine: Collection[str], theirs: Collection[str], day: date | None = None
) -> str:
    """Return a review as Markdown: only the lines that both agreed to, each by name. Raises Refused for none."""
    now = progress(workspace, kind, day)
    agreed = [each for each in offers(workspace, kind, day) if each.name in mine and each.name in theirs]
    if not agreed:
        raise Refused("There is no line that both of you agreed to share. Nothing was written.")
    first, last = now.span.first, now.span.last
    when = f"{first}" if first == last else f"{first} to {last}"
    lines = [f"- {_markdown(each.text)}" for each in agreed]
    return "\n".join([f"# {now.script.title}, {when}", "", *lines, ""])


def file_name(workspace: Workspace, kind: Review, day: date | None = None) -> str:
    """Return what the file of a shared review may be called: `~/toward-week-2026-11-23.md`."""
    now = progress(workspace, kind, day)
    return f"~/toward-{Review.WEEK if kind is Review.TOGETHER else kind}-{now.span.first}.md"


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))
