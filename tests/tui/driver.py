"""Open the app on a store, press its keys, and read what stands on the screen and in the store."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from textual import events
from textual._compositor import Compositor
from textual.geometry import Offset
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot, WaitForScreenTimeout
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Footer, OptionList, Static

from tracker.ledger.errors import TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.environment import Environment
from tracker.services.views.day_rows import Row, row
from tracker.tui.app import TowardApp
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.widgets.board import Board

NOW = datetime(2026, 11, 25, 19, 30, tzinfo=timezone(timedelta(hours=1)))
"""A Wednesday evening; every store of these tests lives around it."""

TODAY = NOW.date()
SIZES = ((60, 18), (80, 24), (120, 40), (200, 60))
TURNS = 200
CALM = 2
PATIENCE = 30.0
DRAW = Compositor.render_update


class Hands:
    """A clock that is moved by hand; to set its moment alone is to set the clock of a computer."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment
        self.passed = timedelta()

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment

    def move(self, **by: float) -> None:
        """Let time pass, by what a timedelta is made of."""
        self.moment += timedelta(**by)
        self.passed += timedelta(**by)

    def elapsed(self) -> float:
        """Return the seconds that have passed, whatever the clock was set to."""
        return self.passed.total_seconds()


def day(ago: int) -> date:
    """Return the day so many days before today."""
    return TODAY - timedelta(days=ago)


def second(here: Environment) -> Workspace:
    """Return the same store opened once more, as the shell or another window does."""
    return Workspace.at(here.data, here.state, here.clock, lock_timeout=5)


def held(here: Environment, cid: str, on: date = TODAY) -> Row:
    """Return what a store opened anew holds of a commitment on a day."""
    toward = second(here)
    commitment = toward.ledger.get(cid)
    assert commitment is not None, cid
    return row(toward, commitment, on)


def value(here: Environment, key: str) -> Any:
    """Return the newest value of a key in a store opened anew."""
    toward = second(here)
    toward.load_history()
    return toward.ledger.value(key)


class Passed(asyncio.Event):
    """Set when it is called; it says that it takes nothing, which Textual otherwise finds out anew for each."""

    _param_count = 0

    def __call__(self) -> None:
        """Remember that it was called."""
        self.set()


class Driver:
    """A running app, the store it shows, and the hands on its keyboard."""

    def __init__(self, app: TowardApp, pilot: Pilot[int], here: Environment) -> None:
        self.app, self.pilot, self.here = app, pilot, here

    @property
    def screen(self) -> Screen[Any]:
        """Return the screen on top."""
        return self.app.screen

    @property
    def page(self) -> DataScreen[Any]:
        """Return the page on top."""
        assert isinstance(self.screen, DataScreen), self.screen
        return self.screen

    @property
    def board(self) -> Board:
        """Return the list of the page on top."""
        return self.screen.query_one(Board)

    @property
    def keys(self) -> list[str]:
        """Return the keys of the lines in the list, in sight or not."""
        return [line.key for line in self.board._lines if line.key is not None]

    @property
    def name(self) -> str:
        """Return the class of the screen on top, without its last word."""
        return type(self.screen).__name__.removesuffix("Screen")

    @property
    def said(self) -> str:
        """Return the message line, or what is wrong in a prompt or form."""
        for selector in ("#message", "#trouble"):
            for found in self.screen.query(selector).results(Static):
                return _text(found)
        return ""

    def text(self, selector: str) -> str:
        """Return what a static widget says."""
        return _text(self.screen.query_one(selector, Static))

    def lines(self) -> list[str]:
        """Return the frame as it would stand on the terminal, line by line."""
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def frame(self) -> str:
        """Return the frame as text without blanks at the ends of lines; of a prompt only the prompt itself."""
        lines = self.lines()
        if isinstance(self.screen, ModalScreen):
            region = self.screen.query(".prompt, #--container").first().region
            lines = [line[region.x : region.right] for line in lines[region.y : region.bottom]]
        return "\n".join(line.rstrip() for line in lines) + "\n"

    async def still(self) -> str:
        """Return the frame once it does not change any more: scrollbars and wrapped lines settle one after another."""
        frame = ""
        for _ in range(TURNS):
            await self.settle()
            await self.pilot.pause()
            before, frame = frame, self.frame()
            if frame == before:
                return frame
        raise AssertionError(f"the screen does not come to rest:\n{frame}")

    def line(self, part: str) -> str:
        """Return the first line of the frame that holds a text."""
        found = [line for line in self.lines() if part in line]
        assert found, f"{part!r} is not on the screen:\n{self.frame()}"
        return found[0]

    def shows(self, part: str) -> bool:
        """Return whether a text stands on the screen."""
        return any(part in line for line in self.lines())

    async def settle(self) -> None:
        """Wait, without sleeping, until messages, workers and the services' thread have nothing left to do."""
        calm = 0
        before: object = None
        for _ in range(TURNS):
            if calm == CALM:
                await self._wait(self.pilot._wait_for_screen(), "a widget does not answer")
            else:
                await self.ripple()
            if self.app._exit:
                return
            await self.flush()
            await self.ripple()
            busy = [worker for worker in self.app.workers if not worker.is_finished]
            now = (self.screen, len(busy))
            over = isinstance(self.screen, ModalScreen) or getattr(self.screen, "kept", False)
            # A lock over what was half typed waits for nobody while it opens; what lies below it does.
            opening = getattr(self.screen, "kept", False) and any(each.node is self.screen for each in busy)
            if now != before or opening or (busy and not over):
                before, calm = now, 0
                continue
            calm += 1
            if calm > CALM and self._laid_out():
                self.draw()
                return
            if calm >= CALM:
                self.screen._on_timer_update()
        raise AssertionError(f"still busy after {TURNS} turns: {busy}")

    def draw(self) -> None:
        """Draw what has changed since the last drawing; raises what a widget raises that cannot be drawn."""
        compositor = self.screen._compositor
        if compositor._dirty_regions:
            DRAW(compositor, screen_stack=self.app._background_screens)

    async def ripple(self) -> None:
        """Wait until what was sent has gone from the app to the widget with the focus, and up to the app again."""
        focused = self.screen.focused or self.screen
        end = time.monotonic() + PATIENCE
        for pump in (self.app, *focused.ancestors_with_self):
            passed = Passed()
            if not pump.post_message(events.Callback(callback=passed)):
                continue
            while not self._arrived(passed):
                await asyncio.sleep(0)
                assert time.monotonic() < end, f"{pump} does not answer"

    def _arrived(self, passed: asyncio.Event) -> bool:
        """Return whether something has come through, or nothing more will."""
        return passed.is_set() or self.over

    @property
    def over(self) -> bool:
        """Return whether the app is on its way out, or has met an error that ends it."""
        return bool(self.app._exit or self.app._exception_event.is_set())

    async def _wait(self, what: Awaitable[object], trouble: str) -> None:
        """Wait for something that takes milliseconds; what takes half a minute is told and not waited for."""
        try:
            await asyncio.wait_for(what, PATIENCE)
        except (TimeoutError, WaitForScreenTimeout):
            name = type(self.app.screen).__name__ if self.app.screen_stack else "no screen"
            raise AssertionError(f"{trouble}, after {PATIENCE} seconds on {name}") from None

    async def tap(self, *keys: str) -> None:
        """Press keys that stay on this screen, each when the one before has reached its widget."""
        for key in keys:
            self.send(key)
            for _ in range(3):
                await self.ripple()

    def _laid_out(self) -> bool:
        """Return whether the prompt and the footer, which come last, have their places."""
        footers = list(self.screen.query(Footer))
        return all(prompt.region for prompt in self.screen.query(".prompt")) and all(
            footer.children and all(key.region for key in footer.children) for footer in footers
        )

    async def flush(self) -> None:
        """Wait until the services' thread has done all it was asked for."""
        with contextlib.suppress(TowardError):
            await self._wait(self.app.worker.run(lambda toward: None), "the services' thread is not done")

    async def press(self, *keys: str) -> None:
        """Press keys one after another, each when the one before has done its work."""
        for key in keys:
            self.send(key)
            await self.settle()

    def send(self, *keys: str) -> None:
        """Press keys at once, as a paste or fast fingers do, and wait for nothing."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            driver.send_message(_event(self.app, key))

    async def type(self, text: str) -> None:
        """Type a text letter by letter; a newline is enter."""
        for letter in text:
            self.send("enter" if letter == "\n" else letter)
        await self.settle()

    async def go(self, cid: str) -> None:
        """Put the cursor of the list on a commitment."""
        self.board.select(cid)
        await self.settle()
        assert self.board.key == cid, f"{cid} is not on the screen:\n{self.frame()}"

    async def poll(self) -> None:
        """Look for what others wrote, as the app does each second."""
        await self.app._poll()
        await self.settle()

    async def click(self, widget: Widget, x: int, y: int, times: int = 1) -> None:
        """Click into a widget."""
        await self.pilot.click(widget, offset=Offset(x, y), times=times)
        await self.settle()


def _text(static: Static) -> str:
    return str(static.render()) if not hasattr(static.content, "plain") else static.content.plain


def _event(app: TowardApp, key: str) -> events.Key:
    import unicodedata

    if len(key) == 1 and not key.isalnum():
        key = _character_to_key(key)
    letter: str | None
    try:
        letter = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        letter = key if len(key) == 1 else None
    event = events.Key(key, letter)
    event.set_sender(app)
    return event


def _drawn_at_rest(compositor: Compositor, full: bool = False, **_: object) -> None:
    """Remember what is to be drawn: without a terminal a drawing is thrown away, and most are of half a change."""
    if full:
        compositor._dirty_regions = {compositor.size.region}


@asynccontextmanager
async def drive(
    here: Environment, size: tuple[int, int] = (100, 30), theme: str = "", *, at_once: bool = False
) -> AsyncIterator[Driver]:
    """Run the app on a store until the block ends, with notifications and tooltips as a person has them.

    It is drawn whenever it comes to rest, or `at_once` with every change, as it is on a terminal.
    """
    app = TowardApp(here)
    if isinstance(here.clock, Hands):
        app.elapsed = here.clock.elapsed
        app._idle.touch()
    app.animation_level = "none"
    with patch.object(Compositor, "render_update", DRAW if at_once else _drawn_at_rest):
        async with _driven(app, here, size, theme) as driver:
            yield driver


@asynccontextmanager
async def _driven(app: TowardApp, here: Environment, size: tuple[int, int], theme: str) -> AsyncIterator[Driver]:
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        driver = Driver(app, pilot, here)
        if theme:
            app.theme = theme
        await driver.settle()
        yield driver


def no_control(texts: Iterable[str]) -> list[str]:
    """Return the texts that hold anything a terminal could act on."""
    return [text for text in texts if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text)]


def state_root(folder: Path) -> Path:
    """Return where the stores of a test keep their state."""
    return folder / "state"


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every write of a shard meet a full disk."""

    def full(path: Path, data: bytes, *, durable: bool = True) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        for module in ("storage", "housekeeping"):
            patch.setattr(f"tracker.store.log.{module}.atomic_write", full)
        yield


ROUTES: dict[str, tuple[tuple[str, ...], int]] = {
    "today": ((), 0),
    "dashboard": (("d",), 1),
    "commitment": (("enter",), 1),
    "catalogue": (("a",), 1),
    "edit": (("e",), 1),
    "own": (("a", "n"), 2),
    "help": (("question_mark",), 1),
    "safety": (("exclamation_mark",), 1),
    "note": (("n",), 1),
    "choose": (("o",), 1),
    "cards": (("c",), 1),
    "palette": (("ctrl+p",), 1),
}
"""Every screen that Today leads to: the keys that open it, and how often escape leads back."""


async def walk(driver: Driver) -> AsyncIterator[str]:
    """Open one screen after another from Today, and yield the name of each while it is on top."""
    for name, (keys, back) in ROUTES.items():
        await driver.press(*keys)
        if name == "palette":
            await shown(driver)
        yield name
        await driver.press(*["escape"] * back)
        assert driver.name == "Today", f"{name} leads back to {driver.name}"


async def shown(driver: Driver, part: str = "") -> None:
    """Wait until the palette has found something, and a text stands in it."""
    for _ in range(TURNS):
        await driver.settle()
        if driver.screen.query(OptionList).first().option_count and (not part or driver.shows(part)):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{part!r} is not in the palette:\n{driver.frame()}")
