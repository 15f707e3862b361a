"""What the faces show of a day and of all streaks: plain values, ready to be laid out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import fsum
from typing import TYPE_CHECKING

from tracker.catalogue import steps
from tracker.catalogue.roles import MY_WHY, PARTNER_TIME
from tracker.domain.clock import minutes_between
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.figures import Figures
from tracker.domain.counting.moments import HAPPENED, Moments, first_lately, lately
from tracker.domain.counting.occasions import Occasion, State, plan_target, shortened
from tracker.domain.counting.worth import replies
from tracker.domain.language.words import say_number
from tracker.domain.records import LAPSE, Entry
from tracker.domain.schedules import OnEvent, Unit
from tracker.ledger import codec, event_keys
from tracker.ledger.json_rows import measure_unit
from tracker.ledger.workspace import Workspace
from tracker.services.change import say_amount, say_replies
from tracker.services.views.day_count import DayCount, count_day, counts_as, due_on

if TYPE_CHECKING:
    from tracker.domain.planned import PlannedTime
    from tracker.services.views.inbox import Waiting


@dataclass(frozen=True, slots=True)
class Row:
    """One commitment on one day.

    `occasion` covers the day (None where nothing is asked), `today_amount` is what was logged on the day
    itself, `due` is whether it asks for something, `summary` is the state in a few words, `shorter` why it asks for
    less than a whole window does: `103 of 120 min, as it began on Tuesday`.
    """

    commitment: Commitment
    day: date
    occasion: Occasion | None
    figures: Figures
    due: bool
    on_event: bool
    logged: int
    today_amount: float
    skipped: str | None
    paused: bool
    has_note: bool
    summary: str
    moments: Moments | None = None
    shorter: str = ""
    without_private: bool = False
    """Whether what is private of the commitment itself was not read."""

    @property
    def state(self) -> State:
        """Return the state of the occasion, neutral where there is none."""
        return self.occasion.state if self.occasion else State.NEUTRAL

    @property
    def unit(self) -> Unit:
        """Return the unit of the streak."""
        return self.figures.unit

    @property
    def done(self) -> float:
        """Return what is done in the occasion, in the commitment's measure."""
        return self.occasion.done if self.occasion else self.today_amount

    @property
    def target(self) -> float:
        """Return what the occasion asks for, in the commitment's measure."""
        return self.occasion.target if self.occasion else plan_target(self.commitment.plan)

    @property
    def measure(self) -> str:
        """Return what done and target are counted in."""
        return measure_unit(self.commitment)


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one step."""

    step: str
    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day's commitments by step; `timer` is when a running timer was started.

    `waiting` is what stands open, oldest first: questions whose time has come, and planned times of the last two weeks
    that began and nothing was said of. `why` is whether the person's own line is to be within reach, `unread`
    whether a file could not be used, so that this may not be all, and `hidden` whether what came from elsewhere and
    waits for an answer may hide some of it.
    """

    day: date
    today: date
    groups: tuple[Group, ...]
    timer: datetime | None
    timer_minutes: int
    waiting: tuple[Waiting, ...] = ()
    next_time: PlannedTime | None = None
    why: bool = False
    unread: bool = False
    hidden: bool = False

    @property
    def ticks(self) -> bool:
        """Return whether something is shown that changes by the minute."""
        soon = self.next_time is not None and self.next_time.day == self.today
        return self.timer is not None or soon or any(each.left is not None for each in self.waiting)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return all rows in the order of the steps."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def due(self) -> tuple[Row, ...]:
        """Return the rows that ask for something on the day."""
        return tuple(row for row in self.rows if row.due)

    @property
    def count(self) -> DayCount:
        """Return how many of the due rows are kept, and of how many; one whose day was let pass counts nowhere."""
        return count_rows(self.rows)


def count_rows(rows: Iterable[Row]) -> DayCount:
    """Return how many of the rows that are due are kept, and of how many."""
    return count_day(counts_as(row.commitment, row.occasion) for row in rows if row.due)


def day_view(workspace: Workspace, day: date | None = None, before: Day | None = None) -> Day:
    """Return what a day asks for and what was logged on it; today if none is given.

    Of `before`, the same day as it was a moment ago, the rows of which nothing changed are taken as they are.
    """
    today = workspace.today
    day = min(day or today, today)
    commitments = list(workspace.ledger.commitments())
    known = (
        {each.commitment.id: each for each in before.rows}
        if before and (before.day, before.today) == (day, today)
        else {}
    )
    rows = [_row_now(workspace, each, day, known.get(each.id)) for each in commitments]
    groups = tuple(
        Group(step.id, step.name, tuple(each for each in rows if each.commitment.step == step.id)) for step in steps()
    )
    shown = tuple(group for group in groups if group.rows)
    waiting, next_time = _waiting(workspace) if day == today else ((), None)
    timer = workspace.ledger.timer(PARTNER_TIME)
    minutes = minutes_between(timer, workspace.clock.now()) if timer else 0
    why = _needs_why(workspace, commitments, day)
    hidden = workspace.has_arrivals
    return Day(day, today, shown, timer, minutes, waiting, next_time, why, workspace.damaged, hidden)


def _needs_why(workspace: Workspace, commitments: Iterable[Commitment], day: date) -> bool:
    """Return whether the person's own line is to be within reach: it is written, and a lapse was logged on the day."""
    lapsed = any(
        entry.outcome == LAPSE
        for each in commitments
        if each.kind is Kind.AVOID
        for entry in workspace.ledger.record(each.id, day).on(day)
    )
    return lapsed and bool(workspace.ledger.record(MY_WHY).entries)


def _waiting(workspace: Workspace) -> tuple[tuple[Waiting, ...], PlannedTime | None]:
    """Return what stands open and the next planned time; most days have neither, and load nothing for it."""
    asks = any(workspace.ledger.asking(each.id) for each in workspace.ledger.commitments())
    asks = asks or any(codec.asked(value) for _, value in workspace.ledger.shared_values(event_keys.REVIEW))
    if not asks and not workspace.plans_time:
        return (), None
    from tracker.services.views.inbox import open_today

    return open_today(workspace)


def _row_now(workspace: Workspace, commitment: Commitment, day: date, before: Row | None) -> Row:
    """Return a row, the one before where nothing of its commitment was written since: then its figures are the same."""
    if before is None or before.commitment != commitment:
        return row(workspace, commitment, day)
    same = workspace.ledger.figures(commitment.id, workspace.today) is before.figures
    return before if same else row(workspace, commitment, day)


def row(workspace: Workspace, commitment: Commitment, day: date) -> Row:
    """Return one commitment's row on a day."""
    today = workspace.today
    cid = commitment.id
    record = workspace.ledger.record(cid, first_lately(day) if commitment.kind is Kind.AVOID else day)
    commitment = workspace.ledger.get(cid) or commitment
    figures = workspace.ledger.figures(cid, today)
    on_event = isinstance(commitment.plan_on(day).schedule, OnEvent)
    occasion = None if on_event else _covering(workspace, cid, day, today, figures)
    logged = record.on(day)
    skipped = record.skips.get(day)
    paused = any(day in pause for pause in record.pauses)
    return Row(
        commitment=commitment,
        day=day,
        occasion=occasion,
        figures=figures,
        due=due_on(commitment, record, occasion, day),
        on_event=on_event,
        logged=len(logged),
        today_amount=fsum(entry.amount for entry in logged),
        skipped=skipped,
        paused=paused,
        has_note=bool(codec.note_text(workspace.ledger.value(event_keys.note(cid, day)) or {})),
        summary=_say(commitment, occasion, logged, skipped, paused, day == today),
        moments=lately(record, day) if commitment.kind is Kind.AVOID else None,
        shorter=_say_shorter(workspace, commitment, occasion),
        without_private=workspace.ledger.lacks_private(event_keys.commitment(cid)),
    )


def _say_shorter(workspace: Workspace, commitment: Commitment, occasion: Occasion | None) -> str:
    """Return why an occasion asks for less than a whole one, or nothing for a whole one."""
    short = shortened(commitment, occasion, workspace.ledger.calendar) if occasion else None
    if occasion is None or short is None:
        return ""
    whole, began_late = short
    first = occasion.first
    day = f"{first:%A}" if occasion.unit == "weeks" else f"{first.day} {first:%B}"
    why = f"it began on {day}" if began_late else "some of its days ask for nothing"
    unit = " min" if commitment.kind is Kind.MINUTES else ""
    limit = "at most " if commitment.limited_on(first) else ""
    return f"{limit}{say_number(occasion.target)} of {say_number(whole)}{unit}, as {why}"


def _covering(workspace: Workspace, cid: str, day: date, today: date, figures: Figures) -> Occasion | None:
    if day == today:
        return figures.current
    for occasion in workspace.ledger.occasions(cid, today, day):
        return occasion if occasion.first <= day <= occasion.last else None
    return None


def _say(
    commitment: Commitment,
    occasion: Occasion | None,
    logged: Sequence[Entry],
    skipped: str | None,
    paused: bool,
    is_today: bool,
) -> str:
    """Return the state of a row in a few words."""
    if paused and not logged:
        return "paused"
    if skipped is not None and not logged:
        return f"skipped, {skipped}" if skipped else "skipped"
    if commitment.kind is Kind.EVENT:
        waiting = sum(entry.open for entry in logged)
        if waiting:
            return f"{waiting} waiting"
        return f"{len(logged)} noted" if logged else "when it comes"
    if occasion is None:
        return f"{len(logged)} logged" if logged else "not asked"
    if commitment.kind is Kind.AVOID:
        asked = "how was it?" if is_today else "not logged"
        return {State.KEPT: "clear", State.MISSED: HAPPENED}.get(occasion.state, asked)
    if commitment.worth.is_replies and (given := replies(logged).given):
        return say_replies(given)
    if occasion.state is State.NEUTRAL and not logged:
        return "not asked"
    if occasion.target > 1 or commitment.kind is Kind.MINUTES or commitment.limited_on(occasion.first):
        return say_amount(commitment, occasion)
    if occasion.state is State.KEPT:
        return "kept"
    if occasion.state is State.PARTLY:
        return "partly"
    return {State.OPEN: "open", State.NEUTRAL: "not asked"}.get(occasion.state, "not this time")
