"""What stands between the screens and whoever looks at them: the lock, the blank screen, and what is half typed.

Whatever covers the app, the words behind it are kept: in memory while it runs, and encrypted on the disk once the key
of the store is dropped or the terminal goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.events import Event, InputEvent
from textual.screen import Screen
from textual.widgets import TextArea

from tracker.domain.text import discreet_mode
from tracker.ledger.errors import Locked, TowardError
from tracker.ledger.workspace import Workspace
from tracker.services import settings
from tracker.services.appearance import keep_discreet
from tracker.services.environment import Environment, is_discreet, state_of
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.frame.half_typed import HalfTyped
from tracker.tui.frame.store_status import StoreStatus
from tracker.tui.screens.store.blank import BlankScreen
from tracker.tui.terminal.farewell import Farewell
from tracker.tui.terminal.idle import Idle, elapsed
from tracker.tui.terminal.signals import SignalListener, leave_if_alone
from tracker.tui.terminal.suspending import NO_SHELL, has_shell, listen_for_stop
from tracker.tui.worker import StoreWorker

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tracker.services.safekeeping.encryption import StoreKey

KEEP_TITLE, OWN_TITLE = "\x1b[22;2t", "\x1b[23;2t"
"""Let the terminal remember the title of its window, and show the remembered one again."""
BLANK_TITLE = "Terminal"
REMINDER = "a reminder"
DEAF_AT_MOST = 0.3
"""Seconds in which what was typed before a cover was drawn away acts on nothing, if nothing is drawn until then."""


class GuardedApp(HalfTyped):
    """An app over an open store that can be blanked, locked, suspended and cut off, and loses no words by it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "leave", id="quit", show=False, priority=True, tooltip="Leave Toward"),
        Binding(
            "ctrl+g,f8",
            "blank",
            "blank the screen",
            id="blank",
            show=False,
            priority=True,
            tooltip="Blank the screen at once, anywhere; any key comes back, by the passphrase if there is one",
        ),
        Binding(
            "f7",
            "discreet",
            "discreet",
            id="discreet",
            show=False,
            tooltip="Letters for steps, codes for titles, dots for your words; and back",
        ),
        Binding("f9", "lock", "lock", id="lock", show=False, priority=True, tooltip="Lock an encrypted store at once"),
        Binding(
            "ctrl+z",
            "suspend",
            "to the shell",
            id="suspend",
            show=False,
            priority=True,
            tooltip="Back to the shell for a while; fg comes back here",
        ),
        Binding("ctrl+underscore", "undo_typing", show=False, priority=True, id="undo-typing"),
    ]

    def __init__(self, here: Environment, discreet: bool | None = None) -> None:
        super().__init__()
        self.here = here
        discreet_mode.draw(is_discreet(state_of(here.data, here.state)) if discreet is None else discreet)
        self.worker = StoreWorker(self._open_store)
        self.store_status = StoreStatus()
        self._seen = asyncio.Event()
        self._seen.set()
        self._by_hand = self._deaf = self._leaving = False
        self._title_shown = ""
        self.elapsed = elapsed
        self._idle = Idle(lambda: self.elapsed())
        self._farewell = Farewell()
        self.signals = SignalListener(self._farewell)
        self._stop: Callable[[], None] | None = None

    async def start(self) -> None:
        """Open the store and show the first screen."""
        raise NotImplementedError

    def _open_store(self, key: StoreKey | None) -> Workspace:
        """Open the store; only at the start is the system's keyring asked, and never after it was locked."""
        here = self.here
        try:
            return Workspace.at(here.data, here.state, here.clock, key=key)
        except Locked:
            from tracker.services.safekeeping.keyring import recall

            known = None if key or self._by_hand else recall(here.data, here.state)
            if known is None:
                raise
            return Workspace.at(here.data, here.state, here.clock, key=known)

    async def on_event(self, event: Event) -> None:
        """Remember when somebody last did something; what was typed before a cover was drawn away acts on nothing.

        Nor does what is typed where the store should have been locked by now: it is locked instead.
        """
        if isinstance(event, InputEvent):
            if not self.screen_stack:
                # The app is leaving, and its last screen has gone.
                return
            late = self.overdue
            self._idle.touch()
            if late:
                await self.action_lock()
            if late or self._deaf:
                return
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action is to be had: nothing but coming back acts on a blank screen."""
        if isinstance(self.screen, BlankScreen):
            return action == "suspend"
        if action == "lock":
            return self.store_status.encrypted
        if action == "undo_typing":
            return isinstance(self.focused, TextArea)
        return action != "command_palette" or not is_lock(self.screen)

    def notify(self, message: str, **how: Any) -> None:
        """Show a notification, with no word in it where the app is discreet, and none where nothing is to be shown."""
        if isinstance(self.screen, BlankScreen):
            return
        if discreet_mode.is_drawn():
            message, how = REMINDER, {name: value for name, value in how.items() if name != "title"}
        super().notify(message, **how)

    async def action_discreet(self) -> None:
        """Be discreet from now on, also the next time, or not any more."""
        on = not discreet_mode.is_drawn()
        here = self.here
        try:
            await self.worker.run_without_store(lambda: keep_discreet(state_of(here.data, here.state), on))
        except TowardError as error:
            self.show_message(error.message, True)
            return
        discreet_mode.draw(on)
        self.show_title()
        if isinstance(self.screen, DataScreen):
            self.screen.reload()
            self.show_message(settings.say_discreet(on), False)

    def show_message(self, text: str, warn: bool) -> None:
        """Say a sentence on the page on top, also below a prompt."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, DataScreen):
                screen.show_message(text, warn=warn)
                return

    def action_undo_typing(self) -> None:
        """Undo what was typed last in a text: ctrl+z is for the shell."""
        if isinstance(self.focused, TextArea):
            self.focused.undo()

    @property
    def covered(self) -> bool:
        """Return whether a blank screen or a lock stands before everything."""
        return any(is_lock(screen) for screen in self.screen_stack)

    async def wait_until_visible(self) -> None:
        """Wait until nothing stands before the screens, so that what opens next opens behind no lock."""
        await self._seen.wait()

    @property
    def holds_words(self) -> bool:
        """Return whether a screen holds words that would be lost with it."""
        return any(isinstance(screen, GuardedScreen) and screen.unsaved for screen in self.screen_stack)

    @property
    def _stays(self) -> bool:
        """Return whether the screens stay behind a lock: somebody types there, and not for nobody else to see."""
        return self.holds_words and not any(
            isinstance(each, GuardedScreen) and each.FORGETS for each in self.screen_stack
        )

    async def action_blank(self) -> None:
        """Show nothing, at once; a store with a passphrase is locked behind it."""
        if isinstance(self.screen, BlankScreen):
            return
        self._seen.clear()
        locked = self.covered
        await self.push_screen(BlankScreen(self._come_back))
        self.show_title()
        if self.store_status.encrypted and not locked:
            if not self._stays:
                with self.batch_update():
                    await self._clear()
                    await self.push_screen(BlankScreen(self._come_back))
            await self._drop_key()

    def _come_back(self) -> None:
        """Let what is behind the blank screen be seen again, or ask for the passphrase first."""
        from tracker.services.lock_status import needs_key

        blank = self.screen
        if not isinstance(blank, BlankScreen):
            return
        self._deaf = True
        if any(is_lock(screen) for screen in self.screen_stack[:-1]):
            self.pop_screen()
        elif self.store_status.encrypted or needs_key(self.here.data):
            self._by_hand = True
            self.run_worker(self._drop_key(), group="lock")
            self.switch_screen(self._unlocker(kept=len(self.screen_stack) > 2))
        else:
            self.pop_screen()
            self._seen.set()
        self.show_title()
        self.screen.call_after_refresh(self._hear)
        # Where another screen opens just now, the one below is not drawn, and would never say so.
        self.set_timer(DEAF_AT_MOST, self._hear)

    def _hear(self) -> None:
        self._deaf = False

    @property
    def overdue(self) -> bool:
        """Return whether nobody did anything for as long as the store is to stay open, and it stands open still."""
        status = self.store_status
        return bool(status.encrypted and status.minutes) and not self.covered and self._idle.lasted(status.minutes)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Paint, but nothing of a store that should have been locked by now, as after the computer slept."""
        if self.is_running and self.overdue:
            self.call_later(self.action_lock)
        else:
            super()._display(screen, renderable)

    async def action_lock(self) -> None:
        """Lock an encrypted store at once: the store, its key and every screen are dropped.

        A screen that somebody types on is not: it is covered, and its words come back once the store is unlocked.
        """
        if not self.store_status.encrypted or self.covered:
            return
        self._seen.clear()
        kept = self._stays
        if not kept:
            await self._clear()
        self.ask_passphrase(kept=kept)
        await self._drop_key()

    async def _drop_key(self) -> None:
        """Forget the key, once everything asked for is done and what is half typed is encrypted with it."""
        self._by_hand = True
        await self.keep_drafts()
        await self.worker.reopen(None)

    def ask_passphrase(self, *, kept: bool = False) -> None:
        """Ask for the passphrase, before everything else; with `kept` words wait behind it."""
        self.push_screen(self._unlocker(kept=kept))

    def _unlocker(self, *, kept: bool) -> Screen[Any]:
        from tracker.tui.screens.store.unlock import UnlockScreen

        return UnlockScreen(self._opened, kept=kept)

    def safety_screen(self, first: str = "", *, numbers: bool = True) -> Screen[None]:
        """Return the safety page, beginning with the paragraph `first`; with `numbers` the person's own too."""
        from tracker.tui.screens.safety import SafetyScreen

        return SafetyScreen(first, own_numbers=numbers)

    def _opened(self) -> None:
        """Go on where somebody was writing, or from Today."""
        self._idle.touch()
        below = self.screen_stack[-2]
        self.pop_screen()
        self._seen.set()
        if below is self.screen_stack[0]:
            self.run_worker(self.start(), group="start")

    async def _clear(self) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    def reopen(self, key: StoreKey | None) -> None:
        """Begin again from Today after the store was encrypted, or got another key, or became plain."""

        async def begin() -> None:
            await self.worker.reopen(key)
            await self._clear()
            await self.start()

        # A worker of the app: one of the screen that asked would go with it.
        self.run_worker(begin(), group="start")

    def show_title(self, *, over: bool = False) -> None:
        """Show a neutral window title while the screen is blank or discreet, and else the one that was there."""
        blank = bool(self.screen_stack) and isinstance(self.screen, BlankScreen)
        title = "" if over else BLANK_TITLE if blank else discreet_mode.NAME if discreet_mode.is_drawn() else ""
        if self._driver is None or self.is_headless or title == self._title_shown:
            return
        keep = "" if self._title_shown else KEEP_TITLE
        self._farewell.last_words = OWN_TITLE if title else ""
        self._driver.write(f"{keep}\x1b]2;{title}\x1b\\" if title else OWN_TITLE)
        self._title_shown = title

    def exit(self, *args: Any, **kwargs: Any) -> None:
        """Leave, with the title of the window as it was."""
        self.show_title(over=True)
        super().exit(*args, **kwargs)

    # Cut off ----------------------------------------------------------------------------------------------------------

    def cut_off(self, code: int) -> None:
        """Leave with an exit code because the terminal goes or somebody asks; what is half typed is kept first."""
        if self._leaving:
            return
        self._leaving = True
        if not self.is_headless:
            self._farewell.end_soon(code)
        self._going = asyncio.get_running_loop().create_task(self._cut_off(code))

    async def _cut_off(self, code: int) -> None:
        try:
            await self.keep_drafts()
        finally:
            self.exit(code)

    def panic(self, *renderables: Any) -> None:
        """Say what went wrong and leave; where the terminal has gone there is nobody to say it to."""
        if self.is_headless or not leave_if_alone(self.cut_off):
            super().panic(*renderables)

    # To the shell and back -------------------------------------------------------------------------------------------

    def listen_for_stop(self) -> None:
        """Lock before anybody stops this process, by ctrl+z or from outside."""
        self._stop = listen_for_stop(lambda: self.run_worker(self.action_suspend(), group="suspend", exclusive=True))
        self.app_resume_signal.subscribe(self, self._back_from_shell, immediate=True)

    async def action_suspend(self) -> None:
        """Give the terminal back to the shell; a store with a passphrase is locked meanwhile."""
        if self._stop is None or not has_shell():
            if isinstance(self.screen, DataScreen):
                self.screen.show_message(NO_SHELL, warn=True)
            return
        # What was typed after the key is not for the app.
        self._deaf = True
        if not isinstance(self.screen, BlankScreen):
            await self.action_lock()
        await self.keep_drafts()
        self.app_suspend_signal.publish(self)
        self._stop()

    def _back_from_shell(self, _app: object) -> None:
        self._deaf = False
        self.refresh(layout=True)
        self.screen.refresh(layout=True)


def is_lock(screen: Screen[Any]) -> bool:
    """Return whether a screen stands before a store that is locked, or before everything."""
    return isinstance(screen, GuardedScreen) and screen.LOCKED
