"""What happens around an open app: another process writes, the disk is full, the store is busy, damaged or too new."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, TextArea

from tests.tui.driver import TODAY, Driver, drive, full_disk, held, second, shown, value
from tracker.ledger.errors import Exit
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment
from tracker.services.logging import log_entry, quick_log
from tracker.store.files import exclusive
from tracker.tui.frame.dialogs import NoteDialog
from tracker.tui.worker import StoreWorker

REPLY, COUNT, TIME, SHARE = "s4.reachable", "s2.turn-toward", "s4.partner-time", "s6.weekly-share"


async def test_what_the_shell_writes_is_shown(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        shell = second(kinds)
        quick_log.reply(shell)
        await driver.poll()
        assert "kept" in driver.line("Reply to messages")
        assert driver.board.key == COUNT, "the cursor stays where it was"
        lifecycle.add_all(shell, ["s2.caring-act"])
        await driver.poll()
        assert "s2.caring-act" in driver.keys and driver.board.key == COUNT


async def test_every_page_shows_what_the_shell_writes(kinds: Environment) -> None:
    shell = second(kinds)
    async with drive(kinds, (120, 60)) as driver:
        await driver.press("d")
        quick_log.log_time(shell, 45)
        await driver.poll()
        assert "45 min of 2 h this week" in driver.text("#panel-text")
        await driver.press("escape")
        assert "45 of 120" in driver.line("Keep our time"), "a page below is fresh when it is seen again"
        await driver.go(REPLY)
        await driver.press("enter")
        quick_log.reply(shell, 2)
        await driver.poll()
        assert "2 logged" in driver.text("#told")
        await driver.press("escape", "a")
        lifecycle.add_all(shell, ["s2.caring-act"])
        await driver.poll()
        assert "9 yours" in driver.text("#aside")


async def test_a_poll_that_finds_nothing_changes_nothing(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("plus")
        before = driver.frame()
        await driver.poll()
        await driver.poll()
        assert driver.frame() == before


async def test_a_note_being_typed_survives_what_others_write(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("n")
        await driver.type("still thinking")
        quick_log.reply(second(kinds))
        await driver.poll()
        assert driver.screen.query_one(TextArea).text == "still thinking"
        await driver.press("ctrl+s")
        assert value(kinds, f"note|{REPLY}|{TODAY}") == {"private": {"text": "still thinking"}}
        await driver.poll()
        assert "kept" in driver.line("Reply to messages")


async def test_two_windows_each_add_one(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        await driver.press("plus")
        shell = second(kinds)
        commitment = shell.ledger.get(COUNT)
        assert commitment is not None
        log_entry.done(shell, commitment, amount=1)
        await driver.press("plus")
        assert held(kinds, COUNT).done == 3 and "3 of 3" in driver.line("Notice small")


async def test_a_full_disk_is_said_and_nothing_is_shown_as_saved(
    kinds: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        with full_disk(monkeypatch):
            await driver.press("space")
            assert driver.said.startswith("Nothing was saved: No space left on device")
            assert driver.page.message.has_class("-warn")
            assert "open" in driver.line("Reply to messages") and "0 of" in driver.text("#aside")
            assert held(kinds, REPLY).logged == 0
        await driver.press("space")
        assert "done, today" in driver.said and not driver.page.message.has_class("-warn")
        assert held(kinds, REPLY).logged == 1


async def test_a_full_disk_keeps_every_word_of_a_note(kinds: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("n")
        await driver.type("not to be lost")
        with full_disk(monkeypatch):
            await driver.press("ctrl+s")
            assert isinstance(driver.screen, NoteDialog)
            assert "No space left" in driver.said and "still here" in driver.said
            assert driver.screen.query_one(TextArea).text == "not to be lost"
        await driver.press("ctrl+s")
        assert driver.name == "Today" and "note kept" in driver.said
        assert value(kinds, f"note|{REPLY}|{TODAY}") == {"private": {"text": "not to be lost"}}


async def test_a_full_disk_keeps_a_form_open(kinds: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive(kinds) as driver:
        await driver.press("a", "n")
        await driver.type("Sing")
        with full_disk(monkeypatch):
            await driver.press("ctrl+s")
            assert driver.name == "Edit" and "No space left" in driver.text("#trouble")
        await driver.press("ctrl+s")
        assert driver.name == "Catalogue"


def gone(driver: Driver) -> bool:
    """Return whether the app was left."""
    return driver.app._exit


async def test_one_key_tries_again_what_the_disk_refused(kinds: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive(kinds) as driver:
        await driver.press("y")
        assert "Nothing waits" in driver.said
        with full_disk(monkeypatch):
            await driver.press("o", "1", "4", "7")
            assert "No space left" in driver.said and driver.said.endswith("y tries again")
            await driver.press("y")
            assert driver.said.endswith("y tries again") and second(kinds).ledger.get(SHARE) is None
        await driver.press("y")
        [entry] = second(kinds).ledger.entries_on(SHARE, TODAY)
        assert (entry.fields["topic"], entry.fields["depth"]) == ("fears", 4) and "at depth 4" in driver.said
        await driver.press("y")
        assert len(second(kinds).ledger.entries_on(SHARE, TODAY)) == 1, "what is saved is not saved twice"
        await driver.press("a")
        await driver.go("s2.caring-act")
        with full_disk(monkeypatch):
            await driver.press("space", "enter")
            assert driver.name == "Catalogue" and "1 marked" in driver.text("#aside")
        await driver.press("y")
        assert driver.name == "Today" and second(kinds).ledger.get("s2.caring-act") is not None


async def test_a_line_that_was_typed_stands_until_it_is_saved(
    kinds: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(kinds) as driver:
        await driver.go(TIME)
        await driver.press("space")
        with full_disk(monkeypatch):
            await driver.type("1h30\n")
            assert driver.name == "LineDialog" and "No space left" in driver.said and "still here" in driver.said
        await driver.press("enter")
        assert driver.name == "Today" and held(kinds, TIME).done == 90
        await driver.press("p")
        await driver.type("some day\n")
        assert driver.name == "LineDialog" and driver.screen.query_one(Input).value == "some day"
        await driver.press("ctrl+q")
        assert not gone(driver) and "ctrl+q once more" in driver.said
        await driver.press("escape")
        assert driver.name == "Today"


async def test_leaving_asks_once_where_something_is_not_kept(
    kinds: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("e", "ctrl+q")
        assert gone(driver), "nothing was typed"
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("e")
        await driver.type("x")
        await driver.press("escape")
        assert driver.name == "Edit" and "once more" in driver.text("#trouble")
        await driver.press("escape")
        await driver.press("n")
        await driver.type("words")
        await driver.press("ctrl+q")
        assert not gone(driver) and "once more" in driver.said
        await driver.press("ctrl+s")
        with full_disk(monkeypatch):
            await driver.press("space", "q")
            assert not gone(driver) and "y tries again" in driver.said
            await driver.press("q")
            assert gone(driver) and held(kinds, REPLY).logged == 0


@contextmanager
def locked(here: Environment) -> Iterator[None]:
    """Hold the store's lock on another thread, as another process would."""
    folder = here.data / "devices" / second(here).store.device
    held_now, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with exclusive(folder, 5):
            held_now.set()
            let_go.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held_now.wait(5)
    try:
        yield
    finally:
        let_go.set()
        thread.join()


async def asked(driver: Driver, until: Callable[[], bool]) -> None:
    """Let the app run on until something holds; it is the app's own timers that are waited for."""
    for _ in range(500):
        await driver.pilot.pause(0.01)
        if until():
            return
    raise AssertionError(driver.frame())


async def test_a_busy_store_is_said_and_the_screen_stays_alive(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        with locked(kinds):
            driver.send("space")
            await asked(driver, lambda: "Saving…" in driver.said)
            assert "open" in driver.line("Reply to messages"), "nothing is shown as saved"
            poll = driver.app.run_worker(driver.app._poll())
            driver.send("k", "j", "question_mark")
            await asked(driver, lambda: driver.name == "Help")
            driver.send("escape")
            await asked(driver, lambda: driver.name == "Today")
            assert held(kinds, REPLY).logged == 0
        await poll.wait()
        await driver.settle()
        assert "done, today" in driver.said and held(kinds, REPLY).logged == 1


async def test_a_store_that_stays_busy_is_given_up_on(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        driver.app.worker = StoreWorker(lambda key: Workspace.at(kinds.data, kinds.state, kinds.clock, 0.01, key=key))
        await driver.go(REPLY)
        with locked(kinds):
            await driver.press("space")
            assert "Try again in a moment" in driver.said and driver.page.message.has_class("-warn")
            await driver.press("n")
            await driver.type("waits")
            await driver.press("ctrl+s")
            assert isinstance(driver.screen, NoteDialog) and "still here" in driver.said
        await driver.press("ctrl+s")
        assert driver.name == "Today"
        assert value(kinds, f"note|{REPLY}|{TODAY}") == {"private": {"text": "waits"}}


async def test_leaving_while_busy_still_saves(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        with locked(kinds):
            driver.send("space", "q")
            await driver.pilot.pause(0.05)
            assert not driver.app._exit, "a write is under way"
        await asked(driver, lambda: driver.app._exit)
    assert held(kinds, REPLY).logged == 1


def months(here: Environment) -> list[Path]:
    """Return the month files, oldest first."""
    return sorted(path for path in here.data.glob("devices/*/*.json") if path.name[0] == "2")


async def test_a_damaged_month_is_named(demo: Environment) -> None:
    path = months(demo)[-2]
    path.write_bytes(path.read_bytes()[:200] + b"\xff{")
    async with drive(demo, (200, 40)) as driver:
        assert driver.name == "Today" and path.name in driver.said, driver.said
        assert driver.page.message.has_class("-warn")
        await driver.go(REPLY)
        await driver.press("space")
        assert held(demo, REPLY).logged == 1, "the other months can be used"


async def test_damage_that_comes_while_the_app_is_open_is_named_once(demo: Environment) -> None:
    async with drive(demo, (200, 40)) as driver:
        path = months(demo)[-1]
        kept = path.read_bytes()
        path.write_bytes(kept[:200] + b"\xff{")
        await driver.poll()
        assert (
            path.name in driver.said
            and driver.said.endswith("Doctor (ctrl+p)")
            and driver.page.message.has_class("-warn")
        )
        await driver.press("d")
        await driver.poll()
        assert not driver.said, "it is said once"
        path.write_bytes(kept)
        await driver.poll()
        path.write_bytes(kept[:200] + b"\xff{")
        await driver.poll()
        assert path.name in driver.said


async def test_a_month_that_vanishes_is_kept_said_and_put_back_on_request(kinds: Environment) -> None:
    async with drive(kinds, (160, 30)) as driver:
        await driver.go(REPLY)
        await driver.press("space")
        for path in months(kinds):
            path.unlink()
        await driver.poll()
        assert "disappeared while it was open" in driver.said and driver.page.message.has_class("-warn")
        assert "kept" in driver.line("Reply to messages") and not months(kinds)
        await driver.press("d", "escape")
        await driver.poll()
        await driver.press("ctrl+p")
        await driver.type("Put back")
        await shown(driver, "Put back")
        await driver.press("enter")
        assert "written again" in driver.said and held(kinds, REPLY).logged == 1


async def test_a_store_of_a_newer_format_is_shown_and_not_written(kinds: Environment) -> None:
    path = kinds.data / "store.json"
    marker: dict[str, Any] = json.loads(path.read_text())
    path.write_text(json.dumps(marker | {"format": 99}))
    async with drive(kinds, (200, 40)) as driver:
        assert driver.name == "Today" and driver.page.message.has_class("-warn")
        assert "newer" in driver.said
        await driver.go(REPLY)
        await driver.press("space")
        assert driver.page.message.has_class("-warn") and "newer" in driver.said
        assert "open" in driver.line("Reply to messages")


@pytest.mark.parametrize("size", [(60, 18), (120, 40)])
async def test_a_folder_that_cannot_be_read_leads_to_one_sentence_and_an_exit_code(
    kinds: Environment, size: tuple[int, int]
) -> None:
    (kinds.data / "store.json").unlink()
    async with drive(kinds, size) as driver:
        assert driver.name == "Trouble"
        assert driver.shows("cannot open your data") and driver.shows("Nothing was changed.")
        assert driver.shows("store.json")
        await driver.app._poll()
        await driver.press("exclamation_mark")
        assert driver.name == "Safety" and "crisis line" in driver.text("#notice")
        await driver.press("e", "escape", "q")
        assert driver.app.return_value == driver.app.return_code == Exit.DAMAGED


async def test_a_file_where_the_folder_belongs(empty: Environment) -> None:
    empty.data.write_text("not a folder")
    async with drive(empty) as driver:
        assert driver.name == "Trouble"
        await driver.press("escape")
        assert driver.app.return_code and driver.app.return_code == driver.app.return_value


async def test_a_folder_that_goes_away_is_said(kinds: Environment, tmp_path: Path) -> None:
    async with drive(kinds, (160, 30)) as driver:
        kinds.data.rename(tmp_path / "elsewhere")
        await driver.poll()
        assert driver.shows("Reply to messages"), "what is known stays on the screen"
        await driver.go(REPLY)
        await driver.press("space")
        assert driver.page.message.has_class("-warn") and "open" in driver.line("Reply to messages")
        (tmp_path / "elsewhere").rename(kinds.data)
        await driver.press("space")
        assert held(kinds, REPLY).logged == 1
