"""All streaks at a glance: the steps this week, the year, time together, what was opened up, and two sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.catalogue import template
from tracker.domain.commitments import Kind
from tracker.domain.counting.figures import FEW, score_before
from tracker.domain.counting.occasions import SETTLED, State
from tracker.domain.counting.weeks import ON_TRACK, weeks_on_track
from tracker.ledger.private_words import seen_plan
from tracker.ledger.workspace import Workspace
from tracker.services.logging.quick_log import SHARE, TIME
from tracker.services.views.day_count import DayCount, count_day
from tracker.services.views.day_rows import Day, Row, day_view
from tracker.services.views.details import Year, year
from tracker.services.views.measures import insight

WEEKS_SHOWN = 8
YEAR = timedelta(days=53 * 7)
LATELY = 7
POINTS = 3.0


@dataclass(frozen=True, slots=True)
class Overview:
    """What the dashboard shows.

    `week` has the number of each step's week by its id, and `together` minutes of partner time by week, this one last.
    """

    day: Day
    week: Mapping[str, DayCount]
    year: Year
    on_track: int
    together: tuple[tuple[date, float], ...]
    together_target: float
    topics: tuple[tuple[str, int], ...]
    going_well: str
    would_help: str
    directions: dict[str, str]
    insights: tuple[str, ...]


def overview(workspace: Workspace) -> Overview:
    """Return everything the dashboard shows, as of today."""
    view = day_view(workspace)
    today = view.today
    whole = year(workspace, today - YEAR)
    moving = [row for row in view.rows if not (row.paused or row.commitment.harm)]
    directions = {row.commitment.id: word for row in moving if (word := _direction(workspace, row, today))}
    together = _together(workspace, today)
    partner_time = workspace.ledger.get(TIME)
    current = next((row.occasion for row in view.rows if row.commitment.id == TIME), None)
    return Overview(
        day=view,
        week=week_counts(workspace, view),
        year=whole,
        on_track=weeks_on_track(whole.weeks),
        together=together,
        together_target=current.target if partner_time is not None and current is not None else 0.0,
        topics=_topics(workspace),
        going_well=_going_well(view),
        would_help=_would_help(view),
        directions=directions,
        insights=tuple(sentence for row in view.rows for sentence in insight(workspace, row.commitment)),
    )


def week_counts(workspace: Workspace, view: Day) -> dict[str, DayCount]:
    """Return each step's week so far: how many of the occasions that ended or were kept in it were kept.

    What may hurt somebody is told by its moments, and is not among them.
    """
    first = workspace.ledger.calendar.week(view.today).first
    counts = {}
    for group in view.groups:
        cids = [row.commitment.id for row in group.rows if not row.commitment.harm]
        found = (each for cid in cids for each in workspace.ledger.occasions(cid, view.today, first))
        counts[group.step] = count_day(each.state for each in found if each.last >= first)
    return counts


def _direction(workspace: Workspace, row: Row, today: date) -> str:
    """Return in a word where consistency went over the last seven settled occasions; nothing for fewer than twelve.

    The numbers of the row know the rest of its history, so that a page after ten years reads one.
    """
    figures, cid = row.figures, row.commitment.id
    if figures.consistency is None or figures.occasions < LATELY + FEW:
        return ""
    for since in (today - YEAR, date.min):
        settled = [occasion for occasion in workspace.ledger.occasions(cid, today, since) if occasion.settled]
        if len(settled) >= LATELY:
            break
    points = figures.consistency - 100 * score_before(figures.consistency / 100, settled[-LATELY:])
    if abs(points) < POINTS:
        return "steady"
    return "rising" if points > 0 else "easing"


def _together(workspace: Workspace, today: date) -> tuple[tuple[date, float], ...]:
    record = workspace.ledger.record(TIME)
    calendar = workspace.ledger.calendar
    found: list[tuple[date, float]] = []
    week = calendar.week(today)
    for _ in range(WEEKS_SHOWN):
        found.append((week.first, sum(entry.amount for entry in record.between(week.first, week.last))))
        week = calendar.week(week.first - timedelta(days=1))
    return tuple(reversed(found))


def _topics(workspace: Workspace) -> tuple[tuple[str, int], ...]:
    """Return how often each topic was opened up, in the order of the catalogue."""
    counts = Counter(
        str(entry.fields["topic"]) for entry in workspace.ledger.record(SHARE).entries if "topic" in entry.fields
    )
    return tuple((topic, counts[topic]) for topic in template(SHARE).topics) if counts else ()


def _counted(view: Day) -> list[Row]:
    """Return the rows that are old enough to say something of, and neither paused nor about what may hurt somebody."""
    rows = [row for row in view.rows if row.figures.occasions >= FEW and not row.commitment.harm]
    return [row for row in rows if not row.paused and _lately(row)[1]]


def _share(row: Row) -> float:
    """Return how much of what was lately asked was kept, 0..1."""
    kept, of = _lately(row)
    return kept / of


def _best(view: Day) -> Row | None:
    """Return the row that goes best, or None where none was kept in at least 70 % lately."""
    good = [row for row in _counted(view) if _share(row) >= ON_TRACK]
    return max(good, key=lambda row: (_share(row), row.figures.consistency or 0), default=None)


def _going_well(view: Day) -> str:
    """Return one sentence on what goes well, or an invitation while it is too early to tell; perhaps nothing."""
    best = _best(view)
    if best is not None:
        kept, of = _lately(best)
        return f"Going well: {best.commitment.title}, kept {kept} of the last {of}."
    young = not any(row.figures.occasions >= FEW for row in view.rows if not row.commitment.harm)
    return "Give it a week: a few check-ins from now, this page begins to tell you something." if young else ""


def _lately(row: Row) -> tuple[int, int]:
    """Return kept and settled occasions of a row's strip."""
    settled = [mark.state is State.KEPT for mark in row.figures.strip if mark.state in SETTLED]
    return sum(settled), len(settled)


def _would_help(view: Day) -> str:
    """Return one sentence on the next small step, of what can be done today; perhaps nothing.

    What is praised is not asked for, and nothing is that is paused, done, waited for, or only kept by leaving it be.
    """
    best = _best(view)
    can_be_done = [
        row
        for row in view.due
        if row.state is State.OPEN
        and not (row.paused or row.commitment.harm or row.commitment.kind is Kind.AVOID)
        and not row.commitment.limited_on(view.day)
        and (best is None or row.commitment.id != best.commitment.id)
    ]
    weak = [row for row in _counted(view) if _share(row) < ON_TRACK]
    if rows := [row for row in weak if row in can_be_done]:
        row = min(rows, key=lambda row: (_share(row), row.figures.consistency or 0))
        if_then = seen_plan(row.commitment, without_private=row.without_private)
        return f"Next small step: {row.commitment.title}." + (f" {if_then}" if if_then else "")
    if can_be_done:
        return f"Still open today: {can_be_done[0].commitment.title}."
    asked = any(not row.commitment.harm for row in view.due)
    return "All on track." if asked and not weak else ""
