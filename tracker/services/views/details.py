"""Everything about one commitment: its numbers, why they are so, its calendar, plans and entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.domain.calendar import ONE_DAY
from tracker.domain.commitments import Commitment, Kind, Plan
from tracker.domain.counting.explain import Explanation, explain
from tracker.domain.counting.figures import Figures
from tracker.domain.counting.moments import Moments, moments
from tracker.domain.counting.occasions import Occasion, State
from tracker.domain.counting.weeks import Week, weeks
from tracker.domain.records import Entry, Pause
from tracker.ledger import codec, event_keys
from tracker.ledger.private_words import opened_plan
from tracker.ledger.workspace import Workspace
from tracker.services.history.versions import unsettled
from tracker.services.logging.notes import note_versions
from tracker.services.views.day_count import DayCount, count_day, counts_as, due_on
from tracker.services.views.day_rows import Row, row
from tracker.services.views.measures import insight


@dataclass(frozen=True, slots=True)
class Details:
    """One commitment with its whole history; `occasions` are oldest first."""

    row: Row
    occasions: tuple[Occasion, ...]
    explanation: Explanation
    entries: tuple[Entry, ...]
    skips: dict[date, str]
    pauses: tuple[Pause, ...]
    note_days: frozenset[date]
    total: float
    moments: Moments
    insights: tuple[str, ...]
    several: dict[date, int]
    """The days whose note two devices wrote without knowing of each other, each with how many versions there are."""
    if_then: str
    """Its if-then plan, a person's own too, as dots where Toward is discreet."""
    unsettled: tuple[str, ...]
    """Sentences about what else of it was changed on two devices."""

    @property
    def commitment(self) -> Commitment:
        """Return the commitment."""
        return self.row.commitment

    @property
    def figures(self) -> Figures:
        """Return its numbers."""
        return self.row.figures

    @property
    def plans(self) -> tuple[Plan, ...]:
        """Return its plans, oldest first."""
        return self.commitment.plans

    def days(self) -> dict[date, tuple[State, float]]:
        """Return state and credit of every day that lies in an occasion, up to the day shown."""
        found: dict[date, tuple[State, float]] = {}
        for occasion in self.occasions:
            day = occasion.first
            while day <= min(occasion.last, self.row.day):
                found[day] = (occasion.state, occasion.credit)
                day += ONE_DAY
        return found

    def logged_days(self) -> dict[date, float]:
        """Return what was logged on each day, in the commitment's measure."""
        found: dict[date, float] = {}
        for entry in self.entries:
            found[entry.day] = found.get(entry.day, 0.0) + entry.amount
        return found


def details(workspace: Workspace, commitment: Commitment) -> Details:
    """Return everything about one commitment as of today."""
    today = workspace.today
    cid = commitment.id
    commitment = workspace.ledger.get(cid) or commitment
    record = workspace.ledger.record(cid)
    occasions = tuple(workspace.ledger.occasions(cid, today))
    plan = commitment.plan_on(today)
    notes = [codec.read_day(event_keys.split(key)[2]) for key, _ in workspace.ledger.values(cid, "note")]
    days = frozenset(day for day in notes if day is not None)
    aside = [day for day in days if workspace.full_store.concurrent(event_keys.note(cid, day))]
    several = {day: len(note_versions(workspace, cid, day)) for day in sorted(aside)}
    return Details(
        row=row(workspace, commitment, today),
        occasions=occasions,
        explanation=explain(occasions, plan.schedule.n, plan.schedule.spacing(plan.anchor or plan.start)),
        entries=record.entries,
        skips=dict(record.skips),
        pauses=record.pauses,
        note_days=days,
        total=sum(entry.amount for entry in record.entries),
        moments=moments(record.entries),
        insights=insight(workspace, commitment),
        several={day: count for day, count in several.items() if count > 1},
        if_then=opened_plan(workspace.ledger.facts(cid)),
        unsettled=tuple(unsettled(workspace, cid)),
    )


@dataclass(frozen=True, slots=True)
class Year:
    """How much of what was asked was kept, day by day and week by week, over all commitments."""

    days: dict[date, DayCount]
    weeks: tuple[Week, ...]


def year(workspace: Workspace, first: date) -> Year:
    """Return the number of each day from `first` on, as Today tells it, and all weeks; events make neither."""
    today = workspace.today
    states: dict[date, list[State]] = {}
    timed: list[Occasion] = []
    for commitment in workspace.ledger.commitments():
        if commitment.kind is Kind.EVENT:
            continue
        record = workspace.ledger.record(commitment.id)
        for occasion in workspace.ledger.occasions(commitment.id, today, first):
            day = max(first, occasion.first)
            while day <= min(occasion.last, today):
                if due_on(commitment, record, occasion, day):
                    states.setdefault(day, []).append(counts_as(commitment, occasion))
                day += ONE_DAY
            if occasion.settled and occasion.last >= first:
                timed.append(occasion)
    days = {day: count_day(found) for day, found in sorted(states.items())}
    return Year(days, weeks(timed, workspace.ledger.calendar, today))
