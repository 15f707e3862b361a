"""Weeks on track."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.unit.histories import MONDAY, row
from tracker.domain.calendar import Calendar, WeekStart
from tracker.domain.counting.weeks import Week, weeks, weeks_on_track


@pytest.mark.parametrize(
    ("kept", "settled", "on_track"),
    [(7, 10, True), (6, 10, False), (5, 7, True), (4, 7, False), (1, 1, True), (0, 1, False), (2, 3, False)],
)
def test_a_week_is_on_track_from_seventy_percent(kept: int, settled: int, on_track: bool) -> None:
    assert Week(MONDAY, kept, settled).on_track is on_track


def test_seventy_percent_is_exact() -> None:
    assert all(Week(MONDAY, 7 * tens, 10 * tens).on_track for tens in range(1, 200))
    assert not any(Week(MONDAY, 7 * tens - 1, 10 * tens).on_track for tens in range(1, 200))


def test_weeks_count_settled_occasions_by_the_week_they_ended_in() -> None:
    seen = row("KKKNKKM" + "KMMMKOO")
    long = replace(seen[5], last=MONDAY + timedelta(days=8))

    found = weeks([*seen, long], Calendar())

    assert found == (Week(MONDAY, 5, 6), Week(MONDAY + timedelta(days=7), 3, 6))


def test_an_empty_week_is_left_out_and_breaks_nothing() -> None:
    found = weeks(row("KKKKKKK" + "N" * 7 + "KKKKKKK"), Calendar())

    assert len(found) == 2
    assert weeks_on_track(found) == 2


def test_only_the_newest_weeks_in_a_row_count() -> None:
    good, bad = Week(MONDAY, 1, 1), Week(MONDAY, 0, 1)

    assert [weeks_on_track(found) for found in ([], [good], [good, bad], [good, bad, good, good])] == [0, 1, 0, 2]


def test_the_week_start_decides() -> None:
    sunday = Calendar((WeekStart(date(2020, 1, 5), 6),))

    assert [week.kept for week in weeks(row("KKKKKKKK"), sunday)] == [6, 2]
    assert [week.kept for week in weeks(row("KKKKKKKK"), Calendar())] == [7, 1]


def test_what_was_kept_early_waits_for_the_week_it_ends_in() -> None:
    early = replace(row("K")[0], last=date.max)

    assert weeks([early], Calendar(), MONDAY) == ()
    assert weeks([*row("K"), early], Calendar(), MONDAY) == (Week(MONDAY, 1, 1),)
    ends_this_week = replace(early, last=MONDAY + timedelta(days=6))
    assert weeks([ends_this_week], Calendar(), MONDAY) == (Week(MONDAY, 1, 1),)
    ends_next_week = replace(early, last=MONDAY + timedelta(days=7))
    assert weeks([ends_next_week], Calendar(), MONDAY) == ()
