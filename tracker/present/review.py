"""A review as it is gone through: where it stands, and what its part says, counts, asks and opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.domain.reviews import EFFORT, Part, Review
from tracker.ledger.workspace import Workspace
from tracker.present.day import span_name
from tracker.services.reviews import month_report, partner, reviews
from tracker.services.reviews.month_report import AreaLine
from tracker.services.reviews.period_summary import PeriodSummary, summary_of

Counts = tuple[tuple[str, tuple[str, ...]], ...]
"""What a period held in parts, each a heading, or none, with its lines."""


@dataclass(frozen=True, slots=True)
class Course:
    """A review as it stands, with what its part shows; of a partner's answers only what has opened, in its part.

    `summary` is None in a part that counts nothing, and `opened` is None before one's own side is submitted,
    and `shares` says whether there is a line that could be shared.
    """

    now: reviews.ReviewProgress
    texts: tuple[str, ...]
    summary: PeriodSummary | None
    areas: tuple[AreaLine, ...]
    submitted: bool
    opened: partner.Reveal | None
    shares: bool

    def known(self, part: Part) -> dict[str, Any]:
        """Return what a part was answered with until now."""
        return {field.name: self.now.answers[field.name] for field in part.fields if field.name in self.now.answers}

    @property
    def place(self) -> str:
        """Return which part it is at: `part 2 of 5`; nothing once all were gone through."""
        return f"part {len(self.now.done) + 1} of {len(self.now.script.parts)}" if self.now.part else ""

    @property
    def head(self) -> str:
        """Return the part by its place and title, with the minutes it takes."""
        part = self.now.part
        return f"{self.place.capitalize()}: {part.title} ({part.minutes} min)" if part else ""

    @property
    def finished(self) -> str:
        """Return when it was finished; nothing where it was not."""
        finished = self.now.finished
        return f"Finished on {finished.day} {finished:%B}." if finished else ""

    @property
    def counts(self) -> Counts:
        """Return what the period held, as `counts_of` does; nothing in a part that counts nothing."""
        return counts_of(self.summary, self.areas) if self.summary is not None else ()

    @property
    def ratings(self) -> tuple[str, ...]:
        """Return whether one's own side is submitted, and what has opened; one's own numbers stand nowhere before."""
        if not self.submitted:
            return ("· Your side is not sealed yet.",)
        opened = () if self.opened is None else opened_lines(self.opened)
        return "✓ Your side is sealed.", *opened


def course(workspace: Workspace, kind: Review, day: date, at: Part | None = None) -> Course:
    """Return where the review of a day's period stands, as if it were `at` that part where one is given."""
    now = reviews.progress(workspace, kind, day)
    now = replace(now, part=at or now.part)
    part = now.part
    rates = part is not None and (part.rates or part.dials)
    submitted = rates and partner.own(workspace, kind, day) is not None
    summary, areas = period(workspace, kind, day) if part is None or part.counts else (None, ())
    return Course(
        now=now,
        texts=reviews.told(workspace, part) if part is not None else (),
        summary=summary,
        areas=areas,
        submitted=submitted,
        opened=partner.reveal(workspace, kind, day) if submitted and kind is not Review.WEEK else None,
        shares=bool(reviews.offers(workspace, kind, day)),
    )


def period(workspace: Workspace, kind: Review, day: date | None) -> tuple[PeriodSummary, tuple[AreaLine, ...]]:
    """Return what a period held, and of a month its areas."""
    summary = summary_of(workspace, kind, day, shareable=kind is Review.TOGETHER)
    return summary, month_report.month_table(workspace, day) if kind is Review.MONTH else ()


def counts_of(summary: PeriodSummary, areas: Sequence[AreaLine]) -> Counts:
    """Return what a period held, its days in the first line."""
    held = (span_name(summary.first, summary.last), *(f"  {line}" for line in summary.lines))
    return ("", held), *month_report.said_of(areas)


def opened_lines(opened: partner.Reveal) -> tuple[str, ...]:
    """Return both sides beside each other, or that one of them is missing."""
    return (*opened.lines, *(() if opened.open else (EFFORT,)))
