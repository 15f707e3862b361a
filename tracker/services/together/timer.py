"""The timer of partner time: how long it has run, and when that is too long to be believed without a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tracker.catalogue.roles import PARTNER_TIME
from tracker.domain.clock import minutes_between
from tracker.domain.language.words import MOST_MINUTES, say_duration
from tracker.ledger.workspace import Workspace

LONG = 4 * 60
"""Minutes after which somebody may rather have forgotten to stop it."""
BACKWARDS = timedelta(minutes=-1)
ABOUT = 2 * 60
"""A planned time is what a timer times where it was started within so many minutes of it."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a running timer is not believed, in a sentence, and the planned length in minutes, if any."""

    why: str
    offer: int | None = None

    @property
    def question(self) -> str:
        """Return what is asked."""
        return f"{self.why} How long was it really?"


def doubt(workspace: Workspace) -> Doubt | None:
    """Return why the running timer has to be asked about, or None where it is believed or none runs.

    It ran more than four hours, or more than twice what was planned for then, or the clock was set back since.
    """
    started, now = workspace.ledger.timer(PARTNER_TIME), workspace.clock.now()
    if started is None:
        return None
    planned = _planned_for(workspace, started)
    if now - started < BACKWARDS:
        return Doubt(f"The timer began at {started:%H:%M}, and the clock says that this is still to come.", planned)
    minutes = minutes_between(started, now)
    if minutes > LONG or (planned is not None and minutes > 2 * planned):
        return Doubt(f"The timer ran {say_duration(minutes)}.", planned)
    return None


def _planned_for(workspace: Workspace, started: datetime) -> int | None:
    """Return the minutes of what was planned for about that moment and is not logged yet, or None without any."""
    if not workspace.plans_time:
        return None
    from tracker.domain.planned import PlannedState
    from tracker.services.together.planned import agenda

    day = min(workspace.day_at(started), workspace.today)
    found = agenda(workspace, day)
    unsaid = (PlannedState.AHEAD, PlannedState.OPEN, PlannedState.MISSED)
    that_day = [each for each in (*found.past, *found.ahead) if each.day == day and each.state in unsaid]
    near = {_apart(each.at, started): each.minutes for each in that_day}
    return near[min(near)] if near and min(near) <= ABOUT else None


def _apart(at: time, moment: datetime) -> int:
    """Return the minutes between two times of day, the shorter way round the clock."""
    apart = abs((at.hour - moment.hour) * 60 + at.minute - moment.minute)
    return min(apart, MOST_MINUTES - apart)
