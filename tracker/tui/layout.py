"""Lay rows out as lines of a board, for the width there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from textual.content import Content

from tracker.domain.counting.figures import STRIP_LENGTH, Mark
from tracker.domain.text.cells import cell_width
from tracker.present import signs
from tracker.services.quantities import HIDDEN, NOT_READ
from tracker.services.views.day_rows import Day, Group, Row
from tracker.tui.safe import plain
from tracker.tui.widgets.board import Line, Part, fit, unfit

WIDE, MEDIUM = 96, 70
RUN, NOW = 6, 8


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in cells of the columns after the title; 0 leaves a column out."""

    said: int
    strip: int
    run: int
    now: int

    @property
    def rest(self) -> int:
        """Return the cells that the columns take, with the gaps before them."""
        return sum(width + 2 for width in (self.said, self.strip, self.run, self.now) if width)


def columns(width: int) -> Columns:
    """Return the columns that fit a width."""
    if width >= WIDE:
        return Columns(said=16, strip=STRIP_LENGTH, run=8, now=12)
    if width >= MEDIUM:
        return Columns(said=13, strip=STRIP_LENGTH, run=RUN, now=NOW)
    return Columns(said=13, strip=7, run=5, now=0)


def strip_parts(strip: Sequence[Mark], width: int) -> list[Part]:
    """Return the newest `width` marks, right-aligned, newest last."""
    marks = strip[-width:]
    parts: list[Part] = [(" " * (width - len(marks)), "text")]
    for mark in marks:
        sign = signs.of_mark(mark)
        if parts[-1][1] == sign.level:
            parts[-1] = (parts[-1][0] + sign.glyph, sign.level)
        else:
            parts.append((sign.glyph, sign.level))
    return parts


def heading(name: str, width: int, at: Columns, labels: bool) -> Line:
    """Return a step's heading, with the names of the columns on the first one."""
    names = ((f"last {at.strip}", at.strip), ("streak", at.run), ("consistency", at.now))
    return labelled(name, width, names if labels else ())


def labelled(name: str, width: int, names: Sequence[tuple[str, int]], told: str = "") -> Line:
    """Return a heading, what is `told` of it, and the names of columns; its name goes before all of them."""
    text = name.upper()
    size = min(cell_width(text), width - 2)
    shown = [(label, wide) for label, wide in names if wide]
    while cell_width(tail := _labels(shown)) + 2 > width - 2 - size and shown:
        del shown[0]
    room = width - 2 - cell_width(tail) - size
    said = f"  {told}" if told and cell_width(told) + 2 <= room else ""
    gap = " " * (room - cell_width(said))
    return Line(((" " + fit(text, size), "heading"), (said, "soft"), (gap + tail, "dim")))


def _labels(columns: Sequence[tuple[str, int]]) -> str:
    """Return names above the right ends of their columns; one that is longer than its column moves the one before."""
    line, end = "", 0
    for label, wide in reversed(columns):
        line = f"{label}{line.rjust(max(end, len(line) + 1)) if end else ''}"
        end += wide + 2
    return line


def row_line(row: Row, width: int, at: Columns, mark: str = "") -> Line:
    """Return a commitment as one line: sign, title, amount, strip, run and consistency."""
    if row.commitment.harm and row.moments is not None and row.moments.headline:
        return _harm_line(row, width, at, mark)
    sign = signs.of_row(row)
    glyph, level = sign.glyph, sign.level
    title = width - 5 - at.rest - 1
    name = "dim" if not row.due and not row.on_event and not row.logged else "title"
    whole = unfit(row.commitment.title, title)
    note = "✎" if row.has_note else " "
    parts: list[Part] = [("   ", "text"), (f"{glyph} ", level)]
    parts += [(fit(row.commitment.title, title), name), (note, "warm")]
    parts += [(" ", "text"), (fit(mark or row.summary, at.said), level if level != "dim" else "soft"), ("  ", "text")]
    if not row.commitment.harm:
        parts += strip_parts(row.figures.strip, at.strip)
        parts.append(("  " + fit(signs.streak(row.commitment, row.figures), at.run, right=True), "soft"))
        if at.now:
            parts.append(("  " + fit(signs.consistency(row.figures), at.now, right=True), "dim"))
    return Line(tuple(parts), row.commitment.id, whole)


def _harm_line(row: Row, width: int, at: Columns, mark: str) -> Line:
    """Return what may hurt somebody as one line: its headline in place of strip, run and consistency.

    On a narrow board the headline takes the place of the state, which the sign tells too, and of some of the title.
    """
    sign = signs.of_row(row)
    glyph, level = sign.glyph, sign.level
    room = at.rest - (at.said + 2 if at.now else 0) - 2
    headline = _headline(row, room)
    title = width - 6 - at.rest - max(0, len(headline) - room)
    state = ((fit(mark or row.summary, at.said), level if level != "dim" else "soft"), ("  ", "text")) if at.now else ()
    parts: tuple[Part, ...] = (
        ("   ", "text"),
        (f"{glyph} ", level),
        (fit(row.commitment.title, title), "title"),
        ("✎" if row.has_note else " ", "warm"),
        (" ", "text"),
        *state,
        (fit(headline, max(room, len(headline)), right=True), "soft"),
    )
    return Line(parts, row.commitment.id, unfit(row.commitment.title, title))


def _headline(row: Row, room: int) -> str:
    """Return the headline of the last fortnight, in shorter words where `room` asks for them."""
    return row.moments.within(room) if row.moments is not None else ""


def day_lines(view: Day, everything: bool) -> Callable[[int], list[Line]]:
    """Return what lays a day out: due rows and events by step, and the rest below if `everything` is asked for."""

    def build(width: int) -> list[Line]:
        at = columns(width)
        lines: list[Line] = []
        rest: list[Row] = []
        for group in view.groups:
            rows = [row for row in group.rows if row.due or row.on_event or row.logged or _let_off(row)]
            rest += [row for row in group.rows if row not in rows]
            if rows:
                lines += [Line(())] if lines else []
                lines.append(heading(group.name, width, at, labels=not lines))
                lines += [row_line(row, width, at) for row in rows]
        if rest:
            shown = everything or not lines
            lines += [Line(())] if lines else []
            if shown:
                lines.append(heading("Not asked on this day", width, at, labels=not lines))
                lines += [row_line(row, width, at) for row in rest]
            else:
                count = f"{len(rest)} more, not asked on this day. v shows them"
                lines.append(Line((("   " + fit(count, width - 3), "dim"),)))
        return lines

    return build


def _let_off(row: Row) -> bool:
    return row.skipped is not None and not row.paused


def foot(title: str, *said: str, room: int | None = None) -> Content:
    """Return what is told of the row under the cursor: its title in bold, then each thing on lines of its own.

    With `room`, in cells, there are two lines, and the second ends in an ellipsis where it is cut.
    """
    told = [plain(title).stylize("bold not italic $foreground"), *map(plain, said)]
    told = [each for each in told if each.plain][: None if room is None else 2]
    if room is not None and len(told) > 1:
        told[1] = plain(fit(told[1].plain, room).rstrip())
    return Content("\n").join(told)


def day_name(day: date, today: date) -> str:
    """Return a day as a title."""
    ago = (today - day).days
    name = f"{day:%A} {day.day} {day:%B}"
    if ago == 0:
        return name
    return f"{name}, {'yesterday' if ago == 1 else f'{ago} days ago'}"


def span_name(first: date, last: date) -> str:
    """Return a day, or the first and the last day of some: `24 Nov` or `23 Nov – 29 Nov`."""
    return " – ".join(f"{each.day} {each:%b}" for each in sorted({first, last}))


def streak_lines(groups: Sequence[Group], heads: dict[str, str]) -> Callable[[int], list[Line]]:
    """Return what lays all streaks out: run, best, consistency and strip of every commitment, by step."""

    def build(width: int) -> list[Line]:
        lines: list[Line] = []
        small = width < MEDIUM
        best = 0 if small else RUN
        strip = 7 if small else STRIP_LENGTH
        title = width - 5 - (strip + 2) - (RUN + 2) - (best + 2 if best else 0) - (NOW + 2) - 1
        for group in groups:
            names = (
                ((f"last {strip}", strip), ("streak", RUN), ("best", best), ("consistency", NOW)) if not lines else ()
            )
            lines += [Line(())] if lines else []
            lines.append(labelled(group.name, width, names, heads.get(group.step, "")))
            for row in group.rows:
                lines.append(_streak_line(row, title, strip, best))
        return lines

    return build


def _streak_line(row: Row, title: int, strip: int, best: int) -> Line:
    sign = signs.of_row(row)
    glyph, level = sign.glyph, sign.level
    room = strip + 2 + RUN + (best + 2 if best else 0) + NOW + 2
    headline = _headline(row, room) if row.commitment.harm else ""
    title -= max(0, len(headline) - room)
    whole = unfit(row.commitment.title, title)
    parts: list[Part] = [("   ", "text"), (f"{glyph} ", level), (fit(row.commitment.title, title), "title")]
    parts.append(("  ", "text"))
    if row.commitment.harm:
        parts.append((fit(headline, max(room, len(headline)), right=True), "soft"))
        return Line(tuple(parts), row.commitment.id, whole)
    parts += strip_parts(row.figures.strip, strip)
    run = signs.streak(row.commitment, row.figures)
    parts.append(("  " + fit(run, RUN, right=True), "soft"))
    if best:
        parts.append(("  " + fit(signs.best(row.commitment, row.figures), best, right=True), "dim"))
    parts.append(("  " + fit(signs.consistency(row.figures), NOW, right=True), "soft"))
    return Line(tuple(parts), row.commitment.id, whole)


def nothing_here(view: Day) -> str:
    """Return what is said where a day has no row: how to begin, or that a file could not be read."""
    if view.unread:
        return f"{NOT_READ} Doctor (ctrl+p) says what is wrong."
    if view.hidden:
        return f"{HIDDEN} i shows it."
    return "Nothing to keep yet. Press a to choose what you want to show up for."
