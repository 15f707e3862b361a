"""Days as a map of weeks: one column a week, one line a weekday, with a cursor that tells a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tracker.domain.calendar import WEEKDAYS

LABEL = 5
WEEKS = 53
LEVELS = ("none", "dim", "low", "mid", "high", "full", "open")
GLYPHS = {"none": " ", "dim": "·", "low": "░", "mid": "▒", "high": "▓", "full": "█", "open": "○"}


class Heatmap(Widget, can_focus=True):
    """A map of `levels` by day that ends in the week of `last`, as many weeks as fit."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"heatmap--{name}" for name in (*LEVELS, "cursor", "label")}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-7)", show=False),
        Binding("right,l", "move(7)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("end,G", "last", "today", show=False, id="heatmap.last", tooltip="To the last day of the calendar"),
    ]
    cursor: reactive[date] = reactive(date.min, repaint=False)

    @dataclass
    class Moved(Message):
        """The cursor stands on another day."""

        heatmap: Heatmap
        day: date

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._levels: Mapping[date, str] = {}
        self._last = date.min
        self._weekday = 0

    def show(self, levels: Mapping[date, str], last: date, weekday: int = 0) -> None:
        """Draw the levels; weeks begin on `weekday` (0 is Monday)."""
        fresh = self._last != last
        self._levels, self._last, self._weekday = levels, last, weekday
        if fresh or not self.cursor > date.min:
            self.set_reactive(Heatmap.cursor, last)
        self.refresh()

    @property
    def pitch(self) -> int:
        """Return how many cells a week takes: two where a whole year fits that way."""
        return 2 if self.size.width >= LABEL + 2 * WEEKS else 1

    @property
    def weeks(self) -> int:
        """Return how many weeks fit."""
        return max(1, min(WEEKS, (self.size.width - LABEL - 1) // self.pitch))

    @property
    def start(self) -> date:
        """Return the first day of the map."""
        if self._last == date.min:
            return date.min
        back = (self._last.weekday() - self._weekday) % 7
        return self._last - timedelta(days=back + 7 * (self.weeks - 1))

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return seven weekdays and a line of months."""
        return 8

    def _place(self, day: date) -> tuple[int, int]:
        column, line = divmod((day - self.start).days, 7)
        return LABEL + column * self.pitch, line + 1

    def validate_cursor(self, day: date) -> date:
        """Keep the cursor on the map."""
        return day if self._last == date.min else min(max(day, self.start), self._last)

    def watch_cursor(self, old: date, new: date) -> None:
        """Repaint the two days only."""
        if self._last == date.min:
            return
        for day in (old, new):
            if self.start <= day <= self._last:
                x, y = self._place(day)
                self.refresh(Region(x, y, 1, 1))
        self.post_message(self.Moved(self, new))

    def action_move(self, days: int) -> None:
        """Move the cursor by days."""
        self.cursor = self.cursor + timedelta(days=days)

    def action_last(self) -> None:
        """Move the cursor to the last day."""
        self.cursor = self._last

    def on_click(self, event: events.Click) -> None:
        column, line = (event.x - LABEL) // self.pitch, event.y - 1
        if 0 <= column < self.weeks and 0 <= line < 7:
            self.cursor = self.start + timedelta(days=column * 7 + line)

    def render_line(self, y: int) -> Strip:
        """Return the months, or one weekday of every week."""
        base = self.rich_style
        if self._last == date.min or y > 7:
            return Strip.blank(self.size.width, base)
        label = self.get_component_rich_style("heatmap--label")
        if y == 0:
            return Strip([Segment(self._months(), label)]).adjust_cell_length(self.size.width, base)
        name = WEEKDAYS[(self._weekday + y - 1) % 7].capitalize() if y % 2 else ""
        segments = [Segment(f"{name:<{LABEL}}", label)]
        styles = {each: self.get_component_rich_style(f"heatmap--{each}") for each in LEVELS}
        for column in range(self.weeks):
            day = self.start + timedelta(days=column * 7 + y - 1)
            level = self._levels.get(day, "none") if day <= self._last else "none"
            style = styles[level]
            if day == self.cursor:
                style += Style(reverse=True) if self.has_focus else Style(underline=True, bold=True)
            glyph = GLYPHS[level]
            segments.append(Segment("·" if day == self.cursor and glyph == " " else glyph, style))
            if self.pitch > 1:
                segments.append(Segment(" ", base))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _months(self) -> str:
        pitch = self.pitch
        cells = [" "] * (LABEL + self.weeks * pitch + 3)
        free = 0
        for column in range(self.weeks):
            day = self.start + timedelta(days=column * 7 + 6)
            at = column * pitch
            if day.day <= 7 and at >= free:
                cells[LABEL + at : LABEL + at + 3] = list(f"{day:%b}")
                free = at + 4
        return "".join(cells)[: LABEL + self.weeks * pitch]
