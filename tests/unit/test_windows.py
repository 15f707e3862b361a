"""Weeks, months and windows: where they lie, what cuts them, and the edges of the calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.unit.histories import (
    KEPT,
    MISSED,
    MONDAY,
    NEUTRAL,
    OPEN,
    PARTLY,
    checks,
    commit,
    dated,
    on,
    seen,
    skipped,
    spans,
    states,
    then,
)
from tracker.domain.calendar import Calendar, WeekStart, add_months, next_week_start
from tracker.domain.clock import day_of
from tracker.domain.commitments import Kind
from tracker.domain.counting.figures import count
from tracker.domain.records import Entry, Pause


def test_a_quota_week_is_cut_by_the_start() -> None:
    thursday = commit("3 per week", start=on(3))
    first, second = seen(thursday, on(7), checks(on(0), on(1), on(3)))

    assert spans([first]) == [("2026-03-05", "2026-03-08")]
    assert (first.target, first.done, first.state) == (2, 1, PARTLY)
    assert second.target == 3


@pytest.mark.parametrize(("asked", "target"), [(7, 3), (6, 3), (5, 3), (4, 2), (3, 2), (2, 1), (1, 1), (0, 0)])
def test_a_quota_week_shrinks_by_skipped_days(asked: int, target: int) -> None:
    (week, *_) = seen(commit("3 per week"), on(7), skips=skipped(*(on(index) for index in range(7 - asked))))

    assert week.target == target
    assert week.state is (MISSED if target else NEUTRAL)
    assert (week.n, week.spacing) == (3, 7)


def test_a_day_both_skipped_and_paused_shrinks_once() -> None:
    skips = skipped(on(0), on(1), on(2), on(3))
    (week,) = seen(commit("7 per week"), on(6), (), skips, [Pause(on(2), on(4)), Pause(on(4), on(4))])

    assert week.target == 2


def test_entries_on_skipped_days_still_count_in_a_quota() -> None:
    (week,) = seen(commit("3 per week"), on(6), checks(on(0), on(1)), skipped(on(0), on(1), on(2), on(3)))

    assert (week.done, week.target, week.state) == (2, 2, KEPT)


def test_a_week_that_asks_for_nothing_is_neutral_whatever_was_logged() -> None:
    (week,) = seen(commit("3 per week"), on(6), checks(on(0)), pauses=[Pause(on(0), on(6))])

    assert (week.state, week.done) == (NEUTRAL, 1)


def test_a_month_is_cut_by_its_start_and_has_its_own_length() -> None:
    february = commit("14 per month", start=dated("2028-02-16"))
    first, second = seen(february, dated("2028-03-31"))

    assert spans([first, second]) == [("2028-02-16", "2028-02-29"), ("2028-03-01", "2028-03-31")]
    assert first.target == 7
    assert second.target == 14
    assert first.spacing == second.spacing == 30


def test_minutes_shrink_too() -> None:
    (week,) = seen(commit("120 min per week", Kind.MINUTES), on(6), skips=skipped(on(5)))

    assert week.target == 103


def test_windows_shrink() -> None:
    first, second = seen(commit("every 3 days", Kind.COUNT, 5), on(5), skips=skipped(on(0), on(3), on(4), on(5)))

    assert (first.target, second.target) == (4, 0)
    assert second.state is NEUTRAL


def test_a_new_plan_waits_for_the_old_plans_occasion_to_end() -> None:
    changed = then(commit("3 per week"), on(2), "daily")
    found = seen(changed, on(8))

    assert spans(found) == [
        ("2026-03-02", "2026-03-08"),
        ("2026-03-09", "2026-03-09"),
        ("2026-03-10", "2026-03-10"),
    ]


def test_a_new_plan_chosen_for_the_first_day_of_a_week_begins_at_once() -> None:
    assert spans(seen(then(commit("3 per week"), on(7), "daily"), on(7))) == [
        ("2026-03-02", "2026-03-08"),
        ("2026-03-09", "2026-03-09"),
    ]


def test_a_new_plan_mid_week_cuts_its_first_week() -> None:
    found = seen(then(commit("daily"), on(2), "7 per week"), on(7))

    assert spans(found)[2:] == [("2026-03-04", "2026-03-08"), ("2026-03-09", "2026-03-15")]
    assert [one.target for one in found] == [1, 1, 5, 7]


def test_a_new_target_keeps_the_windows_where_they_were() -> None:
    found = seen(then(commit("every 5 days", Kind.COUNT, 2), on(7), "every 5 days", 4), on(15))

    assert spans(found) == [
        ("2026-03-02", "2026-03-06"),
        ("2026-03-07", "2026-03-11"),
        ("2026-03-12", "2026-03-16"),
        ("2026-03-17", "2026-03-21"),
    ]
    assert [one.target for one in found] == [2, 2, 4, 4]


def test_another_schedule_counts_windows_from_its_own_beginning() -> None:
    found = seen(then(commit("every 5 days"), on(7), "every 2 days"), on(12))

    assert spans(found)[1:] == [
        ("2026-03-07", "2026-03-11"),
        ("2026-03-12", "2026-03-13"),
        ("2026-03-14", "2026-03-15"),
    ]


def test_a_plan_replaced_before_it_could_begin_leaves_nothing() -> None:
    twice = then(then(commit("every 2 weeks"), on(2), "daily"), on(5), "mon wed")
    found = seen(twice, on(18))

    assert spans(found) == [
        ("2026-03-02", "2026-03-15"),
        ("2026-03-16", "2026-03-16"),
        ("2026-03-18", "2026-03-18"),
    ]


def test_a_plan_changed_on_its_first_day_is_replaced() -> None:
    assert spans(seen(then(commit("3 per week"), MONDAY, "daily"), MONDAY)) == [("2026-03-02", "2026-03-02")]


@pytest.mark.parametrize(
    ("sentence", "windows"),
    [
        ("every 3 days", [("2026-02-27", "2026-02-27"), ("2026-02-28", "2026-03-02"), ("2026-03-03", "2026-03-05")]),
        ("every 2 months", [("2026-02-27", "2026-03-02"), ("2026-03-03", "2026-05-02")]),
        (
            "rrule FREQ=DAILY;INTERVAL=2",
            [("2026-02-27", "2026-02-27"), ("2026-03-01", "2026-03-01"), ("2026-03-03", "2026-03-03")],
        ),
    ],
)
def test_a_start_moved_earlier_leaves_the_windows_where_they_were(
    sentence: str, windows: list[tuple[str, str]]
) -> None:
    moved = commit(sentence, start=dated("2026-02-27"), anchor=dated("2026-03-03"))

    assert spans(seen(moved, dated("2026-03-04"))) == windows


def test_a_rule_counted_from_an_anchor_keeps_its_days_after_the_start_moved() -> None:
    moved = commit("rrule FREQ=DAILY;INTERVAL=3", start=on(-1), anchor=on(0))

    assert [one.first for one in seen(moved, on(7))] == [on(-1), on(0), on(3), on(6)]


def test_february_29() -> None:
    found = seen(commit("daily", start=dated("2028-02-28")), dated("2028-03-01"), checks(dated("2028-02-29")))

    assert states(found) == [MISSED, KEPT, OPEN]
    yearly = commit("rrule FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", start=dated("2027-01-01"))
    assert spans(seen(yearly, dated("2033-01-01"))) == [("2028-02-29", "2028-02-29"), ("2032-02-29", "2032-02-29")]
    assert add_months(dated("2028-02-29"), 12) == dated("2029-02-28")
    assert add_months(dated("2028-02-29"), -48) == dated("2024-02-29")


def test_months_counted_from_the_31st_do_not_lose_it() -> None:
    found = seen(commit("every 2 months", start=dated("2025-12-31")), dated("2026-09-01"))

    assert spans(found) == [
        ("2025-12-31", "2026-02-27"),
        ("2026-02-28", "2026-04-29"),
        ("2026-04-30", "2026-06-29"),
        ("2026-06-30", "2026-08-30"),
        ("2026-08-31", "2026-10-30"),
    ]
    assert found[0].spacing == 60


def test_day_31_and_the_fifth_monday_come_only_where_they_exist() -> None:
    start, today = dated("2026-01-01"), dated("2026-06-30")

    assert [one.first.month for one in seen(commit("rrule FREQ=MONTHLY;BYMONTHDAY=31", start=start), today)] == [
        1,
        3,
        5,
    ]
    assert [one.first for one in seen(commit("rrule FREQ=MONTHLY;BYDAY=5MO", start=start), today)] == [
        dated("2026-03-30"),
        dated("2026-06-29"),
    ]


def test_a_rule_with_an_end_ends() -> None:
    assert len(seen(commit("rrule FREQ=DAILY;COUNT=3"), on(20))) == 3


def test_weeks_over_new_year() -> None:
    monday = seen(commit("weekly", start=dated("2026-12-21")), dated("2027-01-04"), checks(dated("2027-01-03")))

    assert spans(monday) == [
        ("2026-12-21", "2026-12-27"),
        ("2026-12-28", "2027-01-03"),
        ("2027-01-04", "2027-01-10"),
    ]
    assert states(monday) == [MISSED, KEPT, OPEN]


def test_weeks_that_begin_on_sunday() -> None:
    sunday = Calendar((WeekStart(dated("2020-01-05"), 6),))
    found = seen(commit("weekly", start=dated("2026-12-27")), dated("2027-01-03"), calendar=sunday)

    assert spans(found) == [("2026-12-27", "2027-01-02"), ("2027-01-03", "2027-01-09")]


def test_a_new_week_start_cuts_the_running_week_short() -> None:
    since = next_week_start(dated("2026-03-11"), 6)
    calendar = Calendar((WeekStart(since, 6),))
    found = seen(commit("7 per week"), dated("2026-03-15"), calendar=calendar)

    assert since == dated("2026-03-15")
    assert spans(found) == [
        ("2026-03-02", "2026-03-08"),
        ("2026-03-09", "2026-03-14"),
        ("2026-03-15", "2026-03-21"),
    ]
    assert [one.target for one in found] == [7, 6, 7]


@pytest.mark.parametrize(("weekday", "day"), [(0, 9), (1, 3), (6, 8)])
def test_the_next_week_start_lies_after_the_day(weekday: int, day: int) -> None:
    assert next_week_start(MONDAY, weekday) == date(2026, 3, day)


def test_the_first_and_the_last_week_there_are() -> None:
    assert Calendar().week(date.min).first == date.min
    assert Calendar().week(date.max).last == date.max


@pytest.mark.parametrize("day", ["2017-10-01", "2018-04-01"])
def test_a_day_of_23_or_25_hours_is_one_occasion(day: str) -> None:
    changed = dated(day)
    late = datetime(changed.year, changed.month, changed.day, 2, 30) + timedelta(days=1)
    found = seen(commit("daily", start=changed - timedelta(days=1)), changed + timedelta(days=1), checks(day_of(late)))

    assert states(found) == [MISSED, KEPT, OPEN]


def test_the_day_that_did_not_exist_is_an_ordinary_day() -> None:
    apia = dated("2011-12-30")
    asked = commit("daily", start=dated("2011-12-28"))
    lived = checks(dated("2011-12-28"), dated("2011-12-29"), dated("2011-12-31"))
    today = dated("2011-12-31")

    assert states(seen(asked, today, lived)) == [KEPT, KEPT, MISSED, KEPT]
    assert count(seen(asked, today, lived, skipped(apia))).streak == 3
    assert count(seen(asked, today, (*lived, Entry("b", apia)))).streak == 4


def test_an_entry_after_midnight_keeps_the_evening_before() -> None:
    entry = Entry("e", day_of(datetime(2026, 3, 3, 1, 30)))

    assert states(seen(commit("daily"), on(1), [entry])) == [KEPT, OPEN]


def test_a_clock_set_back_leaves_entries_where_they_are() -> None:
    entries = checks(on(0), on(1), on(2))

    assert states(seen(commit("daily"), on(1), entries)) == [KEPT, KEPT]
    assert states(seen(commit("daily"), on(2), entries)) == [KEPT, KEPT, KEPT]


def test_the_plan_of_a_day() -> None:
    changed = then(commit("daily"), on(5), "mon wed")

    assert changed.plan.start == on(5)
    assert [changed.plan_on(on(offset)).start for offset in (-9, 0, 4, 5, 9)] == [
        MONDAY, MONDAY, MONDAY, on(5), on(5),
    ]  # fmt: skip
