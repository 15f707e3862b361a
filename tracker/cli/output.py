"""The one way out: all that is printed is made harmless here, and fits what the stream can show."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from tracker.domain.text import discreet_mode
from tracker.domain.text.cells import cell_width
from tracker.domain.text.clean import UNSAFE, harmless
from tracker.services.terminal import can_be_drawn_on, plain_encoding

NARROWEST, USUAL, WIDEST = 30, 80, 100
ENDLESS = 10_000
SCHEMA = 1
"""The number of what --json answers; fields may come, and none changes its meaning."""
WIPE = "\x1b[H\x1b[2J\x1b[3J"
OTHER_SCREEN, FIRST_SCREEN = "\x1b[?1049h", "\x1b[?1049l"


class Unwritten(Exception):
    """An answer could not be written; the message is the reason the system gives."""


class Output:
    """Answers on standard output, talk on standard error.

    Talk that cannot be written is dropped: it must not take the answer, or the exit code, with it.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO) -> None:
        self._stdout, self._stderr = stdout, stderr
        self.saved = False
        """Whether something was changed by now, so that a retry would change it twice."""
        self.is_heard = True
        """Whether all talk until now could be written."""

    @property
    def width(self) -> int:
        """Return how many cells a line may take: 80, or what COLUMNS or the terminal says, from 30 to 100."""
        return room(self._stdout) or USUAL

    @property
    def height(self) -> int:
        """Return how many lines of talk stand on the terminal at once; without one, more than anything has."""
        with suppress(OSError, ValueError):
            return os.get_terminal_size(self._stderr.fileno()).lines or ENDLESS
        return ENDLESS

    @property
    def is_terminal(self) -> bool:
        """Return whether a person reads standard output directly."""
        return self._stdout.isatty()

    def print_result(self, *lines: str) -> None:
        """Print lines of the answer."""
        for line in lines:
            _print(self._stdout, line)

    def print_verbatim(self, text: str) -> None:
        """Print lines that another program reads, however long they are."""
        for line in text.splitlines():
            _print(self._stdout, line, fits=True)

    def print_note(self, *lines: str) -> None:
        """Print lines of talk: hints, warnings, questions."""
        for line in lines:
            self._note(line)

    def print_paragraphs(self, *texts: str) -> None:
        """Print talk in lines that fit the width; an empty text is a blank line."""
        from textwrap import wrap

        for text in texts:
            self.print_note(*(wrap(text, self.width) or [""]))

    def print_question(self, question: str) -> None:
        """Print a question and stay on its line."""
        self._note(question, end="")

    def _note(self, text: str, end: str = "\n") -> None:
        try:
            _print(self._stderr, text, end)
            self._stderr.flush()
        except (OSError, ValueError, Unwritten):
            self.is_heard = False
            _lead_nowhere(self._stderr)

    @property
    def can_wipe(self) -> bool:
        """Return whether what stands on the terminal can be taken away again."""
        return self._stderr.isatty() and can_be_drawn_on()

    def wipe(self) -> None:
        """Clear the terminal with what can be scrolled back to, so that nobody reads what somebody else typed."""
        self._send(WIPE)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Talk on a screen of its own, which cannot be scrolled back to, and clear both before and after."""
        self._send(f"{WIPE}{OTHER_SCREEN}{WIPE}")
        try:
            yield
        finally:
            # A terminal without another screen, or that keeps its lines, is cleared by the second.
            self._send(f"{WIPE}{FIRST_SCREEN}{WIPE}")

    def _send(self, codes: str) -> None:
        if self._stderr.isatty():
            with suppress(OSError, ValueError, Unwritten):
                _write(self._stderr, codes)
                self._stderr.flush()

    def print_error(self, message: str) -> None:
        """Print what went wrong, on one line."""
        self.print_note(f"{discreet_mode.NAME if discreet_mode.is_drawn() else 'toward'}: {' '.join(message.split())}")

    def json(self, answer: Mapping[str, Any]) -> None:
        """Print an object as JSON, with the number of its schema."""
        self.json_text(json.dumps({"schema": SCHEMA} | dict(answer), ensure_ascii=False, indent=2) + "\n")

    def json_text(self, text: str) -> None:
        """Print JSON with what could steer a terminal written as escapes, so that its meaning stays."""
        safe = UNSAFE.sub(lambda found: _escape(found[0]), text)
        if plain_encoding(self._stdout) is not None:
            safe = "".join(letter if letter.isascii() else _escape(letter) for letter in safe)
        _write(self._stdout, safe)

    def flush(self) -> None:
        """Send everything on its way. Raises Unwritten, or BrokenPipeError where the reader has gone."""
        try:
            self._stdout.flush()
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:
            raise Unwritten(_reason(error)) from None

    def give_up(self) -> None:
        """Let what could not be written not be tried again, and complained about, when Python ends."""
        _lead_nowhere(self._stdout)


def room(stream: TextIO) -> int | None:
    """Return how many cells a line of a stream may take, or None where nobody reads it in columns."""
    text = os.environ.get("COLUMNS", "")
    columns = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    with suppress(OSError, ValueError):
        columns = columns or os.get_terminal_size(stream.fileno()).columns
    return min(WIDEST, max(NARROWEST, columns)) if columns else None


def _print(stream: TextIO, text: str, end: str = "\n", fits: bool = False) -> None:
    text = harmless(" ".join(text.split("\n"))).rstrip() if end else harmless(text)
    if (
        end
        and not fits
        and len(text) > NARROWEST // 2
        and (cells := room(stream)) is not None
        and cell_width(text) > cells
    ):
        text = "\n".join(wrapped(text, cells))
    if not text.isascii() and (encoding := plain_encoding(stream)) is not None:
        from tracker.domain.text.ascii_signs import in_plain_signs

        text = in_plain_signs(text, encoding)
    _write(stream, text + end)


def wrapped(text: str, width: int) -> list[str]:
    """Return text as lines of at most so many cells, broken at blanks alone; what goes on stands further in."""
    indent = " " * (len(text) - len(text.lstrip()))
    lines, line = [], indent
    for word in re.findall(r"\S+ *", text):
        if line.strip() and cell_width(line) + cell_width(word.rstrip()) > width:
            lines.append(line.rstrip())
            line = f"{indent}  "
        line += word
    return [*lines, line.rstrip()]


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise Unwritten(_reason(error)) from None


def _reason(error: Exception) -> str:
    """Return why a stream took nothing, without the text that it was to take."""
    return getattr(error, "strerror", None) or type(error).__name__


def _lead_nowhere(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _escape(letter: str) -> str:
    return json.dumps(letter)[1:-1] if ord(letter) > 0x7E else f"\\u{ord(letter):04x}"
