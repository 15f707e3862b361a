"""How Toward looks on this computer: its theme, and whether it is discreet; read before a store is unlocked."""

from __future__ import annotations

from pathlib import Path

from tracker.ledger.errors import InvalidChoice, Refused
from tracker.store.files import atomic_write, make_folder, read_plain

OWN_THEMES = ("toward-dark", "toward-light", "toward-contrast")
OTHER_THEMES = (
    "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe", "catppuccin-latte",
    "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine",
    "rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light", "textual-dark", "textual-light",
    "tokyo-night",
)  # fmt: skip
"""The themes that come with the library that draws the app."""
ON, OFF = "on", "off"
_YES, _NO = (ON, "yes", "true", "1"), (OFF, "no", "false", "0")
_THEME, _DISCREET = "theme", "discreet"
_LONGEST = 64


def theme_named(word: str) -> str:
    """Return the theme that a word names: `light`, or `workspace-light`. Raises BadInput with those there are."""
    name = word.strip().lower()
    known = (*OWN_THEMES, *OTHER_THEMES)
    for each in (f"toward-{name.removeprefix('high-')}", name):
        if each in known:
            return each
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    meant = f"Did you mean '{near[0]}'?" if near else ""
    raise InvalidChoice(word, ("dark", "light", "contrast", *OTHER_THEMES), "theme", meant)


def read_theme(state: Path) -> str:
    """Return the name of the theme chosen on this computer, which this version may not know, or an empty text."""
    return _read(state / _THEME)


def keep_theme(state: Path, name: str) -> None:
    """Remember a theme on this computer. Raises Refused."""
    _write(state / _THEME, name)


def discreet_named(word: str) -> bool:
    """Return whether a word says on or off. Raises BadInput."""
    name = word.strip().lower()
    if name in (*_YES, *_NO):
        return name in _YES
    raise InvalidChoice(word, ("on", "off"))


def is_discreet(state: Path) -> bool:
    """Return whether Toward is to be discreet on this computer."""
    return _read(state / _DISCREET) == ON


def keep_discreet(state: Path, on: bool) -> None:
    """Remember whether to be discreet on this computer. Raises Refused."""
    _write(state / _DISCREET, ON if on else OFF)


def _read(path: Path) -> str:
    try:
        text = read_plain(path).decode("ascii").strip()
    except (OSError, ValueError):
        return ""
    return text if len(text) <= _LONGEST and text.isprintable() else ""


def _write(path: Path, text: str) -> None:
    try:
        make_folder(path.parent)
        atomic_write(path, f"{text}\n".encode())
    except OSError:
        raise Refused(f"Nothing was saved: check that you may write to {path.parent}.") from None
