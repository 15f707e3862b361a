"""Which backups are kept: many of the last days, fewer the older they are, and always the newest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from datetime import datetime, timedelta

ALL_OF = timedelta(days=2)
DAYS, WEEKS, MONTHS = 12, 10, 9


def kept(times: Collection[datetime]) -> set[datetime]:
    """Return the times whose backups stay; all of one offset.

    All of the two days up to the newest; of what is older the newest of each of 12 days, then of 10 weeks, then of
    9 months. Only days that have a backup are counted, so neither a long absence nor a wrong clock empties the shelf.
    """
    if not times:
        return set()
    newest_first = sorted(set(times), reverse=True)
    newest = newest_first[0]
    stay = {time for time in newest_first if newest - time <= ALL_OF}
    rest = [time for time in newest_first if time not in stay]
    for most, span in ((DAYS, _day), (WEEKS, _week), (MONTHS, _month)):
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


def _day(time: datetime) -> Hashable:
    return time.date()


def _week(time: datetime) -> Hashable:
    return time.isocalendar()[:2]


def _month(time: datetime) -> Hashable:
    # By the Thursday of its week, so that no week lies in two months and what a week let go stays gone.
    thursday = time.date() + timedelta(days=4 - time.isoweekday())
    return thursday.year, thursday.month
