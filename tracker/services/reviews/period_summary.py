"""What a day, a week or a month held: numbers that are counted elsewhere, put side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.catalogue import roles, steps
from tracker.domain.calendar import Span
from tracker.domain.commitments import Commitment
from tracker.domain.counting.figures import Figures, count
from tracker.domain.counting.measures import Promises, promises
from tracker.domain.counting.moments import Moments, moments
from tracker.domain.counting.weeks import weeks_on_track
from tracker.domain.reviews import Review
from tracker.ledger.workspace import Workspace
from tracker.services.history.history import operations
from tracker.services.logging.followups import open_loops
from tracker.services.together.planned import Agenda, agenda
from tracker.services.views.day_rows import count_rows, day_view
from tracker.services.views.details import year

YEAR = timedelta(days=53 * 7)
CLOSING = ("answer", "let go")


@dataclass(frozen=True, slots=True)
class StepCount:
    """A step: how many of the occasions that were settled in the period were kept, without what may hurt somebody.

    Of a day, as Today tells it: how many of what it asks for are kept.
    """

    step: str
    name: str
    kept: int
    settled: int


@dataclass(frozen=True, slots=True)
class PeriodSummary:
    """What a period held; `weeks_on_track` is the streak of weeks as of today.

    Weeks on track and loops are None where only what may be shown was asked for: they count everything. `harm` is the
    headline of all that may hurt somebody; it is never shown to another, and a month tells it elsewhere.
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
    harm: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Return it in plain lines: counts, never a percentage."""
        lines = [f"{each.name}: {each.kept} of {each.settled} kept" for each in self.steps if each.settled]
        if not lines and not self.harm:
            lines = ["Nothing was settled in this time." if self.kind is not Review.DAY else "Nothing was asked."]
        if self.harm:
            lines.append(f"What may hurt somebody: {self.harm}")
        if self.weeks_on_track:
            lines.append(f"Weeks on track in a row: {self.weeks_on_track}")
        if self.planned_settled:
            lines.append(f"Planned times together: {self.planned_kept} of {self.planned_settled} kept")
        if self.promises.summary:
            lines.append(f"Words and deeds: {self.promises.summary}")
        if self.loops_closed or self.loops_open:
            lines.append(f"Questions answered or let go: {self.loops_closed}; still open: {self.loops_open}")
        return tuple(lines)


def summary_of(
    workspace: Workspace, kind: Review, day: date | None = None, *, shareable: bool = False
) -> PeriodSummary:
    """Return what a period held; with `shareable` only what a person is willing to show at all."""
    span = kind.span(day or workspace.today, workspace.ledger.calendar)
    lines = _of_day(workspace, span.first) if kind is Review.DAY else _of_period(workspace, span, shareable)
    planned = planned_in(workspace, span)
    return PeriodSummary(
        kind=kind,
        first=span.first,
        last=span.last,
        steps=tuple(lines),
        weeks_on_track=None if shareable else weeks_on_track(year(workspace, workspace.today - YEAR).weeks),
        planned_kept=planned.kept,
        planned_settled=planned.settled,
        promises=promises_in(workspace, span),
        loops_closed=None if shareable else _closed_in(workspace, span),
        loops_open=None if shareable else len(open_loops(workspace)),
        harm="" if shareable or kind is Review.MONTH else harm_in(workspace, span).headline,
    )


def harm_in(workspace: Workspace, span: Span) -> Moments:
    """Return the moments of all that may hurt somebody in a period."""
    watched = [each.id for each in workspace.ledger.commitments() if each.harm]
    return moments(entry for cid in watched for entry in workspace.ledger.record(cid).between(span.first, span.last))


def _of_day(workspace: Workspace, day: date) -> list[StepCount]:
    found = [(group, count_rows(group.rows)) for group in day_view(workspace, day).groups]
    return [StepCount(group.step, group.name, count.kept, count.asked) for group, count in found]


def _of_period(workspace: Workspace, span: Span, shareable: bool) -> list[StepCount]:
    counted: dict[str, list[Figures]] = {}
    for commitment in workspace.ledger.commitments():
        if may_be_shown(commitment) if shareable else not commitment.harm:
            counted.setdefault(commitment.step, []).append(figures_in(workspace, commitment, span))
    return [
        StepCount(step.id, step.name, sum(each.kept for each in found), sum(each.occasions for each in found))
        for step in steps()
        if (found := counted.get(step.id))
    ]


def _closed_in(workspace: Workspace, span: Span) -> int:
    """Return how many open questions were answered or let go in a period, and that was not undone."""
    everything = operations(workspace.full_store.events.values())
    closed = (each for each in everything if each.cmd in CLOSING and not each.undone)
    return sum(workspace.day_at(each.moment) in span for each in closed)


def may_be_shown(commitment: Commitment) -> bool:
    """Return whether anything about a commitment can be offered to be shared; what harms never is."""
    return not commitment.harm and commitment.details.get("share", "private") != "private"


def figures_in(workspace: Workspace, commitment: Commitment, span: Span) -> Figures:
    """Return the figures of the occasions that end in a period; what is kept early counts where it ends."""
    found = workspace.ledger.occasions(commitment.id, workspace.today, span.first)
    return count((each for each in found if each.last in span), min(workspace.today, span.last))


def planned_in(workspace: Workspace, span: Span) -> Agenda:
    """Return the planned times of a period."""
    return Agenda(tuple(each for each in agenda(workspace, span.first).past if each.day in span), ())


def promises_in(workspace: Workspace, span: Span) -> Promises:
    """Return the promises that were made for, or fell due in, a period."""
    return promises(
        each.outcome for each in workspace.ledger.record(roles.PROMISES).entries if (each.due or each.day) in span
    )
