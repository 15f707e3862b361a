"""Streak, best, consistency and bounce-back as folds over occasions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.histories import MONDAY, row
from tracker.domain.counting.figures import STRIP_LENGTH, Figures, Tally, count, memory, score_before
from tracker.domain.counting.occasions import Occasion, State, settled_state
from tracker.domain.schedules import Unit


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


def counted_in(unit: Unit, history: str, first: int) -> list[Occasion]:
    return [
        replace(one, unit=unit, first=one.first + timedelta(days=first), last=one.last + timedelta(days=first))
        for one in row(history)
    ]


def closed(figures: Figures) -> list[tuple[str, int, int, int]]:
    return [(one.unit, one.kept, (one.first - MONDAY).days, (one.last - MONDAY).days) for one in figures.closed]


def test_a_streak_closes_with_its_dates_where_another_unit_begins() -> None:
    days = counted_in("days", "KKKKKMKK", 0)
    figures = count([*days, *counted_in("weeks", "KO", 8)])

    assert (figures.unit, figures.streak, figures.best) == ("weeks", 1, 1)
    assert closed(figures) == [("days", 5, 0, 4), ("days", 2, 6, 7)]
    assert figures.consistency == count([*days, *counted_in("days", "KO", 8)]).consistency


def test_the_streak_that_closes_is_told_once_where_it_is_the_best() -> None:
    assert closed(count([*counted_in("days", "KMKK", 0), *counted_in("weeks", "O", 4)])) == [("days", 2, 2, 3)]
    assert closed(count([*counted_in("days", "KKM", 0), *counted_in("weeks", "O", 4)])) == [("days", 2, 0, 1)]
    assert closed(count([*counted_in("days", "MM", 0), *counted_in("weeks", "O", 4)])) == []


def test_back_to_the_first_unit_begins_a_new_streak_and_knows_the_old_best() -> None:
    figures = count([*counted_in("days", "KKKK", 0), *counted_in("weeks", "K", 4), *counted_in("days", "KK", 11)])

    assert (figures.unit, figures.streak, figures.best) == ("days", 2, 4)
    assert closed(figures) == [("days", 4, 0, 3), ("weeks", 1, 4, 4)]


def test_a_neutral_time_in_another_unit_closes_a_streak_too() -> None:
    figures = count([*counted_in("days", "KKKK", 0), *counted_in("weeks", "N", 4), *counted_in("days", "K", 11)])

    assert (figures.streak, figures.best, closed(figures)) == (1, 4, [("days", 4, 0, 3)])


def test_a_unit_that_holds_from_today_on_has_no_streak_while_the_old_one_runs_out() -> None:
    """The window of the old plan ends first; its streak is told as closed with what was kept so far."""
    tally = Tally().extend(counted_in("weeks", "KMKK", 0))
    figures = tally.figures(MONDAY + timedelta(days=2), "days")

    assert (figures.unit, figures.streak, figures.best) == ("days", 0, 0)
    assert closed(figures) == [("weeks", 2, 2, 2)]
    assert tally.figures().streak == 2


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
