"""Guided entries: log a commitment with its fields, and edit what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tracker.catalogue import rules
from tracker.catalogue.roles import TELLING
from tracker.catalogue.rules import HANDS, KIND_LINE, THANKS, Verdict, parts_done, too_much
from tracker.domain import consent
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.fields import Field, Gives
from tracker.domain.records import HANDLED, LAPSE, Entry
from tracker.ledger import codec, consents, event_keys
from tracker.ledger.commitment_fields import AFRAID, BY, WHAT, asked_now, fields_of, parts_of, source_of
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, progress_line, say_day, then
from tracker.services.commitments.answering import STOPPED, may_stop, read_answers, sorted_out
from tracker.services.commitments.backdate import say_moved, start_earlier
from tracker.services.commitments.lifecycle import Activation
from tracker.services.logging.amount_limits import fitting, must_fit_changed, must_fit_day
from tracker.services.logging.edit_entry import asked_again, kept_beside
from tracker.services.logging.log_entry import not_ahead, outcome_named
from tracker.services.logging.one_key import meant
from tracker.services.logging.settling import asked_tomorrow, closed
from tracker.services.support.care import Care, care
from tracker.services.support.late import LATE, late_for
from tracker.services.together.met import watch
from tracker.store.events import Draft


def log(
    workspace: Workspace,
    commitment: Commitment,
    answers: Mapping[str, Any],
    day: date | None = None,
    first: Activation | None = None,
    *,
    now: bool = False,
) -> Change:
    """Log an entry with its answers; what `first` holds, to take the commitment on, is written with it.

    At night what goes deep is logged only with `now`.

    Raises BadInput for an answer that does not fit, Refused where a rule stops it.
    """
    day = day or workspace.today
    not_ahead(workspace, (day,))
    if not now and late_for(workspace, commitment):
        raise Refused(LATE, NextStep.NOW, commitment.id)
    asked = asked_now(commitment)
    so_far = read_answers(workspace, asked, answers, complete=False)
    may_stop(commitment, so_far)
    if too_much(so_far) and any(not field.optional and field.name not in so_far for field in asked):
        raise Refused(STOPPED, NextStep.SAFETY)
    given = read_answers(workspace, asked, answers)
    value, verdict = _value(workspace, commitment, given, day)

    def build() -> list[Draft]:
        must_fit_day(workspace, commitment, day, value.get("amount", 0))
        ready = () if first is None else first.first
        return [*start_earlier(workspace, commitment, day, ready), Draft(event_keys.entry(commitment.id), value)]

    met = watch(workspace, commitment.id, (day,))
    events = workspace.write("log", build)
    text = f"{commitment.title}: written down, {say_day(day, workspace.today)}."
    text += then(progress_line(workspace, commitment, (day,))) + met()
    more = [verdict.summary] if verdict.summary else []
    found = cared_for(workspace, commitment, value, given, verdict)
    if value.get("outcome") == LAPSE:
        more.append(THANKS if found else f"{THANKS} {KIND_LINE}")
    more += found.lines if found else ()
    taken, before = (first.lines, first.way) if first else ((), None)
    way = found.way if found else before
    return Change((*taken, text, *more, *say_moved(events)), commitment.id, operation=events[0]["op"], way=way)


def cared_for(
    workspace: Workspace, commitment: Commitment, value: Mapping[str, Any], given: Mapping[str, Any], verdict: Verdict
) -> Care | None:
    """Return what calls for care in an entry that was just logged or changed, by its outcome and answers."""
    hands = HANDS in (given.get(WHAT), value.get("outcome"))
    afraid = given.get(AFRAID) is True
    return care(workspace, commitment, value.get("outcome"), hands=hands, afraid=afraid, unsafe=verdict.safety)


def _value(
    workspace: Workspace, commitment: Commitment, given: dict[str, Any], day: date
) -> tuple[dict[str, Any], Verdict]:
    """Return the value of a new entry, and what the rules say to it."""
    fields = fields_of(commitment)
    source = source_of(commitment)
    verdict = rules.judge(source, given)
    if verdict.stop:
        raise Refused(verdict.stop, NextStep.SAFETY)
    value: dict[str, Any] = {"day": day.isoformat(), "at": workspace.clock.now().isoformat(timespec="seconds")}
    value |= sorted_out(fields, given)
    if commitment.kind is Kind.MINUTES and not any(field.gives is Gives.AMOUNT for field in fields):
        raise Refused(f"'{commitment.title}' counts minutes; log them with a duration.")
    for field in fields:
        answer = given.get(field.name)
        if field.gives is Gives.AMOUNT and answer is not None:
            value["amount"] = fitting(commitment, answer)
        elif field.gives is Gives.DUE and answer is not None:
            value["due"] = str(answer)[:10]
    if commitment.kind is Kind.MINUTES and "amount" not in value:
        raise BadInput(f"'{commitment.title}' counts minutes: say how many.")
    if commitment.kind is Kind.AVOID:
        value["outcome"] = HANDLED if given.get(WHAT, HANDLED) == HANDLED else LAPSE
    elif commitment.outcomes and not parts_of(commitment):
        value |= _turned_out(commitment, fields, given, verdict)
    elif commitment.kind is Kind.EVENT:
        value["credit"] = 1.0
    parts = parts_done(parts_of(commitment), given)
    if parts is not None:
        name = next((each.name for each in commitment.outcomes if each.credit == parts), None)
        value |= {"credit": parts, "outcome": name}
    if verdict.credit is not None:
        value["credit"] = verdict.credit
    if verdict.neutral:
        value["neutral"] = True
    if value.get("outcome") == LAPSE and BY not in given:
        value["fields"] = value.get("fields", {}) | asked_tomorrow(workspace, fields)
    asks = [field.name for field in fields if _still_asks(field, value)]
    if too_much(given) or (value.get("outcome") != LAPSE and commitment.kind is Kind.AVOID):
        asks = []
    return codec.asking(value, asks), verdict


def _turned_out(
    commitment: Commitment, fields: Sequence[Field], given: Mapping[str, Any], verdict: Verdict
) -> dict[str, Any]:
    """Return outcome, credit and whether it is still open."""
    field = next((each for each in fields if each.gives is Gives.OUTCOME), None)
    name = verdict.outcome or (given.get(field.name) if field else None)
    if name is None and field is not None and field.later:
        waiting = next((each for each in commitment.outcomes if each.open), None)
        return {"open": True} | ({"outcome": waiting.name} if waiting else {})
    if name is None and commitment.kind is Kind.TASK:
        return {}
    chosen = outcome_named(commitment, name) if name else meant(commitment)
    assert chosen is not None
    if commitment.kind is Kind.TASK and chosen.credit is not None:
        return {"outcome": chosen.name, "amount": chosen.credit}
    found: dict[str, Any] = {"outcome": chosen.name}
    if chosen.credit is not None:
        found["credit"] = chosen.credit
    return found | ({"open": True} if chosen.open else {})


def _still_asks(field: Field, value: Mapping[str, Any]) -> bool:
    """Return whether a question stands: the day it hangs on was named, and how it turned out is not known yet.

    An outcome that is still open is asked again; how a day later was is asked only once there is an outcome.
    """
    if field.gives is Gives.OUTCOME and not value.get("open"):
        return False
    if not consent.allowed(field, codec.said_in(value)):
        return False
    if not field.later:
        return field.gives is Gives.OUTCOME
    if field.after_hours:
        return not value.get("open")
    return bool(codec.said_in(value).get(field.at))


def change(workspace: Workspace, commitment: Commitment, key: str, answers: Mapping[str, Any]) -> Change:
    """Change the answers of an entry; what is left empty is taken out. Raises as `log` does."""
    fields = fields_of(commitment)
    so_far = read_answers(workspace, fields, answers, complete=False)
    if text := consent.stop(fields, so_far, telling=source_of(commitment) == TELLING):
        if any(field.stops and so_far.get(field.name) is False for field in fields):
            change = _forgetting(workspace, commitment, key, list)
            gone = f"{text} The entry counts for nothing now and is forgotten, in backups too."
            return replace(change, lines=(gone, *change.lines[1:]), way=NextStep.SAFETY)
        change = remove(workspace, commitment, key)
        return replace(change, lines=(f"{text} The entry is taken back and counts for nothing.",), way=NextStep.SAFETY)
    given = read_answers(workspace, fields, answers)
    made: list[tuple[dict[str, Any], Verdict]] = []

    def build() -> list[Draft]:
        old = entry_value(workspace, commitment, key)
        first = {each.name: given[each.name] for each in fields if not each.later and each.name in given}
        fresh, verdict = _value(workspace, commitment, first, date.fromisoformat(str(old["day"])))
        later = {name: answer for name, answer in given.items() if name not in first}
        value = kept_beside(fields, old, fresh, turned_out=bool(commitment.outcomes) and not parts_of(commitment))
        value = codec.asking(value, asked_again(fields, old, fresh, codec.said_in(fresh) | given))
        value = closed(workspace, commitment, value, later)
        made.append((value, verdict))
        must_fit_changed(workspace, commitment, key, old, value)
        return [] if value == old else [Draft(key, value)]

    if consents.held(workspace.full_store.versions(key), consent.withheld(fields, given)):
        return _forgetting(
            workspace, commitment, key, lambda: build() or [Draft(key, entry_value(workspace, commitment, key))]
        )
    events = workspace.write("edit entry", build)
    if not events:
        return Change(("As it was. Nothing changed.",), commitment.id, changed=False)
    found = cared_for(workspace, commitment, made[-1][0], given, made[-1][1])
    lines = (f"{commitment.title}: the entry is changed.", *(found.lines if found else ()))
    return Change(lines, commitment.id, operation=events[0]["op"], way=found.way if found else None)


def _forgetting(workspace: Workspace, commitment: Commitment, key: str, build: Callable[[], list[Draft]]) -> Change:
    """Write a change that turns a yes into a no, and forget in every version what was kept with that yes.

    Where `build` returns nothing, nothing stands in its place.
    """
    from tracker.services.history.purge import WARNING

    with workspace.transaction() as transaction:
        entry_value(workspace, commitment, key)
        drafts = build()
        done = transaction.purge((key,), cmd=event_keys.PURGE, instead=drafts)
    workspace.after_write()
    text = f"{commitment.title}: the entry is changed. What was kept with that yes is forgotten, in backups too."
    return Change((text, WARNING), commitment.id, operation=done.operation)


def entry_value(workspace: Workspace, commitment: Commitment, key: str) -> Mapping[str, Any]:
    """Return the value of an entry. Raises Refused where it is gone, or is another commitment's."""
    value = workspace.ledger.value(key)
    if value is None or event_keys.split(key)[:2] != ("entry", commitment.id):
        raise Refused(f"{commitment.title}: that entry is not there any more.")
    return value


def remove(workspace: Workspace, commitment: Commitment, key: str) -> Change:
    """Take one entry back."""

    def build() -> list[Draft]:
        entry_value(workspace, commitment, key)
        return [Draft(key, None)]

    events = workspace.write("undone", build)
    return Change((f"{commitment.title}: the entry is taken back.",), commitment.id, operation=events[0]["op"])


def entries_with_answers(workspace: Workspace, commitment: Commitment, day: date) -> list[Entry]:
    """Return the entries of a day that can be opened as a form, oldest first."""
    return [
        entry for entry in workspace.ledger.entries_on(commitment.id, day) if event_keys.split(entry.id)[0] == "entry"
    ]
