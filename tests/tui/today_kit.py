"""One commitment of every kind on Today, and what its line has to say."""

from __future__ import annotations

from tests.tui.driver import Driver, held
from tracker.services.views.day_rows import Day

REPLY, AVOID, COUNT, TIME = "s4.reachable", "s5.no-attacks", "s2.turn-toward", "s4.partner-time"
EVENT, TASK, TOLD, OWN = "s4.call-back", "s1.origins", "s6.my-story", "own.say-hello-to-the-cat"
SHARE = "s6.weekly-share"


def agrees(driver: Driver, cid: str) -> None:
    """Assert that the line of a commitment says what the store holds."""
    assert isinstance(driver.page.view, Day)
    shown = driver.page.view.day
    row = held(driver.here, cid, shown)
    line = driver.line(row.commitment.title[:12])
    assert row.summary[:12] in line, line
