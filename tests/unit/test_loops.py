"""Open loops: when a question comes up, and when it is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from tracker.domain.counting.followups import loops_of, open_now
from tracker.domain.fields import Choice, Field, Gives, Type
from tracker.domain.records import Entry

MADE = datetime.fromisoformat("2026-11-20T20:00:00+01:00")
BY = Field("by", "By when?", Type.MOMENT)
ON = Field("on", "On which day?", Type.DAY)
CAME = Field("came", "What came of it?", Type.LINE, at="by")
RIGHT = Field("right", "Is it put right?", Type.YESNO, at="by")
LOOKED = Field("looked", "What do you see now?", Type.LINE, at="on")
NEXT_DAY = Field("next_day", "A day later?", Type.SCALE, after_hours=24)
FIELDS = (BY, ON, CAME, RIGHT, LOOKED, NEXT_DAY)


def entry(*asks: str, made: datetime | None = MADE) -> Entry:
    return Entry("e", date(2026, 11, 20), at=made, asks=asks)


ANSWERS = {"by": "2026-11-21T18:00+01:00", "on": "2026-11-22"}


def test_questions_of_one_moment_are_asked_together_soonest_first() -> None:
    found = loops_of("c", entry("came", "right", "looked", "next_day"), ANSWERS, FIELDS)
    assert [[field.name for field in loop.fields] for loop in found] == [["came", "right"], ["next_day"], ["looked"]]
    assert [loop.due.isoformat() for loop in found] == [
        "2026-11-21T18:00:00+01:00",
        "2026-11-21T20:00:00+01:00",
        "2026-11-22T00:00:00+01:00",
    ]
    assert len({loop.key for loop in found}) == 3


def test_only_what_is_still_asked_is_a_loop() -> None:
    assert loops_of("c", entry(), ANSWERS, FIELDS) == ()
    (loop,) = loops_of("c", entry("right"), ANSWERS, FIELDS)
    assert [field.name for field in loop.fields] == ["right"]


def test_without_the_day_it_hangs_on_nothing_is_asked() -> None:
    assert loops_of("c", entry("came", "looked"), {}, FIELDS) == ()
    assert loops_of("c", entry("next_day", made=None), ANSWERS, FIELDS) == ()


def test_what_is_due_some_time_today_is_open_and_the_oldest_is_first() -> None:
    found = loops_of("c", entry("came", "looked", "next_day"), ANSWERS, FIELDS)
    for days, open_ones in ((0, 0), (1, 2), (2, 3), (4, 3)):
        now = MADE.replace(hour=6) + timedelta(days=days)
        assert open_now(reversed(found), now, now.date()) == list(found[:open_ones])


def test_a_question_of_a_day_later_rests_after_three_days_and_the_others_never() -> None:
    found = loops_of("c", entry("came", "next_day"), ANSWERS, FIELDS)
    late = MADE + timedelta(days=4)
    assert open_now(found, late, late.date()) == list(found)
    later = late + timedelta(minutes=1)
    assert open_now(found, later, later.date()) == [found[0]]
    assert open_now(found, later + timedelta(days=4000), later.date()) == [found[0]]


def test_after_midnight_the_morning_is_still_tomorrow_but_what_is_due_is_due() -> None:
    late = MADE.replace(day=21, hour=0, minute=40)
    soon, morning = (
        loops_of("c", entry("came"), {"by": f"2026-11-21T{at}+01:00"}, FIELDS)[0] for at in ("00:30", "09:00")
    )
    assert open_now([morning, soon], late, MADE.date()) == [soon]


def test_a_pause_over_midnight_is_in_sight_and_a_day_to_come_is_not() -> None:
    by = {"by": "2026-11-21T00:28+01:00", "on": "2026-11-21"}
    back, day = sorted(loops_of("c", entry("came", "looked"), by, FIELDS), key=lambda loop: loop.due, reverse=True)
    assert open_now([back, day], MADE.replace(hour=23, minute=58), MADE.date()) == [back]
    assert open_now([back, day], MADE.replace(hour=22, minute=57), MADE.date()) == []
    assert open_now([day], MADE + timedelta(hours=6), MADE.date()) == [], "the person's day ends at three"
    assert open_now([day], MADE + timedelta(hours=7), MADE.date() + timedelta(days=1)) == [day]


def test_a_moment_keeps_its_own_offset() -> None:
    (loop,) = loops_of("c", entry("came"), {"by": "2026-11-21T18:00-05:00"}, FIELDS)
    assert loop.due.utcoffset() == timedelta(hours=-5)


DID = Field("did", "What came of it?", Type.CHOICE, choices=(Choice("no", "not yet"),), gives=Gives.OUTCOME)


def test_an_open_event_is_asked_about_again_on_the_last_day_it_names_or_at_once() -> None:
    (loop,) = loops_of("c", entry("did"), {}, (ON, DID))
    assert loop.due == MADE
    (loop,) = loops_of("c", entry("did"), ANSWERS, (BY, ON, DID))
    assert loop.due.isoformat() == "2026-11-22T00:00:00+01:00"


def test_a_day_later_is_counted_from_when_it_turned_out() -> None:
    late = replace(entry("next_day"), settled_at=MADE + timedelta(days=9))
    (loop,) = loops_of("c", late, {}, FIELDS)
    assert loop.due == MADE + timedelta(days=10)
