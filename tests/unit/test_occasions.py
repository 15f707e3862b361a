"""The worked examples, and the state and credit of daily tasks, events and lapses."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

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
    states,
    then,
)
from tracker.domain.calendar import Calendar, WeekStart
from tracker.domain.commitments import Commitment, Kind, Outcome, Plan
from tracker.domain.counting.figures import Figures, count
from tracker.domain.counting.occasions import State, occasions
from tracker.domain.language.parsing import parse_schedule
from tracker.domain.records import CLEAR, HANDLED, LAPSE, Entry, Pause, Record


def daily(history: str) -> Figures:
    """Return the figures of a daily count of two: K kept, P one of two, M nothing, S skipped, O today."""
    amounts = {"K": 2.0, "P": 1.0}
    entries = [
        Entry(f"e{index}", on(index), amount=amounts[mark]) for index, mark in enumerate(history) if mark in amounts
    ]
    skips = skipped(*(on(index) for index, mark in enumerate(history) if mark == "S"))
    today = on(len(history) - 1)
    return count(seen(commit("daily", Kind.COUNT, 2), today, entries, skips), today)


@pytest.mark.parametrize(
    ("history", "streak", "best", "consistency", "bounce_back"),
    [
        ("K", 1, 1, 5.19225, None),
        ("K" * 20, 20, 20, 65.57476, None),
        ("K" * 20 + "O", 20, 20, 65.57476, None),
        ("KKMKKO", 2, 2, 18.73462, 1),
        ("KKSSKO", 3, 3, 14.78196, None),
        ("KMSK", 1, 1, 9.85931, 2),
        ("KKSK", 3, 3, 14.78196, None),
        ("KKKPO", 0, 3, 16.61057, None),
    ],
)
def test_worked_daily(history: str, streak: int, best: int, consistency: float, bounce_back: int | None) -> None:
    figures = daily(history)

    assert (figures.streak, figures.best, figures.bounce_back) == (streak, best, bounce_back)
    assert figures.consistency == pytest.approx(consistency, abs=5e-6)


@pytest.mark.parametrize("length", [1, 20])
def test_worked_daily_as_checks(length: int) -> None:
    today = on(length - 1)
    figures = count(seen(commit("daily"), today, checks(*(on(index) for index in range(length)))))

    assert figures.streak == figures.best == length
    assert figures.consistency == pytest.approx({1: 5.19225, 20: 65.57476}[length], abs=5e-6)


def test_worked_a_miss_turned_into_a_skip() -> None:
    entries = checks(on(0), on(1), on(3))

    before = count(seen(commit("daily"), on(3), entries))
    after = count(seen(commit("daily"), on(3), entries, skipped(on(2))))

    assert (before.streak, before.best) == (1, 2)
    assert (after.streak, after.best) == (3, 3)
    assert after.consistency == pytest.approx(14.78196, abs=5e-6)


def test_worked_three_per_week() -> None:
    done = [0, 1, 2, 7, 9, 11, 14, 16, 21, 22, 23, 24, 28]
    figures = count(seen(commit("3 per week"), on(28), checks(*map(on, done))))

    assert (figures.streak, figures.best, figures.bounce_back) == (1, 2, 7)
    assert figures.consistency == pytest.approx(56.70994, abs=5e-6)


def test_worked_a_week_with_four_paused_days() -> None:
    (week,) = seen(commit("3 per week"), on(6), checks(on(0), on(1)), pauses=[Pause(on(3), on(6))])

    assert (week.state, week.target, week.done) == (KEPT, 2, 2)
    assert (week.n, week.spacing, week.unit) == (3, 7, "weeks")


def test_worked_daily_then_four_per_week_closes_three_days() -> None:
    figures = count(seen(then(commit("daily"), on(3), "4 per week"), on(4), checks(on(0), on(1), on(2))), on(4))

    assert (figures.streak, figures.best, figures.unit) == (0, 0, "weeks")
    assert [(one.kept, one.unit, one.first, one.last) for one in figures.closed] == [(3, "days", on(0), on(2))]
    assert figures.consistency == pytest.approx(14.78196, abs=5e-6)


def test_named_days_after_windows_count_in_the_same_unit_and_go_on() -> None:
    plans = then(commit("every 3 days"), on(6), "mon wed")
    figures = count(seen(plans, on(9), checks(on(1), on(4), on(7), on(9))), on(9))

    assert (figures.streak, figures.unit, figures.closed) == (4, "times", ())


@pytest.mark.parametrize(
    ("sentence", "kind", "start", "state"),
    [
        ("weekly", Kind.CHECK, on(6), NEUTRAL),
        ("weekly", Kind.CHECK, on(4), NEUTRAL),
        ("weekly", Kind.CHECK, on(3), MISSED),
        ("weekly", Kind.CHECK, on(0), MISSED),
        ("3 per week", Kind.COUNT, on(5), NEUTRAL),
        ("120 min per week", Kind.MINUTES, on(4), NEUTRAL),
        ("120 min per week", Kind.MINUTES, on(3), MISSED),
        ("monthly", Kind.CHECK, dated("2026-03-17"), NEUTRAL),
        ("monthly", Kind.CHECK, dated("2026-03-16"), MISSED),
        ("monthly", Kind.CHECK, dated("2026-04-17"), NEUTRAL),
        ("monthly", Kind.CHECK, dated("2026-04-16"), MISSED),
        ("every 2 weeks", Kind.CHECK, on(6), MISSED),
    ],
)
def test_a_first_week_or_month_with_less_than_half_its_days_is_neutral(
    sentence: str, kind: Kind, start: date, state: State
) -> None:
    commitment = commit(sentence, kind, start=start)
    first = seen(commitment, start)[0]

    assert seen(commitment, first.last)[0].state is OPEN
    assert seen(commitment, first.last + timedelta(days=1))[0].state is state
    kept = seen(commitment, first.last + timedelta(days=1), checks(start, amount=120))
    assert kept[0].state is KEPT
    assert seen(commitment, first.last + timedelta(days=40))[1].state is MISSED


def test_a_short_first_week_that_was_begun_and_not_kept_is_neutral_and_counts_nowhere() -> None:
    figures = count(seen(commit("5 per week", start=on(4)), on(7), checks(on(5))), on(7))

    assert (figures.occasions, figures.streak, figures.consistency) == (0, 0, None)


def test_a_later_plan_has_a_short_first_week_too() -> None:
    plans = then(commit("daily"), on(5), "4 per week")
    found = seen(plans, on(14), checks(*(on(offset) for offset in range(5))))

    assert states(found) == [KEPT] * 5 + [NEUTRAL, MISSED, OPEN]


def test_a_start_moved_back_makes_the_first_week_whole_again() -> None:
    late = commit("5 per week", start=on(5))
    moved = commit("5 per week", start=on(1))

    assert states(seen(late, on(7), checks(on(5)))) == [NEUTRAL, OPEN]
    assert states(seen(moved, on(7), checks(on(5)))) == [PARTLY, OPEN]


def test_the_first_week_is_that_of_the_persons_own_week_start() -> None:
    sunday = Calendar((WeekStart(date(2026, 1, 4), 6),))
    commitment = commit("weekly", start=on(3))

    assert states(seen(commitment, on(7), calendar=sunday)) == [NEUTRAL, OPEN]
    assert states(seen(commitment, on(7))) == [MISSED, OPEN]


def test_a_week_cut_by_a_new_week_start_is_no_first_week() -> None:
    changed = Calendar((WeekStart(on(9), 2),))

    assert states(seen(commit("weekly"), on(9), calendar=changed)) == [MISSED, MISSED, OPEN]


def test_worked_avoid() -> None:
    outcomes = {0: CLEAR, 31: CLEAR, 32: LAPSE, 33: CLEAR}
    entries = [Entry(f"e{offset}", on(offset), outcome=outcome) for offset, outcome in outcomes.items()]
    figures = count(seen(commit("daily", Kind.AVOID), on(33), entries))

    assert (figures.streak, figures.best, figures.occasions) == (1, 2, 4)
    assert figures.consistency == pytest.approx(14.28404, abs=5e-6)


def test_worked_on_event() -> None:
    entries = [Entry(f"e{index}", on(index), credit=float(mark)) for index, mark in enumerate("1101")]
    figures = count(seen(commit("on event", Kind.EVENT), on(40), entries))

    assert (figures.streak, figures.best) == (1, 2)
    assert figures.consistency == pytest.approx(14.28404, abs=5e-6)


@pytest.mark.parametrize(
    ("amount", "state", "credit"),
    [(0, MISSED, 0.0), (5, PARTLY, 1 / 3), (14, PARTLY, 14 / 15), (15, KEPT, 1.0), (60, KEPT, 1.0)],
)
def test_credit_is_done_over_target_and_never_more_than_one(amount: int, state: State, credit: float) -> None:
    entries = [Entry("e", MONDAY, amount=amount)] if amount else []
    one, today = seen(commit("daily", Kind.MINUTES, 15), on(1), entries)

    assert (one.state, one.credit, one.done, one.target) == (state, credit, amount, 15)
    assert today.state is OPEN


def test_the_current_day_is_open_until_it_is_kept() -> None:
    minutes = commit("daily", Kind.MINUTES, 30)

    assert states(seen(minutes, MONDAY)) == [OPEN]
    assert states(seen(minutes, MONDAY, [Entry("e", MONDAY, amount=10)])) == [OPEN]
    assert states(seen(minutes, MONDAY, [Entry("e", MONDAY, amount=30)])) == [KEPT]


def test_a_window_is_open_through_its_last_day_and_kept_at_once() -> None:
    every = commit("every 3 days")

    assert states(seen(every, on(2))) == [OPEN]
    assert states(seen(every, on(3))) == [MISSED, OPEN]
    assert states(seen(every, on(1), checks(on(1)))) == [KEPT]
    assert states(seen(every, on(3), checks(on(2)))) == [KEPT, OPEN]


def test_a_check_quota_counts_days_a_count_sums_amounts_and_minutes_sum() -> None:
    twice_a_day = checks(on(0), on(0), on(1), amount=2)

    assert seen(commit("3 per week"), on(7), twice_a_day)[0].done == 2
    assert seen(commit("3 per week", Kind.COUNT), on(7), twice_a_day)[0].done == 6
    assert seen(commit("12 min per week", Kind.MINUTES), on(7), twice_a_day)[0].credit == 0.5


def test_a_field_can_say_what_is_distinct() -> None:
    asked = Commitment("c", "Topics", "s6", Kind.COUNT, (Plan(MONDAY, parse_schedule("3 per week")),), distinct="topic")
    topics = ["fears", "money", "fears", None]
    entries = [
        Entry(f"e{index}", on(index), fields={"topic": topic} if topic else {}) for index, topic in enumerate(topics)
    ]

    assert seen(asked, on(6), entries)[0].done == 2


def test_neutral_when_skipped_or_paused_and_the_entry_wins() -> None:
    skips = skipped(on(0), on(1))
    pauses = [Pause(on(2), on(3))]

    assert states(seen(commit("daily"), on(4), (), skips, pauses)) == [NEUTRAL, NEUTRAL, NEUTRAL, NEUTRAL, OPEN]
    assert states(seen(commit("daily"), on(4), checks(on(1), on(2)), skips, pauses)) == [
        NEUTRAL,
        KEPT,
        KEPT,
        NEUTRAL,
        OPEN,
    ]
    assert states(seen(commit("daily"), on(0), (), skips)) == [NEUTRAL]


def test_a_pause_without_end_goes_on() -> None:
    assert states(seen(commit("daily"), on(3), pauses=[Pause(on(1))])) == [MISSED, NEUTRAL, NEUTRAL, NEUTRAL]
    assert states(seen(commit("3 per week"), on(20), pauses=[Pause(on(0))])) == [NEUTRAL, NEUTRAL, NEUTRAL]


def test_an_entry_on_a_day_that_is_not_due_makes_no_occasion() -> None:
    found = seen(commit("mon wed fri"), on(6), checks(on(1), on(3), on(5), on(6)))

    assert [one.first for one in found] == [on(0), on(2), on(4)]
    assert states(found) == [MISSED, MISSED, MISSED]


def test_a_commitment_without_a_target_makes_no_occasions() -> None:
    plan = (Plan(MONDAY, parse_schedule("daily")),)

    assert seen(Commitment("c", "Time", "s4", Kind.MINUTES, plan, counts=False), on(9), checks(on(1))) == []


def test_nothing_is_asked_before_the_start() -> None:
    assert seen(commit("daily"), on(-1), checks(on(-3))) == []
    assert seen(commit("daily"), on(0), checks(on(-3)))[0].first == MONDAY


def test_once_by_is_missed_the_day_after_and_late_is_half() -> None:
    task = commit("once by 2026-03-05", Kind.TASK)
    last = dated("2026-03-05")

    assert states(seen(task, last)) == [OPEN]
    assert states(seen(task, dated("2026-03-06"))) == [MISSED]
    assert states(seen(task, last, checks(last))) == [KEPT]
    (late,) = seen(task, on(9), checks(dated("2026-03-06")))
    assert (late.state, late.credit, late.unit) == (PARTLY, 0.5, "times")


def test_a_task_in_parts_keeps_the_credit_it_had() -> None:
    task = commit("once by 2026-03-05", Kind.TASK, 4)

    assert seen(task, on(9), checks(on(0), on(1), on(2)))[0].credit == 0.75
    assert seen(task, on(9), checks(on(0), on(1), on(2), on(8)))[0].credit == 0.75
    assert seen(task, on(9), checks(on(0), on(7)))[0].credit == 0.25
    assert seen(task, on(9), checks(on(0), on(6), on(7), on(8)))[0].credit == 0.5


def test_once_by_does_not_shrink_and_is_neutral_only_if_every_day_is_excused() -> None:
    task = commit("once by 2026-03-05", Kind.TASK, 4)

    assert seen(task, on(9), skips=skipped(on(0), on(1), on(2)))[0].target == 4
    assert states(seen(task, on(9), skips=skipped(on(0), on(1), on(2)))) == [MISSED]
    assert states(seen(task, on(9), pauses=[Pause(on(0))])) == [NEUTRAL]
    assert states(seen(task, on(3), pauses=[Pause(on(0))])) == [NEUTRAL]
    assert states(seen(task, on(3), pauses=[Pause(on(1))])) == [OPEN]


def test_once_without_a_day_stays_open_until_done() -> None:
    task = commit("once", Kind.TASK)

    assert states(seen(task, on(900))) == [OPEN]
    assert states(seen(task, on(900), checks(on(800)))) == [KEPT]


def test_once_by_a_day_already_gone_is_due_on_its_first() -> None:
    task = commit("once by 2026-01-01", Kind.TASK)

    assert states(seen(task, MONDAY)) == [OPEN]
    assert states(seen(task, on(1))) == [MISSED]


def test_an_open_once_is_cut_by_a_newer_plan() -> None:
    assert states(seen(then(commit("once"), on(3), "daily"), on(3))) == [NEUTRAL, OPEN]
    assert states(seen(then(commit("once"), on(3), "daily"), on(3), checks(on(1)))) == [KEPT, OPEN]


def test_once_by_is_not_repeated_for_a_later_since() -> None:
    task = commit("once by 2026-03-05", Kind.TASK)

    assert list(occasions(task, Record(), on(30), since=on(4))) == []


def test_an_event_without_an_outcome_is_open_for_ever() -> None:
    found = seen(commit("on event", Kind.EVENT), on(400), [Entry("e", MONDAY, open=True)])

    assert states(found) == [OPEN]
    assert count(found).consistency is None


def test_events_are_ordered_by_the_day_they_fell_due_then_by_when_they_were_written() -> None:
    entries = [
        Entry("a", on(0), 5, credit=1.0, due=on(6)),
        Entry("b", on(3), 9, credit=0.5),
        Entry("c", on(3), 2, credit=0.0),
        Entry("d", on(4), 1, credit=None),
    ]
    found = seen(commit("on event", Kind.EVENT), on(9), entries)

    assert [(one.first, one.credit) for one in found] == [(on(3), 0.0), (on(3), 0.5), (on(6), 1.0)]
    assert states(found) == [MISSED, PARTLY, KEPT]


def test_an_event_belongs_to_the_plan_of_its_day_and_is_counted_once() -> None:
    changed = then(commit("on event", Kind.EVENT), on(5), "on event", 2)
    entries = [Entry(str(index), on(index), credit=1.0) for index in (-1, 0, 4, 5, 6, 11)]

    assert [one.first for one in seen(changed, on(10), entries)] == [on(0), on(4), on(5), on(6)]


def test_outcomes_are_found_by_name() -> None:
    kept = Outcome("kept", "Kept", 1.0)
    promise = Commitment(
        "c", "Promise", "s2", Kind.EVENT, (Plan(MONDAY, parse_schedule("on event")),), outcomes=(kept,)
    )

    assert promise.outcome("kept") is kept
    assert promise.outcome("lost") is None


def moment(offset: int, outcome: str, at: datetime | None = None, mended: datetime | None = None) -> Entry:
    return Entry(f"{outcome}{offset}", on(offset), outcome=outcome, at=at, put_right_at=mended)


def test_avoid_a_lapse_wins_over_all_and_silence_is_neutral() -> None:
    entries = [
        moment(0, CLEAR), moment(1, HANDLED), moment(2, LAPSE), moment(2, CLEAR), moment(2, HANDLED),
        moment(4, LAPSE), moment(6, CLEAR),
    ]  # fmt: skip
    skips = skipped(on(4), on(5), on(6))

    assert states(seen(commit("daily", Kind.AVOID), on(7), entries, skips)) == [
        KEPT,
        KEPT,
        MISSED,
        NEUTRAL,
        MISSED,
        NEUTRAL,
        KEPT,
        OPEN,
    ]


def test_avoid_today_is_missed_or_kept_at_once() -> None:
    avoid = commit("daily", Kind.AVOID)

    assert states(seen(avoid, MONDAY)) == [OPEN]
    assert states(seen(avoid, MONDAY, [moment(0, LAPSE)])) == [MISSED]
    assert states(seen(avoid, MONDAY, [moment(0, HANDLED)])) == [KEPT]
    assert states(seen(avoid, MONDAY, skips=skipped(MONDAY))) == [NEUTRAL]


def test_a_lapse_is_put_right_within_24_hours_unless_someone_was_afraid() -> None:
    at = datetime(2017, 9, 30, 12, tzinfo=timezone(timedelta(hours=10)))
    summer = timezone(timedelta(hours=11))

    def mended(when: datetime | None, afraid: bool = False) -> bool:
        return Entry("e", MONDAY, at=at, outcome=LAPSE, put_right_at=when, afraid=afraid).put_right

    assert mended(at + timedelta(hours=24))
    assert not mended(at + timedelta(hours=24, seconds=1))
    assert mended(datetime(2017, 10, 1, 13, tzinfo=summer))
    assert not mended(datetime(2017, 10, 1, 13, 1, tzinfo=summer))
    assert not mended(at + timedelta(hours=1), afraid=True)
    assert not mended(None)
    assert not Entry("e", MONDAY, outcome=LAPSE, put_right_at=at).put_right


def test_a_lapse_put_right_still_ends_the_run() -> None:
    at = datetime(2026, 3, 3, 12, tzinfo=timezone(timedelta(0)))
    entries = [moment(0, CLEAR), moment(1, LAPSE, at, at + timedelta(hours=1)), moment(2, CLEAR)]

    assert entries[1].put_right
    assert count(seen(commit("daily", Kind.AVOID), on(2), entries)).streak == 1
