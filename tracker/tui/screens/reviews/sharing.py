"""Share of a review what both agree to: asked line by line, seen as it would stand there, kept as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Checkbox, Input, Label, Static

from tracker.ledger.errors import TowardError
from tracker.services.exchange import to_file
from tracker.services.reviews.reviews import Offer
from tracker.tui.frame.dialogs import Dialog, SavingDialog
from tracker.tui.safe import plain

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


class ShareScreen(Dialog[Agreed | None]):
    """Asks both about each line; nothing is agreed to before somebody says so."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "show", "see it", priority=True, id="share.show", tooltip="See what it would be"),
        Binding("escape", "close", "leave", id="share.leave", tooltip="Share nothing"),
        Binding("down,right,j,l", "app.focus_next", show=False),
        Binding("up,left,k,h", "app.focus_previous", show=False),
    ]
    TALL = True

    def __init__(self, offers: Sequence[Offer], agreed: Agreed | None = None) -> None:
        question = "Which lines may leave Toward? Each only if you both say so."
        super().__init__(question, "space agrees, ↑ ↓ lead on, ctrl+s shows it, esc cancels")
        self._offers, self._agreed = tuple(offers), agreed or {MINE: set(), THEIRS: set()}

    def body(self) -> ComposeResult:
        """Lay out each line with a box for either."""
        with VerticalScroll(can_focus=False):
            for index, offer in enumerate(self._offers):
                yield Label(plain(offer.text))
                with Horizontal(classes="both"):
                    yield Agree("I agree", offer.name in self._agreed[MINE], f"mine-{index}")
                    yield Agree("my partner agrees", offer.name in self._agreed[THEIRS], f"theirs-{index}")

    def buttons(self) -> ComposeResult:
        """Lay out what goes on."""
        with Horizontal(classes="buttons"):
            yield Button("See what it would be", id="show", compact=True)

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
            self.show_error("There is no line yet that both of you agree to.")

    @on(Checkbox.Changed)
    def _changed(self) -> None:
        self.show_error("")


class KeepScreen(SavingDialog):
    """Shows a text as it would leave, and writes it to a file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "leave", id="keep.leave", tooltip="Write no file"),
        Binding("pageup,up", "scroll(-4)", show=False),
        Binding("pagedown,down", "scroll(4)", show=False),
    ]
    TALL = True
    line = getters.query_one(Input)

    def __init__(self, text: str, where: str) -> None:
        super().__init__("This is what it would be", "enter saves, ↑ ↓ scroll, esc leads back")
        self._text, self._where = text, where
        self._over: str | None = None

    def body(self) -> ComposeResult:
        """Lay out the text and where it is kept."""
        with VerticalScroll(can_focus=False):
            yield Static(plain(self._text), id="leaves")
        yield Label("Save it in the file", markup=False)
        yield Input(self._where, compact=True)

    def buttons(self) -> ComposeResult:
        """Lay out what writes the file."""
        with Horizontal(classes="buttons"):
            yield Button("Save", id="keep", compact=True)

    def on_mount(self) -> None:
        """Begin with the name, which may stay as it is."""
        self.line.focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._over = None
        self.show_error("")

    @on(Button.Pressed)
    @on(Input.Submitted)
    def _keep(self) -> None:
        self.run_to_close(self._write)

    async def _write(self) -> None:
        where = self.line.value
        await self.save_and_close(lambda _: to_file.write(self._text, where, over=self._over == where))

    def show_refusal(self, error: TowardError) -> None:
        """Say why the file was not written, and that enter once more writes over one that is there."""
        if isinstance(error, to_file.Taken):
            self._over = self.line.value
            self.show_error(f"{error.message} Enter once more writes over it; another name keeps both.")
        else:
            self.show_error(error.message)

    def action_scroll(self, by: int) -> None:
        """Scroll the text."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
