"""What one key, or a bare `done`, may log of a commitment without claiming what nobody said."""

from __future__ import annotations

from tracker.catalogue import known_template
from tracker.domain.commitments import Commitment, Kind, Outcome
from tracker.domain.language.words import say_list
from tracker.ledger import consents
from tracker.ledger.errors import NextStep, Refused
from tracker.services.commitments.outcomes import outcomes_of

FORM, STILL_OPEN = "form", "open"
MAY_ASK = (Kind.CHECK, Kind.EVENT, Kind.TASK)


def _rule(commitment: Commitment) -> str:
    """Return what the catalogue says of a bare key; nothing for one's own."""
    found = known_template(commitment.details.get("catalogue")) if commitment.kind in MAY_ASK else None
    return found.one_key if found else ""


def asks_first(commitment: Commitment) -> bool:
    """Return whether a commitment counts only once its questions are answered."""
    return _rule(commitment) == FORM or consents.stops(commitment.details)


def begins_open(commitment: Commitment) -> bool:
    """Return whether a bare key logs that it happened, and how it turned out is asked later."""
    return _rule(commitment) == STILL_OPEN


def must_be_said(commitment: Commitment) -> bool:
    """Return whether how it turned out has to be named, since a bare key would claim it."""
    return bool(commitment.outcomes) and _rule(commitment) not in {each.name for each in commitment.outcomes}


def meant(commitment: Commitment) -> Outcome | None:
    """Return the outcome that a bare key logs, or None where there are none. Raises Refused where it must be said."""
    if not commitment.outcomes:
        return None
    rule = _rule(commitment)
    found = next((each for each in outcomes_of(commitment) if each.name == rule), None)
    if found is None:
        names = say_list([each.name for each in outcomes_of(commitment)], "or")
        raise Refused(f"'{commitment.title}': how did it turn out? {names}.", NextStep.OUTCOME, commitment.id)
    return found
