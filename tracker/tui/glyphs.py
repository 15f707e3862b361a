"""How states and numbers look: a glyph says what a colour says."""

from __future__ import annotations

from tracker.domain.commitments import Kind
from tracker.domain.figures import Figures, Mark
from tracker.domain.occasions import State
from tracker.domain.schedules import Unit
from tracker.services.day_count import DayCount
from tracker.services.views import Row

RAMP = "·░▒▓█"
OPEN, NEUTRAL = "○", " "
UNITS: dict[Unit, str] = {"days": "d", "weeks": "wk", "months": "mo", "times": "×"}


def mark_glyph(mark: Mark) -> str:
    """Return one cell of a strip."""
    match mark.state:
        case State.KEPT:
            return RAMP[4]
        case State.PARTLY:
            return RAMP[1 + min(2, int(mark.credit * 3))]
        case State.MISSED:
            return RAMP[0]
        case State.OPEN:
            return OPEN
        case _:
            return NEUTRAL


def mark_level(mark: Mark) -> str:
    """Return the name of the style a cell of a strip has."""
    match mark.state:
        case State.KEPT:
            return "full"
        case State.PARTLY:
            return "part"
        case State.OPEN:
            return "open"
        case _:
            return "dim"


def row_glyph(row: Row) -> tuple[str, str]:
    """Return the sign in front of a row and the name of its style."""
    if row.on_event:
        return ("●", "full") if row.logged else ("◇", "dim")
    match row.state:
        case State.KEPT:
            return "●", "full"
        case State.PARTLY:
            return "◐", "part"
        case State.OPEN if row.occasion is not None and (row.occasion.done > 0):
            return "◐", "part"
        case State.OPEN:
            return ("·" if row.commitment.kind is Kind.AVOID else "○"), "open"
        case _:
            return "·", "dim"


def run(figures: Figures, unit: Unit) -> str:
    """Return a run in short: `12 d`, `3 wk`, `5 ×`."""
    if not figures.occasions:
        return ""
    return f"{figures.streak} {UNITS[unit]}" if figures.streak else "–"


def best(figures: Figures, unit: Unit) -> str:
    """Return the best run in short."""
    return f"{figures.best} {UNITS[unit]}" if figures.occasions else ""


def now(figures: Figures) -> str:
    """Return consistency: `5 of 6` up to the twelfth occasion, then a number of 100."""
    if not figures.occasions:
        return ""
    if not figures.score_shown or figures.consistency is None:
        return f"{figures.kept} of {figures.occasions}"
    return f"{figures.consistency:.0f}"


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
