"""How Toward looks on this computer: its theme, and whether it is discreet; read before a store is unlocked."""

from __future__ import annotations

from pathlib import Path

from tracker.ledger.errors import InvalidChoice, Refused
from tracker.services.environment import DISCREET, ON, read_choice
from tracker.store.files import atomic_write, make_folder

OWN_THEMES = ("toward-dark", "toward-light", "toward-contrast")
OTHER_THEMES = (
    "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe", "catppuccin-latte",
    "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine",
    "rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light", "textual-dark", "textual-light",
    "tokyo-night",
)  # fmt: skip
"""The themes that come with the library that draws the app."""
OFF = "off"
_YES, _NO = (ON, "yes", "true", "1"), (OFF, "no", "false", "0")
_THEME = "theme"


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
    return read_choice(state / _THEME)


def keep_theme(state: Path, name: str) -> None:
    """Remember a theme on this computer. Raises Refused."""
    _write(state / _THEME, name)


def discreet_named(word: str) -> bool:
    """Return whether a word says on or off. Raises BadInput."""
    name = word.strip().lower()
    if name in (*_YES, *_NO):
        return name in _YES
    raise InvalidChoice(word, ("on", "off"))


def keep_discreet(state: Path, on: bool) -> None:
    """Remember whether to be discreet on this computer. Raises Refused."""
    _write(state / DISCREET, ON if on else OFF)


def _write(path: Path, text: str) -> None:
    try:
        make_folder(path.parent)
        atomic_write(path, f"{text}\n".encode())
    except OSError:
        raise Refused(f"Nothing was saved: check that you may write to {path.parent}.") from None
