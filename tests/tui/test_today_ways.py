"""Today: where its keys lead, how it is left, and keys in a hurry."""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import OptionList

from tests.tui.driver import Hands, drive, held, second
from tests.tui.today_kit import COUNT, REPLY
from tracker.domain.counting.occasions import State
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment
from tracker.services.together import planned
from tracker.tui.frame.dialogs import ChoiceDialog
from tracker.tui.screens.today import TodayScreen


async def test_keys_that_lead_elsewhere_and_back(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        for key, name in (
            ("a", "Catalogue"), ("e", "Edit"), ("enter", "Commitment"), ("d", "Dashboard"),
            ("question_mark", "Help"), ("f1", "Help"), ("exclamation_mark", "Safety"), ("f2", "Safety"),
        ):  # fmt: skip
            await driver.press(key)
            assert driver.name == name, key
            await driver.press("escape")
            assert driver.name == "Today"


async def test_what_asks_something_first_is_written_down_by_every_key(kinds: Environment) -> None:
    agreement, telling = "s3.openness-agreement", "s3.planned-telling"
    lifecycle.add_all(second(kinds), [agreement, telling])
    async with drive(kinds) as driver:
        for cid in (agreement, telling):
            await driver.go(cid)
            for key in ("space", "plus"):
                await driver.press(key)
                assert driver.name == "Form", (cid, key, driver.said)
                await driver.press("escape")


async def test_escape_stays_and_q_leaves(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("escape", "escape")
        assert driver.name == "Today" and "q leaves" in driver.said
        await driver.press("q")
        assert driver.app._exit and driver.app.return_value == 0
    async with drive(kinds) as driver:
        await driver.press("ctrl+q")
        assert driver.app._exit


async def test_what_was_asked_for_is_done_before_the_app_is_left(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        driver.send(*["plus"] * 5, "q")
        await driver.settle()
    assert held(kinds, COUNT).done == 5


async def test_what_was_asked_for_is_done_when_the_screen_is_left(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("enter")
        driver.send("space", "escape")
        await driver.settle()
        assert driver.name == "Today"
    assert held(kinds, REPLY).state is State.KEPT


async def test_keys_in_a_hurry_open_one_thing_at_a_time(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        for keys, back in (("oo", 1), ("nn", 1), ("aa", 1), ("ee", 1), ("??", 1), ("!!", 1)):
            driver.send(*keys)
            await driver.settle()
            assert len(driver.app.screen_stack) <= 3, keys
            await driver.press(*["escape"] * back)
            while driver.name != "Today":
                await driver.press("escape")
        driver.send("n", "x", "ctrl+s", "ctrl+s")
        await driver.settle()
        driver.send("d", "d", "d", "escape")
        await driver.settle()
        while driver.name != "Today":
            await driver.press("escape")


async def test_a_digit_of_another_script_chooses_nothing(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("o", "²", "9")
        assert isinstance(driver.screen, ChoiceDialog)
        assert driver.screen.query_one(OptionList).option_count == 4


async def test_the_plan_of_the_row_is_told(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        assert driver.text("#plan").startswith("If I cannot reply properly")
        await driver.press("g")
        first = driver.board.key
        await driver.press("G")
        assert driver.board.key not in (first, REPLY)
        await driver.press("pageup", "pagedown", "home")
        assert driver.board.key == first


async def test_the_row_under_the_cursor_is_named_in_full_in_the_smallest_window(demo: Environment) -> None:
    async with drive(demo, (60, 18)) as driver:
        for name in ("Today", "Dashboard"):
            assert driver.name == name
            for row in second(demo).ledger.commitments():
                driver.board.select(row.id)
                await driver.settle()
                if driver.board.key == row.id:
                    assert row.title in " ".join(driver.frame().split()), f"{name}:\n{driver.frame()}"
            await driver.press("d")
        await driver.go(REPLY)
        await driver.pilot.resize_terminal(200, 60)
        await driver.settle()
        assert driver.text("#plan").startswith("If I cannot reply properly"), "where there is room it is named once"


async def test_a_number_that_is_dropped_is_not_shown_any_more(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        for keys in (("enter", "escape"), ("d", "escape"), ("w", "escape"), ("v",), ("question_mark", "escape")):
            await driver.press("4", "5")
            assert driver.said.startswith("45 …")
            await driver.press(*keys)
            number = driver.screen.count if isinstance(driver.screen, TodayScreen) else ""
            assert driver.name == "Today" and driver.said.startswith("45 …") is (number == "45"), keys


async def test_the_day_and_the_timer_are_read_in_the_smallest_window(
    kinds: Environment, clock: Callable[[Environment], Hands]
) -> None:
    planned.plan(second(kinds), "today 19:45 60m")
    clock(kinds).move(minutes=30)
    async with drive(kinds, (60, 18)) as driver:
        await driver.press("t")
        line = driver.lines()[0]
        assert line.startswith(" Wednesday 25 November  ") and "0 min together, t stops" in line
