"""The laws of sentences: schedules, days, durations and cleaned text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.property.strategies import RULES
from tracker.domain.language.parsing import parse_asked, parse_day, parse_days, parse_duration, parse_schedule
from tracker.domain.language.words import FORMS, BadSchedule, BadWord, say_duration
from tracker.domain.schedules import (
    MOST,
    Daily,
    Every,
    Length,
    Minutes,
    Once,
    OnEvent,
    Period,
    Quota,
    Rule,
    Schedule,
    Weekdays,
)
from tracker.domain.text.clean import UNSAFE, one_line, paragraphs

PERIODS: tuple[Period, ...] = ("week", "month")
LENGTHS: tuple[Length, ...] = ("days", "weeks", "months")


@st.composite
def whole_grammar(draw: st.DrawFn) -> Schedule:
    """Return a schedule from anywhere in the grammar, up to its bounds."""
    period, length = draw(st.sampled_from(PERIODS)), draw(st.sampled_from(LENGTHS))
    forms: list[st.SearchStrategy[Schedule]] = [
        st.sampled_from((Daily(), OnEvent(), Once(), Quota(1, period, bare=True))),
        st.lists(st.integers(0, 6), min_size=1, unique=True).map(lambda named: Weekdays(tuple(named))),
        st.integers(2, MOST[length]).map(lambda number: Every(number, length)),
        st.integers(1, MOST[period]).map(lambda number: Quota(number, period)),
        st.integers(1, MOST["min"]).map(lambda number: Minutes(number, period)),
        st.dates(date(1900, 1, 1), date(9000, 12, 31)).map(Once),
        st.sampled_from(RULES).map(Rule),
    ]
    return draw(st.one_of(forms))


PIECES = """
daily weekly monthly once by per week weeks month months every other on event min minutes hour hours each mon
tuesdays weekend weekdays fortnight 0 1 2 3 007 366 367 999 1001 99999 10001 2026-02-30 2027-01-05 9999-12-31
x times a twice rrule day
"""
RULE_PARTS = """
FREQ=DAILY FREQ=WEEKLY FREQ=MONTHLY FREQ=YEARLY INTERVAL=2 INTERVAL=0 INTERVAL=-1 COUNT=3 COUNT=0 COUNT=-1
BYDAY=MO BYDAY=5MO BYDAY=XX BYMONTHDAY=31 BYMONTH=2 UNTIL=20300101 UNTIL=20300101T000000Z UNTIL=19700101
BYEASTER=0 BYSETPOS=1 WKST=SU BYHOUR=3 DTSTART=20200101 INTERVAL=99999999999999999999 BYWEEKNO=53
COUNT=99999999999999999999 BYYEARDAY=366 junk = ;
"""
pieces = st.sampled_from(PIECES.split())
sentences = st.lists(pieces, max_size=6).map(" ".join)
rule_parts = st.sampled_from(RULE_PARTS.split())


@given(whole_grammar())
@settings(max_examples=100)
def test_a_sentence_comes_back_the_same(schedule: Schedule) -> None:
    assert parse_schedule(schedule.sentence) == schedule
    assert parse_schedule(schedule.sentence).sentence == schedule.sentence


@given(whole_grammar(), st.sampled_from((" ", "  ", "\t", "\n ")))
def test_case_and_spaces_do_not_matter(schedule: Schedule, space: str) -> None:
    assert parse_schedule(f" {space.join(schedule.sentence.upper().split())} ") == schedule
    assert parse_schedule(schedule.sentence.lower()) == schedule


TODAY = date(2026, 11, 25)


def _understood_or_refused(text: str) -> None:
    try:
        asked = parse_asked(text, TODAY)
    except BadSchedule as refusal:
        said = str(refusal)
        if refusal.nearest:
            assert parse_schedule(refusal.nearest).sentence == refusal.nearest
            assert refusal.nearest in said
        assert refusal.nearest or refusal.either or refusal.why or FORMS in said
        for each in refusal.either:
            assert parse_schedule(each).sentence == each
    else:
        again = parse_schedule(asked.schedule.sentence)
        assert again == asked.schedule
        assert again.sentence == asked.schedule.sentence


@given(st.text(max_size=40))
@example("every " + "9" * 5000)
@example("٣ per week")
@example("once by ٢٠٢٦-12-24")
@settings(max_examples=100)
def test_any_text_is_a_schedule_or_is_refused_with_the_nearest(text: str) -> None:
    _understood_or_refused(text)


SPOKEN = """
every each other second 2nd 3 3x twice four times a an per / week month day days weeks fortnight year quarter 2h 1.5
hours minutes half daily weekly monthly yearly mon tue-thu sundays weekdays and , the of first last 15th month by fri
24 dec except on 1,5h
"""


@given(st.lists(st.sampled_from(SPOKEN.split()), max_size=6).map(" ".join))
@settings(max_examples=300)
def test_what_people_say_is_a_schedule_that_stays_or_is_refused(text: str) -> None:
    _understood_or_refused(text)


@given(st.integers(1, 31), st.sampled_from(PERIODS), st.data())
@settings(max_examples=60)
def test_a_suggestion_keeps_the_number_and_the_period(number: int, period: Period, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(period) - 1))
    typo = f"{number} per {period[:at]}{data.draw(st.sampled_from('aeioux'))}{period[at:]}"
    try:
        assert parse_schedule(typo, TODAY) == Quota(number, period)
    except BadSchedule as refusal:
        assert refusal.nearest in ("", f"{number} per {period}")


@given(st.sampled_from(("2h per week", "an hour a week", "90 minutes weekly", "1.5 hours / month", "2hrs a month")))
def test_hours_never_become_times(text: str) -> None:
    assert isinstance(parse_schedule(text), Minutes)


@given(sentences)
@example("366 hours per week")
@example("999")
@example("once by 9999-12-31")
@settings(max_examples=200)
def test_any_words_are_a_schedule_or_are_refused_with_the_nearest(text: str) -> None:
    _understood_or_refused(text)


@given(st.lists(rule_parts, max_size=4).map(";".join))
@example("FREQ=DAILY;COUNT=-1")
@settings(max_examples=80)
def test_any_rule_is_one_or_is_refused_and_an_accepted_one_can_be_read(text: str) -> None:
    _understood_or_refused(f"rrule {text}")
    try:
        rule = parse_schedule(f"rrule {text}")
    except BadSchedule:
        return
    assert isinstance(rule, Rule)
    dates = [day for day, _ in zip(rule.dates(date(2024, 1, 1)), range(20), strict=False)]
    assert dates == sorted(set(dates))


@given(st.text(max_size=20) | pieces)
def test_any_text_is_a_day_or_is_refused(text: str) -> None:
    today = date(2026, 11, 23)
    for read in (parse_day, parse_days):
        try:
            read(text, today)
        except BadWord as refusal:
            assert "Try" in str(refusal) or "range" in str(refusal) or "backwards" in str(refusal)


@given(st.integers(1, 1440))
def test_a_duration_said_is_read_back(minutes: int) -> None:
    assert parse_duration(say_duration(minutes)) == minutes
    assert parse_duration(str(minutes)) == minutes
    assert parse_duration(f"{minutes // 60}:{minutes % 60:02}") == minutes


@given(st.text(max_size=20))
def test_any_text_is_a_duration_or_is_refused(text: str) -> None:
    try:
        assert 1 <= parse_duration(text) <= 1440
    except BadWord as refusal:
        assert "Try" in str(refusal) or "Write" in str(refusal)


@given(st.text(max_size=300))
@example("a" * 199 + " b")
@example("\u202eevil\x1b[2J\ud800")
def test_cleaned_text_is_harmless_and_stays_as_it_is(text: str) -> None:
    line, many = one_line(text), paragraphs(text)

    assert not UNSAFE.search(line + many)
    assert "\n" not in line and "\t" not in line
    assert one_line(line) == line
    assert paragraphs(many) == many


def test_long_text_is_never_shortened() -> None:
    assert one_line("a" * 199 + " b") == "a" * 199 + " b"
    assert paragraphs("a" * 19_999 + "\n\nb") == "a" * 19_999 + "\n\nb"
    with pytest.raises(BadWord):
        parse_duration("")
