"""A partner's turn: one question after another, the same in both faces, and nothing kept before the last answer."""

from __future__ import annotations

from datetime import date

from tracker.domain.reviews import Item, Review
from tracker.ledger.workspace import Workspace
from tracker.services.reviews import partner


class PartnerTurn:
    """Where a partner stands in their turn; what they answered is in memory alone."""

    def __init__(self, kind: Review) -> None:
        self._sheet, self._items = partner.Sheet(kind), partner.asked_of_them(kind)
        self._place = 0
        self.asks_to_keep = False
        """Whether they are asked next if an answer that is never kept stays with them."""
        self.may_leave: bool | None = None
        """Whether exports may hold their answers; None as long as they did not submit them."""

    @property
    def item(self) -> Item | None:
        """Return what is rated next, None where something else is asked."""
        return self._items[self._place] if self._place < len(self._items) and not self.asks_to_keep else None

    @property
    def place(self) -> str:
        """Return which of the ratings is next: `2 of 5`."""
        return f"{self._place + 1} of {len(self._items)}"

    @property
    def question(self) -> str:
        """Return what is asked next, or the thanks once all is over."""
        if self.asks_to_keep:
            return partner.KEEP_TO_YOURSELF
        ratings = (each.theirs for each in self._items)
        return (*ratings, partner.FREE, partner.SEAL, partner.MAY_LEAVE, partner.DONE)[self._place]

    @property
    def began(self) -> bool:
        """Return whether something was answered."""
        return self._place > 0

    @property
    def over(self) -> bool:
        """Return whether nothing more is asked."""
        return self._place > len(self._items) + 2

    def take(self, text: str) -> bool:
        """Take an answer and go on; return whether the safety page is to be shown now. Raises BadInput."""
        careful, at = False, self._place - len(self._items)
        if self.asks_to_keep:
            self.keep_to_oneself(partner.read_keep(text))
        elif at <= 0:
            if (item := self.item) is not None:
                careful = self._sheet.rate(item.name, partner.read_rating(item, text))
            else:
                careful = self._sheet.free(partner.read_free(text))
            self.asks_to_keep = self._sheet.asks_to_keep()
            self._place += not self.asks_to_keep
        elif at == 1 and not partner.read_yes(text):
            self._forget()
        else:
            self.may_leave = partner.read_yes(text) if at == 2 else None
            self._place += 1
        return careful

    def keep_to_oneself(self, yes: bool) -> None:
        """Keep nothing of this turn, or ask the question once more."""
        self.asks_to_keep = False
        if yes:
            self._forget()
        else:
            self._sheet.again()

    def back(self) -> bool:
        """Go back one question, and return whether there is one."""
        if self.asks_to_keep:
            self.keep_to_oneself(False)
        elif self.began and not self.over:
            self._place -= 1
        else:
            return False
        return True

    def submit(self, workspace: Workspace, day: date | None) -> None:
        """Keep the answers as they wish. Raises TowardError; nothing is kept then."""
        self._sheet.submit(workspace, day, may_leave=bool(self.may_leave))

    def drop(self) -> None:
        """Forget every answer."""
        self._sheet.drop()

    def _forget(self) -> None:
        self.drop()
        self._place = len(self._items) + 3
