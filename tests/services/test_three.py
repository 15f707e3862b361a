"""Replies, time together and something opened up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.services.kit import Bench, fold, on
from tests.services.test_undo import get
from tracker.domain.occasions import State
from tracker.services import shape, three, undo
from tracker.services.change import Change
from tracker.services.errors import BadInput, Refused
from tracker.services.timer import running_minutes
from tracker.services.toward import Toward
from tracker.services.waiting import answer, waiting


def test_each_takes_its_commitment_on_in_the_same_operation(toward: Toward) -> None:
    acts: tuple[Callable[[], Change], ...] = (
        lambda: three.reply(toward),
        lambda: three.log_time(toward, 45),
        lambda: three.share(toward, "joys"),
    )
    for act in acts:
        change = act()
        assert change.said[0].startswith("Added '")
        assert len(change.said) == 2
        undo.undo(toward)
        assert fold(toward) == {}


def test_replies_with_numbers_affirm_the_day(toward: Toward) -> None:
    change = three.reply(toward, 3)
    assert "3 replies today" in change.said[-1]
    current = toward.book.figures(three.REPLY, toward.today).current
    assert current is not None and (current.done, current.state) == (1.0, State.KEPT)
    three.reply(toward, 1)
    three.reply(toward)
    assert [entry.fields.get("in_window") for entry in toward.book.entries_on(three.REPLY, toward.today)].count(
        None
    ) == 1
    assert toward.book.figures(three.REPLY, toward.today).streak == 1


def test_minutes_have_a_short_tag(toward: Toward) -> None:
    change = three.log_time(toward, 45, (on(toward, 0),), tag="  by the\nriver ", note="ours")
    assert change.said[1] == "Keep our time together: 45 min logged, today. 45 of 120 min."
    (entry,) = toward.book.entries_on(three.TIME, toward.today)
    assert (entry.amount, entry.fields["tag"]) == (45.0, "by the river")
    with pytest.raises(BadInput):
        three.log_time(toward, 0)


def test_what_is_opened_up_has_a_topic_and_a_depth(toward: Toward) -> None:
    change = three.share(toward, "F", 5)
    assert "fears at depth 5" in change.said[-1]
    (entry,) = toward.book.entries_on(three.SHARE, toward.today)
    assert (entry.fields["topic"], entry.fields["depth"]) == ("fears", 5)
    before = fold(toward)
    for topic, depth in (("d", None), ("money", None), ("", None), ("joys", 0), ("joys", 6)):
        with pytest.raises(BadInput):
            three.share(toward, topic, depth)
    assert fold(toward) == before


def test_how_a_sharing_feels_is_asked_a_day_later(bench: Bench) -> None:
    three.share(bench.open(), "fears", 2)
    three.share(bench.open(), "joys", 1, [date(2026, 11, 20)])
    bench.clock.go(hours=6)
    assert waiting(bench.open()) == (), "that evening and night it rests"
    bench.clock.set("2026-11-24T19:00")
    (each,) = waiting(bench.open())
    assert (each.fields, each.when) == (("felt_later",), "20:00, in 60 min")
    answer(bench.open(), each, {"felt_later": 8})
    assert waiting(bench.open()) == ()


def test_a_timer_runs_across_restarts(bench: Bench) -> None:
    three.start_timer(bench.open())
    bench.clock.go(minutes=47.9)
    toward = bench.open()
    assert running_minutes(toward) == 47
    with pytest.raises(Refused, match="running already"):
        three.start_timer(toward)
    change = three.stop_timer(toward)
    assert "47 min logged, today" in change.said[0]
    assert running_minutes(bench.open()) == 0
    with pytest.raises(Refused, match="No timer"):
        three.stop_timer(toward)


def test_a_timer_across_midnight_and_day_end_counts_for_the_evening_it_began(bench: Bench) -> None:
    bench.clock.set("2026-11-23T23:30")
    three.start_timer(bench.open())
    bench.clock.set("2026-11-24T04:00")
    toward = bench.open()
    assert toward.today == date(2026, 11, 24)
    change = three.stop_timer(toward)
    assert "270 min" in change.said[0] or "4 h 30" in change.said[0]
    (entry,) = toward.book.entries_on(three.TIME, date(2026, 11, 23))
    assert entry.amount == 270.0
    assert toward.book.entries_on(three.TIME, date(2026, 11, 24)) == ()


def test_a_timer_can_be_thrown_away_and_counts_a_day_at_most(bench: Bench) -> None:
    toward = bench.open()
    three.start_timer(toward)
    bench.clock.go(minutes=30)
    assert "nothing was logged" in three.stop_timer(toward, keep=False).said[0]
    three.start_timer(toward)
    assert "nothing was logged" in three.stop_timer(toward).said[0]
    three.start_timer(toward)
    bench.clock.go(days=3)
    toward = bench.open()
    three.stop_timer(toward)
    assert [entry.amount for entry in toward.book.record(three.TIME).entries] == [1440.0]


def test_a_clock_set_back_makes_no_minutes(bench: Bench) -> None:
    toward = bench.open()
    three.start_timer(toward)
    bench.clock.go(days=-1)
    toward = bench.open()
    assert running_minutes(toward) == 0
    assert "nothing was logged" in three.stop_timer(toward).said[0]


def test_a_timer_of_a_deleted_commitment_does_not_stand_in_the_way(bench: Bench) -> None:
    toward = bench.open()
    three.start_timer(toward)
    shape.delete(toward, get(toward, three.TIME))
    bench.clock.go(hours=2)
    with pytest.raises(Refused, match="No timer"):
        three.stop_timer(toward)
    three.start_timer(toward)
    bench.clock.go(minutes=5)
    assert "5 min" in three.stop_timer(bench.open()).said[0]


def test_what_was_put_away_is_taken_up_by_logging_it(toward: Toward) -> None:
    three.log_time(toward, 10)
    shape.archive(toward, get(toward, three.TIME))
    change = three.log_time(toward, 20)
    assert "taken up again" in change.said[0]
    assert not get(toward, three.TIME).archived
