"""Text from outside is never markup and never reaches the terminal with control characters in it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from tracker.domain.text.ascii_signs import in_plain_signs
from tracker.domain.text.cells import steady
from tracker.domain.text.clean import REPLACEMENT, UNSAFE, harmless


class Harmless(LineFilter):
    """Replaces what a terminal could act on, in every line that any widget draws."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with harmless text."""
        return [
            Segment(UNSAFE.sub(REPLACEMENT, segment.text), segment.style, segment.control)
            if not segment.control and UNSAFE.search(segment.text)
            else segment
            for segment in segments
        ]


class PlainSigns(LineFilter):
    """Draws in signs of ASCII, and in the letters of an encoding, for a terminal that knows no others."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in plain signs."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(in_plain_signs(segment.text, self._encoding), segment.style)
            for segment in segments
        ]


def plain(text: str) -> Content:
    """Return text as content that is drawn letter by letter."""
    return Content(steady(harmless(text)))


def lines(texts: Iterable[str]) -> Content:
    """Return several lines as content that is drawn letter by letter."""
    return plain("\n".join(texts))
