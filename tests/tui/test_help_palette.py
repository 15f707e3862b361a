"""Help, footer and palette tell the same keys, and the palette knows the person's own commitments."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from typing import Any

import pytest
from textual.binding import Binding
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

import tracker.tui
from tests.tui.driver import ROUTES, Driver, drive, second, shown
from tests.tui.hostile import bare
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment
from tracker.tui.app import TowardApp
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.frame.help import HelpScreen

PAGES = ("today", "dashboard", "commitment", "catalogue", "cards")
HOSTILE = "[/b] [@click=app.bell]\x1b]52;c;eA==\x07 loud"


def bindings() -> list[tuple[str, Binding]]:
    """Return every binding that Toward defines, with the class it stands in."""
    found: dict[str, Binding] = {}
    for info in pkgutil.walk_packages(tracker.tui.__path__, "tracker.tui."):
        for name, each in inspect.getmembers(import_module(info.name), inspect.isclass):
            if each.__module__.startswith("tracker.tui"):
                for binding in each.__dict__.get("BINDINGS", ()):
                    assert isinstance(binding, Binding)
                    found[f"{name} {binding.key} {binding.action}"] = binding
    return list(found.items())


@pytest.mark.parametrize(("where", "binding"), bindings(), ids=lambda each: each if isinstance(each, str) else "")
def test_what_has_a_name_can_be_looked_up_and_bound_anew(where: str, binding: Binding) -> None:
    if binding.description:
        assert binding.id and binding.tooltip, where
    else:
        assert not binding.show, where


def test_ids_are_told_apart() -> None:
    shared = {id(binding) for binding in DataScreen.__dict__.get("BINDINGS", ())}
    ids: dict[str, str] = {}
    for _, binding in bindings():
        if binding.id and id(binding) not in shared:
            assert ids.setdefault(binding.id, binding.action) == binding.action, binding.id


@pytest.mark.parametrize("name", PAGES)
async def test_help_lists_the_keys_of_the_screen(kinds: Environment, name: str) -> None:
    async with drive(kinds, (100, 60)) as driver:
        await driver.press(*ROUTES[name][0])
        below = driver.screen
        expected = {active.binding.tooltip for active in below.active_bindings.values() if active.binding.tooltip}
        await driver.press("question_mark")
        assert isinstance(driver.screen, HelpScreen)
        told = {text for _, text in driver.screen.rows()}
        assert expected <= told
        assert driver.shows("A number first, then the key")
        own = [each.binding.tooltip for each in below.active_bindings.values() if each.node is below]
        assert driver.screen.rows()[0][1] == next(filter(None, own)), "the screen's own keys come first"
        await driver.press("question_mark")
        assert driver.screen is below


async def searched(driver: Driver, text: str, wanted: str) -> None:
    """Open the palette and search, until what is wanted is found."""
    await driver.press("ctrl+p")
    await driver.type(text)
    await shown(driver, wanted)


@pytest.mark.parametrize("key", ["ctrl+p", "colon"])
async def test_the_palette_opens_commitments_by_title(kinds: Environment, key: str) -> None:
    async with drive(kinds) as driver:
        await driver.press(key)
        await driver.type("reply to mess")
        await shown(driver, "Reply to messages")
        await driver.press("enter")
        assert driver.name == "Commitment" and "Reply to messages" in driver.text("#heading")


async def test_the_palette_names_each_key_once_and_runs_it(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        commands = list(driver.app.get_system_commands(driver.screen))
        titles = [command.title for command in commands]
        assert len(set(titles)) == len(titles)
        assert {"Check", "Streaks", "Undo", "Help", "Safety", "Theme", "Leave"} <= set(titles)
        await searched(driver, "streaks", "Streaks")
        await driver.press("enter")
        assert driver.name == "Dashboard"
        await driver.press("escape")
        leave = next(command for command in commands if command.title == "Leave")
        leave.callback()
        await driver.settle()
        assert driver.app._exit


async def test_the_palette_begins_with_what_can_be_done(kinds: Environment) -> None:
    async with drive(kinds, (100, 120)) as driver:
        await driver.press("ctrl+p")
        await shown(driver, "Reply to messages")
        lines = [line.strip() for line in driver.lines()]
        places = [
            lines.index(name) for name in ("Check", "Skip", "Undo", "Theme", "Reply to messages in my own window")
        ]
        assert places == sorted(places), "what the screen does, what the app does, what is one's own"
        assert not {"First", "Page down", "Day before"} & set(lines), "mere movement is not offered"
        await driver.type("day before")
        await shown(driver, "Day before")
        await driver.press("enter")
        assert "yesterday" in driver.text("#heading"), "and is found by its name"


async def test_hostile_titles_in_the_palette(kinds: Environment) -> None:
    toward = second(kinds)
    bare(toward, "own.loud", HOSTILE)
    async with drive(kinds) as driver:
        await searched(driver, "loud", "loud")
        assert driver.shows("[/b] [@click=app.bell]")
        await driver.press("enter")
        assert driver.name == "Commitment" and "[/b]" in driver.text("#heading")


async def test_the_footer_is_made_anew_only_where_it_has_other_keys(empty: Environment) -> None:
    async with drive(empty) as driver:
        await driver.press("escape")
        footer = driver.screen.query_one(Footer)
        before = list(footer.query(FooterKey))
        assert "choose what to keep" in [key.description for key in before]
        lifecycle.add_all(second(empty), ("s4.reachable", "s4.partner-time"))
        await driver.poll()
        after = list(footer.query(FooterKey))
        assert "check" in [key.description for key in after] and not set(before) & set(after)
        await driver.press("space", "j", "space", "d", "escape")
        assert list(footer.query(FooterKey)) == after


async def test_a_colon_in_a_form_is_a_colon(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("e")
        await driver.type(":")
        assert driver.name == "Edit"


def _pages() -> list[type[DataScreen[Any]]]:
    return list(DataScreen.__subclasses__())


def test_there_is_no_key_of_two_minds() -> None:
    for bound in (TowardApp.BINDINGS, *(page.BINDINGS for page in _pages())):
        keys = [key for binding in bound if isinstance(binding, Binding) for key in binding.key.split(",")]
        twice = {key for key in keys if keys.count(key) > 1}
        assert twice <= {"escape", "a"}, twice  # a leads to the catalogue; on an empty Today the footer says so
