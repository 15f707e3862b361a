"""Reads the keyboard through `Replies`, so that a terminal's late answers are never keys and a paste stays whole."""

from __future__ import annotations

import asyncio
import os
import re
import selectors
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual import events
from textual.driver import Driver
from textual.message import Message

from tracker.tui.terminal.replies import Piece, Replies, Sort
from tracker.tui.terminal.signals import is_alone

if TYPE_CHECKING:
    from textual._xterm_parser import XTermParser

CHUNK = 65_536
LONGEST_WAIT = 0.1
"""Seconds between two looks at whether the app wants to leave."""
LONGEST_KEY = 32
"""Characters of the longest sequence that Textual's parser takes for a whole."""
_ANSWER = re.compile(r"\x1b\[[?>=](?!.*\$y)")
"""What only a terminal says of itself; a mode ("$y") is what Textual asked for."""
_OF_THE_PARSER = re.compile(r"\x1b\[(?:<[\d;-]+[Mm]|M...|[\d;-]+M|48;.*t)", re.DOTALL)
"""The mouse and the size: the parser remembers them from one to the next."""


class UntilGone:
    """A stream to a terminal that takes everything once the terminal has gone, so that its writer never dies of it.

    A writer that has died lets the app wait for ever to hand over its next line.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.fileno = stream.fileno

    def write(self, text: str) -> int:
        """Write the text, or drop it where nobody is left to read it."""
        with _nobody_there():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Send on what was written."""
        with _nobody_there():
            self._stream.flush()


@contextmanager
def _nobody_there() -> Iterator[None]:
    """Pass over what fails because the terminal has gone."""
    try:
        yield
    except OSError:
        if not is_alone():
            raise


class Keyboard:
    """Turns input into the messages of Textual, a whole piece at a time, so that its parser never waits."""

    def __init__(self) -> None:
        self._replies = Replies()
        self.expect = self._replies.expect
        self._parser, self._spare = new_parser(), new_parser()

    def feed(self, text: str, now: float) -> Iterator[Message]:
        """Yield what a text means; `now` as in `Replies`."""
        yield from self._read(self._replies.feed(text, now))

    def tick(self, now: float) -> Iterator[Message]:
        """Yield what is known as nothing more has come."""
        yield from self._read(self._replies.tick(now))

    def wait(self) -> float:
        """Return the seconds to wait for more input."""
        return min(LONGEST_WAIT, self._replies.wait() or LONGEST_WAIT)

    def _read(self, pieces: list[Piece]) -> Iterator[Message]:
        for piece in pieces:
            match piece.sort:
                case Sort.PASTE:
                    yield events.Paste(piece.text.replace("\x00", ""))
                case Sort.TEXT:
                    yield from self._parser.feed(piece.text)
                case Sort.ALONE:
                    yield from self._by_itself(piece.text)
                case Sort.SEQUENCE if _OF_THE_PARSER.fullmatch(piece.text):
                    yield from self._parser.feed(piece.text)
                case Sort.SEQUENCE:
                    yield from self._known(piece.text)

    def _known(self, sequence: str) -> list[Message]:
        """Return what a sequence means to Textual, and nothing for one that it does not know."""
        if _ANSWER.match(sequence) or len(sequence) > LONGEST_KEY:
            return []
        found = list(self._spare.feed(sequence))
        if not found:
            # It waits for the rest of what it takes for the beginning of something.
            self._spare = new_parser()
        return found

    def _by_itself(self, text: str) -> list[Message]:
        """Return the key of an ESC, or of alt with a character, to which nothing more belongs."""
        found = [*self._spare.feed(text), *self._spare.feed("")]
        self._spare = new_parser()
        return found


def new_parser() -> XTermParser:
    """Return a parser of Textual. Raises ImportError where Textual has none by that name."""
    from textual._xterm_parser import XTermParser

    return XTermParser()


def patient(driver: type[Driver]) -> type[Driver]:
    """Return a driver that reads the keyboard through `Replies`, or the same one where it is of another make."""
    if sys.platform == "win32":
        return driver
    try:
        from textual.drivers.linux_driver import LinuxDriver

        new_parser()
    except ImportError:
        return driver
    if driver is not LinuxDriver or not hasattr(LinuxDriver, "run_input_thread"):
        return driver

    class PatientDriver(LinuxDriver):
        """Textual's own driver, with another way to read, and no thread left behind once the terminal has gone."""

        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            if self._file is not None:
                self._file = cast("Any", UntilGone(self._file))

        def write(self, data: str) -> None:
            """Hand a text to the writer, or drop it where none is at work: it would be waited for without end."""
            if self._writer_thread is not None and self._writer_thread.is_alive():
                super().write(data)

        def _sigcont_application(self, *_: object) -> None:
            """Take the terminal again; Textual starts its threads a second time where it did not let go before."""
            if is_alone():
                return
            if self._must_signal_resume:
                super()._sigcont_application()
            else:
                asyncio.get_running_loop().call_soon_threadsafe(self._take_again)

        def _take_again(self) -> None:
            if self._auto_restart and not is_alone():
                self.suspend_application_mode()
                self.resume_application_mode()

        def run_input_thread(self) -> None:
            """Read the keyboard until the app leaves."""
            decode = getincrementaldecoder(encoding_typed())(errors="surrogateescape").decode
            keyboard = Keyboard()
            keyboard.expect(time.monotonic())
            with selectors.SelectSelector() as selector:
                selector.register(self.fileno, selectors.EVENT_READ)
                while not self.exit_event.is_set():
                    found = selector.select(keyboard.wait())
                    text = decode(os.read(self.fileno, CHUNK)) if found else ""
                    now = time.monotonic()
                    for message in keyboard.feed(text, now) if text else keyboard.tick(now):
                        self.process_message(message)

    return PatientDriver


def encoding_typed() -> str:
    """Return how what is typed at this terminal is encoded."""
    encoding = sys.__stdin__.encoding if sys.__stdin__ is not None else "utf-8"
    return "utf-8" if encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968") else encoding
