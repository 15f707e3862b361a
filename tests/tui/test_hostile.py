"""Text from outside never acts: not as markup, not as a link, not on the terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.widgets import Input, TextArea

from tests.faults.totals import record
from tests.tui.driver import ROUTES, SIZES, TODAY, Driver, drive, second, walk
from tests.tui.hostile import TEXTS, bare
from tests.tui.terminal import Terminal
from tests.tui.test_frames import whole
from tracker.domain.text.clean import UNSAFE
from tracker.services.environment import Environment
from tracker.tui.app import TowardApp

PLACED = (
    "closing",
    "nothing",
    "click",
    "quit",
    "types",
    "open",
    "clipboard",
    "c1",
    "nul",
    "emoji",
    "wide",
    "combining",
)


@pytest.fixture
def hostile(kinds: Environment) -> Environment:
    """Return a store in which every text that wants to act is the title, plan, tag, skip and note of something."""
    toward = second(kinds)
    for name, text in TEXTS.items():
        if name != "surrogate":
            bare(toward, f"own.{name}", text, kind="event" if name in ("click", "escape", "closing") else "check")
    folder = next((kinds.data / "devices").iterdir())
    named = "".join(TEXTS[name] for name in ("clipboard", "c1", "bidi", "closing")).replace("/", "")
    (folder / f"{named}.json").write_text("damaged")
    record("hostile bytes", sum(len(text.encode("utf-8", "replace")) for text in (*TEXTS.values(), named)) * 5)
    return kinds


def harmless(driver: Driver, where: str) -> None:
    """Assert that no line of the screen holds what a terminal could act on, and that every line fits."""
    lines = driver.lines()
    found = [line for line in lines if UNSAFE.search(line) or any(ord(letter) < 32 for letter in line)]
    assert not found, (where, found)
    whole(driver, where)


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_stays_harmless_and_whole(
    hostile: Environment, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(TowardApp, "bell", lambda self: rung.append("bell"))
    async with drive(hostile, size) as driver:
        for key in ("g", "pagedown", "G"):
            await driver.press(key)
            harmless(driver, f"today, {key}")
        await driver.go("own.click")
        async for name in walk(driver):
            harmless(driver, name)
        assert not rung


@pytest.mark.parametrize("names", (PLACED[::2], PLACED[1::2]), ids=" ".join)
async def test_every_place_a_text_can_stand(
    kinds: Environment, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run of the app for several texts, one after another; what is said names the text and the key."""
    rung: list[str] = []
    monkeypatch.setattr(TowardApp, "bell", lambda self: rung.append("bell"))
    for name in names:
        bare(second(kinds), f"own.{name}", TEXTS[name], kind="event" if name in ("click", "escape") else "check")
    async with drive(kinds, (80, 24)) as driver:
        for name in names:
            await driver.go(f"own.{name}")
            for key in ("enter", "e", "n"):
                await driver.press(key)
                harmless(driver, f"{name}, {key}")
                if name in ("click", "quit") and driver.name not in ("Today", "ChoiceDialog"):
                    for y in range(1, 20, 3):
                        await driver.pilot.click(offset=Offset(12, y))
                    await driver.settle()
                assert not driver.app._exit and not rung, f"{name}, {key}"
                while driver.name != "Today":
                    await driver.press("escape")
                await driver.go(f"own.{name}")


async def test_what_is_typed_and_pasted_is_drawn_harmless(kinds: Environment) -> None:
    from textual import events

    async with drive(kinds, (80, 24)) as driver:
        await driver.press("e")
        driver.screen.query_one("#if_then", Input).value = "".join(
            text for name, text in TEXTS.items() if name != "surrogate"
        )
        await driver.settle()
        found = [line for line in driver.lines() if UNSAFE.search(line)]
        assert not found
        await driver.press("escape")
        assert driver.said.startswith("Something here is not kept yet")
        await driver.press("escape", "n")
        area = driver.screen.query_one(TextArea)
        area.post_message(events.Paste(TEXTS["clipboard"] + TEXTS["c1"] + TEXTS["bidi"]))
        await driver.settle()
        assert not [line for line in driver.lines() if UNSAFE.search(line)]
        await driver.press("ctrl+s")
        row = await driver.app.worker.run(lambda toward: toward.ledger.value(f"note|s1.origins|{TODAY}"))
        assert not UNSAFE.search(str(row))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
def test_in_a_real_terminal_nothing_acts_and_nothing_is_left(hostile: Environment, tmp_path: Path) -> None:
    root = tmp_path / "xdg" / "toward"
    root.parent.mkdir()
    shutil.move(hostile.state, root)
    here = Environment(hostile.data, root, hostile.clock)
    terminal = Terminal(tmp_path, here, 100, 60)
    try:
        terminal.until(b"25 November")
        terminal.until(b"[/b]")
        os.write(terminal.main, b"2rd")
        terminal.until(b"Streaks")
        os.write(terminal.main, b"\x1b")
        time.sleep(0.3)
        os.write(terminal.main, b"q")
        assert terminal.close() == 0
    finally:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()
    sent = terminal.bytes.replace(b"\x1b]22;default\x07", b"")
    assert b"]52;" not in sent.replace(b"\xef\xbf\xbd]52;", b""), "the clipboard is left alone"
    assert b"\x07" not in sent and b"\x9b" not in re.sub(rb"[\xc2-\xf4][\x80-\xbf]+", b"", sent)
    assert b"\xc2\x9b" not in sent and "\u202e".encode() not in sent
    for title in re.findall(rb"\x1b\][02];([^\x07\x1b]*)", sent):
        assert title in (b"", b"Toward"), "the window's title says nothing of what is inside"
    assert b"\x1b]8;" not in sent and b"\x1b]52" not in sent
    assert sent.rfind(b"\x1b[?1049l") > sent.rfind(b"\x1b[?1049h") >= 0, "the alternate screen is left"
    after = sent[sent.rfind(b"\x1b[?1049l") :]
    assert b"[/b]" not in after and b"Reply" not in after
    assert second(here).ledger.record("s4.reachable").on(TODAY), "what was pressed was kept"


def test_routes_are_all_of_them() -> None:
    assert len(ROUTES) == 12
