"""Planned times together: agreed once or by a rule, then kept, moved or cancelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from tracker.domain.calendar import WEEKDAYS
from tracker.domain.words import BadWord, parse_day, parse_duration

ENOUGH = 0.8
EXAMPLE = "sat 19:00 60m weekly"
EVERY = {"weekly": 7, "fortnightly": 14}


class PlannedState(StrEnum):
    """What became of a planned time."""

    KEPT = "kept"
    PARTLY = "partly"
    MISSED = "missed"
    OPEN = "open"
    AHEAD = "ahead"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Plan:
    """An agreement: the first day, the time, the minutes, and after how many days it comes again (0: once)."""

    id: str
    first: date
    at: time
    minutes: int
    every: int = 0
    last: date | None = None

    @property
    def sentence(self) -> str:
        """Return it as it is typed."""
        word = next((name for name, days in EVERY.items() if days == self.every), "")
        day = WEEKDAYS[self.first.weekday()] if word else self.first.isoformat()
        return " ".join(part for part in (day, f"{self.at:%H:%M}", f"{self.minutes}m", word) if part)

    def days(self, until: date) -> Iterator[date]:
        """Yield its days up to `until`."""
        day = self.first
        while day <= until and (self.last is None or day <= self.last):
            yield day
            if not self.every:
                return
            day += timedelta(days=self.every)


@dataclass(frozen=True, slots=True)
class PlannedTime:
    """One planned time: its day, time and minutes, what was logged for it, and what became of it."""

    plan: str
    day: date
    at: time
    minutes: int
    logged: float | None
    state: PlannedState
    moved_to: str = ""

    @property
    def key(self) -> str:
        """Return what names this one time: its plan and its day."""
        return f"{self.plan}:{self.day.isoformat()}"

    @property
    def credit(self) -> float:
        """Return v in 0..1: minutes over eight tenths of what was planned, at most 1."""
        return min(1.0, (self.logged or 0.0) / (ENOUGH * self.minutes))


def parse_plan(sentence: str, today: date, plan_id: str, start: date | None = None) -> Plan:
    """Return the plan a sentence such as `sat 19:00 60m weekly` means. Raises BadWord with an example.

    A weekday is the first one on or after `start`, or else on or after today.
    """
    words = sentence.lower().split()
    every = 0
    if words and words[-1] in EVERY:
        every = EVERY[words.pop()]
    if len(words) != 3 or not re.fullmatch(r"\d{1,2}:[0-5]\d", words[1]):
        raise BadWord(f"'{sentence}' is not a planned time. Try '{EXAMPLE}' or '2026-11-28 19:00 60m'.")
    try:
        at = time.fromisoformat(words[1].zfill(5))
    except ValueError:
        raise BadWord(f"'{words[1]}' is not a time of day. Try '{EXAMPLE}'.") from None
    base = start or today
    if words[0][:3] in WEEKDAYS and words[0].isalpha() and words[0] not in ("today", "tomorrow", "yesterday"):
        day = base + timedelta(days=(WEEKDAYS.index(words[0][:3]) - base.weekday()) % 7)
    else:
        day = parse_day(words[0], today)
    return Plan(plan_id, day, at, parse_duration(words[2]), every)


@dataclass(frozen=True, slots=True)
class Word:
    """What was said about one planned time beforehand or afterwards: moved to another, cancelled, or let go."""

    state: PlannedState
    moved_to: str = ""


def planned_times(
    plans: Iterable[Plan],
    said: Mapping[str, Word],
    logged: Mapping[date, Iterable[tuple[time | None, float]]],
    today: date,
    until: date,
) -> list[PlannedTime]:
    """Return every planned time up to `until` with what became of it, oldest first.

    `said` is by the key of a planned time. Minutes logged on a day go to the nearest planned time of that day that
    has none yet; a day that is over without any leaves it open, to be asked about.
    """
    found = [
        PlannedTime(plan.id, day, plan.at, plan.minutes, None, PlannedState.AHEAD)
        for plan in plans
        for day in plan.days(until)
    ]
    found = [
        replace(each, state=word.state, moved_to=word.moved_to) if (word := said.get(each.key)) else each
        for each in found
    ]
    for day in {each.day for each in found}:
        _share_out(found, day, list(logged.get(day, ())))
    return sorted((_judge(each, today) for each in found), key=lambda each: (each.day, each.at, each.plan))


def _share_out(found: list[PlannedTime], day: date, minutes: list[tuple[time | None, float]]) -> None:
    for at, amount in minutes:
        waiting = [
            index
            for index, each in enumerate(found)
            if each.day == day and each.logged is None and each.state is PlannedState.AHEAD
        ]
        if not waiting:
            return
        best = min(waiting, key=lambda index: (_apart(found[index].at, at), found[index].at))
        found[best] = replace(found[best], logged=amount)


def _apart(planned: time, at: time | None) -> int:
    if at is None:
        return 0
    return abs((planned.hour - at.hour) * 60 + planned.minute - at.minute)


def _judge(each: PlannedTime, today: date) -> PlannedTime:
    if each.state is not PlannedState.AHEAD:
        return each
    if each.logged is not None:
        return replace(each, state=PlannedState.KEPT if each.credit >= 1 else PlannedState.PARTLY)
    return replace(each, state=PlannedState.OPEN) if each.day < today else each


def may_move(each: PlannedTime, now: datetime) -> bool:
    """Return whether a planned time has not begun yet, so that moving it is neutral."""
    return now.replace(tzinfo=None) < datetime.combine(each.day, each.at)
