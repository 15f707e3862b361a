"""Lay rows out as lines of a board, for the width there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from tracker.domain.counting.figures import STRIP_LENGTH
from tracker.domain.text.cells import cell_width
from tracker.ledger.errors import NOT_READ
from tracker.present.day import HIDDEN, NOTHING_YET, cells, is_asked, nothing_here
from tracker.present.signs import Sign
from tracker.services.views.day_rows import Day, Group, Row
from tracker.tui.safe import plain
from tracker.tui.widgets.board import Line, Part, fit, unfit

WIDE, MEDIUM = 96, 70
HINTS = {
    NOT_READ: "Doctor (ctrl+p) says what is wrong.",
    HIDDEN: "i shows it.",
    NOTHING_YET: "Press a to choose what you want to show up for.",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in cells of the columns after the title; 0 leaves a column out."""

    state: int
    strip: int
    streak: int
    best: int
    consistency: int

    @property
    def rest(self) -> int:
        """Return the cells that the columns take, with the gaps before them."""
        widths = (self.state, self.strip, self.streak, self.best, self.consistency)
        return sum(width + 2 for width in widths if width)

    @property
    def names(self) -> tuple[tuple[str, int], ...]:
        """Return the names that stand above columns, each with its width."""
        numbers = (("streak", self.streak), ("best", self.best), ("consistency", self.consistency))
        return (f"last {self.strip}", self.strip), *numbers


def columns(width: int) -> Columns:
    """Return the columns of a day that fit a width."""
    if width >= WIDE:
        return Columns(state=16, strip=STRIP_LENGTH, streak=8, best=0, consistency=12)
    if width >= MEDIUM:
        return Columns(state=13, strip=STRIP_LENGTH, streak=6, best=0, consistency=8)
    return Columns(state=13, strip=7, streak=5, best=0, consistency=0)


def streak_columns(width: int) -> Columns:
    """Return the columns of all streaks that fit a width."""
    if width >= MEDIUM:
        return Columns(state=0, strip=STRIP_LENGTH, streak=6, best=6, consistency=8)
    return Columns(state=0, strip=7, streak=6, best=0, consistency=8)


def strip_parts(strip: Sequence[Sign], width: int) -> list[Part]:
    """Return the newest `width` signs, right-aligned, newest last."""
    shown = strip[-width:]
    parts: list[Part] = [(" " * (width - len(shown)), "text")]
    for sign in shown:
        if parts[-1][1] == sign.level:
            parts[-1] = (parts[-1][0] + sign.glyph, sign.level)
        else:
            parts.append((sign.glyph, sign.level))
    return parts


def labelled(name: str, width: int, names: Sequence[tuple[str, int]], told: str = "") -> Line:
    """Return a heading, what is `told` of it, and the names of columns; its name goes before all of them."""
    text = name.upper()
    size = min(cell_width(text), width - 2)
    shown = [(label, wide) for label, wide in names if wide]
    while cell_width(tail := _labels(shown)) + 2 > width - 2 - size and shown:
        del shown[0]
    room = width - 2 - cell_width(tail) - size
    sentence = f"  {told}" if told and cell_width(told) + 2 <= room else ""
    gap = " " * (room - cell_width(sentence))
    return Line(((" " + fit(text, size), "heading"), (sentence, "soft"), (gap + tail, "dim")))


def _labels(columns: Sequence[tuple[str, int]]) -> str:
    """Return names above the right ends of their columns; one that is longer than its column moves the one before."""
    line, end = "", 0
    for label, wide in reversed(columns):
        line = f"{label}{line.rjust(max(end, len(line) + 1)) if end else ''}"
        end += wide + 2
    return line


def row_line(row: Row, width: int, at: Columns) -> Line:
    """Return a commitment as one line: sign, title, state, strip and numbers.

    A headline of harm stands in place of strip and numbers; on a narrow board it takes the place of the state too,
    which the sign tells, and of some of the title.
    """
    shown = cells(row)
    glyph, level = shown.sign.glyph, shown.sign.level
    state = at.state if at.consistency or not shown.headline else 0
    room = at.rest - (state + 2 if state else 0) - 2
    headline = shown.headline_within(room)
    title = width - 6 - at.rest - max(0, len(headline) - room)
    aside = bool(at.state) and not (headline or row.due or row.on_event or row.logged)
    note = "✎" if at.state and row.has_note else " "
    parts: list[Part] = [("   ", "text"), (f"{glyph} ", level)]
    parts += [(fit(row.commitment.title, title), "dim" if aside else "title"), (note, "warm"), (" ", "text")]
    if state:
        parts += [(fit(shown.state, state), level if level != "dim" else "soft"), ("  ", "text")]
    if headline:
        parts.append((fit(headline, max(room, len(headline)), right=True), "soft"))
    elif shown.strip or shown.streak:
        parts += strip_parts(shown.strip, at.strip)
        last = "dim" if at.state else "soft"
        numbers = (
            (shown.streak, at.streak, "soft"),
            (shown.best, at.best, "dim"),
            (shown.consistency, at.consistency, last),
        )
        parts += [(f"  {fit(value, wide, right=True)}", style) for value, wide, style in numbers if wide]
    return Line(tuple(parts), row.commitment.id, unfit(row.commitment.title, title))


def _block(name: str, rows: Sequence[Row], width: int, at: Columns, told: str = "", *, first: bool) -> Iterator[Line]:
    """Yield rows under their heading; the first block has the names of the columns, and no blank line before it."""
    if not first:
        yield Line(())
    yield labelled(name, width, at.names if first else (), told)
    yield from (row_line(row, width, at) for row in rows)


def day_lines(view: Day, everything: bool) -> Callable[[int], list[Line]]:
    """Return what lays a day out: due rows and events by step, and the rest below if `everything` is asked for."""

    def build(width: int) -> list[Line]:
        at = columns(width)
        lines: list[Line] = []
        rest: list[Row] = []
        for group in view.groups:
            rows = [row for row in group.rows if is_asked(row)]
            rest += [row for row in group.rows if row not in rows]
            if rows:
                lines += _block(group.name, rows, width, at, first=not lines)
        if rest and (everything or not lines):
            lines += _block("Not asked on this day", rest, width, at, first=not lines)
        elif rest:
            count = f"{len(rest)} more, not asked on this day. v shows them"
            lines += [Line(()), Line((("   " + fit(count, width - 3), "dim"),))]
        return lines

    return build


def foot(title: str, *said: str, room: int | None = None) -> Content:
    """Return what is told of the row under the cursor: its title in bold, then each thing on lines of its own.

    With `room`, in cells, there are two lines, and the second ends in an ellipsis where it is cut.
    """
    lines = [plain(title).stylize("bold not italic $foreground"), *map(plain, said)]
    lines = [each for each in lines if each.plain][: None if room is None else 2]
    if room is not None and len(lines) > 1:
        lines[1] = plain(fit(lines[1].plain, room).rstrip())
    return Content("\n").join(lines)


def streak_lines(groups: Sequence[Group], heads: dict[str, str]) -> Callable[[int], list[Line]]:
    """Return what lays all streaks out: strip, streak, best and consistency of every commitment, by step."""

    def build(width: int) -> list[Line]:
        lines: list[Line] = []
        at = streak_columns(width)
        for group in groups:
            lines += _block(group.name, group.rows, width, at, heads.get(group.step, ""), first=not lines)
        return lines

    return build


def nothing_line(view: Day) -> str:
    """Return what is said where a day has no row, with the key that leads on."""
    why = nothing_here(view.unread, view.hidden)
    return f"{why} {HINTS[why]}"
