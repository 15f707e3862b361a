"""Take commitments on, edit, archive and delete them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.catalogue import step, template
from tracker.domain.commitments import Commitment, Kind, Plan
from tracker.domain.counting.occasions import State
from tracker.domain.records import Pause
from tracker.domain.text import discreet_mode
from tracker.domain.text.clean import LONGEST_PLAN
from tracker.ledger import bounds, codec, event_keys
from tracker.ledger.errors import NextStep, Refused
from tracker.ledger.private_words import plan_of, with_plan
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, say_day
from tracker.services.commitments.pauses import resuming
from tracker.services.commitments.plans import read_plan, refuse_day_off, say_plan
from tracker.services.text_limits import typed_line, typed_name
from tracker.store.events import Draft

IF_THEN = "An if-then plan"


@dataclass(frozen=True, slots=True)
class Own:
    """A commitment of the person's own, as typed; fields and outcomes are tables as the catalogue has them."""

    title: str
    step: str
    kind: str
    schedule: str
    target: int | None = None
    aliases: tuple[str, ...] = ()
    if_then: str = ""
    harm: bool = False
    fields: tuple[Mapping[str, Any], ...] = ()
    outcomes: tuple[Mapping[str, Any], ...] = ()


def add(
    workspace: Workspace,
    cid: str,
    *,
    schedule: str | None = None,
    target: int | None = None,
    start: date | None = None,
    if_then: str | None = None,
) -> Change:
    """Take a commitment of the catalogue on. Raises NotFound, BadInput, or Refused if it is there already."""
    from tracker.services.commitments.find import find_template

    chosen = find_template(cid)
    value = chosen.as_value()
    if if_then is not None:
        value = with_plan(value, _if_then(if_then))
    plan = read_plan(
        workspace, Kind(chosen.kind), schedule or chosen.schedule, target, start or workspace.today, chosen.target or 1
    )
    refuse_day_off(chosen.harm, plan)
    return _take_on(workspace, chosen.id, value, plan)


def add_all(workspace: Workspace, cids: Sequence[str]) -> Change:
    """Take several commitments of the catalogue on as one operation; those that are there already stay as they are."""
    from tracker.services.commitments.find import find_template

    ready = [ensure_active(workspace, find_template(cid).id) for cid in cids]
    drafts = [draft for each in ready for draft in each.first]
    events = workspace.write("add", lambda: drafts)
    if not events:
        return Change(("All of them are yours already. Nothing changed.",), changed=False)
    lines = [sentence for each in ready for sentence in each.lines]
    if len(lines) > 1:
        lines = [f"{len(lines)} commitments are yours now."]
    way = next((each.way for each in ready if each.way), None)
    return Change(tuple(lines), operation=events[0]["op"], way=way)


def _care(workspace: Workspace, step_id: str) -> NextStep | None:
    """Return the way to the safety page where the first commitment of a step that needs care is taken on."""
    return NextStep.CARE if step(step_id).safety_first and step_id not in workspace.ledger.steps_so_far() else None


@dataclass(frozen=True, slots=True)
class Activation:
    """A commitment that can be logged, what must be written first to make it so, and the sentence that says so."""

    commitment: Commitment
    first: tuple[Draft, ...] = ()
    lines: tuple[str, ...] = ()
    way: NextStep | None = None


def ensure_active(workspace: Workspace, cid: str) -> Activation:
    """Return a commitment of the catalogue ready to be logged, taken on or up again if need be.

    Raises Damaged where it may stand in a file that this account may not read.
    """
    commitment = workspace.ledger.get(cid)
    if commitment is None:
        workspace.refuse_closed()
        chosen = template(cid)
        plan = read_plan(workspace, Kind(chosen.kind), chosen.schedule, chosen.target or 1, workspace.today)
        value = chosen.as_value()
        drafts = tuple(_making(workspace, cid, value, plan))
        commitment = codec.read_commitment(cid, value, (plan,), False)
        return Activation(commitment, drafts, (f"{_say_added(value, plan)}.",), _care(workspace, chosen.step))
    if commitment.archived:
        return Activation(commitment, tuple(resuming(workspace, cid)), (f"{commitment.title}: resumed.",))
    return Activation(commitment)


def _making(workspace: Workspace, cid: str, value: dict[str, Any], plan: Plan) -> list[Draft]:
    """Return what makes a commitment, and takes it up again where it was there before."""
    made = Draft(event_keys.plan(cid, plan.start), codec.write_plan(plan))
    return [Draft(event_keys.commitment(cid), value), made, *resuming(workspace, cid)]


def _say_added(value: Mapping[str, Any], plan: Plan) -> str:
    return f"Added '{value['title']}': {say_plan(Kind(value['kind']), plan)}"


def add_own(workspace: Workspace, own: Own, start: date | None = None) -> Change:
    """Take a commitment of the person's own on. Raises BadInput where something does not fit."""
    from tracker.services.commitments.find import read_kind, read_step
    from tracker.services.commitments.naming import TITLE, fresh_id, read_aliases

    title = typed_name(own.title, TITLE)
    value: dict[str, Any] = {"title": title, "step": read_step(own.step), "kind": read_kind(own.kind).value}
    aliases = read_aliases(workspace, own.aliases)
    value |= {"share": "total"} | ({"aliases": aliases} if aliases else {}) | ({"harm": True} if own.harm else {})
    if own.if_then:
        value = with_plan(value, _if_then(own.if_then))
    if own.fields or own.outcomes:
        from tracker.services.commitments.custom_fields import form_value

        value |= form_value(Kind(value["kind"]), own.fields, own.outcomes)
    plan = read_plan(workspace, Kind(value["kind"]), own.schedule, own.target, start or workspace.today)
    refuse_day_off(own.harm, plan)
    return _take_on(workspace, fresh_id(workspace, title, value["step"]), value, plan)


def _take_on(workspace: Workspace, cid: str, value: dict[str, Any], plan: Plan) -> Change:
    way = _care(workspace, value["step"])

    def build() -> list[Draft]:
        known = workspace.ledger.get(cid)
        if known is None and workspace.ledger.bounds.is_full:
            raise Refused(f"There are {bounds.MOST_COMMITMENTS:,} commitments already, and no more are counted.")
        if known is not None and known.archived:
            raise Refused(f"'{known.title}' is yours already, and archived.", NextStep.RESUME, cid)
        if known is not None:
            raise Refused(f"'{known.title}' is yours already.")
        return _making(workspace, cid, value, plan)

    events = workspace.write("add", build)
    when = "" if plan.start == workspace.today else f", from {say_day(plan.start, workspace.today)}"
    lines = [f"{_say_added(value, plan)}{when}."]
    if value.get("if_then") and not discreet_mode.is_drawn():
        lines.append(str(value["if_then"]))
    return Change(tuple(lines), cid, operation=events[0]["op"], way=way)


def _if_then(text: str, most: int = LONGEST_PLAN) -> str:
    return typed_name(text, IF_THEN, most) if text.strip() else typed_line(text, IF_THEN, most)


def edit(
    workspace: Workspace,
    commitment: Commitment,
    *,
    title: str | None = None,
    schedule: str | None = None,
    target: int | None = None,
    start: date | None = None,
    if_then: str | None = None,
    aliases: Sequence[str] | None = None,
    harm: bool | None = None,
    fields: Sequence[Mapping[str, Any]] | None = None,
    outcomes: Sequence[Mapping[str, Any]] | None = None,
) -> Change:
    """Change a commitment. A new schedule or target is a new plan from `start` (today) on; the past stays.

    A `start` alone moves when it begins: the newest plan if it has not begun yet, else the commitment itself to a
    later day, where nothing is logged before. New questions (`fields`) or outcomes of one's own are asked from the
    next entry on; no entry is rewritten.

    Raises BadInput where something does not fit, Refused where a newer plan begins after `start`.
    """
    cid = commitment.id
    shown, commitment = workspace.ledger.get(cid) or commitment, workspace.ledger.whole(cid) or commitment
    from tracker.services.commitments.naming import other_title, read_aliases

    words: dict[str, Any] = {}
    if title is not None:
        words["title"] = other_title(workspace, commitment, title)
    if if_then is not None:
        before = plan_of(workspace.ledger.facts(cid))
        if_then = _if_then(if_then, max(LONGEST_PLAN, len(before)))
    if aliases is not None:
        words["aliases"] = read_aliases(workspace, aliases, commitment)
    if harm is not None and harm != commitment.harm:
        words["harm"] = harm
    if fields is not None or outcomes is not None:
        from tracker.services.commitments.custom_fields import other_form

        words |= other_form(commitment, fields, outcomes)
    plan, gone = None, None
    if schedule is not None or target is not None:
        plan = _next_plan(workspace, commitment, schedule, target, start or workspace.today)
    elif start is not None:
        from tracker.services.commitments.backdate import moved

        plan, gone = moved(workspace, commitment, start)
        if plan is not None:
            read_plan(workspace, commitment.kind, plan.schedule.sentence, None, plan.start, plan.target)

    def build() -> list[Draft]:
        drafts = []
        now = workspace.ledger.facts(cid)
        new = dict(now) | words
        if if_then is not None and if_then != plan_of(now):
            new = with_plan(new, if_then)
        if new != now:
            drafts.append(Draft(event_keys.commitment(cid), new))
        if gone is not None:
            drafts.append(Draft(event_keys.plan(cid, gone.start), None))
        if plan is not None:
            drafts.append(Draft(event_keys.plan(cid, plan.start), codec.write_plan(plan)))
        return drafts

    events = workspace.write("edit", build)
    if not events:
        return Change((f"{shown.title}: as it was. Nothing changed.",), cid, changed=False)
    name = shown.title if discreet_mode.is_drawn() else words.get("title", commitment.title)
    lines = [f"'{name}' is changed."]
    if plan is not None and gone is not None:
        lines = [f"'{name}' now begins {say_day(plan.start, workspace.today)}."]
    elif plan is not None:
        when = say_day(plan.start, workspace.today)
        lines.append(f"From {when}: {say_plan(commitment.kind, plan)}. What was before stays as it is.")
    return Change(tuple(lines), cid, operation=events[0]["op"])


def _next_plan(
    workspace: Workspace, commitment: Commitment, schedule: str | None, target: int | None, start: date
) -> Plan | None:
    now = commitment.plan
    plan = read_plan(workspace, commitment.kind, schedule or now.schedule.sentence, target, start, now.target)
    refuse_day_off(commitment.harm, plan)
    if len(commitment.plans) >= bounds.MOST_PLANS:
        raise Refused(f"Its plan was changed {bounds.MOST_PLANS:,} times already. Archive it, and add another.")
    if start < now.start:
        raise Refused(
            f"The plan in force began on {now.start}; a new one can begin then or later. "
            "What was asked before stays as it was."
        )
    if (plan.schedule, plan.target) == (now.schedule, now.target):
        return None
    anchor = now.anchor if plan.schedule == now.schedule and start == now.start else None
    return Plan(start, plan.schedule, plan.target, anchor, _kept_today(workspace, commitment, plan))


def _kept_today(workspace: Workspace, commitment: Commitment, plan: Plan) -> bool:
    """Return whether a plan that counts in another unit begins on a day that the plan so far has kept.

    That day is in the streak that closes with it; the new plan's first occasion begins on the day after.
    """
    current = workspace.ledger.figures(commitment.id, workspace.today).current
    if current is None or current.first != plan.start or plan.start == commitment.plan.start:
        return False
    return current.state is State.KEPT and current.unit != plan.schedule.unit


def archive(workspace: Workspace, commitment: Commitment) -> Change:
    """Put a commitment away: it asks for nothing, and its history stays."""
    today = workspace.today

    def build() -> list[Draft]:
        if commitment.archived:
            return []
        return [
            Draft(event_keys.archived(commitment.id), {"since": today.isoformat()}),
            Draft(event_keys.pause(commitment.id), codec.write_pause(Pause(today, archived=True))),
            *_timer_off(workspace, commitment.id),
        ]

    events = workspace.write("archive", build)
    if not events:
        return Change((f"'{commitment.title}' is archived already.",), commitment.id, changed=False)
    text = f"'{commitment.title}' is archived. Its history stays; to continue it, resume it."
    return Change((text,), commitment.id, operation=events[0]["op"])


def delete(workspace: Workspace, commitment: Commitment) -> Change:
    """Hide a commitment with its history. It can be undone, and adding it again brings its history back."""
    gone = Draft(event_keys.commitment(commitment.id), None)
    events = workspace.write("delete", lambda: [gone, *_timer_off(workspace, commitment.id)])
    text = f"'{commitment.title}' is deleted. Undo brings it back with all its history."
    return Change((text,), commitment.id, operation=events[0]["op"])


def _timer_off(workspace: Workspace, cid: str) -> list[Draft]:
    """Return what stops the timer of a commitment that goes; undo brings both back, and it has run all the while."""
    key = event_keys.timer(cid)
    return [Draft(key, None)] if workspace.ledger.value(key) is not None else []


def step_name(step_id: str) -> str:
    """Return a step's name, or its id where the catalogue knows none."""
    try:
        return step(step_id).name
    except KeyError:
        return step_id
