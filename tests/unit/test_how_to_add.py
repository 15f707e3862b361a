"""Each list of "How to add" in docs/architecture.md is whole: what it names is there, and one of each is added here."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

import pytest

from tests.services.kit import Bench
from tracker import catalogue
from tracker.catalogue import template
from tracker.cli.commands import COMMANDS
from tracker.domain import schedules
from tracker.domain.calendar import Calendar, Reach, Span, each_day
from tracker.domain.commitments import Commitment, Kind, Plan
from tracker.domain.counting.figures import count
from tracker.domain.counting.occasions import occasions
from tracker.domain.records import Entry, Record
from tracker.formats import Format, NotOurs
from tracker.formats.registry import FORMATS
from tracker.ledger.workspace import Workspace
from tracker.services import settings
from tracker.services.change import Change
from tracker.services.commitments import lifecycle
from tracker.services.logging import log_entry

ROOT = Path(__file__).resolve().parents[2]
SECTION = (ROOT / "docs/architecture.md").read_text("utf-8").partition("\n## How to add\n")[2].partition("\n## ")[0]
LISTS = dict(re.findall(r"### (?:A|An) ([a-z ]+)\n\n((?:- .*\n)+)", SECTION))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return an empty data folder."""
    return Bench(tmp_path)


@pytest.fixture
def workspace(bench: Bench) -> Workspace:
    """Return an empty store, opened."""
    return bench.open()


def test_each_list_names_at_most_four_places_that_there_are() -> None:
    assert set(LISTS) == {"commitment", "schedule kind", "setting", "format", "command", "screen"}
    for name, found in LISTS.items():
        assert 1 <= found.count("\n- ") + 1 <= 4, name
        places = re.findall(r"`((?:tracker|docs|styles)/[a-z0-9_./]*)`", found)
        assert places and all((ROOT / place).exists() for place in places), name


PARAGRAPH = """
[[commitments]]
id = "s4.walk-the-dog"
title = "Walk the dog"
kind = "check"
schedule = "daily"
aliases = ["dog"]
if_then = "If it is seven, then we go."
why = "It waits for us."
share = "total"
"""


def test_a_commitment_is_a_paragraph(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = catalogue._text.__wrapped__
    monkeypatch.setattr(catalogue, "_text", lambda name: whole(name) + (PARAGRAPH if name == "s4.toml" else ""))
    catalogue._shelf.cache_clear()
    try:
        workspace = bench.open()
        lifecycle.add(workspace, "s4.walk-the-dog")
        commitment = workspace.ledger.get("s4.walk-the-dog")
        assert commitment is not None and commitment.title == template("s4.walk-the-dog").title == "Walk the dog"
        log_entry.done(workspace, commitment)
        assert workspace.ledger.figures(commitment.id, workspace.today).streak == 1
    finally:
        catalogue._shelf.cache_clear()


@dataclass(frozen=True, slots=True)
class OddDays(schedules.ScheduleKind):
    """Each day of the month with an odd number."""

    due_by_day = True

    @property
    def sentence(self) -> str:
        """Return how it is written."""
        return "odd days"

    @classmethod
    def exact(cls, text: str) -> Self | None:
        """Return it for its sentence."""
        return cls() if text == "odd days" else None

    def spans(self, reach: Reach, calendar: Calendar, since: date) -> Iterator[Span]:
        """Yield the odd days."""
        return (Span(day, day, 1) for day in each_day(since) if day.day % 2)

    def spacing(self, start: date) -> float:
        """Return the mean gap."""
        return 2.0


def test_a_schedule_kind_is_a_class_and_what_mypy_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "KINDS", (*schedules.KINDS, OddDays))
    # The place that mypy names asks how it is judged; by its target, as most are.
    monkeypatch.setattr("tracker.domain.counting.occasions.assert_never", lambda _: None)
    found: Any = schedules.exact.__wrapped__("Odd days")
    commitment = Commitment("c", "C", "s1", Kind.CHECK, (Plan(date(2026, 3, 1), found),))
    entries = [Entry(str(day), date(2026, 3, day), day) for day in (1, 5)]
    judged = list(occasions(commitment, Record(entries), date(2026, 3, 6)))

    assert found.sentence == "odd days"
    assert [(each.first.day, each.state) for each in judged] == [(1, "kept"), (3, "missed"), (5, "kept")]
    assert (count(judged).streak, count(judged).unit) == (1, "times")


def test_kinds_of_schedules_are_told_apart_only_where_the_checker_asks() -> None:
    asked = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tracker").rglob("*.py")
        if "assert_never(" in (text := path.read_text("utf-8")) and "tracker.domain.schedules" in text
    }

    assert asked == set(re.findall(r"`(tracker/[^`]*\.py)`", LISTS["schedule kind"])) - {"tracker/domain/schedules.py"}
    assert schedules.Schedule.__args__ == schedules.KINDS


def test_a_setting_is_a_row(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []

    def put(workspace: Workspace, text: str) -> Change:
        kept.append(text)
        return Change((f"The bell is {text} now.",))

    def shown(workspace: Workspace, day: date) -> str:
        return kept[-1] if kept else "off"

    row = settings.Setting("bell", "whether a bell rings", "on or off", "on", put, shown)
    monkeypatch.setitem(settings.SETTINGS, "bell", row)

    assert settings.shown(workspace, workspace.today)["bell"] == "off"
    assert settings.put(workspace, "bell", "on").lines == ("The bell is on now.",)
    assert settings.shown(workspace, workspace.today)["bell"] == "on"
    documented = (ROOT / "docs/json.md").read_text("utf-8")
    assert all(f"| `{name}` |" in documented for name in settings.SETTINGS if name != "bell")


def _read_lines(text: str) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in text.splitlines()]
    except ValueError:
        raise NotOurs("This is not one event a line.") from None


def _write_lines(events: Iterable[Mapping[str, Any]], *, private: bool) -> str:
    return "".join(f"{json.dumps(event)}\n" for event in events)


@pytest.mark.parametrize("each", [*FORMATS.values(), Format("lines", _read_lines, _write_lines)], ids=lambda e: e.name)
def test_a_format_is_a_module_that_reads_and_writes(each: Format) -> None:
    events = [{"id": "a", "key": "check|s4.reachable|2026-03-01", "t": 1, "v": {"at": "ü"}}]
    text = each.write(events, private=True)

    assert each.read(text) == events and each.write(each.read(text), private=True) == text
    with pytest.raises(NotOurs):
        each.read("{")


def test_a_command_is_a_function_what_may_follow_it_and_a_row() -> None:
    documented = (ROOT / "docs/cli.md").read_text("utf-8")
    for command in COMMANDS:
        module, _, function = command.run.partition(":")
        tree = ast.parse((ROOT / "tracker/cli" / f"{module.replace('.', '/')}.py").read_text("utf-8"))
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, command.name
        assert command.arguments.__module__ == "tracker.cli.arguments", command.name
        assert f"`{command.name}" in documented, command.name


def test_a_screen_is_a_module_and_a_sheet() -> None:
    sheets = {path.name for path in (ROOT / "styles").glob("*.tcss")}
    for path in (ROOT / "tracker/tui/screens").rglob("*.py"):
        for name in re.findall(r'"([a-z_]+\.tcss)"', path.read_text("utf-8")):
            assert name in sheets, (path.name, name)
