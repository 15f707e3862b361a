"""What a form is answered on where a key says it all: yes or no, and a number by its digits."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input, Select

YES, NO = "yes", "no"


class YesNo(Select[str]):
    """Yes or no, each by its first letter; the list opens as that of any choice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer('yes')", show=False),
        Binding("n", "answer('no')", show=False),
    ]

    def __init__(self, answer: str | None, id: str) -> None:
        known = {YES: YES, NO: NO}.get(answer or "", Select.NULL)
        super().__init__([(YES, YES), (NO, NO)], value=known, prompt="y or n", id=id, compact=True)

    def action_answer(self, answer: str) -> None:
        """Take an answer."""
        self.value = answer


class Number(Input):
    """A whole number; a digit that would make it more than the most begins it anew."""

    def __init__(self, value: str, most: int, id: str) -> None:
        super().__init__(value, id=id, restrict="[0-9]*", max_length=len(str(most)), compact=True)
        self._most = most

    def insert_text_at_cursor(self, text: str) -> None:
        """Take a digit."""
        if len(text) == 1 and text in "0123456789" and int(f"{self.value or 0}{text}") > self._most:
            self.value = ""
        super().insert_text_at_cursor(text)
