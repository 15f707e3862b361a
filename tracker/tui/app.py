"""The app: opens the store, shows Today, and keeps what is on the screen in step with what is on the disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import WorkerFailed

from tracker.domain.clock import Clock
from tracker.domain.text import discreet_mode
from tracker.domain.text.clean import harmless
from tracker.ledger.errors import Locked, TowardError
from tracker.services.environment import Environment, environment
from tracker.services.safekeeping.crash import record
from tracker.tui.frame.data_screen import MOMENT, DataScreen
from tracker.tui.frame.guarded_screen import PATIENCE, GuardedScreen
from tracker.tui.frame.screen_gone import ScreenGone, is_screen_gone
from tracker.tui.frame.store_status import StoreStatus, poll_store, read_opened
from tracker.tui.frame.syncing import Syncing
from tracker.tui.guarded_app import GuardedApp
from tracker.tui.palette import Everything
from tracker.tui.terminal.signals import keep_quiet, leave_if_alone
from tracker.tui.themes import DARK, THEMES, styles

if TYPE_CHECKING:
    from textual.types import CSSPathType

POLL_SECONDS = 1.0
REST_MINUTES = 2
THEME_OF_THIS_RUN = "TEXTUAL_THEME"
NO_REPORT = "No report could be written."


class TowardApp(GuardedApp):
    """Toward, full screen."""

    TITLE = "Toward"
    CSS_PATH: ClassVar[CSSPathType | None] = styles()  # type: ignore[assignment]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Everything}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-medium"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (22, "-middle"), (32, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
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

    def __init__(self, here: Environment | None = None, discreet: bool | None = None) -> None:
        super().__init__(here or environment(), discreet)
        self.syncing = Syncing(self.here, self.show_message, lambda: self.worker.key)
        self._polling = self._rested = False
        self._seen_day: date | None = None
        self.trouble = ""
        """What cannot be used of the store just now, in one line."""

    def compose(self) -> ComposeResult:
        """Lay out what is seen before there is a page."""
        yield Static(id="moment", markup=False)

    def on_mount(self) -> None:
        """Register the themes and open the first screen."""
        if not self.is_headless:
            keep_quiet(self.here.state, self.cut_off)
            self.signals.hand_over(self.cut_off)
            self.listen_for_stop()
            self.show_title()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._chosen_theme()
        self.run_worker(self.start(), group="start")
        self.set_interval(POLL_SECONDS, self._tick)

    def _chosen_theme(self) -> str:
        """Return the theme of this run, or the one chosen on this computer; one that is not known gives way."""
        from tracker.services.appearance import read_theme
        from tracker.services.environment import state_of

        chosen = (os.environ.get(THEME_OF_THIS_RUN, ""), read_theme(state_of(self.here.data, self.here.state)))
        return next((name for name in chosen if name in self.available_themes), DARK.name)

    def action_change_theme(self) -> None:
        """Choose a theme, which is remembered."""
        from tracker.tui.screens.theme import ThemeScreen

        self.push_screen(ThemeScreen())

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

    async def start(self) -> None:
        """Open the store and show Today, or what has to come before it."""
        from tracker.tui.screens.today import TodayScreen

        try:
            with self._a_moment():
                found = await self.worker.run(read_opened)
        except Locked:
            await self.wait_until_visible()
            if not self.covered:
                self.ask_passphrase()
            return
        except TowardError as error:
            from tracker.tui.screens.store.trouble import TroubleScreen

            await self.wait_until_visible()
            await self.push_screen(TroubleScreen(error.message, int(error.exit)))
            return
        self.store_status, self.trouble = found.status, found.trouble
        self.restore_drafts(found.unfinished)
        await self.wait_until_visible()
        today = TodayScreen()
        await self.push_screen(today)
        if found.empty:
            from tracker.tui.screens.welcome import WelcomeScreen

            await self.push_screen(WelcomeScreen())
        elif self.trouble:
            today.show_error(self.trouble)
        elif found.waits:
            today.show_message(found.waits)

    async def _tick(self) -> None:
        """Lock after a time in which nobody did anything; otherwise look at what is new."""
        if not self.screen_stack:
            # The app is about to leave, and this beat came after the last screen went.
            return
        if not self.is_headless and leave_if_alone(self.cut_off):
            return
        if self.overdue:
            await self.action_lock()
        else:
            await self._poll()
            await self._rest()

    async def _rest(self) -> None:
        """Let go of the whole history once Today has stood alone for some minutes in which nobody did anything."""
        if not self._idle.lasted(REST_MINUTES):
            self._rested = False
        elif not self._rested and len(self.screen_stack) == 2 and isinstance(self.screen, DataScreen):
            self._rested = True
            await self.worker.rest()

    async def _poll(self) -> None:
        """Take in what the shell or another device wrote, at most one look at a time."""
        if self._polling or not isinstance(self.screen, DataScreen) or self.screen.view is None:
            return
        self._polling = True
        try:
            changed, day, trouble, self.store_status = await self.worker.run(poll_store)
        except Locked:
            await self._changed_elsewhere()
            return
        except TowardError as error:
            changed, day, trouble = False, self._seen_day, error.message
        finally:
            self._polling = False
        new_day = self._seen_day not in (None, day)
        self._seen_day = day
        if (changed or new_day) and self.screen_stack and isinstance(self.screen, DataScreen):
            self.screen.reload()
        page = next((each for each in reversed(self.screen_stack) if isinstance(each, DataScreen)), None)
        if trouble and trouble != self.trouble and page is not None:
            page.append_message(trouble, self.trouble)
        self.trouble = trouble

    async def _changed_elsewhere(self) -> None:
        """Ask anew where the shell or another device encrypted the store or changed its key; open it if plain now."""
        from tracker.services.lock_status import is_encrypted

        if self.holds_words or is_encrypted(self.here.data):
            self.store_status = StoreStatus(True, self.store_status.minutes)
            await self.action_lock()
        else:
            self.reopen(None)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield what the palette offers besides commitments, in the order of its worth."""
        from tracker.tui import offers

        yield from offers.of_screen(self, screen)
        yield SystemCommand("Back up now", "Copy everything, and read the copy again", self.action_back_up)
        yield SystemCommand("Doctor", "Look at every file and backup, and say what is wrong", self.action_doctor)
        yield SystemCommand("Incoming", "What came from other devices and waits for your answer", self.action_incoming)
        if self.syncing.under_way:
            yield SystemCommand("Stop syncing", "What came in until now stays", self.syncing.stop)
        else:
            yield SystemCommand("Sync now", "Exchange with your other devices", self.sync)
        if self.trouble:
            yield SystemCommand(
                "Put back", "Write again what vanished from the disk while Toward was open", self.put_back
            )
        if not self.holds_words:
            yield from offers.of_encryption(self, screen)
        yield SystemCommand("Theme", "Dark, light, high contrast and more", self.action_change_theme)

    def action_back_up(self) -> None:
        """Make a backup now."""
        from tracker.tui.screens.store.report import ReportScreen, backing_up

        self.push_screen(ReportScreen("Back up now", backing_up(self.here, self.worker.key)))

    def action_doctor(self) -> None:
        """Look at everything and say what is wrong."""
        from tracker.tui.screens.store.report import ReportScreen, examining

        self.push_screen(ReportScreen("Doctor", examining(self.here, self.worker.key)))

    def action_incoming(self) -> None:
        """Tell what came from other devices and waits for an answer."""
        from tracker.tui.screens.store.report import ReportScreen, answering

        self.push_screen(ReportScreen("From other devices", answering(self.here, self.worker.key)), self._answered)

    def _answered(self, _: None) -> None:
        """Show what is the case now, and no more what was asked."""
        self.show_message("", False)
        self.run_worker(self._poll(), group="act")

    @work(group="sync")
    async def sync(self) -> None:
        """Exchange with other devices, beside all else."""
        before = self.trouble
        await self.syncing.run()
        # What came up meanwhile is said again, behind what was exchanged.
        self.trouble = before
        await self._poll()

    @work(group="act")
    async def put_back(self) -> None:
        """Write again what vanished from the disk."""
        try:
            written = await self.worker.run(lambda workspace: workspace.restore_vanished())
        except TowardError as error:
            self.show_message(error.message, True)
            return
        text = f"{written} written again." if written else "Nothing has vanished that could be put back."
        self.show_message(text, False)
        await self._poll()

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

    async def _dispatch_message(self, message: Message) -> None:
        # An error that leaves here ends all that the app would still hear.
        with suppress(ScreenGone):
            await super()._dispatch_message(message)

    def _handle_exception(self, error: Exception) -> None:
        """Keep Textual from drawing an error that can draw itself, which may hold words; not while developing.

        A screen that was left before something came to it is none.
        """
        if is_screen_gone(error):
            return
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
            if isinstance(screen, GuardedScreen) and not screen.may_close("ctrl+q"):
                if screen is not self.screen:
                    self.notify("Something you typed is not kept yet. ctrl+q once more leaves without it.")
                return
        self.finished(*(screen.place for screen in self.screen_stack if isinstance(screen, GuardedScreen)))
        self.run_worker(self._leave(), group="leave", exclusive=True)

    async def _leave(self) -> None:
        with suppress(TowardError):
            await self.worker.run(lambda workspace: None)
        self.exit(0)

    def on_unmount(self) -> None:
        """Let a last write finish."""
        self.syncing.stop()
        self.worker.close()


def run(data: Path, state: Path, clock: Clock) -> int:
    """Open the app on a data folder and return the exit code; `state` is the root of all state folders."""
    # The command line has settled whether this run is discreet.
    app = TowardApp(Environment(data, state, clock), discreet_mode.is_drawn())
    app.signals.listen()
    return app.run() or app.return_code or 0
