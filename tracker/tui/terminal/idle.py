"""How long nobody has done anything: by a clock that nobody sets, and that goes on while the computer sleeps."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import timedelta


def elapsed() -> float:
    """Return the seconds since some moment in the past: sleep is counted, and setting the clock changes nothing."""
    if (number := _counts_sleep()) is not None:
        return time.clock_gettime(number)
    return time.monotonic()


def _counts_sleep() -> int | None:
    """Return the system's clock that counts sleep; None where Python's own does, or where there is no such clock.

    Python's own stands still while a Mac or a Linux computer sleeps.
    """
    if sys.platform == "darwin":
        return getattr(time, "CLOCK_MONOTONIC_RAW", None)
    return getattr(time, "CLOCK_BOOTTIME", None)


class Idle:
    """Seconds of `clock` since somebody last did something."""

    def __init__(self, clock: Callable[[], float] = elapsed) -> None:
        self._clock = clock
        self._since = clock()

    def touch(self) -> None:
        """Remember that somebody did something just now."""
        self._since = self._clock()

    def lasted(self, minutes: int) -> bool:
        """Return whether nobody did anything for so many minutes."""
        return self._clock() - self._since >= timedelta(minutes=minutes).total_seconds()
