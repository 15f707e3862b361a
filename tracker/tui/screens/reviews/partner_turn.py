"""The partner's turn: they answer alone, and nothing of it stays but what they submit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from tracker.domain.reviews import HIGHEST_RATING, RATING_WORDS, Item, Review
from tracker.ledger.errors import BadInput, TowardError
from tracker.present.partner_turn import PartnerTurn
from tracker.services.reviews import partner
from tracker.tui.frame.dialogs import Dialog
from tracker.tui.safe import plain

HAND_OVER = "Hand over the keyboard"
LEAVE = "press esc, now or at any time"


class Answer(Input):
    """One line whose answer is taken before the next key, so that fast fingers lose none."""

    def __init__(self, take: Callable[[str], None]) -> None:
        super().__init__(compact=True)
        self._take_in = take

    def on_key(self, event: events.Key) -> None:
        """Hand the line over at enter."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._take_in(self.value)


class TheirTurn(Dialog[None]):
    """The partner answers alone. What they type is on this screen only, and gone with it unless they submit it.

    However they end it, the same is said.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "go on", id="theirs.on", tooltip="Begin, or close this page at its end"),
        Binding("up", "before", "question before", id="theirs.before", tooltip="Answer the question before anew"),
        Binding("f2", "safety", "safety", id="theirs.safety", tooltip="Safety"),
        Binding("escape", "leave", "leave", id="theirs.leave", tooltip="Stop here; nothing is saved"),
    ]
    FORGETS, NUMBERS = True, False
    AUTO_FOCUS = ""
    SAVE_HINT = "enter goes on"
    told = getters.query_one("#theirs-told", Static)
    line = getters.query_one(Answer)

    def __init__(self, kind: Review, day: date | None) -> None:
        super().__init__("", "")
        self._day = day
        self._turn = PartnerTurn(kind)
        self._begun = self._submitting = False

    @property
    def unsaved_changes(self) -> bool:
        """Return whether answers stand here that were not submitted."""
        return self._submitting or (not self._turn.over and (self._turn.began or bool(self.line.value)))

    def body(self) -> ComposeResult:
        """Lay out one question at a time."""
        yield Static(id="theirs-told", markup=False)
        yield Answer(self._answered)

    def on_mount(self) -> None:
        """Say first whose turn it is."""
        self._show()

    def on_unmount(self) -> None:
        """Forget what was not submitted."""
        self._turn.drop()

    def _show(self, trouble: str = "") -> None:
        """Show where it stands; nothing of an earlier answer stays on the screen."""
        turn = self._turn
        question, text = turn.question, ""
        hint = "enter goes on, ↑ leads back, f2 safety, esc stops and saves nothing"
        if not self._begun:
            question, text = HAND_OVER, "\n\n".join(partner.THEIR_TURN).format(how=LEAVE)
            hint = "enter begins, f2 safety, esc stops and saves nothing"
        elif turn.asks_to_keep:
            text = partner.OTHERWISE
        elif turn.over:
            text, hint = f"{partner.CALL}.", ""
        elif turn.item is not None:
            question = f"{turn.place}: {question}"
            text = f"{_scale(turn.item)}; leave it empty where it did not come up"
        self.question.update(plain(question))
        self.told.update(plain(text))
        self.hint.update(plain(hint))
        self.show_error(trouble)
        self.line.value = ""
        self.line.display = self._begun and not turn.over
        if self.line.display:
            self.line.focus()
        else:
            self.set_focus(None)

    def _answered(self, text: str) -> None:
        """Take an answer; the safety page comes at once where it is called for."""
        if self._submitting:
            return
        if self._turn.over or not self._begun:
            self.action_go_on()
            return
        try:
            careful = self._turn.take(text.strip())
        except BadInput as error:
            self._show(error.message)
            return
        if self._turn.may_leave is not None:
            self._submitting = True
            self.run_to_close(self._submit)
            return
        self._show()
        if careful:
            self.action_safety()

    async def _submit(self) -> None:
        trouble = ""
        try:
            with self.slow_notice(self.show_error):
                await self.worker.run(lambda workspace: self._turn.submit(workspace, self._day))
        except TowardError as error:
            trouble = f"{error.message} Nothing was kept."
        finally:
            self._turn.drop()
        self._submitting = False
        self._show(trouble)

    def action_go_on(self) -> None:
        """Begin, or close at the end."""
        if self._turn.over:
            self.action_leave()
        elif not self._begun:
            self._begun = True
            self._show()

    def action_before(self) -> None:
        """Go back one question."""
        if not self._submitting and self._turn.back():
            self._show()

    def action_leave(self) -> None:
        """Forget everything and close."""
        if not self._submitting:
            self._turn.drop()
            self.dismiss(None)


def _scale(item: Item) -> str:
    """Return what the numbers of an item mean."""
    if item.high != HIGHEST_RATING:
        return f"0 to {item.high}"
    return ", ".join(f"{number} {word}" for number, word in enumerate(RATING_WORDS))
