"""The form of a guided entry: filled in by keyboard alone, kept once, left on purpose only."""

from __future__ import annotations

import pytest
from textual.widget import Widget
from textual.widgets import Input, Select, TextArea

from tests.tui.driver import TODAY, drive, second
from tracker.services import shape
from tracker.services.environment import Environment
from tracker.tui.screens.form import FormScreen
from tracker.tui.widgets.answers import Number, YesNo

FORECAST, ORIGINS, TELLING = "s1.fear-forecast", "s1.origins", "s3.planned-telling"


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
        assert not driver.screen.query_one("#ask-text").display and driver.shows("Stop here")
        await driver.press("backspace")
        await driver.type("3")
        assert driver.screen.query_one("#ask-text").display and not driver.shows("Stop here")
        await driver.press("backspace")
        await driver.type("8")
        await driver.press("ctrl+s")
        assert driver.name == "Safety"
        await driver.press("escape", "escape", "escape")
        assert driver.name == "Today" and not second(kinds).book.entries_on("s1.origins", TODAY)


async def test_yes_no_and_numbers_take_one_key_each(kinds: Environment) -> None:
    shape.add_all(second(kinds), [TELLING])
    async with drive(kinds, (60, 18)) as driver:
        await driver.go(TELLING)
        await driver.press("f")
        safe = driver.screen.query_one("#field-safe_to_tell", YesNo)
        fear = driver.screen.query_one("#field-fear_before", Number)
        safe.focus()
        for key, answer in (("y", "yes"), ("n", "no"), ("x", "no")):
            await driver.press(key)
            assert safe.value == answer and not safe.expanded, key
        fear.focus()
        for key, answer in (("4", "4"), ("a", "4"), ("1", "1"), ("0", "10"), ("7", "7"), ("backspace", "")):
            await driver.press(key)
            assert fear.value == answer, key
        assert driver.shows("0 not at all … 10 very much"), "what the ends mean stands beside it"
        safe.focus()
        await driver.press("space", "home", "down", "enter")
        assert safe.value == "yes", "the list opens as that of any choice"


async def test_where_to_type_is_seen_without_colours(kinds: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with drive(kinds, (80, 60)) as driver:
        await driver.go(ORIGINS)
        await driver.press("f")
        for kind in (Input, TextArea, Select):
            found = list(driver.screen.query(kind).results(Widget))
            assert found, kind
            for field in found:
                edge = driver.lines()[field.region.y][field.region.x]
                assert edge == ("▌" if field.has_focus else "▏"), field.id


@pytest.mark.parametrize(("size", "most"), [((80, 40), 36), ((60, 18), 18)], ids=str)
async def test_a_form_is_as_high_as_what_it_asks_and_its_keys_stay(
    kinds: Environment, size: tuple[int, int], most: int
) -> None:
    shape.add_all(second(kinds), ["s6.small-true-thing", TELLING])
    async with drive(kinds, size) as driver:
        await driver.go("s6.small-true-thing")
        await driver.press("f")
        assert driver.screen.query_one(".prompt").size.height < 10
        await driver.press("escape")
        await driver.go(TELLING)
        await driver.press("f")
        assert driver.screen.query_one(".prompt").outer_size.height == most
        fields = driver.screen.query_one("#fields")
        for asked in driver.screen.query(".asked"):
            assert "ctrl+s keeps it" in await driver.still()
            focused = driver.screen.focused
            assert focused in asked.walk_children(), "tab leads from one question to the next"
            assert fields.region.contains_region(focused.region), "what is asked is in sight"
            await driver.press("tab")
