"""History loads itself: no number, row or line depends on what was read before, or on where the streak cache cuts."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.folders import no_waiting_for_the_disk
from tests.property.test_summary_laws import PAST, ROSTER, Step, World
from tests.services.kit import Bench, figures, on
from tracker.domain.calendar import add_months
from tracker.domain.commitments import Commitment
from tracker.domain.reviews import Review
from tracker.ledger import event_keys, open_folder
from tracker.ledger.workspace import Workspace
from tracker.services.history.history import history
from tracker.services.logging.notes import note_versions
from tracker.services.reviews import month_report, period_summary
from tracker.services.support.care import harm_lately
from tracker.services.views import dashboard, day_rows, details, inbox, measures

CUTS = range(6)
"""Months before this one that the cache may cut at."""
MORE = tuple(
    Step(name, 0, cid, ago, number)
    for name, cid, ago, number in (
        ("note", "s4.reachable", 70, 0),
        ("lapse", "s5.no-attacks", 50, 1),
        ("skip", "s4.reachable", 30, 1),
        ("event", "s4.promise-keeper", 40, 3),
        ("done", "s4.partner-time", 5, 20),
        ("clock", "", 9, 1),
    )
)


def _each(workspace: Workspace, ask: Callable[[Workspace, Commitment], object]) -> dict[str, object]:
    return {each.id: ask(workspace, each) for each in workspace.ledger.commitments(archived=True)}


def _logged(workspace: Workspace, ago: int) -> object:
    day = on(workspace, ago)
    keys = [make(cid, day) for cid in ROSTER for make in (event_keys.check, event_keys.skip, event_keys.note)]
    return {key: workspace.ledger.value(key) for key in keys}, [workspace.ledger.entries_on(cid, day) for cid in ROSTER]


QUESTIONS: Mapping[str, Callable[[Workspace, int], object]] = {
    "day": lambda workspace, ago: day_rows.day_view(workspace, on(workspace, ago)),
    "week": lambda workspace, ago: dashboard.week_counts(workspace, day_rows.day_view(workspace)),
    "day once more": lambda workspace, ago: day_rows.day_view(workspace, None, day_rows.day_view(workspace)),
    "figures": lambda workspace, ago: figures(workspace),
    "figures then": lambda workspace, ago: _each(
        workspace, lambda here, each: here.ledger.figures(each.id, on(here, ago))
    ),
    "pages": lambda workspace, ago: _each(workspace, details.details),
    "measures": lambda workspace, ago: _each(workspace, measures.insight),
    "occasions": lambda workspace, ago: _each(
        workspace, lambda here, each: list(here.ledger.occasions(each.id, here.today, on(here, ago)))
    ),
    "logged": _logged,
    "notes": lambda workspace, ago: [note_versions(workspace, cid, on(workspace, ago)) for cid in ROSTER],
    "open": lambda workspace, ago: inbox.waiting(workspace),
    "overview": lambda workspace, ago: dashboard.overview(workspace),
    "month": lambda workspace, ago: month_report.month_table(workspace, on(workspace, ago)),
    "summary": lambda workspace, ago: period_summary.summary_of(workspace, Review.WEEK, on(workspace, ago)),
    "history": lambda workspace, ago: history(workspace, 50),
    "harm": lambda workspace, ago: harm_lately(workspace),
}


def told(found: object) -> Any:
    """Return what was found as it is compared: a commitment by its id, and not whether its private part was read."""
    if isinstance(found, Commitment):
        return found.id
    if is_dataclass(found):
        return [told(getattr(found, each.name)) for each in fields(found) if each.name != "without_private"]
    if isinstance(found, dict):
        return {key: told(value) for key, value in found.items()}
    return [told(each) for each in found] if isinstance(found, list | tuple) else found


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> list[Bench]:
    """Return the same months of two devices, with a streak cache that cuts at another month in each."""
    with no_waiting_for_the_disk():
        root = tmp_path_factory.mktemp("past")
        world = World(root / "0", Counter())
        for step in (*PAST, *MORE):
            world.step(step)
        found = []
        for cut in CUTS:
            place = root / str(cut)
            if cut:
                shutil.copytree(root / "0", place)
            bench = Bench(place, world.clocks[0])
            with _cut_at(cut):
                bench.recounted("0").keep_streaks()
            found.append(bench)
        return found


def _cut_at(months: int) -> Any:
    return patch.object(
        open_folder, "archived_before", lambda today: add_months(today.replace(day=1), -months).isoformat()[:7]
    )


ASKED = st.tuples(st.sampled_from(sorted(QUESTIONS)), st.integers(0, 200))


@settings(max_examples=60, deadline=None)
@given(cut=st.sampled_from(CUTS), asked=st.lists(ASKED, min_size=1, max_size=4))
def test_no_answer_depends_on_what_was_read_before(
    benches: list[Bench], cut: int, asked: list[tuple[str, int]]
) -> None:
    with _cut_at(cut):
        fresh = benches[cut].open("0")
        whole = benches[cut].open("0")
        whole.load_history()
        for name, ago in asked:
            ask = QUESTIONS[name]
            assert told(ask(fresh, ago)) == told(ask(whole, ago)), name


def test_the_past_is_cut_and_today_reads_none_of_it(benches: list[Bench]) -> None:
    with _cut_at(1):
        fresh = benches[1].open("0")
        day_rows.day_view(fresh), figures(fresh), inbox.waiting(fresh), harm_lately(fresh)
        assert not fresh.store.complete
    assert sum(not _opened(bench, cut).store.complete for cut, bench in enumerate(benches)) >= 3


def _opened(bench: Bench, cut: int) -> Workspace:
    with _cut_at(cut):
        return bench.open("0")


SERVICES = Path(day_rows.__file__).parents[1]
LOADERS = {"history/undo.py", "safekeeping/doctor.py", "safekeeping/repairing.py"}
"""Who reads the whole history by name: an undo looks further back only where it must, a repair looks at every file."""


def test_no_use_case_has_to_remember_the_history() -> None:
    found = {
        path.relative_to(SERVICES).as_posix() for path in SERVICES.rglob("*.py") if ".load_history(" in path.read_text()
    }
    assert found <= LOADERS
