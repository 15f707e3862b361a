"""How days, streaks and lists are laid out as plain lines that fit the width they are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tracker.catalogue.roles import PARTNER_TIME, REPLIES
from tracker.domain.commitments import Commitment
from tracker.domain.counting.figures import STRIP_LENGTH
from tracker.domain.text import discreet_mode
from tracker.domain.text.cells import cell_width, cut, left, right
from tracker.domain.text.clean import harmless
from tracker.ledger.errors import NOT_READ
from tracker.present.day import (
    HIDDEN,
    NOTHING_YET,
    STILL_OPEN,
    Cells,
    cells,
    counted,
    day_name,
    next_together,
    nothing_here,
    own_line,
)
from tracker.present.signs import Sign, of_template
from tracker.services.views.day_rows import Day, Row

if TYPE_CHECKING:
    from tracker.catalogue.model import Step
    from tracker.ledger.workspace import Workspace

HINTS = {
    NOTHING_YET: "See what you could begin with: toward add --list. Or open the app: toward",
    NOT_READ: "What is wrong, and what may bring it back: toward doctor",
    HIDDEN: "To see and answer it: toward incoming",
}
GAP = "  "
LEAST = 16
"""Cells that a title needs beside its columns; with fewer, they stand below it."""


def strip(shown: Iterable[Sign]) -> str:
    """Return signs side by side, the newest at the right."""
    return "".join(sign.glyph for sign in shown)


def title(commitment: Commitment) -> str:
    """Return a title on one line."""
    return harmless(" ".join(commitment.title.split()))


def _nothing(unread: bool, hidden: bool) -> tuple[str, str]:
    why = nothing_here(unread, hidden)
    return why, HINTS[why]


def day_lines(view: Day, width: int) -> list[str]:
    """Return a day: its commitments by step, with state, strip, streak and consistency."""
    day, kept = day_name(view.day, view.today), counted(view)
    if not view.rows:
        return [day, "", *_nothing(view.unread, view.hidden)]
    lines = [left(day, width - len(kept)) + kept] if len(day) + len(kept) + 2 <= width else [day, kept]
    table = _Table(view.rows, width, DAY_COLUMNS)
    for number, group in enumerate(view.groups):
        name = group.name.upper()
        lines += ["", table.head(name) if number == 0 else name]
        lines += [line for row in group.rows for line in table.lines(row)]
    if view.timer is not None:
        lines += ["", f"The timer runs since {view.timer:%H:%M}."]
    return lines


def open_lines(view: Day, width: int) -> list[str]:
    """Return what stands open (kind and date only) with its number, the next time together, and one's own line."""
    lines = ["", f"{STILL_OPEN}{GAP}toward answer N"] if view.waiting else []
    for each in view.waiting:
        what = each.title if each.time is None else f"{each.title}: {each.short}"
        room = width - 4 - len(GAP) - len(each.when)
        number = f"{right(str(each.number), 2)}{GAP}"
        lines += (
            [f"{number}{left(what, room)}{GAP}{each.when}"]
            if room >= LEAST
            else _below(number, what, [each.when], width)
        )
    if (planned := next_together(view)) is not None:
        lines += ["", GAP.join(planned)]
    if (own := own_line(view)) is not None:
        lines += ["", f"{own[0]}{GAP}toward why"]
    return lines


def streak_lines(view: Day, width: int) -> list[str]:
    """Return all streaks by step: strip, streak, best streak, consistency and bounce-back."""
    if not view.rows:
        return list(_nothing(view.unread, view.hidden))
    table = _Table(view.rows, width, STREAK_COLUMNS)
    lines = [table.head(f"Streaks, {day_name(view.today, view.today)}")]
    for group in view.groups:
        lines += ["", group.name.upper(), *(line for row in group.rows for line in table.lines(row))]
    return [*lines, "", *LEGEND]


LEGEND = (
    "consistency: how steadily it is kept; of 100, from the thirteenth occasion on.",
    "back: days from a miss to the next kept one.",
)
DAY_COLUMNS = ("streak", "consistency")
STREAK_COLUMNS = ("streak", "best", "consistency", "back")


class _Table:
    """Rows under each other: sign and title, the state in words (of a day), strip, and columns of numbers.

    Where that leaves no room for a title, all the rest of a row stands below it, each number with its name.
    """

    def __init__(self, rows: Sequence[Row], width: int, columns: Sequence[str]) -> None:
        self._width = width
        shown = [cells(row) for row in rows]
        self._state = 0 if columns is STREAK_COLUMNS else max(cell_width(each.state) for each in shown)
        self._widths = {
            name: max([len(name), *(cell_width(getattr(each, name)) for each in shown)]) for name in columns
        }
        taken = [self._state] if self._state else []
        taken += [STRIP_LENGTH, *self._widths.values()]
        self._room = width - 2 - sum(taken) - len(GAP) * len(taken)

    def head(self, text: str) -> str:
        """Return a line with the names of the columns."""
        if self._room < LEAST:
            return cut(text, self._width)
        before = 2 + self._room + (len(GAP) + self._state if self._state else 0)
        names = [right(name, wide) for name, wide in self._widths.items()]
        return GAP.join([left(text, before), left(f"last {STRIP_LENGTH}", STRIP_LENGTH), *names])

    def lines(self, row: Row) -> list[str]:
        """Return one commitment; where harm is at stake, moments stand in place of the streak."""
        shown = cells(row)
        return [self._line(row, shown)] if self._room >= LEAST else self._stacked(row, shown)

    def _stacked(self, row: Row, shown: Cells) -> list[str]:
        """Return a commitment with all that is told of it below its title."""
        lines = [shown.state] if self._state else []
        lines += [shown.headline, strip(shown.strip)]
        lines += [f"{name} {value}" for name in self._widths if (value := getattr(shown, name))]
        return _below(f"{shown.sign.glyph} ", title(row.commitment), lines, self._width)

    def _line(self, row: Row, shown: Cells) -> str:
        room = STRIP_LENGTH + sum(len(GAP) + wide for wide in self._widths.values())
        headline = shown.headline_within(room)
        longer = max(0, len(headline) - room)
        parts = [f"{shown.sign.glyph} {left(title(row.commitment), self._room - longer)}"]
        if self._state:
            parts.append(left(shown.state, self._state))
        if headline:
            parts.append(headline)
        else:
            parts.append(left(strip(shown.strip), STRIP_LENGTH))
            parts += [right(getattr(shown, name), wide) for name, wide in self._widths.items()]
        return GAP.join(parts).rstrip()


def list_lines(workspace: Workspace, archived: bool, width: int) -> list[str]:
    """Return all commitments, one a line: id, title, schedule."""
    found = list(workspace.ledger.commitments(archived))
    if not found:
        return list(_nothing(workspace.damaged, workspace.has_arrivals))
    ids = {each.id: discreet_mode.dotted(each.id) for each in found}
    wide = max(map(len, ids.values()))
    lines = []
    for each in found:
        away = ", archived" if each.archived else ""
        asked = f"{each.plan.schedule.sentence}{away}"
        room = width - wide - len(asked) - 2 * len(GAP)
        if room >= LEAST:
            lines.append(f"{left(ids[each.id], wide)}{GAP}{left(title(each), room)}{GAP}{asked}")
        else:
            lines += [ids[each.id], *_below(GAP, title(each), [asked], width)]
    return lines


def _below(before: str, name: str, told: Sequence[str], width: int) -> list[str]:
    """Return a name on a line of its own, and what is told of it on as few lines below as hold it."""
    lines, line = [f"{before}{cut(name, width - cell_width(before))}"], ""
    for each in filter(None, told):
        if line and 4 + cell_width(f"{line}{GAP}{each}") > width:
            lines.append(f"    {line}")
            line = ""
        line += f"{GAP}{each}" if line else each
    return [*lines, f"    {line}"] if line else lines


def shelf_lines(wanted: Sequence[Step], yours: Mapping[str, Commitment], width: int) -> list[str]:
    """Return the catalogue by step: what is one's own has a sign before it."""
    from tracker.catalogue import templates

    lines: list[str] = []
    for one in wanted:
        lines += ["", f"{one.id}  {one.name.upper()}"] if lines else [f"{one.id}  {one.name.upper()}"]
        for each in templates(one.id):
            mine = yours.get(each.id)
            sign = of_template(mine).glyph
            room = width - 2 - 24 - 2 * len(GAP) - len(each.schedule)
            if room >= LEAST:
                lines.append(f"{sign} {left(each.id, 24)}{GAP}{left(each.title, room)}{GAP}{each.schedule}")
            else:
                lines += [f"{sign} {each.id}", *_below(GAP, each.title, [each.schedule], width)]
    return [
        *lines,
        "",
        f"● yours, – archived. Take some on: toward add {REPLIES} {PARTNER_TIME}",
    ]
