"""Signs of ASCII for a terminal that knows no others, each as wide as what it stands for, so that columns stay."""

from __future__ import annotations

from unicodedata import category, name, normalize

from tracker.domain.text.cells import cell_width

SIGNS = {
    "█": "#", "▉": "#", "▊": "#", "▋": "#", "▇": "#", "▆": "#", "▅": "=", "▄": "=", "▃": "-", "▂": "-", "▁": "_",
    "▌": "|", "▍": "|", "▎": "|", "▏": "|", "▐": "|", "▕": "|", "▔": "-", "▀": "-",
    "■": "#", "▪": "#", "●": "#", "◉": "#", "◆": "#", "▓": "=", "▒": "=", "░": "=", "◐": "=", "◑": "=", "◒": "=",
    "□": "o", "▫": "o", "○": "o", "◌": "o", "◯": "o", "◇": "o", "◦": "o", "·": ".", "•": "*", "∙": ".",
    "×": "x", "✗": "x", "✘": "x", "✓": "v", "✔": "v", "✎": "*", "★": "*", "☆": "*", "↻": "@", "⏎": "<", "⌫": "<",
    "…": "~", "–": "-", "—": "-", "‐": "-", "‑": "-", "―": "-", "−": "-", "⋯": "~",
    "‘": "'", "’": "'", "‚": "'", "′": "'", "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
    "←": "<", "→": ">", "↑": "^", "↓": "v", "‹": "<", "›": ">", "≤": "<", "≥": ">", "≈": "~", "±": "~",
    "▸": ">", "▶": ">", "►": ">", "▹": ">", "◂": "<", "◀": "<", "◄": "<", "▴": "^", "▲": "^", "▾": "v", "▼": "v",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ",
}  # fmt: skip
UNKNOWN = "?"


def in_plain_signs(text: str, encoding: str = "ascii") -> str:
    """Return text in signs of ASCII and letters of an encoding; what neither has becomes `?`, in as many cells."""
    return (
        text if text.isascii() else "".join(letter if letter.isascii() else _plain(letter, encoding) for letter in text)
    )


def _plain(letter: str, encoding: str) -> str:
    if (known := SIGNS.get(letter)) is not None:
        return known
    if category(letter)[0] in "LN":
        try:
            letter.encode(encoding)
            return letter
        except UnicodeEncodeError:
            pass
    if "\u2500" <= letter <= "\u257f":
        return _line(name(letter, ""))
    if "\u2580" <= letter <= "\u259f" or "\U0001fb00" <= letter <= "\U0001fbff":
        return " "
    return UNKNOWN * cell_width(normalize("NFC", letter))


def _line(described: str) -> str:
    """Return what stands for a piece of a frame."""
    words = set(described.split())
    if "HORIZONTAL" in words and not words & {"VERTICAL", "UP", "DOWN"}:
        return "-"
    return "|" if "VERTICAL" in words and not words & {"HORIZONTAL", "LEFT", "RIGHT"} else "+"
