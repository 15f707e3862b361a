"""What answers that come later make of an entry: how it turned out, and what was put right or stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tracker.catalogue.roles import TELLING
from tracker.catalogue.rules import PARTS, put_right_trouble
from tracker.domain.calendar import ONE_DAY
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.consent import NOT_YET, unready
from tracker.domain.fields import Field, Gives
from tracker.domain.records import LAPSE, SOONEST
from tracker.ledger import codec
from tracker.ledger.commitment_fields import BY, PUT_RIGHT, fields_of, part_fields, source_of
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments.answering import may_stop, sorted_out
from tracker.services.logging.log_entry import outcome_named

LIST_FIRST = f"{NOT_YET} If it is a yes by now, open the entry and change the list first."


def closed(
    workspace: Workspace, commitment: Commitment, value: dict[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return an entry's value with answers that came later, and what they make of it.

    A no that keeps its question open is not stored: it is asked again on the day or at the time said, or tomorrow.
    Raises BadInput where a lapse is not put right by what was done, Refused where a no ends it.
    """
    fields = fields_of(commitment)
    now = {**codec.said_in(value), **given}
    if given and source_of(commitment) == TELLING and unready(now):
        raise Refused(LIST_FIRST, NextStep.SAFETY)
    may_stop(commitment, now)
    still = _staying_open(commitment, fields, given)
    if PUT_RIGHT in still:
        given = {BY: tomorrow(workspace), **given}
    given = {name: answer for name, answer in given.items() if name not in still}
    parts = sorted_out(fields, given)
    merged = dict(value)
    for name, part in parts.items():
        merged[name] = {**(value.get(name) or {}), **part}
    again = [field.name for field in fields if field.name in still or (PUT_RIGHT in still and field.name in PARTS)]
    merged = codec.asking(merged, dict.fromkeys((*codec.asked(merged), *again)))
    if still and PUT_RIGHT not in still:
        merged["again"] = tomorrow(workspace)
    field = next((each for each in fields if each.gives is Gives.OUTCOME and each.name in given), None)
    if field is not None:
        chosen = outcome_named(commitment, given[field.name])
        merged["outcome"] = chosen.name
        merged.pop("open", None)
        if chosen.open:
            merged["open"] = True
            merged = codec.asking(merged, (*codec.asked(merged), field.name)) | {"again": tomorrow(workspace)}
        elif value.get("open"):
            merged |= _settled(workspace, fields, merged)
        merged.pop("credit", None)
        if chosen.credit is not None:
            merged["amount" if commitment.kind is Kind.TASK else "credit"] = chosen.credit
    if given.get(PUT_RIGHT) is True and merged.get("outcome") == LAPSE and "put_right_at" not in merged:
        must_be_put_right(workspace, merged, given)
        merged["put_right_at"] = workspace.clock.now().isoformat(timespec="seconds")
    elif PUT_RIGHT in still:
        merged.pop("put_right_at", None)
    return merged


def tomorrow(workspace: Workspace) -> str:
    """Return this time tomorrow, as a moment is stored."""
    return (workspace.clock.now() + ONE_DAY).isoformat(timespec="minutes")


def asked_tomorrow(workspace: Workspace, fields: Sequence[Field]) -> dict[str, Any]:
    """Return what lets a lapse ask within a day whether it is put right; nothing where its fields do not ask that."""
    asks = {field.name for field in fields if field.later}
    return {BY: tomorrow(workspace)} if PUT_RIGHT in asks else {}


def must_be_put_right(workspace: Workspace, value: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raise BadInput where a lapse cannot be put right yet: what was done is not said, or it is too early for it."""
    if trouble := put_right_trouble(given):
        raise BadInput(f"{trouble} {' '.join(f'{field.name}: {field.ask}' for field in part_fields())}")
    now, at = workspace.clock.now(), datetime.fromisoformat(str(value["at"]))
    if now < at:
        raise BadInput("By the clock of this computer it has not happened yet, so it cannot be put right.")
    if now - at < SOONEST and str(value["day"]) == workspace.day_at(at).isoformat():
        raise BadInput(
            f"It was written down a moment ago, and to put it right takes longer. From {at + SOONEST:%H:%M} on it can "
            "be said; it stays open until then."
        )


def _staying_open(commitment: Commitment, fields: Sequence[Field], given: Mapping[str, Any]) -> frozenset[str]:
    """Return the questions that a no keeps open: none where the answers say that all went well anyway."""
    turned = next((given[each.name] for each in fields if each.gives is Gives.OUTCOME and each.name in given), None)
    if turned is not None and outcome_named(commitment, turned).credit == 1:
        return frozenset()
    return frozenset(field.name for field in fields if field.stays_open and given.get(field.name) is False)


def _settled(workspace: Workspace, fields: Sequence[Field], value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event that was open gains by turning out: the moment, and the questions of a day later."""
    known, asked = codec.said_in(value), codec.asked(value)
    fresh = [each.name for each in fields if each.after_hours and each.name not in (*known, *asked)]
    if not fresh:
        return {}
    return codec.asking({"settled_at": workspace.clock.now().isoformat(timespec="seconds")}, (*asked, *fresh))
