"""Where occasions lie: the days, windows and periods that a commitment's plans lay out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

from tracker.domain.calendar import ONE_DAY, Calendar, Span, add_months
from tracker.domain.commitments import Plan
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


@dataclass(frozen=True, slots=True)
class Stretch:
    """A plan in force, from `begin`, when the plan before has run out, up to the day of the next."""

    plan: Plan
    begin: date
    anchor: date
    until: date | None


def stretches(plans: tuple[Plan, ...], calendar: Calendar) -> Iterator[Stretch]:
    """Yield the plans in force, oldest first.

    A new plan begins on its day, or after the occasion of the old plan that began before that day, or on that day
    itself where it says so. A change
    of target alone keeps the windows where they were.
    """
    free = date.min
    anchor: date | None = None
    before: Schedule | None = None
    for index, plan in enumerate(plans):
        until = _ends_before(plans[index + 1]) if index + 1 < len(plans) else None
        begin = max(plan.start, free)
        if anchor is None or plan.schedule != before or plan.anchor is not None:
            anchor = plan.anchor or begin
        before = plan.schedule
        stretch = Stretch(plan, begin, anchor, until)
        if until is not None and until <= begin:
            continue
        yield stretch
        if until is not None:
            for span in spans(stretch, calendar, until - ONE_DAY):
                if span.first < until:
                    free = max(free, span.last + ONE_DAY)
                break


def _ends_before(plan: Plan) -> date:
    """Return the day by which the occasions of the plan before have begun."""
    return plan.start + ONE_DAY if plan.after else plan.start


def spans(stretch: Stretch, calendar: Calendar, since: date) -> Iterator[Span]:
    """Yield the stretch's spans that end on `since` or later, oldest first; most have no end of their own."""
    since = max(since, stretch.begin)
    for span in _raw_spans(stretch, calendar, since):
        if stretch.until is not None and span.first >= stretch.until:
            return
        if span.last >= since:
            yield span if span.first >= stretch.begin else Span(stretch.begin, span.last, span.days)


def _raw_spans(stretch: Stretch, calendar: Calendar, since: date) -> Iterator[Span]:
    match stretch.plan.schedule:
        case Daily() | AtMost(period="day"):
            yield from (Span(day, day, 1) for day in _days(since))
        case Weekdays(days=named):
            yield from (Span(day, day, 1) for day in _days(since) if day.weekday() in named)
        case Quota(period=period) | Minutes(period=period) | AtMost(period=period):
            span = calendar.week(since) if period == "week" else calendar.month(since)
            while True:
                yield span
                if span.last == date.max:
                    return
                after = span.last + ONE_DAY
                span = calendar.week(after) if period == "week" else calendar.month(after)
        case Every(number=number, length="months"):
            yield from _month_windows(number, stretch.anchor, since)
        case Every(number=number, length=length):
            size = number * (7 if length == "weeks" else 1)
            first = since - timedelta(days=(since - stretch.anchor).days % size)
            while first <= date.max - timedelta(days=size):
                yield Span(first, first + timedelta(days=size - 1), size)
                first += timedelta(days=size)
        case Once(by=by):
            yield _once(stretch, by)
        case Rule() as rule:
            for day in _rule_days(rule, stretch):
                if day >= since:
                    yield Span(day, day, 1)
        case OnEvent():
            return


def _days(since: date) -> Iterator[date]:
    day = since
    while day < date.max:
        yield day
        day += ONE_DAY


def _rule_days(rule: Rule, stretch: Stretch) -> Iterator[date]:
    """Yield the rule's days; those from the anchor on stay where they were if the start moved before it."""
    yield from takewhile(lambda day: day < stretch.anchor, rule.dates(min(stretch.begin, stretch.anchor)))
    yield from rule.dates(stretch.anchor)


def _month_windows(number: int, anchor: date, since: date) -> Iterator[Span]:
    """Yield windows of `number` months, each counted from the anchor itself so that the 31st is not lost."""
    index = ((since.year - anchor.year) * 12 + since.month - anchor.month) // number
    if add_months(anchor, index * number) > since:
        index -= 1
    while True:
        first = add_months(anchor, index * number)
        after = add_months(anchor, (index + 1) * number)
        yield Span(first, after - ONE_DAY, (after - first).days)
        index += 1


def _once(stretch: Stretch, by: date | None) -> Span:
    if by is not None:
        last = max(by, stretch.begin)
    elif stretch.until is not None:
        last = stretch.until - ONE_DAY
    else:
        last = date.max
    return Span(stretch.begin, last, 1)
