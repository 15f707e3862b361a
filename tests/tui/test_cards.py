"""Cards for telling and asking: one on the table, passed or swapped without a reason, the deep ones and the night."""

from __future__ import annotations

from textual.widgets import OptionList, Static

from tests.tui.driver import Driver, Hands, drive, second, value
from tests.tui.test_frames import same, whole
from tracker.catalogue.model import Card
from tracker.ledger import event_keys
from tracker.services.environment import Environment
from tracker.services.logging import quick_log
from tracker.services.support import cards
from tracker.tui.screens.cards import Pick


def text(driver: Driver) -> str:
    """Return what the card says."""
    return driver.text("#card")


def on_table(driver: Driver) -> Card:
    """Return the card that is on the table."""
    return next(card for card in cards.deck().values() if card.text == text(driver))


async def pick(driver: Driver, label: str) -> None:
    """Click a topic or a level."""
    [found] = [each for each in driver.screen.query(Pick) if str(each.render()).startswith(label, 2)]
    await driver.click(found, 1, 0)


async def test_a_card_is_drawn_swapped_passed_and_used(young: Environment) -> None:
    async with drive(young, (60, 18)) as driver:
        await driver.press("c", "s", "x")
        assert text(driver) == "enter draws a card" and "Distress 8 of 10" in driver.frame()
        await pick(driver, "fears")
        await driver.press("2", "enter")
        first = on_table(driver)
        assert (first.topic, first.level) == ("fears", 2) and driver.text("#means").startswith("personal")
        whole(driver, "card")
        await same(driver, "card")
        await driver.press("s")
        other = on_table(driver)
        assert other != first and (other.topic, other.level) == ("fears", 2)
        await driver.press("right")
        assert text(driver) == "enter draws a card", "a card of another topic does not stay"
        await driver.press("left", "enter", "x")
        assert driver.said == "That card is passed for good.  u takes it back"
        await driver.press("u")
        assert all(value(young, event_keys.card_passed(cid)) is None for cid in cards.deck())
        await driver.press("enter", "o")
        assert driver.shows("How deep") and driver.screen.query_one(OptionList).highlighted == 1
        await driver.press("enter", "4")
        assert "fears at depth 2" in driver.said and text(driver) == "enter draws a card"
        await driver.press("exclamation_mark")
        assert driver.name == "Safety"


async def test_deep_levels_and_the_night_ask_first(young: Environment) -> None:
    assert isinstance(young.clock, Hands)
    async with drive(young) as driver:
        await driver.press("c", "4")
        assert "0 of 2 so far" in driver.said and driver.screen.query("#locked").first(Static).display
        for _ in range(2):
            quick_log.share(second(young), "joys", 3, received=4)
        await driver.poll()
        await pick(driver, "4 locked")
        assert driver.name == "ChoiceDialog"
        await driver.press("1")
        assert "● 1" in driver.frame() and not cards.is_unlocked(second(young))
        await driver.press("4", "2")
        assert cards.is_unlocked(second(young)) and "● 4" in driver.frame() and "locked" not in driver.frame()
        await driver.press("enter")
        assert on_table(driver).level == 4
        await driver.press("u")
        assert "● 3" in driver.frame() and text(driver) == "enter draws a card", "what is locked again is put away"
        young.clock.move(hours=3)
        await driver.press("enter")
        assert "Sleep first" in text(driver) and driver.said.startswith("It keeps")
        await driver.press("n")
        night = on_table(driver)
        await driver.press("enter")
        assert on_table(driver) == night
        await driver.press("s")
        assert on_table(driver) != night
        whole(driver, "night")
