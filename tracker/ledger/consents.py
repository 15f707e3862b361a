"""Consent in what is stored: every reader of entries goes through here, and so does what is carried out and in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tracker.catalogue.roles import GUARDED, TELLING
from tracker.domain.commitments import Commitment
from tracker.ledger import codec, event_keys
from tracker.store.events import Event, order

if TYPE_CHECKING:
    from tracker.domain.fields import Field

Value = Mapping[str, Any]


def guarded(details: Value) -> bool:
    """Return whether a commitment, by its stored facts, asks for consent at all; it reads no catalogue for that."""
    own = details.get("fields")
    if details.get("catalogue") in GUARDED or not isinstance(own, list):
        return details.get("catalogue") in GUARDED
    from tracker.domain.consent import NEEDS, STOPS

    return any(isinstance(row, Mapping) and (row.get(NEEDS) or row.get(STOPS)) for row in own)


def stops(details: Value) -> bool:
    """Return whether a no to one of its questions makes an entry count for nothing."""
    own = details.get("fields")
    from tracker.domain.consent import STOPS

    return isinstance(own, list) and any(isinstance(row, Mapping) and row.get(STOPS) for row in own)


def heard(commitment: Commitment, value: Value) -> Value | None:
    """Return a value that was logged without what lacks a yes; None where a no makes it count for nothing.

    So does a yes that is missing, where the catalogue asks for it; a form of one's own may ask more than it used to.
    """
    from tracker.domain.consent import stop, unready, unsaid
    from tracker.ledger.commitment_fields import fields_of, source_of

    source, fields, given = source_of(commitment), fields_of(commitment), codec.said_in(value)
    if stop(fields, given, telling=source == TELLING):
        return None
    if source in GUARDED and (unsaid(fields, given) or (source == TELLING and unready(given))):
        return None
    return without(value, _withheld(fields, given))


def _withheld(fields: Sequence[Field], said: Value) -> frozenset[str]:
    """Return which answers lack their yes: all of them where the questions cannot be read."""
    from tracker.domain.consent import withheld

    return withheld(fields, said) if fields else frozenset(said)


def without(value: Value, names: Iterable[str]) -> Value:
    """Return a value without some answers, itself where it has none of them."""
    gone = set(names) & codec.said_in(value).keys()
    if not gone:
        return value
    left = dict(value)
    for part in ("fields", "private"):
        kept = {name: answer for name, answer in codec.table(value, part).items() if name not in gone}
        if part in left and not kept:
            del left[part]
        elif part in left:
            left[part] = kept
    return left


def held(versions: Iterable[Event], names: frozenset[str]) -> bool:
    """Return whether some version of an entry holds an answer to one of these fields."""
    return any(names & codec.said_in(event["v"] or {}).keys() for event in versions)


def carried(events: Iterable[Event], known: Callable[[str], Commitment | None]) -> list[Event]:
    """Return events for an export or from a file: no entry holds an answer that lacks its yes, now or in its newest.

    An entry that a no makes count for nothing is left out.

    `known` returns the commitment of an id, as far as it is known.
    """
    found = list(events)
    ruled: dict[str, Commitment | None] = {}
    newest: dict[str, Event] = {}
    for event in found:
        kind, owner, _ = event_keys.split(event["key"])
        if kind != "entry" or event["v"] is None:
            continue
        if owner not in ruled:
            ruled[owner] = each if (each := known(owner)) is not None and guarded(each.details) else None
        if ruled[owner] is not None and order(event) >= order(newest.get(event["key"], event)):
            newest[event["key"]] = event
    allowed = (
        _allowed(event, newest.get(event["key"]), ruled.get(event_keys.split(event["key"])[1])) for event in found
    )
    return [event for event in allowed if event is not None]


def _allowed(event: Event, newest: Event | None, commitment: Commitment | None) -> Event | None:
    """Return an event as it may be carried, None where a no makes it, or what came of it, count for nothing."""
    if newest is None or commitment is None or event["v"] is None:
        return event
    from tracker.ledger.commitment_fields import fields_of

    if any(heard(commitment, each["v"] or {}) is None for each in (event, newest)):
        return None
    fields = fields_of(commitment)
    names = {name for each in (event, newest) for name in _withheld(fields, codec.said_in(each["v"] or {}))}
    left = without(event["v"], names)
    return event if left is event["v"] else {**event, "v": dict(left)}
