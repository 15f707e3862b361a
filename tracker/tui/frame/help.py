"""The keys of the screen below, made from its own bindings, and under them what to expect of all this."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tracker.catalogue import about
from tracker.tui.frame.dialogs import Dialog
from tracker.tui.safe import plain

ALWAYS = (("↑↓←→", "Move; k j h l do as well"), ("3 +", "A number first, then the key; also 45 t and 2 r"))


class HelpScreen(Dialog[None]):
    """Every key that works on a screen, with what it does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "close", "close", id="help.close", tooltip="Close the keys")
    ]
    TALL, FAILS = True, False

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__("Keys", "u takes a change back, also tomorrow, unless it was for good. esc closes")
        self._below = below

    def rows(self) -> list[tuple[str, str]]:
        """Return keys and what they do, the screen's own first."""
        found: dict[str, tuple[str, str]] = {}
        bindings = self._below.active_bindings.values()
        for active in sorted(bindings, key=lambda each: each.node is not self._below):
            binding = active.binding
            if binding.tooltip and binding.id:
                found.setdefault(binding.id, (self.app.get_key_display(binding), binding.tooltip))
        return [*found.values(), *ALWAYS]

    def body(self) -> ComposeResult:
        """Lay out the keys."""
        keys = Table.grid(padding=(0, 2))
        keys.add_column(justify="right", no_wrap=True, style="bold")
        keys.add_column()
        for key, text in self.rows():
            keys.add_row(Text(key), Text(text))
        with VerticalScroll():
            yield Static(keys)
            yield Static(plain("\n\n".join(["", "What to expect", *about()])), id="about")
