"""What the app keeps in memory: as much as the screens that stand need, however often others were opened."""

from __future__ import annotations

import gc

from textual.screen import Screen
from textual.widget import Widget

from tests.faults.scale import SCALE
from tests.tui.driver import TURNS, Driver, Hands, drive, second
from tracker.services.environment import Environment
from tracker.services.logging import quick_log


def kept(driver: Driver) -> tuple[int, int, int]:
    """Return how many events, screens and widgets are in memory."""
    gc.collect()
    toward = driver.app.worker._toward
    assert toward is not None
    found = [each for each in gc.get_objects() if isinstance(each, Widget) and each.app is driver.app]
    return len(toward.store.events), sum(isinstance(each, Screen) for each in found), len(found)


async def idle(driver: Driver, minutes: float) -> None:
    """Let time pass in which nobody does anything."""
    assert isinstance(driver.here.clock, Hands)
    driver.here.clock.move(minutes=minutes)
    await driver.app._tick()
    await driver.settle()


async def test_the_whole_history_is_let_go_once_nobody_needs_it(demo: Environment) -> None:
    quick_log.reply(second(demo))
    async with drive(demo) as driver:
        short, screens, _ = kept(driver)
        assert not driver.app.worker._toward.store.complete  # type: ignore[union-attr]
        await driver.press("d")
        whole = kept(driver)[0]
        assert whole > 2 * short
        shown = driver.text("#panel-text")
        await idle(driver, 5)
        assert kept(driver)[0] == whole, "a page that stands keeps what it shows"
        await driver.press("escape")
        await idle(driver, 1)
        assert kept(driver)[0] == whole, "what was left just now is back at once"
        await idle(driver, 1)
        assert kept(driver)[:2] == (short, screens)
        await driver.press("d")
        assert driver.text("#panel-text") == shown
        await driver.press("escape", "r")
        assert "1 reply" in driver.said


async def test_a_history_of_which_a_file_has_gone_is_kept(demo: Environment) -> None:
    quick_log.reply(second(demo))
    async with drive(demo) as driver:
        await driver.press("d", "escape")
        whole = kept(driver)[0]
        oldest = min(demo.data.glob("devices/*/2*.json"))
        oldest.unlink()
        await idle(driver, 3)
        assert kept(driver)[0] == whole, "only this memory may hold it"
        assert driver.app.worker._toward.store.vanished()  # type: ignore[union-attr]


async def test_opening_pages_again_and_again_keeps_no_more(young: Environment) -> None:
    async with drive(young) as driver:
        events, screens, widgets = kept(driver)
        for _ in range(3 * SCALE):
            await driver.press("d", "escape", "enter", "escape", "w", "1", "escape")
            # What was left goes when its last message is through, which is not at a turn of the loop that is known.
            for _ in range(TURNS):
                now = kept(driver)
                if now[1] <= screens + 2 and now[2] <= widgets + 60:
                    break
                await driver.settle()
            assert now[0] == events and now[1] <= screens + 2, "at most what was left last is there still"
            assert now[2] <= widgets + 60
