"""A screen that closes nothing but itself, and once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.screen import Screen
from textual.widgets import Input, Select, Static, TextArea

from tracker.services.errors import TowardError
from tracker.tui.safe import plain

PATIENCE = 0.4
SAVING = "Saving… another Toward may be writing just now."
DRAWING = 0.05
LAST = "last"


class Closing(Screen[Any]):
    """Closes while it is on top; a second key, or an answer that comes late, takes no other screen with it.

    Words that were typed and not kept are asked about once before they go.
    """

    KEEPS: ClassVar[str] = "ctrl+s keeps it"
    _before: tuple[object, ...] = ()
    _warned = False

    def on_mount(self) -> None:
        """Remember what stands in the lines before anything is typed."""
        self._before = self.filled_in()

    def filled_in(self) -> tuple[object, ...]:
        """Return what stands in the lines and lists of this screen."""
        found: list[object] = []
        for widget in self.query("Input, TextArea, Select"):
            if isinstance(widget, TextArea):
                found.append(widget.text)
            elif isinstance(widget, Input | Select):
                found.append(widget.value)
        return tuple(found)

    @property
    def unkept(self) -> bool:
        """Return whether something stands here that was not kept."""
        return self.filled_in() != self._before

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def _typed_on(self) -> None:
        self._warned = False

    def may_go(self, key: str) -> bool:
        """Return whether this screen may go; where something is not kept, say so the first time that `key` asks."""
        if self._warned or not self.unkept:
            return True
        self._warned = True
        self.complain(f"Something here is not kept yet. {self.KEEPS}, {key} once more lets it go.")
        return False

    def complain(self, text: str) -> None:
        """Say what is wrong, above the keys."""
        self.query("#trouble").first(Static).update(plain(text))

    def complain_of(self, error: TowardError) -> None:
        """Say why nothing was saved, and that what was typed is still there."""
        self.complain(f"{error.message} Your words are still here: {self.KEEPS}." if error.again else error.message)

    LOCKED: ClassVar[bool] = False
    """Whether this screen stands before a locked store."""

    FORGETS: ClassVar[bool] = False
    """Whether what is typed here is for nobody else to come back to, so that it goes when the store is locked."""

    @property
    def unsaved(self) -> bool:
        """Return whether there may be words here that are kept nowhere yet."""
        from textual.widgets import Input, TextArea

        lines = [each.value for each in self.query(Input) if not each.password]
        return any(text.strip() for text in (*lines, *(each.text for each in self.query(TextArea))))

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close with a result, if this screen is on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def leave_saying(self, text: str, *, undo: bool = False) -> None:
        """Close, and let the page below say what was done."""
        from tracker.tui.page import Page

        if not self.is_active:
            return
        below = self.app.screen_stack[-2]
        self.dismiss()
        if isinstance(below, Page):
            below.say(text, undo=undo)

    def run_last(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run work that ends with this screen closed, unless it is under way already."""
        under_way = any(each.node is self and each.group == LAST and not each.is_finished for each in self.workers)
        if self.is_active and not under_way:
            self.run_worker(work(), group=LAST)

    async def shown(self) -> None:
        """Wait until what was just changed stands on the terminal: making a key stops every thread for a second."""
        drawn = asyncio.Event()
        self.call_after_refresh(drawn.set)
        await drawn.wait()
        await asyncio.sleep(DRAWING)

    @contextmanager
    def patience(self, say: Callable[[str], None], text: str = SAVING) -> Iterator[None]:
        """Say that a save, or whatever else `text` is about, takes long, but only if it does."""
        waiting = True

        def tell() -> None:
            if waiting:
                say(text)

        timer = self.set_timer(PATIENCE, tell)
        try:
            yield
        finally:
            waiting = False
            timer.stop()
