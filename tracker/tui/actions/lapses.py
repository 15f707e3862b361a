"""A lapse or a moment handled, logged in one question, and in one more, if one likes, what will be put right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tracker.catalogue.rules import HANDS
from tracker.domain.commitments import Commitment
from tracker.domain.records import HANDLED, LAPSE
from tracker.ledger import commitment_fields
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.logging import lapses, repair_plan
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.frame.dialogs import ChoiceDialog
from tracker.tui.frame.form import FormScreen

CHOICES = ((HANDLED, "a moment came, and I handled it"), (LAPSE, "it happened"))
HANDS_TOO = (HANDS, "hands, throwing or breaking")
RIGHT = ("right", "I put the last one right")
FOR_YOU = "Only for you."
DOES = "enter saves; enter alone: ask me tomorrow"


async def log_lapse(page: DataScreen[Any], commitment: Commitment, day: date) -> None:
    """Ask what happened and log it; only for use inside a worker."""
    uses: dict[str, Callable[[Workspace], Change]] = {
        HANDLED: lambda workspace: lapses.lapse(workspace, commitment, (day,), handled=True),
        LAPSE: lambda workspace: lapses.lapse(workspace, commitment, (day,)),
        HANDS: lambda workspace: lapses.lapse(workspace, commitment, (day,), hands=True),
    }
    choices = await page.fetch(lambda workspace: choices_of(workspace, commitment))
    if choices is None:
        return
    note = str(commitment.details.get("note", ""))
    answer = await page.ask(ChoiceDialog("\n".join(each for each in (commitment.title, note) if each), choices))
    if answer is None:
        return
    if answer == RIGHT[0]:
        await _put_right(page, commitment)
        return
    change = await page.perform(uses[answer])
    if change is not None and repair_plan.may_be_said(commitment, change):
        await page.ask_line(
            f"{lapses.QUESTION}\n{FOR_YOU}",
            repair_plan.EXAMPLE,
            lambda line: lambda workspace: repair_plan.say(workspace, commitment, change, line),
            DOES,
        )


def choices_of(workspace: Workspace, commitment: Commitment) -> tuple[tuple[str, str], ...]:
    """Return what may have happened; putting right is among it only where a lapse is waiting for that."""
    what = next(
        (field for field in commitment_fields.fields_of(commitment) if field.name == commitment_fields.WHAT), None
    )
    known = tuple((each.name, each.label) for each in what.choices) if what else ()
    if not {HANDLED, LAPSE} <= dict(known).keys() <= {HANDLED, LAPSE, HANDS}:
        known = (*CHOICES, HANDS_TOO) if commitment.harm else CHOICES
    return (*known, RIGHT) if lapses.waiting_lapses(workspace, commitment) else known


async def _put_right(page: DataScreen[Any], commitment: Commitment) -> None:
    """Ask what was done of the four parts, and say that the newest lapse is put right."""
    form = FormScreen(
        f"{commitment.title}\nWhat did you do?",
        commitment_fields.part_fields(),
        lambda answers: lambda workspace: repair_plan.put_right(workspace, commitment, answers),
    )
    await page.show_change(await page.ask(form))
