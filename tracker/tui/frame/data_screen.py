"""The base of every screen over data: a title, a message line, and use cases that run off the key path."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Generic, TypeVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.reactive import var
from textual.screen import Screen
from textual.visual import VisualType
from textual.widgets import Static

from tracker.domain.commitments import Commitment
from tracker.ledger import event_keys
from tracker.ledger.errors import NextStep, NotFound, TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.history import undo
from tracker.services.logging import notes
from tracker.tui.frame.dialogs import LineDialog, NoteDialog
from tracker.tui.frame.guarded_screen import Answer, GuardedScreen, Use
from tracker.tui.frame.help import HelpScreen
from tracker.tui.widgets.key_footer import KeyFooter
from tracker.tui.widgets.message_line import MessageLine

SHARED: tuple[BindingType, ...] = (
    Binding("u", "undo", "undo", id="undo", tooltip="Take the last change back, also after a restart"),
    Binding("y", "again", "try again", id="again", show=False, tooltip="Try again what could not be saved"),
    Binding("ctrl+r", "redo", "redo", id="redo", show=False, tooltip="Do again what was undone"),
    Binding("question_mark,f1", "help", "help", key_display="?", id="help", tooltip="The keys of this screen"),
    Binding("exclamation_mark,f2", "safety", "safety", key_display="!", id="safety", show=False, tooltip="Safety"),
    Binding("escape", "back", "back", id="back", show=False, tooltip="Back to where you came from"),
    Binding("q", "leave", "leave", id="leave", show=False, tooltip="Back, and from Today out of Toward"),
)
"""The keys of every page; each page lists its own first, so that the footer does too."""
MOMENT = " One moment… "
WAYS = {
    NextStep.PUT_AWAY: "Its page (enter) puts it away: x.",
    NextStep.DOCTOR: "Doctor (ctrl+p) says what is wrong.",
    NextStep.WRITE: "f writes it down.",
    NextStep.OUTCOME: "space asks.",
    NextStep.REPAIR: "Put it right: “Put it right within a day”.",
}
"""The next step after a refusal, by its key."""
UNDO, REDO = "u takes it back", "ctrl+r does it again"
View = TypeVar("View")
Found = TypeVar("Found")
Again = Callable[[], Coroutine[Any, Any, object]]


class DataScreen(GuardedScreen[None], Generic[View]):
    """A full screen over one view of the data.

    `load` returns the view, on the thread of the services; `draw` shows it whenever there is another one.
    """

    SAVE_HINT = "y tries again"
    heading = getters.query_one("#heading", Static)
    aside = getters.query_one("#aside", Static)
    message = getters.query_one("#message", MessageLine)

    view: var[View | None] = var(None, always_update=True, init=False)
    """What is shown, None before it is loaded."""

    def __init__(self) -> None:
        super().__init__()
        self._message_text, self._undoes, self._message_key = "", False, ""
        self._asking = False
        self._again: Again | None = None
        self._moved_aside: tuple[Static, VisualType] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the title line, the body, the message line and the footer."""
        with Horizontal(id="top"):
            yield Static(id="heading", markup=False)
            yield Static(id="aside", markup=False)
        yield from self.body()
        yield MessageLine(id="message")
        yield KeyFooter()

    def body(self) -> ComposeResult:
        """Yield what stands between title and message."""
        raise NotImplementedError

    def load(self, workspace: Workspace) -> View:
        """Return the view to draw; runs on the services' thread."""
        raise NotImplementedError

    def draw(self, view: View) -> None:
        """Show a view."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Load the first view."""
        self.reload()

    def on_screen_resume(self) -> None:
        """Load anew when another screen was closed above this one."""
        if self.view is not None:
            self.reload()

    @work(group="load", exclusive=True)
    async def reload(self) -> None:
        """Load and draw what there is now."""
        await self._load_and_draw()

    async def _load_and_draw(self) -> None:
        try:
            with self._a_moment():
                view = await self.worker.run(self.load)
        except NotFound as error:
            self.close_with_message(self._message_text or error.message, undo=self._undoes)
            return
        except TowardError as error:
            self.show_message(error.message, warn=True)
            return
        self.view = view

    def redraw(self) -> None:
        """Draw the view, if one is loaded and this screen is open."""
        if self.view is not None and self.stands:
            self.draw(self.view)

    watch_view = redraw

    @contextmanager
    def _a_moment(self) -> Iterator[None]:
        """Say in the title line that reading takes long, but only if it does; what stood there comes back."""
        try:
            with self.slow_notice(self._say_moment, MOMENT):
                yield
        finally:
            if self._moved_aside is not None:
                place, before = self._moved_aside
                self._moved_aside = None
                if place.content == MOMENT:
                    place.update(before)

    def _say_moment(self, text: str) -> None:
        if self._moved_aside is None and self.stands:
            place = self.heading if self.view is None else self.aside
            self._moved_aside = place, place.content
            place.update(text)

    def act(self, use: Use) -> None:
        """Run a use case, say what it answers and draw what it left. Nothing is shown as saved before it is."""
        self.run_worker(self.perform(use), group="act")

    async def perform(self, use: Use, again: Again | None = None) -> Change | None:
        """Run a use case and return its answer, or None where it was refused and the reason is shown.

        What could not be saved is tried again by one key: `again`, or the use case alone.
        """
        self._again = None
        with self.slow_notice(self.show_message):
            try:
                change, view = await self.worker.run(lambda workspace: self._use_and_load(workspace, use))
            except TowardError as error:
                self._refused(error, again or (lambda: self.perform(use)))
                return None
        await self.show_change(change, view, taken_back=use is undo.undo)
        await self.lead_to_safety(change.way)
        return change

    def _use_and_load(self, workspace: Workspace, use: Use) -> tuple[Change, View | None]:
        """Return what a use case answers and the view after it, in one trip; None for one that cannot be loaded."""
        change = use(workspace)
        try:
            return change, self.load(workspace)
        except TowardError:
            return change, None

    def _refused(self, error: TowardError, again: Again) -> None:
        """Say why nothing was saved, and keep what may be tried again."""
        self._again = again if error.again else None
        way = WAYS.get(error.way, "") if error.way else ""
        self.show_message(error.message, warn=True, key=self.SAVE_HINT if error.again else way)

    async def show_change(self, change: Change | None, view: View | None = None, *, taken_back: bool = False) -> None:
        """Say what a use case answers, if it ran, and draw what it left: `view`, or what is loaded now."""
        if change is not None:
            text = " ".join(change.lines)
            self.show_message(text, undo=change.changed and not taken_back, key=REDO if taken_back else "")
            if view is None:
                await self._load_and_draw()
            else:
                self.view = view

    def action_again(self) -> None:
        """Try again what could not be saved."""
        again, self._again = self._again, None
        if again is not None:
            self.run_worker(again(), group="act")
        else:
            self.show_message("Nothing waits to be tried again.")

    @property
    def unsaved_changes(self) -> bool:
        """Return whether something could not be saved and was not tried again."""
        return self._again is not None

    def show_error(self, text: str) -> None:
        """Say what is wrong in the message line."""
        self.show_message(text, warn=True)

    async def fetch(self, find: Callable[[Workspace], Found]) -> Found | None:
        """Return what is found in the store, or None where it cannot be read and the reason is shown."""
        try:
            with self._a_moment():
                return await self.worker.run(find)
        except TowardError as error:
            self.show_message(error.message, warn=True)
            return None

    def show_message(self, text: str, *, warn: bool = False, undo: bool = False, key: str = "") -> None:
        """Show a sentence in the message line until the next one, and after it the key of what can be done now."""
        if not self.stands:
            return
        self.message.set_class(warn, "-warn")
        self._message_text, self._undoes, self._message_key = text, undo, UNDO if undo else key
        self.message.show(text, self._message_key)

    def append_message(self, text: str, before: str) -> None:
        """Say what is new in the store behind what was just done here, and in the place of `before`, said so earlier.

        Where there is no room for both, what is new comes first, for it names a way out.
        """
        done = self._message_text.removesuffix(before).rstrip() if before else self._message_text
        both = f"{done} {text}".strip()
        if self.message.has_room(both, self._message_key):
            self.show_message(both, warn=True, undo=self._undoes, key=self._message_key)
        else:
            self.show_message(text, warn=True)

    def action_undo(self) -> None:
        """Undo."""
        self.act(undo.undo)

    def action_redo(self) -> None:
        """Redo."""
        self.act(undo.redo)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.open(HelpScreen(self))

    def action_back(self) -> None:
        """Close this screen."""
        self.dismiss(None)

    async def action_leave(self) -> None:
        """Close this screen."""
        self.action_back()

    async def ask(self, screen: Screen[Answer]) -> Answer | None:
        """Return what a dialog was answered with, or None; only for use inside a worker."""
        if self.guard.covered:
            await self.guard.wait_until_visible()
        if not self.is_active or self._asking:
            return None
        self._asking = True
        try:
            return await self.app.push_screen_wait(screen)
        finally:
            self._asking = False

    async def write_note(self, commitment: Commitment, day: date, title: str) -> None:
        """Let the private note of a day be read and written; only for use inside a worker."""
        versions = await self.fetch(lambda workspace: notes.note_versions(workspace, commitment.id, day))
        if versions is None:
            return
        seen = [each.id for each in versions]
        several = f"\n{len(versions)} versions: keep of them what you like" if len(versions) > 1 else ""

        def use(text: str) -> Use:
            return lambda workspace: notes.note(workspace, commitment, day, text, replace=True, seen=seen)

        before = notes.side_by_side(versions)
        place = event_keys.note(commitment.id, day)
        question = f"{commitment.title}, {title}{several}"
        await self.show_change(await self.ask(NoteDialog(question, before, use, place=place)))

    async def ask_line(
        self,
        question: str,
        hint: str,
        use: Callable[[str], Use],
        does: str = LineDialog.HINT,
        place: str = "",
        value: str = "",
    ) -> None:
        """Ask for a line and do what it makes; it stands until that is saved. Only for use inside a worker.

        `value` stands in the line already, so that enter takes it.
        """
        await self.show_change(
            await self.ask(LineDialog(question, use, hint=hint, value=value, does=does, place=place))
        )
