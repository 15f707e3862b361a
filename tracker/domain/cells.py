"""How many cells of a terminal a text takes, and how it is fitted into some."""

from __future__ import annotations

from unicodedata import category, east_asian_width

ELLIPSIS = "…"
ZERO = frozenset({"Mn", "Me", "Cf"})


def cell_width(text: str) -> int:
    """Return the cells a text takes: two for wide letters, none for marks that combine."""
    if text.isascii():
        return len(text)
    return sum(_width(letter) for letter in text)


def _width(letter: str) -> int:
    if letter.isascii():
        return 1
    if category(letter) in ZERO:
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1


def cut(text: str, cells: int) -> str:
    """Return the text, shortened with an ellipsis if it takes more than that many cells."""
    if cell_width(text) <= cells:
        return text
    kept, used = [], 0
    for letter in text:
        used += _width(letter)
        if used > cells - 1:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + ELLIPSIS if cells > 0 else ""


def left(text: str, cells: int) -> str:
    """Return the text in exactly that many cells, at the left."""
    short = cut(text, cells)
    return short + " " * (cells - cell_width(short))


def right(text: str, cells: int) -> str:
    """Return the text in exactly that many cells, at the right."""
    short = cut(text, cells)
    return " " * (cells - cell_width(short)) + short
