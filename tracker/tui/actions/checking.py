"""Check a row of Today off in the way its kind asks for: at once, by minutes, by an outcome or in a form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tracker.domain.commitments import Commitment, Kind
from tracker.domain.fields import Gives
from tracker.ledger.commitment_fields import AFRAID, asked_now, settles_later
from tracker.services.commitments.outcomes import leads_of, outcomes_of
from tracker.services.logging import guided, log_entry, one_key
from tracker.services.support.care import REPAIR
from tracker.services.views.day_rows import Day, Row
from tracker.services.views.inbox import read_minutes
from tracker.tui.actions.inbox import DURATIONS, write_down
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.frame.dialogs import ChoiceDialog

NOT_OR_SO = (("no", "no"), ("yes", "yes, or I am not sure"))
Days = Sequence[date] | None
"""The days to log on, None for today."""


async def check(page: DataScreen[Day], row: Row, number: int | None, day: date | None) -> None:
    """Check a row off on a day, None for today; only for use inside a worker."""
    commitment, days = row.commitment, (day,) if day else None
    if number is not None and (is_written_down(row) or commitment.outcomes):
        page.show_message(f"'{commitment.title}' is logged one at a time; leave the number out.", warn=True)
        return
    match commitment.kind:
        case Kind.MINUTES:
            await log_minutes(page, commitment, number, days)
        case Kind.EVENT | Kind.CHECK if is_written_down(row):
            await write_down(page, commitment, day)
        case Kind.EVENT | Kind.TASK if commitment.outcomes:
            choices = [(each.name, each.label) for each in outcomes_of(commitment)]
            outcome = await page.ask(ChoiceDialog(commitment.title, choices))
            if outcome is not None:
                await _turned_out(page, commitment, outcome, day)
        case Kind.EVENT | Kind.TASK if one_key.begins_open(commitment):
            await page.perform(lambda workspace: log_entry.done(workspace, commitment, days))
        case kind if number is not None or kind in (Kind.COUNT, Kind.TASK, Kind.EVENT):
            await add(page, commitment, number, days)
        case _:
            shown = day or (page.view.today if page.view else date.min)
            await page.perform(lambda workspace: log_entry.toggle(workspace, commitment, shown))


async def _turned_out(page: DataScreen[Day], commitment: Commitment, outcome: str, day: date | None) -> None:
    """Log how something turned out; where that leads to a repair, whether anyone was afraid is asked first."""
    asks = {field.name: field for field in asked_now(commitment)}
    gives = next((name for name, field in asks.items() if field.gives is Gives.OUTCOME), None)
    if gives is None or AFRAID not in asks or leads_of(commitment, outcome) != REPAIR:
        await page.perform(
            lambda workspace: log_entry.done(workspace, commitment, (day,) if day else None, outcome=outcome)
        )
        return
    afraid = await page.ask(ChoiceDialog(asks[AFRAID].ask, NOT_OR_SO))
    if afraid is not None:
        answers = {gives: outcome, AFRAID: afraid}
        await page.perform(lambda workspace: guided.log(workspace, commitment, answers, day))


async def log_minutes(page: DataScreen[Day], commitment: Commitment, number: int | None, days: Days) -> None:
    """Log minutes, or ask how many where no number was typed; only for use inside a worker."""
    if number:
        await page.perform(lambda workspace: log_entry.done(workspace, commitment, days, number))
        return
    await page.ask_line(
        f"{commitment.title}: how long?",
        DURATIONS,
        lambda text: lambda workspace: log_entry.done(workspace, commitment, days, read_minutes(text)),
    )


async def add(page: DataScreen[Day], commitment: Commitment, number: float | None, days: Days) -> None:
    """Add to what is counted, by the shell's rule for amounts; only for use inside a worker."""
    await page.perform(lambda workspace: log_entry.done(workspace, commitment, days, number))


def is_written_down(row: Row) -> bool:
    """Return whether what is logged now is told by its questions, not by a key alone."""
    first = one_key.asks_first(row.commitment)
    if row.commitment.kind is Kind.EVENT:
        return first or settles_later(row.commitment)
    return first and not row.logged
