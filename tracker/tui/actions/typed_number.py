"""A number typed before a key: `3 r` logs three replies."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from tracker.tui.frame.data_screen import DataScreen, View
from tracker.tui.frame.guarded_screen import Answer

MOST_DIGITS = 6


class TypedNumber(DataScreen[View]):
    """A page whose keys take a number that is typed before them."""

    count = ""

    def drop_count(self) -> None:
        """Forget a number typed before, and no longer show it."""
        if self.count:
            self.count = ""
            self.show_message("")

    def take_count(self) -> int | None:
        """Return the number typed before a key, None where none was; it is used up."""
        number, self.count = (int(self.count) if self.count else None), ""
        return number

    def refuse_zero(self, number: int | None, what: str = "") -> bool:
        """Return whether a zero was typed before a key, and say that it is none."""
        if number == 0:
            self.show_message(f"0{what}? Type a number from 1 on, then the key; or the key alone.")
        return number == 0

    def action_digit(self, digit: int) -> None:
        """Gather a number for the next key, as it is typed."""
        if len(self.count) == MOST_DIGITS:
            self.show_message(
                f"{self.count} …   a number has at most {MOST_DIGITS} digits; esc takes it back", warn=True
            )
            return
        self.count += str(digit)
        self.show_message(f"{self.count} …   + adds it, t logs minutes, r replies")

    async def ask(self, screen: Screen[Answer]) -> Answer | None:
        """Return what a dialog was answered with; a number typed before is not kept for a key after it."""
        self.drop_count()
        return await super().ask(screen)

    def open(self, screen: Screen[Any]) -> None:
        """Open a screen; a number typed before is not kept for a key after it."""
        self.drop_count()
        super().open(screen)
