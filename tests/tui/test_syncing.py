"""Other devices, seen from an open app: what they wrote comes in, and nothing typed is lost."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual.widgets import TextArea

from tests.crypt_kit import PASSPHRASE, quick_locks
from tests.tui.driver import TODAY, Driver, drive, second, shown, state_root, value
from tests.tui.test_outside import asked
from tracker.ledger.workspace import Workspace
from tracker.services.environment import Environment
from tracker.services.exchange import sync
from tracker.services.logging import notes, quick_log
from tracker.services.safekeeping import encryption
from tracker.tui.frame.dialogs import NoteDialog

REPLY = "s4.reachable"


@pytest.fixture
def other(kinds: Environment, tmp_path: Path) -> Workspace:
    """Return the same store on another device; both exchange by way of a stick."""
    stick = tmp_path / "stick"
    stick.mkdir()
    here = second(kinds)
    sync.choose(here, str(stick))
    sync.exchange(here)
    there = Workspace.at(tmp_path / "other" / "data", state_root(tmp_path / "other"), kinds.clock)
    sync.choose(there, str(stick))
    sync.exchange(there, join=True)
    return there


async def from_palette(driver: Driver, name: str) -> None:
    await driver.press("ctrl+p")
    await driver.type(name)
    await shown(driver, name)
    driver.send("enter")


async def test_what_an_exchange_beside_the_app_brings_is_shown(kinds: Environment, other: Workspace) -> None:
    async with drive(kinds) as driver:
        quick_log.reply(other)
        sync.exchange(other)
        beside = threading.Thread(target=lambda: sync.exchange(second(kinds)))
        beside.start()
        await asked(driver, lambda: not beside.is_alive())
        await driver.poll()
        assert "kept" in driver.line("Reply to messages")


async def test_sync_now_says_what_came_and_two_notes_stand_side_by_side(kinds: Environment, other: Workspace) -> None:
    reply = other.ledger.get(REPLY)
    assert reply is not None
    notes.note(other, reply, TODAY, "from afar")
    quick_log.reply(other)
    sync.exchange(other)
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("n")
        await driver.type("from here")
        await driver.press("ctrl+s")
        await from_palette(driver, "Sync now")
        # What is told of a device that was never seen comes behind it, not in its place.
        done, new = "2 changes came in, 1 change went out.", "A device new to this computer writes here: "
        await asked(driver, lambda: driver.said.startswith(f"{done} {new}"))
        assert driver.said.endswith("can write in the data folder.")
        await driver.settle()
        assert "kept" in driver.line("Reply to messages")
        assert not driver.shows("from afar") and not driver.shows("from here"), "Today never shows the words"
        await driver.press("enter")
        assert "2 versions, n reads them" in driver.text("#told")
        await driver.press("n")
        assert driver.shows("2 versions") and driver.shows("from afar") and driver.shows("from here")
        driver.screen.query_one(TextArea).clear()
        await driver.type("from both")
        await driver.press("ctrl+s")
        assert value(kinds, f"note|{REPLY}|{TODAY}") == {"private": {"text": "from both"}}
        assert "n reads the note" in driver.text("#told")


async def test_words_being_typed_survive_an_exchange_and_what_came_is_kept_below(
    kinds: Environment, other: Workspace
) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("n")
        await driver.type("first")
        await driver.press("ctrl+s")
        await driver.press("n")
        await driver.type(", and more")
        reply = other.ledger.get(REPLY)
        assert reply is not None
        sync.exchange(second(kinds))
        sync.exchange(other)
        notes.note(other, reply, TODAY, "meanwhile", replace=True)
        sync.exchange(other)
        sync.exchange(second(kinds))
        await driver.poll()
        assert driver.screen.query_one(TextArea).text == "first, and more"
        await driver.press("ctrl+s")
        assert value(kinds, f"note|{REPLY}|{TODAY}") == {"private": {"text": "first, and more\nmeanwhile"}}


async def test_a_lock_at_the_place_is_named_with_the_way_out_and_not_taken_in(
    kinds: Environment, other: Workspace
) -> None:
    with quick_locks():
        encryption.encrypt(other, fresh := encryption.prepare(PASSPHRASE))
    sync.exchange(Workspace(other.data, other.state, kinds.clock, key=fresh.key))
    async with drive(kinds, (160, 30)) as driver:
        await from_palette(driver, "Sync now")
        await asked(driver, lambda: "is encrypted and this store is not" in driver.said)
        assert "toward sync --join" in driver.said and driver.name == "Today"
    assert not encryption.is_encrypted(kinds.data)


async def test_without_a_place_it_says_how_to_name_one(kinds: Environment) -> None:
    async with drive(kinds, (160, 30)) as driver:
        await from_palette(driver, "Sync now")
        await asked(driver, lambda: "toward sync --set REMOTE" in driver.said)


async def test_a_long_exchange_shows_where_it_is_and_can_be_stopped(
    kinds: Environment, other: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "git").write_text('#!/bin/sh\ncase " $* " in *" fetch "*) exec sleep 60;; esac\n')
    (tmp_path / "git").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    sync.choose(second(kinds), "https://h.invalid/x")
    async with drive(kinds) as driver:
        await from_palette(driver, "Sync now")
        await asked(driver, lambda: driver.name == "Today" and "Asking https://h.invalid/x" in driver.said)
        driver.send("n")
        await asked(driver, lambda: isinstance(driver.screen, NoteDialog))
        driver.send("h", "i")
        await asked(driver, lambda: driver.screen.query_one(TextArea).text == "hi")
        driver.app.syncing.stop()
        await asked(driver, lambda: not driver.app.syncing.under_way)
        await driver.settle()
        await driver.press("ctrl+s")
        assert value(kinds, f"note|{driver.board.key}|{TODAY}") == {"private": {"text": "hi"}}
