"""When a commitment begins can be moved, and nothing that is logged is left outside by it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.services.kit import on
from tests.services.test_undo import get
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.history import undo
from tracker.services.logging import log_entry
from tracker.services.views.day_rows import day_view

REACHABLE = "s4.reachable"


def ahead(toward: Workspace, days: int) -> date:
    return toward.today + timedelta(days=days)


def test_a_start_moves_to_a_later_day_and_back_by_undo(toward: Workspace) -> None:
    lifecycle.add(toward, REACHABLE)
    change = lifecycle.edit(toward, get(toward, REACHABLE), start=ahead(toward, 3))
    assert change.said == ("'Reply to messages in my own window' now begins Thu 26 Nov.",)
    assert [plan.start for plan in get(toward, REACHABLE).plans] == [ahead(toward, 3)]
    undo.undo(toward)
    assert [plan.start for plan in get(toward, REACHABLE).plans] == [toward.today]


def test_a_start_never_moves_past_what_is_logged(toward: Workspace) -> None:
    lifecycle.add(toward, REACHABLE, start=on(toward, 9))
    log_entry.done(toward, get(toward, REACHABLE), (on(toward, 4),))
    with pytest.raises(Refused, match=r"Something is logged on 2026-11-19"):
        lifecycle.edit(toward, get(toward, REACHABLE), start=on(toward, 3))
    lifecycle.edit(toward, get(toward, REACHABLE), start=on(toward, 4))
    assert get(toward, REACHABLE).plans[0].start == on(toward, 4)
    assert toward.book.figures(REACHABLE, toward.today).occasions == 4


def test_a_start_that_is_past_moves_earlier_by_logging_a_day_before_it(toward: Workspace) -> None:
    lifecycle.add(toward, REACHABLE)
    with pytest.raises(Refused, match="log what was done before"):
        lifecycle.edit(toward, get(toward, REACHABLE), start=on(toward, 2))


def test_a_plan_that_has_not_begun_moves_by_itself(toward: Workspace) -> None:
    lifecycle.add(toward, REACHABLE)
    lifecycle.edit(toward, get(toward, REACHABLE), schedule="4 per week", start=ahead(toward, 7))
    lifecycle.edit(toward, get(toward, REACHABLE), start=ahead(toward, 14))
    assert [plan.start for plan in get(toward, REACHABLE).plans] == [toward.today, ahead(toward, 14)]
    with pytest.raises(Refused, match="Another plan"):
        lifecycle.edit(toward, get(toward, REACHABLE), start=toward.today)


def test_the_same_start_changes_nothing_and_a_start_after_its_last_day_is_refused(toward: Workspace) -> None:
    own = lifecycle.Own("Write the letter", "s1", "task", f"once by {ahead(toward, 5)}")
    lifecycle.add_own(toward, own)
    letter = get(toward, "own.write-the-letter")
    assert not lifecycle.edit(toward, letter, start=toward.today).changed
    with pytest.raises(BadInput, match="over before it begins"):
        lifecycle.edit(toward, letter, start=ahead(toward, 6))


def test_a_plan_that_has_not_begun_never_moves_into_the_past(toward: Workspace) -> None:
    lifecycle.add(toward, REACHABLE, start=on(toward, 9))
    lifecycle.edit(toward, get(toward, REACHABLE), schedule="4 per week", start=ahead(toward, 7))
    with pytest.raises(Refused, match="can begin today"):
        lifecycle.edit(toward, get(toward, REACHABLE), start=on(toward, 3))


def test_a_start_that_another_window_moved_is_moved_on_from_there(toward: Workspace) -> None:
    lifecycle.add(toward, REACHABLE)
    seen = get(toward, REACHABLE)
    for ago in (2, 5):
        log_entry.done(toward, seen, (on(toward, ago),))
    [plan] = get(toward, REACHABLE).plans
    assert (plan.start, plan.schedule.sentence, plan.anchor) == (on(toward, 5), "daily", toward.today)
    assert toward.book.figures(REACHABLE, toward.today).occasions == 5


def test_a_day_already_kept_stays_in_the_streak_that_closes_with_it(toward: Workspace) -> None:
    lifecycle.add(toward, REACHABLE)
    log_entry.done(toward, get(toward, REACHABLE), tuple(on(toward, ago) for ago in range(3)))
    change = lifecycle.edit(toward, get(toward, REACHABLE), schedule="4 per week")
    assert change.said[-1].startswith("From today: 4 per week.")
    figures = toward.book.figures(REACHABLE, toward.today)
    assert (figures.unit, figures.streak, figures.best) == ("weeks", 0, 0)
    assert [(each.unit, each.kept, each.last) for each in figures.closed] == [("days", 3, toward.today)]
    [row] = day_view(toward).rows
    assert (row.said, row.shorter, day_view(toward).count.kept) == ("kept", "", 1)
    undo.undo(toward)
    assert toward.book.figures(REACHABLE, toward.today).streak == 3
