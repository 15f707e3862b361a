"""The base of every screen: it closes only itself, and drops nothing that was typed without asking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, Protocol, TypeVar, cast

from textual import on
from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType
from textual.widgets import Input, Select, Static, TextArea
from textual.widgets.select import InvalidSelectValueError

from tracker.catalogue import FRIGHTEN, NOTICE
from tracker.domain.text.clean import harmless
from tracker.ledger.errors import NextStep, TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.environment import Environment
from tracker.services.history.drafts import HERE_AGAIN, Words
from tracker.tui.frame.screen_gone import ClosableScreen
from tracker.tui.safe import plain
from tracker.tui.worker import StoreWorker

PATIENCE = 0.4
SAVING = "Saving… another Toward may be writing just now."
DRAWING = 0.05
LAST = "last"
SAFETY = {NextStep.SAFETY: NOTICE[0], NextStep.CARE: NOTICE[0], NextStep.FRIGHTEN: FRIGHTEN}
"""Which answers open the safety page, and with which of its paragraphs."""
Answer = TypeVar("Answer")
Use = Callable[[Workspace], Change]


class Guard(Protocol):
    """What a screen asks of the app."""

    here: Environment
    worker: StoreWorker
    elapsed: Callable[[], float]
    unfinished: dict[str, Words]

    @property
    def covered(self) -> bool:
        """Return whether a blank screen or a lock stands before everything."""

    async def wait_until_visible(self) -> None:
        """Wait until nothing stands before the screens."""

    def finished(self, *places: str) -> None:
        """Forget the drafts of some places."""

    def safety_screen(self, first: str = "", *, numbers: bool = True) -> Screen[None]:
        """Return the safety page, beginning with the paragraph `first`; with `numbers` the person's own too."""


class GuardedScreen(ClosableScreen[ScreenResultType]):
    """A screen that closes while it is on top: a second key, or an answer that comes late, closes no other one.

    What was typed and not saved is asked about once before it is dropped.
    """

    SAVE_HINT: ClassVar[str] = "ctrl+s saves"
    place: str = ""
    """Where words that are typed here belong, so that they can be kept if the app has to go; empty keeps none."""

    _before: tuple[object, ...] = ()
    _warned = False
    _when_seen: Callable[[], object] | None = None

    def on_mount(self) -> None:
        """Remember what stands in the lines, and put there what was typed and not saved the last time."""
        self._before = self.filled_in()
        if self.place and (words := self.guard.unfinished.get(self.place)):
            self.fill_in(words)
            self.call_after_refresh(self.show_error, f"{HERE_AGAIN} {self.SAVE_HINT}.")

    def on_screen_resume(self) -> None:
        """Close now, where that was to be done while something stood before every screen."""
        if (close := self._when_seen) is not None:
            self._when_seen = None
            close()

    @property
    def guard(self) -> Guard:
        """Return the app, which knows what stands before every screen."""
        return cast("Guard", self.app)

    @property
    def worker(self) -> StoreWorker:
        """Return what runs use cases."""
        return self.guard.worker

    def lines(self) -> Words:
        """Return what stands typed, by the id of the line it stands on; what is not asked any more is left out."""
        found: dict[str, str] = {}
        for widget in self.query("Input, TextArea, Select"):
            shown = all(each.display for each in widget.ancestors_with_self)
            if widget.id is None or not shown:
                continue
            text = widget.text if isinstance(widget, TextArea) else getattr(widget, "value", None)
            if isinstance(text, str) and not getattr(widget, "password", False):
                found[widget.id] = text
        return found

    def fill_in(self, words: Words) -> None:
        """Put words on their lines; a line that is not here any more, and a choice that is none, is left out."""
        for widget in self.query("Input, TextArea, Select"):
            text = words.get(widget.id or "")
            if text is None:
                continue
            if isinstance(widget, TextArea):
                widget.text = harmless(text)
                widget.move_cursor(widget.document.end)
            elif isinstance(widget, Input):
                widget.value = harmless(text)
            elif isinstance(widget, Select):
                with suppress(InvalidSelectValueError):
                    widget.value = text

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
    def unsaved_changes(self) -> bool:
        """Return whether something was typed here and not saved."""
        return self.filled_in() != self._before

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def _typed_on(self) -> None:
        self._warned = False

    def may_close(self, key: str) -> bool:
        """Return whether this screen may go; where something is not kept, say so the first time that `key` asks."""
        if self._warned or not self.unsaved_changes:
            return True
        self._warned = True
        self.show_error(f"Something here is not kept yet. {self.SAVE_HINT}, {key} once more lets it go.")
        return False

    def closed_choices(self) -> bool:
        """Close an open list of choices, and return whether there was one."""
        for select in self.query(Select):
            if select.expanded:
                select.expanded = False
                select.focus()
                return True
        return False

    def show_error(self, text: str) -> None:
        """Say what is wrong, above the keys."""
        self.query_one("#trouble", Static).update(plain(text))

    def show_refusal(self, error: TowardError) -> None:
        """Say why nothing was saved, and that what was typed is still there."""
        self.show_error(
            f"{error.message} Your words are still here: {self.SAVE_HINT}." if error.again else error.message
        )

    LOCKED: ClassVar[bool] = False
    """Whether this screen stands before a locked store."""

    NUMBERS: ClassVar[bool] = True
    """Whether the safety page opened from here shows the person's own numbers."""

    FORGETS: ClassVar[bool] = False
    """Whether what is typed here is for nobody else to come back to, so that it goes when the store is locked."""

    @property
    def unsaved(self) -> bool:
        """Return whether there may be words here that are kept nowhere yet."""
        lines = [each.value for each in self.query(Input) if not each.password]
        return any(text.strip() for text in (*lines, *(each.text for each in self.query(TextArea))))

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close with a result, if this screen is on top; one that is covered closes once it is seen again."""
        if not self.is_active:
            self._close_later(lambda: self.dismiss(result))
            return AwaitComplete()
        if self.place:
            self.guard.finished(self.place)
        return super().dismiss(result)

    def _close_later(self, close: Callable[[], object]) -> None:
        if self.is_mounted and self in self.app.screen_stack and self.guard.covered:
            self._when_seen = close

    def close_with_message(self, text: str, *, undo: bool = False) -> None:
        """Close, and let the page below say what was done."""
        if not self.is_active:
            self._close_later(lambda: self.close_with_message(text, undo=undo))
            return
        below = self.app.screen_stack[-2]
        self.dismiss()
        if isinstance(below, GuardedScreen):
            below.show_message(text, undo=undo)

    def show_message(self, text: str, *, warn: bool = False, undo: bool = False, key: str = "") -> None:
        """Show a sentence, where this screen has a line for it."""

    async def ask(self, screen: Screen[Answer]) -> Answer | None:
        """Return what a screen above this one was answered with, or None; only for use inside a worker."""
        await self.guard.wait_until_visible()
        return await self.app.push_screen_wait(screen)

    def open(self, screen: Screen[Any]) -> None:
        """Open a screen above this one, if this one is on top."""
        if self.is_active:
            self.app.push_screen(screen)

    def action_safety(self) -> None:
        """Show the safety page, which is nobody's secret; that it was shown is remembered nowhere."""
        self.open(self.guard.safety_screen(numbers=self.NUMBERS))

    async def lead_to_safety(self, way: NextStep | None) -> None:
        """Show the safety page where an answer or a refusal calls for it."""
        if way in SAFETY:
            await self.ask(self.guard.safety_screen(SAFETY[way]))

    async def save(self, use: Use) -> Change | None:
        """Return what a use case changed, or None where it was refused: the reason is shown, and the screen stays."""
        try:
            with self.slow_notice(self.show_error):
                change = await self.worker.run(use)
        except TowardError as error:
            self.show_refusal(error)
            await self.lead_to_safety(error.way)
            return None
        await self.lead_to_safety(change.way)
        return change

    def run_to_close(self, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Run work that ends with this screen closed, at most one at a time."""
        under_way = any(each.node is self and each.group == LAST and not each.is_finished for each in self.workers)
        if self.is_active and not under_way:
            self.run_worker(self._after_what_was_typed(work), group=LAST)

    async def _after_what_was_typed(self, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Run work once the keys pressed before have reached their line: a key that saves may overtake them."""
        if (line := self.focused) is not None:
            reached = asyncio.Event()
            if line.call_later(reached.set):
                with suppress(TimeoutError):
                    await asyncio.wait_for(reached.wait(), PATIENCE)
        await work()

    async def shown(self) -> None:
        """Wait until what was just changed stands on the terminal: making a key stops every thread for a second."""
        drawn = asyncio.Event()
        self.call_after_refresh(drawn.set)
        await drawn.wait()
        await asyncio.sleep(DRAWING)

    @contextmanager
    def slow_notice(self, say: Callable[[str], None], text: str = SAVING) -> Iterator[None]:
        """Show `text` by `say` where what is done meanwhile takes longer than PATIENCE, in seconds."""
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
