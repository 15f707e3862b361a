"""One commitment: its numbers and why, its calendar day by day, its plans and what was logged."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tracker.domain.commitments import Kind
from tracker.domain.text.cells import aligned
from tracker.ledger.errors import NotFound
from tracker.ledger.workspace import Workspace
from tracker.present import commitment as page
from tracker.present.day import day_name
from tracker.services.commitments import lifecycle, pauses
from tracker.services.commitments.lifecycle import step_name
from tracker.services.commitments.plans import say_plan
from tracker.services.logging import log_entry, one_key, skips
from tracker.services.views.details import Details, details
from tracker.tui.actions.inbox import open_day
from tracker.tui.frame.data_screen import SHARED, DataScreen
from tracker.tui.safe import plain
from tracker.tui.widgets.heatmap import Heatmap

Piece = Content | str | tuple[str, str]


LATEST = 8


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

    def __init__(self, cid: str) -> None:
        super().__init__()
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
        self.aside.update(plain(f"{page.state(view)} "))
        self.numbers.update(self._numbers(view))
        self.heatmap.show(page.calendar(view), view.row.day, page.first_weekday(view))
        self._tell_day(self.heatmap.cursor)
        self.why.update(_sections(page.why(view)))
        self.past.update(_sections(page.plans(view), page.lately(view, LATEST)))
        if not self.heatmap.has_focus:
            self.heatmap.focus(scroll_visible=False)

    def _numbers(self, view: Details) -> Content:
        parts: list[Piece] = [
            (f"{step_name(view.commitment.step)}", "$text-muted"),
            (f"   {say_plan(view.commitment.kind, view.commitment.plan)}\n", "$text-muted"),
        ]
        parts += [plain(f"{view.if_then}\n").stylize("italic")] if view.if_then else []
        parts.append("\n")
        for label, value in page.figures(view):
            parts += [(f"{label} ", "$text-muted"), (f"{value}   ", "bold")]
        if earlier := page.earlier(view):
            parts += ["\n", (f"{page.EARLIER} ", "$text-muted"), ("; ".join(earlier), "bold")]
        if sentences := page.sentences(view):
            parts += ["\n", *(plain(f"\n{sentence}") for sentence in sentences)]
        return Content.assemble(*parts)

    @on(Heatmap.Moved)
    def _moved(self, event: Heatmap.Moved) -> None:
        self._tell_day(event.day)

    def _tell_day(self, day: date) -> None:
        if self.view is not None:
            self.told.update(plain(f"     {page.day_line(self.view, day, 'n reads')}"))

    def action_check(self) -> None:
        """Fill the day under the cursor in."""
        view, day = self.view, self.heatmap.cursor
        if view is None:
            return
        asks = one_key.asks_first(view.commitment) and day not in view.logged_days()
        if asks or view.commitment.kind in (Kind.MINUTES, Kind.EVENT):
            self.show_message("This one is logged on Today: go there with esc and walk to the day with ←.")
            return
        self.act(lambda workspace: log_entry.toggle(workspace, view.commitment, day))

    def action_skip(self) -> None:
        """Skip the day under the cursor, or take the skip back."""
        view, day = self.view, self.heatmap.cursor
        if view is not None:
            use = skips.unskip if day in view.skips else skips.skip
            self.act(lambda workspace: use(workspace, view.commitment, (day,)))

    @work(group="act")
    async def action_note(self) -> None:
        """Open the note of the day under the cursor."""
        view, day = self.view, self.heatmap.cursor
        if view is not None:
            await self.write_note(view.commitment, day, day_name(day, view.row.day))

    def action_form(self) -> None:
        """Open the entry of the day under the cursor with all its fields, or a new one."""
        view, day = self.view, self.heatmap.cursor
        if view is not None:
            self.run_worker(open_day(self, view.commitment, day, view.row.day), group="act")

    def action_edit(self) -> None:
        """Open the form."""
        from tracker.tui.screens.edit import edit_commitment

        if self.view is not None:
            self.run_worker(edit_commitment(self, self.view.commitment.id), group="act")

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
        self.run_to_close(self._delete)

    async def _delete(self) -> None:
        if (view := self.view) is not None:
            await self.perform(lambda workspace: lifecycle.delete(workspace, view.commitment))


def _sections(*shown: page.Section | None) -> Content:
    """Return parts of the page below each other."""
    return Content("\n\n").join(map(_section, filter(None, shown)))


def _section(shown: page.Section) -> Content:
    lines = [plain(shown.heading.upper()).stylize("bold $text-primary"), *map(plain, aligned(shown.rows))]
    ends = [plain(each) for each in shown.sentences]
    if shown.rows and ends:
        lines += [Content(), ends.pop(0).stylize("bold")]
    return Content("\n").join([*lines, *ends])
