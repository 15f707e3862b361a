"""What is half typed when the terminal goes, or somebody ends the app, stands there again at the next start."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Input, Select, TextArea

from tests.crypt_kit import PASSPHRASE, holding
from tests.faults.scale import LONG
from tests.tui.driver import TODAY, Driver, drive, second
from tests.tui.terminal import Terminal
from tracker.ledger.commitment_fields import asked_now
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment, state_of
from tracker.services.history import drafts
from tracker.services.logging import followups, notes
from tracker.services.safekeeping import encryption
from tracker.tui.frame.dialogs import NoteDialog
from tracker.tui.frame.form import FormScreen
from tracker.tui.frame.guarded_screen import Use
from tracker.tui.widgets.answers import YesNo

pytestmark = pytest.mark.usefixtures("quick_locks")

HALF = "half a sentence"


def files(here: Environment) -> list[Path]:
    """Return the drafts on the disk."""
    return sorted(state_of(here.data, here.state).glob("draft-*"))


async def cut(driver: Driver) -> None:
    """Let the terminal go, as far as the app can tell."""
    driver.app.cut_off(129)
    await driver.app._going
    assert driver.app._exit


def lost(terminal: Terminal) -> None:
    os.close(terminal.main)


def hung_up(terminal: Terminal) -> None:
    os.close(terminal.main)
    terminal.process.send_signal(signal.SIGHUP)


def ended(terminal: Terminal) -> None:
    terminal.process.send_signal(signal.SIGTERM)
    terminal.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
@pytest.mark.parametrize("go", [lost, pytest.param(hung_up, marks=LONG), pytest.param(ended, marks=LONG)])
def test_a_note_outlives_its_terminal(kinds: Environment, tmp_path: Path, go: Callable[[Terminal], None]) -> None:
    root = tmp_path / "xdg" / "toward"
    root.parent.mkdir()
    shutil.move(kinds.state, root)
    here = Environment(kinds.data, root, kinds.clock)
    terminal = Terminal(tmp_path, here)
    try:
        terminal.until(b"Reply")
        terminal.type(b"n")
        terminal.until(b"Only for you")
        terminal.type(HALF.encode())
        terminal.until(b"sentence")
        go(terminal)
        assert terminal.process.wait(30) in (128 + signal.SIGHUP, 128 + signal.SIGTERM)
    finally:
        if terminal.process.poll() is None:
            terminal.process.kill()
    (draft,) = files(here)
    assert HALF in draft.read_text("utf-8") and stat.S_IMODE(draft.stat().st_mode) == 0o600
    assert not (root / "crash.log").exists(), "a terminal that goes is no fault"
    again = Terminal(tmp_path, here)
    try:
        again.until(b"kept for you")
        again.type(b"n")
        again.until(drafts.HERE_AGAIN.encode())
        assert HALF.encode() in again.bytes
        again.type(b", whole\x13")
        again.until(b"note kept")
        again.type(b"\x11")
        assert again.close() == 0
    finally:
        if again.process.poll() is None:
            again.process.kill()
    assert not files(here)
    toward = second(here)
    toward.load_history()
    kept = [event["v"] for event in toward.store.winners.values() if event["key"].startswith("note|")]
    assert kept == [{"private": {"text": f"{HALF}, whole"}}]


async def test_each_form_takes_its_own_up_and_lets_it_go(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("n")
        await driver.type(HALF)
        await cut(driver)
    assert len(files(kinds)) == 1
    async with drive(kinds) as driver:
        assert "Not saved, but kept for you: a note of today" in driver.said
        await driver.press("down", "n")
        assert driver.screen.query_one(TextArea).text == "", "another one is as it was"
        await driver.press("escape", "up", "n")
        assert driver.screen.query_one(TextArea).text == HALF and drafts.HERE_AGAIN in driver.said
        await driver.press("escape")
        assert "not kept yet" in driver.said and len(files(kinds)) == 1
        await driver.press("escape")
        assert driver.name == "Today" and not files(kinds)
        await driver.press("n")
        assert driver.screen.query_one(TextArea).text == ""


async def test_a_form_and_an_edit_come_back_field_by_field(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("e")
        driver.screen.query_one("#title", Input).value = "Half a title"
        await cut(driver)
    async with drive(kinds) as driver:
        assert driver.said.startswith("Not saved, but kept for you: something you were writing")
        await driver.press("e")
        assert driver.screen.query_one("#title", Input).value == "Half a title"
        await driver.press("ctrl+s")
        assert not files(kinds)
        assert "Half a title" in [each.title for each in second(kinds).ledger.commitments()]


async def test_leaving_on_purpose_keeps_no_draft(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("n")
        await driver.type(HALF)
        await cut(driver)
    async with drive(kinds) as driver:
        await driver.press("n", "ctrl+q", "ctrl+q")
        assert driver.app._exit
    assert not files(kinds)


async def test_a_note_changed_elsewhere_meanwhile_is_not_lost(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        cid = driver.board.key
        assert cid is not None
        await driver.press("n")
        await driver.type(HALF)
        await cut(driver)
    toward = second(kinds)
    commitment = toward.ledger.get(cid)
    assert commitment is not None
    notes.note(toward, commitment, TODAY, "by the shell")
    async with drive(kinds) as driver:
        await driver.press("n")
        assert driver.screen.query_one(TextArea).text == f"by the shell\n\n{HALF}"


async def test_an_encrypted_store_seals_it_and_one_locked_meanwhile_keeps_none_in_the_clear(kinds: Environment) -> None:
    encryption.encrypt(second(kinds), encryption.prepare(PASSPHRASE))
    async with drive(kinds) as driver:
        await driver.type(f"{PASSPHRASE}\n")
        await driver.press("n")
        await driver.type(HALF)
        await cut(driver)
    assert [path.suffix for path in files(kinds)] == [".age"] and holding(kinds.data.parent, HALF) == []
    async with drive(kinds) as driver:
        assert HALF not in driver.frame()
        await driver.type(f"{PASSPHRASE}\n")
        await driver.press("n")
        assert driver.screen.query_one(TextArea).text == HALF
        key = encryption.unlock(kinds.data, PASSPHRASE)
        encryption.decrypt(Workspace.at(kinds.data, kinds.state, kinds.clock, key=key))
        assert [path.suffix for path in files(kinds)] == [".json"], "it follows the store"
    encryption.encrypt(second(kinds), encryption.prepare(PASSPHRASE))
    assert [path.suffix for path in files(kinds)] == [".age"]


async def test_a_store_encrypted_under_an_open_note_gets_no_plain_draft(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("n")
        await driver.type(HALF)
        encryption.encrypt(second(kinds), encryption.prepare(PASSPHRASE))
        await cut(driver)
    assert holding(kinds.data.parent, HALF) == []


async def test_a_screen_without_a_place_keeps_nothing(kinds: Environment) -> None:
    """What a partner types, and a passphrase, is on no disk."""

    def save(_text: str) -> Use:
        raise AssertionError

    async with drive(kinds) as driver:
        driver.app.push_screen(NoteDialog("?", "", save))
        await driver.settle()
        await driver.type(HALF)
        await cut(driver)
    assert not files(kinds) and holding(kinds.data.parent, HALF) == []


async def test_a_key_that_saves_does_not_overtake_what_was_typed_before_it(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        cid = driver.board.key
        assert cid is not None
        await driver.press("n")
        driver.send(*HALF.replace(" ", "-"), "ctrl+s")
        await driver.settle()
        assert "note kept" in driver.said
    toward = second(kinds)
    assert [each.text for each in notes.note_versions(toward, cid, TODAY)] == [HALF.replace(" ", "-")]


async def _needs_talk(driver: Driver) -> FormScreen:
    """Open the form of the talk about needs from Today, where nothing else is taken on."""
    await driver.press("f")
    assert isinstance(driver.screen, FormScreen)
    return driver.screen


async def _say(driver: Driver, **answers: str) -> None:
    """Answer whether a word may be kept, by either."""
    for name, answer in answers.items():
        driver.screen.query_one(f"#field-{name}", YesNo).value = answer
        await driver.settle()


async def test_a_draft_holds_no_no_and_no_word_that_lacks_its_yes(empty: Environment) -> None:
    here = empty
    lifecycle.add(second(here), "s2.needs-talk")
    async with drive(here) as driver:
        form = await _needs_talk(driver)
        await _say(driver, agreed_mine="yes", agreed_theirs="yes")
        form.query_one("#field-my_needs", Input).value = "rest"
        form.query_one("#field-their_needs", Input).value = HALF
        await _say(driver, agreed_theirs="no")
        await cut(driver)
    (draft,) = drafts.unfinished(second(here))
    assert HALF not in files(here)[0].read_text("utf-8")
    assert draft.words == {"field-agreed_mine": "yes", "field-my_needs": "rest"}
    async with drive(here) as driver:
        form = await _needs_talk(driver)
        asked = form.query_one("#field-agreed_theirs", YesNo)
        assert asked.value is Select.NULL and form.query_one("#field-my_needs", Input).value == "rest"
        await _say(driver, agreed_theirs="yes")
        form.query_one("#field-their_needs", Input).value = HALF
        await cut(driver)
    assert HALF in files(here)[0].read_text("utf-8")
    async with drive(here) as driver:
        form = await _needs_talk(driver)
        assert form.query_one("#field-their_needs", Input).value == HALF
        await _say(driver, agreed_mine="no", agreed_theirs="no")
        await cut(driver)
    assert not files(here), "a draft of before holds nothing that lost its yes meanwhile"


async def test_a_yes_that_is_taken_back_in_a_draft_is_asked_for_anew(empty: Environment) -> None:
    here, toward = empty, second(empty)
    lifecycle.add(toward, "s2.needs-talk")
    commitment = toward.ledger.get("s2.needs-talk")
    assert commitment is not None
    answers = {"agreed_mine": True, "my_needs": "rest", "agreed_theirs": True, "their_needs": HALF}
    async with drive(here) as driver:
        fields = asked_now(commitment)
        form = FormScreen("Anew", fields, lambda _: followups.all_loops, answers)  # type: ignore[arg-type, return-value]
        await driver.app.push_screen(form)
        form.fill_in({"field-agreed_mine": "yes", "field-my_needs": "rest and quiet"})
        await driver.settle()
        assert form.given()["my_needs"] == "rest and quiet" and "agreed_theirs" not in form.given()
