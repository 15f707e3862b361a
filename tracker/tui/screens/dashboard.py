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

from tracker.domain.language.words import say_number
from tracker.domain.text import discreet_mode
from tracker.ledger.workspace import Workspace
from tracker.present.day import day_name
from tracker.services.views.dashboard import Overview, overview, say_together
from tracker.services.views.day_count import DayCount
from tracker.tui import glyphs
from tracker.tui.frame.data_screen import SHARED, DataScreen
from tracker.tui.layout import foot, streak_lines
from tracker.tui.safe import plain
from tracker.tui.widgets.board import Board
from tracker.tui.widgets.heatmap import Heatmap

BAR = 16
MOST_TITLES = 2


def level(count: DayCount) -> str:
    """Return the level of a day in the heatmap, from how much of what it asked for was kept."""
    if not count.asked:
        return "none"
    share = count.kept / count.asked
    for name, most in (("dim", 0.0), ("low", 0.4), ("mid", 0.7), ("high", 0.99)):
        if share <= most:
            return name
    return "full"


def _label(text: str) -> str:
    """Return the head of a chart; a discreet one has none."""
    return "" if discreet_mode.is_drawn() else f"{text}\n"


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
        weeks = f"{view.on_track} {'week' if view.on_track == 1 else 'weeks'} on track" if view.on_track else ""
        self.aside.update(plain(f"{weeks} "))
        heads = {line.step: self._head(view, line.step) for line in view.steps}
        self.board.show(streak_lines(view.day.groups, heads))
        self.panel.update(self._panel(view))
        levels = {day: level(count) for day, count in view.year.days.items()}
        calendar_start = view.day.today.weekday()
        first = view.together[-1][0].weekday() if view.together else calendar_start
        self.heatmap.show(levels, view.day.today, first)
        self._tell_day(self.heatmap.cursor)
        self._draw_words()

    def _head(self, view: Overview, step: str) -> str:
        line = next(each for each in view.steps if each.step == step)
        return f"{line.kept} of {line.asked} this week" if line.asked else ""

    def _panel(self, view: Overview) -> Content:
        parts: list[Content | tuple[str, str]] = []
        minutes = view.together[-1][1]
        parts.append((_label("TIME TOGETHER"), "bold $text-primary"))
        parts.append((f"{say_together(minutes, view.together_target)} this week\n\n", ""))
        most = max([view.together_target, *(each for _, each in view.together)])
        for first, each in view.together:
            bar = glyphs.bar(each, most, BAR)
            parts += [(f"{first.day:>2} {first:%b} ", "$text-muted"), (f"{bar:<{BAR}}", "$text-secondary")]
            parts.append((f" {say_number(each)}\n" if each else " ·\n", "$text-muted"))
        if view.topics:
            parts.append((f"\n{_label('OPENED UP')}", "bold $text-primary"))
            top = max(count for _, count in view.topics)
            for topic, count in view.topics:
                bar = glyphs.bar(count, top, 10)
                parts += [
                    (f"{discreet_mode.dotted(topic):<15} ", ""),
                    (f"{bar:<10}", "$text-accent"),
                    (f" {count}\n", "$text-muted"),
                ]
        if view.insights and not discreet_mode.is_drawn():
            parts.append(("\nWORDS AND DEEDS\n", "bold $text-primary"))
            parts += [(f"{sentence}\n", "") for sentence in view.insights]
        if view.directions:
            parts.append(("\nLATELY\n", "bold $text-primary"))
            for word in ("rising", "easing"):
                titles = [
                    row.commitment.title for row in view.day.rows if view.directions.get(row.commitment.id) == word
                ]
                told = ", ".join(titles[:MOST_TITLES]) + (
                    f" and {len(titles) - MOST_TITLES} more" if len(titles) > MOST_TITLES else ""
                )
                parts += [(f"{word}: ", "$text-muted"), (f"{told}\n", "")] if titles else []
        return Content.assemble(*parts)

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
            said = [view.going_well, view.would_help]
            if self.has_class("-short"):
                said = said[:1] if not view.day.rows else []
            self.words.update(foot(self.board.whole, *said))

    @on(Heatmap.Moved)
    def _moved(self, event: Heatmap.Moved) -> None:
        self._tell_day(event.day)

    def _tell_day(self, day: date) -> None:
        view = self.view
        if view is None:
            return
        told = view.year.days.get(day, DayCount(0, 0)).summary or "nothing asked"
        self.told.update(plain(f"     {day_name(day, view.day.today)}: {told}"))

    @on(Board.Opened)
    def _opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Open the commitment under the cursor."""
        from tracker.tui.screens.commitment import CommitmentScreen

        if self.board.key is not None:
            self.open(CommitmentScreen(self.worker, self.board.key))
