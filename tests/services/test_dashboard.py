"""What the dashboard praises and what it asks for: never the same, never what is paused, never what is done."""

from __future__ import annotations

import pytest

from tests.services.kit import Bench, on
from tests.services.test_undo import get
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle, pauses
from tracker.services.logging import lapses, log_entry
from tracker.services.views import dashboard

REPLY, TURN, DEED, ATTACKS = "s4.reachable", "s2.turn-toward", "s4.here-today", "s5.no-attacks"


@pytest.fixture
def fortnight(bench: Bench) -> Workspace:
    """Return a store of fourteen days in which only one commitment was ever logged, and that seldom."""
    workspace = bench.open()
    for cid in (REPLY, TURN, ATTACKS):
        lifecycle.add(workspace, cid, start=on(workspace, 14))
    return workspace


def kept(workspace: Workspace, cid: str, *ago: int) -> None:
    for each in ago:
        log_entry.done(workspace, get(workspace, cid), (on(workspace, each),), 3.0 if cid == TURN else None)


def words(workspace: Workspace) -> tuple[str, str]:
    found = dashboard.overview(workspace)
    return found.going_well, found.would_help


def test_what_is_kept_less_than_seven_of_ten_times_is_not_praised(fortnight: Workspace) -> None:
    kept(fortnight, REPLY, *range(1, 10))
    assert words(fortnight)[0] == ""
    kept(fortnight, REPLY, 10)
    assert words(fortnight)[0] == "Going well: Reply to messages in my own window, kept 10 of the last 13."


def test_one_is_never_praised_and_asked_for_at_once(fortnight: Workspace) -> None:
    lifecycle.archive(fortnight, get(fortnight, TURN))
    kept(fortnight, REPLY, *range(1, 12))
    praised, asked = words(fortnight)
    assert "Reply" in praised and "Reply" not in asked


def test_the_next_small_step_is_something_weak_that_can_be_done_today(fortnight: Workspace) -> None:
    kept(fortnight, REPLY, *range(1, 14))
    assert words(fortnight)[1].startswith("Next small step: Notice small invitations and answer them. If they show me")
    kept(fortnight, TURN, 0)
    assert words(fortnight)[1] == ""


def test_nothing_paused_is_praised_or_asked_for(fortnight: Workspace) -> None:
    kept(fortnight, REPLY, *range(1, 14))
    pauses.pause(fortnight, get(fortnight, TURN), fortnight.today)
    assert "invitations" not in " ".join(words(fortnight))
    pauses.pause(fortnight, get(fortnight, REPLY), fortnight.today)
    assert words(fortnight) == ("", "")
    assert dashboard.overview(fortnight).directions == {}


def test_what_may_hurt_somebody_is_neither_praised_nor_prodded_nor_shown_as_easing(fortnight: Workspace) -> None:
    kept(fortnight, ATTACKS, *range(3, 14))
    for ago in (1, 2):
        lapses.lapse(fortnight, get(fortnight, ATTACKS), (on(fortnight, ago),))
    assert "insults" not in " ".join(words(fortnight))
    assert ATTACKS not in dashboard.overview(fortnight).directions


def test_all_on_track_is_said_where_nothing_is_left_to_do(fortnight: Workspace) -> None:
    kept(fortnight, REPLY, *range(14))
    kept(fortnight, TURN, *range(14))
    assert words(fortnight)[1] == "All on track."


def test_a_young_store_is_only_invited(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, REPLY)
    assert words(workspace) == (
        "Give it a week: a few check-ins from now, this page begins to tell you something.",
        "Still open today: Reply to messages in my own window.",
    )
