"""The numbers of a commitment, folded from its occasions one by one."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import sqrt

from tracker.domain.occasions import Occasion, State

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


@dataclass(frozen=True, slots=True)
class Mark:
    """One place in a strip: the state and the credit (0..1) of an occasion, and its first day."""

    day: date
    state: State
    credit: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What the occasions of one commitment amount to.

    `streak` and `best` are in kept occasions, `consistency` is 0..100 or None before the first settled
    occasion, `bounce_back` is a median in days or None, `occasions` counts settled ones.
    """

    streak: int
    best: int
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
    """A running count over occasions, oldest first. It can be put down and taken up again unchanged."""

    streak: int = 0
    best: int = 0
    score: float = 0.0
    kept: int = 0
    settled: int = 0
    missed_since: date | None = None
    gaps: Counter[int] = field(default_factory=Counter)
    strip: deque[Mark] = field(default_factory=lambda: deque(maxlen=STRIP_LENGTH))
    last: Occasion | None = None

    def add(self, occasion: Occasion) -> None:
        """Count one more occasion; an open or neutral one changes no number."""
        self.strip.append(Mark(occasion.first, occasion.state, occasion.credit))
        self.last = occasion
        if not occasion.settled:
            return
        m = memory(occasion.n, occasion.spacing)
        self.score = self.score * m + occasion.credit * (1 - m)
        self.settled += 1
        if occasion.state is not State.KEPT:
            self.streak = 0
            if self.missed_since is None:
                self.missed_since = occasion.first
            return
        self.kept += 1
        self.streak += 1
        self.best = max(self.best, self.streak)
        if self.missed_since is not None:
            self.gaps[(occasion.first - self.missed_since).days] += 1
            self.missed_since = None

    def extend(self, occasions: Iterable[Occasion]) -> Tally:
        """Count occasions and return this tally."""
        for occasion in occasions:
            self.add(occasion)
        return self

    def figures(self, today: date | None = None) -> Figures:
        """Return the numbers so far; `current` is the occasion that covers `today`."""
        covers = self.last is not None and today is not None and self.last.first <= today <= self.last.last
        return Figures(
            streak=self.streak,
            best=self.best,
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


def count(occasions: Iterable[Occasion], today: date | None = None) -> Figures:
    """Return the figures of a sequence of occasions."""
    return Tally().extend(occasions).figures(today)
