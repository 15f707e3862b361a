"""Toward's own colours: a dark, a light and a high-contrast theme, variables every theme gets, and the style sheets."""

from __future__ import annotations

from pathlib import Path

from textual.theme import Theme

READ = ("primary", "secondary", "success", "warning", "accent", "error")
"""The colours that text is drawn in."""
DARK = Theme(
    name="toward-dark",
    primary="#e0a96d",
    secondary="#8fb9a8",
    accent="#cf93a5",
    warning="#e5c07b",
    error="#d49a7a",
    success="#9cc59a",
    foreground="#e8e1d5",
    background="#1c1a18",
    surface="#242120",
    panel="#2d2927",
    dark=True,
)
LIGHT = Theme(
    name="toward-light",
    primary="#8f4f12",
    secondary="#2f6f5e",
    accent="#93405c",
    warning="#7d5a00",
    error="#8f4420",
    success="#2f6b35",
    foreground="#2f2a24",
    background="#fbf7f0",
    surface="#f3ede2",
    panel="#e9e1d3",
    dark=False,
)
CONTRAST = Theme(
    name="toward-contrast",
    primary="#ffd75f",
    secondary="#ffffff",
    accent="#87d7ff",
    warning="#ffd75f",
    error="#ffaf87",
    success="#afffaf",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    dark=True,
    variables={"text-muted": "#d0d0d0"},
)
THEMES = (DARK, LIGHT, CONTRAST)
for _theme in THEMES:
    # Text is drawn in the readable kin of a colour, which Textual works out; these colours are readable themselves.
    _theme.variables |= {f"text-{_name}": str(getattr(_theme, _name)) for _name in READ}


def styles() -> list[Path]:
    """Return the style sheets: beside the package in a checkout, inside it once installed."""
    package = Path(__file__).parents[1]
    for folder in (package / "styles", package.parent / "styles"):
        found = sorted(folder.glob("*.tcss"))
        if found:
            return found
    raise FileNotFoundError("Toward's styles are missing: install it again, for example with pipx install .")
