"""Planned times: taken as people write them, never twice, in sight from their start, and kept by what is logged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.services.kit import Bench, HandClock
from tracker.catalogue.roles import PARTNER_TIME
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services import settings
from tracker.services.history import undo
from tracker.services.logging import log_entry, quick_log
from tracker.services.together import planned
from tracker.services.together.planned import agenda
from tracker.services.views.day_rows import day_view
from tracker.services.views.inbox import answer, read_came


def ahead(workspace: Workspace) -> list[tuple[str, str, int]]:
    return [(each.day.isoformat(), f"{each.at:%H:%M}", each.minutes) for each in agenda(workspace).ahead]


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("saturday 7pm 1h", "Planned: Sat 28 Nov, 19:00, 60 min."),
        ("sat 19-20:30", "Planned: Sat 28 Nov, 19:00, 90 min."),
        ("sat 19h", "Planned: Sat 28 Nov, 19:00, 60 min."),
        ("tonight 9", "Planned: Mon 23 Nov, 21:00, 60 min."),
        ("21:00", "Planned: Mon 23 Nov, 21:00, 60 min."),
        ("19:00", "Planned: Tue 24 Nov, 19:00, 60 min."),
        ("14 mar 19:00", "Planned: Sun 14 Mar 2027, 19:00, 60 min."),
        ("24.12. 18.00 1,5h", "Planned: Thu 24 Dec, 18:00, 90 min."),
        ("every sat 19:00 1h", "Planned: every Saturday, 19:00, 60 min, from Sat 28 Nov on."),
        ("sat 19:00 60m fortnightly", "Planned: every other Saturday, 19:00, 60 min, from Sat 28 Nov on."),
        ("mon 19:00 60m", "Planned: Mon 30 Nov, 19:00, 60 min."),
        ("tonight 01:00", "Planned: Mon 23 Nov, 01:00 in the night to Tuesday, 60 min."),
    ],
)
def test_a_planned_time_is_taken_and_shown_back_in_full(workspace: Workspace, sentence: str, said: str) -> None:
    assert planned.plan(workspace, sentence).lines[-1] == said


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ("sat", "names no time"),
        ("tomorrow evening", "names no time"),
        ("sat 7 60m", "07:00 or 19:00"),
        ("01/02/2027 19:00", "2 January 2027 or 1 February 2027"),
        ("daily 19:00", "weekly or fortnightly"),
        ("today 19:00", "over today"),
        ("yesterday 19:00", "is over"),
        ("sometime", "not a planned time"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_the_reason(workspace: Workspace, sentence: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        planned.plan(workspace, sentence)


def test_a_length_left_out_is_the_last_one_used(bench: Bench, clock: HandClock) -> None:
    workspace = bench.open()
    planned.plan(workspace, "sat 19:00 90m")
    clock.go(minutes=1)
    planned.plan(workspace, "sun 18:00 45m")
    planned.plan(bench.open(), "fri 7pm")
    assert ("2026-11-27", "19:00", 45) in ahead(bench.open())
    workspace.poll()
    moved = agenda(workspace).ahead[0]
    assert (
        planned.move(workspace, moved, "wed 8pm")
        .lines[0]
        .startswith("Moved from Fri 27 Nov 19:00 to Wed 25 Nov, 20:00, 45 min.")
    )


def test_the_same_time_is_never_planned_twice(workspace: Workspace) -> None:
    planned.plan(workspace, "sat 19:00 60m weekly")
    for again in ("sat 19:00 60m weekly", "sat 7pm", "sat 19:00 90m", "2026-12-05 19:00", "every other sat 19:00"):
        with pytest.raises(Refused, match="That is planned already"):
            planned.plan(workspace, again)
    planned.plan(workspace, "sat 20:00 60m")
    with pytest.raises(Refused, match="That is planned already"):
        planned.move(workspace, agenda(workspace).ahead[1], "sat 19:00 60m")
    with pytest.raises(Refused, match="That is planned already"):
        planned.move(workspace, agenda(workspace).ahead[1], "sat 20:00 60m")
    assert ahead(workspace) == [("2026-11-28", "19:00", 60), ("2026-11-28", "20:00", 60), ("2026-12-05", "19:00", 60)]


def test_what_was_cancelled_can_be_planned_again_and_moved_in_length(workspace: Workspace) -> None:
    planned.plan(workspace, "sat 19:00 60m")
    said = planned.cancel(workspace, agenda(workspace).ahead[0]).lines[0]
    assert said.startswith("Cancelled: Sat 28 Nov 19:00."), "there may be several on a day"
    planned.plan(workspace, "sat 19:00 60m")
    planned.move(workspace, agenda(workspace).ahead[0], "sat 19:00 90m")
    assert ahead(workspace) == [("2026-11-28", "19:00", 90)]


def test_what_two_devices_planned_at_once_counts_once_and_goes_as_one(bench: Bench) -> None:
    one = bench.open("one")
    planned.plan(one, "sun 19:00 60m weekly")
    two = bench.open("two")
    planned.plan(one, "sat 19:00 60m")
    undo.undo(one)
    planned.plan(two, "sat 19:00 60m")
    one.poll()
    undo.redo(one)
    assert [day for day, _, _ in ahead(one)].count("2026-11-28") == 1
    planned.cancel(one, agenda(one).ahead[0], "ill")
    assert "2026-11-28" not in [day for day, _, _ in ahead(one)]


def test_after_midnight_the_evening_goes_on(bench: Bench, clock: HandClock) -> None:
    clock.set("2026-11-28T00:10")
    workspace = bench.open()
    assert workspace.today.isoformat() == "2026-11-27"
    assert planned.plan(workspace, "today 02:00 60m").lines[-1] == (
        "Planned: Fri 27 Nov, 02:00 in the night to Saturday, 60 min."
    )
    assert agenda(workspace).begun == ()
    clock.set("2026-11-28T02:05")
    assert [each.begins.isoformat() for each in agenda(workspace).begun] == ["2026-11-28T02:00:00"]
    said = quick_log.log_time(workspace, 60).lines[-1]
    assert said.endswith("The planned time is kept.")


def test_the_day_ends_when_it_was_set_to_end(bench: Bench, clock: HandClock) -> None:
    workspace = bench.open()
    settings.put(workspace, "day-ends-at", "5am")
    clock.go(days=2)
    assert "in the night to Thursday" in planned.plan(workspace, "tonight 04:30").lines[-1]
    assert "in the night" not in planned.plan(workspace, "tomorrow 05:30").lines[-1]


def test_a_planned_time_stays_in_sight_from_its_start_until_it_is_answered(bench: Bench, clock: HandClock) -> None:
    workspace = bench.open()
    planned.plan(workspace, "today 21:00 60m")
    assert day_view(workspace).waiting == ()
    clock.go(hours=1, minutes=5)
    view = day_view(workspace)
    assert [(each.when, each.short) for each in view.waiting] == [("today 21:00, 1 h", "was it?")]
    assert view.next_time is None
    assert answer(workspace, view.waiting[0], read_came("1h")).lines[-1].endswith("The planned time is kept.")
    assert day_view(workspace).waiting == ()
    undo.undo(workspace)
    planned.did_not_happen(workspace, agenda(workspace).begun[0])
    assert day_view(workspace).waiting == ()
    undo.undo(workspace)
    clock.go(days=1)
    assert [each.short for each in day_view(workspace).waiting] == ["what came of it?"]


def test_every_way_to_log_time_says_that_the_planned_time_is_kept(bench: Bench, clock: HandClock) -> None:
    workspace = bench.open()
    planned.plan(workspace, "today 20:30 60m")
    clock.go(hours=1)
    assert quick_log.log_time(workspace, 60).lines[-1].endswith("The planned time is kept.")
    assert "planned" not in quick_log.log_time(workspace, 30).lines[-1]
    undo.undo(workspace)
    undo.undo(workspace)
    commitment = workspace.ledger.get(PARTNER_TIME)
    assert commitment is not None
    assert log_entry.done(workspace, commitment, None, 30.0).lines[-1].endswith("30 of 60 planned min.")
    undo.undo(workspace)
    quick_log.start_timer(workspace)
    clock.go(minutes=50)
    assert quick_log.stop_timer(workspace).lines[-1].endswith("The planned time is kept.")


def test_a_plan_is_stopped_with_the_one_that_says_the_same(bench: Bench) -> None:
    one = bench.open("one")
    planned.plan(one, "fri 19:00 60m")
    two = bench.open("two")
    planned.plan(one, "sat 19:00 60m weekly")
    undo.undo(one)
    planned.plan(two, "sat 19:00 60m weekly")
    one.poll()
    undo.redo(one)
    planned.stop(one, agenda(one).ahead[1].plan)
    assert [each.day.isoformat() for each in agenda(one, days=timedelta(days=60)).ahead] == ["2026-11-27"]
