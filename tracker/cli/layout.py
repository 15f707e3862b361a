"""How days, streaks and lists are laid out as plain lines that fit the width they are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tracker.domain.cells import cut, left, right
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.figures import STRIP_LENGTH, Figures, Mark
from tracker.domain.occasions import State
from tracker.domain.schedules import Unit, unit_of
from tracker.domain.words import say_number
from tracker.services.views import Day, Group, Row

if TYPE_CHECKING:
    from tracker.catalogue import Step
    from tracker.services.toward import Toward

NOTHING_YET = (
    "Nothing is asked of you yet.",
    "See what you could begin with: toward add --list. Or open the app: toward",
)
UNITS: dict[Unit, str] = {"days": "d", "weeks": "wk", "months": "mo", "times": "×"}
SAID, RUN, NOW, BACK = 15, 5, 8, 6
GAP = "  "


def say_date(day: date) -> str:
    """Return a day in full: `Monday 23 November 2026`."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def glyph(row: Row) -> str:
    """Return the sign of a row: kept, partly or begun, open, or neither."""
    if row.on_event:
        return "●" if row.logged else "·"
    match row.state:
        case State.KEPT:
            return "●"
        case State.PARTLY:
            return "◐"
        case State.OPEN if row.done > 0:
            return "◐"
        case State.OPEN:
            return "·" if row.commitment.kind is Kind.AVOID else "○"
        case _:
            return "·"


def strip(marks: Iterable[Mark]) -> str:
    """Return the last occasions as one cell each, the newest at the right."""
    return "".join(_mark(mark) for mark in marks)


def _mark(mark: Mark) -> str:
    match mark.state:
        case State.KEPT:
            return "█"
        case State.PARTLY:
            return "░▒▓"[min(2, int(mark.credit * 3))]
        case State.MISSED:
            return "·"
        case State.OPEN:
            return "○"
        case _:
            return "-"


def run(kept: int, unit: Unit) -> str:
    """Return a run in its own unit: `12 d`."""
    return f"{kept} {UNITS[unit]}" if kept else "–"


def consistency(figures: Figures) -> str:
    """Return consistency: `5 of 6` up to the twelfth occasion, a number of 100 from then on."""
    if not figures.occasions:
        return "–"
    if not figures.score_shown or figures.consistency is None:
        return f"{figures.kept} of {figures.occasions}"
    return f"{figures.consistency:.0f}"


def bounce_back(figures: Figures) -> str:
    """Return the median days from a miss to the next kept occasion."""
    return "" if figures.bounce_back is None else f"{say_number(figures.bounce_back)} d"


def moments(counts: tuple[int, int, int] | None) -> str:
    """Return what stands in place of a run where harm is at stake: `3 handled, 1 put right`."""
    handled, _, put_right = counts or (0, 0, 0)
    return f"{handled} handled, {put_right} put right"


def title(commitment: Commitment) -> str:
    """Return a title on one line."""
    return " ".join(commitment.title.split())


def day_lines(view: Day, width: int) -> list[str]:
    """Return a day: its commitments by step, with state, strip, run and consistency."""
    if not view.rows:
        return [say_date(view.day), "", *NOTHING_YET]
    kept = f"{view.kept} of {len(view.due)} kept"
    lines = [left(say_date(view.day), width - len(kept)) + kept]
    room = width - 2 - SAID - STRIP_LENGTH - RUN - NOW - 4 * len(GAP)
    for number, group in enumerate(view.groups):
        lines += ["", _head(group, 2 + room + len(GAP) + SAID, (RUN, NOW), ("run", "now"), show=number == 0)]
        lines += [_day_line(row, room) for row in group.rows]
    if view.timer is not None:
        lines += ["", f"The timer runs since {view.timer:%H:%M}."]
    return lines


def _head(group: Group, before: int, widths: Sequence[int], names: Sequence[str], *, show: bool) -> str:
    """Return the line above a step's rows; the first one names the columns."""
    if not show:
        return group.name.upper()
    columns = [right(name, wide) for name, wide in zip(names, widths, strict=True)]
    return GAP.join([left(group.name.upper(), before), left(f"last {STRIP_LENGTH}", STRIP_LENGTH), *columns])


def _day_line(row: Row, room: int) -> str:
    begin = f"{glyph(row)} {left(title(row.commitment), room)}{GAP}{left(row.said, SAID)}{GAP}"
    if row.commitment.harm:
        return begin + moments(row.moments)
    if not row.commitment.counts:
        return begin.rstrip()
    return GAP.join(
        [
            begin + left(strip(row.figures.strip), STRIP_LENGTH),
            right(run(row.figures.streak, row.unit), RUN),
            right(consistency(row.figures), NOW),
        ]
    )


def streak_lines(view: Day, width: int) -> list[str]:
    """Return all streaks by step: strip, run, best run, consistency and bounce-back."""
    if not view.rows:
        return list(NOTHING_YET)
    lines = [f"Streaks, {say_date(view.today)}"]
    room = width - 2 - STRIP_LENGTH - 2 * RUN - NOW - BACK - 5 * len(GAP)
    widths, names = (RUN, RUN, NOW, BACK), ("run", "best", "now", "back")
    for number, group in enumerate(view.groups):
        lines += ["", _head(group, 2 + room, widths, names, show=number == 0)]
        lines += [_streak_line(row, room) for row in group.rows]
    lines += ["", "now: consistency, from the thirteenth occasion on. back: days from a miss to the next kept one."]
    return lines


def _streak_line(row: Row, room: int) -> str:
    begin = f"{glyph(row)} {left(title(row.commitment), room)}{GAP}"
    if row.commitment.harm:
        return begin + moments(row.moments)
    if not row.commitment.counts:
        return f"{begin}{row.logged} today"
    return GAP.join(
        [
            begin + left(strip(row.figures.strip), STRIP_LENGTH),
            right(run(row.figures.streak, row.unit), RUN),
            right(run(row.figures.best, row.unit), RUN),
            right(consistency(row.figures), NOW),
            right(bounce_back(row.figures), BACK),
        ]
    )


def list_lines(toward: Toward, archived: bool, width: int) -> list[str]:
    """Return all commitments, one a line: id, title, schedule."""
    found = list(toward.book.commitments(archived))
    if not found:
        return list(NOTHING_YET)
    wide = min(24, max(len(each.id) for each in found))
    lines = []
    for each in found:
        away = ", archived" if each.archived else ""
        asked = f"{each.plan.schedule.sentence}{away}"
        room = max(20, width - wide - len(asked) - 2 * len(GAP))
        lines.append(f"{left(each.id, wide)}{GAP}{left(title(each), room)}{GAP}{asked}")
    return lines


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
            lines.append(f"{sign} {left(each.id, 24)}{GAP}{left(cut(each.title, room), room)}{GAP}{each.schedule}")
    return [*lines, "", "● yours, · archived. Take some on: toward add s4.reachable s4.partner-time"]


def unit_word(commitment: Commitment) -> Unit:
    """Return the unit a commitment's run is counted in."""
    return unit_of(commitment.plan.schedule)
