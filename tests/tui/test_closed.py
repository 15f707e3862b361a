"""What this account may not read, met by the app: named with what opens it, never a young store and never a crash."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.ordinary import ordinary_account
from tests.faults.scale import LONG
from tests.tui.driver import Hands, drive, second
from tracker.services.environment import Environment, state_of
from tracker.services.logging import quick_log
from tracker.tui.app import TowardApp
from tracker.tui.frame.guarded_screen import Guard

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no file modes")
PLACES = ("data", "data/store.json", "data/devices", "state", "state/own", "data/devices/own", "data/devices/own/month")
REFUSED = PLACES[:5]


@pytest.fixture
def kept(kinds: Environment) -> Iterator[Environment]:
    """Return a store whose files are opened again at the end."""
    quick_log.reply(second(kinds))
    yield kinds
    for top in (kinds.data, kinds.state):
        top.chmod(0o700)
        for folder, folders, files in os.walk(top):
            for name in folders:
                Path(folder, name).chmod(0o700)
            for name in files:
                Path(folder, name).chmod(0o600)


def place(here: Environment, name: str) -> Path:
    """Return the path of one of PLACES."""
    state = state_of(here.data, here.state)
    device = here.data / "devices" / (state / "device-id").read_text().split()[0]
    places = {
        "data": here.data,
        "state": here.state,
        "state/own": state,
        "data/devices/own": device,
        "data/devices/own/month": device / "2026-11.json",
    }
    return places.get(name, here.data / name.partition("/")[2])


def some(*quick: str) -> list[Any]:
    """Return every place, of which only some are tried in each run."""
    return [each if each in quick else pytest.param(each, marks=LONG) for each in PLACES]


@pytest.mark.parametrize("name", some("data", "data/devices/own/month"))
async def test_a_closed_store_is_named_and_doctor_opens_it(kept: Environment, name: str) -> None:
    path = place(kept, name)
    with ordinary_account():
        path.chmod(0)
        async with drive(kept, (120, 40)) as driver:
            frame = " ".join(driver.frame().split())
            assert path.name in frame and "Nothing to keep yet" not in frame and driver.name != "Welcome", frame
            assert driver.name == ("Trouble" if name in REFUSED else "Today")
            if name in REFUSED:
                assert "Toward may not read" in frame and "chmod" in frame and "Nothing was saved" not in frame
                await driver.press("d")
            else:
                assert "No commitment can be read" in frame and "Doctor (ctrl+p)" in frame
                await driver.press("r")
                assert "it may be there already" in driver.said
                driver.app.action_doctor()
                await driver.settle()
            assert driver.name == "Report" and "cannot be read by this account" in driver.text("#report")
            assert "All is well" not in driver.text("#report") and "damaged" not in driver.text("#report")
            if name != "state":
                await driver.press("r", "1")
                assert path.stat().st_mode & 0o700 == (0o700 if path.is_dir() else 0o600)
        path.chmod(0o700 if path.is_dir() else 0o600)
    async with drive(kept) as driver:
        assert driver.name == "Today" and driver.shows("Reply")


@pytest.mark.parametrize("name", some("data/devices/own/month"))
async def test_what_is_closed_while_the_app_is_open_is_named(kept: Environment, name: str) -> None:
    path = place(kept, name)
    with ordinary_account():
        async with drive(kept, (120, 40)) as driver:
            path.chmod(0)
            await driver.poll()
            for key in ("r", "d", "escape", "u", "enter", "escape", "c", "escape", "w", "1", "escape"):
                await driver.press(key)
            await driver.poll()
            assert driver.app.is_running and not driver.over
            await driver.press("escape", "r")
            assert "went wrong" not in driver.frame()
            assert "again" not in driver.said or "chmod" in driver.said


async def test_a_clock_past_all_reason_is_told(kept: Environment) -> None:
    assert isinstance(kept.clock, Hands)
    kept.clock.moment = kept.clock.moment.replace(year=9999, month=12, day=31)
    async with drive(kept) as driver:
        assert driver.name == "Trouble" and driver.shows("the year 9999. Set it right")
    kept.clock.moment = kept.clock.moment.replace(year=2026, month=11, day=25)
    async with drive(kept) as driver:
        kept.clock.moment = kept.clock.moment.replace(year=9999, month=12, day=31)
        await driver.poll()
        await driver.press("r", "left", "d")
        assert "the year 9999" in driver.said and not driver.over


def test_the_app_has_all_that_a_screen_asks_for() -> None:
    guard: Guard = TowardApp()
    assert guard.worker and not guard.unfinished
