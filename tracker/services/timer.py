"""How long the timer has run."""

from __future__ import annotations

from datetime import datetime

from tracker.services import keys
from tracker.services.toward import Toward


def since_then(start: datetime, now: datetime) -> int:
    """Return whole minutes from `start` to `now`, never less than 0."""
    return max(0, int((now - start).total_seconds() // 60))


def running_minutes(toward: Toward) -> int:
    """Return the whole minutes that a running timer has counted, 0 where none runs."""
    started = toward.book.timer(keys.TIME)
    return 0 if started is None else since_then(started, toward.clock.now())
