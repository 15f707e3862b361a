"""The schedule sentences, and what each schedule means."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from tracker.domain.language.parsing import parse_asked, parse_schedule
from tracker.domain.language.words import FORMS, Asked, BadSchedule
from tracker.domain.schedules import (
    Daily,
    Every,
    Minutes,
    Once,
    OnEvent,
    Quota,
    Rule,
    Schedule,
    Weekdays,
)

START = date(2026, 1, 1)
WEDNESDAY = date(2026, 11, 25)

MEANINGS: list[tuple[str, Schedule, str, int, float]] = [
    ("daily", Daily(), "days", 1, 1),
    ("mon wed fri", Weekdays((0, 2, 4)), "times", 1, 7 / 3),
    ("sun mon", Weekdays((6, 0)), "times", 1, 3.5),
    ("mon tue wed thu fri sat sun", Weekdays((0, 1, 2, 3, 4, 5, 6)), "times", 1, 1),
    ("every 3 days", Every(3, "days"), "times", 1, 3),
    ("every 2 weeks", Every(2, "weeks"), "times", 1, 14),
    ("every 3 months", Every(3, "months"), "times", 1, 90),
    ("3 per week", Quota(3, "week"), "weeks", 3, 7),
    ("2 per month", Quota(2, "month"), "months", 2, 30),
    ("weekly", Quota(1, "week", bare=True), "weeks", 1, 7),
    ("1 per week", Quota(1, "week"), "weeks", 1, 7),
    ("monthly", Quota(1, "month", bare=True), "months", 1, 30),
    ("120 min per week", Minutes(120, "week"), "weeks", 1, 7),
    ("300 min per month", Minutes(300, "month"), "months", 1, 30),
    ("on event", OnEvent(), "times", 1, 1),
    ("once", Once(), "times", 1, 1),
    ("once by 2026-12-24", Once(date(2026, 12, 24)), "times", 1, 1),
    ("once by 2028-02-29", Once(date(2028, 2, 29)), "times", 1, 1),
    ("rrule FREQ=DAILY;INTERVAL=3", Rule("FREQ=DAILY;INTERVAL=3"), "times", 1, 3),
    ("rrule FREQ=WEEKLY;BYDAY=TU", Rule("FREQ=WEEKLY;BYDAY=TU"), "times", 1, 7),
]


@pytest.mark.parametrize(("sentence", "schedule", "unit", "n", "spacing"), MEANINGS)
def test_a_sentence_means_its_schedule_and_comes_back(
    sentence: str, schedule: Schedule, unit: str, n: int, spacing: float
) -> None:
    assert parse_schedule(sentence) == schedule
    assert schedule.sentence == sentence
    assert schedule.unit == unit
    assert schedule.n == n
    assert schedule.spacing(START) == pytest.approx(spacing)


def test_a_rule_has_the_mean_gap_of_its_first_twelve_dates() -> None:
    rule = Rule("FREQ=MONTHLY;BYDAY=1MO")
    dates = list(islice(rule.dates(START), 13))

    assert dates[0] == date(2026, 1, 5)
    assert dates[11] == date(2026, 12, 7)
    assert rule.spacing(START) == pytest.approx((dates[11] - dates[0]).days / 11)
    assert rule.spacing(START) != pytest.approx((dates[12] - dates[0]).days / 12)


def test_a_rule_with_one_date_is_spaced_as_a_day() -> None:
    assert Rule("FREQ=DAILY;COUNT=1").spacing(START) == 1.0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("  Daily ", "daily"),
        ("MON  Wed\tfri", "mon wed fri"),
        ("3 PER WEEK", "3 per week"),
        ("Once By 2026-12-24", "once by 2026-12-24"),
        ("rrule freq=monthly;byday=1mo", "rrule FREQ=MONTHLY;BYDAY=1MO"),
        ("RRULE FREQ=DAILY;COUNT=2", "rrule FREQ=DAILY;COUNT=2"),
    ],
)
def test_case_and_spaces_are_made_even(typed: str, sentence: str) -> None:
    assert parse_schedule(typed).sentence == sentence


@pytest.mark.parametrize(
    ("bad", "nearest"),
    [
        ("dayly", "daily"),
        ("dialy", "daily"),
        ("weekley", "weekly"),
        ("monthy", "monthly"),
        ("onec", "once"),
        ("3 per weak", "3 per week"),
        ("every 3 dais", "every 3 days"),
        ("tree times a wekk", "3 per week"),
        ("2h per wek", "120 min per week"),
        ("every tuseday", "tue"),
        ("mno wed", "mon wed"),
        ("mon 30mim", ""),
        ("munday", ""),
        ("weekdy", ""),
        ("999", ""),
        ("", ""),
    ],
)
def test_a_suggestion_means_the_same_or_there_is_none(bad: str, nearest: str) -> None:
    with pytest.raises(BadSchedule) as refusal:
        parse_schedule(bad)

    assert refusal.value.nearest == nearest
    assert str(refusal.value).endswith(f"Did you mean '{nearest}'?" if nearest else f"It can be {FORMS}.")
    assert not nearest or parse_schedule(nearest).sentence == nearest


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("every 400 days", "at most 366 days"),
        ("every 60 weeks", "at most 52 weeks"),
        ("every 3 years", "at most 24 months"),
        ("every 0 days", "asks for nothing"),
        ("0 per week", "asks for nothing"),
        ("2000 per week", "at most 1000"),
        ("20000 min per week", "at most 10000 minutes"),
        ("8 days a week", "no 8 days"),
        ("every 3 hours", "not hours of a day"),
        ("hourly", "not hours of a day"),
        ("3-4 times a week", "write one number"),
        ("a few times a week", "write a number"),
        ("15 min 3 times a week", "minutes are asked for on named days, or in all"),
        ("3 times a week, 15 min", "minutes are asked for on named days, or in all"),
        ("no more than 30 minutes", "by the day, the week or the month"),
        ("no more than two drinks", "by the day, the week or the month"),
        ("less than one drink a day", "the kind 'avoid' is for not at all"),
        ("under 2000 a week", "at most 1000"),
        ("31st of the month", "not every month has a 31st"),
        ("every 31 nov", "no such day"),
        ("once by christmas", "'christmas' is not a day"),
        ("once by 2026-02-29", "no such day: '2026-02-29'"),
        ("once by 9999-12-31", "out of range"),
        ("once by 01/02/2026", "2 January 2026 or 1 February 2026"),
        ("15 min daily", "write 'daily', with the kind minutes and the target 15 minutes"),
        ("3 times a day", "write 'daily', with the kind count and the target 3 times"),
    ],
)
def test_a_refusal_names_the_true_reason(bad: str, why: str) -> None:
    with pytest.raises(BadSchedule, match=why) as refusal:
        parse_schedule(bad, WEDNESDAY)
    assert refusal.value.nearest == ""


@pytest.mark.parametrize(
    ("bad", "either"),
    [
        ("biweekly", ("2 per week", "every 2 weeks")),
        ("Bi-Monthly", ("2 per month", "every 2 months")),
        ("every second tuesday", ("rrule FREQ=MONTHLY;BYDAY=2TU", "rrule FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")),
    ],
)
def test_what_can_mean_two_things_is_refused_with_both(bad: str, either: tuple[str, str]) -> None:
    with pytest.raises(BadSchedule, match="can mean two things") as refusal:
        parse_schedule(bad)
    assert refusal.value.either == either


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("every day", "daily"), ("each day", "daily"), ("nightly", "daily"), ("every evening", "daily"),
        ("1 per day", "daily"), ("7 days a week", "daily"), ("weekdays", "mon tue wed thu fri"),
        ("every weekday", "mon tue wed thu fri"), ("weekends", "sat sun"), ("mon,wed,fri", "mon wed fri"),
        ("Mon, Wed and Fri", "mon wed fri"), ("mo we fr", "mon wed fri"), ("tue/thu", "tue thu"),
        ("monday wednesday", "mon wed"), ("mon-fri", "mon tue wed thu fri"), ("Mon–Fri", "mon tue wed thu fri"),
        ("monday through wednesday", "mon tue wed"), ("sat..mon", "sat sun mon"), ("mon mon", "mon"),
        ("sundays", "sun"), ("on sundays", "sun"), ("every sunday", "sun"), ("tuesday evenings", "tue"),
        ("every day except sunday", "mon tue wed thu fri sat"), ("weekly on monday", "mon"),
        ("4 times a week", "4 per week"), ("four times per week", "4 per week"), ("4x/week", "4 per week"),
        ("4x a week", "4 per week"), ("twice a week", "2 per week"), ("thrice a week", "3 per week"),
        ("3/week", "3 per week"), ("5 days a week", "5 per week"), ("weekly, 3 times", "3 per week"),
        ("once a week", "weekly"), ("every week", "weekly"), ("once a month", "monthly"), ("each month", "monthly"),
        ("every other day", "every 2 days"), ("every 2nd day", "every 2 days"), ("every second week", "every 2 weeks"),
        ("fortnightly", "every 2 weeks"), ("once per fortnight", "every 2 weeks"),
        ("every third month", "every 3 months"),
        ("quarterly", "every 3 months"), ("yearly", "every 12 months"), ("annually", "every 12 months"),
        ("every 2 years", "every 24 months"), ("once every 3 days", "every 3 days"),
        ("2h per week", "120 min per week"), ("90 minutes a week", "90 min per week"), ("1h30/week", "90 min per week"),
        ("1.5 hours weekly", "90 min per week"), ("half an hour a month", "30 min per month"),
        ("last day of the month", "rrule FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("first monday of the month", "rrule FREQ=MONTHLY;BYDAY=1MO"),
        ("monthly on the last friday", "rrule FREQ=MONTHLY;BYDAY=-1FR"),
        ("the 15th of each month", "rrule FREQ=MONTHLY;BYMONTHDAY=15"),
        ("1st and 15th of the month", "rrule FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ("every december 24th", "rrule FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"),
        ("every other monday", "rrule FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("tue and thu fortnightly", "rrule FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"),
        ("every two weeks on friday", "rrule FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
        ("no more than two drinks a day", "at most 2 per day"), ("fewer than 3 sweets a week", "at most 2 per week"),
        ("less than 30 min a day", "at most 29 min per day"), ("under an hour a week", "at most 59 min per week"),
        ("2 dinners a month", "2 per month"),
        ("max. 2 a day", "at most 2 per day"), ("3 evenings a week", "3 per week"),
        ("semi-annually", "every 6 months"),
        ("when it happens", "on event"), ("just once", "once"), ("by friday", "once by 2026-11-27"),
        ("once by 24 dec", "once by 2026-12-24"), ("once by 24.12.", "once by 2026-12-24"),
        ("done by the end of the month", "once by 2026-11-30"),
    ],
)  # fmt: skip
def test_a_schedule_is_taken_as_people_write_it(typed: str, sentence: str) -> None:
    assert parse_schedule(typed, WEDNESDAY).sentence == sentence
    assert parse_schedule(sentence).sentence == sentence


@pytest.mark.parametrize(
    ("typed", "sentence", "target", "minutes"),
    [
        ("15 min daily", "daily", 15, True),
        ("an hour a day", "daily", 60, True),
        ("30 min on weekdays", "mon tue wed thu fri", 30, True),
        ("30 min every 3 days", "every 3 days", 30, True),
        ("2h a fortnight", "every 2 weeks", 120, True),
        ("mon 30min", "mon", 30, True),
        ("mon and thu, 20 min", "mon thu", 20, True),
        ("3 times a day", "daily", 3, False),
        ("10 pages a day", "daily", 10, False),
        ("4 times in 2 weeks", "every 2 weeks", 4, False),
        ("10 times a year", "every 12 months", 10, False),
        ("daily", "daily", None, False),
    ],
)
def test_an_amount_each_time_is_the_target(typed: str, sentence: str, target: int | None, minutes: bool) -> None:
    assert parse_asked(typed) == Asked(parse_schedule(sentence), target, minutes)


@pytest.mark.parametrize(
    "sentence", ["3 more a week", "3 hundred a week", "2 fridays a month", "2 weeks a month", "90 seconds a day"]
)
def test_a_word_that_changes_the_number_is_never_taken_for_what_is_counted(sentence: str) -> None:
    with pytest.raises(BadSchedule):
        parse_schedule(sentence)


def test_a_last_day_that_hangs_on_today_needs_it() -> None:
    with pytest.raises(BadSchedule, match="write its last day as a date"):
        parse_schedule("by friday")
    assert parse_schedule("by 24 dec 2026").sentence == "once by 2026-12-24"


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("rrule FREQ=WEEKLY;UNTIL=20260630T120000Z;BYDAY=TU", "FREQ=WEEKLY;UNTIL=20260630;BYDAY=TU"),
        ("RRULE:FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=TU"),
        ("rrule:freq=weekly;byday=tu", "FREQ=WEEKLY;BYDAY=TU"),
        ("FREQ=MONTHLY; BYDAY=MO, TU; BYSETPOS=-1; WKST=SU;", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;WKST=SU"),
        ("rrule FREQ=DAILY;INTERVAL=3;BYHOUR=19;BYMINUTE=0;BYSECOND=0", "FREQ=DAILY;INTERVAL=3"),
        ("rrule FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"),
        ("rrule FREQ=DAILY;UNTIL=20300101T235959", "FREQ=DAILY;UNTIL=20300101T235959"),
    ],
)
def test_a_rule_is_taken_as_calendars_write_it(rule: str, kept: str) -> None:
    assert parse_schedule(rule).sentence == f"rrule {kept}"
    assert parse_schedule(f"rrule {kept}").sentence == f"rrule {kept}"


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=HOURLY", "more than once a day"),
        ("FREQ=DAILY;BYHOUR=3,4", "more than once a day"),
        ("DTSTART=20200101;FREQ=DAILY", "DTSTART"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is a number from 1"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL is a number from 1"),
        ("FREQ=DAILY;COUNT=0", "COUNT is a number from 1"),
        ("FREQ=DAILY;COUNT=-1", "COUNT is a number from 1"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "never comes"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;UNTIL=99990101", "never comes"),
        ("FREQ=DAILY EXRULE:FREQ=DAILY", "leave EXRULE out"),
        ("FREQ=WEEKLY EXDATE;TZID=Europe/Berlin:20260602T190000", "leave EXDATE out"),
        ("FREQ=WEEKLY RDATE:20260602", "leave RDATE out"),
        ("FREQ=FORTNIGHTLY", "not a rule"),
        ("FREQ=DAILY;UNTIL=someday", "UNTIL=SOMEDAY is not a day"),
        ("nonsense", "not a part of a rule"),
        ("BYDAY=MO", "not a rule"),
        ("", "not a rule"),
    ],
)
def test_a_bad_rule_is_refused_and_says_why(rule: str, why: str) -> None:
    with pytest.raises(BadSchedule, match=why) as refusal:
        parse_schedule(f"rrule {rule}")

    assert refusal.value.nearest == ""


def test_a_rule_with_a_start_of_its_own_is_told_where_the_start_goes() -> None:
    with pytest.raises(BadSchedule, match="the plan brings its own start: leave DTSTART out"):
        parse_schedule("DTSTART;TZID=Europe/Berlin:20260602T190000\nRRULE:FREQ=WEEKLY;BYDAY=TU")


def test_a_rule_that_ended_long_ago_is_still_one() -> None:
    assert parse_schedule("rrule FREQ=DAILY;UNTIL=19991231").sentence == "rrule FREQ=DAILY;UNTIL=19991231"
