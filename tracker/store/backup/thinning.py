"""Which backups are kept: many of the last days, fewer the older they are, and always the newest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from datetime import date, datetime, timedelta


def _thursday(time: datetime) -> date:
    # Months are told by the Thursday of a week, so that none lies in two and what a week let go stays gone.
    return time.date() + timedelta(days=4 - time.isoweekday())


LADDER: tuple[tuple[int, Callable[[datetime], Hashable]], ...] = (
    (6, lambda time: time),
    (4, lambda time: time.date()),
    (4, lambda time: time.isocalendar()[:2]),
    (3, lambda time: (_thursday(time).year, _thursday(time).month)),
    (5, lambda time: (_thursday(time).year, (_thursday(time).month - 1) // 3)),
)
"""How many are kept, the newest of each span; each step begins where the one before ends."""

MOST = sum(most for most, _ in LADDER)
"""So many backups are kept at most; the oldest is from a year ago or before."""


def kept(times: Collection[datetime]) -> set[datetime]:
    """Return the times whose backups stay; all of one offset.

    The newest 6; of what is older the newest of each of 4 days, then of 4 weeks, 3 months and 5 quarters. Only days
    that have a backup are counted, so neither a long absence nor a wrong clock empties the shelf.
    """
    stay: set[datetime] = set()
    rest = sorted(set(times), reverse=True)
    for most, span in LADDER:
        chosen, rest = _newest_of_each(rest, most, span)
        stay |= chosen
    return stay


def _newest_of_each(
    newest_first: Iterable[datetime], most: int, span: Callable[[datetime], Hashable]
) -> tuple[set[datetime], list[datetime]]:
    """Return the newest of each of the first `most` spans, and what lies beyond these spans."""
    chosen: dict[Hashable, datetime] = {}
    beyond = []
    for time in newest_first:
        if span(time) in chosen:
            continue
        if len(chosen) < most:
            chosen[span(time)] = time
        else:
            beyond.append(time)
    return set(chosen.values()), beyond
