"""One number for a day: Today, the dashboard's year and the review of a day tell the same one."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.faults.folders import no_waiting_for_the_disk
from tests.services.kit import Bench, HandClock, on
from tests.services.test_undo import get
from tracker.domain.counting.occasions import State
from tracker.domain.reviews import Review
from tracker.ledger.workspace import Workspace
from tracker.services import demo
from tracker.services.commitments import lifecycle
from tracker.services.logging import log_entry, skips
from tracker.services.reviews import period_summary
from tracker.services.views import dashboard, day_rows
from tracker.services.views.day_count import DayCount, count_day


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Return a data folder with the demo in it."""
    bench = Bench(tmp_path_factory.mktemp("demo"), HandClock())
    with no_waiting_for_the_disk():
        demo.fill(bench.open())
    return bench


@pytest.fixture
def lived(made: Bench, tmp_path: Path) -> Workspace:
    """Return a copy of the demo with tasks, skips and a pause in it."""
    shutil.copytree(made.data, tmp_path / "data")
    workspace = Bench(tmp_path, made.clock).open()
    with no_waiting_for_the_disk():
        task = lifecycle.Own("Write the letter", "s1", "task", f"once by {on(workspace, 20)}")
        lifecycle.add_own(workspace, task, on(workspace, 30))
        other = lifecycle.Own("Write another", "s1", "task", "once")
        lifecycle.add_own(workspace, other, on(workspace, 30))
        log_entry.done(workspace, get(workspace, "own.write-the-letter"), (on(workspace, 25),))
        log_entry.done(workspace, get(workspace, "own.write-another"), (on(workspace, 12),))
        skips.skip(workspace, get(workspace, "s4.reachable"), (on(workspace, 3), on(workspace, 4)))
    return workspace


def agreed(workspace: Workspace, ago: int, year: Mapping[date, DayCount]) -> DayCount:
    day = on(workspace, ago)
    shown = day_rows.day_view(workspace, day).count
    steps = period_summary.summary_of(workspace, Review.DAY, day).steps
    assert (sum(each.kept for each in steps), sum(each.settled for each in steps)) == (shown.kept, shown.asked)
    assert year.get(day, DayCount(0, 0)) == shown
    return shown


def test_every_day_of_the_demo_has_one_number(lived: Workspace) -> None:
    year = dashboard.overview(lived).year.days

    numbers = [agreed(lived, ago, year) for ago in [*range(60), *range(60, 360, 23)]]

    assert len(set(numbers)) > 10


def test_what_is_done_once_counts_on_its_day_and_on_none_after_it(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add_own(workspace, lifecycle.Own("Write it", "s1", "task", "once"), on(workspace, 5))
    task = get(workspace, "own.write-it")
    assert day_rows.day_view(workspace).count == DayCount(0, 1)

    log_entry.done(workspace, task, (on(workspace, 2),))

    assert [day_rows.day_view(workspace, on(workspace, ago)).count.asked for ago in (3, 2, 1, 0)] == [1, 1, 0, 0]
    bench.clock.moment += timedelta(days=400)
    assert day_rows.day_view(bench.open()).due == ()


def test_a_day_nothing_was_said_of_counts_nowhere() -> None:
    assert count_day([State.KEPT, State.NEUTRAL, State.OPEN, State.PARTLY, State.MISSED]) == DayCount(1, 4)
    assert (count_day([State.NEUTRAL]).summary, count_day([State.KEPT]).summary) == ("", "1 of 1 kept")


def test_a_limit_counts_once_its_day_is_over_or_it_is_passed(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add_own(workspace, lifecycle.Own("Drinks", "s5", "count", "at most 2 per day"))
    drinks = get(workspace, "own.drinks")
    log_entry.done(workspace, drinks, amount=2)
    assert [row.due for row in day_rows.day_view(workspace).rows] == [True]
    assert day_rows.day_view(workspace).count == DayCount(0, 0)
    log_entry.done(workspace, drinks)
    assert day_rows.day_view(workspace).count == DayCount(0, 1)
    log_entry.less(workspace, drinks, workspace.today)
    bench.clock.go(days=1)
    assert day_rows.day_view(bench.open(), on(workspace, 1)).count == DayCount(1, 1)
