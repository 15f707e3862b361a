"""The last seconds: whatever the app waits for, the terminal is given back and the process ends."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from typing import Any

LAST_SECONDS = 5.0
"""How long the app may take to leave once it is told to; then it is ended as it stands."""
_GIVEN_BACK = (
    "\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u"
    "\x1b[H\x1b[2J\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""Ends what Textual began: pastes, no wrapping, sizes, the mouse, keys, the alternate screen, no cursor, the focus."""
_A_MOMENT = 0.5
"""Seconds that a terminal has to take its last words."""


class Farewell:
    """How the terminal was before the app took it, and the end of the process once that is due."""

    def __init__(self) -> None:
        self._before = _attributes()
        self._due = threading.Lock()
        self.last_words = ""
        """What the terminal is told last, besides what every app owes it."""

    def end_soon(self, code: int) -> None:
        """Let this process end with an exit code after a few seconds, if it has not until then; only once."""
        # What waits for a thread or a disk, for its terminal or in the interpreter's own end, is not waited for.
        if self._due.acquire(blocking=False):
            threading.Thread(target=self._end, args=(code,), name="farewell", daemon=True).start()

    def _end(self, code: int) -> None:
        time.sleep(LAST_SECONDS)
        self.give_back()
        os._exit(code)

    def give_back(self) -> None:
        """Give the terminal back as it was, as far as it takes that within a moment."""
        # A terminal that reads nothing lets its writer wait for ever.
        telling = threading.Thread(target=self._tell, daemon=True)
        telling.start()
        telling.join(_A_MOMENT)
        if self._before is not None:
            with suppress(Exception):
                import termios

                termios.tcsetattr(0, termios.TCSANOW, self._before)

    def _tell(self) -> None:
        with suppress(OSError):
            os.write(2, (_GIVEN_BACK + self.last_words).encode("ascii", "ignore"))


def _attributes() -> list[Any] | None:
    """Return how the terminal on standard input is set, None where it is none."""
    if sys.platform == "win32":
        return None
    import termios

    try:
        return termios.tcgetattr(0)
    except (OSError, termios.error):
        return None
