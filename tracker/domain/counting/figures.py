"""The numbers of a commitment, folded from its occasions one by one."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

from tracker.domain.counting.occasions import Occasion, Run, State
from tracker.domain.schedules import Unit

HALF_LIFE = 13.0
STRIP_LENGTH = 14
FEW = 5
SCORE_FROM = 13


@lru_cache(maxsize=256)
def memory(n: int, spacing: float) -> float:
    """Return m in 0..1, how much of the old consistency one occasion keeps.

    m = 0.5 ** (sqrt(n * D) / 13): for a daily habit the published score of Loop Habit Tracker, for other
    schedules its half-life.
    """
    return float(0.5 ** (sqrt(n * spacing) / HALF_LIFE))


def score_before(score: float, newest: Sequence[Occasion]) -> float:
    """Return the consistency (0..1) before the newest settled occasions, oldest first, were counted into `score`."""
    for occasion in reversed(newest):
        m = memory(occasion.n, occasion.spacing)
        score = (score - occasion.credit * (1 - m)) / m
    return score


class Mark(NamedTuple):
    """One place in a strip: the state and the credit (0..1) of an occasion, and its first day."""

    day: date
    state: State
    credit: float


@dataclass(frozen=True, slots=True)
class Streak:
    """Kept occasions in a row: how many, in which unit, and from which day to which."""

    unit: Unit
    kept: int
    first: date
    last: date

    def and_then(self, occasion: Occasion) -> Streak:
        """Return the streak with one more kept occasion; what was kept early may end before what follows it."""
        return Streak(self.unit, self.kept + 1, min(self.first, occasion.first), max(self.last, occasion.last))


@dataclass(frozen=True, slots=True)
class Figures:
    """What the occasions of one commitment amount to.

    `streak` and `best` are kept occasions in `unit`, that of the plan in force, and `since` is the first day of the
    streak; `closed` are the streaks of units that plans before it counted in, oldest first: of each such time its best,
    and the one that closed it. `consistency` is 0..100 or None before the first settled occasion, `bounce_back` is a
    median in days or None, `occasions` counts settled ones.
    """

    unit: Unit
    streak: int
    best: int
    since: date | None
    closed: tuple[Streak, ...]
    consistency: float | None
    kept: int
    occasions: int
    bounce_back: float | None
    strip: tuple[Mark, ...]
    current: Occasion | None

    @property
    def few(self) -> bool:
        """Return whether there are too few cases for a percentage or a direction."""
        return self.occasions < FEW

    @property
    def score_shown(self) -> bool:
        """Return whether a screen shows consistency as a number."""
        return self.consistency is not None and self.occasions >= SCORE_FROM


@dataclass(slots=True)
class Tally:
    """A running count over occasions, oldest first. It can be put down and taken up again unchanged.

    `streak` and `longest` are those since the unit last changed, `bests` the most kept in a row ever, by unit, and
    `closed` what was in each unit before.
    """

    unit: Unit | None = None
    streak: Streak | None = None
    longest: Streak | None = None
    bests: dict[Unit, int] = field(default_factory=dict)
    closed: list[Streak] = field(default_factory=list)
    score: float = 0.0
    kept: int = 0
    settled: int = 0
    missed_since: date | None = None
    gaps: Counter[int] = field(default_factory=Counter)
    strip: deque[Mark] = field(default_factory=lambda: deque(maxlen=STRIP_LENGTH))
    last: Occasion | None = None

    def add_run(self, run: Run) -> None:
        """Count a run as its occasions one by one would be; the strip is that of the occasions that follow it."""
        self.add(run.occasion)
        more, occasion = run.times - 1, run.occasion
        if more < 1 or not occasion.settled:
            return
        m = memory(occasion.n, occasion.spacing)
        for _ in range(more):
            score = self.score * m + occasion.credit * (1 - m)
            if score == self.score:
                break
            self.score = score
        self.settled += more
        if occasion.state is not State.KEPT or self.streak is None:
            return
        self.kept += more
        self.streak = replace(self.streak, kept=self.streak.kept + more, last=max(self.streak.last, run.last))
        if self.longest is None or self.longest.kept < self.streak.kept:
            self.longest = self.streak
        self.bests[occasion.unit] = max(self.bests.get(occasion.unit, 0), self.streak.kept)

    def add(self, occasion: Occasion) -> None:
        """Count one more occasion; an open or neutral one changes no number, but a streak ends with its unit."""
        self.strip.append(Mark(occasion.first, occasion.state, occasion.credit))
        self.last = occasion
        if occasion.unit != self.unit:
            self.closed = self._past_streaks()
            self.unit, self.streak, self.longest = occasion.unit, None, None
        if not occasion.settled:
            return
        m = memory(occasion.n, occasion.spacing)
        self.score = self.score * m + occasion.credit * (1 - m)
        self.settled += 1
        if occasion.state is not State.KEPT:
            self.streak = None
            if self.missed_since is None:
                self.missed_since = occasion.first
            return
        self.kept += 1
        before = self.streak or Streak(occasion.unit, 0, occasion.first, occasion.last)
        self.streak = before.and_then(occasion)
        if self.longest is None or self.longest.kept < self.streak.kept:
            self.longest = self.streak
        self.bests[occasion.unit] = max(self.bests.get(occasion.unit, 0), self.streak.kept)
        if self.missed_since is not None:
            self.gaps[(occasion.first - self.missed_since).days] += 1
            self.missed_since = None

    def _past_streaks(self) -> list[Streak]:
        """Return the closed streaks once the unit of now is over: its best one, and the one that ends with it."""
        ends = [] if self.streak in (None, self.longest) else [self.streak]
        return [*self.closed, *(each for each in (self.longest, *ends) if each is not None)]

    def extend(self, occasions: Iterable[Occasion]) -> Tally:
        """Count occasions and return this tally."""
        for occasion in occasions:
            self.add(occasion)
        return self

    def extend_runs(self, runs: Iterable[Run]) -> Tally:
        """Count runs of occasions and return this tally."""
        for run in runs:
            self.add_run(run)
        return self

    def figures(self, today: date | None = None, unit: Unit | None = None) -> Figures:
        """Return the numbers so far, with the streaks of `unit`, that of the newest occasion if none is given.

        `current` is the occasion that covers `today`; no streak is told to last longer than to it.
        """
        unit = unit or self.unit or "days"
        here = unit == self.unit
        closed = self.closed if here else self._past_streaks()
        covers = self.last is not None and today is not None and self.last.first <= today <= self.last.last
        return Figures(
            unit=unit,
            streak=self.streak.kept if here and self.streak else 0,
            best=self.bests.get(unit, 0),
            since=self.streak.first if here and self.streak else None,
            closed=tuple(replace(each, last=min(each.last, today or each.last)) for each in closed),
            consistency=self.score * 100 if self.settled else None,
            kept=self.kept,
            occasions=self.settled,
            bounce_back=_median(self.gaps),
            strip=tuple(self.strip),
            current=self.last if covers else None,
        )


def _median(counts: Counter[int]) -> float | None:
    """Return the median of counted whole numbers, the mean of the middle two where there are two."""
    size = counts.total()
    if not size:
        return None
    low, high = (size - 1) // 2, size // 2
    seen, lower = 0, 0
    for value in sorted(counts):
        before, seen = seen, seen + counts[value]
        if before <= low < seen:
            lower = value
        if before <= high < seen:
            return (lower + value) / 2
    raise AssertionError("a median lies within its counts")


def count(occasions: Iterable[Occasion], today: date | None = None, unit: Unit | None = None) -> Figures:
    """Return the figures of a sequence of occasions, with the streaks of `unit`, by default the newest one's."""
    return Tally().extend(occasions).figures(today, unit)
