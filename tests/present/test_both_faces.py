"""What the app and the shell show of the same store is the same, fact by fact: neither words one of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pytest

from tests.present.conftest import Shell
from tests.tui.driver import TODAY, Driver, drive, second
from tracker.domain.reviews import Review
from tracker.present import dashboard
from tracker.services.environment import Environment
from tracker.services.views.dashboard import overview
from tracker.services.views.day_rows import day_view
from tracker.tui.screens.commitment import LATEST, CommitmentScreen
from tracker.tui.screens.dashboard import DashboardScreen
from tracker.tui.screens.reviews.review import ReviewScreen

ROOMY = (140, 60)
PARTS = 12
SIGNS = "●◐○◇·– "


def cells(line: str) -> list[str]:
    """Return the cells of a row: they stand two blanks or more apart, its sign before its title."""
    sign, rest = line[:1], line[1:].strip()
    return [sign, *re.split(r"\s{2,}", rest)] if rest else []


def rows_in(lines: Iterable[str], titles: Sequence[str]) -> dict[str, list[str]]:
    """Return the cells of each commitment's row, without its title, by the title in full."""
    found: dict[str, list[str]] = {}
    for line in lines:
        sign, title, *rest = cells(line) if line[:1] in SIGNS and line[1:].strip() else ("", "")
        whole = [each for each in titles if title and each.startswith(title.rstrip("…✎ ")) and sign]
        if len(whole) == 1:
            found[whole[0]] = [sign, *rest]
    return found


def board(driver: Driver) -> list[str]:
    """Return the lines of the list, in sight or not, each from its sign or its heading on."""
    lines = ("".join(text for text, _ in line.parts) for line in driver.board._lines)
    return [line[3:] if line.startswith("   ") else line[1:] for line in lines]


def plainly(lines: Iterable[str]) -> list[str]:
    """Return lines without blanks that only lay them out."""
    return [" ".join(line.split()) for line in lines if line.strip()]


def titles(here: Environment) -> list[str]:
    """Return the titles of all commitments."""
    return [each.title for each in second(here).ledger.commitments()]


async def test_today(here: Environment, shell: Shell) -> None:
    said = shell("today")
    async with drive(here, ROOMY) as driver:
        await driver.press("v")
        app, heading = board(driver), driver.text("#heading").strip()
        aside = driver.text("#aside").strip()
    assert said[0].startswith(heading), "the name of the day"
    assert aside.endswith(said[0].removeprefix(heading).strip()) or "together" in aside, "the number of the day"
    known = titles(here)
    of_app, of_shell = rows_in(app, known), rows_in(said, known)
    assert len(of_app) == len(known) > 3
    assert of_app == of_shell
    for name in ("STILL OPEN", "NEXT TOGETHER"):
        assert any(line.startswith(name) for line in app) == any(line.startswith(name) for line in said), name
    following = next((line for line in app if line.startswith("NEXT TOGETHER")), "")
    assert not following or plainly([following])[0] in plainly(said)
    for each in day_view(second(here)).waiting:
        for lines in (app, said):
            assert any(each.title in line and each.when in line for line in lines), each


async def test_streaks(here: Environment, shell: Shell) -> None:
    known = titles(here)
    said = rows_in(shell("streaks"), known)
    async with drive(here, ROOMY) as driver:
        driver.page.open(DashboardScreen())
        await driver.settle()
        app = rows_in(board(driver), known)
    assert len(app) == len(known)
    assert app == {title: row[:5] for title, row in said.items()}


def figures_in(said: Sequence[str]) -> dict[str, list[str]]:
    """Return the figures of `toward show` by their labels: the block of lines with a label each that has `now`."""
    start = next(index for index, line in enumerate(said) if line.startswith("now "))
    found: dict[str, list[str]] = {}
    for line in said[start : said.index("", start)]:
        label, value = re.split(r"\s{2,}", line, maxsplit=1)
        found.setdefault(label, []).append(value)
    return found


HEADINGS = ("Why this number", "Plans", "Lately", "Notes")


def section(lines: Sequence[str], heading: str) -> list[str]:
    """Return the lines under a heading, without blanks that only lay them out."""
    found, inside = [], False
    for line in plainly(lines):
        if any(line in (each, each.upper()) or line.startswith("Notes on") for each in HEADINGS):
            inside = line in (heading, heading.upper())
        elif inside:
            found.append(line)
    return found


async def test_each_commitment(here: Environment, shell: Shell) -> None:
    async with drive(here, ROOMY) as driver:
        for commitment in second(here).ledger.commitments():
            said = shell("show", commitment.id)
            driver.page.open(CommitmentScreen(commitment.id))
            await driver.settle()
            texts = {name: driver.text(f"#{name}") for name in ("heading", "aside", "numbers", "why", "past")}
            await driver.press("escape")
            where = f"{commitment.id}:\n" + "\n".join([*said, *texts.values()])
            assert texts["heading"].strip() == said[0], where
            figures = figures_in(said)
            assert [texts["aside"].strip()] == figures.pop("now"), where
            figures.pop("last 14", None)
            numbers = texts["numbers"].splitlines()
            earlier = "; ".join(figures.pop("earlier streaks", []))
            assert not earlier or f"earlier streaks {earlier}" in numbers, where
            told = [f"{label} {value}" for label, [value] in figures.items()]
            assert "   ".join(told) in [line.strip() for line in numbers], where
            sentences = plainly(numbers[[line.strip() for line in numbers].index("   ".join(told)) + 1 :])
            whole = " ".join(plainly(said))
            assert all(sentence in whole for sentence in sentences if not sentence.startswith("earlier")), where
            below = [*texts["why"].splitlines(), *texts["past"].splitlines()]
            for heading in ("Why this number", "Plans"):
                assert section(below, heading) == section(said, heading), where
            assert section(below, "Lately") == section(said, "Lately")[:LATEST], where


@pytest.mark.parametrize("kind", list(Review))
async def test_what_a_period_held(here: Environment, shell: Shell, kind: Review) -> None:
    together = ["week", "--together"] if kind is Review.TOGETHER else [kind.value]
    said = " ".join(plainly(shell("review", *together)))
    async with drive(here, ROOMY) as driver:
        driver.page.open(ReviewScreen(kind))
        await driver.settle()
        shown = [plainly([driver.text("#script").replace("\n", " ")])[0]]
        while said not in shown[-1] and len(shown) < PARTS:
            await driver.press("right")
            shown.append(plainly([driver.text("#script").replace("\n", " ")])[0])
    assert said in shown[-1], "\n".join([said, *shown])


async def test_the_dashboard_has_no_words_of_its_own(here: Environment) -> None:
    view = overview(second(here))
    charts = [each for each in (dashboard.together(view), dashboard.opened_up(view)) if each is not None]
    told = [line for chart in charts for line in _lines(chart)]
    told += [line for heading, lines in dashboard.sentences(view) for line in (heading.upper(), *lines)]
    async with drive(here, ROOMY) as driver:
        driver.page.open(DashboardScreen())
        await driver.settle()
        shown = re.sub("[▏▎▍▌▋▊▉█]+", " ", driver.text("#panel-text")).splitlines()
        assert plainly(shown) == plainly(told)
        assert driver.text("#aside").strip() == dashboard.on_track(view)
        assert driver.text("#told").strip() == dashboard.day_line(view, TODAY)
        heads = [head for head in dashboard.week_heads(view).values() if head]
        assert [head for head in heads if not any(head in line for line in board(driver))] == []


def _lines(chart: dashboard.Chart) -> list[str]:
    return [chart.heading.upper(), chart.summary, *(f"{label} {said}" for label, _, said in chart.bars)]


async def test_the_catalogue(here: Environment, shell: Shell) -> None:
    said = {line.split()[1]: line[0] for line in shell("add", "--list") if re.match(r". s[1-6]\.", line)}
    async with drive(here, ROOMY) as driver:
        await driver.press("a", "m")
        app = {
            line.key: "".join(text for text, _ in line.parts).strip()[0]
            for line in driver.board._lines
            if line.key is not None
        }
    assert {cid: app[cid] for cid in said} == said
    assert len(said) > 40
