"""A theme that was chosen is there the next time, and one that is not known stops nothing."""

from __future__ import annotations

import pytest
from textual.theme import BUILTIN_THEMES
from textual.widgets import OptionList

from tests.tui.driver import Driver, drive, second, shown
from tracker.ledger.errors import BadInput
from tracker.services import settings
from tracker.services.appearance import OTHER_THEMES, OWN_THEMES, keep_theme, read_theme
from tracker.services.environment import Environment, state_of
from tracker.tui.themes import THEMES


def test_the_names_that_the_shell_knows_are_those_of_the_app() -> None:
    assert {theme.name for theme in THEMES} == set(OWN_THEMES) and THEMES[0].name == OWN_THEMES[0]
    assert sorted(OTHER_THEMES) == sorted(BUILTIN_THEMES)


async def choose(driver: Driver) -> None:
    await driver.press("ctrl+p")
    await driver.type("theme")
    await shown(driver, "Theme")
    await driver.press("enter")
    assert driver.name == "Theme"


async def test_the_palette_remembers_tries_on_and_leaves_as_it_was(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        assert driver.app.theme == "toward-dark"
        await choose(driver)
        assert [option.id for option in driver.screen.query_one(OptionList).options][:3] == list(OWN_THEMES)
        await driver.press("down")
        assert driver.app.theme == "toward-light", "it is tried on"
        await driver.press("escape")
        assert driver.app.theme == "toward-dark"
        await choose(driver)
        await driver.press("down", "enter")
        assert driver.name == "Today" and driver.app.theme == "toward-light" and "toward-light" in driver.said
    async with drive(kinds) as driver:
        assert driver.app.theme == "toward-light"


async def test_the_shell_sets_it_and_this_run_may_name_another(
    kinds: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    toward = second(kinds)
    for word, name in (("light", "toward-light"), ("High-Contrast", "toward-contrast"), ("nord", "nord")):
        settings.put(toward, "theme", word)
        assert settings.shown(toward, toward.today)["theme"] == name
    with pytest.raises(BadInput, match=r"dark, light, contrast.*tokyo-night.*Did you mean 'nord'\?"):
        settings.put(toward, "theme", "nort")
    monkeypatch.setenv("TEXTUAL_THEME", "toward-light")
    async with drive(kinds) as driver:
        assert driver.app.theme == "toward-light"
    assert read_theme(state_of(kinds.data, kinds.state)) == "nord"


@pytest.mark.parametrize("stored", ["of-a-newer-version", "", "\x1b[31m", "x" * 100])
async def test_a_theme_that_is_not_known_gives_way(kinds: Environment, stored: str) -> None:
    keep_theme(state_of(kinds.data, kinds.state), stored)
    async with drive(kinds) as driver:
        assert driver.app.theme == "toward-dark"
