"""Share of a review what both agree to: asked line by line, seen as it would stand there, kept as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input, Label, Static

from tracker.ledger.change import Change
from tracker.ledger.errors import TowardError
from tracker.services.exchange import to_file
from tracker.services.reviews.reviews import Offer
from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.safe import plain
from tracker.tui.worker import StoreWorker

MINE, THEIRS = "mine", "theirs"
Agreed = dict[str, set[str]]
"""The names of the lines that each of two agrees to."""


class Agree(Checkbox):
    """A box whose sign says whether it is ticked, also without colour."""

    BUTTON_LEFT, BUTTON_RIGHT = "[", "]"

    def __init__(self, label: str, value: bool, name: str) -> None:
        super().__init__(label, value, id=name, compact=True)
        self.BUTTON_INNER = "✓" if value else " "

    def watch_value(self) -> None:
        """Draw the sign anew."""
        self.BUTTON_INNER = "✓" if self.value else " "
        super().watch_value()


class ShareScreen(GuardedScreen, ModalScreen[Agreed | None]):
    """Asks both about each line; nothing is agreed to before somebody says so."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "show", "see it", priority=True, id="share.show", tooltip="See what it would be"),
        Binding("escape", "leave", "leave", id="share.leave", tooltip="Share nothing"),
        Binding("down,right,j,l", "app.focus_next", show=False),
        Binding("up,left,k,h", "app.focus_previous", show=False),
    ]
    trouble = getters.query_one("#trouble", Static)

    def __init__(self, offers: Sequence[Offer], agreed: Agreed | None = None) -> None:
        super().__init__()
        self._offers, self._agreed = tuple(offers), agreed or {MINE: set(), THEIRS: set()}

    def compose(self) -> ComposeResult:
        """Lay out each line with a box for either."""
        with Vertical(classes="prompt -tall"):
            yield Static("Which lines may leave Toward? Each only if you both say so.", classes="question")
            with VerticalScroll(can_focus=False):
                for index, offer in enumerate(self._offers):
                    yield Label(plain(offer.text))
                    with Horizontal(classes="both"):
                        yield Agree("I agree", offer.name in self._agreed[MINE], f"mine-{index}")
                        yield Agree("my partner agrees", offer.name in self._agreed[THEIRS], f"theirs-{index}")
            yield Static(id="trouble", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("See what it would be", id="show", compact=True)
            yield Static(plain("space agrees, ↑ ↓ lead on, ctrl+s shows it, esc cancels"), classes="hint")

    def _ticked(self, side: str) -> set[str]:
        return {
            offer.name for index, offer in enumerate(self._offers) if self.query_one(f"#{side}-{index}", Checkbox).value
        }

    @on(Button.Pressed)
    def action_show(self) -> None:
        """Go on with what both agreed to."""
        agreed = {MINE: self._ticked(MINE), THEIRS: self._ticked(THEIRS)}
        if agreed[MINE] & agreed[THEIRS]:
            self.dismiss(agreed)
        else:
            self.trouble.update(plain("There is no line yet that both of you agree to."))

    @on(Checkbox.Changed)
    def _changed(self) -> None:
        self.trouble.update("")

    def action_leave(self) -> None:
        """Share nothing."""
        self.dismiss(None)


class KeepScreen(GuardedScreen, ModalScreen[Change | None]):
    """Shows a text as it would leave, and keeps it as a file; it stays open until that went well, or is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", id="keep.leave", tooltip="Write no file"),
        Binding("pageup,up", "scroll(-4)", show=False),
        Binding("pagedown,down", "scroll(4)", show=False),
    ]
    line = getters.query_one(Input)
    trouble = getters.query_one("#trouble", Static)

    def __init__(self, worker: StoreWorker, text: str, where: str) -> None:
        super().__init__()
        self._worker, self._text, self._where = worker, text, where
        self._over: str | None = None

    def compose(self) -> ComposeResult:
        """Lay out the text and where it is kept."""
        with Vertical(classes="prompt -tall"):
            yield Static("This is what it would be", classes="question")
            with VerticalScroll(can_focus=False):
                yield Static(plain(self._text), id="leaves")
            yield Label("Save it in the file", markup=False)
            yield Input(self._where, compact=True)
            yield Static(id="trouble", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Save", id="keep", compact=True)
            yield Static(plain("enter saves, ↑ ↓ scroll, esc leads back"), classes="hint")

    def on_mount(self) -> None:
        """Begin with the name, which may stay as it is."""
        self.line.focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._over = None
        self.trouble.update("")

    @on(Button.Pressed)
    @on(Input.Submitted)
    def _keep(self) -> None:
        self.run_last(self._write)

    async def _write(self) -> None:
        where = self.line.value
        try:
            change = await self._worker.run(lambda _: to_file.write(self._text, where, over=self._over == where))
        except to_file.Taken as error:
            self._over = where
            self.trouble.update(plain(f"{error.message} Enter once more writes over it; another name keeps both."))
        except TowardError as error:
            self.trouble.update(plain(error.message))
        else:
            self.dismiss(change)

    def action_scroll(self, by: int) -> None:
        """Scroll the text."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_leave(self) -> None:
        """Write no file."""
        self.dismiss(None)
