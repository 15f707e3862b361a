"""Which changes that came from elsewhere still stand, so that each entry is asked about once, as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tracker.ledger import codec
from tracker.store.events import Event, order
from tracker.store.log.sifting import held, is_written_here

if TYPE_CHECKING:
    from tracker.ledger.open_folder import OpenFolder


def standing(workspace: OpenFolder, pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[Event, Event | None]]:
    """Return by key what stands now, and what was there last before it, of pairs of a later event and an earlier one.

    Left out is what is again as it was, and what was written anew on this device. The earlier event is None where no
    file holds it.
    """
    store = workspace.full_store
    found: dict[str, tuple[Event, Event | None]] = {}
    first = first_of(pairs)
    whole = held(store.shards, {before for _, before in first if before})
    for after, before in first:
        event = store.events.get(after)
        winner = store.winners.get(event["key"]) if event is not None else None
        if winner is None:
            continue
        earlier = whole.get(before) if before != after else None
        if is_written_here(store.shards, winner["id"]) and not _is_hidden(workspace, winner, after, earlier):
            continue
        _, known = found.get(winner["key"], (winner, None))
        if known is None or (earlier is not None and order(earlier) > order(known)):
            found[winner["key"]] = winner, earlier
    return {key: both for key, both in found.items() if both[1] is None or both[1]["v"] != both[0]["v"]}


def _is_hidden(workspace: OpenFolder, winner: Event, after: str, earlier: Event | None) -> bool:
    """Return whether a note that stood beside one of this device does so no more, by an event from elsewhere."""
    if earlier is None or winner["prev"] == after or not winner["key"].startswith("note|"):
        return False
    shown = {each["id"] for each in (winner, *workspace.store.concurrent(winner["key"]))}
    text = codec.note_text(earlier["v"] or {})
    return earlier["id"] not in shown and text not in codec.note_text(winner["v"] or {})


def first_of(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those pairs whose earlier event was there before any of the changes."""
    given = list(pairs)
    later = {after for after, _ in given}
    return [(after, before) for after, before in given if before not in later or before == after]
