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


def ahead(workspace: Workspace, days: int) -> date:
    return workspace.today + timedelta(days=days)


def test_a_start_moves_to_a_later_day_and_back_by_undo(workspace: Workspace) -> None:
    lifecycle.add(workspace, REACHABLE)
    change = lifecycle.edit(workspace, get(workspace, REACHABLE), start=ahead(workspace, 3))
    assert change.lines == ("'Reply to messages in my own window' now begins Thu 26 Nov.",)
    assert [plan.start for plan in get(workspace, REACHABLE).plans] == [ahead(workspace, 3)]
    undo.undo(workspace)
    assert [plan.start for plan in get(workspace, REACHABLE).plans] == [workspace.today]


def test_a_start_never_moves_past_what_is_logged(workspace: Workspace) -> None:
    lifecycle.add(workspace, REACHABLE, start=on(workspace, 9))
    log_entry.done(workspace, get(workspace, REACHABLE), (on(workspace, 4),))
    with pytest.raises(Refused, match=r"Something is logged on 2026-11-19"):
        lifecycle.edit(workspace, get(workspace, REACHABLE), start=on(workspace, 3))
    lifecycle.edit(workspace, get(workspace, REACHABLE), start=on(workspace, 4))
    assert get(workspace, REACHABLE).plans[0].start == on(workspace, 4)
    assert workspace.ledger.figures(REACHABLE, workspace.today).occasions == 4


def test_a_start_that_is_past_moves_earlier_by_logging_a_day_before_it(workspace: Workspace) -> None:
    lifecycle.add(workspace, REACHABLE)
    with pytest.raises(Refused, match="log what was done before"):
        lifecycle.edit(workspace, get(workspace, REACHABLE), start=on(workspace, 2))


def test_a_plan_that_has_not_begun_moves_by_itself(workspace: Workspace) -> None:
    lifecycle.add(workspace, REACHABLE)
    lifecycle.edit(workspace, get(workspace, REACHABLE), schedule="4 per week", start=ahead(workspace, 7))
    lifecycle.edit(workspace, get(workspace, REACHABLE), start=ahead(workspace, 14))
    assert [plan.start for plan in get(workspace, REACHABLE).plans] == [workspace.today, ahead(workspace, 14)]
    with pytest.raises(Refused, match="Another plan"):
        lifecycle.edit(workspace, get(workspace, REACHABLE), start=workspace.today)


def test_the_same_start_changes_nothing_and_a_start_after_its_last_day_is_refused(workspace: Workspace) -> None:
    own = lifecycle.Own("Write the letter", "s1", "task", f"once by {ahead(workspace, 5)}")
    lifecycle.add_own(workspace, own)
    letter = get(workspace, "own.write-the-letter")
    assert not lifecycle.edit(workspace, letter, start=workspace.today).changed
    with pytest.raises(BadInput, match="over before it begins"):
        lifecycle.edit(workspace, letter, start=ahead(workspace, 6))


def test_a_plan_that_has_not_begun_never_moves_into_the_past(workspace: Workspace) -> None:
    lifecycle.add(workspace, REACHABLE, start=on(workspace, 9))
    lifecycle.edit(workspace, get(workspace, REACHABLE), schedule="4 per week", start=ahead(workspace, 7))
    with pytest.raises(Refused, match="can begin today"):
        lifecycle.edit(workspace, get(workspace, REACHABLE), start=on(workspace, 3))


def test_a_start_that_another_window_moved_is_moved_on_from_there(workspace: Workspace) -> None:
    lifecycle.add(workspace, REACHABLE)
    seen = get(workspace, REACHABLE)
    for ago in (2, 5):
        log_entry.done(workspace, seen, (on(workspace, ago),))
    [plan] = get(workspace, REACHABLE).plans
    assert (plan.start, plan.schedule.sentence, plan.anchor) == (on(workspace, 5), "daily", workspace.today)
    assert workspace.ledger.figures(REACHABLE, workspace.today).occasions == 5


def test_a_day_already_kept_stays_in_the_streak_that_closes_with_it(workspace: Workspace) -> None:
    lifecycle.add(workspace, REACHABLE)
    log_entry.done(workspace, get(workspace, REACHABLE), tuple(on(workspace, ago) for ago in range(3)))
    change = lifecycle.edit(workspace, get(workspace, REACHABLE), schedule="4 per week")
    assert change.lines[-1].startswith("From today: 4 per week.")
    figures = workspace.ledger.figures(REACHABLE, workspace.today)
    assert (figures.unit, figures.streak, figures.best) == ("weeks", 0, 0)
    assert [(each.unit, each.kept, each.last) for each in figures.closed] == [("days", 3, workspace.today)]
    [row] = day_view(workspace).rows
    assert (row.summary, row.shorter, day_view(workspace).count.kept) == ("kept", "", 1)
    undo.undo(workspace)
    assert workspace.ledger.figures(REACHABLE, workspace.today).streak == 3
