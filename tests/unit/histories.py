"""Short ways to write down a commitment, what was logged for it, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from tracker.domain.calendar import Calendar
from tracker.domain.commitments import Commitment, Kind, Plan
from tracker.domain.counting.occasions import Occasion, State, occasions
from tracker.domain.language.parsing import parse_schedule
from tracker.domain.records import Entry, Pause, Record

MONDAY = date(2026, 3, 2)
KEPT, PARTLY, MISSED, OPEN, NEUTRAL = State.KEPT, State.PARTLY, State.MISSED, State.OPEN, State.NEUTRAL
BY_LETTER = {"K": State.KEPT, "P": State.PARTLY, "M": State.MISSED, "O": State.OPEN, "N": State.NEUTRAL}
CREDITS = {"K": 1.0, "P": 0.5}


def on(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def commit(
    sentence: str, kind: Kind = Kind.CHECK, target: int = 1, start: date = MONDAY, anchor: date | None = None
) -> Commitment:
    return Commitment("c", "Reply", "s1", kind, (Plan(start, parse_schedule(sentence), target, anchor),))


def then(commitment: Commitment, start: date, sentence: str, target: int = 1) -> Commitment:
    plans = (*commitment.plans, Plan(start, parse_schedule(sentence), target))
    return Commitment("c", "Reply", "s1", commitment.kind, plans)


def checks(*days: date, amount: float = 1.0) -> tuple[Entry, ...]:
    return tuple(Entry(f"e{index}", day, index, amount=amount) for index, day in enumerate(days))


def dated(text: str) -> date:
    return date.fromisoformat(text)


def skipped(*days: date) -> dict[date, str]:
    return dict.fromkeys(days, "")


def seen(
    commitment: Commitment,
    today: date,
    entries: Iterable[Entry] = (),
    skips: dict[date, str] | None = None,
    pauses: Iterable[Pause] = (),
    calendar: Calendar | None = None,
) -> list[Occasion]:
    return list(occasions(commitment, Record(entries, skips, pauses), today, calendar))


def states(found: Iterable[Occasion]) -> list[State]:
    return [one.state for one in found]


def spans(found: Iterable[Occasion]) -> list[tuple[str, str]]:
    return [(one.first.isoformat(), one.last.isoformat()) for one in found]


def row(history: str, n: int = 1, spacing: float = 1.0, step: int = 1) -> list[Occasion]:
    days = [MONDAY + timedelta(days=index * step) for index in range(len(history))]
    return [
        Occasion(day, day, BY_LETTER[mark], 0.0, 1.0, CREDITS.get(mark, 0.0), n, spacing, "times")
        for day, mark in zip(days, history, strict=True)
    ]
