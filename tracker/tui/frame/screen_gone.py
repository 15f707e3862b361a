"""A screen that was left and is asked for something all the same: nobody is there to see it, so nothing is done.

An answer of the services, a timer, a key or a drawing may come after a screen has gone, at any await on its way.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from textual.css.query import NoMatches
from textual.message import Message
from textual.screen import Screen, ScreenResultType
from textual.worker import WorkerFailed


class ScreenGone(NoMatches):
    """A widget was asked for of a screen that was left; what was to be done with it has no sense any more."""


class ClosableScreen(Screen[ScreenResultType]):
    """A screen that may be left at any moment, whatever it is in the middle of."""

    @property
    def stands(self) -> bool:
        """Return whether this screen is open and laid out."""
        return self.is_mounted and self in self.app.screen_stack

    # The type checker knows Textual's own signatures.
    if not TYPE_CHECKING:

        def query_one(self, *what):
            """Return a widget; raise ScreenGone for one of a screen that was left, which ends what asked for it."""
            try:
                return super().query_one(*what)
            except NoMatches as error:
                if self in self.app.screen_stack:
                    raise
                raise ScreenGone(str(error)) from None

    async def _dispatch_message(self, message: Message) -> None:
        # An error that leaves here ends all that this screen would still hear.
        with suppress(ScreenGone):
            await super()._dispatch_message(message)


def is_screen_gone(error: BaseException) -> bool:
    """Return whether an error says no more than that a screen was left meanwhile."""
    return isinstance(error.error if isinstance(error, WorkerFailed) else error, ScreenGone)
