"""The line of keys at the foot of a screen."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Footer

Shown = tuple[Binding, bool, str]
"""A key, whether it does something now, and what is said when the mouse rests on it."""


class KeyFooter(Footer):
    """A footer that is made anew only when it has other keys to show; Textual's is with every look at them."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._shown: list[Shown] = []

    def compose(self) -> ComposeResult:
        """Yield the keys of the screen, and remember them."""
        if self._bindings_ready:
            self._shown = self._wanted()
        yield from super().compose()

    def _wanted(self) -> list[Shown]:
        """Return the keys that the screen has to show now."""
        found = self.screen.active_bindings.values()
        return [(binding, enabled, tooltip) for _, binding, enabled, tooltip in found if binding.show]

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Look, once everything else is laid out, whether there are other keys to show."""
        self._bindings_ready = True
        if screen.app.app_focus and self.is_attached and screen is self.screen:
            self.call_after_refresh(self._follow)

    async def _follow(self) -> None:
        if self.is_attached and self._wanted() != self._shown:
            await self.recompose()
