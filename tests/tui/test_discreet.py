"""Discreet in the app: nobody who passes by reads a title, a step or a word of one's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import Input

from tests.tui.driver import Driver, drive, second, walk
from tests.tui.hostile import bare
from tracker.catalogue import steps, templates
from tracker.domain.text import discreet_mode
from tracker.services import settings
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment
from tracker.services.logging import guided, lapses
from tracker.tui.actions.inbox import OWN_LINE

READABLE = ("edit", "own", "catalogue", "help", "safety", "palette", "choose", "cards")
"""What is opened to choose or to write in, or holds no word of one's own."""


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    yield
    discreet_mode.draw(False)


HIDDEN = [each.title[:14] for each in templates()] + [each.name for each in steps()]
HIDDEN += [each.name.upper()[:20] for each in steps()] + ["zebra", "Zebra", "together"]


def told(driver: Driver) -> list[str]:
    """Return what stands on the screen and is not to be read by others."""
    frame = " ".join(driver.frame().split())
    return [each for each in HIDDEN if each in frame]


@pytest.mark.parametrize("size", [(80, 24), (140, 50)], ids=str)
async def test_no_screen_to_look_at_tells_anything(demo: Environment, size: tuple[int, int]) -> None:
    bare(second(demo), "own.zebra", "Zebra talk")
    toward = second(demo)
    settings.put(toward, "discreet", "on")
    async with drive(demo, size) as driver:
        assert "A 1" in driver.frame()
        async for name in walk(driver):
            if name not in READABLE:
                assert not told(driver), f"{name}: {driver.frame()}"


async def test_one_key_draws_the_veil_and_takes_it_away_and_it_is_remembered(kinds: Environment) -> None:
    bare(second(kinds), "own.zebra", "Zebra talk")
    async with drive(kinds) as driver:
        assert driver.shows("Zebra talk")
        await driver.press("f7")
        assert not driver.shows("Zebra") and "not from somebody who controls" in driver.said
    async with drive(kinds) as driver:
        assert not driver.shows("Zebra")
        driver.app.notify("Zebra waits", title="Zebra")
        await driver.settle()
        assert driver.shows("a reminder") and not driver.shows("Zebra")
        await driver.go("own.zebra")
        await driver.press("space")
        assert "done" in driver.said and "Zebra" not in driver.said
        await driver.press("f7")
        assert driver.shows("Zebra talk")


async def test_an_edit_shows_and_keeps_the_real_title(kinds: Environment) -> None:
    bare(second(kinds), "own.zebra", "Zebra talk")
    settings.put(second(kinds), "discreet", "on")
    async with drive(kinds) as driver:
        await driver.go("own.zebra")
        await driver.press("e")
        assert driver.screen.query_one("#title", Input).value == "Zebra talk"
        driver.screen.query_one("#schedule", Input).value = "2 per week"
        await driver.press("ctrl+s")
        assert driver.name == "Today" and "Zebra" not in driver.said
    discreet_mode.draw(False)
    kept = second(kinds).ledger.get("own.zebra")
    assert kept is not None and kept.title == "Zebra talk"


async def test_the_line_of_why_has_no_name_and_no_words(kinds: Environment) -> None:
    toward = second(kinds)
    lifecycle.add(toward, "s1.my-why")
    why = toward.ledger.get("s1.my-why")
    assert why is not None
    guided.log(toward, why, {"reason": "CANARY zebra"})
    harm = toward.ledger.get("s5.no-attacks")
    assert harm is not None
    lapses.lapse(toward, harm)
    settings.put(second(kinds), "discreet", "on")
    async with drive(kinds, (80, 24)) as driver:
        await driver.press("end")
        assert driver.board.key == OWN_LINE and driver.shows(discreet_mode.DOTS) and "why" not in driver.frame().lower()
        await driver.press("enter")
        frame = driver.frame().lower()
        assert (
            driver.name == "TextDialog" and discreet_mode.DOTS in frame and "why" not in frame and "zebra" not in frame
        )
