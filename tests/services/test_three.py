"""Replies, time together and something opened up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.services.kit import Bench, fold, on
from tests.services.test_undo import get
from tracker.domain.commitments import Commitment
from tracker.domain.counting.occasions import State
from tracker.ledger import event_keys
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.present.day import clock
from tracker.services.change import Change
from tracker.services.commitments import lifecycle
from tracker.services.history import undo
from tracker.services.logging import guided, log_entry, quick_log
from tracker.services.together import planned
from tracker.services.together.timer import doubt
from tracker.services.views.day_rows import day_view
from tracker.services.views.inbox import answer, waiting
from tracker.store.events import Draft


def test_each_takes_its_commitment_on_in_the_same_operation(workspace: Workspace) -> None:
    acts: tuple[Callable[[], Change], ...] = (
        lambda: quick_log.reply(workspace),
        lambda: quick_log.log_time(workspace, 45),
        lambda: quick_log.share(workspace, "joys"),
    )
    for act in acts:
        change = act()
        assert change.lines[0].startswith("Added '")
        assert len(change.lines) == 2
        undo.undo(workspace)
        assert fold(workspace) == {}


def test_replies_with_numbers_affirm_the_day(workspace: Workspace) -> None:
    change = quick_log.reply(workspace, 3)
    assert "3 replies today" in change.lines[-1]
    current = workspace.ledger.figures(quick_log.REPLY, workspace.today).current
    assert current is not None and (current.done, current.state) == (1.0, State.KEPT)
    quick_log.reply(workspace, 1)
    quick_log.reply(workspace)
    assert [
        entry.fields.get("in_window") for entry in workspace.ledger.entries_on(quick_log.REPLY, workspace.today)
    ].count(None) == 1
    assert workspace.ledger.figures(quick_log.REPLY, workspace.today).streak == 1


def test_minutes_have_a_short_tag(workspace: Workspace) -> None:
    change = quick_log.log_time(workspace, 45, (on(workspace, 0),), tag="  by the\nriver ", note="ours")
    assert change.lines[1] == "Keep our time together: 45 min logged, today. 45 of 120 min."
    (entry,) = workspace.ledger.entries_on(quick_log.TIME, workspace.today)
    assert (entry.amount, entry.fields["tag"]) == (45.0, "by the river")
    with pytest.raises(BadInput):
        quick_log.log_time(workspace, 0)


def test_what_is_opened_up_has_a_topic_and_a_depth(workspace: Workspace) -> None:
    change = quick_log.share(workspace, "F", 5)
    assert "fears at depth 5" in change.lines[-1]
    (entry,) = workspace.ledger.entries_on(quick_log.SHARE, workspace.today)
    assert (entry.fields["topic"], entry.fields["depth"]) == ("fears", 5)
    before = fold(workspace)
    for topic, depth in (("d", None), ("money", None), ("", None), ("joys", 0), ("joys", 6)):
        with pytest.raises(BadInput):
            quick_log.share(workspace, topic, depth)
    assert fold(workspace) == before


def test_how_a_sharing_feels_is_asked_a_day_later(bench: Bench) -> None:
    quick_log.share(bench.open(), "fears", 2)
    quick_log.share(bench.open(), "joys", 1, [date(2026, 11, 20)])
    bench.clock.go(hours=6)
    assert waiting(bench.open()) == (), "that evening and night it rests"
    bench.clock.set("2026-11-24T19:00")
    (each,) = waiting(bench.open())
    assert (each.fields, each.when) == (("felt_received", "felt_later"), "20:00, in 60 min")
    answer(bench.open(), each, {"felt_received": 4, "felt_later": 8})
    assert waiting(bench.open()) == ()


def test_a_timer_runs_across_restarts(bench: Bench) -> None:
    quick_log.start_timer(bench.open())
    bench.clock.go(minutes=47.9)
    workspace = bench.open()
    assert day_view(workspace).timer_minutes == 47
    with pytest.raises(Refused, match="running already"):
        quick_log.start_timer(workspace)
    change = quick_log.stop_timer(workspace)
    assert "47 min logged, today" in change.lines[0]
    assert day_view(bench.open()).timer_minutes == 0
    with pytest.raises(Refused, match="No timer"):
        quick_log.stop_timer(workspace)


def test_a_timer_across_midnight_and_day_end_counts_for_the_evening_it_began(bench: Bench) -> None:
    bench.clock.set("2026-11-23T23:30")
    quick_log.start_timer(bench.open())
    bench.clock.set("2026-11-24T03:20")
    workspace = bench.open()
    assert workspace.today == date(2026, 11, 24)
    assert "230 min" in quick_log.stop_timer(workspace).lines[0]
    (entry,) = workspace.ledger.entries_on(quick_log.TIME, date(2026, 11, 23))
    assert entry.amount == 230.0
    assert workspace.ledger.entries_on(quick_log.TIME, date(2026, 11, 24)) == ()


def test_a_timer_can_be_thrown_away(bench: Bench) -> None:
    workspace = bench.open()
    quick_log.start_timer(workspace)
    bench.clock.go(minutes=30)
    assert "nothing was logged" in quick_log.stop_timer(workspace, keep=False).lines[0]
    quick_log.start_timer(workspace)
    assert "nothing was logged" in quick_log.stop_timer(workspace).lines[0]
    quick_log.start_timer(workspace)
    bench.clock.go(days=3)
    assert "nothing was logged" in quick_log.stop_timer(bench.open(), keep=False).lines[0]
    assert not bench.open().ledger.record(quick_log.TIME).entries


@pytest.mark.parametrize(
    ("by", "why"),
    [
        ({"hours": 4, "minutes": 1}, "The timer ran 4 h 1 min."),
        ({"hours": 13}, "The timer ran 13 h."),
        ({"days": 2}, "The timer ran 48 h."),
        ({"hours": -1}, "The timer began at 20:00, and the clock says that this is still to come."),
        ({"days": -1}, "The timer began at 20:00, and the clock says that this is still to come."),
    ],
)
def test_a_timer_left_on_or_run_backwards_is_asked_about_and_runs_on(
    by: dict[str, int], why: str, bench: Bench
) -> None:
    quick_log.start_timer(bench.open())
    bench.clock.go(**by)
    workspace = bench.open()
    before = fold(workspace)
    with pytest.raises(quick_log.Doubtful) as caught:
        quick_log.stop_timer(workspace)
    assert (caught.value.doubt.question, caught.value.doubt.offer) == (f"{why} How long was it really?", None)
    assert fold(workspace) == before, "nothing is logged, and it runs on"
    for wrong in (0, 1441):
        with pytest.raises(BadInput):
            quick_log.stop_timer(workspace, wrong)
    assert "45 min logged" in quick_log.stop_timer(workspace, 45).lines[0]
    (entry,) = workspace.ledger.record(quick_log.TIME).entries
    assert (entry.amount, entry.day) == (45.0, min(date(2026, 11, 23), workspace.today))
    undo.undo(workspace)
    assert fold(workspace) == before


def test_a_timer_is_asked_about_past_twice_what_was_planned_for_then(bench: Bench) -> None:
    planned.plan(bench.open(), "today 21:00 30m")
    bench.clock.go(minutes=50)
    quick_log.start_timer(bench.open())
    bench.clock.go(minutes=60)
    assert doubt(bench.open()) is None
    bench.clock.go(minutes=1)
    found = doubt(bench.open())
    assert found is not None and (found.why, found.offer) == ("The timer ran 1 h 1 min.", 30)
    assert "30 min logged" in quick_log.stop_timer(bench.open(), found.offer).lines[0]
    quick_log.start_timer(bench.open())
    bench.clock.go(minutes=65)
    assert doubt(bench.open()) is None, "what was planned is logged by now"


def test_a_planned_time_of_another_hour_says_nothing_of_a_timer(bench: Bench) -> None:
    planned.plan(bench.open(), "today 23:00 30m")
    quick_log.start_timer(bench.open())
    bench.clock.go(minutes=90)
    assert doubt(bench.open()) is None
    bench.clock.go(hours=3)
    found = doubt(bench.open())
    assert found is not None and found.offer is None


def test_a_timer_stopped_in_two_windows_is_logged_once(bench: Bench) -> None:
    one, two = bench.open(), bench.open()
    quick_log.start_timer(one)
    two.poll()
    bench.clock.go(minutes=30)
    quick_log.stop_timer(one)
    with pytest.raises(Refused, match="stopped elsewhere"):
        quick_log.stop_timer(two)
    assert len(bench.open().ledger.record(quick_log.TIME).entries) == 1
    quick_log.start_timer(one)
    with pytest.raises(Refused, match="running already"):
        quick_log.start_timer(two)


@pytest.mark.parametrize("away", [lifecycle.delete, lifecycle.archive])
def test_what_goes_takes_its_timer_and_the_next_time_with_it_and_undo_brings_both_back(
    away: Callable[[Workspace, Commitment], Change], bench: Bench
) -> None:
    workspace = bench.open()
    planned.plan(workspace, "tomorrow 19:00 60m")
    quick_log.start_timer(workspace)
    bench.clock.go(minutes=10)
    away(workspace, get(workspace, quick_log.TIME))
    for seen in (workspace, bench.open()):
        view = day_view(seen)
        assert (view.timer, view.timer_minutes, view.next_time, clock(view, "")) == (None, 0, None, "")
        with pytest.raises(Refused, match="No timer"):
            quick_log.stop_timer(seen)
    undo.undo(workspace)
    bench.clock.go(minutes=10)
    view = day_view(bench.open())
    assert view.timer_minutes == 20 and view.next_time is not None


def test_a_timer_that_an_older_version_left_does_not_stand_in_the_way(bench: Bench) -> None:
    workspace = bench.open()
    quick_log.start_timer(workspace)
    workspace.write("delete", lambda: [Draft(event_keys.commitment(quick_log.TIME), None)])
    bench.clock.go(hours=2)
    with pytest.raises(Refused, match="No timer"):
        quick_log.stop_timer(workspace)
    quick_log.start_timer(workspace)
    bench.clock.go(minutes=5)
    assert "5 min" in quick_log.stop_timer(bench.open()).lines[0]


def test_a_day_holds_24_hours_of_one_commitment(workspace: Workspace) -> None:
    quick_log.log_time(workspace, 1440, (on(workspace, 1),))
    quick_log.log_time(workspace, 1000)
    before = fold(workspace)
    for minutes, days in (
        (441, None),
        (1440, None),
        (1, (on(workspace, 1),)),
        (1, (on(workspace, 2), on(workspace, 1))),
    ):
        with pytest.raises(Refused, match=r"would be over 24 hours\. Nothing was saved"):
            quick_log.log_time(workspace, minutes, days)
    for minutes in (0, 1441, 9999):
        with pytest.raises(BadInput, match="is not between one minute and a day"):
            quick_log.log_time(workspace, minutes)
    assert fold(workspace) == before
    quick_log.log_time(workspace, 440)


def test_a_form_keeps_the_same_rule_for_minutes(workspace: Workspace) -> None:
    row = {"name": "long", "ask": "How long?", "type": "minutes", "gives": "amount", "optional": False}
    own = lifecycle.Own("Walk", "s2", "minutes", "120 min per week", fields=(row,))
    lifecycle.add_own(workspace, own)
    walk = get(workspace, "own.walk")
    guided.log(workspace, walk, {"long": "20h"})
    (entry,) = workspace.ledger.entries_on("own.walk", workspace.today)
    with pytest.raises(Refused, match="over 24 hours"):
        guided.log(workspace, walk, {"long": "5h"})
    guided.log(workspace, walk, {"long": "4h"})
    with pytest.raises(Refused, match="over 24 hours"):
        guided.change(workspace, walk, entry.id, {"long": "21h"})
    assert guided.change(workspace, walk, entry.id, {"long": "19h"}).changed


def test_more_than_a_day_that_an_import_brought_is_read_and_not_added_to(workspace: Workspace) -> None:
    quick_log.log_time(workspace, 5)
    value = {"day": workspace.today.isoformat(), "amount": 3000}
    workspace.write("done", lambda: [Draft(event_keys.entry(quick_log.TIME), value)])
    assert sum(each.amount for each in workspace.ledger.entries_on(quick_log.TIME, workspace.today)) == 3005
    with pytest.raises(Refused):
        quick_log.log_time(workspace, 1)
    assert log_entry.less(workspace, get(workspace, quick_log.TIME), workspace.today, 3000).changed


def test_what_was_put_away_is_taken_up_by_logging_it(workspace: Workspace) -> None:
    quick_log.log_time(workspace, 10)
    lifecycle.archive(workspace, get(workspace, quick_log.TIME))
    change = quick_log.log_time(workspace, 20)
    assert "resumed" in change.lines[0]
    assert not get(workspace, quick_log.TIME).archived
