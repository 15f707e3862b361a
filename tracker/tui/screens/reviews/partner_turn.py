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
        self._sheet = partner.Sheet(kind)
        self._items: tuple[Item, ...] = partner.asked_of_them(kind)
        self._place = -1
        self._asks_to_keep = False
        self._sealing = False

    @property
    def _over(self) -> bool:
        return self._place > len(self._items) + 2

    @property
    def unsaved_changes(self) -> bool:
        """Return whether answers stand here that were not submitted."""
        return not self._over and (self._place > 0 or bool(self.line.value))

    def body(self) -> ComposeResult:
        """Lay out one question at a time."""
        yield Static(id="theirs-told", markup=False)
        yield Answer(self._answered)

    def on_mount(self) -> None:
        """Say first whose turn it is."""
        self._show()

    def on_unmount(self) -> None:
        """Forget what was not submitted."""
        self._sheet.drop()

    def _show(self, trouble: str = "") -> None:
        """Show where it stands; nothing of an earlier answer stays on the screen."""
        place, many = self._place, len(self._items)
        told, hint = "", "enter goes on, ↑ leads back, f2 safety, esc stops and saves nothing"
        if place < 0:
            question, told = HAND_OVER, "\n\n".join(partner.THEIR_TURN).format(how=LEAVE)
            hint = "enter begins, f2 safety, esc stops and saves nothing"
        elif self._asks_to_keep:
            question, told = partner.KEEP_TO_YOURSELF, partner.OTHERWISE
        elif place < many:
            question = f"{place + 1} of {many}: {self._items[place].theirs}"
            told = f"{_scale(self._items[place])}; leave it empty where it did not come up"
        elif self._over:
            question, told, hint = partner.DONE, f"{partner.CALL}.", ""
        else:
            question = (partner.FREE, partner.SEAL, partner.MAY_LEAVE)[place - many]
        self.question.update(plain(question))
        self.told.update(plain(told))
        self.hint.update(plain(hint))
        self.show_error(trouble)
        self.line.value = ""
        self.line.display = place >= 0 and not self._over
        if self.line.display:
            self.line.focus()
        else:
            self.set_focus(None)

    def _answered(self, text: str) -> None:
        if self._sealing:
            return
        if self._over or self._place < 0:
            self.action_go_on()
            return
        try:
            self._take(text.strip())
        except BadInput as error:
            self._show(error.message)

    def _take(self, text: str) -> None:
        """Take an answer and go on; the safety page comes at once where it is called for. Raises BadInput."""
        place, many, careful = self._place, len(self._items), False
        if self._asks_to_keep:
            self._keep_to_oneself(partner.read_keep(text))
        elif place <= many:
            if place < many:
                careful = self._sheet.rate(self._items[place].name, partner.read_rating(self._items[place], text))
            else:
                careful = self._sheet.free(partner.read_free(text))
            self._asks_to_keep = self._sheet.asks_to_keep()
            self._place += not self._asks_to_keep
        elif place == many + 1:
            self._place = place + 1 if partner.read_yes(text) else self._forget()
        else:
            self._sealing = True
            may_leave = partner.read_yes(text)
            self.run_to_close(lambda: self._seal(may_leave))
            return
        self._show()
        if careful:
            self.action_safety()

    def _keep_to_oneself(self, yes: bool) -> None:
        """Keep nothing of this turn, or ask the question once more."""
        self._asks_to_keep = False
        if yes:
            self._place = self._forget()
        else:
            self._sheet.again()

    def _forget(self) -> int:
        """Forget everything and return the place of the end."""
        self._sheet.drop()
        return len(self._items) + 3

    async def _seal(self, may_leave: bool) -> None:
        said = ""
        try:
            with self.slow_notice(self.show_error):
                await self.worker.run(lambda workspace: self._sheet.submit(workspace, self._day, may_leave=may_leave))
        except TowardError as error:
            said = f"{error.message} Nothing was kept."
        finally:
            self._sheet.drop()
        self._sealing = False
        self._place += 1
        self._show(said)

    def action_go_on(self) -> None:
        """Begin, or close at the end."""
        if self._over:
            self.action_leave()
        elif self._place < 0:
            self._place = 0
            self._show()

    def action_before(self) -> None:
        """Go back one question."""
        if self._asks_to_keep:
            self._keep_to_oneself(False)
            self._show()
        elif self._place > 0 and not self._over and not self._sealing:
            self._place -= 1
            self._show()

    def action_leave(self) -> None:
        """Forget everything and close."""
        if not self._sealing:
            self._sheet.drop()
            self.dismiss(None)


def _scale(item: Item) -> str:
    """Return what the numbers of an item mean."""
    if item.high != HIGHEST_RATING:
        return f"0 to {item.high}"
    return ", ".join(f"{number} {word}" for number, word in enumerate(RATING_WORDS))
