"""Which kinds count on which schedules."""

from __future__ import annotations

import pytest

from tracker.domain.commitments import Kind, misfit
from tracker.domain.language.parsing import parse_schedule


@pytest.mark.parametrize(
    ("kind", "sentence", "target"),
    [
        (Kind.CHECK, "daily", 1),
        (Kind.CHECK, "mon wed", 1),
        (Kind.CHECK, "7 per week", 1),
        (Kind.CHECK, "31 per month", 1),
        (Kind.CHECK, "every 3 days", 3),
        (Kind.CHECK, "every 2 weeks", 14),
        (Kind.CHECK, "every 2 months", 56),
        (Kind.CHECK, "once", 1),
        (Kind.COUNT, "daily", 5),
        (Kind.COUNT, "20 per week", 1),
        (Kind.COUNT, "every 3 days", 9),
        (Kind.MINUTES, "daily", 15),
        (Kind.MINUTES, "120 min per week", 1),
        (Kind.AVOID, "daily", 1),
        (Kind.AVOID, "mon tue", 1),
        (Kind.AVOID, "rrule FREQ=DAILY;INTERVAL=2", 1),
        (Kind.TASK, "once", 4),
        (Kind.TASK, "once by 2026-12-24", 1),
        (Kind.EVENT, "on event", 1),
    ],
)
def test_a_kind_fits(kind: Kind, sentence: str, target: int) -> None:
    assert misfit(kind, parse_schedule(sentence), target) is None


@pytest.mark.parametrize(
    ("kind", "sentence", "target", "why"),
    [
        (Kind.EVENT, "daily", 1, "Events"),
        (Kind.CHECK, "on event", 1, "Events"),
        (Kind.AVOID, "on event", 1, "Events"),
        (Kind.AVOID, "3 per week", 1, "day by day"),
        (Kind.AVOID, "every 2 days", 1, "day by day"),
        (Kind.AVOID, "once", 1, "day by day"),
        (Kind.AVOID, "daily", 3, "no target"),
        (Kind.AVOID, "mon fri", 2, "no target"),
        (Kind.TASK, "daily", 1, "one time"),
        (Kind.MINUTES, "120 per week", 1, "'120 min per week'"),
        (Kind.MINUTES, "weekly", 1, "'120 min per week'"),
        (Kind.MINUTES, "monthly", 90, "'90 min per month'"),
        (Kind.MINUTES, "3 per week", 1, "'120 min per week'"),
        (Kind.CHECK, "120 min per week", 1, "The kind 'minutes' does"),
        (Kind.COUNT, "120 min per month", 1, "The kind 'minutes' does"),
        (Kind.CHECK, "8 per week", 1, "'count'"),
        (Kind.CHECK, "32 per month", 1, "'count'"),
        (Kind.CHECK, "daily", 2, "'count'"),
        (Kind.CHECK, "once", 2, "'count'"),
        (Kind.CHECK, "every 3 days", 4, "fewer"),
        (Kind.CHECK, "every 2 weeks", 15, "fewer"),
        (Kind.CHECK, "every 2 months", 60, "fewer"),
        (Kind.COUNT, "daily", 0, "1 or more"),
        (Kind.EVENT, "on event", 0, "1 or more"),
        (Kind.CHECK, "every 3 days", 0, "1 or more"),
    ],
)
def test_a_misfit_is_said_in_a_sentence(kind: Kind, sentence: str, target: int, why: str) -> None:
    reason = misfit(kind, parse_schedule(sentence), target)

    assert reason is not None
    assert why in reason
    assert reason.endswith(".")
