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
from tracker.services.environment import state_of
from tracker.services.safekeeping import encryption
from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.safe import plain
from tracker.tui.widgets.key_footer import KeyFooter

KEPT = "What you were writing is kept, and comes back when you unlock."
HINT = "enter opens it, f2 safety, ctrl+q leaves. A recovery key opens it too."


class UnlockScreen(GuardedScreen[None]):
    """Asks for the passphrase as often as it takes; the key is made off the key path."""

    LOCKED = True
    NUMBERS = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "safety", "safety", id="unlock.safety", tooltip="Safety"),
        Binding("ctrl+q", "app.quit", "leave", id="unlock.leave", tooltip="Leave Toward"),
    ]
    line = getters.query_one(Input)
    trouble = getters.query_one("#trouble", Static)

    def __init__(self, opened: Callable[[], None], *, kept: bool = False) -> None:
        super().__init__()
        self._opened, self.kept = opened, kept

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
            self.run_to_close(self._open)

    async def _open(self) -> None:
        here, typed = self.guard.here, self.line.value
        self.line.value = ""
        self.line.disabled = True
        self.trouble.update(plain("Opening…"))
        await self.shown()
        try:
            if encryption.is_encrypted(here.data):
                state = state_of(here.data, here.state)
                await self.worker.unlock(lambda: encryption.unlock(here.data, typed, state))
            else:
                # Taken back by the shell meanwhile; what only says so does not open, and the lock stays.
                await self.worker.reopen(None)
                await self.worker.run(lambda _toward: None)
        except TowardError as error:
            self.trouble.update(plain(error.message))
            self.line.disabled = False
            self.line.focus()
            return
        self._opened()
