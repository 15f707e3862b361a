"""The first run: three screens at most, and none of them in the way."""

from __future__ import annotations

import pytest

from tests.tui.driver import SIZES, Driver, drive, second
from tracker.catalogue import safety_notice, safety_short, starters
from tracker.services.environment import Environment
from tracker.tui.screens.welcome import WelcomeScreen


async def read_on(driver: Driver) -> None:
    """Go on to the starters."""
    await driver.press("enter")
    assert driver.name == "Catalogue"


@pytest.mark.parametrize("size", SIZES[:2], ids=str)
async def test_the_first_page_says_the_short_notice_in_ninety_words(empty: Environment, size: tuple[int, int]) -> None:
    async with drive(empty, size) as driver:
        words = driver.frame().split()
        assert len(words) <= 90 and safety_short() in " ".join(words)
        assert "passphrase can encrypt" in " ".join(words)
        await driver.press("exclamation_mark")
        assert driver.name == "Safety" and safety_notice()[0][:40] in " ".join(driver.text("#notice").split())
        await driver.press("escape")
        assert driver.name == "Welcome"


async def test_three_screens_lead_to_today(empty: Environment) -> None:
    async with drive(empty, (80, 60)) as driver:
        assert driver.name == "Welcome"
        assert driver.shows(safety_short()[:40])
        await driver.press("enter")
        assert driver.name == "Catalogue"
        assert "3 marked" in driver.text("#aside") and "enter begins" in driver.said
        for cid in starters():
            await driver.go(cid)
            assert "If " in driver.text("#about"), "each comes with an if-then plan"
        await driver.press("enter")
        assert driver.name == "Today"
        assert sorted(each.id for each in second(empty).ledger.commitments()) == sorted(starters())
        assert driver.shows("Reply to messages")


async def test_it_can_be_skipped_and_comes_again_only_while_nothing_is_there(empty: Environment) -> None:
    async with drive(empty) as driver:
        await driver.press("escape")
        assert driver.name == "Today" and "Press a" in driver.text("#plan")
        assert not list(second(empty).ledger.commitments())
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
        assert [each.id for each in second(empty).ledger.commitments()] == ["s2.caring-act"]


async def test_enter_in_a_hurry_goes_one_step(empty: Environment) -> None:
    async with drive(empty, (60, 18)) as driver:
        assert isinstance(driver.screen, WelcomeScreen)
        driver.send("enter", "escape")
        await driver.settle()
        assert driver.name in ("Catalogue", "Today")


async def test_q_leaves(empty: Environment) -> None:
    async with drive(empty) as driver:
        await driver.press("q")
        assert driver.app._exit and driver.app.return_value == 0
