"""Something opened up, logged in three questions: what it was about, how deep it went, how it was received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tracker.services.change import Change
from tracker.services.logging import quick_log
from tracker.services.support import cards
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.frame.dialogs import ChoiceDialog

RECEIVED = (
    ("1", "hardly"),
    ("2", "a little"),
    ("3", "well enough"),
    ("4", "well"),
    ("5", "fully"),
    ("0", "not at all"),
    ("", "not yet, ask me tomorrow"),
)
"""How well it was received, 0 to 5; a digit chooses the number that it is."""


async def log_share(
    page: DataScreen[Any], days: Sequence[date] | None = None, topic: str | None = None, depth: int = 1
) -> Change | None:
    """Ask for the topic, unless it is known, the depth, and how it was received, then log it.

    Only for use inside a worker.
    """
    if topic is None:
        topics = [(each, each) for each in cards.topics()]
        topic = await page.ask(ChoiceDialog("You let yourself be known. What was it about?", topics))
    if topic is None:
        return None
    about = topic
    levels = [(str(level), means) for level, means in enumerate(cards.levels(), 1)]
    chosen = await page.ask(ChoiceDialog("How deep did it go?", levels, at=depth - 1))
    if chosen is None:
        return None
    heard = await page.ask(ChoiceDialog("How well was it received?", RECEIVED))
    if heard is None:
        return None
    received = int(heard) if heard else None
    return await page.perform(lambda workspace: quick_log.share(workspace, about, int(chosen), days, received=received))
