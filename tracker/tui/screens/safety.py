"""Safety, one key away on every screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tracker.catalogue import safety_notice
from tracker.tui.closing import Closing
from tracker.tui.safe import plain


class SafetyScreen(Closing, ModalScreen[None]):
    """Who this is for, and where help is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,exclamation_mark", "close", "close", id="safety.close", tooltip="Close this page")
    ]

    def compose(self) -> ComposeResult:
        """Lay out the notice."""
        with Vertical(classes="prompt -tall"):
            yield Static(plain("Safety"), classes="question")
            with VerticalScroll():
                yield Static(plain("\n\n".join(safety_notice())), id="notice")
            yield Static(plain("esc closes; nothing remembers that you read this"), classes="hint")

    def action_close(self) -> None:
        """Close the page."""
        self.dismiss(None)
