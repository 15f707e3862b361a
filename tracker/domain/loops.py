"""Open loops: questions whose time has come, and that nobody has answered yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.domain.fields import Field
from tracker.domain.records import Entry


@dataclass(frozen=True, slots=True)
class Loop:
    """What one entry still asks, since when; `fields` are asked together."""

    commitment: str
    entry: str
    due: datetime
    fields: tuple[Field, ...]


def loops_of(
    commitment: str, entry: Entry, answers: Mapping[str, Any], passed: Iterable[str], fields: Sequence[Field]
) -> tuple[Loop, ...]:
    """Return the loops of an entry with their due moments, also those still to come, soonest first.

    `answers` are its public and private answers by name; `passed` names what the person let go for good.
    """
    if entry.at is None:
        return ()
    done = set(passed) | {name for name, answer in answers.items() if answer is not None}
    asked: dict[datetime, list[Field]] = {}
    for field in fields:
        if not field.later or field.name in done:
            continue
        due = field.due(entry.at, answers)
        if due is not None:
            asked.setdefault(due, []).append(field)
    return tuple(Loop(commitment, entry.id, due, tuple(asked[due])) for due in sorted(asked))


def open_now(loops: Iterable[Loop], now: datetime) -> list[Loop]:
    """Return the loops that stand open on the day of `now`, oldest first: due before, or some time today."""
    found = [loop for loop in loops if loop.due.date() <= now.date()]
    return sorted(found, key=lambda loop: (loop.due, loop.commitment, loop.entry))
