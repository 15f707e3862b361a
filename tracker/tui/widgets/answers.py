"""What a form is answered on where a key says it all: yes or no, and a number by its digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, Select

YES, NO = "yes", "no"
LONGEST = 6
"""Digits, with leading zeros."""


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
    """A whole number from 0 to the most there is; what would make another number of it is refused, and it stays."""

    @dataclass
    class Refused(Message):
        """A key or a paste was not taken; `number` is where."""

        number: Number

        @property
        def control(self) -> Number:
            """Return where it was not taken."""
            return self.number

    def __init__(self, value: str, low: int, most: int, id: str) -> None:
        super().__init__(value, id=id, compact=True)
        self.low, self.most = low, most

    def replace(self, text: str, start: int, end: int) -> None:
        """Take digits in place of others, or none of them."""
        first, last = sorted((start, end))
        digits = text.strip()
        value = f"{self.value[: max(0, first)]}{digits}{self.value[last:]}"
        if value and not (value.isascii() and value.isdigit() and len(value) <= LONGEST and int(value) <= self.most):
            self.post_message(self.Refused(self))
        else:
            super().replace(digits, start, end)
