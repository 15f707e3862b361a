"""Carry a store out as JSON and back in; bringing the same thing in twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracker.domain.clean import harmless
from tracker.formats import own_json
from tracker.services.change import Change
from tracker.services.errors import BadInput
from tracker.services.toward import Toward, in_plain_words
from tracker.store.events import Event, as_stored

MOST_CHARACTERS = 200_000_000


@dataclass(frozen=True, slots=True)
class Export:
    """The text of an export, and how many events had private words left out."""

    text: str
    events: int
    left_out: int


def export_json(toward: Toward, *, private: bool) -> Export:
    """Return the whole store as text, private words only if asked for."""
    toward.complete()
    events = list(toward.store.events.values())
    text = own_json.dump(events, private=private)
    return Export(text, len(events), 0 if private else own_json.private_count(events))


def import_json(toward: Toward, text: str) -> Change:
    """Take in an export: events that are known already are left alone. BadInput if the text is no export."""
    if len(text) > MOST_CHARACTERS:
        raise BadInput("This file is too large to be an export of Toward.")
    try:
        events = [_clean(event) for event in own_json.load(text)]
    except own_json.NotOurs as error:
        raise BadInput(f"{error} Nothing was imported.") from None
    toward.complete()
    with toward.transaction() as transaction, in_plain_words():
        added, note = transaction.add(events, cmd="import")
    toward.settle()
    if note is None:
        return Change((f"Nothing new: all {len(events)} events are here already.",), changed=False)
    known = len(events) - added
    said = f"Imported {added} events" + (f"; {known} were here already." if known else ".")
    return Change((said,), operation=note["op"])


def _clean(document: dict[str, object]) -> Event:
    """Return the event with harmless text; BadInput if it is not an event."""
    try:
        event = as_stored(document)
    except ValueError:
        raise BadInput("An event in this export cannot be understood. Nothing was imported.") from None
    return {**event, "v": _harmless(event["v"])}


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, dict):
        return {harmless(name): _harmless(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_harmless(part) for part in value]
    return value
