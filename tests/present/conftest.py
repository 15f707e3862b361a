"""Stores that are shown by both faces, each made once, and both faces on them at the same moment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bench.stores import make
from tests.cli.conftest import type_in
from tests.faults.folders import no_waiting_for_the_disk
from tests.tui.driver import NOW, Hands
from tracker.ledger.workspace import Workspace
from tracker.services import demo, environment
from tracker.services.environment import Environment
from tracker.tui.frame import guarded_screen

WIDEST = "100"
"""Cells of the shell's lines."""

Shell = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no terminal to draw."""
    monkeypatch.setattr(guarded_screen, "DRAWING", 0)


@pytest.fixture(scope="session")
def patch() -> Iterator[pytest.MonkeyPatch]:
    """Return what changes the surroundings of all these tests."""
    with pytest.MonkeyPatch.context() as patch, no_waiting_for_the_disk():
        for name in [name for name in os.environ if name.startswith(("XDG_", "TOWARD_", "TEXTUAL_"))]:
            patch.delenv(name)
        patch.delenv("NO_COLOR", raising=False)
        patch.setenv("TOWARD_NOW", NOW.isoformat())
        patch.setenv("COLUMNS", WIDEST)
        yield patch


@pytest.fixture
def shell(patch: pytest.MonkeyPatch, here: Environment) -> Shell:
    """Return what runs a command on the store and returns the lines of its answer."""
    _point(patch, here.data.parent)

    def lines(*argv: str) -> list[str]:
        answer = type_in(patch, argv)
        assert answer.code == 0, answer
        return answer.out.splitlines()

    return lines


@pytest.fixture(scope="session", params=["demo", "ten years"])
def here(
    request: pytest.FixtureRequest, patch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """Return a lived-in year in which something of everything stands, or ten years of four habits."""
    folder = tmp_path_factory.mktemp("shown")
    _point(patch, folder)
    found = Environment(folder / "data", environment.state_root(), Hands())
    if request.param == "demo":
        _live(Workspace.at(found.data, found.state, found.clock), patch)
    else:
        make(found.data, found.state, 10, 4, found.clock)
    return found


def _point(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the shell find the store of a folder."""
    patch.setenv("HOME", str(folder))
    patch.setenv("XDG_STATE_HOME", str(folder / "state"))
    patch.setenv("TOWARD_DATA", str(folder / "data"))


PUT_RIGHT = '{"named_it": true, "heard_impact": true, "made_amends": true, "plan": true}'
AGO = (
    (9, "add s1.fear-forecast s4.no-quiet-distance s4.call-back s6.my-story s1.why-us"),
    (9, "add Evening_walk --step s4 --kind minutes --schedule daily --target 15"),
    (9, "add No_shouting --step s5 --kind avoid --schedule daily"),
    (5, "lapse s4.no-quiet-distance"),
    (4, "lapse s4.no-quiet-distance --put-right --json"),
    (4, "lapse attacks"),
    (3, "lapse attacks --handled"),
    (3, "done evening 20m"),
    (2, "edit evening --schedule 15_min_per_week"),
    (2, "plan tomorrow 19:00 60m"),
    (1, "done evening 15m --note"),
    (0, "skip reply --reason travel"),
    (0, "done s4.call-back called"),
    (0, "plan sat 19:00 90m"),
    (0, "pause s3.volunteer"),
    (0, "time start"),
)
"""What is added to the demo, so many days ago: a state of every kind, and something that stands open."""


def _live(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    """Fill the demo and add what it has nothing of."""
    demo.fill(workspace)
    for ago, command in AGO:
        argv = [word.replace("_", " ") for word in command.split()]
        answer = type_in(
            patch, argv, PUT_RIGHT if "--json" in argv else "A word.\n", (NOW - timedelta(days=ago)).isoformat()
        )
        assert answer.code == 0, (command, answer)
