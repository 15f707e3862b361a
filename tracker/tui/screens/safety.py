"""Safety, one key away on every screen."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tracker.catalogue import NOTICE, safety_notice
from tracker.ledger import event_keys
from tracker.ledger.errors import TowardError
from tracker.services.support.numbers import keep_numbers, read_numbers
from tracker.tui.frame.dialogs import NoteDialog
from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.safe import plain
from tracker.tui.worker import StoreWorker

AT_HAND = "Numbers I want to have at hand"
ONLY_HERE = "Only for you. They are shown on the safety page and nowhere else."


class SafetyScreen(GuardedScreen, ModalScreen[None]):
    """Who this is for, and where help is; with a `worker` also the person's own numbers.

    `first` says whose paragraph comes first, one of the words of NOTICE.

    No key that ends a dialog closes it: one pressed twice would close a page that came by itself unread.

    The notice stands at once and whatever the store says; the numbers follow if they can be read.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,exclamation_mark", "close", "close", id="safety.close", tooltip="Close this page"),
        Binding("e", "edit", "my numbers", id="safety.numbers", tooltip="Write down numbers to have at hand"),
    ]
    numbers = getters.query_one("#numbers-at-hand", Static)

    def __init__(self, worker: StoreWorker | None = None, first: str = NOTICE[0]) -> None:
        super().__init__()
        self._worker, self._first = worker, first

    def compose(self) -> ComposeResult:
        """Lay out the notice, and room for the numbers above it."""
        hint = "esc closes; nothing remembers that you read this"
        with Vertical(classes="prompt -tall"):
            yield Static(plain("Safety"), classes="question")
            with VerticalScroll():
                numbers = Static(id="numbers-at-hand", markup=False)
                numbers.display = False
                yield numbers
                yield Static(plain("\n\n".join(safety_notice(self._first))), id="notice")
            yield Static(id="trouble", markup=False)
            yield Static(plain(f"e my numbers, {hint}" if self._worker else hint), classes="hint")

    def on_mount(self) -> None:
        """Show the numbers as soon as they are read."""
        if self._worker is not None:
            self.run_worker(self._show(self._worker), group="load")

    async def _show(self, worker: StoreWorker) -> None:
        try:
            text = await worker.run(read_numbers)
        except TowardError as error:
            if self.is_mounted:
                self.complain(f"Your own numbers cannot be read just now. {error.message}")
            return
        if self.is_mounted:
            self.numbers.update(plain(f"{AT_HAND}\n{text}\n" if text else ""))
            self.numbers.display = bool(text)

    def action_edit(self) -> None:
        """Write the numbers down."""
        if self._worker is not None:
            self.run_last(self._edit)

    async def _edit(self) -> None:
        worker = self._worker
        if worker is None:
            return
        try:
            before = await worker.run(read_numbers)
        except TowardError as error:
            self.complain(f"Your own numbers cannot be read just now. {error.message}")
            return

        async def save(text: str) -> None:
            await worker.run(lambda workspace: keep_numbers(workspace, text))

        await self.app.push_screen_wait(NoteDialog(AT_HAND, before, save, ONLY_HERE, event_keys.AT_HAND))
        await self._show(worker)

    def action_close(self) -> None:
        """Close the page."""
        self.dismiss(None)
