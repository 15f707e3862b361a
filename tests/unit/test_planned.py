"""Planned times: what a sentence means, and what became of each time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from tracker.domain.language.words import BadWord
from tracker.domain.planned import USUAL, Plan, PlannedState, PlannedTime, Word, may_move, planned_times, read_plan

MONDAY = date(2026, 11, 23)
SATURDAY = MONDAY + timedelta(days=5)
EVENING = time(19)
WEEKLY = Plan("w", SATURDAY, EVENING, 60, 7)
ONCE = Plan("o", SATURDAY, EVENING, 60)


def came(
    *plans: Plan,
    logged: dict[date, list[tuple[time | None, float]]] | None = None,
    said: dict[str, Word] | None = None,
    today: date = SATURDAY + timedelta(days=1),
    until: date = SATURDAY + timedelta(days=1),
) -> list[PlannedTime]:
    return planned_times(plans, said or {}, logged or {}, today, until)


def planned(sentence: str, start: date | None = None) -> Plan:
    """Return the plan that a sentence makes on Monday."""
    said = read_plan(sentence, MONDAY, start)
    return Plan("p", said.day or MONDAY, said.at, said.minutes or USUAL, said.every)


@pytest.mark.parametrize(
    ("minutes", "state"),
    [(60, "kept"), (50, "kept"), (48, "kept"), (47, "partly"), (40, "partly"), (1, "partly"), (90, "kept")],
)
def test_eight_tenths_of_what_was_planned_keep_it(minutes: float, state: str) -> None:
    (found,) = came(ONCE, logged={SATURDAY: [(EVENING, minutes)]})
    assert found.state == state
    assert found.credit == min(1.0, minutes / 48)


def test_eight_tenths_are_exact_for_every_length() -> None:
    for minutes in range(5, 1441, 5):
        (found,) = came(Plan("o", SATURDAY, EVENING, minutes), logged={SATURDAY: [(None, minutes * 4 / 5)]})
        assert found.state is PlannedState.KEPT, minutes


def test_minutes_go_to_the_nearest_planned_time() -> None:
    plans = (Plan("a", SATURDAY, time(10), 30), Plan("b", SATURDAY, time(19), 60))
    found = came(*plans, logged={SATURDAY: [(time(18), 60.0)]})
    assert [(each.plan, each.logged, each.state) for each in found] == [
        ("a", None, PlannedState.OPEN),
        ("b", 60.0, PlannedState.KEPT),
    ]
    both = came(*plans, logged={SATURDAY: [(time(18), 60.0), (time(20), 30.0), (time(21), 5.0)]})
    assert [each.logged for each in both] == [30.0, 60.0]


def test_minutes_of_an_unknown_hour_go_to_the_first_without_any() -> None:
    plans = (Plan("a", SATURDAY, time(10), 30), Plan("b", SATURDAY, time(19), 60))
    assert [each.logged for each in came(*plans, logged={SATURDAY: [(None, 30.0)]})] == [30.0, None]


def test_one_is_open_once_its_day_is_over() -> None:
    assert came(ONCE, today=SATURDAY, until=SATURDAY)[0].state is PlannedState.AHEAD
    assert came(ONCE)[0].state is PlannedState.OPEN
    assert came(ONCE, logged={SATURDAY + timedelta(days=1): [(EVENING, 60.0)]})[0].state is PlannedState.OPEN


@pytest.mark.parametrize("state", [PlannedState.MOVED, PlannedState.CANCELLED, PlannedState.MISSED])
def test_what_was_said_of_it_holds(state: PlannedState) -> None:
    said = {f"o:{SATURDAY}": Word(state, "2026-11-29 18:00" if state is PlannedState.MOVED else "")}
    (found,) = came(ONCE, said=said, logged={SATURDAY: [(EVENING, 60.0)]})
    assert (found.state, found.logged) == (state, None)


def test_moved_before_it_began() -> None:
    (found,) = came(ONCE)
    begins = datetime.combine(SATURDAY, EVENING).astimezone()
    assert may_move(found, begins - timedelta(minutes=1))
    assert not may_move(found, begins)


def test_a_weekly_plan_comes_every_week_until_it_ends() -> None:
    def days(plan: Plan) -> list[date]:
        return [each.day for each in came(plan, until=SATURDAY + timedelta(days=30))]

    assert days(WEEKLY) == [SATURDAY + timedelta(weeks=number) for number in range(5)]
    ended = Plan("w", SATURDAY, EVENING, 60, 7, SATURDAY + timedelta(days=10))
    assert days(ended) == [SATURDAY, SATURDAY + timedelta(weeks=1)]
    assert days(Plan("w", SATURDAY, EVENING, 60, 14)) == [SATURDAY + timedelta(weeks=2 * number) for number in range(3)]


@pytest.mark.parametrize(
    ("sentence", "day", "again"),
    [
        ("sat 19:00 60m weekly", "2026-11-28", "sat 19:00 60m weekly"),
        ("Saturday 19:00 1h", "2026-11-28", "2026-11-28 19:00 60m"),
        ("mon 9:05 90 fortnightly", "2026-11-23", "mon 09:05 90m fortnightly"),
        ("tomorrow 19:00 60m", "2026-11-24", "2026-11-24 19:00 60m"),
        ("2026-12-24 18:00 1h30", "2026-12-24", "2026-12-24 18:00 90m"),
    ],
)
def test_a_sentence_in_and_the_same_sentence_out(sentence: str, day: str, again: str) -> None:
    plan = planned(sentence)
    assert (plan.first.isoformat(), plan.sentence) == (day, again)
    assert planned(plan.sentence) == plan


def test_a_weekday_is_the_first_from_a_day_on() -> None:
    assert planned("sat 19:00 60m weekly", date(2026, 12, 1)).first == date(2026, 12, 5)
    assert planned("tue 19:00 60m weekly", date(2026, 12, 1)).first == date(2026, 12, 1)


@pytest.mark.parametrize("sentence", ["sat noon 2h", "noon sat 2h", "2h sat 12:00", "2026-11-28T12:00 120m"])
def test_a_length_is_never_taken_for_the_time(sentence: str) -> None:
    assert planned(sentence) == Plan("p", SATURDAY, time(12), 120)


@pytest.mark.parametrize("sentence", ["sat 2h", "sat evening 1h", "sat afternoon 2 hours", "3h sat"])
def test_a_few_hours_alone_are_a_time_or_a_length_and_refused(sentence: str) -> None:
    with pytest.raises(BadWord, match="or how long it takes"):
        planned(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["", "sat", "tonight", "sat 25:00 60m", "someday 19:00 60m", "sat 19:00 0m", "weekly", "sat 7", "daily 19:00"],
)
def test_what_is_no_sentence_is_refused(sentence: str) -> None:
    with pytest.raises(BadWord):
        planned(sentence)
