"""What stands open on Today: questions whose time has come, planned times nothing was said of, and the next one."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.followups import Loop
from tracker.domain.language.words import say_duration
from tracker.domain.planned import PlannedTime
from tracker.domain.text import discreet_mode
from tracker.ledger.commitment_fields import asked_now, fields_of
from tracker.present.day import STILL_OPEN, next_together, own_line
from tracker.services.change import say_day
from tracker.services.commitments.answering import not_asked, without_yes
from tracker.services.logging import followups, guided, quick_log
from tracker.services.logging.stored_answers import answers_of
from tracker.services.support.late import LATE, late_for
from tracker.services.support.why import line
from tracker.services.together import planned
from tracker.services.together.planned import REASONS
from tracker.services.views.day_rows import Day
from tracker.services.views.inbox import Waiting, log_planned, read_minutes
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.frame.dialogs import ChoiceDialog, TextDialog
from tracker.tui.frame.form import FormScreen
from tracker.tui.widgets.board import Line, fit, unfit

OPEN, NEXT, OWN_LINE = "open ", "next ", "why "
DURATIONS = "45m, 1h30 or 90"
HANGS_ON = ("feared_outcome", "text", "put_right_how", "mend")
"""The answers that a later question is about, shown with it once it is opened."""
TONIGHT = (("no", "not tonight"), ("now", "yes, now"))
CAME = (
    ("time", "we had it: how long?"),
    ("missed", "not this time"),
    ("cancelled", "it was cancelled"),
)
AHEAD = (("time", "we had it already: how long?"), ("move", "move it"), ("cancelled", "cancel it"))


def waiting_lines(view: Day, width: int) -> list[Line]:
    """Return what stands open, oldest first, the next time together and one's own line; kind and date only."""
    lines: list[Line] = []
    if view.waiting:
        lines = [Line(()), Line(((" " + fit(STILL_OPEN, width - 1), "heading"),))]
        lines += [_line(f"{OPEN}{each.number}", each, width) for each in view.waiting]
    for key, told in ((NEXT, next_together(view)), (OWN_LINE, own_line(view))):
        if told is not None:
            head, what = told
            lines += [Line(()), Line(((f" {head}", "heading"), ("   " + fit(what, width - 18), "text")), key)]
    return lines


def _line(key: str, each: Waiting, width: int) -> Line:
    ask = f"{each.short}  {each.time.minutes} t" if each.time is not None and each.begun else each.short
    room = max(20, (width - 8) * 3 // 5)
    title = max(0, room - len(each.when) - 2)
    what = f"{fit(each.title, title).rstrip()}, {each.when}"
    parts = (("   ", "text"), ("↻ ", "warm"), (fit(what, room), "title"), ("  " + fit(ask, width - room - 8), "soft"))
    return Line(parts, key, unfit(each.title, title))


def is_waiting(key: str | None) -> bool:
    """Return whether a line's key is that of something open, not of a commitment."""
    return key is not None and key.startswith((OPEN, NEXT, OWN_LINE))


async def answer_open(page: DataScreen[Any], view: Day, key: str) -> None:
    """Answer what stands open under a line's key, or show one's own line; only for use inside a worker."""
    if key.startswith(OPEN):
        each = view.waiting[int(key[len(OPEN) :]) - 1]
        if each.loop is not None:
            await _loop(page, each.title, each.loop)
        elif each.time is not None:
            await _planned(page, each.time, view, over=True)
    elif key == OWN_LINE:
        if (text := await page.fetch(line)) is not None:
            await page.ask(TextDialog(discreet_mode.dotted("Why I do this"), text))
    elif view.next_time is not None:
        await _planned(page, view.next_time, view, over=False)


async def _loop(page: DataScreen[Any], title: str, loop: Loop) -> None:
    answers = await page.fetch(lambda workspace: answers_of(workspace, loop.entry.id))
    if answers is None:
        return
    asks = await page.fetch(lambda workspace: workspace.ledger.get(loop.commitment))
    words = discreet_mode.dotted("  ".join(str(answers[name]) for name in HANGS_ON if answers.get(name)))
    form = FormScreen(
        f"{title}\n{words}" if words else title,
        loop.fields,
        lambda answers: lambda workspace: followups.answer(workspace, loop, answers),
        let_go=lambda workspace: followups.let_go(workspace, loop),
        not_asked=None if asks is None else lambda filled: not_asked(asks, filled, loop.fields),
        place=f"answer{loop.entry.id.removeprefix('entry')}",
    )
    await page.show_change(await page.ask(form))


async def _planned(page: DataScreen[Any], each: PlannedTime, view: Day, *, over: bool) -> None:
    """Start, log, move or cancel a planned time; of one that has begun say what came of it."""
    of_today = each.day == view.today
    start = (("start", "start the timer (t)"),) if of_today and view.timer is None else ()
    choices = (*CAME[:1], *start, *CAME[1:]) if over else (*start, *(AHEAD if of_today else AHEAD[1:]))
    what = f"{each.day:%A} {each.day.day} {each.day:%B}, {each.at:%H:%M}, {say_duration(each.minutes)}"
    answer = await page.ask(ChoiceDialog(what, choices, letters={"t": start[0][0]} if start else {}))
    if answer == "start":
        await page.perform(quick_log.start_timer)
    elif answer == "time":
        await page.ask_line(
            "How long was it?",
            DURATIONS,
            lambda text: lambda workspace: log_planned(workspace, each, read_minutes(text)),
            value=f"{each.minutes}m",
        )
    elif answer == "missed":
        await page.perform(lambda workspace: planned.did_not_happen(workspace, each))
    elif answer == "move":
        await page.ask_line(
            "To when?", "sun 18:00 60m", lambda sentence: lambda workspace: planned.move(workspace, each, sentence)
        )
    elif answer == "cancelled":
        reasons = [("", "no reason"), *((reason, reason) for reason in REASONS)]
        reason = await page.ask(ChoiceDialog("Why, if you like? Only you see it.", reasons))
        if reason is not None:
            await page.perform(lambda workspace: planned.cancel(workspace, each, reason))


async def open_day(page: DataScreen[Any], commitment: Commitment, day: date, today: date) -> None:
    """Open an entry of a day as a form, or a new one; only for use inside a worker."""
    found = await page.fetch(lambda workspace: guided.entries_with_answers(workspace, commitment, day))
    if found is None:
        return
    key: str | None = ""
    if found and fields_of(commitment):
        choices = [(each.id, f"the entry of {each.at:%H:%M}" if each.at else "an entry") for each in found]
        key = await page.ask(ChoiceDialog(f"{commitment.title}, {say_day(day, today)}", [*choices, ("", "a new one")]))
    if key is None:
        return
    if not key:
        await write_down(page, commitment, day if day != today else None)
        return
    if not await _may_open(page, commitment):
        return
    entry = next(each for each in found if each.id == key)
    answers = await page.fetch(lambda workspace: answers_of(workspace, key))
    if answers is None:
        return
    shown = [field for field in fields_of(commitment) if not field.later or field.name not in entry.asks]
    form = FormScreen(
        commitment.title,
        shown,
        lambda given: lambda workspace: guided.change(workspace, commitment, key, given),
        answers,
        not_asked=lambda filled: without_yes(commitment, filled, shown),
        place=key,
    )
    await page.show_change(await page.ask(form))


async def _may_open(page: DataScreen[Any], commitment: Commitment) -> bool:
    """Return whether a form is opened; at night it is asked once of what goes deep, and never again while it stands."""
    late = await page.fetch(lambda workspace: late_for(workspace, commitment))
    return late is False or (late is True and await page.ask(ChoiceDialog(f"{LATE}\nStill now?", TONIGHT)) == "now")


async def write_down(page: DataScreen[Any], commitment: Commitment, day: date | None = None) -> None:
    """Open the whole form of a commitment for a new entry; only for use inside a worker."""
    asked = asked_now(commitment)
    if not asked:
        page.show_message("There is nothing more to write down here: check it off, or write a note.")
        return
    if not await _may_open(page, commitment):
        return
    note = str(commitment.details.get("note", "")) if commitment.kind is Kind.AVOID else ""
    form = FormScreen(
        "\n".join(each for each in (commitment.title, note) if each),
        asked,
        lambda answers: lambda workspace: guided.log(workspace, commitment, answers, day, now=True),
        not_asked=lambda filled: not_asked(commitment, filled),
        place=f"entry|{commitment.id}|{day.isoformat() if day else 'new'}",
    )
    await page.show_change(await page.ask(form))
