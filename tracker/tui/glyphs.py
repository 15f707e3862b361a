"""Bars and dots of the app."""

from __future__ import annotations

from tracker.services.views.day_count import DayCount


def bar(value: float, most: float, width: int) -> str:
    """Return a bar of eighths, at least a sliver for anything above nothing."""
    if most <= 0 or value <= 0:
        return ""
    eighths = max(1, round(min(1.0, value / most) * width * 8))
    full, rest = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def dots(count: DayCount) -> str:
    """Return a small line of dots, one for each thing that the day asks for."""
    return "●" * count.kept + "○" * (count.asked - count.kept)
