"""The first run: three screens at most, and none of them in the way."""

from __future__ import annotations

from tests.tui.driver import Driver, drive, second
from tracker.catalogue import safety_notice, starters
from tracker.services.environment import Environment
from tracker.tui.screens.welcome import WelcomeScreen


async def read_on(driver: Driver) -> None:
    """Press enter until the notice was in sight to its end, and once more."""
    pages = 0
    while driver.name == "Welcome":
        await driver.press("enter")
        pages += 1
        assert pages < 20
    assert pages > 1, "the notice is longer than this screen, so one enter must not pass it"
    assert driver.name == "Catalogue"


async def test_three_screens_lead_to_today(empty: Environment) -> None:
    async with drive(empty, (80, 60)) as driver:
        assert driver.name == "Welcome"
        assert driver.shows(safety_notice()[0][:40])
        assert driver.shows("nothing is")
        await driver.press("enter")
        assert driver.name == "Catalogue"
        assert "3 marked" in driver.text("#aside") and "enter begins" in driver.said
        for cid in starters():
            await driver.go(cid)
            assert "If " in driver.text("#about"), "each comes with an if-then plan"
        await driver.press("enter")
        assert driver.name == "Today"
        assert sorted(each.id for each in second(empty).book.commitments()) == sorted(starters())
        assert driver.shows("Reply to messages")


async def test_it_can_be_skipped_and_comes_again_only_while_nothing_is_there(empty: Environment) -> None:
    async with drive(empty) as driver:
        await driver.press("escape")
        assert driver.name == "Today" and "Press a" in driver.text("#plan")
        assert not list(second(empty).book.commitments())
    async with drive(empty) as driver:
        assert driver.name == "Welcome"
        await read_on(driver)
        await driver.press("escape")
        assert driver.name == "Today"
        await driver.press("r")
    async with drive(empty) as driver:
        assert driver.name == "Today"


async def test_other_marks_and_none_at_all(empty: Environment) -> None:
    async with drive(empty) as driver:
        await read_on(driver)
        for cid in starters():
            await driver.go(cid)
            await driver.press("space")
        await driver.go("s2.caring-act")
        await driver.press("space", "enter")
        assert [each.id for each in second(empty).book.commitments()] == ["s2.caring-act"]


async def test_it_scrolls_by_keys_and_enter_in_a_hurry_goes_one_step(empty: Environment) -> None:
    async with drive(empty, (60, 18)) as driver:
        assert isinstance(driver.screen, WelcomeScreen)
        await driver.press("end")
        await driver.pilot.pause()
        assert driver.screen.text.scroll_y > 0 and driver.shows("one key away")
        driver.send("enter", "escape")
        await driver.settle()
        assert driver.name in ("Catalogue", "Today")


async def test_q_leaves(empty: Environment) -> None:
    async with drive(empty) as driver:
        await driver.press("q")
        assert driver.app._exit and driver.app.return_value == 0
