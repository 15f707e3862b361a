"""The days that reviews named: what is asked once they have come, among all that stands open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.domain.counting.followups import Loop, loops_of
from tracker.ledger import codec, event_keys
from tracker.ledger.workspace import Workspace

if TYPE_CHECKING:
    from tracker.domain.reviews import Part, Script

OWNER = event_keys.REVIEW
"""What stands in a question of a review where one of an entry has the id of its commitment."""


def loops_named(workspace: Workspace) -> Iterator[Loop]:
    """Yield what reviews still ask, now or on a day to come; a value that is not as it should be asks nothing."""
    for key, value in workspace.ledger.shared_values(event_keys.REVIEW):
        if codec.asked(value):
            try:
                later = [field for part in _script(key).parts for field in part.later]
                entry = codec.read_entry(OWNER, key, key.rpartition("|")[2], value, 0)
                found = loops_of(OWNER, entry, codec.said_in(value), later)
            except codec.MISREAD:
                continue
            yield from found


def part_of(loop: Loop) -> Part | None:
    """Return the part of a review that a question comes from, None for a question of an entry."""
    if event_keys.split(loop.entry.id)[0] != event_keys.REVIEW:
        return None
    return next(part for part in _script(loop.entry.id).parts if loop.fields[0] in part.later)


def _script(key: str) -> Script:
    """Return the review that a key is of. Raises ValueError."""
    from tracker.catalogue import reviews
    from tracker.domain.reviews import Review

    return reviews().scripts[Review(event_keys.split(key)[1])]


def asked_anew(part: Part, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return a review's new value with what it still asks: what hangs on a day named anew, not on one taken out."""
    before, now = codec.said_in(old), codec.said_in(new)
    moved = [field for field in part.later if before.get(field.at) != now.get(field.at)]
    names = {field.name for field in moved}
    asks = [name for name in codec.asked(new) if name not in names]
    asks += [field.name for field in moved if now.get(field.at)]
    return codec.asking(without(new, names), asks)


def to_come(part: Part, value: Mapping[str, Any]) -> list[date]:
    """Return the days of a part on which a review's value still asks something."""
    said, asks = codec.said_in(value), codec.asked(value)
    days = [codec.read_day(said.get(field.at)) for field in part.later if field.name in asks]
    return [day for day in days if day is not None]


def answered(loop: Loop, value: Mapping[str, Any], given: Mapping[str, Any], again: str) -> dict[str, Any]:
    """Return a review's value with the answers of a question that stood open, none where it was let go.

    A no that keeps its question open is not stored: it is asked once more from the moment `again` on.
    """
    new = dict(value)
    for field in loop.fields:
        if field.stays_open and given.get(field.name) is False:
            new = codec.asking(new, (*codec.asked(new), field.name)) | {"again": again}
        elif field.name in given:
            part = "private" if field.private else "fields"
            new[part] = {**codec.table(new, part), field.name: given[field.name]}
    return codec.asking(new, codec.asked(new))


def without(value: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """Return a review's value without the answers of some fields."""
    new = dict(value)
    for part in ("fields", "private"):
        new[part] = {name: each for name, each in codec.table(value, part).items() if name not in names}
        if not new[part]:
            del new[part]
    return new
