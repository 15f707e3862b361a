"""How many cells of a terminal a text takes, and how it is fitted into some: one measure for the shell and the app."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import zip_longest
from unicodedata import combining, normalize

ELLIPSIS = "…"
VIRAMA = 9
"""The combining class of a sign that joins two letters of India into one."""
_ONE = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2190-\u21ff\u2500-\u25fc]*")
"""Letters that take one cell each, without a look at any table."""
_DISPUTED = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200d\u2060-\u206f\u20e3\u3164\ufe00-\ufe0f\uffa0"
    "\ufff9-\ufffb\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
"""What makes one sign of several or another one of it, or is not seen: joiners, variants, colours of skin, fillers."""
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")


def steady(text: str) -> str:
    """Return text as it is drawn in columns: composed, and without what terminals disagree on the width of."""
    return text if text.isascii() else _DISPUTED.sub("", normalize("NFC", text))


def cell_width(text: str) -> int:
    """Return the cells a text takes as it stands: two for wide letters, none for marks that combine."""
    return len(text) if _ONE.fullmatch(text) else sum(map(_width, text))


def _width(letter: str) -> int:
    if letter.isascii():
        return 1
    starts, ends, widths = _table()
    at = bisect_right(starts, ord(letter)) - 1
    return widths[at] if at >= 0 and ord(letter) <= ends[at] else 1


@cache
def _table() -> tuple[list[int], list[int], list[int]]:
    """Return where the ranges of letters of another width than one start and end, and their widths."""
    from tracker.domain.text.cell_table import NONE, TWO

    found = []
    for width, ranges in ((0, NONE), (2, TWO)):
        for each in ranges.split():
            first, _, last = each.partition("-")
            found.append((int(first, 16), int(last or first, 16), width))
    starts, ends, widths = zip(*sorted(found), strict=True)
    return list(starts), list(ends), list(widths)


def clusters(text: str) -> Iterator[str]:
    """Yield the parts of a text that are seen as one sign each: a letter with its marks, a flag, joined letters."""
    held = ""
    for letter in text:
        joins = bool(held) and (
            not _width(letter)
            or combining(held[-1]) == VIRAMA
            or (len(held) == 1 and bool(_FLAG.fullmatch(held)) and bool(_FLAG.fullmatch(letter)))
        )
        if held and not joins:
            yield held
            held = ""
        held += letter
    if held:
        yield held


def cut(text: str, cells: int) -> str:
    """Return the text as it is drawn, shortened with an ellipsis if it takes more cells; no sign is cut in two."""
    text = steady(text)
    if cell_width(text) <= cells:
        return text
    kept, used = [], 0
    for each in clusters(text):
        used += cell_width(each)
        if used > cells - 1:
            break
        kept.append(each)
    return "".join(kept).rstrip() + ELLIPSIS if cells > 0 else ""


def left(text: str, cells: int) -> str:
    """Return the text in exactly that many cells, at the left."""
    short = cut(text, cells)
    return short + " " * (cells - cell_width(short))


def right(text: str, cells: int) -> str:
    """Return the text in exactly that many cells, at the right."""
    short = cut(text, cells)
    return " " * (cells - cell_width(short)) + short


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines: each column as wide as its widest cell, and numbers with a sign to the right."""
    widths = [max(map(cell_width, column)) for column in zip_longest(*rows, fillvalue="")]
    return [
        "  ".join(
            (right if each[:1] in ("+", "-") else left)(each, wide) for each, wide in zip(row, widths, strict=False)
        ).rstrip()
        for row in rows
    ]
