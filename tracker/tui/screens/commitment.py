"""One commitment: its numbers and why, its calendar day by day, its plans and what was logged."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tracker.domain.commitments import Kind
from tracker.domain.counting.moments import HAPPENED
from tracker.domain.counting.occasions import State
from tracker.domain.language.words import say_duration, say_number
from tracker.ledger.change import say_earlier
from tracker.ledger.errors import NotFound
from tracker.ledger.workspace import Workspace
from tracker.present import page, signs
from tracker.present.day import day_name
from tracker.services.commitments import lifecycle, pauses, skips
from tracker.services.commitments.lifecycle import say_plan, step_name
from tracker.services.logging import log_entry, one_key
from tracker.services.views.details import Details, details
from tracker.tui.actions.inbox import open_day
from tracker.tui.frame.data_screen import SHARED, DataScreen
from tracker.tui.safe import plain
from tracker.tui.widgets.heatmap import Heatmap
from tracker.tui.worker import StoreWorker

Piece = Content | str | tuple[str, str]


class CommitmentScreen(DataScreen[Details]):
    """The calendar has the cursor: space fills in the day under it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "check", "fill in", id="commitment.check", tooltip="Check the day under the cursor off"),
        Binding("s", "skip", "skip", id="commitment.skip", tooltip="Skip that day (your streak goes on), or ask again"),
        Binding("n", "note", "note", id="commitment.note", tooltip="Read or write the private note of that day"),
        Binding(
            "f", "form", "entry", id="commitment.form", show=False, tooltip="Open that day's entry with its fields"
        ),
        Binding("e", "edit", "edit", id="commitment.edit", tooltip="Change title, schedule, target or if-then plan"),
        Binding("p", "pause", "pause", id="commitment.pause", show=False, tooltip="Pause, or resume"),
        Binding("x", "archive", "archive", id="commitment.archive", show=False, tooltip="Put away; history stays"),
        Binding("delete", "delete", "delete", id="commitment.delete", show=False, tooltip="Hide it and its history"),
        *SHARED,
    ]
    heatmap = getters.query_one("#calendar", Heatmap)
    told = getters.query_one("#told", Static)
    numbers = getters.query_one("#numbers", Static)
    why = getters.query_one("#why", Static)
    past = getters.query_one("#past", Static)

    def __init__(self, worker: StoreWorker, cid: str) -> None:
        super().__init__(worker)
        self._cid = cid

    def body(self) -> ComposeResult:
        """Lay out numbers, calendar, explanation and past."""
        with VerticalScroll(id="whole", can_focus=False):
            yield Static(id="numbers", markup=False)
            yield Heatmap(id="calendar")
            yield Static(id="told", markup=False)
            with Horizontal(id="below"):
                yield Static(id="why", markup=False)
                yield Static(id="past", markup=False)

    def load(self, workspace: Workspace) -> Details:
        """Return everything about the commitment."""
        commitment = workspace.ledger.get(self._cid)
        if commitment is None:
            raise NotFound("This commitment is not there any more. Undo may bring it back.")
        return details(workspace, commitment)

    def draw(self, view: Details) -> None:
        """Show the commitment."""
        commitment = view.commitment
        self.heading.update(plain(f" {commitment.title}"))
        state = "archived" if commitment.archived else "paused" if view.row.paused else view.row.summary
        self.aside.update(plain(f"{state} "))
        self.numbers.update(self._numbers(view))
        self.heatmap.show(self._levels(view), view.row.day, self._weekday(view))
        self._tell_day(self.heatmap.cursor)
        self.why.update(self._why(view))
        self.past.update(self._past(view))
        if not self.heatmap.has_focus:
            self.heatmap.focus(scroll_visible=False)

    def _weekday(self, view: Details) -> int:
        weeks = [each for each in view.occasions if each.unit == "weeks" and (each.last - each.first).days == 6]
        return weeks[-1].first.weekday() if weeks else 0

    def _levels(self, view: Details) -> dict[date, str]:
        """Return a level for every day: what was logged stands out, an open or kept stretch shows where it lies."""
        levels: dict[date, str] = {}
        logged = view.logged_days()
        for day, (state, credit) in view.days().items():
            if state is State.KEPT:
                levels[day] = "full" if day in logged or view.row.unit == "days" else "low"
            elif state is State.PARTLY or (state is State.OPEN and day in logged):
                levels[day] = "high" if day in logged else "dim"
            elif state is State.MISSED:
                levels[day] = "mid" if credit > 0 else "dim"
            elif state is State.OPEN and day == view.row.day:
                levels[day] = "open"
        for day in logged:
            levels.setdefault(day, "full")
        for entry in view.entries:
            if entry.outcome == "lapse":
                levels[entry.day] = "dim"
        return levels

    def _numbers(self, view: Details) -> Content:
        figures, row = view.figures, view.row
        if_then = view.if_then
        parts: list[Piece] = [
            (f"{step_name(view.commitment.step)}", "$text-muted"),
            (f"   {say_plan(view.commitment.kind, view.commitment.plan)}\n", "$text-muted"),
        ]
        parts += [plain(f"{if_then}\n").stylize("italic")] if if_then else []
        cells = [
            ("streak", signs.streak(view.commitment, figures)),
            ("best", signs.best(view.commitment, figures)),
            ("kept", f"{figures.kept} of {figures.occasions}" if figures.occasions else signs.NONE),
        ]
        if figures.score_shown:
            cells.append(("consistency", signs.consistency(figures)))
        if figures.bounce_back is not None:
            days = say_number(figures.bounce_back)
            cells.append(("back after", f"{days} day" + ("" if days == "1" else "s")))
        if told := page.total(view.commitment, view.total):
            cells.append(("in total", told))
        if view.commitment.harm:
            cells = cells[:2]
        if view.commitment.kind is Kind.AVOID:
            cells.insert(0, ("moments", view.moments.headline or "none yet"))
        parts.append("\n")
        for label, value in cells:
            parts += [(f"{label} ", "$text-muted"), (f"{value}   ", "bold")]
        if figures.closed:
            earlier = "; ".join(say_earlier(each, row.day) for each in figures.closed)
            parts += ["\n", ("earlier streaks ", "$text-muted"), (earlier, "bold")]
        shorter = [f"It asks for {row.shorter}."] if row.shorter else []
        sentences = [*shorter, *view.insights, *view.unsettled]
        if sentences:
            parts += ["\n", *(plain(f"\n{sentence}") for sentence in sentences)]
        return Content.assemble(*parts)

    def _why(self, view: Details) -> Content:
        if view.commitment.harm:
            return Content("")
        explanation = view.explanation
        parts: list[Piece] = [("WHY THIS NUMBER\n", "bold $text-primary")]
        if (not_yet := page.no_number_yet(view.figures)) or explanation.now is None:
            return Content.assemble(*parts, not_yet)
        for step in reversed(explanation.steps):
            occasion = step.occasion
            span = f"{occasion.first.day:>2} {occasion.first:%b}"
            if occasion.last != occasion.first and occasion.last < date.max:
                span += f" – {occasion.last.day} {occasion.last:%b}"
            points = f"{step.points:+.1f}"
            parts += [(f"{span:<16}", "$text-muted"), f"{page.WORDS[occasion.state]:<14}", (f"{points:>6}\n", "")]
        parts.append((f"\nnow {explanation.now:.1f} of 100\n", "bold"))
        parts.append(
            f"kept next {explanation.if_kept:.1f}, missed {explanation.if_missed:.1f}, skipped {explanation.now:.1f}\n"
        )
        return Content.assemble(*parts)

    def _past(self, view: Details) -> Content:
        parts: list[Piece] = [("PLANS\n", "bold $text-primary")]
        for plan in reversed(view.plans):
            parts.append(f"from {plan.start}  {say_plan(view.commitment.kind, plan)}\n")
        for pause in view.pauses[-3:]:
            parts.append((f"paused {pause.first} – {pause.last or 'until resumed'}\n", "$text-muted"))
        parts.append(("\nLATELY\n", "bold $text-primary"))
        for entry in reversed(view.entries[-8:]):
            note = " ✎" if entry.day in view.note_days else ""
            parts.append(plain(f"{entry.day}  {page.entry(view.commitment, entry)}{note}\n"))
        if not view.entries:
            parts.append("nothing yet")
        return Content.assemble(*parts)

    @on(Heatmap.Moved)
    def _moved(self, event: Heatmap.Moved) -> None:
        self._tell_day(event.day)

    def _tell_day(self, day: date) -> None:
        view = self.view
        if view is None:
            return
        state = view.days().get(day)
        told = {**page.WORDS, State.MISSED: HAPPENED} if view.commitment.kind is Kind.AVOID else page.WORDS
        words = [told[state[0]]] if state else ["before it began" if day < view.plans[0].start else "not asked"]
        if day in view.skips:
            words = [f"skipped, {view.skips[day]}" if view.skips[day] else "skipped"]
        logged = view.logged_days().get(day)
        if logged is not None and view.commitment.kind is Kind.MINUTES:
            words.append(say_duration(logged))
        elif logged is not None:
            words.append(f"{say_number(logged)} logged")
        if day in view.note_days:
            several = view.several.get(day)
            words.append(f"✎ {several} versions, n reads them" if several else "✎ n reads the note")
        self.told.update(plain(f"     {day_name(day, view.row.day)}: {', '.join(words)}"))

    def action_check(self) -> None:
        """Fill the day under the cursor in."""
        view, day = self.view, self.heatmap.cursor
        if view is None:
            return
        asks = one_key.asks_first(view.commitment) and day not in view.logged_days()
        if asks or view.commitment.kind in (Kind.MINUTES, Kind.EVENT):
            self.say("This one is logged on Today: go there with esc and walk to the day with ←.")
            return
        self.act(lambda workspace: log_entry.toggle(workspace, view.commitment, day))

    def action_skip(self) -> None:
        """Skip the day under the cursor, or take the skip back."""
        view, day = self.view, self.heatmap.cursor
        if view is not None:
            use = skips.unskip if day in view.skips else skips.skip
            self.act(lambda workspace: use(workspace, view.commitment, (day,)))

    def action_note(self) -> None:
        """Open the note of the day under the cursor."""
        self.run_worker(self._note(), group="act")

    async def _note(self) -> None:
        view, day = self.view, self.heatmap.cursor
        if view is None:
            return
        await self.write_note(view.commitment, day, day_name(day, view.row.day))

    def action_form(self) -> None:
        """Open the entry of the day under the cursor with all its fields, or a new one."""
        view, day = self.view, self.heatmap.cursor
        if view is not None:
            self.run_worker(open_day(self, view.commitment, day, view.row.day), group="act")

    def action_edit(self) -> None:
        """Open the form."""
        if self.view is not None:
            self.edit(self.view.commitment.id)

    def action_pause(self) -> None:
        """Pause, or resume."""
        if (view := self.view) is not None:
            self.act(lambda workspace: pauses.pause_or_resume(workspace, view.commitment))

    def action_archive(self) -> None:
        """Put the commitment away."""
        if (view := self.view) is not None:
            self.act(lambda workspace: lifecycle.archive(workspace, view.commitment))

    def action_delete(self) -> None:
        """Hide the commitment; undo brings it back."""
        self.run_last(self._delete)

    async def _delete(self) -> None:
        if (view := self.view) is not None:
            await self.perform(lambda workspace: lifecycle.delete(workspace, view.commitment))
