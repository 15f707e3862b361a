"""An answer tells the day or the time that was filled in, and loses nothing that was typed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.services.kit import Bench, on
from tests.services.test_undo import get
from tracker.domain.counting.occasions import State
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.logging import followups, guided, log_entry, quick_log
from tracker.services.views.day_rows import row

TRUE, TURN, DEED, NEEDS = "s6.small-true-thing", "s2.turn-toward", "s4.word-and-deed", "s2.needs-log"


@pytest.fixture
def weeks(bench: Bench) -> Workspace:
    """Return a store of three weeks; today is Monday, and last week's Monday to Wednesday are done."""
    workspace = bench.open()
    for cid in (TRUE, TURN, quick_log.TIME, quick_log.REPLY):
        lifecycle.add(workspace, cid, start=date(2026, 11, 2))
    log_entry.done(workspace, get(workspace, TRUE), (date(2026, 11, 16),))
    return workspace


def last(change: object) -> str:
    return str(change.lines[-1])  # type: ignore[attr-defined]


def test_a_day_of_last_week_tells_that_week(weeks: Workspace) -> None:
    change = log_entry.done(weeks, get(weeks, TRUE), (date(2026, 11, 20),))

    assert last(change) == "Say one true feeling out loud: done, Fri 20 Nov. That week: 2 of 5."


def test_minutes_of_last_week_tell_that_week_and_its_streak(weeks: Workspace) -> None:
    assert last(quick_log.log_time(weeks, 45, (date(2026, 11, 20),))).endswith(
        "logged, Fri 20 Nov. That week: 45 of 120 min."
    )
    assert last(quick_log.log_time(weeks, 75, (date(2026, 11, 21),))).endswith(
        "That week: 120 of 120 min - kept; now 1 week."
    )


def test_a_first_week_of_one_day_is_told_as_a_week(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add_own(workspace, lifecycle.Own("Read", "s3", "minutes", "70 min per week"))
    change = log_entry.done(workspace, get(workspace, "own.read"), (date(2026, 11, 15),), 30.0)

    assert any(sentence.endswith("That week: 30 of 10 min - kept.") for sentence in change.lines)


def test_an_earlier_day_tells_that_day(weeks: Workspace) -> None:
    turn = get(weeks, TURN)

    assert last(log_entry.done(weeks, turn, (on(weeks, 3),), 2.0)).endswith("2 more, Fri 20 Nov. That day: 2 of 3.")
    assert last(log_entry.less(weeks, turn, on(weeks, 3))).endswith("1 less. That day: 1 of 3.")
    assert last(guided.log(weeks, turn, {"direction": "against"}, on(weeks, 3))).endswith("That day: 1 of 3.")
    assert last(log_entry.done(weeks, turn, None, 2.0)).endswith("2 more, today. 2 of 3.")


def test_a_day_that_leads_up_to_now_tells_the_streak_too(weeks: Workspace) -> None:
    reply = get(weeks, quick_log.REPLY)
    log_entry.done(weeks, reply)

    assert last(log_entry.done(weeks, reply, (on(weeks, 1),))).endswith(
        "done, yesterday. That day: kept; now 2 days in a row."
    )
    assert last(log_entry.done(weeks, reply, (on(weeks, 9),))).endswith("done, Sat 14 Nov. That day: kept.")


def test_replies_are_told_in_all_for_the_day(weeks: Workspace) -> None:
    assert "1 reply today." in last(quick_log.reply(weeks, 1))
    assert "4 replies today." in last(quick_log.reply(weeks, 3))
    assert row(weeks, get(weeks, quick_log.REPLY), weeks.today).summary == "4 replies"
    assert "6 replies today." in last(log_entry.done(weeks, get(weeks, quick_log.REPLY), None, 2.0))
    log_entry.less(weeks, get(weeks, quick_log.REPLY), weeks.today)
    assert row(weeks, get(weeks, quick_log.REPLY), weeks.today).summary == "5 replies"
    assert "2 replies on Fri 20 Nov." in last(quick_log.reply(weeks, 2, (on(weeks, 3),)))


@pytest.mark.parametrize("amount", [2.0, 1.5, 0.0])
def test_an_amount_of_what_is_checked_off_is_refused_rather_than_lost(weeks: Workspace, amount: float) -> None:
    with pytest.raises(BadInput, match="checked off once a day"):
        log_entry.done(weeks, get(weeks, TRUE), None, amount)
    with pytest.raises(BadInput):
        log_entry.done(weeks, get(weeks, quick_log.REPLY), None, 0.5 if amount else 0.0)


def test_one_left_unanswered_is_not_kept_until_it_is_said_when(bench: Bench, weeks: Workspace) -> None:
    change = quick_log.unanswered(weeks)
    assert last(change) == "Reply to messages in my own window: one left unanswered, today."
    assert row(weeks, get(weeks, quick_log.REPLY), weeks.today).state is State.OPEN
    bench.clock.go(days=1)
    workspace = bench.open()
    assert row(workspace, get(workspace, quick_log.REPLY), on(workspace, 1)).state is State.MISSED

    change = quick_log.unanswered(workspace, "21:00")
    assert "to be answered today 21:00. Saying so counts." in last(change)
    assert row(workspace, get(workspace, quick_log.REPLY), workspace.today).state is State.KEPT
    bench.clock.go(hours=2)
    (loop,) = followups.open_loops(bench.open())
    assert [field.name for field in loop.fields] == ["replied"]
    followups.answer(bench.open(), loop, {"replied": True})
    assert followups.open_loops(bench.open()) == []


def test_what_was_left_unanswered_on_a_day_gone_by_was_not_said_in_time(weeks: Workspace) -> None:
    change = quick_log.unanswered(weeks, "tomorrow 9:00", on(weeks, 3))

    assert "Saying so" not in last(change)
    assert row(weeks, get(weeks, quick_log.REPLY), on(weeks, 3)).state is State.MISSED
    before = len(weeks.store.events)
    with pytest.raises(BadInput):
        quick_log.unanswered(weeks, "gibberish")
    assert len(weeks.store.events) == before


def test_a_need_is_logged_for_a_side_and_never_for_nobody(weeks: Workspace) -> None:
    lifecycle.add(weeks, NEEDS)
    needs = get(weeks, NEEDS)

    for outcome in (None, "met"):
        with pytest.raises(Refused, match="asks something first"):
            log_entry.done(weeks, needs, outcome=outcome)
    with pytest.raises(BadInput, match="Whose need"):
        guided.log(weeks, needs, {"outcome": "met"})
    guided.log(weeks, needs, {"whose": "mine", "outcome": "met"})


def test_a_word_without_its_deed_is_missed_however_it_is_written_down(weeks: Workspace, bench: Bench) -> None:
    lifecycle.add(weeks, DEED)
    deed = get(weeks, DEED)
    change = guided.log(weeks, deed, {"said": True, "did": False})
    assert last(change).endswith("written down, today. 0 of 5.")

    (entry,) = weeks.ledger.entries_on(DEED, weeks.today)
    guided.change(weeks, deed, entry.id, {"said": True, "did": True})
    current = weeks.ledger.figures(DEED, weeks.today).current
    assert current is not None and current.done == 1
