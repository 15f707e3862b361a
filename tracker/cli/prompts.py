"""Questions, asked only where somebody sits at a terminal; private words come in here and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

from tracker.cli.session import Session
from tracker.services.errors import BadInput, Refused

T = TypeVar("T")
MOST = 100_000
ANSWERS = (str, int, float, bool, type(None))


def ask(session: Session, question: str, read: Callable[[str], T], default: str = "") -> T:
    """Return an answer that `read` understands, asking again until it does. Raises Refused if there is none."""
    while True:
        session.out.ask(f"{question}{f' [{default}]' if default else ''}: ")
        line = sys.stdin.readline(MOST)
        if not line:
            session.out.tell("")
            raise Refused("There was no answer. Nothing changed.")
        try:
            return read(line.strip() or default)
        except BadInput as error:
            session.out.tell(error.message)


def line_if_any(session: Session, question: str) -> str:
    """Return a line typed at a terminal, or an empty text where nothing was."""
    session.out.ask(f"{question}: ")
    line = sys.stdin.readline(MOST)
    if not line:
        session.out.tell("")
    return line.strip()


def private_words(session: Session, question: str) -> str:
    """Return text for the person's own eyes: typed at a terminal, or read whole from standard input."""
    if not session.can_ask:
        return _everything()
    session.out.tell(f"{question} End with an empty line.")
    lines: list[str] = []
    while (line := sys.stdin.readline(MOST)) and line.strip():
        lines.append(line)
    return "".join(lines)


def long_words(session: Session, question: str) -> str:
    """Return text of any number of lines, typed at a terminal. Raises Refused where nobody answers any more."""
    session.out.tell(f"{question} End with an empty line.")
    lines: list[str] = []
    while (line := sys.stdin.readline(MOST)) and line.strip():
        lines.append(line)
    if not line and not lines:
        raise Refused("There was no answer. Nothing changed.")
    return "".join(lines)


def json_answers() -> dict[str, Any]:
    """Return the one JSON object on standard input. Raises BadInput, without a word of what it holds."""
    import json

    try:
        found = json.loads(_everything())
    except (ValueError, RecursionError):
        raise BadInput('Standard input holds no JSON. It takes one object: {"field": answer}') from None
    if not isinstance(found, dict) or not all(isinstance(each, ANSWERS) for each in found.values()):
        raise BadInput('Standard input takes one JSON object of plain answers: {"field": answer}')
    return found


def note(session: Session) -> str:
    """Return the private note that --note asks for, or an empty text without it."""
    if not session.args.note:
        return ""
    words = private_words(session, "A note, for your eyes only.").strip()
    if not words:
        session.out.tell("The note was empty; none was kept.")
    return words


def _everything() -> str:
    """Return all of standard input, whatever it is encoded in."""
    if sys.stdin is None:
        return ""
    raw = getattr(sys.stdin, "buffer", None)
    return raw.read(MOST).decode("utf-8", "replace") if raw is not None else sys.stdin.read(MOST)
