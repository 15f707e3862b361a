"""Thinning by example: many of the last days, fewer the older they are, always the newest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.store.backup import thinning
from tracker.store.backup.thinning import MOST, kept

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TIMES = st.sets(st.integers(0, 24 * 900).map(lambda hours: NOON - timedelta(hours=hours)), max_size=60)


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


def test_the_newest_six_stay_however_close_they_are() -> None:
    times = {ago(minutes=minutes) for minutes in range(6)}
    assert kept(times) == times


@pytest.mark.parametrize("a_day", [1, 3, 8, 24])
def test_years_of_daily_use_leave_a_shelf_that_reaches_a_year_back(a_day: int) -> None:
    stay = sorted(kept({ago(hours=hours * 24 / a_day) for hours in range(a_day * 1000)}), reverse=True)
    assert len(stay) == MOST == 22
    days = [time.date() for time in stay[6:10]]
    assert len(set(days)) == 4 and days[0] - days[-1] == timedelta(days=3)
    weeks = [time.isocalendar()[:2] for time in stay[10:14]]
    assert len(set(weeks)) == 4
    assert stay[-1] < ago(days=365)
    gaps = [later - earlier for later, earlier in pairwise(stay)]
    assert max(gaps) <= timedelta(days=98), "no hole is longer than a quarter"


@given(st.sets(st.integers(0, 24 * 900).map(lambda hours: NOON - timedelta(hours=hours)), max_size=300))
def test_no_more_are_kept_than_are_promised(times: set[datetime]) -> None:
    assert len(kept(times)) <= MOST


def test_a_backup_now_and_then_stays_however_old_it_is() -> None:
    times = {ago(days=90 * number) for number in range(20)}
    assert kept(times) == times


def test_a_clock_far_ahead_does_not_empty_the_shelf() -> None:
    times = {ago(days=number) for number in range(10)}
    assert kept({*times, NOON + timedelta(days=9999)}) >= times


@pytest.mark.parametrize("times", [set(), {NOON}])
def test_the_only_one_stays(times: set[datetime]) -> None:
    assert kept(times) == times


@given(TIMES)
def test_it_never_removes_the_newest_is_idempotent_and_keeps_no_more_than_there_are(times: set[datetime]) -> None:
    stay = kept(times)
    assert stay <= times and kept(stay) == stay
    assert not times or max(times) in stay


@given(TIMES, st.integers(1, 24 * 400))
def test_what_was_let_go_stays_gone_when_newer_ones_come(times: set[datetime], hours: int) -> None:
    newer = NOON + timedelta(hours=hours)
    assert kept({*times, newer}) & times <= kept(times)
    assert kept({*kept(times), newer}) == kept({*times, newer})


def test_a_mutant_that_lets_the_newest_go_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "LADDER", ())
    assert NOON not in kept({NOON, ago(days=1)})
