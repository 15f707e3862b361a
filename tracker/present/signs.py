"""The signs of states, and numbers in short: one alphabet for the app and the shell.

`●` kept, `◐` partly or begun, `○` open, `◇` when it happens, `·` not this time, `–` let off (skipped, paused or nothing
to settle), and nothing where nothing is asked. A strip has blocks for what was kept and how far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.figures import Figures, Mark
from tracker.domain.counting.occasions import State
from tracker.domain.schedules import Unit
from tracker.services.views.day_rows import Row

Level = Literal["full", "part", "open", "dim"]
Shade = Literal["none", "dim", "low", "mid", "high", "full", "open"]
"""How much a day stands out in a calendar."""

NONE = "–"
NOTE = "✎"
RAMP = "░▒▓█"
UNITS: dict[Unit, str] = {"days": "d", "weeks": "wk", "months": "mo", "times": "×"}


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of one cell, and how much it is to stand out."""

    glyph: str
    level: Level


KEPT, PARTLY, OPEN = Sign("●", "full"), Sign("◐", "part"), Sign("○", "open")
EVENT, MISSED, LET_OFF, NOT_ASKED = Sign("◇", "dim"), Sign("·", "dim"), Sign("–", "dim"), Sign(" ", "dim")


def of_row(row: Row) -> Sign:
    """Return the sign in front of a commitment on a day."""
    if row.on_event:
        return KEPT if row.logged else EVENT
    if (row.skipped is not None or row.paused) and not row.logged:
        return LET_OFF
    match row.state:
        case State.KEPT:
            return KEPT
        case State.PARTLY:
            return PARTLY
        case State.OPEN:
            return PARTLY if row.done > 0 and not row.commitment.limited_on(row.day) else OPEN
        case State.MISSED:
            return MISSED
        case _:
            return LET_OFF if row.due else NOT_ASKED


def of_template(mine: Commitment | None) -> Sign:
    """Return the sign of a commitment in the catalogue: one's own, archived (paused without end), or to be chosen."""
    return OPEN if mine is None else LET_OFF if mine.archived else KEPT


def of_mark(mark: Mark) -> Sign:
    """Return the sign of one place in a strip."""
    match mark.state:
        case State.KEPT:
            return Sign(RAMP[-1], "full")
        case State.PARTLY:
            return Sign(RAMP[min(2, int(mark.credit * 3))], "part")
        case State.OPEN:
            return OPEN
        case State.MISSED:
            return MISSED
        case _:
            return LET_OFF


def streak(commitment: Commitment, figures: Figures) -> str:
    """Return a streak in short: `12 d`, `3 wk`, `5 ×`; what is done one time has none."""
    return _short(commitment, figures.streak, figures.unit)


def best(commitment: Commitment, figures: Figures) -> str:
    """Return the best streak in short."""
    return _short(commitment, figures.best, figures.unit)


def _short(commitment: Commitment, kept: int, unit: Unit) -> str:
    return f"{kept} {UNITS[unit]}" if kept and commitment.kind is not Kind.TASK else NONE


def consistency(figures: Figures) -> str:
    """Return consistency: `5 of 6` up to the twelfth occasion, a number of 100 from then on."""
    if not figures.occasions:
        return NONE
    if not figures.score_shown or figures.consistency is None:
        return f"{figures.kept} of {figures.occasions}"
    return f"{figures.consistency:.0f}"
