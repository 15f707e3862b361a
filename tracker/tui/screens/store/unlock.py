"""A locked store: one line to type on, and nothing of the store read or drawn before it opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tracker.ledger.errors import TowardError
from tracker.services.environment import Environment, state_of
from tracker.services.safekeeping import encryption
from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.safe import plain
from tracker.tui.widgets.key_footer import KeyFooter
from tracker.tui.worker import StoreWorker

KEPT = "What you were writing is kept, and comes back when you unlock."
HINT = "enter opens it, f2 safety, ctrl+q leaves. A recovery key opens it too."


class UnlockScreen(GuardedScreen):
    """Asks for the passphrase as often as it takes; the key is made off the key path."""

    LOCKED = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "safety", "safety", id="unlock.safety", tooltip="Safety"),
        Binding("ctrl+q", "app.quit", "leave", id="unlock.leave", tooltip="Leave Toward"),
    ]
    line = getters.query_one(Input)
    trouble = getters.query_one("#trouble", Static)

    def __init__(
        self, worker: StoreWorker, here: Environment, opened: Callable[[], None], *, kept: bool = False
    ) -> None:
        super().__init__()
        self._worker, self._here, self._opened, self.kept = worker, here, opened, kept
        self._state = state_of(here.data, here.state)

    def compose(self) -> ComposeResult:
        """Lay out the question and a line that does not show what is typed."""
        with Vertical(classes="calm"):
            yield Static(plain("Locked. What is your passphrase?"), classes="question")
            yield Input(password=True, compact=True)
            yield Static(id="trouble", markup=False)
            yield Static(plain(f"{KEPT}\n{HINT}" if self.kept else HINT), classes="hint")
        yield KeyFooter()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self.line.value:
            self.run_last(self._open)

    async def _open(self) -> None:
        typed, self.line.value = self.line.value, ""
        self.line.disabled = True
        self.trouble.update(plain("Opening…"))
        await self.shown()
        try:
            if encryption.is_encrypted(self._here.data):
                await self._worker.unlock(lambda: encryption.unlock(self._here.data, typed, self._state))
            else:
                # Taken back by the shell meanwhile; what only says so does not open, and the lock stays.
                await self._worker.reopen(None)
                await self._worker.run(lambda _toward: None)
        except TowardError as error:
            self.trouble.update(plain(error.message))
            self.line.disabled = False
            self.line.focus()
            return
        self._opened()

    def action_safety(self) -> None:
        """Show the safety page, which is nobody's secret."""
        from tracker.tui.screens.safety import SafetyScreen

        self.app.push_screen(SafetyScreen())
