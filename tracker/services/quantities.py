"""Numbers of files and bytes, and moments, as people say them."""

from __future__ import annotations

from datetime import datetime

from tracker.store.limits import say_bytes as say_size

__all__ = ["count", "say_moment", "say_size"]


def say_moment(moment: datetime, now: datetime) -> str:
    """Return a moment in the offset of `now`: `2026-11-23 20:15`."""
    return f"{moment.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"


def count(number: int, one: str, more: str | None = None) -> str:
    """Return a number with its noun: `1 file`, `3 files`."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"
