"""When something unforeseen happens, nobody's words are printed or kept."""

from __future__ import annotations

import asyncio
import gc
import os
import stat
import threading
from typing import Any

import pytest
from textual._wait import wait_for_idle

from tests.faults.totals import record as record_
from tests.tui.driver import PATIENCE, ROUTES, TODAY, Driver, day, drive, second
from tests.tui.hostile import bare
from tracker.services.environment import Environment
from tracker.services.safekeeping.crash import CRASH_LOG
from tracker.tui import app as app_module
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.frame.dialogs import ChoiceDialog, NoteDialog
from tracker.tui.frame.help import HelpScreen
from tracker.tui.screens.catalogue import CatalogueScreen
from tracker.tui.screens.commitment import CommitmentScreen
from tracker.tui.screens.dashboard import DashboardScreen
from tracker.tui.screens.edit import EditScreen
from tracker.tui.screens.safety import SafetyScreen
from tracker.tui.screens.today import TodayScreen
from tracker.tui.terminal.signals import keep_quiet
from tracker.tui.widgets.board import Board
from tracker.tui.widgets.heatmap import Heatmap
from tracker.tui.worker import StoreWorker

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
    ("note", NoteDialog, "compose"),
    ("note", DataScreen, "write_note"),
    ("choose", ChoiceDialog, "compose"),
]


@pytest.fixture
def canary(kinds: Environment) -> Environment:
    """Return a store with a word in a title, a plan, a tag and a note that is never to be printed."""
    bare(second(kinds), CID, CANARY)
    return kinds


async def _met(driver: Driver) -> None:
    """Wait until the app has met what broke, or is on its way out, and let nothing of the test meet it instead."""
    async with asyncio.timeout(PATIENCE):
        while not driver.over:
            await asyncio.sleep(0)


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
                # Not the pilot's own pause, which draws by itself: what broke there would never reach the app.
                await driver.pilot._wait_for_screen()
                await wait_for_idle(0)
            await _met(driver)
            raise AssertionError("the app did not raise it again")
    assert CANARY in str(caught.value) or CANARY in str(caught.value.__cause__), "the test meets what it forces"
    record_("canaries")
    printed = "".join(capfd.readouterr())
    assert CANARY not in printed and "Traceback" not in printed
    assert "Nothing that was saved is lost" in printed
    log = canary.state / CRASH_LOG
    assert str(log) in printed.replace("\n", "")
    assert CANARY not in log.read_text() and "RuntimeError" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


async def _break_a_poll(driver: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(app_module, "poll_store", _broken)
    driver.app.call_later(driver.app._poll)


async def _break_the_way_out(driver: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(StoreWorker, "close", _broken)
    driver.send("q")


async def _break_the_report(driver: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(app_module, "record", _broken)
    patch.setattr(TodayScreen, "draw", _broken)
    driver.send("left")


async def _break_with_an_error_that_draws_itself(driver: Driver, patch: pytest.MonkeyPatch) -> None:
    class Drawn(RuntimeError):
        def __rich__(self) -> str:
            return CANARY

    def broken(*_args: object) -> None:
        raise Drawn(CANARY)

    patch.setattr(TodayScreen, "draw", broken)
    driver.send("left")


def _broken(*args: object) -> Any:
    raise RuntimeError(f"{CANARY}: {args!r}")


@pytest.mark.parametrize(
    "break_", [_break_a_poll, _break_the_way_out, _break_the_report, _break_with_an_error_that_draws_itself]
)
async def test_whatever_breaks_and_however_nothing_private_is_printed(
    canary: Environment, break_: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BaseException) as caught:
        async with drive(canary) as driver:
            await driver.go(CID)
            await break_(driver, monkeypatch)
            await _met(driver)
    assert CANARY in f"{caught.value}{caught.value.__cause__}"
    record_("canaries")
    printed = "".join(capfd.readouterr())
    assert CANARY not in printed and "Traceback" not in printed
    # On the way out there is no screen left to say it on; the shell face says it then.
    assert ("Nothing that was saved is lost" in printed) == (break_ is not _break_the_way_out)
    log = canary.state / CRASH_LOG
    assert log.exists() == (break_ not in (_break_the_report, _break_the_way_out))
    assert not log.exists() or CANARY not in log.read_text()


async def test_an_error_that_nobody_waited_for_is_not_printed(
    canary: Environment, capfd: pytest.CaptureFixture[str]
) -> None:
    keep_quiet(canary.state, lambda code: None)
    hook = threading.excepthook

    async def broken() -> None:
        raise RuntimeError(CANARY)

    try:
        for run in (asyncio.create_task, None):
            if run is None:
                thread = threading.Thread(target=_broken)
                thread.start()
                thread.join()
            else:
                task = run(broken())
                await asyncio.wait([task])
                del task
                gc.collect()
            record_("canaries")
            assert "RuntimeError" in (canary.state / CRASH_LOG).read_text()
            (canary.state / CRASH_LOG).unlink()
    finally:
        threading.excepthook = hook
    assert "".join(capfd.readouterr()) == ""


async def test_what_was_written_before_is_there_after(canary: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, view: Any) -> None:
        raise RuntimeError("no")

    with pytest.raises(BaseException):  # noqa: B017
        async with drive(canary, at_once=True) as driver:
            await driver.press("2", "r")
            monkeypatch.setattr(TodayScreen, "draw", broken)
            driver.send("plus")
            await _met(driver)
    assert second(canary).ledger.record("s4.reachable").on(TODAY)
    assert day(0) == TODAY
