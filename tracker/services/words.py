"""Numbers of files and bytes, and moments, as people say them."""

from __future__ import annotations

from datetime import datetime


def say_size(size: int) -> str:
    """Return a number of bytes in the largest unit of which there is one: `1.4 MB`."""
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 10 else f"{amount:.1f} {unit}"


def say_moment(moment: datetime, now: datetime) -> str:
    """Return a moment in the offset of `now`: `2026-11-23 20:15`."""
    return f"{moment.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"


def count(number: int, one: str, more: str | None = None) -> str:
    """Return a number with its noun: `1 file`, `3 files`."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"
