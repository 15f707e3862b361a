"""What a terminal sends, cut into keys, pastes and answers; answers of the terminal itself are never keys."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

PATIENCE = 0.1
"""Seconds after which an ESC with nothing behind it is the Escape key."""
LONG_PATIENCE, TALKATIVE = 0.2, 2.0
"""The same for so many seconds after the start or an answer, as answers come several at a time."""
STALL = 5.0
"""Seconds after which the rest of an answer, or of a paste, is waited for no longer."""
TAIL = 0.03
"""Seconds of quiet after a paste, before what follows is typed: an end that was pasted itself is not the end."""
LONGEST_SEQUENCE, LONGEST_ANSWER = 64, 100_000

ESC, BELL = "\x1b", "\x07"
PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"
OPENERS = "[]P_O"
FIRST = {
    "[": frozenset("0123456789?<=>ABCDFHIOZM~"),
    "]": frozenset("0123456789lL"),
    "P": frozenset("0123456789>!$+=?|"),
    "_": frozenset("G"),
}
"""What comes first in an answer, or in a key, of each sort: anything else was typed."""
_EIGHT_BITS = {0x90: "\x1bP", 0x9B: "\x1b[", 0x9C: "\x1b\\", 0x9D: "\x1b]", 0x9F: "\x1b_"}
_C1 = dict.fromkeys(range(0xDC80, 0xDD00), "\ufffd")
_C1 |= {code + high: way for code, way in _EIGHT_BITS.items() for high in (0, 0xDC00)}
"""The same in one byte, as letters or as bytes that are no UTF-8; any other such byte is no letter."""
_COLOUR = re.compile(r"\x1b\](?:1\d?|4)?(?:;(?:\d+(?:;|$))?(?:r(?:g(?:b(?:a?(?::[0-9a-fA-F/]*)?)?)?)?)?)?\x1b?")
"""An answer about a colour, as far as it has come."""


class Sort(Enum):
    """What a piece of input is."""

    TEXT = "characters, each a key"
    SEQUENCE = "one whole sequence: a key, the mouse, or what only the parser knows"
    ALONE = "an ESC that nothing followed, or one character after it: Escape, or alt with a key"
    PASTE = "text that was pasted"


class Piece(NamedTuple):
    """A part of the input that stands by itself."""

    sort: Sort
    text: str


class Replies:
    """Cuts input into whole pieces, whatever bytes come together; `now` is any clock in seconds that never runs back.

    An answer that comes in parts is waited for and then dropped. An ESC alone becomes the Escape key, as nobody can
    tell the two apart by then; what follows of an answer is dropped all the same.
    """

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._held = ""
        self._said = False
        self._pasted: str | None = None
        self._stalled = False
        self._tail: str | None = None
        self._last = 0.0
        self._answers_until = 0.0

    def expect(self, now: float) -> None:
        """Know that the terminal was asked something, or has just answered."""
        self._answers_until = now + TALKATIVE

    def feed(self, text: str, now: float) -> list[Piece]:
        """Return the pieces that are whole once this text has come."""
        self._expire(now)
        late = bool(self._held) and now - self._last >= self._patience()
        if text:
            self._last = now
            self._take(text if text.isascii() else text.translate(_C1), late)
        return self._taken()

    def tick(self, now: float) -> list[Piece]:
        """Return the pieces that are whole as nothing more has come for a while."""
        self._expire(now)
        return self._taken()

    def _patience(self) -> float:
        return LONG_PATIENCE if self._last < self._answers_until else PATIENCE

    def wait(self) -> float | None:
        """Return the seconds after which `tick` may have something, or None where only more input helps."""
        if self._tail is not None:
            return TAIL
        if self._held in (ESC, "\x1bO") and not self._said:
            return self._patience()
        return STALL if self._held or self._pasted else None

    def _taken(self) -> list[Piece]:
        pieces, self._pieces = self._pieces, []
        return pieces

    def _say(self, sort: Sort, text: str) -> None:
        if not text:
            return
        last = self._pieces[-1] if self._pieces else None
        if sort is Sort.TEXT and last is not None and last.sort is Sort.TEXT:
            self._pieces[-1] = Piece(sort, last.text + text)
        else:
            self._pieces.append(Piece(sort, text))

    def _expire(self, now: float) -> None:
        """Decide what was waited for long enough."""
        quiet = now - self._last
        if self._tail is not None and quiet >= TAIL:
            tail, self._tail = self._tail, None
            self._take(tail, False)
        if self._pasted is not None:
            if quiet >= STALL and not self._stalled:
                self._say(Sort.PASTE, self._pasted)
                self._pasted, self._stalled = "", True
        elif self._held in (ESC, "\x1bO") and not self._said and quiet >= self._patience():
            self._say(Sort.ALONE, self._held)
            self._said = self._held == ESC
            self._held = ESC if self._said else ""
        elif self._held and quiet >= STALL:
            self._drop()

    def _drop(self) -> None:
        """Hold nothing any more; what can only have been typed is typed."""
        if self._said:
            self._say(Sort.TEXT, self._held[1:] if len(self._held) == 2 else "")
        self._held, self._said = "", False

    def _take(self, text: str, late: bool) -> None:
        while text:
            if self._tail is not None:
                text = self._take_tail(text)
            elif self._pasted is not None:
                text = self._take_paste(text)
            elif not self._held:
                plain, esc, text = text.partition(ESC)
                self._say(Sort.TEXT, plain)
                self._held = esc
            elif self._step(text[0], late):
                text, late = text[1:], False

    def _take_paste(self, text: str) -> str:
        """Take in pasted text and return what comes after it."""
        assert self._pasted is not None
        if self._stalled and not self._pasted and text[0] < " " and text[0] not in "\r\n\t":
            # The end of the paste got lost: a key that is no text leads out of it.
            self._pasted, self._stalled = None, False
            return text
        self._stalled = False
        begin = max(0, len(self._pasted) - len(PASTE_END) + 1)
        self._pasted += text
        end = self._pasted.find(PASTE_END, begin)
        if end < 0:
            return ""
        whole, rest = self._pasted[:end], self._pasted[end + len(PASTE_END) :]
        self._say(Sort.PASTE, whole)
        self._pasted, self._tail = None, ""
        return rest

    def _take_tail(self, text: str) -> str:
        """Take in what comes at once after a paste, and return what is to be read next."""
        assert self._tail is not None
        text, self._tail = self._tail + text, ""
        end, begin = text.find(PASTE_END), text.find(PASTE)
        if end >= 0 and not 0 <= begin < end:
            self._say(Sort.PASTE, text[:end])
            return text[end + len(PASTE_END) :]
        if begin >= 0:
            self._tail = None
            return text
        self._tail = text
        return ""

    def _step(self, letter: str, late: bool) -> bool:
        """Take in one character after an ESC; return whether it was, or else it is to be read again."""
        held = self._held
        if held == ESC:
            return self._after_escape(letter)
        if held == "\x1bO":
            return self._after_o(letter)
        if len(held) == 2 and not self._fits_first(held[1], letter, late):
            if not self._said:
                self._say(Sort.ALONE, held)
            self._drop()
            return False
        return self._in_sequence(letter) if held[1] == "[" else self._in_answer(letter)

    def _after_escape(self, letter: str) -> bool:
        if letter in OPENERS and not (self._said and letter == "O"):
            self._held += letter
            return True
        if self._said:
            self._held, self._said = "", False
            return False
        if letter == ESC:
            self._say(Sort.ALONE, ESC)
            return True
        self._say(Sort.ALONE, ESC + letter)
        self._held = ""
        return True

    def _after_o(self, letter: str) -> bool:
        self._held = ""
        if "!" <= letter <= "~":
            self._say(Sort.SEQUENCE, f"\x1bO{letter}")
            return True
        self._say(Sort.ALONE, "\x1bO")
        return False

    def _fits_first(self, opener: str, letter: str, late: bool) -> bool:
        if letter == ESC:
            return False
        return letter in FIRST[opener] or (opener == "[" and not late and not self._said and " " <= letter <= "~")

    def _in_sequence(self, letter: str) -> bool:
        """Take in one character of a CSI sequence."""
        held = self._held + letter
        if not held.startswith("\x1b[M") and not " " <= letter <= "~":
            # A sequence that was broken off.
            self._held, self._said = "", False
            return False
        if held.startswith("\x1b[M"):
            whole = len(held) == len("\x1b[M...")
        elif held.startswith("\x1b[["):
            whole = len(held) == len("\x1b[[A")
        else:
            whole = "@" <= letter <= "~"
        self._held = "" if whole or len(held) > LONGEST_SEQUENCE else held
        self._said = self._said and bool(self._held)
        if whole and held == PASTE:
            self._pasted = ""
        elif whole and held != PASTE_END:
            self._say(Sort.SEQUENCE, held)
        if whole and held[2:3] in ("?", ">"):
            self.expect(self._last)
        return True

    def _in_answer(self, letter: str) -> bool:
        """Take in one character of an answer that ends with BEL or ST."""
        held, ends = self._held, self._held.endswith(ESC)
        if letter == BELL or (ends and letter == "\\"):
            self._held, self._said = "", False
            self.expect(self._last)
            return True
        broken = ends or (letter < " " and letter != ESC) or len(held) >= LONGEST_ANSWER
        if broken or (held.startswith(("\x1b]1", "\x1b]4")) and not _COLOUR.fullmatch(held + letter)):
            self._held, self._said = ESC if ends else "", False
            return False
        self._held += letter
        return True
