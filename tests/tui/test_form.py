"""The form of a guided entry: filled in by keyboard alone, kept once, left on purpose only."""

from __future__ import annotations

from textual.widgets import Input, Select, TextArea

from tests.tui.driver import TODAY, drive, second
from tracker.services import shape
from tracker.services.environment import Environment
from tracker.tui.screens.form import FormScreen

FORECAST = "s1.fear-forecast"


async def test_it_is_kept_once_and_told(kinds: Environment) -> None:
    shape.add_all(second(kinds), [FORECAST])
    async with drive(kinds) as driver:
        await driver.go(FORECAST)
        await driver.press("f")
        form = driver.screen
        assert isinstance(form, FormScreen)
        for area in form.query(TextArea):
            area.text = "they turn away: [/b]"
        for line in form.query(Input):
            line.value = "2026-11-28" if "2026" in line.placeholder else "5"
        for select in form.query(Select):
            select.value = select._options[1][1]
        await driver.settle()
        driver.send("ctrl+s", "ctrl+s", "ctrl+s")
        await driver.settle()
        assert driver.name == "Today", driver.text("#trouble")
        assert len(second(kinds).book.entries_on(FORECAST, TODAY)) == 1
        assert driver.said.endswith("u takes it back")
        assert not driver.shows("turn away"), "private words are not on Today"


async def test_escape_asks_once_after_each_change(kinds: Environment) -> None:
    shape.add_all(second(kinds), [FORECAST])
    async with drive(kinds) as driver:
        await driver.go(FORECAST)
        await driver.press("f", "escape")
        assert driver.name == "Today"
        await driver.press("f")
        await driver.type("a")
        await driver.press("escape")
        assert driver.name == "Form" and "once more" in driver.said
        await driver.type("b")
        await driver.press("escape")
        assert driver.name == "Form"
        await driver.press("escape")
        assert driver.name == "Today"
        assert not second(kinds).book.entries_on(FORECAST, TODAY)


async def test_much_distress_takes_the_rest_away_and_leads_to_the_safety_page(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go("s1.origins")
        await driver.press("f")
        await driver.type("9")
        assert (
            not driver.screen.query_one("#field-text").display
            and not driver.shows("what did you learn")
            and driver.shows("Stop here")
        )
        await driver.press("backspace")
        await driver.type("3")
        assert driver.screen.query_one("#field-text").display and not driver.shows("Stop here")
        await driver.press("backspace")
        await driver.type("8")
        await driver.press("ctrl+s")
        assert driver.name == "Safety"
        await driver.press("escape", "escape", "escape")
        assert driver.name == "Today" and not second(kinds).book.entries_on("s1.origins", TODAY)
