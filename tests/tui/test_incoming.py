"""What came from elsewhere, in the app: a line, a key, and an answer to each."""

from __future__ import annotations

import json

import pytest

from tests.tui.driver import Driver, drive, second
from tests.tui.test_frames import same
from tests.tui.test_report import words
from tracker.services.environment import Environment
from tracker.services.exchange import incoming
from tracker.tui.screens.store.report import ReportScreen

STRANGER = "e" * 32


def order_all(here: Environment) -> None:
    """Let a stranger's file order all there is to be purged."""
    toward = second(here)
    toward.load_history()
    until = max(event["t"] for event in toward.store.events.values()) + 1
    order = {"id": "e1", "key": "purge|x", "v": {"keys": dict.fromkeys(toward.store.winners, until)}, "t": until}
    order |= {"prev": None, "dev": STRANGER, "at": "2026-11-23T20:00:00+01:00"}
    folder = here.data / "devices" / STRANGER
    folder.mkdir(mode=0o700)
    (folder / "2026-11.json").write_text(json.dumps({"events": {"1": order}}))


async def _until(driver: Driver, text: str) -> None:
    for _ in range(80):
        await driver.still()
        if text in words(driver):
            return
    raise AssertionError(f"{text!r} is not shown:\n{driver.frame()}")


@pytest.mark.parametrize("answer", ["accept", "refuse"])
async def test_an_order_from_elsewhere_is_told_and_answered(kinds: Environment, answer: str) -> None:
    before = set(second(kinds).store.winners)
    assert before
    titles = [each.title for each in second(kinds).ledger.commitments()]
    order_all(kinds)
    async with drive(kinds, (80, 24)) as driver:
        assert "new to this computer" in words(driver) and "i answer" in words(driver)
        assert "may hide what you keep. i shows it" in words(driver) and "Nothing to keep yet" not in words(driver)
        await driver.press("i")
        await _until(driver, "r answers")
        assert isinstance(driver.screen, ReportScreen) and "eeeeeeee" in words(driver)
        if answer == "accept":
            await same(driver, "incoming")
        await driver.press("r")
        assert driver.name == "ChoiceDialog" and "it was me" in words(driver)
        await driver.press("enter")
        await _until(driver, "r answers")
        assert incoming.summary(second(kinds)), "enter leaves it, and so nothing is emptied by a tired hand"
        await driver.press("r")
        await driver.press("2" if answer == "accept" else "3")
        await _until(driver, "Nothing from other devices waits")
        assert f"{answer.capitalize()}" in words(driver), "the page says what the answer did"
        await driver.press("escape")
        assert driver.name == "Today"
        await driver.still()
        assert (titles[0][:12] in words(driver)) is (answer == "refuse")
    assert incoming.summary(second(kinds)) == ""


async def test_the_palette_offers_it_and_the_key_is_there_only_while_something_waits(kinds: Environment) -> None:
    async with drive(kinds, (80, 24)) as driver:
        assert "Incoming" in {each.title for each in driver.app.get_system_commands(driver.screen)}
        await driver.press("i")
        assert driver.name == "Today"
        driver.app.action_incoming()
        await _until(driver, "Nothing from other devices waits")
