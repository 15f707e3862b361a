"""The catalogue: choose commitments of the six steps, or make one of your own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from tracker.catalogue import more, starters, steps, templates
from tracker.catalogue.model import Step, Template
from tracker.domain.commitments import Commitment
from tracker.ledger.private_words import opened_plan
from tracker.ledger.workspace import Workspace
from tracker.present.signs import of_template
from tracker.services.commitments import lifecycle, pauses
from tracker.tui.frame.data_screen import SHARED, DataScreen
from tracker.tui.safe import plain
from tracker.tui.widgets.board import Board, Line, fit

BEGINS = "space marks others, enter begins."


@dataclass(frozen=True, slots=True)
class Shelf:
    """The catalogue, what can come later, and what the person has already taken on."""

    steps: tuple[Step, ...]
    templates: tuple[Template, ...]
    later: tuple[Template, ...]
    mine: Mapping[str, Commitment]
    plans: Mapping[str, str]
    """The if-then plans of what is the person's own, as dots where Toward is discreet."""

    def template(self, cid: str) -> Template | None:
        """Return the commitment of the catalogue with that id, if there is one."""
        return next((each for each in (*self.templates, *self.later) if each.id == cid), None)


class CatalogueScreen(DataScreen[Shelf]):
    """Mark some with space, add them with enter; change or put away what is yours."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "mark", id="catalogue.mark", tooltip="Mark to add"),
        Binding("enter", "add", "add", id="catalogue.add", tooltip="Add what is marked, or open the one here"),
        Binding("e", "edit", "change", id="catalogue.edit", tooltip="Choose schedule, target and if-then plan"),
        Binding("n", "own", "my own", id="catalogue.own", tooltip="Make a commitment of your own"),
        Binding("m", "more", "more", id="catalogue.more", show=False, tooltip="Show or hide what can come later"),
        Binding("p", "pause", "pause", id="catalogue.pause", show=False, tooltip="Pause, or resume"),
        Binding("x", "archive", "archive", id="catalogue.archive", show=False, tooltip="Put away; history stays"),
        *SHARED,
    ]
    marked: var[frozenset[str]] = var(frozenset(), init=False)
    show_all = var(False, init=False)
    board = getters.query_one("#board", Board)
    about = getters.query_one("#about", Static)

    def __init__(self, starting: bool = False, step: str = "") -> None:
        super().__init__()
        self._starting, self._step = starting, step
        self.set_reactive(CatalogueScreen.marked, frozenset(starters() if starting else ()))

    def body(self) -> ComposeResult:
        """Lay out the list and what is told about the line under the cursor."""
        with Horizontal(id="split"):
            yield Board(id="board", sign=6)
            with VerticalScroll(id="panel", can_focus=False):
                yield Static(id="about", markup=False)

    def load(self, workspace: Workspace) -> Shelf:
        """Return the catalogue with what is the person's own."""
        mine = {each.id: each for each in workspace.ledger.commitments(archived=True)}
        plans = {cid: opened_plan(workspace.ledger.facts(cid)) for cid in mine}
        return Shelf(steps(), templates(), more(), mine, plans)

    def draw(self, view: Shelf) -> None:
        """Show the catalogue."""
        self.heading.update(plain(" Choose what you want to show up for" if self._starting else " Catalogue"))
        active = sum(not each.archived for each in view.mine.values())
        marked = f"{len(self.marked)} marked  " if self.marked else ""
        self.aside.update(plain(f"{marked}{active} yours "))
        first = self.board.key is None
        self.board.show(self._lines)
        if first:
            self._begin(view)
        if self._starting and not self.message.content:
            self.show_message(f"Three are marked to begin with. {BEGINS}")
        self._tell()

    def _begin(self, view: Shelf) -> None:
        """Put the cursor where a look begins: on what is marked, or in the step that was left."""
        wanted = [each.id for each in view.templates if each.id in self.marked or each.step == self._step]
        if wanted:
            self.board.select(wanted[0])

    def _lines(self, width: int) -> list[Line]:
        view = self.view
        lines: list[Line] = []
        if view is None:
            return lines
        known = {each.id for each in (*view.templates, *view.later)}
        own = [each for cid, each in view.mine.items() if cid not in known]
        for step in view.steps:
            lines += [Line(())] if lines else []
            lines.append(Line(((" " + fit(step.name.upper(), width - 1), "heading"),)))
            lines += [
                self._line(each, view.mine.get(each.id), width) for each in view.templates if each.step == step.id
            ]
            lines += [self._line(None, each, width) for each in own if each.step == step.id]
            lines += self._later(view, step.id, width)
        return lines

    def _later(self, view: Shelf, step: str, width: int) -> list[Line]:
        """Return what can come later under a step: all of it, or only what is marked or taken on already."""
        later = [each for each in view.later if each.step == step]
        shown = [each for each in later if self.show_all or each.id in view.mine or each.id in self.marked]
        rest = len(later) - len(shown)
        text = "FOR LATER" if not rest else f"{rest}{' more' if shown else ''} for later: m shows them"
        head = [Line((("   " + fit(text, width - 3), "dim"),))] if later else []
        rows = [self._line(each, view.mine.get(each.id), width) for each in shown]
        return [*rows, *head] if rest else [*head, *rows]

    def _line(self, template: Template | None, mine: Commitment | None, width: int) -> Line:
        cid = template.id if template else mine.id if mine else ""
        title = mine.title if mine else template.title if template else ""
        asks = mine.plan.schedule.sentence if mine else template.schedule if template else ""
        asks = "archived" if mine and mine.archived else asks
        shown = of_template(mine)
        sign, level = ("◉", "warm") if mine is None and cid in self.marked else (shown.glyph, shown.level)
        right = min(18, max(12, width // 4))
        room = width - right - 8
        return Line(
            (("   ", "text"), (f"{sign} ", level), (fit(title, room), "title"), ("  " + fit(asks, right), "dim")), cid
        )

    @on(Board.Moved)
    def _tell(self) -> None:
        view, cid = self.view, self.board.key
        if view is None or cid is None:
            return
        template, mine = view.template(cid), view.mine.get(cid)
        parts: list[Content] = []
        if template is not None:
            named = Content.assemble(plain(f"{template.title}\n").stylize("bold"), template.why)
            parts = [named, Content(template.if_then).stylize("italic")]
            asks = [f"Asks: {template.schedule}" + (f", {template.target}" if (template.target or 1) > 1 else "")]
            asks += [f"Instead: {template.replace}"] if template.replace else []
            asks += [template.note] if template.note else []
            parts.append(plain(". ".join(asks)))
        elif mine is not None:
            parts = [plain(view.plans.get(mine.id, ""))]
        if mine is not None:
            parts.append(plain("Yours, archived. p resumes it." if mine.archived else "Yours. e changes it."))
        self.about.update(Content("\n\n").join([part for part in parts if part.plain]))

    @on(Board.Pressed)
    def action_mark(self) -> None:
        """Mark the line, or take the mark off."""
        view, cid = self.view, self.board.key
        if view is None or cid is None:
            return
        if cid in view.mine:
            self.show_message("This one is yours already. e changes it, p pauses it, x puts it away.")
            return
        self.marked ^= {cid}
        if self._starting:
            many = len(self.marked)
            self.show_message(
                f"{many} marked. {BEGINS}" if many else "None is marked. space marks, enter opens the one here."
            )

    def action_add(self) -> None:
        """Add what is marked, or open the line under the cursor."""
        if not self.marked:
            self.action_edit()
            return
        self.run_to_close(self._add)

    async def _add(self) -> None:
        chosen = [each.id for each in (*templates(), *more()) if each.id in self.marked]
        change = await self.perform(lambda workspace: lifecycle.add_all(workspace, chosen), self._add)
        if change is not None:
            self.marked = frozenset()
            self.close_with_message(" ".join(change.lines), undo=change.changed)

    @on(Board.Opened)
    def action_edit(self) -> None:
        """Choose the plan of the line under the cursor before adding it, or change what is there."""
        from tracker.tui.screens.edit import EditScreen, edit_commitment

        view, cid = self.view, self.board.key
        if view is None or cid is None:
            return
        self.marked -= {cid}
        template, mine = view.template(cid), view.mine.get(cid)
        if mine is not None:
            self.run_worker(edit_commitment(self, cid), group="act")
        else:
            self.open(EditScreen(template))

    def action_own(self) -> None:
        """Make a commitment of one's own, under the step the cursor is in."""
        from tracker.tui.screens.edit import EditScreen

        cid = self.board.key or ""
        mine = self.view.mine.get(cid) if self.view else None
        self.open(EditScreen(None, step=mine.step if mine else cid.partition(".")[0] or "s1"))

    def action_more(self) -> None:
        """Show what can come later, or hide it again."""
        self.show_all = not self.show_all

    watch_show_all = watch_marked = DataScreen.redraw

    def action_pause(self) -> None:
        """Pause the commitment under the cursor, or resume it."""
        mine = self._mine()
        if mine is not None:
            self.act(lambda workspace: pauses.pause_or_resume(workspace, mine))

    def action_archive(self) -> None:
        """Put the commitment under the cursor away."""
        mine = self._mine()
        if mine is not None:
            self.act(lambda workspace: lifecycle.archive(workspace, mine))

    def _mine(self) -> Commitment | None:
        mine = self.view.mine.get(self.board.key or "") if self.view else None
        if mine is None:
            self.show_message("This one is not yours yet. space marks it, enter adds it.")
        return mine
