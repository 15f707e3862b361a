"""The heart: a commitment and what was logged for it yield occasions, and every number comes from them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby, takewhile
from math import ceil, fsum
from typing import NamedTuple, assert_never

from tracker.domain.calendar import ONE_DAY, Calendar, Span
from tracker.domain.commitments import Commitment, Kind, Plan
from tracker.domain.counting.slots import Stretch, spans, stretches
from tracker.domain.counting.worth import Worth
from tracker.domain.records import CLEAR, HANDLED, LAPSE, Entry, Record, total
from tracker.domain.schedules import AtMost, Daily, Every, Minutes, Once, OnEvent, Quota, Rule, Schedule, Unit, Weekdays

LATE_CREDIT = 0.5
QUIET, FEWEST, FOLLOWING = 16, 32, 16
"""So many quiet occasions before a run is looked for, the fewest steps of one, and the steps kept behind it."""


class State(StrEnum):
    """What became of an occasion; settled means neither open nor neutral."""

    KEPT = "kept"
    PARTLY = "partly"
    MISSED = "missed"
    OPEN = "open"
    NEUTRAL = "neutral"


SETTLED = frozenset({State.KEPT, State.PARTLY, State.MISSED})
LOST = frozenset({State.PARTLY, State.MISSED})


@dataclass(frozen=True, slots=True)
class Occasion:
    """One chance to keep a commitment.

    `done` and `target` are in the commitment's own measure (days, times or minutes), `credit` is 0..1, `n`
    and `spacing` (days) are the nominal frequency that consistency is smoothed with.
    """

    first: date
    last: date
    state: State
    done: float
    target: float
    credit: float
    n: int
    spacing: float
    unit: Unit

    @property
    def settled(self) -> bool:
        """Return whether it counts in any number."""
        return self.state in SETTLED


def occasions(
    commitment: Commitment,
    record: Record,
    today: date,
    calendar: Calendar | None = None,
    since: date = date.min,
) -> Iterator[Occasion]:
    """Yield the occasions that began by `today` and end on `since` or later, oldest first.

    Events come in the order they happened or fell due, then in the order they were written.
    """
    calendar = calendar or Calendar()
    for stretch in _begun(commitment, today, calendar):
        if isinstance(stretch.plan.schedule, OnEvent):
            yield from _events(stretch, record, today, since, commitment.worth)
            continue
        yield from (each for _, each in _found(commitment, stretch, record, today, calendar, since))


def _begun(commitment: Commitment, today: date, calendar: Calendar) -> Iterator[Stretch]:
    """Return the stretches that began by `today`, oldest first; none of a commitment that does not count."""
    found = stretches(commitment.plans, calendar) if commitment.counts else ()
    return takewhile(lambda stretch: stretch.begin <= today, found)


class Run(NamedTuple):
    """Occasions one after the other that differ in nothing but their days: the first, how many, and the last day."""

    occasion: Occasion
    times: int = 1
    last: date = date.min


def runs(
    commitment: Commitment,
    record: Record,
    today: date,
    calendar: Calendar | None = None,
    since: date = date.min,
    before: date = date.max,
) -> Iterator[Run]:
    """Yield what `occasions` does, and where nothing happened for long one run, so that a century costs no more.

    A run ends before `today` and `before`, and more occasions than a strip shows follow it one by one.
    """
    calendar = calendar or Calendar()
    for stretch in _begun(commitment, today, calendar):
        if isinstance(stretch.plan.schedule, OnEvent):
            yield from map(Run, _events(stretch, record, today, since, commitment.worth))
            continue
        at: date | None = since
        while at is not None:
            at = yield from _on_to_a_run(commitment, stretch, record, today, calendar, at, before)


def _on_to_a_run(
    commitment: Commitment,
    stretch: Stretch,
    record: Record,
    today: date,
    calendar: Calendar,
    since: date,
    before: date,
) -> Generator[Run, None, date | None]:
    """Yield the occasions of a stretch up to the first run, and that; return the day to go on from, None at the end."""
    schedule, quiet = stretch.plan.schedule, 0
    limit = min(today, before, stretch.until or date.max) - ONE_DAY
    for span, occasion in _found(commitment, stretch, record, today, calendar, since):
        whole = (span.last - span.first).days + 1 == span.days
        if quiet >= QUIET and whole and (run := _run_from(schedule, span, record, calendar, limit)):
            times, last, after = run
            yield Run(occasion, times, last)
            return after
        quiet = quiet + 1 if whole and not occasion.done else 0
        yield Run(occasion)
    return None


def _run_from(
    schedule: Schedule, span: Span, record: Record, calendar: Calendar, limit: date
) -> tuple[int, date, date] | None:
    """Return how many spans from one on are alike, the last day of them, and the day after, or None for too few."""
    stride = schedule.stride(span)
    if stride is None:
        return None
    end, (step, each) = record.same_until(span.first, limit), stride
    if schedule.whole(span.first, calendar) and (turn := calendar.turns(span.first)):
        end = min(end, turn - ONE_DAY)
    steps = ((end - span.first).days + 1) // step - FOLLOWING
    if steps < FEWEST:
        return None
    after = span.first + timedelta(days=steps * step)
    return steps * each, schedule.last_before(after), after


def _found(
    commitment: Commitment, stretch: Stretch, record: Record, today: date, calendar: Calendar, since: date
) -> Iterator[tuple[Span, Occasion]]:
    """Yield the spans of a stretch that began by `today` and end on `since` or later, with what became of them."""
    schedule = stretch.plan.schedule
    n, spacing, unit = schedule.n, schedule.spacing(stretch.anchor), schedule.unit
    limited = isinstance(schedule, AtMost)
    for span in spans(stretch, calendar, since):
        if span.first > today:
            break
        state, done, target, credit = _judge(commitment, stretch, span, record, today)
        if (state in LOST or (limited and state is State.KEPT)) and _hardly_began(stretch, span, calendar):
            state = State.NEUTRAL
        yield span, Occasion(span.first, span.last, state, done, target, credit, n, spacing, unit)


def _events(stretch: Stretch, record: Record, today: date, since: date, worth: Worth) -> Iterator[Occasion]:
    """Yield an occasion for each event; one without an outcome is open, and silence never makes it missed."""
    for entry in sorted(record.entries, key=lambda entry: entry.when):
        day = entry.due or entry.day
        if entry.credit is None and not entry.open:
            continue
        if day < max(stretch.begin, since) or (stretch.until is not None and day >= stretch.until):
            continue
        if entry.day > today:
            continue
        credit = 0.0 if entry.open or entry.credit is None else min(entry.credit, worth.most(entry.fields))
        state = State.OPEN if entry.open else settled_state(credit)
        yield Occasion(day, day, state, credit, 1.0, credit, 1, 1.0, "times")


def settled_state(credit: float) -> State:
    """Return the state of an occasion that is over, from its credit (0..1)."""
    if credit >= 1:
        return State.KEPT
    return State.PARTLY if credit > 0 else State.MISSED


def _hardly_began(stretch: Stretch, span: Span, calendar: Calendar) -> bool:
    """Return whether a span is a plan's first week or month, with fewer than half of its days left at the start.

    A limit is kept by silence, so there even a kept one says nothing yet.
    """
    whole = stretch.plan.schedule.whole(span.last, calendar)
    if whole is None or not whole.first < stretch.begin == span.first:
        return False
    return 2 * ((span.last - span.first).days + 1) < (whole.last - whole.first).days + 1


Judgement = tuple[State, float, float, float]


def _judge(commitment: Commitment, stretch: Stretch, span: Span, record: Record, today: date) -> Judgement:
    plan = stretch.plan
    if commitment.kind is Kind.AVOID:
        return _judge_avoid(record, span.first, today)
    match plan.schedule:
        case Daily() | Weekdays() | Every() | Quota() | Minutes() | Rule() | OnEvent():
            pass
        case Once(by=by):
            return _judge_once(commitment, plan, span, record, today, cut=by is None)
        case AtMost() as limit:
            return _judge_at_most(commitment, limit, span, record, today)
        case other:
            assert_never(other)
    entries = record.between(span.first, span.last)
    done = measure(commitment, entries)
    asked = record.days_asked(span.first, span.last)
    target: float = plan_target(plan)
    if not plan.schedule.due_by_day:
        target = float(ceil(target * asked / span.days)) if asked else 0.0
    elif not asked if not entries else entries[0].neutral and all(entry.neutral for entry in entries):
        target = 0.0
    if not target:
        return State.NEUTRAL, done, 0.0, 0.0
    credit = min(1.0, done / target)
    if credit < 1 and span.last >= today:
        return State.OPEN, done, target, credit
    return settled_state(credit), done, target, credit


def plan_target(plan: Plan) -> float:
    """Return what a whole window asks for: a quota's own number, else the plan's target."""
    return float(plan.target if plan.schedule.target is None else plan.schedule.target)


def shortened(commitment: Commitment, occasion: Occasion, calendar: Calendar) -> tuple[float, bool] | None:
    """Return what a whole window asks for, and whether this one began after its first day; None for a whole one."""
    plan = commitment.plan_of(occasion.first)
    whole = plan_target(plan)
    if not 0 < occasion.target < whole:
        return None
    period = plan.schedule.whole(occasion.first, calendar)
    return whole, period is not None and period.first < occasion.first


def measure(commitment: Commitment, entries: tuple[Entry, ...]) -> float:
    """Return what entries add up to: distinct days, distinct values of a field, times or minutes."""
    if commitment.distinct is not None:
        name = commitment.distinct
        return float(len({str(entry.fields[name]) for entry in entries if name in entry.fields}))
    if commitment.kind is Kind.CHECK:
        if len(entries) < 2:
            # So it is on nearly every day of ten years.
            return commitment.worth.of_day(entries) if entries else 0.0
        days = groupby(entries, key=lambda entry: entry.day)
        return fsum(commitment.worth.of_day(tuple(found)) for _, found in days)
    if commitment.kind is Kind.COUNT:
        return fsum(entry.amount * commitment.worth.most(entry.fields) for entry in entries)
    return total(entries)


def _judge_at_most(commitment: Commitment, schedule: AtMost, span: Span, record: Record, today: date) -> Judgement:
    """Judge a limit: open until its last day is over, then kept if the sum stayed within it; above it, at once.

    Credit falls with what is too much, v = max(0, 1 - (done - limit) / limit), the score Loop Habit Tracker gives a
    numerical habit of the type "at most". A day off never tightens the limit of a week; only a late start does.
    """
    entries = record.between(span.first, span.last)
    done = measure(commitment, entries)
    limit = float(ceil(schedule.number * ((span.last - span.first).days + 1) / span.days))
    if not entries and not record.days_asked(span.first, span.last):
        return State.NEUTRAL, done, limit, 0.0
    if done > limit:
        credit = max(0.0, 1 - (done - limit) / limit)
        return settled_state(credit), done, limit, credit
    if span.last >= today:
        return State.OPEN, done, limit, 0.0
    return State.KEPT, done, limit, 1.0


def _judge_avoid(record: Record, day: date, today: date) -> Judgement:
    """Judge a day of something to avoid: a lapse wins over all else, and a day nobody logged is neutral."""
    outcomes = {entry.outcome for entry in record.on(day)}
    if LAPSE in outcomes:
        return State.MISSED, 0.0, 1.0, 0.0
    if outcomes & {CLEAR, HANDLED}:
        return State.KEPT, 1.0, 1.0, 1.0
    if day >= today and not record.excused(day):
        return State.OPEN, 0.0, 1.0, 0.0
    return State.NEUTRAL, 0.0, 1.0, 0.0


def _judge_once(commitment: Commitment, plan: Plan, span: Span, record: Record, today: date, *, cut: bool) -> Judgement:
    """Judge the only occasion: after its last day it is missed, and done late is worth half."""
    target = plan_target(plan)
    credit = min(1.0, measure(commitment, record.between(span.first, span.last)) / target)
    done = measure(commitment, record.between(span.first, today))
    if credit >= 1:
        return State.KEPT, done, target, 1.0
    if today <= span.last:
        asked = today < span.last or record.days_asked(span.first, span.last)
        return (State.OPEN if asked else State.NEUTRAL), done, target, credit
    if cut or not record.days_asked(span.first, span.last):
        return State.NEUTRAL, done, target, credit
    if done >= target:
        credit = max(credit, LATE_CREDIT)
    return settled_state(credit), done, target, credit
