"""The message line: what was done or is wrong, and the key that follows it."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tracker.tui.safe import plain

MOST_LINES = 4
GAP = "  "
CUT = " …"


class MessageLine(Static):
    """A sentence and its key, in as many lines as they need up to four; the key is never cut."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._text = self._key = ""

    def show(self, text: str, key: str = "") -> None:
        """Show a sentence, and after it a key, such as `u takes it back`."""
        self._text, self._key = text, key
        self._fit()

    def has_room(self, text: str, key: str = "") -> bool:
        """Return whether a sentence and its key can be shown whole."""
        return fitted(text, key, self._room).plain == GAP.join(filter(None, (text, key)))

    @property
    def _room(self) -> int:
        # Before it is laid out it is as wide as the window, without the blank on both sides.
        return self.content_size.width or self.app.size.width - 2

    def on_resize(self) -> None:
        """Show as much as there is room for now."""
        self._fit()

    def _fit(self) -> None:
        self.update(fitted(self._text, self._key, self._room))


def fitted(text: str, key: str, width: int, most: int = MOST_LINES) -> Content:
    """Return a text with a key at its end in at most so many lines of `width` cells; what is cut off is the text's."""

    def told(number: int) -> Content:
        shown = text if number == len(words) else " ".join(words[:number]) + CUT
        return plain(GAP.join(part for part in (shown, key) if part))

    words = text.split(" ")
    fewest, number = 0, len(words)
    if width < 1 or len(told(number).wrap(width)) <= most:
        return told(number)
    while fewest < number:
        middle = (fewest + number + 1) // 2
        if len(told(middle).wrap(width)) <= most:
            fewest = middle
        else:
            number = middle - 1
    return told(fewest)
