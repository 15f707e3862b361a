"""The day a moment belongs to, across day ends, clock changes and a day that did not exist."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from tracker.domain.clock import DEFAULT_DAY_END, DayEnd, FixedClock, SystemClock, day_of

SYDNEY_WINTER = timezone(timedelta(hours=10))
SYDNEY_SUMMER = timezone(timedelta(hours=11))
APIA_BEFORE = timezone(timedelta(hours=-10))
APIA_AFTER = timezone(timedelta(hours=14))


def test_the_default_day_end_is_three() -> None:
    assert time(3, 0) == DEFAULT_DAY_END


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 23, 0, 0), date(2026, 11, 22)),
        (datetime(2026, 11, 23, 1, 30), date(2026, 11, 22)),
        (datetime(2026, 11, 23, 2, 59, 59, 999_999), date(2026, 11, 22)),
        (datetime(2026, 11, 23, 3, 0), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 23, 59), date(2026, 11, 23)),
        (datetime(2026, 1, 1, 1, 0), date(2025, 12, 31)),
        (datetime(2024, 3, 1, 2, 0), date(2024, 2, 29)),
        (datetime(2023, 3, 1, 2, 0), date(2023, 2, 28)),
    ],
)
def test_a_moment_before_the_day_end_belongs_to_the_evening_before(moment: datetime, day: date) -> None:
    assert day_of(moment) == day


def test_a_day_end_at_midnight_is_the_calendar_day() -> None:
    ends = (DayEnd(date(2026, 1, 1), time(0, 0)),)

    assert day_of(datetime(2026, 5, 2, 0, 0), ends) == date(2026, 5, 2)
    assert day_of(datetime(2026, 5, 1, 23, 59), ends) == date(2026, 5, 1)


def test_a_new_day_end_holds_from_its_day_on_and_changes_no_day_before() -> None:
    ends = (DayEnd(date(2026, 5, 10), time(5, 0)), DayEnd(date(2026, 6, 1), time(0, 0)))

    assert day_of(datetime(2026, 5, 10, 4, 0), ends) == date(2026, 5, 10)
    assert day_of(datetime(2026, 5, 10, 2, 0), ends) == date(2026, 5, 9)
    assert day_of(datetime(2026, 5, 11, 4, 59), ends) == date(2026, 5, 10)
    assert day_of(datetime(2026, 5, 11, 5, 0), ends) == date(2026, 5, 11)
    assert day_of(datetime(2026, 6, 1, 4, 0), ends) == date(2026, 5, 31)
    assert day_of(datetime(2026, 6, 2, 0, 0), ends) == date(2026, 6, 2)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2017, 10, 1, 1, 59, tzinfo=SYDNEY_WINTER), date(2017, 9, 30)),
        (datetime(2017, 10, 1, 3, 0, tzinfo=SYDNEY_SUMMER), date(2017, 10, 1)),
        (datetime(2018, 4, 1, 2, 59, tzinfo=SYDNEY_SUMMER), date(2018, 3, 31)),
        (datetime(2018, 4, 1, 2, 0, tzinfo=SYDNEY_WINTER), date(2018, 3, 31)),
        (datetime(2018, 4, 1, 2, 59, tzinfo=SYDNEY_WINTER), date(2018, 3, 31)),
        (datetime(2018, 4, 1, 3, 0, tzinfo=SYDNEY_WINTER), date(2018, 4, 1)),
        (datetime(2011, 12, 29, 23, 59, tzinfo=APIA_BEFORE), date(2011, 12, 29)),
        (datetime(2011, 12, 31, 0, 0, tzinfo=APIA_AFTER), date(2011, 12, 30)),
        (datetime(2011, 12, 31, 3, 0, tzinfo=APIA_AFTER), date(2011, 12, 31)),
    ],
)
def test_only_wall_time_counts_when_clocks_change(moment: datetime, day: date) -> None:
    assert day_of(moment) == day


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [("Australia/Sydney", date(2017, 10, 1), 23), ("Australia/Sydney", date(2018, 4, 1), 25)],
)
def test_a_day_of_23_or_25_hours_is_one_day(zone: str, first: date, hours: int) -> None:
    """Walk the hours around the change: with the day ending at midnight the day has 23 or 25 of them."""
    start = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    ends = (DayEnd(date(2000, 1, 1), time(0, 0)),)
    walk = [start + timedelta(hours=offset) for offset in range(-24, 48)]
    days = [day_of(moment.astimezone(ZoneInfo(zone)), ends) for moment in walk]

    assert days == sorted(days)
    assert days.count(first) == hours


def test_apia_went_from_the_29th_to_the_31st() -> None:
    zone = ZoneInfo("Pacific/Apia")
    noon = datetime(2011, 12, 29, 12, tzinfo=zone).astimezone(UTC)
    days = [day_of((noon + timedelta(days=offset)).astimezone(zone)) for offset in range(3)]

    assert days == [date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 1)]


def test_a_clock_set_back_gives_an_earlier_day_and_no_error() -> None:
    assert day_of(datetime(2026, 5, 2, 12)) == date(2026, 5, 2)
    assert day_of(datetime(2026, 4, 2, 12)) == date(2026, 4, 2)


def test_clocks_tell_the_time_with_its_offset() -> None:
    moment = datetime(2026, 5, 2, 12, tzinfo=SYDNEY_WINTER)

    assert FixedClock(moment).now() is moment
    assert SystemClock().now().utcoffset() is not None
