"""One form for every guided entry: the fields of a commitment, filled in by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Label, Select, Static, TextArea

from tracker.domain.fields import MOMENT_EXAMPLES, Field, Type
from tracker.domain.text.clean import harmless, one_line
from tracker.services.history.drafts import Words
from tracker.tui.frame.dialogs import SavingDialog
from tracker.tui.frame.guarded_screen import Use
from tracker.tui.safe import plain
from tracker.tui.widgets.answers import NO, YES, Number, YesNo
from tracker.tui.widgets.fit_content_box import FitContentBox

HINTS = {
    Type.DAY: "today, tomorrow, fri, +3 or 2026-11-28",
    Type.MOMENT: MOMENT_EXAMPLES,
    Type.MINUTES: "45m, 1h30 or 90",
}
NUMBERS = (Type.SCALE, Type.NUMBER, Type.PERCENT)


class FormScreen(SavingDialog):
    """Asks some fields, one under another."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "keep", priority=True, id="form.keep", tooltip="Keep what is filled in"),
        Binding("ctrl+l", "let_go", "let go", priority=True, id="form.let-go", tooltip="Let it go for good"),
        Binding("escape", "leave", "leave", priority=True, id="form.leave", tooltip="Keep nothing"),
        Binding("enter", "enter", show=False, priority=True),
    ]

    AUTO_FOCUS = ""
    BOX = FitContentBox

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        keep: Callable[[dict[str, Any]], Use],
        answers: Mapping[str, Any] | None = None,
        let_go: Use | None = None,
        not_asked: Callable[[Mapping[str, Any]], tuple[Collection[str], str]] | None = None,
        place: str = "",
    ) -> None:
        self._fields, self._keep = tuple(fields), keep
        by_enter = len(self._fields) == 1 and self._fields[0].type not in (Type.TEXT, Type.YESNO, Type.CHOICE)
        hint = "enter saves, esc cancels" if by_enter else "ctrl+s saves, tab goes on, esc cancels"
        super().__init__(title, hint if let_go is None else f"{hint}, ctrl+l lets it go for good", place)
        self._answers = dict(answers or {})
        self._let_go = let_go
        self._not_asked = not_asked
        self._told = ""
        self._refusing = False
        self._opened_with: Mapping[str, Any] = {}

    def body(self) -> ComposeResult:
        """Lay out one question under another."""
        with VerticalScroll(id="fields", can_focus=False):
            for field in self._fields:
                with Vertical(id=f"ask-{field.name}", classes="asked"):
                    yield Label(plain(field.ask + ("" if field.optional else "  *")))
                    if field.type in NUMBERS:
                        with Horizontal(classes="number"):
                            yield self._widget(field)
                            yield Static(plain(field.offer), classes="hint")
                    else:
                        yield self._widget(field)

    def _widget(self, field: Field) -> Widget:
        """Return what a field is answered with."""
        answer = self._answers.get(field.name)
        name = f"field-{field.name}"
        if field.type is Type.TEXT:
            return TextArea(harmless(str(answer or "")), id=name, soft_wrap=True, compact=True, tab_behavior="focus")
        if field.type is Type.YESNO:
            return YesNo((YES if answer else NO) if isinstance(answer, bool) else answer, name)
        if field.type is Type.CHOICE:
            return Select(
                [(plain(each.label), each.name) for each in field.choices],
                value=str(answer) if answer in [each.name for each in field.choices] else Select.NULL,
                prompt="…",
                id=name,
                compact=True,
            )
        text = "" if answer is None else one_line(str(answer))
        if field.type in NUMBERS:
            return Number(text, field.low, field.high, name)
        return Input(text, id=name, placeholder=HINTS.get(field.type, ""), compact=True)

    def on_mount(self) -> None:
        """Begin with the first question, in sight above its line."""
        self._heed()
        self._opened_with = self.given()
        if self._fields:
            self.query_one(f"#field-{self._fields[0].name}").focus(scroll_visible=False)

    @property
    def unsaved(self) -> bool:
        """Return whether anything is filled in."""
        return bool(self.given())

    def lines(self) -> Words:
        """Return what stands typed; where a yes is asked for, nothing but a yes is written down."""
        found = dict(super().lines())
        for field in self._fields:
            if field.consents and found.get(f"field-{field.name}") != YES:
                found.pop(f"field-{field.name}", None)
        return found

    def fill_in(self, words: Words) -> None:
        """Put words on their lines; a yes that was not written down with them is asked for anew."""
        super().fill_in(words)
        for field in self._fields:
            if field.consents and words.get(f"field-{field.name}") != YES:
                self.query_one(f"#field-{field.name}", YesNo).value = Select.NULL

    def given(self, *, asked: bool = False) -> dict[str, Any]:
        """Return what is filled in, by the name of the field; what is empty is left out.

        With `asked` so is what is not asked any more, after what else is filled in.
        """
        found: dict[str, Any] = {}
        for field in self._fields:
            if asked and not self.query_one(f"#ask-{field.name}").display:
                continue
            widget = self.query_one(f"#field-{field.name}")
            answer: object = None
            if isinstance(widget, TextArea):
                answer = widget.text
            elif isinstance(widget, Input) or (isinstance(widget, Select) and widget.value is not Select.NULL):
                answer = widget.value
            if answer is not None and str(answer).strip():
                found[field.name] = answer
        return found

    @on(Number.Refused)
    def _refused(self, event: Number.Refused) -> None:
        """Say what a number can be; what was there before the key stays."""
        self._refusing = True
        self.show_error(f"{event.number.low} to {event.number.most}")

    @on(Input.Changed)
    @on(Select.Changed)
    def _heed(self) -> None:
        """Leave out what is not asked any more after what is filled in, and say why."""
        if self._refusing:
            self._refusing = False
            self.show_error(self._told)
        if self._not_asked is None:
            return
        names, text = self._not_asked(self.given())
        for field in self._fields:
            self.query_one(f"#ask-{field.name}").display = field.name not in names
        if text != self._told:
            self._told = text
            self.show_error(text)

    def on_input_submitted(self) -> None:
        """Go on to the next question."""
        self.focus_next()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let enter save in the last field alone; in words of several lines it begins another one."""
        return super().check_action(action, parameters) if action != "enter" else self._at_the_end

    @property
    def _at_the_end(self) -> bool:
        """Return whether the focus is on the last field, and enter has nothing else to do there.

        On choices it has: it opens them, until one of them was chosen here.
        """
        shown = [field for field in self._fields if self.query_one(f"#ask-{field.name}").display]
        if not shown or not self.is_active:
            return False
        last = self.query_one(f"#field-{shown[-1].name}")
        chosen = isinstance(last, Select) and last.value not in (Select.NULL, self._opened_with.get(shown[-1].name))
        return last.has_focus and (chosen or isinstance(last, Input))

    def action_enter(self) -> None:
        """Save from the last field."""
        self.action_keep()

    def action_keep(self) -> None:
        """Save, and close only if that went well."""
        self.run_to_close(lambda: self.save_and_close(self._keep(self.given(asked=True))))

    def action_let_go(self) -> None:
        """Close the questions for good, unanswered."""
        if (use := self._let_go) is not None:
            self.run_to_close(lambda: self.save_and_close(use))

    def action_leave(self) -> None:
        """Close without keeping; asks once where something was filled in."""
        if not self.closed_choices() and self.may_close("esc"):
            self.dismiss(None)
