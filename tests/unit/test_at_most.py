"""Limits: no more than so many times or minutes, kept while the sum stays within it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tracker.domain.commitments import Commitment, Kind, Plan, misfit
from tracker.domain.counting.figures import count
from tracker.domain.counting.occasions import Occasion, State, occasions
from tracker.domain.language.parsing import parse_schedule
from tracker.domain.records import Entry, Pause, Record

MONDAY = date(2026, 11, 2)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def judged(
    sentence: str,
    amounts: dict[int, list[float]],
    today: int,
    *,
    kind: Kind = Kind.COUNT,
    start: int = 0,
    skips: tuple[int, ...] = (),
    pauses: tuple[Pause, ...] = (),
) -> list[Occasion]:
    commitment = Commitment("own.limit", "A limit", "s5", kind, (Plan(day(start), parse_schedule(sentence)),))
    entries = [
        Entry(f"{number}-{index}", day(number), index, amount=amount)
        for number, logged in amounts.items()
        for index, amount in enumerate(logged)
    ]
    record = Record(entries, {day(number): "" for number in skips}, pauses)
    return list(occasions(commitment, record, day(today)))


def states(found: list[Occasion]) -> str:
    letters = {State.KEPT: "K", State.PARTLY: "P", State.MISSED: "M", State.OPEN: "O", State.NEUTRAL: "N"}
    return "".join(letters[each.state] for each in found)


def test_a_day_within_the_limit_is_kept_once_it_is_over_and_open_until_then() -> None:
    found = judged("at most 2 per day", {0: [1], 1: [2], 2: [1, 1], 4: [1]}, today=4)
    assert states(found) == "KKKKO"
    assert count(found, day(4)).streak == 4


def test_above_the_limit_counts_at_once_and_ends_the_streak() -> None:
    found = judged("at most 2 per day", {0: [1], 1: [2, 1], 2: [1], 3: [5]}, today=3)
    assert states(found) == "KPKM"
    assert [each.credit for each in found] == [1.0, 0.5, 1.0, 0.0]
    figures = count(found, day(3))
    assert (figures.streak, figures.best) == (0, 1)


def test_one_taken_off_again_is_within_the_limit_again() -> None:
    assert states(judged("at most 2 per day", {0: [3]}, today=0)) == "P"
    assert states(judged("at most 2 per day", {0: [2]}, today=0)) == "O"


def test_minutes_are_limited_by_their_sum() -> None:
    found = judged("at most 30 min per day", {0: [20, 10], 1: [31]}, today=2, kind=Kind.MINUTES)
    assert states(found) == "KPO"
    assert found[1].credit == pytest.approx(1 - 1 / 30)


@pytest.mark.parametrize(("sentence", "unit"), [("at most 3 per week", "weeks"), ("at most 3 per month", "months")])
def test_weeks_and_months_have_limits_too(sentence: str, unit: str) -> None:
    found = judged(sentence, {0: [1], 1: [2], 40: [4]}, today=75)
    assert {each.unit for each in found} == {unit}
    assert found[0].state is State.KEPT
    assert [each.state for each in found if each.first <= day(40) <= each.last] == [State.PARTLY]


def test_a_late_start_asks_for_its_share_and_a_day_off_never_tightens_the_limit() -> None:
    assert judged("at most 7 per week", {}, today=3, start=2)[0].target == 5
    off = judged("at most 7 per week", {1: [6]}, today=8, skips=(3, 4, 5))
    assert (off[0].target, off[0].state) == (7, State.KEPT)


def test_one_evening_of_a_week_is_no_week_kept() -> None:
    assert states(judged("at most 7 per week", {}, today=7, start=6)) == "NO"
    assert states(judged("at most 7 per week", {6: [5]}, today=7, start=6)) == "NO"
    assert states(judged("at most 7 per week", {}, today=7, start=3)) == "KO"


def test_a_day_off_asks_for_nothing_unless_something_is_logged() -> None:
    found = judged("at most 1 per day", {1: [2]}, today=3, skips=(0, 1), pauses=(Pause(day(2), day(2)),))
    assert states(found) == "NMNO"


@pytest.mark.parametrize(
    ("kind", "sentence", "fits"),
    [
        (Kind.COUNT, "at most 2 per day", True),
        (Kind.MINUTES, "at most 30 min per week", True),
        (Kind.MINUTES, "at most 2 per day", False),
        (Kind.COUNT, "at most 30 min per day", False),
        (Kind.CHECK, "at most 2 per week", False),
        (Kind.AVOID, "at most 2 per day", False),
        (Kind.EVENT, "at most 2 per day", False),
        (Kind.TASK, "at most 2 per month", False),
    ],
)
def test_which_kinds_have_a_limit(kind: Kind, sentence: str, fits: bool) -> None:
    assert (misfit(kind, parse_schedule(sentence), 1) is None) is fits
    assert parse_schedule(sentence).sentence == sentence
