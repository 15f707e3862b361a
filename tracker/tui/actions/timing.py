"""The timer of partner time: started and stopped by one key, and asked about where it was left on."""

from __future__ import annotations

from typing import Any

from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.logging import quick_log
from tracker.services.together.timer import doubt
from tracker.services.views.inbox import read_minutes
from tracker.tui.actions.inbox import DURATIONS
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.frame.guarded_screen import Use

DOES = "enter saves, 0 discards it, esc leaves the timer running"


async def stop(page: DataScreen[Any]) -> None:
    """Stop the timer, or ask first how long it really was; only for use inside a worker."""
    found = await page.fetch(lambda workspace: (doubt(workspace),))
    if found is None:
        return
    (why,) = found
    if why is None:
        await page.perform(quick_log.stop_timer)
        return
    await page.ask_line(why.question, DURATIONS, _use, DOES, value=f"{why.offer}m" if why.offer else "")


def _use(text: str) -> Use:
    def use(workspace: Workspace) -> Change:
        if text.strip() == "0":
            return quick_log.stop_timer(workspace, keep=False)
        return quick_log.stop_timer(workspace, read_minutes(text))

    return use
