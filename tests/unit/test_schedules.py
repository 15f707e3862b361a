"""The schedule sentences, and what each schedule means."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from tracker.domain.grammar import BadSchedule, parse
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
    number_of,
    spacing_of,
    unit_of,
)

START = date(2026, 1, 1)

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
    assert parse(sentence) == schedule
    assert schedule.sentence == sentence
    assert unit_of(schedule) == unit
    assert number_of(schedule) == n
    assert spacing_of(schedule, START) == pytest.approx(spacing)


def test_a_rule_has_the_mean_gap_of_its_first_twelve_dates() -> None:
    rule = Rule("FREQ=MONTHLY;BYDAY=1MO")
    dates = list(islice(rule.dates(START), 13))

    assert dates[0] == date(2026, 1, 5)
    assert dates[11] == date(2026, 12, 7)
    assert spacing_of(rule, START) == pytest.approx((dates[11] - dates[0]).days / 11)
    assert spacing_of(rule, START) != pytest.approx((dates[12] - dates[0]).days / 12)


def test_a_rule_with_one_date_is_spaced_as_a_day() -> None:
    assert spacing_of(Rule("FREQ=DAILY;COUNT=1"), START) == 1.0


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
    assert parse(typed).sentence == sentence


@pytest.mark.parametrize(
    ("bad", "nearest"),
    [
        ("", "daily"),
        ("dayly", "daily"),
        ("dialy", "daily"),
        ("every day", "daily"),
        ("each day", "daily"),
        ("1 per day", "daily"),
        ("every 1 days", "daily"),
        ("every 0 days", "daily"),
        ("every week", "weekly"),
        ("every month", "monthly"),
        ("every 400 days", "every 366 days"),
        ("every 60 weeks", "every 52 weeks"),
        ("every 25 months", "every 24 months"),
        ("every 2 day", "every 2 days"),
        ("every other week", "every 2 weeks"),
        ("every fortnight", "every 2 weeks"),
        ("every second day", "every 2 days"),
        ("every 3rd month", "every 3 months"),
        ("monday and wednesdays", "mon wed"),
        ("mon mon", "mon"),
        ("on thursdays", "thu"),
        ("weekdays", "mon tue wed thu fri"),
        ("weekends", "sat sun"),
        ("3x per week", "3 per week"),
        ("three times a week", "3 per week"),
        ("twice a month", "2 per month"),
        ("0 per week", "weekly"),
        ("2000 per week", "1000 per week"),
        ("weekley", "weekly"),
        ("120 minutes a week", "120 min per week"),
        ("500 minutes per month", "500 min per month"),
        ("20000 min per week", "10000 min per week"),
        ("2 hours a week", "120 min per week"),
        ("400 hours a month", "10000 min per month"),
        ("minutes per week", "120 min per week"),
        ("on events", "on event"),
        ("when it happens", "on event"),
        ("onec", "once"),
        ("done by 2027-03-01", "once by 2027-03-01"),
        ("once by christmas", "once by 2026-12-24"),
        ("once by 2026-02-29", "once by 2026-12-24"),
        ("once by 9999-12-31", "once by 2026-12-24"),
        ("999", "999 per week"),
        ("٣ per week", "weekly"),
        ("rrule", "daily"),
    ],
)
def test_a_bad_sentence_is_refused_with_the_nearest(bad: str, nearest: str) -> None:
    with pytest.raises(BadSchedule) as refusal:
        parse(bad)

    assert refusal.value.nearest == nearest
    assert str(refusal.value).endswith(f"Did you mean '{nearest}'?")
    assert parse(nearest).sentence == nearest


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=HOURLY", "a rule names days"),
        ("FREQ=DAILY;BYHOUR=3,4", "a rule names days"),
        ("DTSTART=20200101;FREQ=DAILY", "a rule names days"),
        ("FREQ=DAILY;INTERVAL=0", "never comes"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "never comes"),
        ("FREQ=DAILY;COUNT=0", "never comes"),
        ("FREQ=DAILY;COUNT=-1", "never comes"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "never comes"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;UNTIL=99990101", "never comes"),
        ("FREQ=DAILY EXRULE:FREQ=DAILY", "one rule"),
        ("RRULE:FREQ=DAILY", "one rule"),
        ("FREQ=FORTNIGHTLY", "not a rule"),
        ("FREQ=DAILY;UNTIL=20300101T000000Z", "not a rule"),
        ("nonsense", "not a rule"),
        ("BYDAY=MO", "not a rule"),
    ],
)
def test_a_bad_rule_is_refused_and_says_why(rule: str, why: str) -> None:
    with pytest.raises(BadSchedule, match=why) as refusal:
        parse(f"rrule {rule}")

    assert refusal.value.nearest == "rrule FREQ=MONTHLY;BYDAY=1MO"


def test_a_rule_that_ended_long_ago_is_still_one() -> None:
    assert parse("rrule FREQ=DAILY;UNTIL=19991231").sentence == "rrule FREQ=DAILY;UNTIL=19991231"
