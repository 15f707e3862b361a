"""The app: opens the store, shows Today, and keeps what is on the screen in step with what is on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.events import Event, InputEvent
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import WorkerFailed

from tracker.domain.clean import harmless
from tracker.domain.clock import Clock
from tracker.services.crash import record
from tracker.services.environment import Environment, environment
from tracker.services.errors import Locked, TowardError
from tracker.services.toward import Toward
from tracker.tui.bridge import Bridge
from tracker.tui.closing import PATIENCE, Closing
from tracker.tui.page import MOMENT, Page
from tracker.tui.palette import Everything
from tracker.tui.safe import Harmless
from tracker.tui.signals import keep_quiet, leave_if_alone, listen
from tracker.tui.standing import Standing, first_look, look
from tracker.tui.syncing import Syncing
from tracker.tui.themes import DARK, THEMES, styles

if TYPE_CHECKING:
    from textual.types import CSSPathType

    from tracker.services.locks import Key

POLL_SECONDS = 1.0
MOVES = ("left", "right", "h", "l")
NO_REPORT = "No report could be written."


class TowardApp(App[int]):
    """Toward, full screen."""

    TITLE = "Toward"
    CSS_PATH: ClassVar[CSSPathType | None] = styles()  # type: ignore[assignment]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Everything}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-medium"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (22, "-middle"), (32, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "leave", id="quit", show=False, priority=True, tooltip="Leave Toward"),
        Binding("f9", "lock", "lock", id="lock", show=False, priority=True, tooltip="Lock an encrypted store at once"),
        Binding(
            "ctrl+p,colon",
            "command_palette",
            "all",
            key_display="^p",
            id="palette",
            priority=True,
            tooltip="Everything by its name, your commitments too",
        ),
    ]

    def __init__(self, here: Environment | None = None) -> None:
        super().__init__()
        here = here or environment()
        self.here = here
        self.bridge = Bridge(self._open_store)
        self.syncing = Syncing(here, self._tell, lambda: self.bridge.key)
        self._by_hand = False
        self._standing = Standing()
        self._touched = here.clock.now()
        self._polling = False
        self._seen: date | None = None
        self._trouble = ""

    def get_line_filters(self) -> list[LineFilter]:
        """Return the filters every line goes through; the last one makes text harmless."""
        return [*super().get_line_filters(), Harmless()]

    def compose(self) -> ComposeResult:
        """Lay out what is seen before there is a page."""
        yield Static(id="moment", markup=False)

    def on_mount(self) -> None:
        """Register the themes and open the first screen."""
        if not self.is_headless:
            keep_quiet(self.here.state)
            listen(self.exit)
        for theme in THEMES:
            self.register_theme(theme)
        if self.theme not in [theme.name for theme in THEMES] and self.theme == "textual-dark":
            self.theme = DARK.name
        self.run_worker(self._start(), group="start")
        self.set_interval(POLL_SECONDS, self._tick)

    @contextmanager
    def _a_moment(self) -> Iterator[None]:
        """Say that opening takes long, but only if it does: there is no page yet."""
        place = self.screen_stack[0].query_one("#moment", Static)
        timer = self.set_timer(PATIENCE, lambda: place.update(MOMENT))
        try:
            yield
        finally:
            timer.stop()
            place.update("")

    async def _start(self) -> None:
        from tracker.tui.screens.today import TodayScreen

        try:
            with self._a_moment():
                empty, self._trouble, self._standing = await self.bridge.run(first_look)
        except Locked:
            self._ask_passphrase()
            return
        except TowardError as error:
            from tracker.tui.screens.trouble import TroubleScreen

            await self.push_screen(TroubleScreen(error.message, int(error.exit)))
            return
        today = TodayScreen(self.bridge)
        await self.push_screen(today)
        if empty:
            from tracker.tui.screens.welcome import WelcomeScreen

            await self.push_screen(WelcomeScreen(self.bridge))
        elif self._trouble:
            today.complain(self._trouble)

    def _open_store(self, key: Key | None) -> Toward:
        """Open the store; only at the start is the system's keyring asked, and never after it was locked."""
        here = self.here
        try:
            return Toward.at(here.data, here.state, here.clock, key=key)
        except Locked:
            from tracker.services.keyring import recall

            known = None if key or self._by_hand else recall(here.data, here.state)
            if known is None:
                raise
            return Toward.at(here.data, here.state, here.clock, key=known)

    def _ask_passphrase(self, *, kept: bool = False) -> None:
        from tracker.tui.screens.unlock import UnlockScreen

        self.push_screen(UnlockScreen(self.bridge, self.here, self._opened, kept=kept))

    def _opened(self) -> None:
        """Go on where somebody was writing, or from Today."""
        self._touched = self.here.clock.now()
        below = self.screen_stack[-2]
        self.pop_screen()
        if below is self.screen_stack[0]:
            self.run_worker(self._start(), group="start")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action is to be had: a locked store has no palette, and a plain one no lock."""
        if action == "lock":
            return self._standing.encrypted
        return action != "command_palette" or not _is_lock(self.screen)

    async def action_lock(self) -> None:
        """Lock an encrypted store at once: the store, its key and every screen are dropped.

        A screen that somebody types on is not: it is covered, and its words come back once the store is unlocked.
        """
        if not self._standing.encrypted or any(_is_lock(screen) for screen in self.screen_stack):
            return
        self._by_hand = True
        kept = self._holds_words and not any(isinstance(each, Closing) and each.FORGETS for each in self.screen_stack)
        if not kept:
            await self._clear()
        self._ask_passphrase(kept=kept)
        await self.bridge.reopen(None)

    @property
    def _holds_words(self) -> bool:
        """Return whether a screen holds words that would be lost with it."""
        return any(isinstance(screen, Closing) and screen.unsaved for screen in self.screen_stack)

    async def _clear(self) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    def _reopen(self, key: Key | None) -> None:
        """Begin again from Today after the store was encrypted, or got another key, or became plain."""

        async def begin() -> None:
            await self.bridge.reopen(key)
            await self._clear()
            await self._start()

        # A worker of the app: one of the screen that asked would go with it.
        self.run_worker(begin(), group="start")

    async def _tick(self) -> None:
        """Lock after a time in which nobody did anything; otherwise look at what is new."""
        if not self.screen_stack:
            # The app is about to leave, and this beat came after the last screen went.
            return
        if not self.is_headless and leave_if_alone(self.exit):
            return
        standing = self._standing
        idle = self.here.clock.now() - self._touched
        if standing.encrypted and standing.minutes and idle >= timedelta(minutes=standing.minutes):
            await self.action_lock()
        else:
            await self._poll()

    async def on_event(self, event: Event) -> None:
        """Remember when somebody last did something."""
        if isinstance(event, InputEvent):
            self._touched = self.here.clock.now()
        await super().on_event(event)

    async def _poll(self) -> None:
        """Take in what the shell or another device wrote, at most one look at a time."""
        if self._polling or not isinstance(self.screen, Page) or self.screen.view is None:
            return
        self._polling = True
        try:
            changed, day, trouble, self._standing = await self.bridge.run(look)
        except Locked:
            await self._changed_elsewhere()
            return
        except TowardError as error:
            changed, day, trouble = False, self._seen, error.message
        finally:
            self._polling = False
        new_day = self._seen not in (None, day)
        self._seen = day
        if (changed or new_day) and self.screen_stack and isinstance(self.screen, Page):
            self.screen.reload()
        if trouble and trouble != self._trouble:
            self._tell(trouble, True)
        self._trouble = trouble

    async def _changed_elsewhere(self) -> None:
        """Ask anew where the shell or another device encrypted the store or changed its key; open it if plain now."""
        from tracker.services.locks import is_encrypted

        if self._holds_words or is_encrypted(self.here.data):
            self._standing = Standing(True, self._standing.minutes)
            await self.action_lock()
        else:
            self._reopen(None)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield what the palette offers besides commitments: the keys of the screen, then what is had everywhere."""
        seen = {"palette", "back", "leave"}
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.description and active.enabled and binding.tooltip and binding.id and binding.id not in seen:
                seen.add(binding.id)
                title = binding.description.capitalize()
                acts = active.node in (screen, self) and binding.key not in MOVES
                yield SystemCommand(title, binding.tooltip, self._runner(active.node, binding.action), acts)
        yield SystemCommand("Back up now", "Copy everything, and read the copy again", self.action_back_up)
        yield SystemCommand("Doctor", "Look at every file and backup, and say what is wrong", self.action_doctor)
        if self.syncing.under_way:
            yield SystemCommand("Stop syncing", "What came in until now stays", self.syncing.stop)
        else:
            yield SystemCommand("Sync now", "Exchange with your other devices", self._sync)
        if self._trouble:
            yield SystemCommand(
                "Put back", "Write again what vanished from the disk while Toward was open", self._put_back
            )
        if not self._holds_words:
            yield from self._lock_commands(screen)
        yield SystemCommand("Theme", "Dark, light, high contrast and more", self.action_change_theme)

    def action_back_up(self) -> None:
        """Make a backup now."""
        from tracker.tui.screens.report import ReportScreen, backing_up

        self.push_screen(ReportScreen(self.bridge, "Back up now", backing_up(self.here, self.bridge.key)))

    def action_doctor(self) -> None:
        """Look at everything and say what is wrong."""
        from tracker.tui.screens.report import ReportScreen, examining

        self.push_screen(ReportScreen(self.bridge, "Doctor", examining(self.here, self.bridge.key)))

    def _sync(self) -> None:
        self.run_worker(self._sync_and_look(), group="sync")

    async def _sync_and_look(self) -> None:
        await self.syncing.run()
        await self._poll()

    def _put_back(self) -> None:
        self.run_worker(self._write_back(), group="act")

    async def _write_back(self) -> None:
        try:
            written = await self.bridge.run(lambda toward: toward.put_back())
        except TowardError as error:
            self._tell(error.message, True)
            return
        said = f"{written} written again." if written else "Nothing has vanished that could be put back."
        self._tell(said, False)
        await self._poll()

    def _tell(self, text: str, warn: bool) -> None:
        """Say a sentence on the page on top, also below a prompt."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Page):
                screen.say(text, warn=warn)
                return

    def _lock_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield what changes the lock, where nothing that is being typed would go with the screens."""
        from tracker.tui.screens import locksmith
        from tracker.tui.screens.welcome import WelcomeScreen

        if not isinstance(screen, Page | WelcomeScreen):
            return

        def opener(screen: type[locksmith.Locksmith]) -> Callable[[], None]:
            return lambda: self.call_next(self.push_screen, screen(self.bridge, self.here, self._reopen))

        if self._standing.encrypted:
            yield SystemCommand("Change the passphrase", "The key stays", opener(locksmith.PassphraseScreen))
            yield SystemCommand("Decrypt", "Make plain files again", opener(locksmith.DecryptScreen))
        else:
            yield SystemCommand("Encrypt", "Lock everything with a passphrase", opener(locksmith.EncryptScreen))

    def _runner(self, node: DOMNode, action: str) -> Callable[[], None]:
        async def run() -> None:
            await self.run_action(action, node)

        return lambda: self.call_next(run)

    def _fatal_error(self) -> None:
        """Say one line and keep the traceback without anybody's words; Textual's own report prints local variables."""
        where = None
        # Whatever else goes wrong here must not bring back the report that prints everybody's words.
        with suppress(Exception):
            error: BaseException | None = self._exception
            if isinstance(error, WorkerFailed):
                error = error.error
            where = record(self.here.state, error) if error else None
        details = f"Where it happened, without your words: {harmless(str(where))}" if where else NO_REPORT
        self.panic(Text(f"Toward stopped at an unexpected place. Nothing that was saved is lost. {details}"))

    def _handle_exception(self, error: Exception) -> None:
        """Keep Textual from drawing an error that can draw itself, which may hold words; not while developing."""
        if self.debug:
            super()._handle_exception(error)
            return
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._fatal_error()

    async def action_quit(self) -> None:
        """Leave, once everything that was asked for is done; words that were not kept are asked about once."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Closing) and not screen.may_go("ctrl+q"):
                if screen is not self.screen:
                    self.notify("Something you typed is not kept yet. ctrl+q once more leaves without it.")
                return
        self.run_worker(self._leave(), group="leave", exclusive=True)

    async def _leave(self) -> None:
        with suppress(TowardError):
            await self.bridge.run(lambda toward: None)
        self.exit(0)

    def on_unmount(self) -> None:
        """Let a last write finish."""
        self.syncing.stop()
        self.bridge.close()


def _is_lock(screen: Screen[object]) -> bool:
    return isinstance(screen, Closing) and screen.LOCKED


def run(data: Path, state: Path, clock: Clock) -> int:
    """Open the app on a data folder and return the exit code; `state` is the root of all state folders."""
    app = TowardApp(Environment(data, state, clock))
    return app.run() or app.return_code or 0
