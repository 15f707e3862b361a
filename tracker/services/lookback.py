"""What a day, a week or a month held: numbers that are counted elsewhere, put side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tracker.catalogue import reviews, steps
from tracker.domain.calendar import Span
from tracker.domain.commitments import Commitment
from tracker.domain.figures import Figures, count
from tracker.domain.insights import Promises, forecasts, funnel, needs, promises
from tracker.domain.records import Entry
from tracker.domain.reviews import Review
from tracker.domain.weeks import weeks_on_track
from tracker.services.details import year
from tracker.services.forms import answers_of
from tracker.services.history import operations
from tracker.services.loops import open_loops
from tracker.services.planned import Agenda, agenda
from tracker.services.toward import Toward

YEAR = timedelta(days=53 * 7)
CLOSING = ("answer", "let go")
FORECAST, NEEDS, DECISIONS = "s1.fear-forecast", "s2.needs-log", "s3.decide-together"
PROMISES, TRIGGER, TIME_OUT, REPAIR = "s4.promise-keeper", "s5.trigger-log", "s5.time-out", "s5.repair"
TOPICS = "s6.four-topics"


@dataclass(frozen=True, slots=True)
class StepCount:
    """A step: how many of the occasions that were settled in the period were kept."""

    step: str
    name: str
    kept: int
    settled: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a period held; `weeks_on_track` is the run of weeks as of today.

    Weeks on track and loops are None where only what may be shown was asked for: they count everything.
    """

    kind: Review
    first: date
    last: date
    steps: tuple[StepCount, ...]
    weeks_on_track: int | None
    planned_kept: int
    planned_settled: int
    promises: Promises
    loops_closed: int | None
    loops_open: int | None

    @property
    def said(self) -> tuple[str, ...]:
        """Return it in plain lines: counts, never a percentage."""
        lines = [f"{each.name}: {each.kept} of {each.settled} kept" for each in self.steps if each.settled]
        if not lines:
            lines = ["Nothing was settled in this time."]
        if self.weeks_on_track:
            lines.append(f"Weeks on track in a row: {self.weeks_on_track}")
        if self.planned_settled:
            lines.append(f"Planned times together: {self.planned_kept} of {self.planned_settled} kept")
        if self.promises.said:
            lines.append(f"Words and deeds: {self.promises.said}")
        if self.loops_closed or self.loops_open:
            lines.append(f"Questions answered or let go: {self.loops_closed}; still open: {self.loops_open}")
        return tuple(lines)


def summary_of_week(toward: Toward, day: date | None = None, *, shareable: bool = False) -> Summary:
    """Return what the week of a day held, this week's if none is given."""
    return summary_of(toward, Review.WEEK, day, shareable=shareable)


def summary_of(toward: Toward, kind: Review, day: date | None = None, *, shareable: bool = False) -> Summary:
    """Return what a period held; with `shareable` only what a person is willing to show at all."""
    toward.complete()
    span = kind.span(day or toward.today, toward.book.calendar)
    counted: dict[str, list[Figures]] = {}
    for commitment in toward.book.commitments():
        if not shareable or may_be_shown(commitment):
            counted.setdefault(commitment.step, []).append(figures_in(toward, commitment, span))
    lines = [
        StepCount(step.id, step.name, sum(each.kept for each in found), sum(each.occasions for each in found))
        for step in steps()
        if (found := counted.get(step.id))
    ]
    planned = planned_in(toward, span)
    return Summary(
        kind=kind,
        first=span.first,
        last=span.last,
        steps=tuple(lines),
        weeks_on_track=None if shareable else weeks_on_track(year(toward, toward.today - YEAR).weeks),
        planned_kept=planned.kept,
        planned_settled=planned.settled,
        promises=promises_in(toward, span),
        loops_closed=None if shareable else _closed_in(toward, span),
        loops_open=None if shareable else len(open_loops(toward)),
    )


def _closed_in(toward: Toward, span: Span) -> int:
    """Return how many open questions were answered or let go in a period, and that was not undone."""
    closed = (each for each in operations(toward.store.events.values()) if each.cmd in CLOSING and not each.undone)
    return sum(toward.day_at(each.moment) in span for each in closed)


def may_be_shown(commitment: Commitment) -> bool:
    """Return whether anything about a commitment can be offered to be shared; what harms never is."""
    return not commitment.harm and commitment.details.get("share", "private") != "private"


def figures_in(toward: Toward, commitment: Commitment, span: Span) -> Figures:
    """Return the figures of the occasions that end in a period; what is kept early counts where it ends."""
    found = toward.book.occasions(commitment.id, toward.today, span.first)
    return count((each for each in found if each.last in span), min(toward.today, span.last))


def planned_in(toward: Toward, span: Span) -> Agenda:
    """Return the planned times of a period."""
    return Agenda(tuple(each for each in agenda(toward, span.first).past if each.day in span), ())


def promises_in(toward: Toward, span: Span) -> Promises:
    """Return the promises that were made for, or fell due in, a period."""
    return promises(each.outcome for each in toward.book.record(PROMISES).entries if (each.due or each.day) in span)


def _entries(toward: Toward, cid: str, span: Span) -> tuple[Entry, ...]:
    return toward.book.record(cid).between(span.first, span.last)


def _answers(toward: Toward, cid: str, span: Span) -> list[dict[str, Any]]:
    return [answers_of(toward, each.id) for each in _entries(toward, cid, span)]


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area of a month: what each column means, and what was counted for the first two."""

    step: str
    name: str
    leading: str
    middle: str
    lagging: str
    counted: tuple[str, ...]
    between: tuple[str, ...]


def month_table(toward: Toward, day: date | None = None) -> tuple[AreaLine, ...]:
    """Return the six areas of a month. What it becomes is asked, not counted."""
    toward.complete()
    span = Review.MONTH.span(day or toward.today, toward.book.calendar)
    return tuple(
        AreaLine(
            area.step,
            area.name,
            area.leading,
            area.middle,
            area.lagging,
            counted=tuple(_leading(toward, area.step, span)),
            between=tuple(line for line in _middle(toward, area.step, span) if line),
        )
        for area in reviews().areas
    )


def _leading(toward: Toward, step: str, span: Span) -> Iterable[str]:
    for commitment in toward.book.commitments():
        if commitment.step == step and not commitment.harm:
            figures = figures_in(toward, commitment, span)
            if figures.occasions:
                yield f"{commitment.title}: {figures.kept} of {figures.occasions}"


def _middle(toward: Toward, step: str, span: Span) -> Iterable[str]:
    match step:
        case "s1":
            yield forecasts(_answers(toward, FORECAST, span)).said
        case "s2":
            for whose, side in needs(_answers(toward, NEEDS, span)).items():
                if side.voiced:
                    yield f"{whose}: heard {side.heard} of {side.voiced}, met or negotiated {side.met} of {side.voiced}"
        case "s3":
            if (decisions := toward.book.get(DECISIONS)) is not None:
                figures = figures_in(toward, decisions, span)
                yield f"big decisions together: {figures.kept} of {figures.occasions}" if figures.occasions else ""
        case "s4":
            planned, told = planned_in(toward, span), promises_in(toward, span).said
            yield f"planned times: {planned.kept} of {planned.settled} kept" if planned.settled else ""
            yield f"promises: {told}" if told else ""
        case "s5":
            outcomes = [each.outcome for each in _entries(toward, TIME_OUT, span)]
            steps_ = funnel(_answers(toward, TRIGGER, span), outcomes, len(_entries(toward, REPAIR, span)))
            yield ", ".join(f"{name} {number}" for name, number in steps_) if any(n for _, n in steps_) else ""
        case _:
            if (topics := toward.book.get(TOPICS)) is not None:
                current = figures_in(toward, topics, span).current
                yield f"topics touched: {current.done:.0f} of {current.target:.0f}" if current else ""
