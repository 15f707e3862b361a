"""Carry a store out as JSON and back in; bringing the same thing in twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.domain.commitments import Commitment
from tracker.domain.text.clean import harmless
from tracker.formats import NotOurs, own_json
from tracker.formats.registry import FORMATS
from tracker.ledger import codec, consents, event_keys
from tracker.ledger.errors import BadInput
from tracker.ledger.open_folder import in_plain_words
from tracker.ledger.private_words import public
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.quantities import count
from tracker.services.reviews import partners_turn
from tracker.store.events import Event, as_stored, is_more_of, is_too_far, sized
from tracker.store.limits import LITTLE, ROOMY
from tracker.store.log.incoming import PURGE

MOST_CHARACTERS = 200_000_000
DEEPEST = 40

_PURGES_LEFT_OUT = "It also asks for something to be purged. That was left out: a file never forgets for you."


@dataclass(frozen=True, slots=True)
class Export:
    """The text of an export, and how many events had private words left out."""

    text: str
    events: int
    left_out: int


def export_json(workspace: Workspace, *, private: bool) -> Export:
    """Return the whole store as text, private words only if asked for, a partner's answers only if they allowed it."""
    found = (partners_turn.for_export(event, private=private) for event in workspace.full_store.events.values())
    events = consents.carried((event for event in found if event is not None), workspace.ledger.get)
    outgoing = events if private else [_without_private(event) for event in events]
    left_out = sum(each is not event for each, event in zip(outgoing, events, strict=True))
    return Export(FORMATS["json"].write(outgoing, private=private), len(events), left_out)


def _without_private(event: Event) -> Event:
    """Return an event as it leaves the store where nobody asked for private words, the same one if it has none."""
    value = event["v"]
    if value is None:
        return event
    left = own_json.public(public(event["key"], value))
    return event if left == value else {**event, "v": left}


def import_json(workspace: Workspace, text: str) -> Change:
    """Take in an export: events that are known already are left alone. BadInput if the text is no export."""
    if len(text) > MOST_CHARACTERS:
        raise BadInput("This file is too large to be an export of Toward.")
    try:
        events = [event for each in FORMATS["json"].read(text) if partners_turn.welcome(event := _clean(each))]
    except NotOurs as error:
        raise BadInput(f"{error} Nothing was imported.") from None
    if len(text) > ROOMY and any(size > LITTLE for _, size in sized(events)):
        raise BadInput("An event in this export is larger than any can be. Nothing was imported.")
    store = workspace.full_store
    events = consents.carried(events, _known(workspace, events))
    with workspace.transaction() as transaction, in_plain_words():
        known = store.events
        orders = sum(known.get(event["id"]) != event for event in events if event["key"].startswith(PURGE))
        # A file brings neither an order to forget nor the note of another import, and changes nothing that is here.
        welcome = [event for event in events if not event["key"].startswith((PURGE, own_json.BOOKKEEPING))]
        welcome = [event for event in welcome if event["id"] not in known or is_more_of(known[event["id"]], event)]
        added, note = transaction.add(welcome, cmd="import")
    workspace.after_write()
    left_out = (_PURGES_LEFT_OUT,) if orders else ()
    if note is None:
        return Change((f"Nothing new: all {len(events)} events are here already.", *left_out), changed=False)
    rest = len(events) - orders - added
    sentence = f"Imported {count(added, 'event')}" + (f"; {rest} were here already." if rest else ".")
    return Change((sentence, *_not_counted(workspace, welcome), *left_out), operation=note["op"])


def _not_counted(workspace: Workspace, events: Sequence[Event]) -> list[str]:
    """Return a sentence where some of what came in is not counted, because nobody could have typed it."""
    for cid in workspace.ledger.ids():
        workspace.ledger.record(cid)
    aside = len(workspace.ledger.misread & {event["key"] for event in events})
    are = "1 of them is" if aside == 1 else f"{aside} of them are"
    return [f"{are} not understood: kept, and not counted. What that means: toward doctor"] if aside else []


def _known(workspace: Workspace, events: Sequence[Event]) -> Callable[[str], Commitment | None]:
    """Return what finds a commitment by its id, among those of a file too."""
    brought = {event["key"]: event["v"] for event in events if event["v"] is not None}

    def known(cid: str) -> Commitment | None:
        try:
            value = brought[event_keys.commitment(cid)]
            return codec.read_commitment(cid, value, (), archived=False)
        except (KeyError, *codec.MISREAD):
            return workspace.ledger.get(cid)

    return known


def _clean(document: dict[str, object]) -> Event:
    """Return the event with harmless text; BadInput if it is not an event, or one that nothing could follow."""
    if is_too_far(document):
        raise BadInput(
            "An event in this export is dated or numbered so far ahead that nothing could follow it. "
            "Nothing was imported."
        )
    try:
        event = as_stored(document)
        event = {**event, "v": _harmless(event["v"])}
    except (ValueError, RecursionError):
        raise BadInput("An event in this export cannot be understood. Nothing was imported.") from None
    return event


def _harmless(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, dict):
        return {harmless(name): _harmless(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list):
        return [_harmless(part, depth + 1) for part in value]
    return value
