"""Safety, one key away on every screen."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tracker.catalogue import NOTICE, safety_notice
from tracker.ledger import event_keys
from tracker.ledger.errors import TowardError
from tracker.services.support.numbers import keep_numbers, read_numbers
from tracker.tui.frame.dialogs import Dialog, NoteDialog
from tracker.tui.frame.guarded_screen import Use
from tracker.tui.safe import plain

AT_HAND = "Numbers I want to have at hand"
ONLY_HERE = "Only for you. They are shown on the safety page and nowhere else."


class SafetyScreen(Dialog[None]):
    """Who this is for, and where help is; with `own_numbers` also the person's own.

    `first` says whose paragraph comes first, one of the words of NOTICE.

    No key that ends a dialog closes it: one pressed twice would close a page that came by itself unread.

    The notice stands at once and whatever the store says; the numbers follow if they can be read.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,exclamation_mark", "close", "close", id="safety.close", tooltip="Close this page"),
        Binding("e", "edit", "my numbers", id="safety.numbers", tooltip="Write down numbers to have at hand"),
    ]
    TALL = True
    numbers = getters.query_one("#numbers-at-hand", Static)

    def __init__(self, first: str = "", *, own_numbers: bool = True) -> None:
        hint = "esc closes; nothing remembers that you read this"
        super().__init__("Safety", f"e my numbers, {hint}" if own_numbers else hint)
        self._first, self._own_numbers = first or NOTICE[0], own_numbers

    def body(self) -> ComposeResult:
        """Lay out the notice, and room for the numbers above it."""
        with VerticalScroll():
            numbers = Static(id="numbers-at-hand", markup=False)
            numbers.display = False
            yield numbers
            yield Static(plain("\n\n".join(safety_notice(self._first))), id="notice")

    def on_mount(self) -> None:
        """Show the numbers as soon as they are read."""
        if self._own_numbers:
            self.run_worker(self._show(), group="load")

    async def _read(self) -> str | None:
        """Return the numbers, or None where they cannot be read and the reason is shown."""
        try:
            return await self.worker.run(read_numbers)
        except TowardError as error:
            if self.is_mounted:
                self.show_error(f"Your own numbers cannot be read just now. {error.message}")
            return None

    async def _show(self) -> None:
        text = await self._read()
        if text is not None and self.is_mounted:
            self.numbers.update(plain(f"{AT_HAND}\n{text}\n" if text else ""))
            self.numbers.display = bool(text)

    def action_edit(self) -> None:
        """Write the numbers down."""
        if self._own_numbers:
            self.run_to_close(self._edit)

    async def _edit(self) -> None:
        before = await self._read()
        if before is None:
            return

        def use(text: str) -> Use:
            return lambda workspace: keep_numbers(workspace, text)

        await self.ask(NoteDialog(AT_HAND, before, use, ONLY_HERE, event_keys.AT_HAND))
        await self._show()
