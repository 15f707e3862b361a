"""What a person wrote is private wherever it lies: this says which words of an event those are, the same for all.

Titles and questions of one's own are no such words: without them nothing else could be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.catalogue import known_template, suggests
from tracker.domain.commitments import Commitment
from tracker.domain.records import SKIP_REASONS
from tracker.domain.text import discreet_mode
from tracker.ledger import codec, event_keys

PRIVATE, IF_THEN = "private", "if_then"
OWN_PLAN = "Its if-then plan is your own: enter shows it."
"""What stands on Today in place of a person's own if-then plan."""


def public(key: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a value as it may lie or be told where nobody asked for private words; the same object if that is all."""
    hidden = {name for name in (PRIVATE, "reason", IF_THEN) if name in value and _is_private(key, name, value)}
    return {name: each for name, each in value.items() if name not in hidden} if hidden else value


def _is_private(key: str, name: str, value: Mapping[str, Any]) -> bool:
    kind = event_keys.split(key)[0]
    if name == "reason":
        return kind in ("skip", "pause") and value[name] not in ("", *SKIP_REASONS)
    return name == PRIVATE or (kind == "commitment" and bool(own_plan(value)))


def own_plan(facts: Mapping[str, Any]) -> str:
    """Return the if-then plan that a person wrote, from the facts of a commitment, or an empty text.

    Older versions kept it beside what is not private; there it is their own unless the catalogue says the same.
    """
    private = codec.table(facts, PRIVATE).get(IF_THEN)
    if private and isinstance(private, str):
        return private
    plain = str(facts.get(IF_THEN) or "")
    return "" if plain and suggests(str(facts.get("catalogue", "")), plain) else plain


def plan_of(facts: Mapping[str, Any]) -> str:
    """Return a commitment's if-then plan, a person's own or that of the catalogue, or an empty text."""
    return own_plan(facts) or str(facts.get(IF_THEN) or "")


def opened_plan(facts: Mapping[str, Any]) -> str:
    """Return a commitment's if-then plan where somebody opened it to read, as dots where Toward is discreet."""
    return discreet_mode.dotted(plan_of(facts))


def with_plan(facts: Mapping[str, Any], words: str) -> dict[str, Any]:
    """Return the facts of a commitment with another if-then plan: private unless it is the catalogue's own."""
    rest = {name: each for name, each in codec.table(facts, PRIVATE).items() if name != IF_THEN}
    new = {name: each for name, each in facts.items() if name not in (PRIVATE, IF_THEN)}
    if words and (chosen := known_template(facts.get("catalogue"))) and words == chosen.if_then:
        new[IF_THEN] = words
    elif words:
        rest[IF_THEN] = words
    return new | ({PRIVATE: rest} if rest else {})


def seen_plan(commitment: Commitment, instead: str = "", *, without_private: bool = False) -> str:
    """Return what may stand unasked of an if-then plan: the catalogue's own sentence, or `instead` of a person's.

    `without_private` says that what is private of the commitment was not read, and so that there is something.
    """
    if discreet_mode.is_drawn():
        return str(commitment.details.get(IF_THEN, ""))
    return instead if without_private or own_plan(commitment.details) else str(commitment.details.get(IF_THEN) or "")
