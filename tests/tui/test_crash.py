"""When something unforeseen happens, nobody's words are printed or kept."""

from __future__ import annotations

import os
import stat
from typing import Any

import pytest

from tests.tui.driver import ROUTES, TODAY, day, drive, second
from tests.tui.hostile import bare
from tracker.services.crash import CRASH_LOG
from tracker.services.environment import Environment
from tracker.tui.page import Page
from tracker.tui.prompts import Choose, Write
from tracker.tui.screens.catalogue import CatalogueScreen
from tracker.tui.screens.commitment import CommitmentScreen
from tracker.tui.screens.dashboard import DashboardScreen
from tracker.tui.screens.edit import EditScreen
from tracker.tui.screens.help import HelpScreen
from tracker.tui.screens.safety import SafetyScreen
from tracker.tui.screens.today import TodayScreen
from tracker.tui.widgets.board import Board
from tracker.tui.widgets.heatmap import Heatmap

CANARY = "zebra-at-midnight"
CID = "own.canary"
PLACES: list[tuple[str, type[Any], str]] = [
    ("today", TodayScreen, "draw"),
    ("today", Board, "render_line"),
    ("dashboard", DashboardScreen, "draw"),
    ("dashboard", DashboardScreen, "load"),
    ("commitment", CommitmentScreen, "draw"),
    ("commitment", Heatmap, "render_line"),
    ("catalogue", CatalogueScreen, "draw"),
    ("edit", EditScreen, "compose"),
    ("edit", EditScreen, "_asks"),
    ("own", EditScreen, "compose"),
    ("help", HelpScreen, "compose"),
    ("safety", SafetyScreen, "compose"),
    ("note", Write, "compose"),
    ("note", Page, "write_note"),
    ("choose", Choose, "compose"),
]


@pytest.fixture
def canary(kinds: Environment) -> Environment:
    """Return a store with a word in a title, a plan, a tag and a note that is never to be printed."""
    bare(second(kinds), CID, CANARY)
    return kinds


@pytest.mark.parametrize(("name", "cls", "method"), PLACES, ids=lambda each: getattr(each, "__name__", each))
async def test_no_word_of_anybody_is_in_the_report(
    canary: Environment, name: str, cls: type[Any], method: str,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def broken(self: Any, *args: Any) -> Any:
        words = f"{CANARY} {TODAY}"
        raise RuntimeError(f"{words}: {args!r}")

    os.umask(0o022)
    with pytest.raises(BaseException) as caught:
        async with drive(canary, at_once=True) as driver:
            await driver.go(CID)
            assert driver.shows(CANARY)
            monkeypatch.setattr(cls, method, broken)
            keys = ROUTES[name][0]
            for key in keys or ("left",):
                driver.send(key)
                await driver.pilot.pause()
            await driver.pilot.pause()
            raise AssertionError("nothing happened")
    assert CANARY in str(caught.value) or CANARY in str(caught.value.__cause__), "the test meets what it forces"
    printed = "".join(capfd.readouterr())
    assert CANARY not in printed and "Traceback" not in printed
    assert "Nothing that was saved is lost" in printed
    log = canary.state / CRASH_LOG
    assert str(log) in printed.replace("\n", "")
    assert CANARY not in log.read_text() and "RuntimeError" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


async def test_what_was_written_before_is_there_after(canary: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, view: Any) -> None:
        raise RuntimeError("no")

    with pytest.raises(BaseException):  # noqa: B017
        async with drive(canary, at_once=True) as driver:
            await driver.press("2", "r")
            monkeypatch.setattr(TodayScreen, "draw", broken)
            driver.send("plus")
            await driver.pilot.pause()
    assert second(canary).book.record("s4.reachable").on(TODAY)
    assert day(0) == TODAY
