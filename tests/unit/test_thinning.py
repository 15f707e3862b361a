"""Thinning by example: many of the last days, fewer the older they are, always the newest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.store import thinning
from tracker.store.thinning import kept

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TIMES = st.sets(st.integers(0, 24 * 900).map(lambda hours: NOON - timedelta(hours=hours)), max_size=60)


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


def test_all_of_two_days_stay() -> None:
    times = {ago(hours=hours) for hours in range(49)}
    assert kept(times) == times


def test_hourly_for_two_years_leaves_a_shelf_that_is_thinner_the_older_it_is() -> None:
    stay = sorted(kept({ago(hours=hours) for hours in range(24 * 730)}), reverse=True)
    assert len(stay) == 49 + 12 + 10 + 9
    days = [time.date() for time in stay[49:61]]
    assert days == [NOON.date() - timedelta(days=2 + number) for number in range(12)]
    weeks = [time.isocalendar()[:2] for time in stay[61:71]]
    assert len(set(weeks)) == 10
    assert stay[-1] < ago(days=270)


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
    monkeypatch.setattr(thinning, "ALL_OF", timedelta(days=-1))
    monkeypatch.setattr(thinning, "DAYS", 0)
    monkeypatch.setattr(thinning, "WEEKS", 0)
    monkeypatch.setattr(thinning, "MONTHS", 0)
    assert NOON not in kept({NOON, ago(days=1)})
