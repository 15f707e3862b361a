"""Every screen opened and left again at every await on its way: nothing asks for a widget that has gone."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from unittest.mock import patch

import pytest
from textual.screen import Screen

from tests.faults.scale import LONG, SCALE
from tests.faults.totals import record
from tests.tui.driver import Driver, drive
from tests.tui.stepper import Steps, in_hand
from tracker.services.environment import Environment
from tracker.tui.frame.screen_gone import ClosableScreen

TIMES = 120 if SCALE < 2 else 500 * SCALE
"""How often something is opened and left, in all stores together."""
SEED = int(os.environ.get("SEED", "20261127"))
REST = 0.15
"""Seconds of the loop's own time in which a screen comes to rest."""
WAYS: tuple[tuple[str, ...], ...] = (
    ("d",),
    ("enter",),
    ("a",),
    ("a", "n"),
    ("e",),
    ("question_mark",),
    ("exclamation_mark",),
    ("n",),
    ("o",),
    ("o", "1"),
    ("c",),
    ("c", "enter"),
    ("w",),
    ("w", "1"),
    ("w", "2", "enter"),
    ("p",),
    ("f",),
    ("x",),
    ("s",),
    ("space",),
    ("plus",),
    ("ctrl+p",),
    ("d", "enter"),
    ("d", "tab"),
    ("left",),
    ("r", "u"),
)
"""Keys from Today that open something, or do something that takes a while."""
LEAVES: tuple[tuple[str, ...], ...] = (
    ("escape",),
    ("escape", "escape"),
    ("d",),
    ("ctrl+g", "escape"),
    ("f7",),
    ("escape", "d"),
    ("enter", "escape"),
    ("exclamation_mark", "escape"),
)
"""What somebody presses before it stands."""


async def rest(seconds: float = REST) -> None:
    """Let everything that is under way come to rest."""
    await asyncio.sleep(seconds)


async def back(driver: Driver) -> None:
    """Go back to Today, whatever is open."""
    for _ in range(12):
        if driver.over or (driver.name == "Today" and len(driver.app.screen_stack) == 2):
            return
        if driver.name == "Unlock":
            return
        driver.send("escape")
        await rest()
        if driver.name == "Welcome":
            driver.send("escape")
            await rest()
    stack = [type(each).__name__ for each in driver.app.screen_stack]
    raise AssertionError(f"there is no way back from {stack}")


def sizes(driver: Driver, chance: random.Random) -> Callable[[], object]:
    """Return what makes the window another size, as a person may at any moment."""
    width, height = chance.choice(((60, 18), (80, 24), (120, 40)))
    return lambda: driver.app._driver.send_message(resized(width, height))  # type: ignore[union-attr]


def resized(width: int, height: int) -> object:
    from textual.events import Resize
    from textual.geometry import Size

    return Resize(Size(width, height), Size(width, height))


async def open_and_leave(driver: Driver, steps: Steps, chance: random.Random, longest: dict[object, int]) -> str:
    """Open something, and leave it before a step by chance; return what was pressed and when."""
    way, leave = chance.choice(WAYS), chance.choice(LEAVES)
    if way not in longest:
        before = steps.taken
        driver.send(*way)
        await rest()
        longest[way] = steps.taken - before
        await back(driver)
    at = chance.randrange(1, longest[way])
    steps.before(at, lambda: driver.send(*leave))
    told = f"{' '.join(way)}, and before step {at} of {longest[way]}: {' '.join(leave)}"
    driver.send(*way)
    await rest()
    if chance.random() < 0.2:
        steps.before(chance.randrange(1, 60), sizes(driver, chance))
    try:
        await back(driver)
    except AssertionError as error:
        raise AssertionError(f"{told}: {error}") from None
    return told


async def left_everywhere(here: Environment, times: int, seed: str) -> str:
    """Open and leave so many times, and return what was pressed when the app failed, or an empty text."""
    chance = random.Random(seed)
    longest: dict[object, int] = {}
    async with drive(here, (100, 30)) as driver:
        with in_hand(SEED) as steps:
            await back(driver)
            for number in range(times):
                told = await open_and_leave(driver, steps, chance, longest)
                error, driver.app._exception = driver.app._exception, None
                if error is not None:
                    return f"SEED={SEED}, {number}: {told}: {error!r}"
                record("left")
    return ""


@pytest.mark.parametrize("store", ["young", "empty", "kinds"])
async def test_whatever_is_opened_can_be_left_at_every_await(request: pytest.FixtureRequest, store: str) -> None:
    here: Environment = request.getfixturevalue(store)
    assert not await left_everywhere(here, TIMES // 3, f"{SEED} {store}")


@LONG
async def test_without_bearing_what_has_gone_it_would_fail(kinds: Environment) -> None:
    record("mutants")
    with patch.object(ClosableScreen, "query_one", Screen.query_one), pytest.raises(Exception, match="No nodes match"):
        assert not await left_everywhere(kinds, 400, "kinds")
    record("caught")
