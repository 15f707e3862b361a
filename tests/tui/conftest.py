"""Stores to open the app on, and a screen without anything that moves by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.widgets import Input, TextArea

from tests.faults.folders import no_waiting_for_the_disk
from tests.tui.driver import NOW, Hands, state_root
from tracker.catalogue import starters
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.demo import fill
from tracker.services.environment import Environment
from tracker.services.logging import log_entry, quick_log
from tracker.store.identity.identity import state_folder
from tracker.tui.frame import guarded_screen

Made = tuple[Path, Path]
"""A data folder and its state folder."""


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep cursors from blinking, and wait for no terminal to draw."""
    monkeypatch.setattr(guarded_screen, "DRAWING", 0)
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda self: None)
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TOWARD_DATA", "TOWARD_NOW"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="session")
def _quick_disk() -> Iterator[None]:
    """Do not wait for the disk."""
    with no_waiting_for_the_disk():
        yield


@pytest.fixture(autouse=True, scope="session")
def _parsed_once() -> Iterator[None]:
    """Parse a style sheet once for the same variables, as every app of a run starts with the same sheets.

    The hash of a rule stays the one of the object, without a call into Python for each of millions.
    """
    read = Stylesheet._parse_rules
    known: dict[object, list[RuleSet]] = {}

    def parsed(sheet: Stylesheet, css: str, *about: Any, **more: Any) -> list[RuleSet]:
        key = (css, about, *more.items(), *sheet._variables.items())
        if key not in known:
            known[key] = read(sheet, css, *about, **more)
        return known[key]

    with patch.object(Stylesheet, "_parse_rules", parsed), patch.object(RuleSet, "__hash__", object.__hash__):
        yield


@pytest.fixture(scope="session")
def demo_made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a lived-in year, made once."""
    folder = tmp_path_factory.mktemp("demo")
    data, root = folder / "data", state_root(folder)
    fill(Workspace.at(data, root, Hands()))
    return data, state_folder(root, data)


@pytest.fixture(scope="session")
def young_made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return three starters and a week of them, made once."""
    folder = tmp_path_factory.mktemp("young")
    data, root = folder / "data", state_root(folder)
    clock = Hands(NOW - timedelta(days=7))
    toward = Workspace.at(data, root, clock)
    lifecycle.add_all(toward, starters())
    for ago in range(7, 0, -1):
        clock.moment = NOW - timedelta(days=ago)
        if ago != 3:
            quick_log.reply(toward)
        if ago in (2, 6):
            quick_log.log_time(toward, 45)
        if ago % 2:
            small = toward.ledger.get("s6.small-true-thing")
            assert small is not None
            log_entry.done(toward, small)
    return data, state_folder(root, data)


def _copy(made: Made, folder: Path, moment: datetime = NOW) -> Environment:
    """Return a copy of a store that a test may change."""
    data, root = folder / "data", state_root(folder)
    shutil.copytree(made[0], data)
    shutil.copytree(made[1], state_folder(root, data))
    return Environment(data, root, Hands(moment))


@pytest.fixture
def empty(tmp_path: Path) -> Environment:
    """Return a folder in which nothing was ever written."""
    return Environment(tmp_path / "data", state_root(tmp_path), Hands())


@pytest.fixture
def young(young_made: Made, tmp_path: Path) -> Environment:
    """Return a week of three starters."""
    return _copy(young_made, tmp_path)


@pytest.fixture
def demo(demo_made: Made, tmp_path: Path) -> Environment:
    """Return a lived-in year."""
    return _copy(demo_made, tmp_path)


@pytest.fixture
def clock() -> Callable[[Environment], Hands]:
    """Return what takes a store's clock in hand."""

    def hands(here: Environment) -> Hands:
        assert isinstance(here.clock, Hands)
        return here.clock

    return hands


KINDS = (
    "s4.reachable",
    "s5.no-attacks",
    "s2.turn-toward",
    "s4.partner-time",
    "s4.call-back",
    "s1.origins",
    "s6.my-story",
)


@pytest.fixture(scope="session")
def kinds_made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return one commitment of every kind since five days, with nothing logged, made once."""
    folder = tmp_path_factory.mktemp("kinds")
    data, root = folder / "data", state_root(folder)
    toward = Workspace.at(data, root, Hands(NOW - timedelta(days=5)))
    lifecycle.add_all(toward, KINDS)
    own = lifecycle.Own("Say hello to the cat", "s1", "event", "on event")
    lifecycle.add_own(toward, own)
    return data, state_folder(root, data)


@pytest.fixture
def kinds(kinds_made: Made, tmp_path: Path) -> Environment:
    """Return one commitment of every kind."""
    return _copy(kinds_made, tmp_path)
