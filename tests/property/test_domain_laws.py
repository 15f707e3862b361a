"""The laws of occasions and figures, for every kind, schedule, plan change, skip and pause."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, pairwise
from statistics import median

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.property import oracle
from tests.property.strategies import ORIGIN, Case, any_schedule, cases, days, plans, windowed
from tracker.domain.calendar import ONE_DAY, Calendar, WeekStart
from tracker.domain.commitments import Commitment, Kind, Plan
from tracker.domain.counting.explain import explain
from tracker.domain.counting.figures import Figures, Tally, count
from tracker.domain.counting.occasions import SETTLED, Occasion, State, occasions, runs
from tracker.domain.counting.slots import spans, stretches
from tracker.domain.records import LAPSE, Entry, Pause, Record
from tracker.domain.schedules import AtMost, Daily, Every, Once, Quota, Schedule, Unit, Weekdays

COUNTED = (Kind.CHECK, Kind.COUNT, Kind.MINUTES)


def found(case: Case, since: date = date.min) -> list[Occasion]:
    return list(occasions(case.commitment, case.record, case.today, case.calendar, since))


def numbers(figures: Figures) -> tuple[object, ...]:
    """Return what settled occasions alone decide."""
    return (
        figures.streak,
        figures.best,
        figures.consistency,
        figures.kept,
        figures.occasions,
        figures.bounce_back,
    )


@given(cases(COUNTED, windowed))
@settings(max_examples=100)
def test_occasions_are_those_found_day_by_day(case: Case) -> None:
    expected = oracle.judged(case)

    assert [(one.first, one.last, one.state.value, one.done, one.target, one.credit) for one in found(case)] == [
        (one.first, one.last, one.state, one.done, one.target, float(one.credit)) for one in expected
    ]


@given(cases(), st.none() | st.sampled_from(("days", "weeks", "months", "times")))
@settings(max_examples=100)
def test_figures_are_those_of_the_definitions(case: Case, unit: Unit | None) -> None:
    seen = found(case)
    expected = oracle.summary(seen, unit)
    figures = count(seen, None, unit)

    assert (figures.unit, figures.streak, figures.best) == (expected.unit, expected.streak, expected.best)
    assert tuple((each.unit, each.kept, each.first, each.last) for each in figures.closed) == expected.closed
    assert (figures.kept, figures.occasions, figures.bounce_back) == (
        expected.kept,
        expected.occasions,
        expected.bounce_back,
    )
    assert figures.consistency == pytest.approx(expected.consistency, abs=1e-9)
    assert explain(seen, 1, 1.0).now == figures.consistency


@given(cases())
def test_an_open_or_neutral_occasion_changes_no_number(case: Case) -> None:
    seen = found(case)
    units = [None, *(one.unit for one in seen)]
    some = [one for one, unit in zip(seen, units, strict=False) if one.settled or one.unit != unit]

    assert numbers(count(seen)) == numbers(count(some))


@given(cases())
def test_what_is_open_today_takes_nothing_from_the_numbers_before_it(case: Case) -> None:
    seen = found(case)
    ended = [one for one in seen if one.last < case.today]
    current = [one for one in seen if one.last >= case.today]
    assume(all(one.state in (State.OPEN, State.NEUTRAL) for one in current))
    assume({one.unit for one in current} <= {ended[-1].unit} if ended else True)

    assert numbers(count(seen)) == numbers(count(ended))


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(case: Case, random: object) -> None:
    shuffled = list(case.entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    pauses = tuple(reversed(case.pauses))
    skips = dict(reversed(list(case.skips.items())))

    assert found(replace(case, entries=tuple(shuffled), pauses=pauses, skips=skips)) == found(case)
    assert Record(shuffled).entries == case.record.entries


@given(cases(), cases(), days())
def test_an_entry_for_one_commitment_changes_no_other(case: Case, other: Case, day: date) -> None:
    before = found(other)
    entry = Entry(id="new", day=day, outcome=LAPSE, credit=1.0)

    found(replace(case, entries=(*case.entries, entry)))

    assert found(other) == before


@given(cases(), st.data())
def test_a_plan_change_leaves_earlier_occasions_equal(case: Case, data: st.DataObject) -> None:
    newest = case.commitment.plan
    assume(not (isinstance(newest.schedule, Once) and newest.schedule.by is None))
    kind = case.commitment.kind
    (new, *_) = data.draw(plans(kind, any_schedule if kind in COUNTED else st.just(newest.schedule)))
    start = newest.start + timedelta(days=data.draw(st.integers(0, 40)))
    changed = replace(case.commitment, plans=(*case.commitment.plans, Plan(start, new.schedule, new.target)))

    before = [one for one in found(case) if one.first < start]
    after = found(replace(case, commitment=changed))

    assert after[: len(before)] == before
    assert all(one.first >= start for one in after[len(before) :])


@given(cases(), st.data())
def test_a_later_plan_begins_after_the_occasion_it_found(case: Case, data: st.DataObject) -> None:
    seen = [one for one in found(case) if case.commitment.kind is not Kind.EVENT]

    for one in seen:
        started = [plan for plan in case.commitment.plans if plan.start <= one.first]
        assert started
        assert one.first >= case.commitment.plans[0].start
    assert all(before.last < after.first for before, after in pairwise(seen))


@given(cases(), days(-10, 130))
@settings(max_examples=100)
def test_counting_on_from_any_day_gives_the_same_figures(case: Case, cut: date) -> None:
    whole = found(case)
    tally = Tally().extend(one for one in whole if one.last < cut)

    rest = found(case, since=cut)

    assert rest == [one for one in whole if one.last >= cut]
    assert tally.extend(rest).figures(case.today) == count(whole, case.today)


@given(cases(), st.integers(0, 60))
def test_a_tally_can_be_put_down_and_taken_up_again(case: Case, cut: int) -> None:
    seen = found(case)
    first = Tally().extend(seen[:cut])
    first.figures(case.today)

    again = deepcopy(first).extend(seen[cut:])

    assert again.figures(case.today) == count(seen, case.today)


def _kept(day: date, n: int, spacing: float, unit: Unit = "times") -> Occasion:
    return Occasion(day, day, State.KEPT, 1.0, 1.0, 1.0, n, spacing, unit)


@given(cases(), st.integers(1, 7), st.floats(1, 400))
def test_a_kept_occasion_never_lowers_a_number(case: Case, n: int, spacing: float) -> None:
    tally = Tally().extend(found(case))
    before = tally.figures()

    tally.add(_kept(case.today, n, spacing, before.unit))
    after = tally.figures()

    assert after.streak == before.streak + 1
    assert after.best >= before.best
    assert after.consistency is not None
    assert (before.consistency or 0.0) <= after.consistency <= 100.0


@given(st.lists(st.tuples(st.integers(1, 30), st.floats(1, 400)), min_size=50, max_size=300))
def test_rounding_never_lowers_consistency(spacings: list[tuple[int, float]]) -> None:
    tally = Tally()
    score = 0.0
    for n, spacing in spacings * 4:
        tally.add(_kept(ORIGIN, n, spacing))
        assert score <= tally.score <= 1.0
        score = tally.score


@given(cases(), st.data())
def test_turning_an_occasion_into_a_kept_one_never_lowers_a_number(case: Case, data: st.DataObject) -> None:
    seen = found(case)
    assume(seen)
    index = data.draw(st.integers(0, len(seen) - 1))
    better = [*seen]
    better[index] = replace(seen[index], state=State.KEPT, credit=1.0)

    before, after = count(seen), count(better)

    assert after.streak >= before.streak
    assert after.best >= before.best
    assert (after.consistency or 0.0) >= (before.consistency or 0.0) - 1e-9


@given(cases((Kind.CHECK,)), days())
def test_one_more_check_never_lowers_streak_or_best(case: Case, day: date) -> None:
    before = count(found(case))
    after = count(found(replace(case, entries=(*case.entries, Entry(id="new", day=day)))))
    assume(after.occasions == before.occasions)

    assert after.streak >= before.streak
    assert after.best >= before.best
    assert (after.consistency or 0.0) >= (before.consistency or 0.0) - 1e-9


@given(cases())
def test_states_and_credits_agree(case: Case) -> None:
    for one in found(case):
        assert 0.0 <= one.credit <= 1.0
        assert one.settled is (one.state in SETTLED)
        assert one.first <= one.last
        if one.settled:
            assert one.state is (State.KEPT if one.credit == 1 else State.PARTLY if one.credit > 0 else State.MISSED)
        if one.state is State.OPEN:
            assert one.last >= case.today or case.commitment.kind is Kind.EVENT
            assert one.credit < 1
        if one.state in (State.PARTLY, State.MISSED) and case.commitment.kind not in (Kind.AVOID, Kind.EVENT):
            assert one.last < case.today
        if case.commitment.kind is not Kind.EVENT:
            assert one.first <= case.today


@given(cases((Kind.EVENT,)))
def test_events_are_ordered_by_the_day_they_fell_due_and_none_is_lost(case: Case) -> None:
    start = case.commitment.plans[0].start
    assume(case.commitment.plan.start <= case.today)
    seen = found(case)
    counted = [
        entry
        for entry in case.entries
        if (entry.open or entry.credit is not None) and (entry.due or entry.day) >= start
    ]

    assert [one.first for one in seen] == sorted(one.first for one in seen)
    assert len(seen) == sum(entry.day <= case.today for entry in counted)


@given(cases())
def test_an_entry_outside_every_occasion_makes_none(case: Case) -> None:
    assume(case.commitment.kind not in (Kind.EVENT, Kind.TASK))
    assume(not any(isinstance(plan.schedule, Once) for plan in case.commitment.plans))
    seen = found(case)
    inside = [entry for entry in case.entries if any(one.first <= entry.day <= one.last for one in seen)]

    assert found(replace(case, entries=tuple(inside))) == seen


@given(cases())
def test_a_pause_is_as_many_skipped_days(case: Case) -> None:
    assume(all(pause.last is not None for pause in case.pauses))
    skips = dict(case.skips)
    for pause in case.pauses:
        assert pause.last is not None
        for offset in range((pause.last - pause.first).days + 1):
            skips[pause.first + timedelta(days=offset)] = ""

    assert found(replace(case, pauses=(), skips=skips)) == found(case)


@given(cases(COUNTED, windowed), days(-20, 120))
def test_windows_touch_without_overlap(case: Case, since: date) -> None:
    for stretch in stretches(case.commitment.plans, case.calendar):
        found_spans = list(islice(spans(stretch, case.calendar, since), 20))
        assert all(span.first <= span.last for span in found_spans)
        assert all(span.last >= since and span.first >= stretch.begin for span in found_spans)
        assert all((span.last - span.first).days < span.days for span in found_spans)
        for before, after in pairwise(found_spans):
            assert before.last < after.first
            if not hasattr(stretch.plan.schedule, "days") and found_spans:
                assert after.first == before.last + ONE_DAY


@given(st.lists(st.integers(1, 400), max_size=40))
def test_bounce_back_is_the_median(gaps: list[int]) -> None:
    tally = Tally(gaps=Counter(gaps))

    assert tally.figures().bounce_back == (median(gaps) if gaps else None)


@given(st.integers(-400, 800), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 6)), max_size=3))
def test_weeks_hold_every_day_once(offset: int, changes: list[tuple[int, int]]) -> None:
    from tracker.domain.calendar import WeekStart

    marks = sorted((ORIGIN + timedelta(days=day), weekday) for day, weekday in dict(changes).items())
    calendar = Calendar(tuple(WeekStart(since, weekday) for since, weekday in marks))
    day = ORIGIN + timedelta(days=offset)

    week = calendar.week(day)

    assert day in week
    assert week.days == 7
    assert (week.last - week.first).days <= 6
    assert calendar.week(week.first) == calendar.week(week.last) == week
    assert calendar.week(week.last + ONE_DAY).first == week.last + ONE_DAY
    assert calendar.week(week.first - ONE_DAY).last == week.first - ONE_DAY


@given(any_schedule)
@example(Once(None))
def test_a_new_plan_of_the_same_schedule_moves_no_window(schedule: Schedule) -> None:
    assume(not isinstance(schedule, Once))
    calendar = Calendar()
    one = (Plan(ORIGIN, schedule),)
    two = (Plan(ORIGIN, schedule), Plan(ORIGIN + timedelta(days=17), schedule, 2))
    until = ORIGIN + timedelta(days=60)

    def windows(plans: tuple[Plan, ...]) -> list[tuple[date, date]]:
        seen: list[tuple[date, date]] = []
        for stretch in stretches(plans, calendar):
            for span in spans(stretch, calendar, ORIGIN):
                if span.first > until:
                    break
                seen.append((span.first, span.last))
        return seen

    assert windows(two) == windows(one)


def test_a_record_is_a_value() -> None:
    skips = {ORIGIN: ""}
    record = Record((), skips)

    skips.clear()

    assert record.excused(ORIGIN)


far = st.integers(100, 3_000).map(lambda offset: ORIGIN + timedelta(days=offset))


@given(cases(), far, far, st.lists(far, max_size=3), st.lists(st.tuples(far, st.integers(0, 900)), max_size=2), far)
@settings(max_examples=150)
def test_years_in_which_nothing_happened_count_as_they_do_day_by_day(
    case: Case, today: date, before: date, logged: list[date], breaks: list[tuple[date, int]], change: date
) -> None:
    last = case.commitment.plan
    record = Record(
        [*case.entries, *(Entry(f"far{index}", day) for index, day in enumerate(logged))],
        case.skips | dict.fromkeys(logged[:1], ""),
        [*case.pauses, *(Pause(first, first + timedelta(days=length)) for first, length in breaks)],
    )
    calendar = Calendar((*case.calendar.starts, WeekStart(change, change.weekday())))
    commitment = replace(case.commitment, plans=(*case.commitment.plans, Plan(change, last.schedule, last.target + 1)))
    one_by_one = list(occasions(commitment, record, today, calendar))
    together = list(runs(commitment, record, today, calendar, before=before))
    assert Tally().extend(one_by_one) == Tally().extend_runs(together)
    assert sum(run.times for run in together) == len(one_by_one)
    assert all(run.last < min(today, before) for run in together if run.times > 1)


@pytest.mark.parametrize(
    "schedule", [Daily(), AtMost(2, "day"), Weekdays((0, 2)), Every(2, "days"), Quota(3, "week"), AtMost(1, "week")]
)
def test_a_century_costs_no_more_than_some_weeks(schedule: Schedule) -> None:
    made = Commitment("c", "C", "s1", Kind.COUNT, (Plan(date(1900, 1, 1), schedule),))
    today = date(2026, 11, 27)
    for record in (
        Record(),
        Record([Entry("e", date(1950, 6, 1))], pauses=[Pause(date(1980, 1, 1), date(1999, 1, 1))]),
    ):
        found = list(runs(made, record, today))
        assert len(found) < 250 and sum(run.times for run in found) == len(list(occasions(made, record, today)))
