"""How something can turn out, and how an entry did: in the words of the catalogue of today, also for old entries."""

from __future__ import annotations

from tracker.catalogue import known_template
from tracker.domain.commitments import Commitment, Outcome
from tracker.domain.counting.moments import HAPPENED, say_put_right
from tracker.domain.records import LAPSE, Entry
from tracker.domain.text import discreet_mode


def outcomes_of(commitment: Commitment) -> tuple[Outcome, ...]:
    """Return how a commitment can turn out: as the catalogue has it now, then what only was there before, or its own.

    What is stored with a commitment is as old as the day it was taken on, and the catalogue may know more by now.
    """
    if (found := known_template(commitment.details.get("catalogue"))) is None:
        return commitment.outcomes
    known = [Outcome(each.name, each.label, each.credit, each.state == "open") for each in found.outcomes]
    names = {each.name for each in known}
    return (*known, *(each for each in commitment.outcomes if each.name not in names))


def say_outcome(commitment: Commitment, entry: Entry) -> str:
    """Return how an entry turned out, and that a lapse was put right; nothing where it has no outcome.

    Told discreetly it is dots: the words say what it is about, and may be one's own.
    """
    if entry.outcome is None:
        return ""
    if entry.outcome == LAPSE:
        return ", ".join(each for each in (HAPPENED, say_put_right(entry)) if each)
    known = next((each for each in outcomes_of(commitment) if each.name == entry.outcome), None)
    return discreet_mode.dotted(known.label if known else entry.outcome.replace("_", " "))


def leads_of(commitment: Commitment, outcome: str | None) -> str:
    """Return where an outcome leads by the catalogue, `repair` or `frighten`; nothing for most, and for one's own."""
    if not outcome or not commitment.outcomes or not (found := known_template(commitment.details.get("catalogue"))):
        return ""
    return next((each.leads for each in found.outcomes if each.name == outcome), "")
