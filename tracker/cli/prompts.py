"""Questions, asked only where somebody sits at a terminal; private words come in here and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from tracker.cli.session import Session
from tracker.domain.language.words import Unreadable
from tracker.domain.text.clean import LONGEST_TEXT, too_long
from tracker.ledger.errors import BadInput, Refused

T = TypeVar("T")
MOST = 4_000_000
"""Bytes of standard input, which is more than anything that is asked for may have."""
TERMINAL_LINE = 4095
"""Bytes of a line that a terminal hands over; it drops what is typed or pasted beyond them."""
ANSWERS = (str, int, float, bool, type(None))
NOT_TEXT = "Standard input is not UTF-8 text. Nothing was saved. To convert a file: iconv -t UTF-8 FILE"


def read_line() -> str:
    """Return the next line of standard input with its newline, or an empty text at its end.

    Raises BadInput for a line that is not text, or that a terminal may have cut.
    """
    try:
        line = sys.stdin.readline(MOST)
        raw = line.encode("utf-8", "surrogateescape")
        line = raw.decode("utf-8")
    except UnicodeError:
        raise BadInput("This line is not UTF-8 text, so it was not taken.") from None
    if len(raw) >= TERMINAL_LINE and sys.stdin.isatty():
        raise BadInput(
            f"A terminal takes lines of at most {TERMINAL_LINE - 1:,} bytes, and this one may be cut, so it was not "
            "taken. Type it in shorter lines, or read it from a file."
        )
    return line


def forget_what_was_typed_ahead() -> None:
    """Let go of lines that a terminal holds and nobody has read, so that they answer nothing that is asked later."""
    with suppress(ImportError, OSError, ValueError, AttributeError):
        import termios

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def ask(session: Session, question: str, read: Callable[[str], T], default: str = "") -> T:
    """Return an answer that `read` understands, asking again until it does. Raises Refused if there is none."""
    while True:
        session.out.print_question(f"{question}{f' [{default}]' if default else ''}: ")
        try:
            line = read_line()
            if line:
                return read(line.strip() or default)
        except (BadInput, Unreadable) as error:
            session.out.print_note(str(error))
            continue
        session.out.print_note("")
        raise Refused("Cancelled: no answer was given. Nothing changed.")


def line_if_any(session: Session, question: str) -> str:
    """Return a line typed at a terminal, or an empty text where nothing was."""
    while True:
        session.out.print_question(f"{question}: ")
        try:
            line = read_line()
        except BadInput as error:
            session.out.print_note(error.message)
            continue
        if not line:
            session.out.print_note("")
        return line.strip()


def private_words(session: Session, question: str, what: str, most: int = LONGEST_TEXT) -> str:
    """Return text for the person's own eyes: typed at a terminal, or read whole from standard input.

    `what` is what it is called where a line is not taken, because there would be more than `most` characters.
    """
    if not session.can_ask:
        return _everything()
    session.out.print_note(f"{question} End with an empty line.")
    return lines_typed(session, what, most) or ""


def long_words(session: Session, question: str) -> str:
    """Return text of any number of lines, typed at a terminal. Raises Refused where nobody answers any more."""
    session.out.print_note(f"{question} End with an empty line.")
    words = lines_typed(session, "An answer")
    if words is None:
        raise Refused("Cancelled: no answer was given. Nothing changed.")
    return words


def lines_typed(session: Session, what: str, most: int = LONGEST_TEXT) -> str | None:
    """Return the lines typed up to an empty one, or None where standard input ends before the first.

    A line that cannot be taken is told, and those before it stay.
    """
    lines: list[str] = []
    while True:
        try:
            line = read_line()
        except BadInput as error:
            session.out.print_note(error.message)
            continue
        if not line.strip():
            return "".join(lines) if lines or line else None
        if wrong := too_long(what, "".join((*lines, line)).strip(), most):
            session.out.print_note(f"{wrong} This last line was not taken; an empty line saves those before it.")
            continue
        lines.append(line)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object. Raises BadInput where it answers one question twice, for one answer would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadInput("Standard input answers one question twice. Nothing was saved: leave one of the answers out.")
    return found


def json_answers() -> dict[str, Any]:
    """Return the one JSON object on standard input. Raises BadInput, without a word of what it holds."""
    import json

    try:
        found = json.loads(_everything(), object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        raise BadInput('Standard input holds no JSON. It takes one object: {"field": answer}') from None
    if not isinstance(found, dict) or not all(isinstance(each, ANSWERS) for each in found.values()):
        raise BadInput('Standard input takes one JSON object of plain answers: {"field": answer}')
    return found


def note(session: Session) -> str:
    """Return the private note that --note asks for, or an empty text without it."""
    if not session.args.note:
        return ""
    words = private_words(session, "A note, for your eyes only.", "A note").strip()
    if not words:
        session.out.print_note("The note was empty; none was kept.")
    return words


def _everything() -> str:
    """Return all of standard input. Raises BadInput where it is not text, or more than anybody would type."""
    if sys.stdin is None:
        return ""
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        return sys.stdin.read()
    raw: bytes = stream.read(MOST + 1)
    if len(raw) > MOST:
        raise BadInput(
            f"Standard input holds more than {MOST:,} bytes, which no text here may have. Nothing was saved."
        )
    for encoding in ("utf-8-sig", sys.stdin.encoding or "ascii"):
        try:
            return raw.decode(encoding)
        except UnicodeError:
            continue
    raise BadInput(NOT_TEXT)
