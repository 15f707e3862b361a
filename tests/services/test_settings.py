"""Settings that cut time hold from the next day or week on and change no day that was."""

from __future__ import annotations

from datetime import date

import pytest

from tests.services.kit import Bench, on
from tests.services.test_undo import get
from tracker.ledger.errors import BadInput
from tracker.ledger.workspace import Workspace
from tracker.services import settings
from tracker.services.commitments import lifecycle
from tracker.services.logging import log_entry, quick_log


def test_what_holds_at_first(workspace: Workspace) -> None:
    assert settings.shown(workspace, workspace.today) == {
        "week-start": "mon",
        "day-ends-at": "03:00",
        "theme": "toward-dark",
        "discreet": "off",
    }


def test_a_week_start_holds_from_the_next_such_day(bench: Bench, workspace: Workspace) -> None:
    lifecycle.add(workspace, "s4.partner-time", start=date(2026, 11, 2))
    before = list(workspace.ledger.occasions("s4.partner-time", workspace.today))
    change = settings.put(workspace, "week-start", "Saturday")
    assert change.lines == ("week-start is sat from Sat 28 Nov on. Days before stay as they are.",)
    assert settings.shown(workspace, workspace.today)["week-start"] == "mon"
    assert settings.shown(workspace, date(2026, 11, 28))["week-start"] == "sat"
    assert list(workspace.ledger.occasions("s4.partner-time", workspace.today))[:3] == before[:3]
    bench.clock.go(days=7)
    workspace = bench.open()
    spans = [(each.first, each.last) for each in workspace.ledger.occasions("s4.partner-time", workspace.today)]
    assert spans[-2:] == [
        (date(2026, 11, 23), date(2026, 11, 27)),
        (date(2026, 11, 28), date(2026, 12, 4)),
    ]


def test_a_day_end_holds_from_tomorrow_on(bench: Bench, workspace: Workspace) -> None:
    lifecycle.add(workspace, "s4.reachable")
    settings.put(workspace, "day-ends-at", "5:00")
    assert settings.shown(workspace, on(workspace, -1))["day-ends-at"] == "05:00"
    bench.clock.set("2026-11-24T04:00")
    workspace = bench.open()
    assert workspace.today == date(2026, 11, 24)
    bench.clock.set("2026-11-25T04:59")
    workspace = bench.open()
    assert workspace.today == date(2026, 11, 24)
    log_entry.done(workspace, get(workspace, "s4.reachable"))
    bench.clock.set("2026-11-25T05:00")
    assert bench.open().today == date(2026, 11, 25)
    assert bench.open().ledger.entries_on("s4.reachable", date(2026, 11, 24))


def test_the_last_of_two_settings_of_a_day_wins(bench: Bench, workspace: Workspace) -> None:
    settings.put(workspace, "day-ends-at", "05:00")
    settings.put(workspace, "day-ends-at", "00:00")
    assert settings.shown(bench.open(), date(2026, 12, 1))["day-ends-at"] == "00:00"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("week-start", "someday"),
        ("week-start", ""),
        ("day-ends-at", "12:01"),
        ("day-ends-at", "13h"),
        ("day-ends-at", "03:00+01:00"),
        ("day-ends-at", ""),
        ("colour", "dark"),
    ],
)
def test_what_does_not_fit_is_refused(workspace: Workspace, name: str, text: str) -> None:
    with pytest.raises(BadInput):
        settings.put(workspace, name, text)
    assert workspace.is_new


def test_after_midnight_the_evening_goes_on(bench: Bench) -> None:
    bench.clock.set("2026-11-24T01:30")
    workspace = bench.open()
    lifecycle.add(workspace, "s4.reachable")
    assert workspace.today == date(2026, 11, 23)
    quick_log.reply(workspace)
    assert workspace.ledger.entries_on("s4.reachable", date(2026, 11, 23))
