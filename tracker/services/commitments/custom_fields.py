"""What one's own commitment asks and how it can turn out, checked before it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.catalogue.forms import NAME, read_fields, write_fields
from tracker.catalogue.rules import HANDS
from tracker.domain.commitments import Commitment, Kind, Outcome
from tracker.domain.fields import Field, Gives
from tracker.domain.language.words import say_list
from tracker.domain.records import HANDLED, LAPSE
from tracker.domain.text.clean import one_line
from tracker.ledger.errors import BadInput, Refused
from tracker.services.text_limits import typed_line

KEYS = ("name", "label", "credit")


def form_value(
    kind: Kind, fields: Sequence[Mapping[str, Any]], outcomes: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return fields and outcomes as they are stored. Raises BadInput with one plain line where one does not fit."""
    known = [_outcome(row) for row in outcomes]
    if known and kind not in (Kind.EVENT, Kind.TASK):
        raise BadInput("Only an event or a task has outcomes; for the others leave them out.")
    if len({each.name for each in known}) < len(known):
        raise BadInput("Two outcomes have one name.")
    try:
        read = read_fields(list(fields), known)
    except ValueError as error:
        raise BadInput(one_line(str(error))) from None
    for field in read:
        typed_line(field.ask, "A question")
        for choice in field.choices:
            typed_line(choice.label, "A choice")
    _must_fit(kind, read, {each.name for each in known})
    value = {"fields": write_fields(read), "outcomes": [_stored(each) for each in known]}
    return {name: rows for name, rows in value.items() if rows}


def other_form(
    commitment: Commitment, fields: Sequence[Mapping[str, Any]] | None, outcomes: Sequence[Mapping[str, Any]] | None
) -> dict[str, Any]:
    """Return what a commitment of one's own asks, checked; what is None stays as it is. Raises BadInput, Refused."""
    now = commitment.details
    if "catalogue" in now:
        raise Refused(f"'{commitment.title}' asks what the catalogue says. One of your own asks what you like.")
    before: Any = now.get("fields", ())
    rows = before if fields is None else fields
    known = outcome_rows(now.get("outcomes")) if outcomes is None else outcomes
    value = form_value(commitment.kind, rows, known)
    return {name: value.get(name, []) for name in ("fields", "outcomes") if name in now or name in value}


def outcome_rows(stored: object) -> tuple[dict[str, Any], ...]:
    """Return stored outcomes as they are written in a file."""
    rows = stored if isinstance(stored, list) else []
    return tuple(
        {
            "name": row["name"],
            "label": row.get("label", ""),
            "credit": row["credit"] if row.get("credit") is not None else row.get("state", "none"),
        }
        for row in rows
        if isinstance(row, dict)
    )


def _stored(outcome: Outcome) -> dict[str, Any]:
    value: dict[str, Any] = {"name": outcome.name, "label": outcome.label}
    if outcome.credit is None:
        return value | {"state": "open" if outcome.open else "none"}
    return value | {"state": "settled", "credit": outcome.credit}


def _outcome(row: Mapping[str, Any]) -> Outcome:
    name, label, credit = row.get("name"), row.get("label", ""), row.get("credit")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise BadInput("An outcome needs a name of small letters, digits and single underscores.")
    if unknown := [one_line(str(key)) for key in row if key not in KEYS]:
        raise BadInput(f"The outcome '{name}' has '{unknown[0]}', which means nothing; it has {say_list(KEYS)}.")
    if not isinstance(label, str):
        raise BadInput(f"The label of the outcome '{name}' is text in quotes.")
    words = typed_line(label, "The label of an outcome") or name.replace("_", " ")
    if credit in ("open", "none"):
        return Outcome(name, words, None, open=credit == "open")
    if isinstance(credit, bool) or not isinstance(credit, int | float) or not 0 <= credit <= 1:
        raise BadInput(f'The credit of the outcome \'{name}\' is a number from 0 to 1, or "open", or "none".')
    return Outcome(name, words, float(credit))


def _must_fit(kind: Kind, fields: Sequence[Field], outcomes: set[str]) -> None:
    """Raise BadInput where fields do not go with the kind or with the outcomes."""
    by_name = {field.name: field for field in fields}
    gives = {field.gives: field for field in fields if field.gives}
    turned = gives.get(Gives.OUTCOME)
    if turned is not None and not {choice.name for choice in turned.choices} <= outcomes:
        raise BadInput(f"The field '{turned.name}' gives the outcome, so its choices are the outcomes of the file.")
    if kind is Kind.MINUTES and fields and Gives.AMOUNT not in gives:
        raise BadInput("Minutes are counted: one field of the type minutes gives the amount.")
    if kind is Kind.AVOID and fields:
        what = by_name.get("what")
        names = {choice.name for choice in what.choices} if what else set()
        if not {HANDLED, LAPSE} <= names <= {HANDLED, LAPSE, HANDS}:
            asked = f"the choices {HANDLED} and {LAPSE}, and {HANDS} if you like"
            raise BadInput(f"Something to avoid has a field 'what' with {asked}.")
