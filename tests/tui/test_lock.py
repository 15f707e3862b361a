"""An encrypted store in the app: nothing before it is unlocked, and nothing left once it is locked again."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from textual import events
from textual.app import App
from textual.screen import Screen
from textual.widgets import Input, TextArea

from tests.crypt_kit import PASSPHRASE, holding
from tests.tui.conftest import Made
from tests.tui.driver import SIZES, Driver, Hands, drive, second, shown
from tests.tui.hostile import bare
from tracker.domain.reviews import Review
from tracker.ledger.workspace import Workspace
from tracker.services import settings
from tracker.services.environment import Environment
from tracker.services.logging import quick_log
from tracker.services.safekeeping import encryption
from tracker.store.crypto import passphrase
from tracker.store.crypto.passphrase import apart
from tracker.store.crypto.vault import IDENTITY
from tracker.tui.screens.reviews.partner_turn import TheirTurn
from tracker.tui.screens.store.encryption import EncryptScreen
from tracker.tui.terminal.idle import elapsed

pytestmark = pytest.mark.usefixtures("quick_locks")

CANARY = "zebra-at-midnight"


@pytest.fixture
def sealed(kinds: Environment) -> Environment:
    """Return an encrypted store with a word that is not to be seen."""
    bare(second(kinds), "own.canary", CANARY)
    encryption.encrypt(second(kinds), encryption.prepare(PASSPHRASE))
    return kinds


def opened(here: Environment) -> encryption.StoreKey:
    return encryption.unlock(here.data, PASSPHRASE)


async def idle(driver: Driver, minutes: float) -> None:
    """Let time pass in which nobody does anything."""
    clock = driver.here.clock
    assert isinstance(clock, Hands)
    clock.move(minutes=minutes)
    await driver.app._tick()
    await driver.settle()


async def test_unlock_today_auto_lock_unlock(sealed: Environment) -> None:
    async with drive(sealed, (100, 40)) as driver:
        assert driver.name == "Unlock" and not driver.shows(CANARY)
        assert driver.app.worker._toward is None
        await driver.press("ctrl+p")
        assert driver.name == "Unlock", "nothing is offered but to unlock"
        await driver.type("wrong\n")
        assert driver.said == "That passphrase does not open it. Nothing was changed."
        assert driver.screen.query_one(Input).value == "" and driver.screen.query_one(Input).has_focus
        await driver.press("f2")
        assert driver.name == "Safety"
        await driver.press("escape")
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.name == "Today" and driver.shows(CANARY)
        quick_log.reply(second_sealed(sealed))
        await driver.poll()
        await driver.press("enter")
        assert driver.name == "Commitment"
        await idle(driver, 14)
        assert driver.name == "Commitment"
        await driver.press("down")
        await idle(driver, 14)
        assert driver.name == "Commitment"
        await idle(driver, 1)
        assert driver.name == "Unlock" and not driver.shows(CANARY)
        assert (
            len(driver.app.screen_stack) == 2 and driver.app.worker._toward is None and driver.app.worker._key is None
        )
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.name == "Today" and driver.shows(CANARY)
        await driver.press("f9")
        assert driver.name == "Unlock" and driver.app.worker._toward is None
        await driver.press("f9")
        assert len(driver.app.screen_stack) == 2
    assert holding(sealed.data.parent, CANARY) == []


async def test_a_key_file_that_asks_too_much_is_named_and_the_line_stays(sealed: Environment) -> None:
    path = sealed.data / IDENTITY
    before = path.read_bytes()
    path.write_bytes(before.replace(b"A 1\n", b"A 40\n", 1))
    async with drive(sealed) as driver:
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.name == "Unlock" and "identity.age asks for a work factor of 40" in driver.said
        path.write_bytes(before)
        with patch.object(passphrase, "apart", short_of_memory):
            await driver.type(f"{PASSPHRASE}\n")
        assert driver.name == "Unlock" and "takes 0 MB of memory for a moment" in driver.said
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.name == "Today"


def short_of_memory(_work: Callable[[], bytes], needs: str) -> bytes:
    def gone() -> bytes:
        os._exit(1)

    return apart(gone, needs)


async def test_setting_the_clock_neither_keeps_it_open_nor_locks_it(sealed: Environment) -> None:
    async with drive(sealed) as driver:
        await driver.type(f"{PASSPHRASE}\n")
        clock = driver.here.clock
        assert isinstance(clock, Hands)
        clock.moment += timedelta(days=3)
        await idle(driver, 1)
        assert driver.name == "Today", "the clock set on is no time that passed"
        clock.moment -= timedelta(days=9)
        await idle(driver, 13)
        assert driver.name == "Today"
        await idle(driver, 1)
        assert driver.name == "Unlock", "nor does one set back stop the time"


@pytest.mark.parametrize("wakes", ["paint", "key", "paste"])
async def test_after_a_sleep_nothing_is_painted_before_it_is_locked(
    sealed: Environment, monkeypatch: pytest.MonkeyPatch, wakes: str
) -> None:
    painted: list[str] = []

    def seen(app: App[int], screen: Screen[Any], renderable: object) -> None:
        if renderable is not None:
            painted.append(type(screen).__name__)

    async with drive(sealed, at_once=True) as driver:
        await driver.type(f"{PASSPHRASE}\n")
        monkeypatch.setattr(App, "_display", seen)
        clock = driver.here.clock
        assert isinstance(clock, Hands)
        clock.move(hours=1)
        if wakes == "key":
            driver.send("r")
        elif wakes == "paste":
            assert driver.app._driver is not None
            driver.app._driver.send_message(events.Paste("words"))
        else:
            driver.screen.refresh(layout=True)
        await driver.settle()
        driver.screen.refresh(layout=True)
        await driver.settle()
        assert driver.name == "Unlock" and set(painted) - {"Screen"} == {"UnlockScreen"}
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.name == "Today" and "TodayScreen" in painted
        assert "replies" not in driver.said, "the key that woke it acts on nothing"


def test_the_time_that_counts_goes_on_in_sleep_and_is_set_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def seven(number: object) -> float:
        asked.append(number)
        return 7.0

    monkeypatch.setattr(time, "clock_gettime", seven)
    monkeypatch.setattr(time, "CLOCK_BOOTTIME", "boot", raising=False)
    monkeypatch.setattr(time, "CLOCK_MONOTONIC_RAW", "raw", raising=False)
    for system, number in (("linux", "boot"), ("darwin", "raw")):
        monkeypatch.setattr(sys, "platform", system)
        assert elapsed() == 7.0 and asked.pop() == number
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")
    monkeypatch.setattr(sys, "platform", "win32")
    assert elapsed() > 0 and not asked, "the one of Windows counts sleep by itself"


def second_sealed(here: Environment) -> Workspace:
    return Workspace.at(here.data, here.state, here.clock, key=opened(here))


async def test_words_in_an_open_form_are_covered_and_come_back(sealed: Environment) -> None:
    settings.put(second_sealed(sealed), "lock-after", "2")
    async with drive(sealed) as driver:
        await driver.type(f"{PASSPHRASE}\n")
        await driver.press("n")
        await driver.type("half a sentence")
        await idle(driver, 2)
        assert driver.name == "Unlock" and not driver.shows("half a sentence")
        assert "kept" in driver.frame() and driver.app.worker._toward is None
        await driver.press("escape", "ctrl+s")
        assert driver.name == "Unlock"
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.screen.query_one(TextArea).text == "half a sentence"
        await driver.press("ctrl+s")
        assert driver.name == "Today" and "note kept" in driver.said
        settings.put(second_sealed(sealed), "lock-after", "0")
        await driver.poll()
        await idle(driver, 10_000)
        assert driver.name == "Today"
        encryption.change(second_sealed(sealed), encryption.rewrap(opened(sealed), "another passphrase"))
        await driver.poll()
        assert driver.name == "Unlock", "what changed elsewhere is asked for anew"
        await driver.type("another passphrase\n")
        assert driver.name == "Today"
        assert holding(sealed.data.parent, CANARY, "half a sentence") == []
        key = encryption.unlock(sealed.data, "another passphrase")
        encryption.decrypt(Workspace.at(sealed.data, sealed.state, sealed.clock, key=key))
        await driver.poll()
        assert driver.name == "Today" and driver.shows("cat"), "what is plain now needs no passphrase"
        await driver.press("f9")
        assert driver.name == "Today"


async def test_what_a_partner_types_goes_with_the_lock(sealed: Environment) -> None:
    async with drive(sealed) as driver:
        await driver.type(f"{PASSPHRASE}\n")
        driver.app.push_screen(TheirTurn(Review.TOGETHER, None))
        await driver.press("enter")
        await driver.type("3")
        assert driver.screen.query_one(Input).value == "3"
        await driver.press("f9")
        assert driver.name == "Unlock" and len(driver.app.screen_stack) == 2
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.name == "Today"


async def choose(driver: Driver, word: str) -> None:
    """Choose a command from the palette."""
    await driver.press("ctrl+p")
    await driver.type(word)
    await shown(driver, word)
    await driver.press("enter")


@pytest.mark.parametrize("size", SIZES[:2], ids=str)
async def test_a_store_is_encrypted_given_another_passphrase_and_taken_back(
    kinds: Environment, size: tuple[int, int]
) -> None:
    bare(second(kinds), "own.canary", CANARY)
    async with drive(kinds, size) as driver:
        await driver.press("f9")
        assert driver.name == "Today", "a plain store has no lock"
        await choose(driver, "Encrypt")
        assert driver.name == "Encrypt" and driver.shows("no reset")
        await driver.type("short\n")
        await driver.type("short\n")
        assert "unrelated words are good." in " ".join(driver.frame().split())
        assert isinstance(driver.screen, EncryptScreen)
        driver.screen.show_error(f"{'What is wrong may be long. ' * 10}The way out.")
        assert "The way out." in await driver.still(), "all of what is wrong is in sight"
        driver.screen.query_one("#second", Input).value = ""
        first = driver.screen.query_one("#first", Input)
        first.value = ""
        first.focus()
        await driver.type("four words\n")
        await driver.type("four word\n")
        assert "not the same" in driver.said
        await driver.type("s\n")
        key = driver.text("#explained").split("\n")[0]
        assert key.startswith("AGE-SECRET-KEY-1") and driver.shows(key[:40])
        assert driver.screen.query_one("#end").region.bottom <= size[1] - 1
        assert not encryption.is_encrypted(kinds.data), "nothing is touched before it is written down"
        await driver.type("nope\n")
        assert "last 4" in driver.said
        driver.screen.query_one("#end", Input).value = ""
        await driver.type(f"{key[-4:]}\n")
        assert "Encrypted: 3 files" in driver.text("#explained") and not driver.shows(key[:40])
        assert encryption.is_encrypted(kinds.data) and holding(kinds.data.parent, CANARY) == []
        await driver.press("enter")
        assert driver.name == "Today" and len(driver.app.screen_stack) == 2
        await choose(driver, "Change the passphrase")
        for line in ("four words\n", "longer words\n", "longer words\n"):
            await driver.type(line)
        assert "is changed" in driver.text("#explained")
        await driver.press("escape")
        await choose(driver, "Decrypt")
        await driver.type("four words\n")
        assert "does not open" in driver.said
        driver.screen.query_one("#now", Input).value = ""
        await driver.type("longer words\n")
        await driver.press("enter")
        assert driver.name == "Today"
    assert not encryption.is_encrypted(kinds.data) and second(kinds).ledger.get("own.canary")


async def test_leaving_halfway_changes_nothing(kinds_made: Made, kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await choose(driver, "Encrypt")
        for line in ("four words\n", "four words\n"):
            await driver.type(line)
        assert driver.shows("AGE-SECRET-KEY-1")
        await driver.press("escape")
        assert driver.name == "Today"
    assert not encryption.is_encrypted(kinds.data) and not list(kinds.data.rglob("*.age"))
