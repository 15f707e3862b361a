"""What may hurt somebody, in the app: no day off, an answer of its own for hands, the page for those who frighten."""

from __future__ import annotations

import pytest

from tests.tui.driver import Hands, drive, held, second
from tests.tui.today_kit import AVOID, TASK
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment
from tracker.tui.frame.dialogs import ChoiceDialog
from tracker.tui.frame.form import FormScreen

THREATS, EDGE, NO = "s5.no-leaving-threats", "s6.edge-moment", "s2.respect-a-no"


@pytest.mark.parametrize("size", [(80, 24), (60, 18)])
async def test_harm_takes_no_day_off_and_the_third_time_opens_the_page(
    kinds: Environment, size: tuple[int, int]
) -> None:
    lifecycle.add(second(kinds), THREATS)
    async with drive(kinds, size) as driver:
        await driver.go(AVOID)
        await driver.press("s")
        assert driver.name == "Today" and held(kinds, AVOID).skipped is None
        assert driver.said.endswith("Its page (enter) puts it away: x.")
        assert "puts it away: x." in " ".join(driver.frame().split()), "the key is never cut"
        await driver.go(THREATS)
        await driver.press("x")
        words = " ".join(driver.frame().replace("│", " ").split())
        assert "A calm talk about parting, or leaving because it is not safe, is no lapse." in words
        assert "4 " not in words.partition("no lapse.")[2][:90], "nothing waits to be put right yet"
        await driver.press("2", "enter")
        assert driver.said.endswith("u takes it back") and driver.shows("u takes it back"), "the key is never cut"
        await driver.press("x", "3")
        assert driver.name == "Safety" and "If you notice that you frighten" in driver.text("#notice")[:60]
        await driver.press("escape")
        await driver.go(AVOID)
        await driver.press("x", "2")
        assert driver.name == "Safety" and driver.text("#notice").startswith("If you notice")
        await driver.press("escape")
        assert "Three times in two weeks" in driver.said or size[0] == 60
        await driver.press("enter")
        assert "1 happened" in driver.text("#numbers") and "consistency" not in driver.text("#numbers")
        assert driver.text("#why") == ""
        await driver.press("p")
        assert "takes no day off" in driver.said


async def test_an_edge_moment_and_a_no_ask_their_question_and_what_is_deep_asks_at_night(kinds: Environment) -> None:
    assert isinstance(kinds.clock, Hands)
    lifecycle.add_all(second(kinds), (EDGE, NO))
    async with drive(kinds) as driver:
        await driver.go(EDGE)
        await driver.press("space")
        assert isinstance(driver.screen, FormScreen) and driver.shows("tight but safe")
        await driver.press("escape")
        await driver.go(NO)
        await driver.press("space", "3")
        assert isinstance(driver.screen, ChoiceDialog) and driver.shows("Was anyone afraid?")
        await driver.press("2")
        assert driver.name == "Safety"
        await driver.press("escape")
        (entry,) = second(kinds).ledger.record(NO).entries
        assert entry.outcome == "pushed" and entry.afraid
        kinds.clock.move(hours=4)
        await driver.go(TASK)
        await driver.press("f")
        assert isinstance(driver.screen, ChoiceDialog) and driver.shows("It is late")
        await driver.press("1")
        assert driver.name == "Today"
        await driver.press("f", "2")
        assert isinstance(driver.screen, FormScreen)
