"""Open loops: questions of an entry whose time has come, and that nobody has answered or let go yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from tracker.domain.fields import Field, Type
from tracker.domain.records import Entry

RESTS = timedelta(days=3)
"""How long a question of a day later stands: after that the answer would be a guess, so it rests by itself."""
NEAR = timedelta(minutes=90)
"""How long before its time a question is in sight, and says how near it is."""


@dataclass(frozen=True, slots=True)
class Loop:
    """What one entry still asks, since when; `fields` are asked together."""

    commitment: str
    entry: Entry
    due: datetime
    fields: tuple[Field, ...]

    @property
    def key(self) -> str:
        """Return what names this loop as long as it is open."""
        return f"{self.entry.id} {self.due.isoformat()}"

    def rests(self, now: datetime) -> bool:
        """Return whether nobody is asked any more: all it asks is how a day later was, and that is long over."""
        return all(field.after_hours for field in self.fields) and now > self.due + RESTS


def loops_of(commitment: str, entry: Entry, answers: Mapping[str, Any], fields: Sequence[Field]) -> tuple[Loop, ...]:
    """Return the loops of an entry, also those still to come, soonest first.

    `answers` are its public and private answers by name; `entry.asks` names what it still asks.
    """
    if entry.at is None:
        return ()
    asked: dict[datetime, list[Field]] = {}
    for field in fields:
        if field.name in entry.asks and (due := _due(field, entry, answers, fields)) is not None:
            asked.setdefault(max(due, entry.again or due), []).append(field)
    return tuple(Loop(commitment, entry, due, tuple(asked[due])) for due in sorted(asked))


def _due(field: Field, entry: Entry, answers: Mapping[str, Any], fields: Sequence[Field]) -> datetime | None:
    """Return when a field of an entry is asked.

    How an open event turned out is asked again on the last day that the entry names, or at once where it names none.
    """
    made = entry.at
    assert made is not None
    if field.later:
        return field.due(entry.settled_at or made, answers)
    days = [each for each in fields if not each.later and each.type in (Type.DAY, Type.MOMENT)]
    named = [replace(field, at=each.name).due(made, answers) for each in days]
    return max([made, *(due for due in named if due is not None)])


def open_now(loops: Iterable[Loop], now: datetime, today: date) -> list[Loop]:
    """Return the loops that stand open, oldest first: due before, some time today, or at a time that is near.

    `today` is the day by the person's own day end, so what the morning asks stays out of a late evening. Midnight is no
    time: it begins a day that was named alone.
    """

    def stands(due: datetime) -> bool:
        return due.date() <= today or (due.time() != time() and due <= now + NEAR)

    found = [loop for loop in loops if stands(loop.due) and not loop.rests(now)]
    return sorted(found, key=lambda loop: (loop.due, loop.commitment, loop.entry.id))
