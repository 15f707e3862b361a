"""Days, ranges, durations and amounts as people write them are taken; what can mean two things is refused with both."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tracker.domain.calendar import Calendar, WeekStart
from tracker.domain.language.parsing import parse_amount, parse_day, parse_days, parse_duration, parse_whole
from tracker.domain.language.words import BadWord

TODAY = date(2026, 11, 25)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("last friday", "2026-11-20"), ("last wed", "2026-11-18"), ("this friday", "2026-11-27"),
        ("2 days ago", "2026-11-23"), ("two days ago", "2026-11-23"), ("a week ago", "2026-11-18"),
        ("a month ago", "2026-10-25"), ("3d ago", "2026-11-22"), ("the day before yesterday", "2026-11-23"),
        ("last night", "2026-11-24"), ("yesterday evening", "2026-11-24"), ("this morning", "2026-11-25"),
        ("friday last week", "2026-11-20"), ("24.12.2025", "2025-12-24"), ("24.12.", "2025-12-24"),
        ("24 dec", "2025-12-24"), ("dec 24", "2025-12-24"), ("december 24th, 2025", "2025-12-24"),
        ("24th of December", "2025-12-24"), ("2025/12/24", "2025-12-24"), ("20251224", "2025-12-24"),
        ("24-dec-2025", "2025-12-24"), ("14 mar", "2026-03-14"), ("20-11-2026", "2026-11-20"),
        ("13/02/2026", "2026-02-13"), ("02/13/2026", "2026-02-13"), ("5/5/2026", "2026-05-05"),
        ("the 24th", "2026-11-24"), ("the 27th", "2026-10-27"), ("29 feb", "2024-02-29"),
        ("fri 20 nov", "2026-11-20"), ("Friday, 20 November 2026", "2026-11-20"),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(word: str, day: str) -> None:
    assert parse_day(word, TODAY).isoformat() == day
    assert parse_day(f"  {word.upper()} ", TODAY).isoformat() == day


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("mon", "2026-11-30"), ("wed", "2026-11-25"), ("next sat", "2026-11-28"), ("next wed", "2026-12-02"),
        ("14 mar", "2027-03-14"), ("24 dec", "2026-12-24"), ("24.12.", "2026-12-24"), ("in 3 days", "2026-11-28"),
        ("+3", "2026-11-28"), ("+2w", "2026-12-09"), ("a week from now", "2026-12-02"),
        ("end of the month", "2026-11-30"),
        ("the 24th", "2026-12-24"), ("day after tomorrow", "2026-11-27"), ("last friday", "2026-11-20"),
    ],
)  # fmt: skip
def test_what_looks_ahead_reads_the_day_to_come(word: str, day: str) -> None:
    assert parse_day(word, TODAY, ahead=True).isoformat() == day


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("01/02/2026", "2 January 2026 or 1 February 2026. Write 2026-01-02 or 2026-02-01"),
        ("1/2", "2 January 2026 or 1 February 2026"),
        ("fri 28 nov 2026", "28 November 2026 is a Saturday"),
        ("32 dec", "such day"), ("31.11.2026", "such day"), ("30/30/2026", "such day"), ("24.12.9999", "out of range"),
        ("9999 weeks ago", "out of range"), ("last week", "more than one day"), ("mon-fri", "more than one day"),
        ("+2", "not a day"), ("٣ days ago", "not a day"), ("a few days ago", "not a day"),
    ],
)  # fmt: skip
def test_a_day_that_is_none_or_can_be_two_is_refused_with_the_reason(word: str, says: str) -> None:
    with pytest.raises(BadWord, match=says):
        parse_day(word, TODAY)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("mon..yesterday", "2026-11-23", "2026-11-24"), ("mon-fri", "2026-11-16", "2026-11-20"),
        ("mon to wed", "2026-11-23", "2026-11-25"), ("fri..mon", "2026-11-20", "2026-11-23"),
        ("monday – tuesday", "2026-11-23", "2026-11-24"), ("last week", "2026-11-16", "2026-11-22"),
        ("this week", "2026-11-23", "2026-11-25"), ("last month", "2026-10-01", "2026-10-31"),
        ("1 nov - 5 nov", "2026-11-01", "2026-11-05"), ("1-5 nov", "2026-11-01", "2026-11-05"),
        ("nov 1-5", "2026-11-01", "2026-11-05"), ("1 - 5 nov 2025", "2025-11-01", "2025-11-05"),
        ("28 dec - 3 jan", "2025-12-28", "2026-01-03"), ("2026-11-01 - 2026-11-05", "2026-11-01", "2026-11-05"),
        ("last weekend", "2026-11-21", "2026-11-22"), ("the last 3 days", "2026-11-23", "2026-11-25"),
        ("-3..", "2026-11-22", "2026-11-25"), ("from mon until yesterday", "2026-11-23", "2026-11-24"),
    ],
)  # fmt: skip
def test_a_range_is_read_as_people_write_it(words: str, first: str, last: str) -> None:
    days = parse_days(words, TODAY)
    assert (days[0].isoformat(), days[-1].isoformat()) == (first, last)
    assert days == tuple(days[0] + timedelta(days=number) for number in range(len(days)))


def test_days_can_be_listed_and_a_week_begins_where_it_was_set() -> None:
    assert parse_days("tue, mon and fri", TODAY) == (date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24))
    sundays = Calendar((WeekStart(date(2026, 1, 4), 6),))
    assert parse_days("last week", TODAY, sundays)[0] == date(2026, 11, 15)


@pytest.mark.parametrize(
    ("word", "minutes"),
    [
        ("1.5h", 90), ("1,5 h", 90), ("1,5", 90), ("0.5", 30), ("1hr", 60), ("2 hrs", 120), ("90 mins", 90),
        ("1h30m", 90), ("1 h 30 min", 90), ("PT45M", 45), ("pt1h30m", 90), ("P1D", 1440), ("half an hour", 30),
        ("an hour", 60), ("an hour and a half", 90), ("one and a half hours", 90), ("two hours", 120),
        ("a quarter of an hour", 15), ("three quarters of an hour", 45), ("1 1/2 h", 90), ("1½h", 90), ("¾h", 45),
        ("1.25h", 75), ("1:30:00", 90), ("90'", 90), ("1 hour and 5 minutes", 65),
    ],
)  # fmt: skip
def test_a_duration_is_read_as_people_write_it(word: str, minutes: int) -> None:
    assert parse_duration(word) == minutes


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("1.30h", "1 h 30 min or 1 h 18 min. Write 90m or 78m"), ("1.30", "1 h 30 min or 1 h 18 min"),
        ("7,5", "hours .7 h 30 min. or minutes .7.5 min."), ("7.5 min", "whole minutes. Write 7m or 8m"),
        ("2,0", "hours .2 h. or minutes .2 min.. Write 120m or 2m"), ("1.00", "Write 60m or 1m"),
        ("1,000", "1000 or 1"), ("1.000", "1000 or 1"),
        ("30h", "a day"), ("90 seconds", "not a duration"), ("1.5h 30", "not a duration"),
    ],
)  # fmt: skip
def test_a_duration_that_is_none_or_can_be_two_is_refused_with_the_reason(word: str, says: str) -> None:
    with pytest.raises(BadWord, match=says):
        parse_duration(word)


def test_an_amount_is_read_as_people_write_it() -> None:
    read = {
        "1,5": 1.5,
        "1½": 1.5,
        "1 1/2": 1.5,
        "half": 0.5,
        "three": 3,
        "3x": 3,
        "3 times": 3,
        "a dozen": 12,
        "0,125": 0.125,
    }
    assert {word: parse_amount(word) for word in read} == read
    with pytest.raises(BadWord, match=r"1500 or 1\.5"):
        parse_amount("1,500")
    with pytest.raises(BadWord, match=r"1500 or 1\.5"):
        parse_amount("1.500")
    with pytest.raises(BadWord, match="Write 1500000, in digits alone"):
        parse_amount("1.500.000")
    with pytest.raises(BadWord, match="whole number"):
        parse_whole("1,5", "a target", "3")
