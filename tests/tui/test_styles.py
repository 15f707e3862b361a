"""Style sheets, colours that can be read, and screens that need no colour at all."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from textual.color import Color
from textual.css.model import SelectorType
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, Theme

from tests.tui.driver import drive, walk
from tests.tui.test_frames import whole
from tests.tui.test_textual_private import app_classes
from tracker.services.environment import Environment
from tracker.tui import themes
from tracker.tui.app import TowardApp
from tracker.tui.themes import READ, THEMES, styles

SCREENS = {each.__name__ for each in app_classes() if issubclass(each, Screen)}
ROOT = Path(themes.__file__).parents[2]


def test_styles_are_found_in_a_checkout() -> None:
    assert styles() == sorted((ROOT / "styles").glob("*.tcss"))


def test_styles_are_found_inside_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "tracker"
    (package / "tui").mkdir(parents=True)
    monkeypatch.setattr(themes, "__file__", str(package / "tui" / "themes.py"))
    with pytest.raises(FileNotFoundError, match="install it again"):
        styles()
    shutil.copytree(ROOT / "styles", package / "styles")
    found = styles()
    assert [path.name for path in found] == sorted(path.name for path in (ROOT / "styles").glob("*.tcss"))
    assert all(path.parent == package / "styles" for path in found)


@pytest.mark.parametrize("path", styles(), ids=lambda path: path.name)
def test_every_sheet_parses(path: Path) -> None:
    variables = TowardApp().get_css_variables()
    sheet = Stylesheet(variables=variables)
    sheet.read(path)
    sheet.parse()
    assert sheet.rules
    assert "#" not in "".join(line.split("{", 1)[-1] for line in path.read_text().splitlines() if "{" in line), (
        "colours come from the theme"
    )


FRAME = {"top", "heading", "aside", "message", "moment", "trouble"}
"""The ids that every screen shares."""


@pytest.mark.parametrize("path", styles(), ids=lambda path: path.name)
def test_a_sheet_styles_its_own_screen_alone(path: Path) -> None:
    sheet = Stylesheet(variables=TowardApp().get_css_variables())
    sheet.read(path)
    for rule in sheet.rules:
        for selectors in (each.selectors for each in rule.selector_set):
            first, ids = selectors[0], {each.name for each in selectors if each.type is SelectorType.ID}
            screen = first.type is SelectorType.TYPE and first.name in SCREENS
            assert screen or (path.name == "base.tcss" and ids <= FRAME), rule.selectors


def contrast(one: Color, two: Color) -> float:
    """Return the contrast ratio of WCAG 2."""

    def light(color: Color) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    bright, dim = sorted((light(one), light(two)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def seen(text: str, background: Color, variables: dict[str, str]) -> Color:
    """Return a colour of a theme as it is seen on a background."""
    value = variables[text]
    if value.startswith("auto"):
        share = float(value.split()[1].rstrip("%")) / 100
        return background.blend(background.get_contrast_text(1.0), share)
    color = Color.parse(value)
    return background.blend(color, color.a) if color.a < 1 else color


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_can_be_read(theme: Theme) -> None:
    variables = theme.to_color_system().generate() | theme.variables
    for ground in ("background", "surface", "panel"):
        background = Color.parse(variables[ground])
        assert contrast(seen("foreground", background, variables), background) >= 4.5
        assert contrast(seen("text-muted", background, variables), background) >= 3.0
    background = Color.parse(variables["background"])
    for name in ("primary", "secondary", "success", "warning", "accent", "error"):
        assert contrast(seen(name, background, variables), background) >= 4.5, name


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    ("drawn", "ground"), [("scrollbar-color: $foreground", "background"), ("vkey $foreground", "panel")]
)
def test_what_has_an_edge_is_seen(theme: Theme, drawn: str, ground: str) -> None:
    found = re.search(rf"{re.escape(drawn)} (\d+)%", (ROOT / "styles" / "base.tcss").read_text())
    assert found is not None
    variables = theme.to_color_system().generate() | theme.variables
    background = Color.parse(variables[ground])
    edge = background.blend(Color.parse(variables["foreground"]), int(found[1]) / 100)
    assert contrast(edge, background) >= 3.0


BUILT_IN = [theme for theme in BUILTIN_THEMES.values() if not theme.ansi]


@pytest.mark.parametrize("theme", [*THEMES, *BUILT_IN], ids=lambda theme: theme.name)
def test_coloured_text_can_be_read_in_every_theme(theme: Theme) -> None:
    variables = theme.to_color_system().generate() | theme.variables
    background = Color.parse(variables["background"])
    for name in READ:
        assert contrast(seen(f"text-{name}", background, variables), background) >= 3.0, name


def test_text_is_never_drawn_in_a_colour_that_may_be_too_pale() -> None:
    pale = re.compile(rf"[^-]color: \$({'|'.join(READ)})\b")
    for path in styles():
        assert not pale.search(path.read_text()), path.name


OTHERS = ("toward-light", "toward-contrast", "ansi-dark", "ansi-light", "textual-light", "gruvbox")


@pytest.mark.parametrize("theme", OTHERS)
async def test_every_screen_in_every_kind_of_theme(kinds: Environment, theme: str) -> None:
    async with drive(kinds, (80, 24), theme) as driver:
        assert driver.app.theme == theme
        whole(driver, theme)
        if driver.app.current_theme.ansi:
            async for name in walk(driver):
                whole(driver, name)


async def test_without_colour_the_signs_say_it_all(kinds: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with drive(kinds, (80, 24)) as driver:
        assert driver.app.no_color
        async for name in walk(driver):
            whole(driver, name)
            for strip in driver.screen._compositor.render_strips():
                for segment in strip:
                    if segment.style is not None and segment.style.color is not None:
                        red, green, blue = segment.style.color.get_truecolor()
                        assert max(red, green, blue) - min(red, green, blue) <= 2, "grey only"
        await driver.go("s4.reachable")
        before = driver.line("Reply to messages")
        await driver.press("space")
        assert driver.line("Reply to messages") != before
