"""Text that somebody typed, as it is kept: whole, or refused with the limit. Nothing else shortens text."""

from __future__ import annotations

from tracker.domain.text.clean import LONGEST_LINE, LONGEST_TEXT, one_line, paragraphs, too_long
from tracker.ledger.errors import BadInput


def typed_line(text: str, what: str, most: int = LONGEST_LINE) -> str:
    """Return text on one line as it is kept. Raises BadInput where it has more than `most` characters.

    `what` begins the sentence that refuses it: `A title`.
    """
    line = one_line(text)
    if wrong := too_long(what, line, most):
        raise BadInput(wrong)
    return line


def typed_name(text: str, what: str, most: int = LONGEST_LINE) -> str:
    """Return a name on one line as it is kept. Raises BadInput where it is too long or nothing of it can be seen."""
    from tracker.domain.language.names import is_visible

    line = typed_line(text, what, most)
    if not is_visible(line):
        raise BadInput(f"{what} needs at least one visible character.")
    return line


def typed_text(text: str, what: str, most: int = LONGEST_TEXT) -> str:
    """Return text of several lines as it is kept. Raises BadInput where it has more than `most` characters."""
    words = paragraphs(text)
    if wrong := too_long(what, words, most):
        raise BadInput(wrong)
    return words
