"""What is logged, what is refused, and what is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.services.kit import MENDED, Bench, HandClock, figures, fold, on
from tests.services.test_undo import get
from tracker.domain.counting.occasions import State
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.history import undo
from tracker.services.logging import lapses, log_entry, notes, quick_log, repair_plan, skips
from tracker.services.views import day_rows

REACHABLE, TIME, TURN, ATTACKS = "s4.reachable", "s4.partner-time", "s2.turn-toward", "s5.no-attacks"
KEEPER, STORY = "s4.promise-keeper", "s6.my-story"


@pytest.fixture
def workspace(bench: Bench) -> Workspace:
    """Return a store with a few commitments, ten days old."""
    clock = HandClock(bench.clock.moment - timedelta(days=10))
    lifecycle.add_all(bench.open(clock=clock), (REACHABLE, TIME, TURN, ATTACKS, KEEPER, STORY))
    return bench.open()


def test_a_day_to_come_is_refused(workspace: Workspace) -> None:
    before = fold(workspace)
    tomorrow = (on(workspace, -1),)
    for cid in (REACHABLE, ATTACKS, KEEPER):
        with pytest.raises(Refused, match="has not come yet"):
            log_entry.done(workspace, get(workspace, cid), tomorrow)
    with pytest.raises(Refused, match="has not come yet"):
        lapses.lapse(workspace, get(workspace, ATTACKS), tomorrow)
    with pytest.raises(Refused, match="has not come yet"):
        log_entry.done(workspace, get(workspace, REACHABLE), (workspace.today, on(workspace, -1)))
    assert fold(workspace) == before


def test_a_day_to_come_can_be_skipped(workspace: Workspace) -> None:
    assert skips.skip(workspace, get(workspace, REACHABLE), (on(workspace, -1),)).changed
    assert workspace.ledger.record(REACHABLE).skips == {on(workspace, -1): ""}


def test_a_check_twice_is_one(workspace: Workspace) -> None:
    first = log_entry.done(workspace, get(workspace, REACHABLE))
    again = log_entry.done(workspace, get(workspace, REACHABLE))
    noted = log_entry.done(workspace, get(workspace, REACHABLE), note="a word")
    assert first.lines == ("Reply to messages in my own window: done, today. 1 day.",)
    assert not again.changed and "already there" in again.lines[0]
    assert noted.changed and noted.lines[-1] == notes.KEPT
    assert len(workspace.ledger.entries_on(REACHABLE, workspace.today)) == 1


@pytest.mark.parametrize(
    ("cid", "amount", "outcome", "words"),
    [
        (KEEPER, None, "forgot", "Invalid outcome"),
        (KEEPER, None, "", "Invalid outcome"),
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
    workspace: Workspace, cid: str, amount: float | None, outcome: str | None, words: str
) -> None:
    before = fold(workspace)
    with pytest.raises(BadInput, match=words):
        log_entry.done(workspace, get(workspace, cid), None, amount, outcome)
    assert fold(workspace) == before


def test_an_outcome_may_be_named_by_its_start_and_is_worth_what_the_catalogue_says(
    bench: Bench, workspace: Workspace
) -> None:
    log_entry.done(workspace, get(workspace, KEEPER), outcome="l")
    bench.clock.go(minutes=1)
    log_entry.done(workspace, get(workspace, KEEPER), outcome="kept")
    bench.clock.go(minutes=1)
    log_entry.done(workspace, get(workspace, KEEPER), outcome="promised")
    log_entry.done(workspace, get(workspace, STORY), outcome="part")
    found = workspace.ledger.figures(KEEPER, workspace.today)
    assert (found.kept, found.occasions, found.streak) == (1, 2, 1)
    assert [mark.state for mark in found.strip] == [State.PARTLY, State.KEPT, State.OPEN]
    current = workspace.ledger.figures(STORY, workspace.today).current
    assert current is not None and (current.state, current.credit) == (State.OPEN, 0.5)


def test_an_amount_for_a_check_affirms_the_day_once(workspace: Workspace) -> None:
    log_entry.done(workspace, get(workspace, REACHABLE), None, 3.0)
    found = workspace.ledger.figures(REACHABLE, workspace.today)
    assert found.current is not None and (found.current.done, found.current.state) == (1.0, State.KEPT)


def test_logging_before_the_start_moves_the_start_and_leaves_the_windows(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add_own(workspace, lifecycle.Own("Swim", "s1", "check", "every 3 days"))
    bench.clock.go(days=7)
    workspace = bench.open()
    start = get(workspace, "own.swim").plan.start
    windows = [each.first for each in workspace.ledger.occasions("own.swim", workspace.today)]

    change = log_entry.done(workspace, get(workspace, "own.swim"), (start - timedelta(days=4),))

    assert change.lines[-1] == "It now begins on 2026-11-19, since you logged a day before its start."
    assert get(workspace, "own.swim").plans[0].start == date(2026, 11, 19)
    after = [each.first for each in workspace.ledger.occasions("own.swim", workspace.today)]
    assert after[-len(windows) :] == windows
    assert after[0] == date(2026, 11, 19)
    assert figures(bench.open()) == figures(workspace)


def test_a_commitment_taken_on_by_logging_an_earlier_day_begins_there(workspace: Workspace) -> None:
    change = quick_log.share(workspace, "joys", None, (on(workspace, 3),))
    assert "Added" in change.lines[0]
    assert get(workspace, "s6.weekly-share").plans[0].start == on(workspace, 3)
    assert get(workspace, "s6.weekly-share").plans[0].anchor is None


def test_skips_take_a_reason_of_the_list_and_no_other(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match="Invalid reason"):
        skips.skip(workspace, get(workspace, REACHABLE), reason="bored")
    change = skips.skip(
        workspace, get(workspace, REACHABLE), (workspace.today, on(workspace, 1)), " Ill ", note="fever"
    )
    assert "skipped (ill)" in change.lines[0] and change.lines[-1] == notes.KEPT
    assert workspace.ledger.record(REACHABLE).skips == {workspace.today: "ill", on(workspace, 1): "ill"}
    assert not skips.skip(workspace, get(workspace, REACHABLE)).changed
    assert not skips.skip(workspace, get(workspace, REACHABLE), reason="ill").changed
    assert skips.skip(workspace, get(workspace, REACHABLE), note="more").changed
    again = skips.skip(workspace, get(workspace, REACHABLE), reason="travel")
    assert again.lines[0].endswith("today was skipped already; the reason is travel now.")
    assert workspace.ledger.record(REACHABLE).skips == {workspace.today: "travel", on(workspace, 1): "ill"}
    undo.undo(workspace)
    assert workspace.ledger.record(REACHABLE).skips[workspace.today] == "ill"
    skips.unskip(workspace, get(workspace, REACHABLE), (workspace.today,))
    assert workspace.ledger.record(REACHABLE).skips == {on(workspace, 1): "ill"}
    with pytest.raises(Refused, match="is not skipped"):
        skips.unskip(workspace, get(workspace, REACHABLE), (workspace.today,))


def test_a_skip_changes_no_run_and_an_entry_wins_over_it(workspace: Workspace) -> None:
    log_entry.done(workspace, get(workspace, REACHABLE), (on(workspace, 2), workspace.today))
    assert workspace.ledger.figures(REACHABLE, workspace.today).streak == 1
    skips.skip(workspace, get(workspace, REACHABLE), (on(workspace, 1),))
    assert workspace.ledger.figures(REACHABLE, workspace.today).streak == 2
    log_entry.done(workspace, get(workspace, REACHABLE), (on(workspace, 1),))
    assert workspace.ledger.figures(REACHABLE, workspace.today).streak == 3


def test_less_takes_from_the_newest_entries_first(bench: Bench, workspace: Workspace) -> None:
    for amount in (3.0, 2.0, 1.0):
        log_entry.done(workspace, get(workspace, TURN), None, amount)
        bench.clock.go(minutes=1)
    change = log_entry.less(workspace, get(workspace, TURN), workspace.today, 4)
    assert [entry.amount for entry in workspace.ledger.entries_on(TURN, workspace.today)] == [2.0]
    assert "4 less" in change.lines[0]
    change = log_entry.less(workspace, get(workspace, TURN), workspace.today, 9)
    assert "2 less" in change.lines[0], "no more is taken off than was there"
    quick_log.log_time(workspace, 50)
    assert "20 min less" in log_entry.less(workspace, get(workspace, TIME), workspace.today, 20).lines[0]
    assert workspace.ledger.entries_on(TURN, workspace.today) == ()
    with pytest.raises(Refused, match="nothing is logged"):
        log_entry.less(workspace, get(workspace, TURN), workspace.today)


def test_less_of_minutes_keeps_the_rest_of_an_entry(workspace: Workspace) -> None:
    quick_log.log_time(workspace, 45, tag="walk")
    log_entry.less(workspace, get(workspace, TIME), workspace.today, 15)
    (entry,) = workspace.ledger.entries_on(TIME, workspace.today)
    assert (entry.amount, entry.fields["tag"]) == (30.0, "walk")


def test_undone_takes_all_of_a_day_back_and_leaves_its_note(workspace: Workspace) -> None:
    log_entry.done(workspace, get(workspace, TURN), None, 2.0, note="a word")
    log_entry.done(workspace, get(workspace, TURN), None, 1.0)
    log_entry.undone(workspace, get(workspace, TURN))
    assert workspace.ledger.entries_on(TURN, workspace.today) == ()
    assert notes.read_note(workspace, TURN, workspace.today) == "a word"
    with pytest.raises(Refused, match="nothing is logged"):
        log_entry.undone(workspace, get(workspace, TURN))


def test_toggle_checks_off_and_takes_back(workspace: Workspace) -> None:
    for cid in (REACHABLE, ATTACKS):
        log_entry.toggle(workspace, get(workspace, cid), workspace.today)
        assert len(workspace.ledger.entries_on(cid, workspace.today)) == 1
        log_entry.toggle(workspace, get(workspace, cid), workspace.today)
        assert workspace.ledger.entries_on(cid, workspace.today) == ()
    log_entry.toggle(workspace, get(workspace, TURN), workspace.today)
    log_entry.toggle(workspace, get(workspace, TURN), workspace.today)
    assert len(workspace.ledger.entries_on(TURN, workspace.today)) == 2
    lapses.lapse(workspace, get(workspace, ATTACKS))
    with pytest.raises(Refused, match="a moment is logged"):
        log_entry.toggle(workspace, get(workspace, ATTACKS), workspace.today)


def test_something_to_avoid_is_clear_handled_or_lapsed(workspace: Workspace) -> None:
    attacks = get(workspace, ATTACKS)
    log_entry.done(workspace, attacks, (on(workspace, 3),))
    lapses.lapse(workspace, attacks, (on(workspace, 2),), handled=True)
    assert workspace.ledger.figures(ATTACKS, workspace.today).streak == 2
    change = lapses.lapse(workspace, attacks, (on(workspace, 1),))
    assert change.way is NextStep.PUT_RIGHT
    log_entry.done(workspace, attacks, (on(workspace, 1),))
    states = {each.first: each.state for each in workspace.ledger.occasions(ATTACKS, workspace.today)}
    assert [states[on(workspace, ago)] for ago in (4, 3, 2, 1, 0)] == [
        State.NEUTRAL,
        State.KEPT,
        State.KEPT,
        State.MISSED,
        State.OPEN,
    ]
    with pytest.raises(Refused, match="not something to avoid"):
        lapses.lapse(workspace, get(workspace, REACHABLE))
    with pytest.raises(Refused, match="not something to avoid"):
        repair_plan.put_right(workspace, get(workspace, REACHABLE), MENDED)


@pytest.mark.parametrize(("hours", "put_right"), [(0.2, 1), (24, 1), (24.1, 0)])
def test_a_lapse_is_put_right_within_a_day_or_later_and_told_as_such(
    bench: Bench, workspace: Workspace, hours: float, put_right: int
) -> None:
    lapses.lapse(workspace, get(workspace, ATTACKS))
    bench.clock.go(hours=hours)
    workspace = bench.open()
    repair_plan.put_right(workspace, get(workspace, ATTACKS), MENDED, "said sorry")
    assert day_rows.row(workspace, get(workspace, ATTACKS), workspace.today).moments == (0, 1, put_right, 1 - put_right)
    with pytest.raises(Refused, match="no lapse is waiting"):
        repair_plan.put_right(workspace, get(workspace, ATTACKS), MENDED)


def test_a_note_grows_and_can_be_replaced(workspace: Workspace) -> None:
    reach = get(workspace, REACHABLE)
    notes.note(workspace, reach, workspace.today, " one\r\n")
    notes.note(workspace, reach, workspace.today, "two\x1b")
    assert notes.read_note(workspace, REACHABLE, workspace.today) == "one\ntwo"
    assert not notes.note(workspace, reach, workspace.today, "  ").changed
    notes.note(workspace, reach, workspace.today, "three", replace=True)
    assert notes.read_note(workspace, REACHABLE, workspace.today) == "three"
    assert "taken away" in notes.note(workspace, reach, workspace.today, "", replace=True).lines[0]
