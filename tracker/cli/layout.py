"""How days, streaks and lists are laid out as plain lines that fit the width they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tracker.domain.commitments import Commitment
from tracker.domain.counting.figures import STRIP_LENGTH, Figures, Mark
from tracker.domain.language.words import say_number
from tracker.domain.text import discreet_mode
from tracker.domain.text.cells import cell_width, cut, left, right
from tracker.domain.text.clean import harmless
from tracker.present import signs
from tracker.services.quantities import HIDDEN, NOT_READ
from tracker.services.views.day_rows import Day, Row

if TYPE_CHECKING:
    from tracker.catalogue import Step
    from tracker.ledger.workspace import Workspace

NOTHING_YET = (
    "Nothing is asked of you yet.",
    "See what you could begin with: toward add --list. Or open the app: toward",
)
NOTHING_READ = (NOT_READ, "What is wrong, and what may bring it back: toward doctor")
NOTHING_SHOWN = (HIDDEN, "To see and answer it: toward incoming")
GAP = "  "
LEAST = 16
"""Cells that a title needs beside its columns; with fewer, they stand below it."""


def say_date(day: date) -> str:
    """Return a day in full: `Monday 23 November 2026`."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def strip(marks: Iterable[Mark]) -> str:
    """Return the last occasions as one cell each, the newest at the right."""
    return "".join(signs.of_mark(mark).glyph for mark in marks)


def bounce_back(figures: Figures) -> str:
    """Return the median days from a miss to the next kept occasion."""
    return "" if figures.bounce_back is None else f"{say_number(figures.bounce_back)} d"


def title(commitment: Commitment) -> str:
    """Return a title on one line."""
    return harmless(" ".join(commitment.title.split()))


def _nothing(damaged: bool, hidden: bool) -> tuple[str, ...]:
    return NOTHING_READ if damaged else NOTHING_SHOWN if hidden else NOTHING_YET


def day_lines(view: Day, width: int, damaged: bool = False) -> list[str]:
    """Return a day: its commitments by step, with state, strip, run and consistency.

    `damaged` says that files could not be used, so that none at all may not mean that none were taken on.
    """
    if not view.rows:
        return [say_date(view.day), "", *_nothing(damaged, view.hidden)]
    kept = view.count.summary or "nothing asked"
    day = say_date(view.day)
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
    lines = ["", "STILL OPEN  toward answer N"] if view.waiting else []
    for each in view.waiting:
        what = each.title if each.time is None else f"{each.title}: {each.short}"
        room = width - 4 - len(GAP) - len(each.when)
        number = f"{right(str(each.number), 2)}{GAP}"
        lines += (
            [f"{number}{left(what, room)}{GAP}{each.when}"]
            if room >= LEAST
            else _below(number, what, [each.when], width)
        )
    if view.next_time is not None:
        each_time = view.next_time
        day = f"{each_time.day:%A} {each_time.day.day} {each_time.day:%B}"
        head = "NEXT" if discreet_mode.is_drawn() else "NEXT TOGETHER"
        lines += ["", f"{head}  {day}, {each_time.at:%H:%M}, {each_time.minutes} min"]
    why = discreet_mode.dotted("WHY I DO THIS")
    return [*lines, "", f"{why}  toward why"] if view.why else lines


def streak_lines(view: Day, width: int, damaged: bool = False) -> list[str]:
    """Return all streaks by step: strip, run, best run, consistency and bounce-back; `damaged` as in `day_lines`."""
    if not view.rows:
        return list(_nothing(damaged, view.hidden))
    table = _Table(view.rows, width, STREAK_COLUMNS)
    lines = [table.head(f"Streaks, {view.today.day} {view.today:%B %Y}")]
    for group in view.groups:
        lines += ["", group.name.upper(), *(line for row in group.rows for line in table.lines(row))]
    return [*lines, "", *LEGEND]


LEGEND = (
    "consistency: how steadily it is kept; of 100, from the thirteenth occasion on.",
    "back: days from a miss to the next kept one.",
)
DAY_COLUMNS: Mapping[str, Callable[[Row], str]] = {
    "streak": lambda row: signs.streak(row.commitment, row.figures),
    "consistency": lambda row: signs.consistency(row.figures),
}
STREAK_COLUMNS: Mapping[str, Callable[[Row], str]] = {
    "streak": lambda row: signs.streak(row.commitment, row.figures),
    "best": lambda row: signs.best(row.commitment, row.figures),
    "consistency": lambda row: signs.consistency(row.figures),
    "back": lambda row: bounce_back(row.figures),
}


class _Table:
    """Rows under each other: sign and title, the state in words (of a day), strip, and columns of numbers.

    Where that leaves no room for a title, all the rest of a row stands below it, each number with its name.
    """

    def __init__(self, rows: Sequence[Row], width: int, columns: Mapping[str, Callable[[Row], str]]) -> None:
        self._columns, self._width = columns, width
        self._said = 0 if columns is STREAK_COLUMNS else max(cell_width(row.summary) for row in rows)
        told = [row for row in rows if not row.commitment.harm]
        self._widths = {
            name: max([len(name), *(cell_width(column(row)) for row in told)]) for name, column in columns.items()
        }
        taken = [self._said] if self._said else []
        taken += [STRIP_LENGTH, *self._widths.values()]
        self._room = width - 2 - sum(taken) - len(GAP) * len(taken)

    def head(self, text: str) -> str:
        """Return a line with the names of the columns."""
        if self._room < LEAST:
            return cut(text, self._width)
        before = 2 + self._room + (len(GAP) + self._said if self._said else 0)
        names = [right(name, wide) for name, wide in self._widths.items()]
        return GAP.join([left(text, before), left(f"last {STRIP_LENGTH}", STRIP_LENGTH), *names])

    def lines(self, row: Row) -> list[str]:
        """Return one commitment; where harm is at stake, moments stand in place of the run."""
        return [self._line(row)] if self._room >= LEAST else self._stacked(row)

    def _stacked(self, row: Row) -> list[str]:
        """Return a commitment with all that is told of it below its title."""
        told = [row.summary] if self._said else []
        if row.commitment.harm:
            told += [row.moments.headline] if row.moments else []
        elif row.commitment.counts:
            told.append(strip(row.figures.strip))
            told += [f"{name} {value}" for name, column in self._columns.items() if (value := column(row))]
        return _below(f"{signs.of_row(row).glyph} ", title(row.commitment), told, self._width)

    def _line(self, row: Row) -> str:
        room = STRIP_LENGTH + sum(len(GAP) + wide for wide in self._widths.values())
        headline = row.moments.within(room) if row.commitment.harm and row.moments else ""
        longer = max(0, len(headline) - room)
        parts = [f"{signs.of_row(row).glyph} {left(title(row.commitment), self._room - longer)}"]
        if self._said:
            parts.append(left(row.summary, self._said))
        if row.commitment.harm:
            parts.append(headline)
        elif row.commitment.counts:
            parts.append(left(strip(row.figures.strip), STRIP_LENGTH))
            parts += [right(column(row), self._widths[name]) for name, column in self._columns.items()]
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
            sign = " " if mine is None else "·" if mine.archived else "●"
            room = width - 2 - 24 - 2 * len(GAP) - len(each.schedule)
            if room >= LEAST:
                lines.append(f"{sign} {left(each.id, 24)}{GAP}{left(each.title, room)}{GAP}{each.schedule}")
            else:
                lines += [f"{sign} {each.id}", *_below(GAP, each.title, [each.schedule], width)]
    return [*lines, "", "● yours, · archived. Take some on: toward add s4.reachable s4.partner-time"]
