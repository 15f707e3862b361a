"""One key blanks the screen anywhere: nothing is to be read, no key acts on what is behind, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Input, TextArea

from tests.crypt_kit import PASSPHRASE, holding
from tests.tui.driver import TODAY, Driver, drive, second, shown, value, walk
from tests.tui.hostile import bare
from tracker.ledger import event_keys
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.environment import Environment
from tracker.services.logging import quick_log
from tracker.services.safekeeping import encryption
from tracker.tui.frame.dialogs import NoteDialog
from tracker.tui.frame.help import HelpScreen
from tracker.tui.screens.store.blank import BlankScreen

pytestmark = pytest.mark.usefixtures("quick_locks")

CANARY = "zebra-at-midnight"
HALF = "half a sentence"


@pytest.fixture
def sealed(kinds: Environment) -> Environment:
    """Return an encrypted store with a word that is not to be seen."""
    bare(second(kinds), "own.canary", CANARY)
    encryption.encrypt(second(kinds), encryption.prepare(PASSPHRASE))
    return kinds


def blank(driver: Driver) -> bool:
    """Return whether nothing at all stands on the screen."""
    return driver.name == "Blank" and not "".join(driver.lines()).strip()


async def test_every_screen_goes_blank_and_comes_back_as_it_was(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        async for name in walk(driver):
            top, before = driver.screen, driver.frame()
            await driver.press("ctrl+g")
            assert blank(driver), name
            await driver.press("x")
            assert driver.screen is top and driver.frame() == before, name


@pytest.mark.parametrize("key", ["ctrl+g", "f8"])
async def test_it_works_while_typing_and_the_words_are_still_there(kinds: Environment, key: str) -> None:
    async with drive(kinds) as driver:
        cid = driver.board.key
        await driver.press("n")
        await driver.type(HALF)
        await driver.press(key)
        assert blank(driver)
        await driver.press("ctrl+s")
        assert cid is not None and driver.screen.query_one(TextArea).text == HALF
        assert value(kinds, event_keys.note(cid, TODAY)) is None, "the key was spent on coming back"
        await driver.type(", whole")
        await driver.press("ctrl+s")
        assert "note kept" in driver.said


async def test_no_key_typed_on_it_acts_on_the_app(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        before = second(kinds).store.shards.fingerprint()
        for burst in ("rrrr", "qqq", "xyz"):
            await driver.press("ctrl+g")
            driver.send(*burst)
            await driver.settle()
            assert driver.name == "Today" and not driver.app._exit
        for key in ("ctrl+q", "ctrl+p", "f9", "colon", "ctrl+c", "escape", "exclamation_mark"):
            await driver.press("ctrl+g", key)
            assert driver.name == "Today" and not driver.app._exit, key
        assert second(kinds).store.shards.fingerprint() == before
        await driver.press("ctrl+g", "ctrl+g")
        assert driver.name == "Today"


async def test_nothing_is_drawn_or_told_while_it_is_blank(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        driver.app.notify(f"{CANARY} before")
        await driver.press("ctrl+g")
        quick_log.reply(second(kinds))
        await driver.app._tick()
        driver.app.notify(CANARY)
        await driver.settle()
        assert blank(driver) and not driver.shows(CANARY), driver.frame()
        await driver.press("space")
        await driver.poll()
        assert driver.shows("1 of")


async def test_what_a_save_leads_to_waits_until_it_is_seen(kinds: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save that ends while the screen is blank closes its prompt once it is seen again, and opens nothing above."""
    async with drive(kinds) as driver:
        goes_on = asyncio.Event()

        def use(workspace: Workspace) -> Change:
            return Change(())

        run = driver.app.worker.run

        async def slow(asked: Callable[[Workspace], Any]) -> Any:
            if asked is use:
                await goes_on.wait()
            return await run(asked)

        monkeypatch.setattr(driver.app.worker, "run", slow)
        driver.app.push_screen(NoteDialog("A note", "", lambda _: use))
        await driver.settle()
        await driver.type(HALF)
        driver.send("ctrl+s", "ctrl+g")
        await driver.settle()
        assert blank(driver)
        goes_on.set()
        await driver.settle()
        assert blank(driver)
        await driver.press("space")
        assert driver.name == "Today"


async def test_an_encrypted_store_is_locked_behind_it(sealed: Environment) -> None:
    async with drive(sealed) as driver:
        await driver.press("ctrl+g")
        assert blank(driver), "the lock itself goes blank"
        await driver.press("a")
        assert driver.name == "Unlock" and driver.screen.query_one(Input).value == ""
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.name == "Today" and driver.shows(CANARY)
        await driver.press("enter", "ctrl+g")
        assert blank(driver) and driver.app.worker.key is None and len(driver.app.screen_stack) == 2
        driver.send("q", "r", "r")
        await driver.settle()
        assert driver.name == "Unlock" and not driver.shows(CANARY)
        await driver.press("escape")
        assert driver.name == "Unlock"
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.name == "Today" and driver.shows(CANARY)


async def test_half_a_note_waits_behind_the_lock_and_is_sealed_on_the_disk(sealed: Environment) -> None:
    async with drive(sealed) as driver:
        await driver.type(f"{PASSPHRASE}\n")
        await driver.press("n")
        await driver.type(HALF)
        await driver.press("ctrl+g")
        assert blank(driver) and driver.app.worker.key is None
        assert len(list(sealed.state.rglob("draft-*.json.age"))) == 1 and not list(sealed.state.rglob("draft-*.json"))
        await driver.press("z")
        assert driver.name == "Unlock" and not driver.shows(HALF)
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.screen.query_one(TextArea).text == HALF
        await driver.press("ctrl+s")
        assert driver.name == "Today" and not list(sealed.state.rglob("draft-*"))
    assert holding(sealed.data.parent, HALF, CANARY) == []


async def test_a_store_encrypted_meanwhile_asks_for_its_passphrase(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("ctrl+g")
        encryption.encrypt(second(kinds), encryption.prepare(PASSPHRASE))
        await driver.press("space")
        assert driver.name == "Unlock"


async def test_the_palette_and_the_help_tell_of_it(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("ctrl+p")
        await driver.type("blank")
        await shown(driver, "Blank the screen")
        await driver.press("enter")
        assert isinstance(driver.screen, BlankScreen)
        await driver.press("space", "question_mark")
        assert isinstance(driver.screen, HelpScreen)
        assert [key for key, told in driver.screen.rows() if told.startswith("Blank the screen")] == ["^g"]
