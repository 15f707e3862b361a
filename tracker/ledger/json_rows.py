"""The documented objects of the JSON outputs: one function an object, used by the shell and by the summary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.moments import Moments, first_lately, lately
from tracker.domain.counting.occasions import State
from tracker.domain.schedules import Minutes, Quota
from tracker.ledger.ledger import Ledger

PRICES = ("consistency", "kept", "occasions", "bounce_back_days")
"""The numbers that are never shown of harm, so that hurting somebody has no price."""
NUMBERS = ("streak", "best", *PRICES)
"""What a row of harm leaves out beside other rows."""


def measure_unit(commitment: Commitment) -> str:
    """Return what done and target are counted in: `minutes`, `days` or `times`."""
    if commitment.kind is Kind.MINUTES:
        return "minutes"
    quota = isinstance(commitment.plan.schedule, Quota | Minutes)
    return "days" if commitment.kind is Kind.CHECK and quota else "times"


def streak_row(ledger: Ledger, commitment: Commitment, today: date) -> Mapping[str, Any]:
    """Return a commitment's row as documented for `streaks --json`; of harm it has moments in place of numbers."""
    row = _row(ledger, commitment, today)
    if not commitment.harm:
        return row
    counted = lately(ledger.record(commitment.id, first_lately(today)), today)
    return {**row, **dict.fromkeys(NUMBERS), "earlier": [], "moments": moments_object(counted)}


def own_row(ledger: Ledger, commitment: Commitment, today: date) -> Mapping[str, Any]:
    """Return a commitment's row as its own page has it: there, and only there, a streak of harm stands too."""
    row = _row(ledger, commitment, today)
    return {**row, **dict.fromkeys(PRICES)} if commitment.harm else row


def moments_object(counted: Moments) -> Mapping[str, int]:
    """Return moments handled, moments when it happened, and those put right within a day, or later."""
    return {
        "handled": counted.handled,
        "lapses": counted.happened,
        "put_right": counted.put_right,
        "put_right_later": counted.later,
    }


def _row(ledger: Ledger, commitment: Commitment, today: date) -> Mapping[str, Any]:
    figures = ledger.figures(commitment.id, today)
    return {
        "commitment": commitment.id,
        "title": commitment.title,
        "step": commitment.step,
        "kind": commitment.kind.value,
        "schedule": commitment.plan_on(today).schedule.sentence,
        "unit": figures.unit,
        "streak": figures.streak,
        "best": figures.best,
        "earlier": [
            {"unit": each.unit, "streak": each.kept, "first": each.first.isoformat(), "last": each.last.isoformat()}
            for each in figures.closed
        ],
        "consistency": figures.consistency,
        "kept": figures.kept,
        "occasions": figures.occasions,
        "bounce_back_days": figures.bounce_back,
        "state": (figures.current.state if figures.current else State.NEUTRAL).value,
    }
