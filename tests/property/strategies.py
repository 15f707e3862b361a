"""Commitments, records and calendars of every shape, for the laws of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from tracker.domain.calendar import Calendar, WeekStart
from tracker.domain.commitments import Commitment, Kind, Plan, misfit
from tracker.domain.records import CLEAR, HANDLED, LAPSE, Entry, Pause, Record
from tracker.domain.schedules import (
    AtMost,
    Daily,
    Every,
    Minutes,
    Once,
    OnEvent,
    Quota,
    Rule,
    Schedule,
    Weekdays,
)

ORIGIN = date(2023, 12, 11)
"""A Monday shortly before new year and a leap day."""

REACH = 100

RULES = (
    "FREQ=MONTHLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYDAY=5MO",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;COUNT=9",
    "FREQ=WEEKLY;UNTIL=20240130",
)


@dataclass(frozen=True)
class Case:
    """A commitment with what was logged for it, seen on a day."""

    commitment: Commitment
    entries: tuple[Entry, ...]
    skips: dict[date, str]
    pauses: tuple[Pause, ...]
    calendar: Calendar
    today: date

    @property
    def record(self) -> Record:
        return Record(self.entries, self.skips, self.pauses)


def days(first: int = 0, last: int = REACH) -> st.SearchStrategy[date]:
    return st.integers(first, last).map(lambda offset: ORIGIN + timedelta(days=offset))


weekdays = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(lambda named: Weekdays(tuple(named)))
every = st.one_of(
    st.builds(Every, st.integers(2, 10), st.just("days")),
    st.builds(Every, st.integers(2, 3), st.just("weeks")),
    st.builds(Every, st.integers(2, 3), st.just("months")),
)
quotas = st.builds(Quota, st.integers(1, 7), st.sampled_from(("week", "month")))
amounts = st.builds(Minutes, st.integers(1, 200), st.sampled_from(("week", "month")))
limits = st.builds(AtMost, st.integers(1, 9), st.sampled_from(("day", "week", "month")), st.booleans())
once = st.builds(Once, st.none() | days(-2, 60))
rules = st.sampled_from(RULES).map(Rule)

windowed: st.SearchStrategy[Schedule] = st.one_of(st.just(Daily()), weekdays, every, quotas, amounts)
any_schedule: st.SearchStrategy[Schedule] = st.one_of(windowed, once, rules, limits)

SCHEDULES: dict[Kind, st.SearchStrategy[Schedule]] = {
    Kind.CHECK: any_schedule,
    Kind.COUNT: any_schedule,
    Kind.MINUTES: any_schedule,
    Kind.AVOID: st.one_of(st.just(Daily()), weekdays, rules),
    Kind.TASK: once,
    Kind.EVENT: st.just(OnEvent()),
}


@st.composite
def plans(draw: st.DrawFn, kind: Kind, schedules: st.SearchStrategy[Schedule]) -> tuple[Plan, ...]:
    """Return one to four plans a kind can count on; now and then a plan changes its target alone."""
    starts = sorted(draw(st.lists(st.integers(0, 60), min_size=1, max_size=4, unique=True)))
    found: list[Plan] = []
    for index, offset in enumerate(starts):
        start = ORIGIN + timedelta(days=offset)
        schedule = found[-1].schedule if index > 0 and draw(st.booleans()) else draw(schedules)
        target = draw(st.integers(1, 4))
        if misfit(kind, schedule, target) is not None:
            target = 1
        if misfit(kind, schedule, target) is not None:
            schedule = Daily()
        moved = index == 0 and not isinstance(schedule, Once) and draw(st.booleans())
        anchor = start + timedelta(days=draw(st.integers(0, 9))) if moved else None
        found.append(Plan(start, schedule, target, anchor))
    return tuple(found)


@st.composite
def entries(draw: st.DrawFn, kind: Kind) -> tuple[Entry, ...]:
    """Return what a person might log, also before the start and twice a day."""
    found = []
    for index, day in enumerate(draw(st.lists(days(-5, REACH + 5), max_size=40))):
        written = draw(st.integers(0, 3))
        entry = Entry(id=f"e{index}", day=day, written=written)
        if kind is Kind.AVOID:
            outcome = draw(st.sampled_from((CLEAR, CLEAR, HANDLED, LAPSE)))
            entry = Entry(id=f"e{index}", day=day, written=written, outcome=outcome)
        elif kind is Kind.EVENT:
            credit = draw(st.sampled_from((0.0, 0.5, 1.0, 1.0, None)))
            due = draw(st.none() | days(0, REACH + 10))
            open_ = credit is None and draw(st.booleans())
            entry = Entry(id=f"e{index}", day=day, written=written, credit=credit, open=open_, due=due)
        elif kind is not Kind.CHECK:
            amount = float(draw(st.integers(1, 5 if kind is Kind.COUNT else 60)))
            entry = Entry(id=f"e{index}", day=day, written=written, amount=amount)
        found.append(entry)
    return tuple(found)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Return weeks that begin on one day, and now and then on another from some day on."""
    changes = sorted(draw(st.lists(st.integers(-20, 80), max_size=2, unique=True)))
    starts = []
    for offset in changes:
        since = ORIGIN + timedelta(days=offset)
        starts.append(WeekStart(since, since.weekday()))
    return Calendar(tuple(starts))


pauses = st.builds(
    lambda first, length: Pause(first, None if length is None else first + timedelta(days=length)),
    days(-5, REACH),
    st.sampled_from((0, 1, 3, 7, 20, 20, None)),
)


@st.composite
def cases(
    draw: st.DrawFn,
    kinds: tuple[Kind, ...] = tuple(Kind),
    schedules: st.SearchStrategy[Schedule] | None = None,
) -> Case:
    """Return a commitment of one of the kinds with a history of some weeks."""
    kind = draw(st.sampled_from(kinds))
    commitment = Commitment(
        id="c",
        title="A commitment",
        step="s1",
        kind=kind,
        plans=draw(plans(kind, SCHEDULES[kind] if schedules is None else schedules)),
    )
    return Case(
        commitment=commitment,
        entries=draw(entries(kind)),
        skips=dict.fromkeys(draw(st.lists(days(-5, REACH), max_size=12)), ""),
        pauses=tuple(draw(st.lists(pauses, max_size=2))),
        calendar=draw(calendars()),
        today=draw(days(0, REACH)),
    )
