"""What is logged, what is refused, and what is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.services.kit import MENDED, Bench, HandClock, figures, fold, on
from tests.services.test_undo import get
from tracker.domain.counting.occasions import State
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle, skips
from tracker.services.history import undo
from tracker.services.logging import lapses, log_entry, notes, quick_log, repair_plan
from tracker.services.views import day_rows

REACHABLE, TIME, TURN, ATTACKS = "s4.reachable", "s4.partner-time", "s2.turn-toward", "s5.no-attacks"
KEEPER, STORY = "s4.promise-keeper", "s6.my-story"


@pytest.fixture
def toward(bench: Bench) -> Workspace:
    """Return a store with a few commitments, ten days old."""
    clock = HandClock(bench.clock.moment - timedelta(days=10))
    lifecycle.add_all(bench.open(clock=clock), (REACHABLE, TIME, TURN, ATTACKS, KEEPER, STORY))
    return bench.open()


def test_a_day_to_come_is_refused(toward: Workspace) -> None:
    before = fold(toward)
    tomorrow = (on(toward, -1),)
    for cid in (REACHABLE, ATTACKS, KEEPER):
        with pytest.raises(Refused, match="has not come yet"):
            log_entry.done(toward, get(toward, cid), tomorrow)
    with pytest.raises(Refused, match="has not come yet"):
        lapses.lapse(toward, get(toward, ATTACKS), tomorrow)
    with pytest.raises(Refused, match="has not come yet"):
        log_entry.done(toward, get(toward, REACHABLE), (toward.today, on(toward, -1)))
    assert fold(toward) == before


def test_a_day_to_come_can_be_skipped(toward: Workspace) -> None:
    assert skips.skip(toward, get(toward, REACHABLE), (on(toward, -1),)).changed
    assert toward.book.record(REACHABLE).skips == {on(toward, -1): ""}


def test_a_check_twice_is_one(toward: Workspace) -> None:
    first = log_entry.done(toward, get(toward, REACHABLE))
    again = log_entry.done(toward, get(toward, REACHABLE))
    noted = log_entry.done(toward, get(toward, REACHABLE), note="a word")
    assert first.said == ("Reply to messages in my own window: done, today. 1 day.",)
    assert not again.changed and "already there" in again.said[0]
    assert noted.changed and noted.said[-1] == notes.KEPT
    assert len(toward.book.entries_on(REACHABLE, toward.today)) == 1


@pytest.mark.parametrize(
    ("cid", "amount", "outcome", "words"),
    [
        (KEEPER, None, "forgot", "not an outcome"),
        (KEEPER, None, "", "not an outcome"),
        (REACHABLE, None, "kept", "has no outcomes"),
        (TIME, None, None, "counts minutes"),
        (TIME, 0.0, None, "between one minute and a day"),
        (TIME, -5.0, None, "between one minute and a day"),
        (TIME, 1441.0, None, "between one minute and a day"),
        (TIME, float("nan"), None, "between one minute and a day"),
        (TURN, 0.0, None, "more than 0"),
        (TURN, 10_001.0, None, "at most 10000"),
        (TURN, float("nan"), None, "not an amount"),
        (KEEPER, 2.0, "kept", "one at a time"),
        (ATTACKS, 2.0, None, "one at a time"),
    ],
)
def test_what_does_not_fit_is_refused(
    toward: Workspace, cid: str, amount: float | None, outcome: str | None, words: str
) -> None:
    before = fold(toward)
    with pytest.raises(BadInput, match=words):
        log_entry.done(toward, get(toward, cid), None, amount, outcome)
    assert fold(toward) == before


def test_an_outcome_may_be_named_by_its_start_and_is_worth_what_the_catalogue_says(
    bench: Bench, toward: Workspace
) -> None:
    log_entry.done(toward, get(toward, KEEPER), outcome="l")
    bench.clock.go(minutes=1)
    log_entry.done(toward, get(toward, KEEPER), outcome="kept")
    bench.clock.go(minutes=1)
    log_entry.done(toward, get(toward, KEEPER), outcome="promised")
    log_entry.done(toward, get(toward, STORY), outcome="part")
    found = toward.book.figures(KEEPER, toward.today)
    assert (found.kept, found.occasions, found.streak) == (1, 2, 1)
    assert [mark.state for mark in found.strip] == [State.PARTLY, State.KEPT, State.OPEN]
    current = toward.book.figures(STORY, toward.today).current
    assert current is not None and (current.state, current.credit) == (State.OPEN, 0.5)


def test_an_amount_for_a_check_affirms_the_day_once(toward: Workspace) -> None:
    log_entry.done(toward, get(toward, REACHABLE), None, 3.0)
    found = toward.book.figures(REACHABLE, toward.today)
    assert found.current is not None and (found.current.done, found.current.state) == (1.0, State.KEPT)


def test_logging_before_the_start_moves_the_start_and_leaves_the_windows(bench: Bench) -> None:
    toward = bench.open()
    lifecycle.add_own(toward, lifecycle.Own("Swim", "s1", "check", "every 3 days"))
    bench.clock.go(days=7)
    toward = bench.open()
    start = get(toward, "own.swim").plan.start
    windows = [each.first for each in toward.book.occasions("own.swim", toward.today)]

    change = log_entry.done(toward, get(toward, "own.swim"), (start - timedelta(days=4),))

    assert change.said[-1] == "It now begins on 2026-11-19, since you logged a day before its start."
    assert get(toward, "own.swim").plans[0].start == date(2026, 11, 19)
    after = [each.first for each in toward.book.occasions("own.swim", toward.today)]
    assert after[-len(windows) :] == windows
    assert after[0] == date(2026, 11, 19)
    assert figures(bench.open()) == figures(toward)


def test_a_commitment_taken_on_by_logging_an_earlier_day_begins_there(toward: Workspace) -> None:
    change = quick_log.share(toward, "joys", None, (on(toward, 3),))
    assert "Added" in change.said[0]
    assert get(toward, "s6.weekly-share").plans[0].start == on(toward, 3)
    assert get(toward, "s6.weekly-share").plans[0].anchor is None


def test_skips_take_a_reason_of_the_list_and_no_other(toward: Workspace) -> None:
    with pytest.raises(BadInput, match="not a reason"):
        skips.skip(toward, get(toward, REACHABLE), reason="bored")
    change = skips.skip(toward, get(toward, REACHABLE), (toward.today, on(toward, 1)), " Ill ", note="fever")
    assert "skipped (ill)" in change.said[0] and change.said[-1] == notes.KEPT
    assert toward.book.record(REACHABLE).skips == {toward.today: "ill", on(toward, 1): "ill"}
    assert not skips.skip(toward, get(toward, REACHABLE)).changed
    assert not skips.skip(toward, get(toward, REACHABLE), reason="ill").changed
    assert skips.skip(toward, get(toward, REACHABLE), note="more").changed
    again = skips.skip(toward, get(toward, REACHABLE), reason="travel")
    assert again.said[0].endswith("today was skipped already; the reason is travel now.")
    assert toward.book.record(REACHABLE).skips == {toward.today: "travel", on(toward, 1): "ill"}
    undo.undo(toward)
    assert toward.book.record(REACHABLE).skips[toward.today] == "ill"
    skips.unskip(toward, get(toward, REACHABLE), (toward.today,))
    assert toward.book.record(REACHABLE).skips == {on(toward, 1): "ill"}
    with pytest.raises(Refused, match="is not skipped"):
        skips.unskip(toward, get(toward, REACHABLE), (toward.today,))


def test_a_skip_changes_no_run_and_an_entry_wins_over_it(toward: Workspace) -> None:
    log_entry.done(toward, get(toward, REACHABLE), (on(toward, 2), toward.today))
    assert toward.book.figures(REACHABLE, toward.today).streak == 1
    skips.skip(toward, get(toward, REACHABLE), (on(toward, 1),))
    assert toward.book.figures(REACHABLE, toward.today).streak == 2
    log_entry.done(toward, get(toward, REACHABLE), (on(toward, 1),))
    assert toward.book.figures(REACHABLE, toward.today).streak == 3


def test_less_takes_from_the_newest_entries_first(bench: Bench, toward: Workspace) -> None:
    for amount in (3.0, 2.0, 1.0):
        log_entry.done(toward, get(toward, TURN), None, amount)
        bench.clock.go(minutes=1)
    change = log_entry.less(toward, get(toward, TURN), toward.today, 4)
    assert [entry.amount for entry in toward.book.entries_on(TURN, toward.today)] == [2.0]
    assert "4 less" in change.said[0]
    change = log_entry.less(toward, get(toward, TURN), toward.today, 9)
    assert "2 less" in change.said[0], "no more is taken off than was there"
    quick_log.log_time(toward, 50)
    assert "20 min less" in log_entry.less(toward, get(toward, TIME), toward.today, 20).said[0]
    assert toward.book.entries_on(TURN, toward.today) == ()
    with pytest.raises(Refused, match="nothing is logged"):
        log_entry.less(toward, get(toward, TURN), toward.today)


def test_less_of_minutes_keeps_the_rest_of_an_entry(toward: Workspace) -> None:
    quick_log.log_time(toward, 45, tag="walk")
    log_entry.less(toward, get(toward, TIME), toward.today, 15)
    (entry,) = toward.book.entries_on(TIME, toward.today)
    assert (entry.amount, entry.fields["tag"]) == (30.0, "walk")


def test_undone_takes_all_of_a_day_back_and_leaves_its_note(toward: Workspace) -> None:
    log_entry.done(toward, get(toward, TURN), None, 2.0, note="a word")
    log_entry.done(toward, get(toward, TURN), None, 1.0)
    log_entry.undone(toward, get(toward, TURN))
    assert toward.book.entries_on(TURN, toward.today) == ()
    assert notes.read_note(toward, TURN, toward.today) == "a word"
    with pytest.raises(Refused, match="nothing is logged"):
        log_entry.undone(toward, get(toward, TURN))


def test_toggle_checks_off_and_takes_back(toward: Workspace) -> None:
    for cid in (REACHABLE, ATTACKS):
        log_entry.toggle(toward, get(toward, cid), toward.today)
        assert len(toward.book.entries_on(cid, toward.today)) == 1
        log_entry.toggle(toward, get(toward, cid), toward.today)
        assert toward.book.entries_on(cid, toward.today) == ()
    log_entry.toggle(toward, get(toward, TURN), toward.today)
    log_entry.toggle(toward, get(toward, TURN), toward.today)
    assert len(toward.book.entries_on(TURN, toward.today)) == 2
    lapses.lapse(toward, get(toward, ATTACKS))
    with pytest.raises(Refused, match="a moment is logged"):
        log_entry.toggle(toward, get(toward, ATTACKS), toward.today)


def test_something_to_avoid_is_clear_handled_or_lapsed(toward: Workspace) -> None:
    attacks = get(toward, ATTACKS)
    log_entry.done(toward, attacks, (on(toward, 3),))
    lapses.lapse(toward, attacks, (on(toward, 2),), handled=True)
    assert toward.book.figures(ATTACKS, toward.today).streak == 2
    change = lapses.lapse(toward, attacks, (on(toward, 1),))
    assert change.way is NextStep.PUT_RIGHT
    log_entry.done(toward, attacks, (on(toward, 1),))
    states = {each.first: each.state for each in toward.book.occasions(ATTACKS, toward.today)}
    assert [states[on(toward, ago)] for ago in (4, 3, 2, 1, 0)] == [
        State.NEUTRAL,
        State.KEPT,
        State.KEPT,
        State.MISSED,
        State.OPEN,
    ]
    with pytest.raises(Refused, match="not something to avoid"):
        lapses.lapse(toward, get(toward, REACHABLE))
    with pytest.raises(Refused, match="not something to avoid"):
        repair_plan.put_right(toward, get(toward, REACHABLE), MENDED)


@pytest.mark.parametrize(("hours", "put_right"), [(0.2, 1), (24, 1), (24.1, 0)])
def test_a_lapse_is_put_right_within_a_day_or_later_and_told_as_such(
    bench: Bench, toward: Workspace, hours: float, put_right: int
) -> None:
    lapses.lapse(toward, get(toward, ATTACKS))
    bench.clock.go(hours=hours)
    toward = bench.open()
    repair_plan.put_right(toward, get(toward, ATTACKS), MENDED, "said sorry")
    assert day_rows.row(toward, get(toward, ATTACKS), toward.today).moments == (0, 1, put_right, 1 - put_right)
    with pytest.raises(Refused, match="no lapse is waiting"):
        repair_plan.put_right(toward, get(toward, ATTACKS), MENDED)


def test_a_note_grows_and_can_be_replaced(toward: Workspace) -> None:
    reach = get(toward, REACHABLE)
    notes.note(toward, reach, toward.today, " one\r\n")
    notes.note(toward, reach, toward.today, "two\x1b")
    assert notes.read_note(toward, REACHABLE, toward.today) == "one\ntwo"
    assert not notes.note(toward, reach, toward.today, "  ").changed
    notes.note(toward, reach, toward.today, "three", replace=True)
    assert notes.read_note(toward, REACHABLE, toward.today) == "three"
    assert "taken away" in notes.note(toward, reach, toward.today, "", replace=True).said[0]
