"""The dashboard: six steps, every streak, the year, and what would help next."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tracker.domain.text.cells import left
from tracker.ledger.workspace import Workspace
from tracker.present import dashboard as page
from tracker.services.views.dashboard import Overview, overview
from tracker.tui.frame.data_screen import SHARED, DataScreen
from tracker.tui.layout import foot, streak_lines
from tracker.tui.safe import plain
from tracker.tui.widgets.board import Board
from tracker.tui.widgets.heatmap import Heatmap

BAR = 16


class DashboardScreen(DataScreen[Overview]):
    """Every streak by step; tab leads to the year."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="dashboard.open", tooltip="Open a commitment"),
        Binding("tab", "year", "year", id="dashboard.year", tooltip="Walk through the days of the year, and back"),
        Binding("d,escape", "back", "today", id="dashboard.back", tooltip="Back to Today"),
        *SHARED,
    ]
    board = getters.query_one("#board", Board)
    panel = getters.query_one("#panel-text", Static)
    heatmap = getters.query_one("#year", Heatmap)
    told = getters.query_one("#told", Static)
    words = getters.query_one("#words", Static)

    def body(self) -> ComposeResult:
        """Lay out streaks and panel, the year below, and two sentences."""
        with Horizontal(id="split"):
            yield Board(id="board")
            with VerticalScroll(id="panel", can_focus=False):
                yield Static(id="panel-text", markup=False)
        yield Heatmap(id="year")
        yield Static(id="told", markup=False)
        yield Static(id="words", markup=False)

    def load(self, workspace: Workspace) -> Overview:
        """Return the overview."""
        return overview(workspace)

    def draw(self, view: Overview) -> None:
        """Show the overview."""
        self.heading.update(plain(" Streaks"))
        self.aside.update(plain(f"{page.on_track(view)} "))
        self.board.show(streak_lines(view.day.groups, page.week_heads(view)))
        self.panel.update(self._panel(view))
        calendar_start = view.day.today.weekday()
        first = view.together[-1][0].weekday() if view.together else calendar_start
        self.heatmap.show(page.year(view), view.day.today, first)
        self._tell_day(self.heatmap.cursor)
        self._draw_words()

    def _panel(self, view: Overview) -> Content:
        parts = [_chart(page.together(view), BAR, "$text-secondary", 7)]
        if (topics := page.opened_up(view)) is not None:
            parts.append(_chart(topics, 10, "$text-accent", 16))
        for heading, lines in page.sentences(view):
            parts.append(Content("\n").join([_heading(heading), *map(plain, lines)]))
        return Content("\n\n").join(parts)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the year only where it is shown."""
        return (
            self.heatmap.display if action == "year" and self.is_mounted else super().check_action(action, parameters)
        )

    def on_resize(self) -> None:
        """Offer the year once there is room for it, and no longer than that."""
        self.call_after_refresh(self.refresh_bindings)
        self.call_after_refresh(self._draw_words)

    def action_year(self) -> None:
        """Go to the year, or back to the streaks."""
        (self.board if self.heatmap.has_focus else self.heatmap).focus()

    @on(Board.Moved)
    def _draw_words(self) -> None:
        """Say what is going well and what would help where there is room, below the title of the row in full.

        Where there is no row yet, what is said is all there is.
        """
        view = self.view
        if view is not None:
            lines = [view.going_well, view.would_help]
            if self.has_class("-short"):
                lines = lines[:1] if not view.day.rows else []
            self.words.update(foot(self.board.whole, *lines))

    @on(Heatmap.Moved)
    def _moved(self, event: Heatmap.Moved) -> None:
        self._tell_day(event.day)

    def _tell_day(self, day: date) -> None:
        if self.view is not None:
            self.told.update(plain(f"     {page.day_line(self.view, day)}"))

    @on(Board.Opened)
    def action_open(self) -> None:
        """Open the commitment under the cursor."""
        from tracker.tui.screens.commitment import CommitmentScreen

        if self.board.key is not None:
            self.open(CommitmentScreen(self.board.key))


def _heading(text: str) -> Content:
    return plain(text.upper()).stylize("bold $text-primary")


def _chart(chart: page.Chart, width: int, color: str, label: int) -> Content:
    """Return bars at most `width` cells long, each after its label and before what is said of it."""
    lines = [_heading(chart.heading)] if chart.heading else []
    lines += [plain(chart.summary), Content()] if chart.summary else []
    for name, value, text in chart.bars:
        bar = f"{_bar(value, chart.most, width):<{width}}"
        lines.append(plain(left(name, label)) + Content.styled(bar, color) + Content.styled(f" {text}", "$text-muted"))
    return Content("\n").join(lines)


def _bar(value: float, most: float, width: int) -> str:
    """Return a bar of eighths, at least a sliver for anything above nothing."""
    if most <= 0 or value <= 0:
        return ""
    eighths = max(1, round(min(1.0, value / most) * width * 8))
    full, rest = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")
