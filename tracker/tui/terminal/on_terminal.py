"""What an app owes to the terminal it runs in: how it is read, written to and pasted into."""

from __future__ import annotations

import os
import sys

from textual.app import App
from textual.driver import Driver
from textual.events import Event, Paste
from textual.filter import LineFilter
from textual.widgets import Input

from tracker.domain.text.clean import without_codes
from tracker.services.terminal import plain_encoding
from tracker.tui.safe import Harmless, PlainSigns
from tracker.tui.terminal.keyboard import patient


class OnTerminal(App[int]):
    """An app whose keys, pastes and lines go through what makes them safe."""

    def __init__(self) -> None:
        if os.environ.get("NO_COLOR") == "":
            # By its rule it counts only where it is not empty; Textual looks only whether it is there.
            del os.environ["NO_COLOR"]
        super().__init__()
        encoding = plain_encoding(sys.__stderr__) if sys.__stderr__ is not None else None
        self._own_filters = [Harmless(), *([PlainSigns(encoding)] if encoding else [])]

    def get_driver_class(self) -> type[Driver]:
        """Return what reads the keyboard and writes to the terminal."""
        return patient(super().get_driver_class())

    def get_line_filters(self) -> list[LineFilter]:
        """Return the filters every line goes through; those of our own make text harmless and drawable."""
        own = self._own_filters[:1] if self.is_headless else self._own_filters
        return [*super().get_line_filters(), *own]

    async def on_event(self, event: Event) -> None:
        """Take the codes of a terminal out of what is pasted; a field of one line takes all lines as one."""
        if isinstance(event, Paste) and not event.is_forwarded:
            event.text = without_codes(event.text)
            if isinstance(field := self.focused, Input) and not field.password:
                event.text = " ".join(event.text.split("\n")).strip("\n ")
        await super().on_event(event)
