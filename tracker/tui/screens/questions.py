"""The questions that a commitment of one's own asks: add, change, order and take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tracker.domain.commitments import Kind
from tracker.domain.fields import Type
from tracker.ledger.errors import BadInput
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.commitments import questions
from tracker.services.commitments.custom_fields import form_value
from tracker.services.commitments.questions import Row
from tracker.tui.frame.dialogs import ChoiceDialog, Dialog
from tracker.tui.frame.form import FormScreen
from tracker.tui.frame.guarded_screen import Use
from tracker.tui.safe import plain
from tracker.tui.widgets.choices import Choices

NONE_YET = "It asks nothing yet. a adds a question."
EVENTS = "How an event can turn out is said in a file: docs/fields.md."


class QuestionsScreen(Dialog[list[Row]]):
    """A list of questions; what is changed here is kept together with the form below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+s,q", "done", "done", priority=True, id="questions.done", tooltip="Back to the form"),
        Binding("a,n", "add", "add", id="questions.add", tooltip="Add a question"),
        Binding("x,delete", "remove", "take away", id="questions.remove", tooltip="Ask this no more"),
        Binding("J,shift+down", "order(1)", "down", id="questions.down", tooltip="Ask this later in the form"),
        Binding("K,shift+up", "order(-1)", "up", id="questions.up", tooltip="Ask this earlier in the form"),
    ]
    options = getters.query_one(Choices)

    def __init__(self, title: str, kind: Kind, rows: Sequence[Row], outcomes: Sequence[Row], cid: str) -> None:
        hint = "a adds, enter changes, x takes away, J and K order, esc goes back"
        question = f"{title or 'A commitment of your own'}: what it asks"
        super().__init__(question, f"{hint}. {EVENTS}" if kind is Kind.EVENT else hint)
        self._kind, self._cid = kind, cid
        self._rows, self._outcomes = list(rows), outcomes

    def body(self) -> ComposeResult:
        """Lay out the list."""
        yield Choices(markup=False)

    def on_mount(self) -> None:
        """Show what is asked."""
        self._show(0)
        self.options.focus()

    def _show(self, place: int) -> None:
        shown = [Option(plain(f"{row['ask']}  ({_about(row, self._rows)})")) for row in self._rows]
        self.options.clear_options()
        self.options.add_options(shown)
        self.options.highlighted = max(0, min(place, len(shown) - 1)) if shown else None
        self.show_error("" if shown else NONE_YET)

    def action_add(self) -> None:
        """Add a question: what kind of answer it takes, then the rest."""
        self.run_to_close(self._add)

    async def _add(self) -> None:
        choice = await self.ask(ChoiceDialog("What kind of answer does it take?", questions.TYPES))
        if choice is not None:
            rows = questions.with_needed(self._kind, self._rows)
            await self._form(Type(choice), rows, len(rows))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        place = event.option_index
        self.run_to_close(lambda: self._form(Type(self._rows[place]["type"]), self._rows, place))

    async def _form(self, type_: Type, rows: Sequence[Row], place: int) -> None:
        """Ask about one question; the form stands until the question fits."""
        row: Mapping[str, Any] = rows[place] if place < len(rows) else {}
        made: list[list[Row]] = []

        def keep(answers: dict[str, Any]) -> Use:
            def use(workspace: Workspace) -> Change:
                changed = questions.put(workspace, type_, answers, rows, place, self._cid)
                form_value(self._kind, changed, self._outcomes)
                made.append(changed)
                return Change((), changed=False)

            return use

        title = f"A question: {dict(questions.TYPES)[type_.value]}"
        asked = questions.parts(type_, row, rows[:place])
        form = FormScreen(title, asked, keep, questions.answers_of(type_, row))
        if await self.ask(form) is not None and made:
            self._rows = made[-1]
            self._show(place)

    def action_remove(self) -> None:
        """Ask the question under the cursor no more; what it was answered with stays."""
        place = self.options.highlighted
        if place is not None:
            self._try([*self._rows[:place], *self._rows[place + 1 :]], place)

    def action_order(self, by: int) -> None:
        """Move the question under the cursor."""
        place = self.options.highlighted
        if place is not None and 0 <= place + by < len(self._rows):
            rows = list(self._rows)
            rows[place], rows[place + by] = rows[place + by], rows[place]
            self._try(rows, place + by)

    def _try(self, rows: list[Row], place: int) -> None:
        """Take the questions so, or say why they do not fit so."""
        try:
            form_value(self._kind, rows, self._outcomes)
        except BadInput as error:
            self.show_error(error.message)
            return
        self._rows = rows
        self._show(place)

    def action_done(self) -> None:
        """Go back to the form."""
        self.dismiss(self._rows)


def _about(row: Row, rows: Sequence[Row]) -> str:
    """Return in a few words what a question takes and when it is asked."""
    lines = [dict(questions.TYPES)[str(row["type"])].split(",")[0]]
    if row.get("private"):
        lines.append("private")
    if row.get("after_hours"):
        lines.append(f"{row['after_hours']} hours later")
    if row.get("at"):
        day = next((each["ask"] for each in rows if each["name"] == row["at"]), row["at"])
        lines.append(f"on the day of: {day}")
    return ", ".join(lines)
