"""Where occasions lie: the days, windows and periods that a commitment's plans lay out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tracker.domain.calendar import ONE_DAY, Calendar, Reach, Span
from tracker.domain.commitments import Plan
from tracker.domain.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Stretch(Reach):
    """A plan in force, from `begin`, when the plan before has run out, up to the day of the next."""

    plan: Plan


def stretches(plans: tuple[Plan, ...], calendar: Calendar) -> Iterator[Stretch]:
    """Yield the plans in force, oldest first.

    A new plan begins on its day, or after the occasion of the old plan that began before that day, or on that day
    itself where it says so. A change of target alone keeps the windows where they were.
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
        stretch = Stretch(begin, anchor, until, plan)
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
    for span in stretch.plan.schedule.spans(stretch, calendar, since):
        if stretch.until is not None and span.first >= stretch.until:
            return
        if span.last >= since:
            yield span if span.first >= stretch.begin else Span(stretch.begin, span.last, span.days)
