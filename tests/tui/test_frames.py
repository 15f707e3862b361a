"""Every screen as text, at the sizes people have, so that a change of a screen is read as a diff of its frame.

UPDATE_FRAMES=1 writes the frames anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.containers import ScrollableContainer
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from tests.tui.driver import SIZES, Driver, drive, walk
from tracker.services.environment import Environment

FRAMES = Path(__file__).parent / "frames"
GOLDEN = ((80, 24), (120, 40))
EVERYWHERE = ("today", "dashboard", "cards")
MOST_KEYS = 7


async def same(driver: Driver, name: str) -> None:
    """Compare the screen with its frame, or write the frame."""
    size = driver.app.size
    path = FRAMES / f"{name}-{size.width}x{size.height}.txt"
    frame = await driver.still()
    if os.environ.get("UPDATE_FRAMES"):
        FRAMES.mkdir(exist_ok=True)
        path.write_text(frame, encoding="utf-8")
    assert frame == path.read_text(encoding="utf-8"), f"{path.name} differs; UPDATE_FRAMES=1 writes it anew"


def whole(driver: Driver, name: str) -> None:
    """Assert that nothing is torn: no line too wide, no footer key cut off, nothing to be scrolled sideways."""
    size = driver.app.size
    lines = driver.lines()
    assert len(lines) == size.height
    assert {cell_len(line) for line in lines} == {size.width}, name
    for footer in driver.screen.query(Footer):
        keys = [key for key in footer.query(FooterKey) if key.display]
        assert 1 <= len(keys) <= MOST_KEYS and len({key.description for key in keys}) == len(keys), name
        active = driver.screen.active_bindings.values()
        wanted = {each.binding.description: each.enabled for each in active if each.binding.show}
        assert {key.description: not key._disabled for key in keys} == wanted, f"{name}: the footer has other keys"
        assert not footer.show_horizontal_scrollbar and footer.max_scroll_x == 0, f"{name}: {lines[-1]}"
        for key in keys:
            assert key.key_display in lines[footer.region.y] and key.description in lines[footer.region.y], name
    for area in driver.screen.query(ScrollableContainer).exclude("Input"):
        assert not area.show_horizontal_scrollbar, f"{name}: {area}"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_of_a_lived_in_year(demo: Environment, size: tuple[int, int]) -> None:
    async with drive(demo, size) as driver:
        await driver.go("s4.reachable")
        async for name in walk(driver):
            whole(driver, name)
            if size in GOLDEN or name in EVERYWHERE:
                await same(driver, name)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_first_run(empty: Environment, size: tuple[int, int]) -> None:
    async with drive(empty, size) as driver:
        whole(driver, "welcome")
        if size in GOLDEN:
            await same(driver, "welcome")
        while driver.name == "Welcome":
            await driver.press("enter")
        whole(driver, "first")
        if size in GOLDEN:
            await same(driver, "first")
        await driver.press("escape")
        whole(driver, "today-empty")
        await same(driver, "today-empty")
        await driver.press("d")
        whole(driver, "dashboard-empty")
        await same(driver, "dashboard-empty")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_first_week(young: Environment, size: tuple[int, int]) -> None:
    async with drive(young, size) as driver:
        whole(driver, "today-young")
        await same(driver, "today-young")
        await driver.press("d")
        whole(driver, "dashboard-young")
        await same(driver, "dashboard-young")


async def test_nothing_is_torn_when_the_window_changes(demo: Environment) -> None:
    async with drive(demo, (120, 40)) as driver:
        for width, height in ((60, 18), (200, 60), (80, 24)):
            for key in ("", "d", "enter"):
                await driver.press(*[key] if key else [])
                await driver.pilot.resize_terminal(width, height)
                await driver.settle()
                whole(driver, f"{driver.name} at {width}x{height}")
            await driver.press("escape", "escape")
