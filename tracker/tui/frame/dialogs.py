"""Small questions over a screen: choose one, type a line, write a note. Escape leaves things as they were."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from tracker.domain.text.clean import harmless
from tracker.ledger.errors import TowardError
from tracker.services.history.drafts import Words
from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.safe import plain

Save = Callable[[str], Awaitable[None]]
"""Keeps what was typed. Raises TowardError where that is not possible; the prompt then stays open."""
BEFORE = "before"
NOTE = "Only for you. Nothing here is shown on Today."


class ChoiceDialog(GuardedScreen, ModalScreen[str | None]):
    """Choose one of a few; a digit chooses at once, and so does a letter that goes by the key of its command."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "cancel", id="choose.cancel", tooltip="Choose nothing"),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]
    options = getters.query_one(OptionList)

    def __init__(
        self, question: str, choices: Sequence[tuple[str, str]], at: int = 0, letters: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self._question, self._choices, self._at = question, choices, at
        self._letters = letters or {}

    def compose(self) -> ComposeResult:
        """Lay out the question and its answers."""
        with Vertical(classes="prompt"):
            yield Static(plain(self._question), classes="question")
            yield OptionList(
                *(Option(plain(f"{number}  {label}")) for number, (_, label) in enumerate(self._choices, 1)),
                markup=False,
            )
            yield Static(plain("a number or enter chooses, esc cancels"), classes="hint")

    def on_mount(self) -> None:
        """Begin with the answer that is the likely one."""
        self.options.highlighted = self._at

    def on_key(self, event: events.Key) -> None:
        """Let a digit choose; the screen below is not to take it for a count."""
        character = event.character
        if character and character.isdecimal() and 1 <= int(character) <= len(self._choices):
            event.stop()
            event.prevent_default()
            self.dismiss(self._choices[int(character) - 1][0])
        elif character and character in self._letters:
            event.stop()
            event.prevent_default()
            self.dismiss(self._letters[character])

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index][0])

    def action_cancel(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def action_down(self) -> None:
        """Move down."""
        self.options.action_cursor_down()

    def action_up(self) -> None:
        """Move up."""
        self.options.action_cursor_up()


class LineDialog(GuardedScreen, ModalScreen[None]):
    """Type one line. It stays open, with what was typed, until that is kept or left on purpose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="ask.cancel", tooltip="Answer nothing")
    ]
    KEEPS = "enter saves"
    line = getters.query_one(Input)

    def __init__(
        self,
        question: str,
        save: Save,
        *,
        hint: str = "",
        value: str = "",
        does: str = "enter saves, esc cancels",
        place: str = "",
    ) -> None:
        super().__init__()
        self.place = place
        self._question, self._hint, self._value, self._does = question, hint, value, does
        self._save = save

    def compose(self) -> ComposeResult:
        """Lay out the question and a line to type on."""
        with Vertical(classes="prompt"):
            yield Static(plain(self._question), classes="question")
            yield Input(value=self._value, placeholder=self._hint, id="line", compact=True)
            yield Static(id="trouble", markup=False)
            yield Static(plain(self._does), classes="hint")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.run_last(lambda: self._keep(event.value))

    async def _keep(self, text: str) -> None:
        await keep(self, self._save, text)

    def action_cancel(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


async def keep(screen: GuardedScreen, save: Save, text: str) -> None:
    """Save what was typed on a screen, and close it only if that went well."""
    try:
        with screen.patience(screen.complain):
            await save(text)
    except TowardError as error:
        screen.complain_of(error)
    else:
        screen.dismiss(None)


class NoteDialog(GuardedScreen, ModalScreen[None]):
    """Write a private note. It stays open, with every word, until it is kept or left on purpose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "keep", priority=True, id="write.keep", tooltip="Keep the note"),
        Binding("escape", "leave", "leave", priority=True, id="write.leave", tooltip="Leave it as it was"),
    ]
    area = getters.query_one(TextArea)

    def __init__(self, question: str, text: str, save: Save, hint: str = NOTE, place: str = "") -> None:
        super().__init__()
        self.place = place
        self._question, self._text, self._save, self._hint = question, harmless(text), save, hint

    def compose(self) -> ComposeResult:
        """Lay out the question and a place to write."""
        with Vertical(classes="prompt -tall"):
            yield Static(plain(self._question), classes="question")
            yield TextArea(self._text, soft_wrap=True, compact=True, placeholder=self._hint, id="text")
            yield Static(id="trouble", markup=False)
            yield Static(plain("ctrl+s saves, esc cancels"), classes="hint")

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
        self.run_last(lambda: keep(self, self._save, self.area.text))

    def action_leave(self) -> None:
        """Close without keeping; asks once where something was written."""
        if self.may_go("esc"):
            self.dismiss(None)


class TextDialog(GuardedScreen, ModalScreen[None]):
    """Shows words of the person's own, because they asked for them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "close", id="show.close", tooltip="Close these words")
    ]

    def __init__(self, question: str, text: str) -> None:
        super().__init__()
        self._question, self._text = question, text

    def compose(self) -> ComposeResult:
        """Lay out the words."""
        with Vertical(classes="prompt"):
            yield Static(plain(self._question), classes="question")
            with VerticalScroll():
                yield Static(plain(self._text))
            yield Static(plain("esc closes"), classes="hint")

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)
