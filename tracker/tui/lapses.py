"""A lapse or a moment handled, logged in one question, and in one more, if one likes, what will be put right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tracker.domain.commitments import Commitment
from tracker.services import amends, lapses
from tracker.services.change import Change
from tracker.services.toward import Toward
from tracker.tui.page import Page
from tracker.tui.prompts import Choose

CHOICES = (
    ("handled", "a moment came, and I handled it"),
    ("lapse", "not this time"),
    ("right", "I put the last one right"),
)
FOR_YOU = "Only for you."
DOES = "enter keeps it; enter alone: ask me tomorrow"


async def log_lapse(page: Page[Any], commitment: Commitment, day: date) -> None:
    """Ask what happened and log it; only for use inside a worker."""
    uses: dict[str, Callable[[Toward], Change]] = {
        "handled": lambda toward: lapses.lapse(toward, commitment, (day,), handled=True),
        "lapse": lambda toward: lapses.lapse(toward, commitment, (day,)),
        "right": lambda toward: lapses.put_right(toward, commitment),
    }
    answer = await page.ask(Choose(commitment.title, CHOICES))
    if answer is None:
        return
    change = await page.perform(uses[answer])
    if change is not None and amends.may_be_said(commitment, change):
        await page.ask_line(
            f"{lapses.QUESTION}\n{FOR_YOU}",
            amends.EXAMPLE,
            lambda line: lambda toward: amends.say(toward, commitment, change, line),
            DOES,
            place=f"amends|{commitment.id}|{day.isoformat()}",
        )
