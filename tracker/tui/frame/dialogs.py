"""Small questions over a screen: choose one, type a line, write a note. Escape leaves things as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from tracker.domain.text.clean import harmless
from tracker.services.change import Change
from tracker.services.history.drafts import Words
from tracker.tui.frame.guarded_screen import GuardedScreen, Use
from tracker.tui.safe import plain
from tracker.tui.widgets.choices import Choices

BEFORE = "before"
NOTE = "Only for you. Nothing here is shown on Today."


class Dialog(GuardedScreen[ScreenResultType], ModalScreen[ScreenResultType]):
    """A box over a screen: a question, what it is answered with, what is wrong with that, and the keys."""

    BOX: ClassVar[type[Vertical]] = Vertical
    TALL: ClassVar[bool] = False
    """Whether the box takes most of the screen, however little stands in it."""

    FAILS: ClassVar[bool] = True
    """Whether there is a line that says what is wrong."""

    question = getters.query_one("#question", Static)
    trouble = getters.query_one("#trouble", Static)
    hint = getters.query_one("#hint", Static)

    def __init__(self, question: str, hint: str, place: str = "") -> None:
        super().__init__()
        self._question, self._hint, self.place = question, hint, place

    def compose(self) -> ComposeResult:
        """Lay out the box."""
        with self.BOX(classes="prompt -tall" if self.TALL else "prompt"):
            yield Static(plain(self._question), id="question", classes="question")
            yield from self.body()
            if self.FAILS:
                yield Static(id="trouble", markup=False)
            yield from self.buttons()
            yield Static(plain(self._hint), id="hint", classes="hint")

    def body(self) -> ComposeResult:
        """Yield what the question is answered with."""
        raise NotImplementedError

    def buttons(self) -> ComposeResult:
        """Yield the buttons, if there are any."""
        yield from ()

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class SavingDialog(Dialog[Change | None]):
    """A dialog that stays open, with every word, until what was typed is saved or is left on purpose."""

    async def save_and_close(self, use: Use) -> None:
        """Run a use case, and close with what it changed only if that went well."""
        if (change := await self.save(use)) is not None:
            self.dismiss(change)


class ChoiceDialog(Dialog[str | None]):
    """Choose one of a few; a digit chooses at once, and so does a letter that goes by the key of its command."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "cancel", id="choose.cancel", tooltip="Choose nothing"),
    ]
    FAILS = False
    options = getters.query_one(Choices)

    def __init__(
        self, question: str, choices: Sequence[tuple[str, str]], at: int = 0, letters: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(question, "a number or enter chooses, esc cancels")
        self._at = at
        self._choices = choices
        self._letters = {str(number): answer for number, (answer, _) in enumerate(choices, 1)} | dict(letters or {})

    def body(self) -> ComposeResult:
        """Lay out the answers."""
        labels = (f"{number}  {label}" for number, (_, label) in enumerate(self._choices, 1))
        yield Choices(*(Option(plain(label)) for label in labels), markup=False)

    def on_mount(self) -> None:
        """Begin with the answer that is the likely one."""
        self.options.highlighted = self._at

    def on_key(self, event: events.Key) -> None:
        """Let a digit or a letter choose; the screen below is not to take a digit for a count."""
        if event.character in self._letters:
            event.stop()
            event.prevent_default()
            self.dismiss(self._letters[event.character])

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index][0])


class LineDialog(SavingDialog):
    """Type one line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "cancel", id="ask.cancel", tooltip="Answer nothing")
    ]
    SAVE_HINT = "enter saves"
    HINT = "enter saves, esc cancels"

    def __init__(
        self,
        question: str,
        use: Callable[[str], Use],
        *,
        hint: str = "",
        value: str = "",
        does: str = HINT,
        place: str = "",
    ) -> None:
        super().__init__(question, does, place)
        self._use, self._placeholder, self._value = use, hint, value

    def body(self) -> ComposeResult:
        """Lay out a line to type on."""
        yield Input(value=self._value, placeholder=self._placeholder, id="line", compact=True)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.run_to_close(lambda: self.save_and_close(self._use(event.value)))


class NoteDialog(SavingDialog):
    """Write a private note."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "keep", priority=True, id="write.keep", tooltip="Keep the note"),
        Binding("escape", "leave", "leave", priority=True, id="write.leave", tooltip="Leave it as it was"),
    ]
    TALL = True
    area = getters.query_one(TextArea)

    def __init__(self, question: str, text: str, use: Callable[[str], Use], hint: str = NOTE, place: str = "") -> None:
        super().__init__(question, "ctrl+s saves, esc cancels", place)
        self._text, self._use, self._placeholder = harmless(text), use, hint

    def body(self) -> ComposeResult:
        """Lay out a place to write."""
        yield TextArea(self._text, soft_wrap=True, compact=True, placeholder=self._placeholder, id="text")

    def on_mount(self) -> None:
        """Put the cursor at the end."""
        self.area.move_cursor(self.area.document.end)
        self.area.focus()

    def lines(self) -> Words:
        """Return the text, and what stood there before it was changed."""
        return {"text": self.area.text, BEFORE: self._text}

    def fill_in(self, words: Words) -> None:
        """Put the text there again, below what somebody else wrote since."""
        text = words.get("text", "")
        since = self._text if self._text != words.get(BEFORE) else ""
        super().fill_in({"text": f"{since}\n\n{text}" if since else text})

    def action_keep(self) -> None:
        """Save, and close only if that went well."""
        self.run_to_close(lambda: self.save_and_close(self._use(self.area.text)))

    def action_leave(self) -> None:
        """Close without saving; asks once where something was written."""
        if self.may_close("esc"):
            self.dismiss(None)


class TextDialog(Dialog[None]):
    """Shows words of the person's own, because they asked for them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "close", id="show.close", tooltip="Close these words")
    ]
    FAILS = False

    def __init__(self, question: str, text: str) -> None:
        super().__init__(question, "esc closes")
        self._text = text

    def body(self) -> ComposeResult:
        """Lay out the words."""
        with VerticalScroll():
            yield Static(plain(self._text))
