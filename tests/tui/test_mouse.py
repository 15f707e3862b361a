"""All by mouse: rows, signs, the wheel, footer keys and the calendar."""

from __future__ import annotations

from textual import events
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from tests.tui.driver import Driver, day, drive, held
from tracker.domain.counting.occasions import State
from tracker.services.environment import Environment
from tracker.tui.widgets.heatmap import LABEL, Heatmap

REPLY, COUNT = "s4.reachable", "s2.turn-toward"


def at(driver: Driver, cid: str) -> int:
    """Return the line of the list on which a commitment stands, as it is scrolled now."""
    index = next(index for index, line in enumerate(driver.board._lines) if line.key == cid)
    return index - driver.board.scroll_offset.y


async def wheel(driver: Driver, widget: Widget, down: bool, times: int = 1) -> None:
    """Turn the wheel over a widget."""
    kind = events.MouseScrollDown if down else events.MouseScrollUp
    for _ in range(times):
        await driver.pilot._post_mouse_events([kind], widget, offset=(10, 2))
    await driver.settle()


async def test_a_click_selects_and_a_click_on_the_sign_checks_off(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.click(driver.board, 20, at(driver, COUNT))
        assert driver.board.key == COUNT and held(kinds, COUNT).done == 0
        await driver.click(driver.board, 3, at(driver, REPLY))
        assert driver.board.key == REPLY and held(kinds, REPLY).state is State.KEPT
        assert "●" in driver.line("Reply to messages")
        await driver.click(driver.board, 20, 0)
        assert driver.board.key == REPLY, "a heading is no row"


async def test_a_double_click_opens(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.click(driver.board, 20, at(driver, REPLY), times=2)
        assert driver.name == "Commitment" and "Reply" in driver.text("#heading")
        await driver.press("escape", "a")
        await driver.go(REPLY)
        await driver.click(driver.board, 20, at(driver, REPLY), times=2)
        assert driver.name == "Edit"


async def test_marks_by_mouse(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("a")
        await driver.go("s2.caring-act")
        await driver.click(driver.board, 3, at(driver, "s2.caring-act"))
        assert "1 marked" in driver.text("#aside")


async def test_the_wheel_scrolls_and_the_cursor_stays(demo: Environment) -> None:
    async with drive(demo, (80, 24)) as driver:
        key = driver.board.key
        await wheel(driver, driver.board, down=True, times=4)
        assert driver.board.scroll_offset.y > 0 and driver.board.key == key
        row = at(driver, REPLY)
        await driver.click(driver.board, 20, row)
        assert driver.board.key == REPLY, "a click hits the row that is seen there"
        await wheel(driver, driver.board, down=False, times=9)
        assert driver.board.scroll_offset.y == 0


async def test_every_key_of_the_footer_can_be_clicked(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        done: list[str] = []
        for key in list(driver.screen.query_one(Footer).query(FooterKey)):
            done.append(key.description)
            [now] = [each for each in driver.screen.query(FooterKey) if each.description == key.description]
            await driver.click(now, 1, 0)
            if key.description == "check":
                assert held(kinds, REPLY).state is State.KEPT
            elif key.description == "undo":
                assert "Undone" in driver.said
            elif key.description != "count":
                assert driver.name != "Today", key.description
            while driver.name != "Today":
                await driver.press("escape")
        assert done == ["check", "count", "skip", "streaks", "undo", "help", "all"]


async def test_answers_are_clicked(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("o")
        await driver.pilot.click("OptionList", offset=(3, 1))
        await driver.settle()
        assert driver.shows("How deep")
        await driver.press("escape", "e")
        await driver.pilot.click("#leave")
        await driver.settle()
        assert driver.name == "Today"


async def test_a_day_of_the_calendar_is_clicked(demo: Environment) -> None:
    async with drive(demo, (120, 40)) as driver:
        await driver.go(REPLY)
        await driver.press("enter")
        heatmap = driver.screen.query_one(Heatmap)
        x = LABEL + (heatmap.weeks - 2) * heatmap.pitch
        await driver.click(heatmap, x, 1)
        assert heatmap.cursor == day(9), "Monday of last week"
        assert "Monday 16 November" in driver.text("#told")
        await driver.click(heatmap, 1, 3)
        assert heatmap.cursor == day(9), "the names of the days are no days"
        await driver.click(heatmap, LABEL + (heatmap.weeks - 1) * heatmap.pitch, 7)
        assert heatmap.cursor == day(0), "the days to come are not there yet"


async def test_a_heatmap_of_the_dashboard_is_clicked(demo: Environment) -> None:
    async with drive(demo, (120, 40)) as driver:
        await driver.press("d")
        heatmap = driver.screen.query_one(Heatmap)
        await driver.click(heatmap, LABEL + (heatmap.weeks - 2) * heatmap.pitch, 2)
        assert "Tuesday 17 November" in driver.text("#told")
