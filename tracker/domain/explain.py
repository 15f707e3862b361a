"""Why consistency is what it is: what the last occasions added or cost, and what the next one gives."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.domain.figures import memory
from tracker.domain.occasions import Occasion


@dataclass(frozen=True, slots=True)
class Step:
    """One settled occasion and the points (of 100) it added, or cost where negative."""

    occasion: Occasion
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The last settled occasions with their points, and consistency (0..100) after the next one."""

    steps: tuple[Step, ...]
    now: float | None
    if_kept: float
    if_missed: float
    if_skipped: float | None


def explain(occasions: Iterable[Occasion], n: int, spacing: float, last: int = 7) -> Explanation:
    """Return the explanation of a consistency; `n` and `spacing` (days) are those of the next occasion."""
    score = 0.0
    steps: deque[Step] = deque(maxlen=last)
    settled = False
    for occasion in occasions:
        if not occasion.settled:
            continue
        settled = True
        after = score + (occasion.credit - score) * (1 - memory(occasion.n, occasion.spacing))
        steps.append(Step(occasion, (after - score) * 100))
        score = after
    now = score * 100 if settled else None
    kept, missed = (score + (credit - score) * (1 - memory(n, spacing)) for credit in (1, 0))
    return Explanation(tuple(steps), now, kept * 100, missed * 100, now)
