"""The dashboard: every streak, the year, and the way into a commitment and back."""

from __future__ import annotations

import threading

import pytest

from tests.tui.driver import PATIENCE, drive, second
from tests.tui.test_outside import asked
from tracker.ledger.workspace import Workspace
from tracker.services.environment import Environment
from tracker.services.views.dashboard import Overview, overview
from tracker.tui.widgets.heatmap import Heatmap


async def test_it_says_what_the_store_holds(demo: Environment) -> None:
    found = overview(second(demo))
    async with drive(demo, (120, 60)) as driver:
        await driver.press("d")
        assert f"{found.on_track} weeks on track" in driver.text("#aside")
        for row in found.day.rows:
            line = driver.line(row.commitment.title[:20])
            if row.figures.streak and not row.commitment.harm:
                assert f" {row.figures.streak} " in line
        for group in found.day.groups[1:]:
            week = found.week[group.step]
            if week.asked:
                assert f"{week.kept} of {week.asked} this week" in driver.line(group.name.upper())
        assert found.going_well in driver.text("#words") and found.would_help in driver.text("#words")
        assert driver.shows("TIME TOGETHER") and driver.shows("OPENED UP")


async def test_enter_opens_and_escape_returns_to_the_same_line(demo: Environment) -> None:
    async with drive(demo) as driver:
        await driver.press("d", "j", "j", "k", "down")
        key = driver.board.key
        await driver.press("enter")
        assert driver.name == "Commitment"
        await driver.press("escape")
        assert driver.name == "Dashboard" and driver.board.key == key
        await driver.press("d")
        assert driver.name == "Today"
        await driver.press("d", "q")
        assert driver.name == "Today"


async def test_the_year_tells_the_day_under_the_cursor(demo: Environment) -> None:
    async with drive(demo, (120, 40)) as driver:
        await driver.press("d", "tab")
        heatmap = driver.screen.query_one(Heatmap)
        assert heatmap.has_focus
        assert "Wednesday 25 November:" in driver.text("#told")
        await driver.press("left", "up")
        assert "Tuesday 17 November, 8 days ago:" in driver.text("#told")
        driver.page.reload()
        await driver.settle()
        assert "Tuesday 17 November" in driver.text("#told"), "what is told belongs to the cursor"
        await driver.press("right", "right", "down")
        assert "Wednesday 25 November:" in driver.text("#told"), "the future is not on the map"
        await driver.press(*["h"] * 54)
        assert heatmap.cursor == heatmap.start
        await driver.press("G")
        assert "Wednesday 25 November:" in driver.text("#told")


async def test_a_new_store_is_met_with_patience(young: Environment) -> None:
    async with drive(young) as driver:
        await driver.press("d")
        assert "of 7" in driver.line("Reply to messages"), "fewer than thirteen occasions are told as a count"
        assert driver.text("#words").strip()


async def test_a_page_that_takes_long_says_so_until_it_stands(
    young: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()

    def slow(toward: Workspace) -> Overview:
        assert goes_on.wait(PATIENCE)
        return overview(toward)

    monkeypatch.setattr("tracker.tui.screens.dashboard.overview", slow)
    async with drive(young) as driver:
        goes_on.set()
        await driver.press("d")
        assert "One moment" not in driver.frame(), "what is quick is not announced"
        beside = driver.text("#aside")
        goes_on.clear()
        driver.page.reload()
        await asked(driver, lambda: "One moment" in driver.text("#aside"))
        assert driver.shows("Reply to messages"), "what stood there stays"
        goes_on.set()
        await driver.settle()
        assert driver.text("#aside") == beside
        goes_on.clear()
        await driver.press("d")
        driver.send("d")
        await asked(driver, lambda: driver.name == "Dashboard" and "One moment" in driver.text("#heading"))
        goes_on.set()
        await driver.settle()
        assert driver.shows("Streaks") and "One moment" not in driver.frame()
