"""Days and durations as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tracker.domain.language.parsing import parse_day, parse_days, parse_duration
from tracker.domain.language.words import BadWord, say_duration, say_list, say_number

TODAY = date(2026, 11, 25)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("today", TODAY),
        (" Today ", TODAY),
        ("0", TODAY),
        ("yesterday", date(2026, 11, 24)),
        ("tomorrow", date(2026, 11, 26)),
        ("wed", TODAY),
        ("thu", date(2026, 11, 19)),
        ("Tuesday", date(2026, 11, 24)),
        ("tues", date(2026, 11, 24)),
        ("-2", date(2026, 11, 23)),
        ("-0", TODAY),
        ("2026-11-20", date(2026, 11, 20)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_day_is_read(word: str, day: date) -> None:
    assert parse_day(word, TODAY) == day


@pytest.mark.parametrize(
    "word", ["", "we", "someday", "2026-02-29", "2026-13-01", "31-11-2026", "1899-12-31", "9001-01-01", "+2", "2"]
)
def test_what_is_no_day_is_refused(word: str) -> None:
    with pytest.raises(BadWord, match="Try today, yesterday"):
        parse_day(word, TODAY)


def test_a_range_holds_both_ends() -> None:
    days = parse_days("2026-11-01..2026-11-05", TODAY)

    assert days == tuple(date(2026, 11, number) for number in range(1, 6))
    assert parse_days("mon..", TODAY) == (date(2026, 11, 23), date(2026, 11, 24), TODAY)
    assert parse_days("mon", TODAY) == (date(2026, 11, 23),)
    assert parse_days("today..today", TODAY) == (TODAY,)


def test_a_range_is_at_most_366_days_and_runs_forward() -> None:
    assert len(parse_days("2023-11-27..2024-11-26", TODAY)) == 366
    with pytest.raises(BadWord, match="367 days"):
        parse_days("2023-11-27..2024-11-27", TODAY)
    with pytest.raises(BadWord, match="backwards"):
        parse_days("today..yesterday", TODAY)
    with pytest.raises(BadWord):
        parse_days("..today", TODAY)


@pytest.mark.parametrize(
    ("word", "minutes"),
    [
        ("45m", 45),
        ("45 min", 45),
        ("1h30", 90),
        ("1h 30m", 90),
        ("1h", 60),
        ("2 hours", 120),
        ("1 hour 5 minutes", 65),
        ("1:30", 90),
        ("0:05", 5),
        ("90", 90),
        ("1", 1),
        ("24h", 1440),
        (" 1H30 ", 90),
    ],
)
def test_a_duration_is_read(word: str, minutes: int) -> None:
    assert parse_duration(word) == minutes


@pytest.mark.parametrize("word", ["", " ", "0", "0m", "1441", "24h1", "-5", "1:60", "h", "hour", "99:59"])
def test_what_is_no_duration_is_refused(word: str) -> None:
    with pytest.raises(BadWord, match="Try 45m"):
        parse_duration(word)


def test_durations_and_numbers_are_said_plainly() -> None:
    assert [say_duration(minutes) for minutes in (0, 45, 60, 90, 61.4)] == [
        "0 min",
        "45 min",
        "1 h",
        "1 h 30 min",
        "1 h 1 min",
    ]
    assert [say_number(number) for number in (3.0, 2.5, 1.96, -0.04, 0.0, -1.5)] == [
        "3",
        "2.5",
        "2",
        "0",
        "0",
        "-1.5",
    ]


def test_a_list_is_said_as_in_a_sentence() -> None:
    assert [say_list(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_every_weekday_lies_in_the_last_seven_days() -> None:
    days = {parse_day(word, TODAY) for word in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

    assert days == {TODAY - timedelta(days=offset) for offset in range(7)}
