"""Answers to questions: which questions still make sense after others, and answers as they are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tracker.catalogue import rules
from tracker.catalogue.roles import TELLING
from tracker.catalogue.rules import GROUNDING, PARTS, too_much
from tracker.domain import consent
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.fields import BadAnswer, Field, Type
from tracker.domain.language.words import say_list
from tracker.domain.records import HANDLED
from tracker.ledger.commitment_fields import BY, PUT_RIGHT, WHAT, asked_now, fields_of, source_of
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace

STOPPED = f"{GROUNDING} Nothing was written down."
NOTHING_KEPT = "Nothing was kept."
NO_MOMENT = datetime.fromtimestamp(0, UTC)


def read_answers(
    workspace: Workspace, fields: Sequence[Field], answers: Mapping[str, Any], *, complete: bool = True
) -> dict[str, Any]:
    """Return answers as they are stored, empty ones left out.

    Raises BadInput for one that does not fit, or that needs a yes which is not there.
    """
    known = {field.name: field for field in fields}
    if strange := [name for name in answers if name not in known]:
        raise BadInput(f"{say_list(strange)}: not asked here. It asks {say_list(list(known))}.")
    found: dict[str, Any] = {}
    for name, field in known.items():
        answer = answers.get(name)
        if answer is None or (isinstance(answer, str) and not answer.strip()):
            if complete and not (field.optional or field.later) and consent.allowed(field, found):
                raise BadInput(f"This one needs an answer: {field.ask}")
            continue
        if field.needs in known and not consent.allowed(field, found):
            raise BadInput(f"{name} is kept only with a yes to {field.needs}: {known[field.needs].ask}")
        try:
            found[name] = field.read(answer, workspace.clock.now(), workspace.today, workspace.ledger.day_ends)
        except BadAnswer as error:
            raise BadInput(f"{field.ask} {error}") from None
    return found


def goes_on(commitment: Commitment, field: Field, given: Mapping[str, Any]) -> bool:
    """Return whether a field is still to be asked after what was answered so far.

    What will be put right is not asked of a moment that was handled, the four parts only once it is put right, and
    by when only while it is not. Raises Refused where a rule ends it here.
    """
    may_stop(commitment, given)
    if not consent.allowed(field, given):
        return False
    if too_much(given):
        if field.optional:
            return False
        raise Refused(STOPPED, NextStep.SAFETY)
    return field.name not in _beside_the_point(commitment, (field,), given)


def _beside_the_point(commitment: Commitment, fields: Sequence[Field], given: Mapping[str, Any]) -> frozenset[str]:
    """Return which questions about putting right make no sense after what was answered so far."""
    if commitment.kind is not Kind.AVOID:
        return frozenset()
    if given.get(WHAT) == HANDLED:
        return frozenset(field.name for field in fields if field.name.startswith(PUT_RIGHT))
    if PUT_RIGHT not in given:
        return frozenset()
    return frozenset((BY,) if given[PUT_RIGHT] is True else PARTS)


def without_yes(
    commitment: Commitment, filled: Mapping[str, Any], fields: Sequence[Field]
) -> tuple[frozenset[str], str]:
    """Return which fields of a form lack a yes among what is filled in, and what is said where a no ends it."""
    given = _read_early(fields, filled)
    return consent.withheld(fields, given), consent.stop(fields, given, telling=source_of(commitment) == TELLING)


def not_asked(
    commitment: Commitment, filled: Mapping[str, Any], fields: Sequence[Field] | None = None
) -> tuple[frozenset[str], str]:
    """Return which of the fields are not asked after what is filled in so far, and what is said to it.

    The fields are those of a new entry if none are given. `filled` is as it was typed; what cannot be read yet ends
    nothing.
    """
    fields = asked_now(commitment) if fields is None else fields
    given = _read_early(fields, filled)
    withheld, reason = without_yes(commitment, filled, fields)
    if reason:
        return withheld, reason
    if too_much(given):
        at = next(place for place, field in enumerate(fields) if too_much({field.name: given.get(field.name)}))
        return withheld.union(each.name for each in fields[at + 1 :] if not filled.get(each.name)), GROUNDING
    return withheld | _beside_the_point(commitment, fields, given), ""


def _read_early(fields: Sequence[Field], filled: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: answer for field in fields if (answer := _early(field, filled)) is not None}


def _early(field: Field, filled: Mapping[str, Any]) -> Any:
    """Return an answer that can end the questions, as it would be stored, or None."""
    if field.type not in (Type.SCALE, Type.CHOICE, Type.YESNO) or not filled.get(field.name):
        return None
    try:
        return field.read(filled[field.name], NO_MOMENT, NO_MOMENT.date())
    except BadAnswer:
        return None


def may_stop(commitment: Commitment, given: Mapping[str, Any]) -> None:
    """Raise Refused where a no or a rule ends it, whatever else is still unanswered."""
    if text := consent.stop(fields_of(commitment), given, telling=source_of(commitment) == TELLING):
        raise Refused(f"{text} {NOTHING_KEPT}", NextStep.SAFETY)
    if stop := rules.judge(source_of(commitment), given).stop:
        raise Refused(stop, NextStep.SAFETY)


def sorted_out(fields: Sequence[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers under `fields` and `private`, where each belongs."""
    secret = {field.name for field in fields if field.private}
    parts = {
        "fields": {name: answer for name, answer in given.items() if name not in secret},
        "private": {name: answer for name, answer in given.items() if name in secret},
    }
    return {name: part for name, part in parts.items() if part}
