"""What nobody would type is set aside and named wherever it comes from, and costs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from tests.services.kit import Bench
from tests.services.test_undo import get
from tracker.domain.counting import occasions as counting
from tracker.domain.counting.occasions import Occasion
from tracker.ledger import bounds, time_settings
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services import settings
from tracker.services.commitments import lifecycle, pauses
from tracker.services.environment import clock
from tracker.services.exchange.transfer import export_json, import_json
from tracker.services.safekeeping import doctor
from tracker.services.together import planned
from tracker.services.views.day_rows import day_view
from tracker.store.events import Draft

FACTS = {"title": "Run", "step": "s2", "kind": "count"}
START = "plan|own.x|2026-11-01"
COMMITMENT = ("commitment|own.x", FACTS)
Rows = Iterable[tuple[str, Mapping[str, Any]]]


def holding(bench: Bench, rows: Rows) -> Workspace:
    """Return a store that came by such rows in a file, opened anew."""
    other = Bench(bench.root / "other").open()
    other.write("x", lambda: [Draft(key, dict(value)) for key, value in rows])
    import_json(bench.open(), export_json(other, private=True).text)
    return bench.open()


def aside(workspace: Workspace) -> int:
    """Return how many entries the doctor names as not understood."""
    found = doctor.examine(workspace.data, workspace.state, workspace.clock).findings
    return next((int(each.what.split()[0]) for each in found if each.code == "misread"), 0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("plan|own.x|0001-01-01", {"schedule": "daily"}),
        ("plan|own.x|1899-12-31", {"schedule": "daily"}),
        ("plan|own.x|2126-11-24", {"schedule": "daily"}),
        ("plan|own.x|9999-12-31", {"schedule": "daily"}),
        ("plan|own.x|2026-11-20", {"schedule": "daily", "anchor": "0001-01-01"}),
        ("plan|own.x|2026-11-20", {"schedule": "once by 8000-01-01"}),
        ("plan|own.x|2026-11-20", {"schedule": "at most 1000000000000000000 per day"}),
        ("plan|own.x|2026-11-20", {"schedule": "every 100000 days"}),
        ("plan|own.x|2026-11-20", {"schedule": "rrule FREQ=SECONDLY"}),
        ("plan|own.x|2026-11-20", {"schedule": "rrule FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10,11"}),
        ("plan|own.x|2026-11-20", {"schedule": "rrule FREQ=DAILY;INTERVAL=100000"}),
        ("plan|own.x|2026-11-20", {"schedule": "daily", "target": 10**300}),
        ("pause|own.x|a", {"first": "0001-01-01", "last": "9999-12-31"}),
        ("pause|*|a", {"first": "2026-01-01", "last": "0099-01-01"}),
        ("skip|own.x|0001-01-01", {}),
        ("entry|own.x|a", {"day": "2026-11-02", "amount": 1e300}),
        ("entry|own.x|a", {"day": "0001-01-01", "amount": 1}),
        ("entry|own.x|a", {"day": "2026-11-02", "amount": 1, "due": "9999-12-31"}),
        ("check|own.x|9999-12-31", {}),
        ("setting|week-start|0001-01-01", {"value": 3}),
        ("setting|day-ends-at|9999-12-31", {"value": "04:00"}),
        ("planned|s4.partner-time|a", {"first": "0001-01-01", "at": "19:00", "minutes": 60, "every": 1}),
        ("planned|s4.partner-time|a", {"first": "2026-11-20", "at": "19:00+01:00", "minutes": 60, "every": 1}),
        ("planned|s4.partner-time|a", {"first": "1900-01-01", "at": "19:00", "minutes": 60, "every": 1}),
    ],
)
def test_what_reaches_too_far_is_set_aside_and_named(bench: Bench, key: str, value: dict[str, Any]) -> None:
    workspace = holding(bench, [COMMITMENT, (START, {"schedule": "daily"}), (key, value)])
    lifecycle.add(workspace, "s4.partner-time")
    assert [row.commitment.id for row in day_view(workspace).rows] == ["own.x", "s4.partner-time"]
    assert [str(plan.start) for plan in get(workspace, "own.x").plans] == ["2026-11-01"]
    assert workspace.ledger.figures("own.x", workspace.today).occasions == 22
    assert aside(workspace) == 1, "kept, named, and not counted"
    if key.startswith("planned|"):
        assert planned.agenda(workspace).past == ()


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what is judged, one occasion after another."""
    seen: list[object] = []
    real = counting._judge

    def judge(*each: Any) -> Any:
        seen.append(each[2])
        return real(*each)

    monkeypatch.setattr(counting, "_judge", judge)
    return seen


@pytest.mark.parametrize("start", ["0001-01-01", "1900-01-01", "1950-01-01"])
def test_sixty_daily_plans_of_long_ago_cost_no_more_than_a_few_weeks(
    bench: Bench, judged: list[Occasion], start: str
) -> None:
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for each in range(60):
        rows += [(f"commitment|own.x{each}", FACTS), (f"plan|own.x{each}|{start}", {"schedule": "daily"})]
    workspace = holding(bench, rows)
    day_view(workspace)
    assert len(judged) < 60 * 1_000
    if start > "1899":
        assert (
            workspace.ledger.figures("own.x1", workspace.today).occasions
            == (workspace.today - date.fromisoformat(start)).days
        )


def test_of_too_many_the_ones_with_most_in_them_stay(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_COMMITMENTS", 3)
    rows: list[tuple[str, Mapping[str, Any]]] = [("entry|own.x9|a", {"day": "2026-11-02", "amount": 1})]
    for each in range(10):
        rows += [(f"commitment|own.x{each}", FACTS), (f"plan|own.x{each}|2026-11-01", {"schedule": "daily"})]
    workspace = holding(bench, rows)
    assert [each.id for each in workspace.ledger.commitments()] == ["own.x0", "own.x1", "own.x9"] and aside(
        workspace
    ) == 7
    assert workspace.ledger.real("own.x8") is None
    with pytest.raises(Refused, match="There are 3 commitments already"):
        lifecycle.add(workspace, "s4.reachable")
    for cid in ("own.x0", "own.x1"):
        lifecycle.delete(workspace, get(workspace, cid))
    assert len(list(workspace.ledger.commitments())) == 3, "whoever was set aside comes back where there is room"


def test_a_flood_of_commitments_takes_the_place_of_none_that_is_here(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_COMMITMENTS", 3)
    bench.clock.go(hours=-1)
    lifecycle.add(bench.open(), "s4.reachable")
    bench.clock.go(hours=1)
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for each in range(10):
        rows += [(f"commitment|own.x{each}", FACTS), (f"plan|own.x{each}|2026-11-01", {"schedule": "daily"})]
    assert get(holding(bench, rows), "s4.reachable").title


def test_of_too_many_plans_the_nearest_stay(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_PLANS", 3)
    days = [date(2026, 11, 1) + timedelta(days=7 * each) for each in range(-6, 7)]
    workspace = holding(bench, [COMMITMENT, *((f"plan|own.x|{day}", {"schedule": "daily"}) for day in days)])
    assert [str(plan.start) for plan in get(workspace, "own.x").plans] == ["2026-11-15", "2026-11-22", "2026-11-29"]
    assert aside(workspace) == 10
    with pytest.raises(Refused, match="changed 3 times"):
        lifecycle.edit(workspace, get(workspace, "own.x"), schedule="weekly")


def test_rules_that_reach_back_too_far_are_set_aside_the_newest_stay(bench: Bench) -> None:
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for each in range(9):
        schedule = {"schedule": f"rrule FREQ=DAILY;COUNT={9990 + each}"}
        rows += [(f"commitment|own.x{each}", FACTS), (f"plan|own.x{each}|{1900 + each}-01-01", schedule)]
    workspace = holding(bench, [*rows, ("commitment|own.new", FACTS), ("plan|own.new|2026-11-01", rows[1][1])])
    assert [each.id for each in workspace.ledger.commitments()] == ["own.new", "own.x7", "own.x8"] and aside(
        workspace
    ) == 7
    with pytest.raises(BadInput, match="recurrence rules already"):
        lifecycle.add(workspace, "s4.reachable", schedule="rrule FREQ=DAILY", start=date(1950, 1, 1))
    assert lifecycle.add(workspace, "s4.reachable", schedule="daily", start=date(1950, 1, 1)).changed


def test_of_too_many_week_starts_the_newest_count(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_settings, "MOST_CUTS", 2)
    days = [date(2026, 10, 1) + timedelta(days=each) for each in range(5)]
    workspace = holding(bench, [(f"setting|week-start|{day}", {"value": day.weekday()}) for day in days])
    assert [start.since for start in workspace.ledger.calendar.starts] == days[-2:] and len(
        workspace.ledger.misread
    ) == 3
    settings.put(workspace, "week-start", "sun")
    assert len(workspace.ledger.calendar.starts) == 2


def test_what_a_person_types_out_of_range_is_one_clear_line(bench: Bench) -> None:
    workspace = bench.open()
    for typed in (date(1, 1, 1), date(1899, 12, 31), date(2126, 11, 24), date.max):
        with pytest.raises(BadInput, match="days are out of range"):
            lifecycle.add(workspace, "s4.reachable", start=typed)
    with pytest.raises(BadInput, match="days are out of range"):
        lifecycle.add_own(workspace, lifecycle.Own("Call", "s2", "task", "once by 8000-01-01"))
    with pytest.raises(BadInput, match="before it begins"):
        pauses.pause(workspace, None, date(2026, 1, 1), date(1000, 1, 1))


def test_an_import_says_what_of_it_is_not_counted(bench: Bench) -> None:
    other = Bench(bench.root / "other").open()
    other.write("x", lambda: [Draft(*COMMITMENT), Draft("plan|own.x|0001-01-01", {"schedule": "daily"})])
    said = import_json(bench.open(), export_json(other, private=True).text).lines
    assert "1 of them is not understood: kept, and not counted. What that means: toward doctor" in said


@pytest.mark.parametrize("text", ["9999-12-31T23:59", "2200-01-01", "1900-01-01T00:00", "0001-01-01"])
def test_a_clock_in_whose_year_nothing_counts_is_told(text: str) -> None:
    with pytest.raises(BadInput, match=r"TOWARD_NOW says .* of the years 1969 to 2199"):
        clock(text)
    assert clock("1970-01-01T00:30").now().year == 1970 and clock("2199-12-31").now().year == 2199
