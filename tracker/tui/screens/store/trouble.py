"""The store could not be opened: one sentence, and the way out."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.safe import plain
from tracker.tui.widgets.key_footer import KeyFooter


class TroubleScreen(GuardedScreen[None]):
    """Says what is wrong; nothing was changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,enter", "leave", "leave", id="trouble.leave", tooltip="Leave Toward"),
        Binding(
            "exclamation_mark,f2", "safety", "safety", key_display="!", id="trouble.safety", tooltip="The safety page"
        ),
        Binding("d", "app.doctor", "doctor", id="trouble.doctor", tooltip="Look what is wrong, and what can be done"),
    ]

    NUMBERS = False

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__()
        self._sentence, self._code = sentence, code

    def compose(self) -> ComposeResult:
        """Lay out the sentence."""
        with Vertical(classes="calm"):
            yield Static(plain("Toward cannot open your data just now."), classes="question")
            yield Static(plain(self._sentence))
            yield Static(
                plain("\nNothing was changed. d looks what can be done; then open Toward again."), classes="hint"
            )
        yield KeyFooter()

    def action_leave(self) -> None:
        """Leave with the exit code of the trouble."""
        self.app.exit(self._code, return_code=self._code)
