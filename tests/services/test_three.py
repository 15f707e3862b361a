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
from tracker.ledger.change import Change
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.history import undo
from tracker.services.logging import guided, log_entry, quick_log
from tracker.services.together import planned
from tracker.services.together.timer import doubt, running_minutes
from tracker.services.views.day_rows import day_view
from tracker.services.views.inbox import answer, waiting
from tracker.store.log.events import Draft


def test_each_takes_its_commitment_on_in_the_same_operation(toward: Workspace) -> None:
    acts: tuple[Callable[[], Change], ...] = (
        lambda: quick_log.reply(toward),
        lambda: quick_log.log_time(toward, 45),
        lambda: quick_log.share(toward, "joys"),
    )
    for act in acts:
        change = act()
        assert change.said[0].startswith("Added '")
        assert len(change.said) == 2
        undo.undo(toward)
        assert fold(toward) == {}


def test_replies_with_numbers_affirm_the_day(toward: Workspace) -> None:
    change = quick_log.reply(toward, 3)
    assert "3 replies today" in change.said[-1]
    current = toward.book.figures(quick_log.REPLY, toward.today).current
    assert current is not None and (current.done, current.state) == (1.0, State.KEPT)
    quick_log.reply(toward, 1)
    quick_log.reply(toward)
    assert [entry.fields.get("in_window") for entry in toward.book.entries_on(quick_log.REPLY, toward.today)].count(
        None
    ) == 1
    assert toward.book.figures(quick_log.REPLY, toward.today).streak == 1


def test_minutes_have_a_short_tag(toward: Workspace) -> None:
    change = quick_log.log_time(toward, 45, (on(toward, 0),), tag="  by the\nriver ", note="ours")
    assert change.said[1] == "Keep our time together: 45 min logged, today. 45 of 120 min."
    (entry,) = toward.book.entries_on(quick_log.TIME, toward.today)
    assert (entry.amount, entry.fields["tag"]) == (45.0, "by the river")
    with pytest.raises(BadInput):
        quick_log.log_time(toward, 0)


def test_what_is_opened_up_has_a_topic_and_a_depth(toward: Workspace) -> None:
    change = quick_log.share(toward, "F", 5)
    assert "fears at depth 5" in change.said[-1]
    (entry,) = toward.book.entries_on(quick_log.SHARE, toward.today)
    assert (entry.fields["topic"], entry.fields["depth"]) == ("fears", 5)
    before = fold(toward)
    for topic, depth in (("d", None), ("money", None), ("", None), ("joys", 0), ("joys", 6)):
        with pytest.raises(BadInput):
            quick_log.share(toward, topic, depth)
    assert fold(toward) == before


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
    toward = bench.open()
    assert running_minutes(toward) == 47
    with pytest.raises(Refused, match="running already"):
        quick_log.start_timer(toward)
    change = quick_log.stop_timer(toward)
    assert "47 min logged, today" in change.said[0]
    assert running_minutes(bench.open()) == 0
    with pytest.raises(Refused, match="No timer"):
        quick_log.stop_timer(toward)


def test_a_timer_across_midnight_and_day_end_counts_for_the_evening_it_began(bench: Bench) -> None:
    bench.clock.set("2026-11-23T23:30")
    quick_log.start_timer(bench.open())
    bench.clock.set("2026-11-24T03:20")
    toward = bench.open()
    assert toward.today == date(2026, 11, 24)
    assert "230 min" in quick_log.stop_timer(toward).said[0]
    (entry,) = toward.book.entries_on(quick_log.TIME, date(2026, 11, 23))
    assert entry.amount == 230.0
    assert toward.book.entries_on(quick_log.TIME, date(2026, 11, 24)) == ()


def test_a_timer_can_be_thrown_away(bench: Bench) -> None:
    toward = bench.open()
    quick_log.start_timer(toward)
    bench.clock.go(minutes=30)
    assert "nothing was logged" in quick_log.stop_timer(toward, keep=False).said[0]
    quick_log.start_timer(toward)
    assert "nothing was logged" in quick_log.stop_timer(toward).said[0]
    quick_log.start_timer(toward)
    bench.clock.go(days=3)
    assert "nothing was logged" in quick_log.stop_timer(bench.open(), keep=False).said[0]
    assert not bench.open().book.record(quick_log.TIME).entries


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
    toward = bench.open()
    before = fold(toward)
    with pytest.raises(quick_log.Doubtful) as caught:
        quick_log.stop_timer(toward)
    assert (caught.value.doubt.question, caught.value.doubt.offer) == (f"{why} How long was it really?", None)
    assert fold(toward) == before, "nothing is logged, and it runs on"
    for wrong in (0, 1441):
        with pytest.raises(BadInput):
            quick_log.stop_timer(toward, wrong)
    assert "45 min logged" in quick_log.stop_timer(toward, 45).said[0]
    (entry,) = toward.book.record(quick_log.TIME).entries
    assert (entry.amount, entry.day) == (45.0, min(date(2026, 11, 23), toward.today))
    undo.undo(toward)
    assert fold(toward) == before


def test_a_timer_is_asked_about_past_twice_what_was_planned_for_then(bench: Bench) -> None:
    planned.plan(bench.open(), "today 21:00 30m")
    bench.clock.go(minutes=50)
    quick_log.start_timer(bench.open())
    bench.clock.go(minutes=60)
    assert doubt(bench.open()) is None
    bench.clock.go(minutes=1)
    found = doubt(bench.open())
    assert found is not None and (found.why, found.offer) == ("The timer ran 1 h 1 min.", 30)
    assert "30 min logged" in quick_log.stop_timer(bench.open(), found.offer).said[0]
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
    assert len(bench.open().book.record(quick_log.TIME).entries) == 1
    quick_log.start_timer(one)
    with pytest.raises(Refused, match="running already"):
        quick_log.start_timer(two)


@pytest.mark.parametrize("away", [lifecycle.delete, lifecycle.archive])
def test_what_goes_takes_its_timer_and_the_next_time_with_it_and_undo_brings_both_back(
    away: Callable[[Workspace, Commitment], Change], bench: Bench
) -> None:
    toward = bench.open()
    planned.plan(toward, "tomorrow 19:00 60m")
    quick_log.start_timer(toward)
    bench.clock.go(minutes=10)
    away(toward, get(toward, quick_log.TIME))
    for seen in (toward, bench.open()):
        view = day_view(seen)
        assert (view.timer, view.timer_minutes, view.next_time, view.clock) == (None, 0, None, "")
        with pytest.raises(Refused, match="No timer"):
            quick_log.stop_timer(seen)
    undo.undo(toward)
    bench.clock.go(minutes=10)
    view = day_view(bench.open())
    assert view.timer_minutes == 20 and view.next_time is not None


def test_a_timer_that_an_older_version_left_does_not_stand_in_the_way(bench: Bench) -> None:
    toward = bench.open()
    quick_log.start_timer(toward)
    toward.write("delete", lambda: [Draft(event_keys.commitment(quick_log.TIME), None)])
    bench.clock.go(hours=2)
    with pytest.raises(Refused, match="No timer"):
        quick_log.stop_timer(toward)
    quick_log.start_timer(toward)
    bench.clock.go(minutes=5)
    assert "5 min" in quick_log.stop_timer(bench.open()).said[0]


def test_a_day_holds_24_hours_of_one_commitment(toward: Workspace) -> None:
    quick_log.log_time(toward, 1440, (on(toward, 1),))
    quick_log.log_time(toward, 1000)
    before = fold(toward)
    for minutes, days in ((441, None), (1440, None), (1, (on(toward, 1),)), (1, (on(toward, 2), on(toward, 1)))):
        with pytest.raises(Refused, match=r"would be over 24 hours\. Nothing was saved"):
            quick_log.log_time(toward, minutes, days)
    for minutes in (0, 1441, 9999):
        with pytest.raises(BadInput, match="is not between one minute and a day"):
            quick_log.log_time(toward, minutes)
    assert fold(toward) == before
    quick_log.log_time(toward, 440)


def test_a_form_keeps_the_same_rule_for_minutes(toward: Workspace) -> None:
    row = {"name": "long", "ask": "How long?", "type": "minutes", "gives": "amount", "optional": False}
    own = lifecycle.Own("Walk", "s2", "minutes", "120 min per week", fields=(row,))
    lifecycle.add_own(toward, own)
    walk = get(toward, "own.walk")
    guided.log(toward, walk, {"long": "20h"})
    (entry,) = toward.book.entries_on("own.walk", toward.today)
    with pytest.raises(Refused, match="over 24 hours"):
        guided.log(toward, walk, {"long": "5h"})
    guided.log(toward, walk, {"long": "4h"})
    with pytest.raises(Refused, match="over 24 hours"):
        guided.change(toward, walk, entry.id, {"long": "21h"})
    assert guided.change(toward, walk, entry.id, {"long": "19h"}).changed


def test_more_than_a_day_that_an_import_brought_is_read_and_not_added_to(toward: Workspace) -> None:
    quick_log.log_time(toward, 5)
    value = {"day": toward.today.isoformat(), "amount": 3000}
    toward.write("done", lambda: [Draft(event_keys.entry(quick_log.TIME), value)])
    assert sum(each.amount for each in toward.book.entries_on(quick_log.TIME, toward.today)) == 3005
    with pytest.raises(Refused):
        quick_log.log_time(toward, 1)
    assert log_entry.less(toward, get(toward, quick_log.TIME), toward.today, 3000).changed


def test_what_was_put_away_is_taken_up_by_logging_it(toward: Workspace) -> None:
    quick_log.log_time(toward, 10)
    lifecycle.archive(toward, get(toward, quick_log.TIME))
    change = quick_log.log_time(toward, 20)
    assert "taken up again" in change.said[0]
    assert not get(toward, quick_log.TIME).archived
