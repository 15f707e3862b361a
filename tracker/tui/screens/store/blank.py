"""The neutral screen that one key puts before everything: nothing to read, and no key that acts on what is behind."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult

from tracker.tui.frame.guarded_screen import GuardedScreen


class BlankScreen(GuardedScreen[None]):
    """Shows nothing; any key or click asks to come back, and does nothing else."""

    LOCKED = True
    kept = True
    """What is behind it stays as it is."""

    def __init__(self, back: Callable[[], object]) -> None:
        super().__init__()
        self._back = back

    def compose(self) -> ComposeResult:
        """Lay out nothing."""
        yield from ()

    def on_key(self, event: events.Key) -> None:
        """Ask to come back; the key is spent on that."""
        event.stop()
        event.prevent_default()
        self._back()

    def on_click(self) -> None:
        """Ask to come back."""
        self._back()
