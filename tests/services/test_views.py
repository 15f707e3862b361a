"""What the faces show of a day, of one commitment and of all."""

from __future__ import annotations

from datetime import timedelta

from tests.services.kit import Bench, HandClock, fold, on
from tests.services.test_undo import get
from tracker.domain.counting.occasions import State
from tracker.ledger.workspace import Workspace
from tracker.present import day
from tracker.services.commitments import lifecycle, pauses
from tracker.services.logging import guided, lapses, log_entry, notes, quick_log, skips
from tracker.services.views import dashboard, day_rows, details
from tracker.services.views.day_count import DayCount
from tracker.services.views.day_rows import Row

REACHABLE, TIME, ATTACKS, KEEPER = "s4.reachable", "s4.partner-time", "s5.no-attacks", "s4.promise-keeper"


def filled(bench: Bench, days: int = 30) -> Workspace:
    """Return a store with some commitments, that many days old."""
    clock = HandClock(bench.clock.moment - timedelta(days=days))
    lifecycle.add_all(bench.open(clock=clock), (REACHABLE, TIME, ATTACKS, KEEPER, "s6.small-true-thing"))
    return bench.open()


def row(workspace: Workspace, cid: str, ago: int = 0) -> Row:
    """Return one row of a day."""
    return next(each for each in day_rows.day_view(workspace, on(workspace, ago)).rows if each.commitment.id == cid)


def test_an_empty_store_has_an_empty_day(workspace: Workspace) -> None:
    view = day_rows.day_view(workspace)
    assert (view.groups, view.due, view.count, view.timer, view.timer_minutes) == ((), (), DayCount(0, 0), None, 0)
    assert workspace.is_new
    assert (dashboard.overview(workspace).going_well[:14], dashboard.overview(workspace).would_help) == (
        "Give it a week",
        "",
    )


def test_a_day_groups_what_it_asks_by_step(bench: Bench) -> None:
    workspace = filled(bench)
    log_entry.done(workspace, get(workspace, REACHABLE))
    view = day_rows.day_view(workspace)
    assert [group.step for group in view.groups] == ["s4", "s5", "s6"]
    assert {each.commitment.id for each in view.due} == {REACHABLE, TIME, ATTACKS, "s6.small-true-thing"}
    assert view.count.kept == 1
    assert row(workspace, KEEPER).on_event and not row(workspace, KEEPER).due


def test_what_asks_for_less_says_why(bench: Bench) -> None:
    bench.clock.go(days=2)
    workspace = bench.open()
    lifecycle.add_all(workspace, (REACHABLE, TIME, "s6.small-true-thing"))
    assert row(workspace, TIME).shorter == "86 of 120 min, as it began on Wednesday"
    assert row(workspace, "s6.small-true-thing").shorter == "4 of 5, as it began on Wednesday"
    assert row(workspace, REACHABLE).shorter == ""

    bench.clock.go(days=7)
    workspace = bench.open()
    assert row(workspace, TIME).shorter == ""
    skips.skip(workspace, get(workspace, TIME), (on(workspace, 0),))
    assert row(workspace, TIME).shorter == "103 of 120 min, as some of its days ask for nothing"


def test_the_words_of_a_row(bench: Bench) -> None:
    workspace = filled(bench)
    assert row(workspace, ATTACKS).summary == "how was it?"
    assert row(workspace, ATTACKS, 1).summary == "not logged"
    assert row(workspace, REACHABLE).summary == "open"
    assert row(workspace, REACHABLE, 1).summary == "not this time"
    assert row(workspace, KEEPER).summary == "when it comes"
    lapses.lapse(workspace, get(workspace, ATTACKS), (on(workspace, 1),))
    log_entry.done(workspace, get(workspace, ATTACKS))
    log_entry.done(workspace, get(workspace, REACHABLE))
    log_entry.done(workspace, get(workspace, KEEPER), outcome="promised")
    skips.skip(workspace, get(workspace, REACHABLE), (on(workspace, 1),), "ill")
    pauses.pause(workspace, get(workspace, REACHABLE), on(workspace, 3), on(workspace, 3))
    quick_log.log_time(workspace, 45)
    assert row(workspace, ATTACKS).summary == "clear"
    assert row(workspace, ATTACKS, 1).summary == "it happened"
    assert row(workspace, REACHABLE).summary == "kept"
    assert row(workspace, REACHABLE, 1).summary == "skipped, ill"
    assert row(workspace, REACHABLE, 3).summary == "paused"
    assert not row(workspace, REACHABLE, 1).due and not row(workspace, REACHABLE, 3).due
    assert row(workspace, KEEPER).summary == "1 waiting"
    assert row(workspace, TIME).summary == "45 of 120 min"


def test_a_weekly_row_shows_the_week_of_a_past_day(bench: Bench) -> None:
    workspace = filled(bench)
    for ago, minutes in ((1, 50), (3, 70), (8, 30)):
        quick_log.log_time(workspace, minutes, (on(workspace, ago),))
    last = row(workspace, TIME, 1)
    assert last.occasion is not None
    assert (last.occasion.first, last.occasion.last) == (on(workspace, 7), on(workspace, 1))
    assert (last.done, last.target, last.state, last.today_amount) == (120.0, 120.0, State.KEPT, 50.0)
    before = row(workspace, TIME, 8)
    assert (before.done, before.state) == (30.0, State.PARTLY)
    assert row(workspace, TIME).done == 0.0 and row(workspace, TIME).state is State.OPEN
    assert (last.unit, last.measure) == ("weeks", "minutes")


def test_nothing_is_asked_before_the_start_or_after_today(bench: Bench) -> None:
    workspace = filled(bench, 5)
    assert day_rows.day_view(workspace, on(workspace, 6)).due == ()
    assert day_rows.day_view(workspace, on(workspace, -9)).day == workspace.today


def test_a_past_day_is_filled_in_through_its_view_also_behind_a_sealed_month(bench: Bench) -> None:
    filled(bench)
    bench.clock.go(days=80)
    workspace = bench.resealed()
    view = day_rows.day_view(workspace, on(workspace, 100))
    assert {each.commitment.id for each in view.due} == {REACHABLE, TIME, ATTACKS, "s6.small-true-thing"}
    assert view.count.kept == 0
    log_entry.toggle(workspace, next(each.commitment for each in view.due if each.commitment.id == REACHABLE), view.day)
    assert row(workspace, REACHABLE, 100).state is State.KEPT
    workspace = bench.resealed()
    assert row(workspace, REACHABLE).figures.kept == 1
    assert row(workspace, REACHABLE, 100).state is State.KEPT
    assert row(workspace, REACHABLE, 99).state is State.MISSED


def test_each_step_tells_its_week(bench: Bench) -> None:
    workspace = filled(bench)
    bench.clock.go(days=2)
    workspace = bench.open()
    log_entry.done(workspace, get(workspace, REACHABLE), (on(workspace, 0), on(workspace, 2)))
    week = dashboard.week_counts(workspace, day_rows.day_view(workspace))
    assert (week["s4"].kept, week["s4"].asked) == (2, 4)
    assert "s1" not in week


def test_details_tell_the_whole_history(bench: Bench) -> None:
    workspace = filled(bench)
    attacks = get(workspace, ATTACKS)
    log_entry.done(workspace, attacks, (on(workspace, 2),), note="a word")
    lapses.lapse(workspace, attacks, (on(workspace, 1),))
    lapses.lapse(workspace, attacks, handled=True)
    found = details.details(workspace, attacks)
    assert found.moments == (1, 1, 0, 0)
    assert found.note_days == {on(workspace, 2)}
    assert found.explanation.now == found.figures.consistency
    assert len(found.occasions) == 31
    assert found.days()[on(workspace, 1)] == (State.MISSED, 0.0)
    assert found.logged_days() == {on(workspace, 2): 1.0, on(workspace, 1): 1.0, workspace.today: 1.0}
    assert found.skips == {} and len(found.plans) == 1 and found.total == 3.0
    assert details.details(workspace, get(workspace, TIME)).days()[workspace.today][0] is State.OPEN


def test_the_overview_counts_time_topics_and_weeks(bench: Bench) -> None:
    workspace = filled(bench)
    quick_log.log_time(workspace, 120, (on(workspace, 1),))
    quick_log.log_time(workspace, 30)
    quick_log.share(workspace, "joys")
    for ago in range(1, 15):
        log_entry.done(workspace, get(workspace, REACHABLE), (on(workspace, ago),))
    found = dashboard.overview(workspace)
    assert [minutes for _, minutes in found.together][-2:] == [120.0, 30.0]
    assert found.together_target == 120.0
    assert dict(found.topics) == {"fears": 0, "joys": 1, "disappointments": 0, "dreams": 0}
    assert "Reply to messages in my own window" in found.going_well
    assert found.directions[REACHABLE] == "rising"
    assert found.year.days[on(workspace, 2)] == day_rows.day_view(workspace, on(workspace, 2)).count
    assert found.on_track == 3


def test_looking_writes_nothing_into_the_data(bench: Bench) -> None:
    workspace = filled(bench)
    notes.note(workspace, get(workspace, REACHABLE), workspace.today, "a word")
    before, events = fold(workspace), len(workspace.store.events)
    looked = bench.open()
    dashboard.overview(looked)
    details.details(looked, get(looked, REACHABLE))
    day_rows.day_view(looked, on(looked, 40))
    assert (fold(bench.open()), len(bench.open().store.events)) == (before, events)
    assert set(looked.ledger.ids()) == set(bench.open().ledger.ids())


def test_a_pause_has_a_running_clock(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, "s5.time-out")
    guided.log(workspace, get(workspace, "s5.time-out"), {"announced": True, "return_time": "+30m"})
    for minutes, when, clock in ((0, "20:30, in 30 min", "back in 30 min"), (29.5, "20:30, in 1 min", "back in 1 min")):
        bench.clock.go(minutes=minutes)
        view = day_rows.day_view(bench.open())
        assert (view.waiting[0].when, day.clock(view, ""), view.ticks) == (when, clock, True)
    bench.clock.go(minutes=0.5)
    view = day_rows.day_view(bench.open())
    assert (view.waiting[0].when, day.clock(view, ""), view.ticks) == ("since 20:30", "", False)
