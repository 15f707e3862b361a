"""A list of lines drawn as one widget: headings, rows with a cursor, columns laid out for the width there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tracker.domain.text import cells
from tracker.domain.text.cells import cell_width, steady
from tracker.domain.text.clean import excerpt

NAMES = ("heading", "title", "text", "dim", "full", "part", "open", "soft", "warm")

Part = tuple[str, str]
WIDEST = 140
"""How many cells a line takes at most, so that what stands at its end is still read with what begins it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `parts` are texts with the name of a style; a `key` makes it selectable.

    `whole` is its title in full where there was no room for it.
    """

    parts: tuple[Part, ...]
    key: str | None = None
    whole: str = ""


def unfit(text: str, width: int) -> str:
    """Return a text that is longer than `width` cells, and nothing for one that fits."""
    return text if cell_width(steady(excerpt(text))) > width else ""


def fit(text: str, width: int, right: bool = False) -> str:
    """Return one line of text in exactly `width` cells, cut with an ellipsis where it is longer."""
    return (cells.right if right else cells.left)(excerpt(text), width)


class Board(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines with a cursor. `show` takes a function, so that lines are laid out anew when the width changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"board--{name}" for name in (*NAMES, "cursor")}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False, id="board.page-up", tooltip="A page up"),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False, id="board.page-down", tooltip="A page down"),
        Binding("home,g", "edge(-1)", "first", show=False, id="board.first", tooltip="The first line"),
        Binding("end,G", "edge(1)", "last", show=False, id="board.last", tooltip="The last line"),
    ]
    cursor: reactive[int] = reactive(-1, repaint=False)

    @dataclass
    class Moved(Message):
        """The cursor stands on another line, or its line has got more or less room."""

        board: Board
        key: str

    @dataclass
    class Opened(Message):
        """A line was opened by enter or a double click."""

        board: Board
        key: str

    @dataclass
    class Pressed(Message):
        """The sign at the start of a line was clicked."""

        board: Board
        key: str

    def __init__(self, *, id: str | None = None, sign: int = 5) -> None:
        super().__init__(id=id)
        self._build: Callable[[int], Sequence[Line]] = lambda width: ()
        self._lines: Sequence[Line] = ()
        self._sign = sign

    @property
    def key(self) -> str | None:
        """Return the key of the line under the cursor."""
        return self._lines[self.cursor].key if 0 <= self.cursor < len(self._lines) else None

    @property
    def whole(self) -> str:
        """Return the title of the line under the cursor in full, and nothing where the line has room for it."""
        return self._lines[self.cursor].whole if 0 <= self.cursor < len(self._lines) else ""

    def show(self, build: Callable[[int], Sequence[Line]]) -> None:
        """Draw the lines that `build` returns for a width in cells; the cursor stays on its key."""
        self._build = build
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width or self.size.width
        if not width:
            return
        key, before = self.key, (self.key, self.whole)
        self._lines = self._build(min(width, WIDEST))
        self.virtual_size = Size(width, len(self._lines))
        keys = [line.key for line in self._lines]
        if key is not None and key in keys:
            self.set_reactive(Board.cursor, keys.index(key))
        else:
            found = [index for index, each in enumerate(keys) if each is not None]
            near = [index for index in found if index >= self.cursor] or found[-1:]
            self.set_reactive(Board.cursor, near[0] if near else -1)
        if self.key is not None and (self.key, self.whole) != before:
            self.post_message(self.Moved(self, self.key))
        self.refresh()

    def select(self, key: str) -> None:
        """Put the cursor on the line of that key, if there is one."""
        for index, line in enumerate(self._lines):
            if line.key == key:
                self.cursor = index

    def on_resize(self) -> None:
        """Lay the lines out for the new size; what takes a line below never hides the cursor."""
        self._lay_out()
        self.call_after_refresh(self._keep_in_sight)

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaint the two lines and keep the cursor in sight, with the heading above it if there is room."""
        for line in (old, new):
            self._repaint(line)
        if new < 0:
            return
        self._keep_in_sight()
        if self.key is not None:
            self.post_message(self.Moved(self, self.key))

    def _keep_in_sight(self) -> None:
        new = self.cursor
        if not 0 <= new < len(self._lines):
            return
        above = 1 if new > 0 and self._lines[new - 1].key is None else 0
        first = new == min((i for i, line in enumerate(self._lines) if line.key is not None), default=0)
        top = 0 if first else new - above
        self.scroll_to_region(Region(0, top, 1, new - top + 1), animate=False, force=True)

    def _repaint(self, line: int) -> None:
        self.refresh(Region(0, line - self.scroll_offset.y, self.size.width, 1))

    def action_move(self, by: int) -> None:
        """Move the cursor to the next selectable line."""
        index = self.cursor + by
        while 0 <= index < len(self._lines):
            if self._lines[index].key is not None:
                self.cursor = index
                return
            index += by

    def action_page(self, by: int) -> None:
        """Move the cursor a page."""
        goal = self.cursor + by * max(1, self.size.height - 2)
        found = [index for index, line in enumerate(self._lines) if line.key is not None]
        if found:
            self.cursor = min(found, key=lambda index: abs(index - goal))

    def action_edge(self, by: int) -> None:
        """Move the cursor to the first or the last line."""
        found = [index for index, line in enumerate(self._lines) if line.key is not None]
        if found:
            self.cursor = found[0 if by < 0 else -1]

    def on_click(self, event: events.Click) -> None:
        index = event.y + self.scroll_offset.y
        if not 0 <= index < len(self._lines) or (key := self._lines[index].key) is None:
            return
        self.cursor = index
        if event.chain == 2:
            self.post_message(self.Opened(self, key))
        elif event.chain == 1 and event.x < self._sign:
            self.post_message(self.Pressed(self, key))

    def render_line(self, y: int) -> Strip:
        """Return one line as it stands on the screen."""
        index = y + self.scroll_offset.y
        width = self.size.width
        base = self.rich_style
        if not 0 <= index < len(self._lines):
            return Strip.blank(width, base)
        line = self._lines[index]
        over = Style()
        if index == self.cursor:
            cursor = self.get_component_rich_style("board--cursor")
            over = Style(bgcolor=cursor.bgcolor, bold=True) if self.has_focus else Style(bold=True)
        segments = [
            Segment(text, self.get_component_rich_style(f"board--{name}") + over) for text, name in line.parts if text
        ]
        if index == self.cursor and segments and segments[0].text.startswith(" "):
            first = segments[0]
            segments[0] = Segment(f"▸{first.text[1:]}", first.style)
        return Strip(segments).adjust_cell_length(width, base + over)
