"""Streak, best, consistency and bounce-back as folds over occasions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.histories import MONDAY, row
from tracker.domain.figures import STRIP_LENGTH, Tally, count, memory, score_before
from tracker.domain.occasions import State, settled_state


@pytest.mark.parametrize(
    ("history", "streak", "best", "kept", "settled", "bounce_back"),
    [
        ("", 0, 0, 0, 0, None),
        ("O", 0, 0, 0, 0, None),
        ("NNO", 0, 0, 0, 0, None),
        ("KKK", 3, 3, 3, 3, None),
        ("KKM", 0, 2, 2, 3, None),
        ("KKP", 0, 2, 2, 3, None),
        ("NKNKNO", 2, 2, 2, 2, None),
        ("MMMK", 1, 1, 1, 4, 3),
        ("KMPNK", 1, 1, 2, 4, 3),
        ("MKPK", 1, 1, 2, 4, 1),
        ("MKMMKM", 0, 1, 2, 6, 1.5),
        ("MKMMKMMMMK", 1, 1, 3, 10, 2),
        ("KKKMK", 1, 3, 4, 5, 1),
    ],
)
def test_runs(history: str, streak: int, best: int, kept: int, settled: int, bounce_back: float | None) -> None:
    figures = count(row(history))

    assert (figures.streak, figures.best, figures.kept, figures.occasions, figures.bounce_back) == (
        streak,
        best,
        kept,
        settled,
        bounce_back,
    )


def test_bounce_back_is_counted_in_days_between_first_days() -> None:
    assert count(row("KMK", step=7)).bounce_back == 7


def test_consistency_is_null_before_the_first_settled_occasion() -> None:
    assert count(row("NO")).consistency is None
    assert count(row("M")).consistency == 0.0


def test_memory_is_the_published_one_for_a_daily_habit() -> None:
    assert memory(1, 1.0) == pytest.approx(0.5 ** (1 / 13))
    assert memory(3, 7.0) == pytest.approx(0.5 ** (21**0.5 / 13))
    score = 0.0
    for _ in range(13):
        score = score * memory(1, 1.0) + 1 - memory(1, 1.0)
    assert score == pytest.approx(0.5)


def test_partly_keeps_its_credit() -> None:
    m = memory(1, 1.0)

    assert count(row("P")).consistency == pytest.approx(50 * (1 - m))
    assert count(row("KP")).consistency == pytest.approx(100 * ((1 - m) * m + 0.5 * (1 - m)))


@pytest.mark.parametrize(
    ("credit", "state"), [(0.0, State.MISSED), (0.01, State.PARTLY), (0.99, State.PARTLY), (1.0, State.KEPT)]
)
def test_state_from_credit(credit: float, state: State) -> None:
    assert settled_state(credit) is state


def test_few_cases_and_the_thirteenth() -> None:
    assert [count(row("K" * number)).few for number in (0, 4, 5)] == [True, True, False]
    assert [count(row("K" * number)).score_shown for number in (0, 12, 13)] == [False, False, True]
    assert not count(row("K" * 12 + "NNO")).score_shown


def test_the_strip_has_the_last_fourteen_of_any_state() -> None:
    figures = count(row("KKKKKKMPNKKKKKKO"))

    assert len(figures.strip) == STRIP_LENGTH == 14
    assert "".join(mark.state.value[0] for mark in figures.strip) == "kkkkmpnkkkkkko"
    assert figures.strip[-1].day == MONDAY + timedelta(days=15)
    assert figures.strip[5].credit == 0.5


def test_the_current_occasion_covers_today() -> None:
    seen = row("KO")

    assert count(seen, seen[-1].last).current is seen[-1]
    assert count(seen, seen[-1].last + timedelta(days=1)).current is None
    assert count(seen, seen[0].last).current is None
    assert count(seen).current is None
    assert count([], MONDAY).current is None


def test_a_tally_is_unchanged_by_asking_it() -> None:
    tally = Tally().extend(row("KMK"))

    assert tally.figures() == tally.figures() == count(row("KMK"))


def test_rounding_never_lowers_consistency_when_the_plan_changes() -> None:
    """Near 100 each step is smaller than a rounding error; none may take back what the one before gave."""
    tally = Tally().extend(row("K" * 3000, 3, 7.0))
    before = tally.score

    for one in row("K" * 3000, 1, 2.0):
        tally.add(one)
        assert before <= tally.score <= 1.0
        before = tally.score


def test_the_score_before_the_newest_is_found_by_going_back() -> None:
    history = row("KKMKPKMKKKKP", 2, 3.0)
    settled = [occasion for occasion in history if occasion.settled]

    for ago in range(1, len(settled)):
        before = Tally().extend(settled[:-ago]).score
        assert score_before(Tally().extend(settled).score, settled[-ago:]) == pytest.approx(before)
