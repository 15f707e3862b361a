"""Today over days: earlier ones filled in, the timer, the end of the day, and what undo brings back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tui.driver import Hands, day, drive, held, second
from tests.tui.today_kit import COUNT, REPLY, SHARE, TIME, agrees
from tracker.domain.counting.occasions import State
from tracker.services.commitments import pauses
from tracker.services.environment import Environment


async def test_undo_and_redo_across_restarts(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        await driver.press("plus", "plus")
        await driver.go(REPLY)
        await driver.press("space")
    async with drive(kinds) as driver:
        await driver.press("u")
        assert held(kinds, REPLY).logged == 0
        assert driver.said.startswith("Undone. Reply to messages")
        assert driver.said.endswith("ctrl+r does it again"), "another u would take back what was done before"
        agrees(driver, REPLY)
        await driver.press("u")
        assert held(kinds, COUNT).done == 1
        agrees(driver, COUNT)
    async with drive(kinds) as driver:
        await driver.press("ctrl+r")
        assert held(kinds, COUNT).done == 2
        await driver.press("ctrl+r")
        assert held(kinds, REPLY).state is State.KEPT
        agrees(driver, REPLY)
        await driver.press("ctrl+r")
        assert driver.said == "There is nothing to redo."


async def test_nothing_to_undo_is_said(empty: Environment) -> None:
    async with drive(empty) as driver:
        await driver.press("escape", "u")
        assert driver.said == "There is nothing to undo."


@pytest.mark.parametrize(("back", "on"), [("left", "right"), ("h", "l")])
async def test_earlier_days_are_filled_in(kinds: Environment, back: str, on: str) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press(back, back)
        assert "2 days ago" in driver.text("#heading")
        await driver.go(REPLY)
        await driver.press("space")
        assert held(kinds, REPLY, day(2)).state is State.KEPT and held(kinds, REPLY).logged == 0
        agrees(driver, REPLY)
        await driver.press("4", "5", "t")
        assert held(kinds, TIME, day(2)).today_amount == 45 and held(kinds, TIME).today_amount == 0
        await driver.press("2", "r")
        assert held(kinds, REPLY, day(2)).today_amount == 3
        await driver.press("o", "1", "1", "7")
        assert held(kinds, SHARE, day(2)).logged == 1
        await driver.press(on)
        assert "yesterday" in driver.text("#heading")
        await driver.press(on)
        assert "ago" not in driver.text("#heading") and driver.said == ""
        await driver.press(on)
        assert driver.said == "Tomorrow can wait. This is today."
        await driver.press(back, "escape")
        assert driver.text("#heading").strip() == "Wednesday 25 November"


async def test_a_day_before_the_start_moves_the_start(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press(*["left"] * 7)
        assert not driver.shows("Reply to messages")
        await driver.press("v")
        assert driver.shows("NOT ASKED ON THIS DAY")
        await driver.go(REPLY)
        await driver.press("space")
        commitment = second(kinds).ledger.get(REPLY)
        assert commitment is not None and commitment.plans[0].start == day(7)
        assert f"It now begins on {day(7)}" in driver.said
        agrees(driver, REPLY)
        await driver.press("u")
        commitment = second(kinds).ledger.get(REPLY)
        assert commitment is not None and commitment.plans[0].start == day(5)


async def test_the_timer_runs_over_a_restart(kinds: Environment, clock: Callable[[Environment], Hands]) -> None:
    async with drive(kinds) as driver:
        await driver.press("t")
        assert "the timer runs" in driver.said
        clock(kinds).move(minutes=10)
        await driver.poll()
        driver.page.reload()
        await driver.settle()
        assert "10 min together, t stops" in driver.text("#aside")
    clock(kinds).move(minutes=40)
    async with drive(kinds) as driver:
        assert "50 min together" in driver.text("#aside")
        await driver.press("t")
        assert held(kinds, TIME).done == 50
        assert "50 min logged" in driver.said and "together" not in driver.text("#aside")
        agrees(driver, TIME)
        await driver.press("t", "t")
        assert driver.said.startswith("The timer is stopped; nothing was logged, for it ran less than a minute.")


async def test_v_shows_what_is_not_asked(kinds: Environment) -> None:
    toward = second(kinds)
    commitment = toward.ledger.get(COUNT)
    assert commitment is not None
    pauses.pause(toward, commitment)
    async with drive(kinds) as driver:
        assert not driver.shows("Notice small") and driver.shows("1 more, not asked")
        await driver.press("v")
        assert "paused" in driver.line("Notice small")
        await driver.press("v")
        assert not driver.shows("Notice small")


async def test_the_day_ends_at_night(kinds: Environment, clock: Callable[[Environment], Hands]) -> None:
    async with drive(kinds) as driver:
        await driver.poll()
        clock(kinds).move(hours=7)
        await driver.poll()
        assert "25 November" in driver.text("#heading"), "half past two belongs to the evening before"
        clock(kinds).move(hours=1)
        await driver.poll()
        assert "Thursday 26 November" in driver.text("#heading")
