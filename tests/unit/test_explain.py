"""A consistency explains itself."""

from __future__ import annotations

import pytest

from tests.unit.histories import row
from tracker.domain.counting.explain import explain
from tracker.domain.counting.figures import count


def test_before_the_first_settled_occasion() -> None:
    told = explain(row("NO"), 1, 1.0)

    assert told.steps == ()
    assert told.now is None and told.if_skipped is None
    assert told.if_kept == pytest.approx(5.19225, abs=5e-6)
    assert told.if_missed == 0.0


def test_points_add_up_to_the_consistency() -> None:
    seen = row("KKMNPKO")
    told = explain(seen, 1, 1.0)

    assert told.now == count(seen).consistency
    assert sum(step.points for step in told.steps) == pytest.approx(told.now)
    assert [step.points > 0 for step in told.steps] == [True, True, False, True, True]
    assert [step.occasion for step in told.steps] == [one for one in seen if one.settled]


@pytest.mark.parametrize(("n", "spacing"), [(1, 1.0), (3, 7.0), (1, 30.0)])
def test_the_next_occasion_gives_what_was_foretold(n: int, spacing: float) -> None:
    seen = row("KKMK", n, spacing)
    told = explain(seen, n, spacing)

    assert told.if_kept == count(row("KKMKK", n, spacing)).consistency
    assert told.if_missed == count(row("KKMKM", n, spacing)).consistency
    assert told.if_skipped == told.now == count(row("KKMKN", n, spacing)).consistency


def test_only_the_last_are_shown() -> None:
    seen = row("KMKMKMKMKM")

    assert [step.occasion for step in explain(seen, 1, 1.0).steps] == seen[-7:]
    assert len(explain(seen, 1, 1.0, last=3).steps) == 3
