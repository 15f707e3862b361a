"""What was answered in an entry, read back by the questions of its commitment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.catalogue.rules import judge
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.fields import Gives
from tracker.ledger import codec, event_keys
from tracker.ledger.commitment_fields import WHAT, fields_of, source_of
from tracker.ledger.workspace import Workspace


def answers_of(workspace: Workspace, key: str) -> dict[str, Any]:
    """Return what was answered in an entry, private answers too, by the name of the field.

    What a plain check-in said in another way (minutes, how it turned out) stands for the answer of its field.
    """
    value = workspace.ledger.value(key) or {}
    given = codec.said_in(value)
    commitment = workspace.ledger.get(event_keys.split(key)[1])
    return given if commitment is None else {**_implied(commitment, value), **given}


def _implied(commitment: Commitment, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that stand elsewhere in an entry than under their field."""
    found: dict[str, Any] = {}
    ruled = judge(source_of(commitment), codec.table(value, "fields")).outcome
    for field in fields_of(commitment):
        answer = value.get(field.gives.value) if field.gives else None
        if field.name == WHAT and commitment.kind is Kind.AVOID:
            answer = value.get("outcome")
        if field.gives is Gives.OUTCOME and (value.get("open") or answer == ruled):
            answer = None
        if field.gives is Gives.AMOUNT and isinstance(answer, float):
            answer = round(answer)
        if answer is not None:
            found[field.name] = answer
    return found
