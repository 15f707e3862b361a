"""The signs of a month, step by step: what I do, what happens between us, and what it becomes.

Private answers are never counted, and nothing that a partner answered is among it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.catalogue import reviews, roles
from tracker.domain.calendar import ONE_DAY, Span
from tracker.domain.counting.measures import course, forecasts, funnel, level, needs, told_in_time
from tracker.domain.records import Entry
from tracker.domain.reviews import Review
from tracker.domain.text import discreet_mode
from tracker.ledger.workspace import Workspace
from tracker.services.reviews.period_summary import figures_in, harm_in, planned_in, promises_in

THEIRS = frozenset({("s4", "what it becomes")})
"""The columns that are a partner's to say, with the four dials."""
STAYED = ("stayed", "asked_for_pause")


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area of a month: what each column means, and what was counted for it."""

    step: str
    name: str
    leading: str
    middle: str
    lagging: str
    counted: tuple[str, ...]
    between: tuple[str, ...]
    becomes: tuple[str, ...]

    @property
    def _columns(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        return (
            ("what I do", self.leading, self.counted),
            ("between us", self.middle, self.between),
            ("what it becomes", self.lagging, self.becomes),
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what has a value, in plain lines below its name; nothing where nothing was counted.

        Told discreetly it is the counts of commitments alone: what stands beside them says what all this is about.
        """
        if discreet_mode.is_drawn():
            return tuple(f"  {each}" for each in self.counted)
        return tuple(
            line
            for name, about, found in self._columns
            if found
            for line in (f"  {name}: {about}", *(f"    {each}" for each in found))
        )

    @property
    def missing(self) -> str:
        """Return what of it was not logged: its name alone for all of it, nothing where each column has a value.

        What is a partner's to say is never missed.
        """
        asked = [each for each in self._columns if (self.step, each[0]) not in THEIRS]
        names = [name for name, _, found in asked if not found]
        if not names or len(names) == len(asked):
            return self.name if names else ""
        return f"{self.name} ({', '.join(names)})"


def said_of(areas: Sequence[AreaLine]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return a month's areas that have a value, each by name with its lines, and one line of what was not logged."""
    shown = [(discreet_mode.step_name(area.step, area.name), area.lines) for area in areas if area.lines]
    missing = "" if discreet_mode.is_drawn() else ", ".join(area.missing for area in areas if area.missing)
    return (*shown, *([("", (f"Not logged yet: {missing}.",))] if missing else []))


def month_table(workspace: Workspace, day: date | None = None) -> tuple[AreaLine, ...]:
    """Return the six areas of a month."""
    span = Review.MONTH.span(day or workspace.today, workspace.ledger.calendar)
    return tuple(
        AreaLine(
            area.step,
            area.name,
            area.leading,
            area.middle,
            area.lagging,
            counted=tuple(_leading(workspace, area.step, span)),
            between=tuple(line for line in _middle(workspace, area.step, span) if line),
            becomes=tuple(line for line in _lagging(workspace, area.step, span) if line),
        )
        for area in reviews().areas
    )


def _entries(workspace: Workspace, cid: str, span: Span) -> tuple[Entry, ...]:
    return workspace.ledger.record(cid).between(span.first, span.last)


def _answers(workspace: Workspace, cid: str, span: Span) -> list[Mapping[str, Any]]:
    return [each.fields for each in _entries(workspace, cid, span)]


def _numbers(workspace: Workspace, cid: str, span: Span, name: str) -> list[int]:
    """Return what one field was answered with, oldest first."""
    found = (each.get(name) for each in _answers(workspace, cid, span))
    return [each for each in found if type(each) is int]


def _told(words: str, said: str) -> str:
    return f"{words}: {said}" if said else ""


def _leading(workspace: Workspace, step: str, span: Span) -> Iterator[str]:
    for commitment in workspace.ledger.commitments():
        if commitment.step == step and not commitment.harm:
            figures = figures_in(workspace, commitment, span)
            if figures.occasions:
                yield f"{commitment.title}: {figures.kept} of {figures.occasions}"


def _middle(workspace: Workspace, step: str, span: Span) -> Iterator[str]:
    match step:
        case "s1":
            yield forecasts(_answers(workspace, roles.FORECASTS, span)).summary
        case "s2":
            for whose, side in needs(_answers(workspace, roles.NEEDS_LOG, span)).items():
                if side.voiced:
                    yield f"{whose}: heard {side.heard} of {side.voiced}, met or negotiated {side.met} of {side.voiced}"
        case "s3":
            if (decisions := workspace.ledger.get(roles.DECISIONS)) is not None:
                figures = figures_in(workspace, decisions, span)
                yield f"big decisions together: {figures.kept} of {figures.occasions}" if figures.occasions else ""
            yield told_in_time(_answers(workspace, roles.CONTACTS, span))
        case "s4":
            planned = planned_in(workspace, span)
            yield f"planned times: {planned.kept} of {planned.settled} kept" if planned.settled else ""
            yield f"planned minutes kept: {planned.minutes_kept:.0f} of {planned.minutes}" if planned.minutes else ""
            yield f"cancelled: {planned.cancelled}" if planned.cancelled else ""
            yield _told("promises", promises_in(workspace, span).summary)
        case "s5":
            repairs = sum(bool(each.credit) for each in _entries(workspace, roles.REPAIR, span))
            steps = funnel(
                _entries(workspace, roles.TRIGGERS, span), _entries(workspace, roles.TIME_OUT, span), repairs
            )
            yield ", ".join(f"{name} {number}" for name, number in steps) if any(n for _, n in steps) else ""
            yield _told("hours until it was put right", level(_numbers(workspace, roles.REPAIR, span, "hours_until")))
        case _:
            if (topics := workspace.ledger.get(roles.FOUR_TOPICS)) is not None:
                current = figures_in(workspace, topics, span).current
                yield f"topics touched: {current.done:.0f} of {current.target:.0f}" if current else ""
            for name, words in (("depth", "depth"), ("held_back", "held back"), ("felt_received", "felt received")):
                yield _told(words, level(_numbers(workspace, roles.WEEKLY_SHARE, span, name)))


def _lagging(workspace: Workspace, step: str, span: Span) -> Iterator[str]:
    match step:
        case "s1":
            yield _told("the old belief, 0 to 100", course(_numbers(workspace, roles.BELIEFS, span, "strength")))
            yield _told("kind words let in, 0 to 10", level(_numbers(workspace, roles.KIND_WORDS, span, "let_in")))
            withdrew = sum(
                each.outcome == outcome
                for cid, outcome in roles.WITHDRAWALS.items()
                for each in _entries(workspace, cid, span)
            )
            yield f"moments of withdrawal: {withdrew}" if withdrew else ""
        case "s2":
            yield _told(
                "weight of requests, 0 to 10", level(_numbers(workspace, roles.NEEDS_LOG, span, "my_overwhelm"))
            )
        case "s3":
            for name, words in (("trust", "trust, 0 to 10"), ("felt_trusted", "feeling trusted, 0 to 10")):
                yield _told(words, course(_numbers(workspace, roles.WEEKLY_LOOK, span, name)))
        case "s4":
            return
        case "s5":
            yield _harm(workspace, span)
        case _:
            yield _told("ease a day later, 0 to 10", level(_numbers(workspace, roles.WEEKLY_SHARE, span, "felt_later")))
            edges = [each.outcome for each in _entries(workspace, roles.EDGE_MOMENTS, span)]
            stayed = sum(outcome in STAYED for outcome in edges)
            yield f"edge moments stayed with: {stayed} of {len(edges)}" if edges else ""


def _harm(workspace: Workspace, span: Span) -> str:
    """Return the headline of all that may hurt somebody, and how often it happened the month before."""
    before = Review.MONTH.span(span.first - ONE_DAY, workspace.ledger.calendar)
    now, earlier = harm_in(workspace, span), harm_in(workspace, before)
    lines = [now.headline, f"the month before {earlier.happened} happened" if any((*now, *earlier)) else ""]
    return "; ".join(each for each in lines if each)
