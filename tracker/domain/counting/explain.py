"""Why consistency is what it is: what the last occasions added or cost, and what the next one gives."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.domain.counting.figures import memory
from tracker.domain.counting.occasions import Occasion


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
        m = memory(occasion.n, occasion.spacing)
        after = score * m + occasion.credit * (1 - m)
        steps.append(Step(occasion, (after - score) * 100))
        score = after
    m = memory(n, spacing)
    now = score * 100 if settled else None
    return Explanation(tuple(steps), now, (score * m + (1 - m)) * 100, score * m * 100, now)
