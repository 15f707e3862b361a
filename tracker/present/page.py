"""What the page of one commitment says, in the app and in `toward show`: totals, why its number is so, its entries."""

from __future__ import annotations

from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.figures import SCORE_FROM, Figures
from tracker.domain.counting.occasions import State
from tracker.domain.counting.worth import REPLIES
from tracker.domain.language.words import say_duration, say_number
from tracker.domain.records import Entry
from tracker.domain.text import discreet_mode
from tracker.ledger.change import say_replies
from tracker.services.logging.outcomes import say_outcome

WORDS = {
    State.KEPT: "kept",
    State.PARTLY: "partly",
    State.MISSED: "not this time",
    State.OPEN: "open",
    State.NEUTRAL: "nothing asked",
}
TOLD = ("tag", "topic", "depth")
"""The answers that are told of an entry, in this order."""


def total(commitment: Commitment, amount: float) -> str:
    """Return what was logged in all, or nothing for what is only checked off or avoided."""
    match commitment.kind:
        case Kind.MINUTES:
            return say_duration(amount)
        case Kind.COUNT | Kind.EVENT | Kind.TASK:
            return times(amount)
        case _:
            return ""


def times(number: float) -> str:
    """Return how often in words: `once`, `4 times`."""
    return "once" if number == 1 else f"{say_number(number)} times"


def no_number_yet(figures: Figures) -> str:
    """Return why consistency is no number yet, or nothing once it is one."""
    if figures.score_shown:
        return ""
    if not figures.occasions:
        return "Nothing is settled yet. The first day that ends begins the count."
    return f"{figures.kept} of {figures.occasions} kept so far. Consistency is a number after {SCORE_FROM} times."


def entry(commitment: Commitment, one: Entry) -> str:
    """Return an entry in a few words, without anything private: `45 min, walk`, `fears, depth 2`, `4 replies`."""
    told = [(name, str(one.fields[name])) for name in TOLD if one.fields.get(name)]
    words = [f"{name} {said}" if name == "depth" else discreet_mode.dotted(said) for name, said in told]
    return ", ".join([_what(commitment, one), *words])


def _what(commitment: Commitment, one: Entry) -> str:
    if one.outcome is not None:
        return say_outcome(commitment, one)
    if commitment.kind is Kind.MINUTES:
        return say_duration(one.amount)
    if commitment.source == REPLIES:
        replied, left = one.fields.get("in_window"), one.fields.get("unanswered")
        told = [say_replies(int(replied))] if isinstance(replied, int) else []
        told += [f"{left} unanswered"] if isinstance(left, int) and left else []
        return ", ".join(told) or "done"
    return "done" if one.amount == 1 else times(one.amount)
