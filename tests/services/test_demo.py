"""The demo: a year of six steps, the same every time, with not one private word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.folders import no_waiting_for_the_disk
from tests.services.kit import Bench, HandClock, figures
from tracker.ledger.workspace import Workspace
from tracker.services import demo
from tracker.services.exchange import transfer
from tracker.services.history import history
from tracker.services.views import dashboard, day_rows


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Return a data folder with the demo in it."""
    return filled(tmp_path_factory.mktemp("demo"))


def filled(root: Path) -> Bench:
    """Fill a folder with the demo."""
    bench = Bench(root, HandClock())
    with no_waiting_for_the_disk():
        assert demo.fill(bench.open()) > 1000
    return bench


def events(workspace: Workspace) -> list[dict[str, object]]:
    """Return all events without the device, which is another one each time."""
    workspace.load_history()
    found = sorted(workspace.store.events.values(), key=lambda event: event["id"])
    return [{name: value for name, value in event.items() if name != "dev"} for event in found]


def test_it_is_the_same_every_time(year: Bench, tmp_path: Path) -> None:
    assert events(year.open()) == events(filled(tmp_path).open())


def test_all_six_steps_are_lived_in(year: Bench) -> None:
    workspace = year.open()
    assert [group.step for group in day_rows.day_view(workspace).groups] == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert all(each.occasions > 0 for each in figures(workspace).values())
    assert all(minutes > 0 for _, minutes in dashboard.overview(workspace).together[:-1])
    assert workspace.ledger.misread == set()


def test_it_opens_with_its_summary_and_says_the_same(year: Bench) -> None:
    workspace = year.open()
    assert not workspace.store.complete and workspace.warnings == ()
    assert figures(workspace) == figures(year.recounted())


def test_it_holds_no_private_word(year: Bench) -> None:
    workspace = year.open()
    assert transfer.export_json(workspace, private=False).left_out == 0
    assert not any(event["key"].startswith("note|") for event in workspace.store.events.values())
    assert history.history(workspace, limit=10)
