"""Numbers typed before a key, and the timer: what is saved is what was meant, or nothing is and a line says why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.widgets import Input

from tests.tui.driver import TODAY, Hands, day, drive, full_disk, held, second
from tests.tui.today_kit import AVOID, COUNT, REPLY, TIME
from tracker.catalogue.roles import PARTNER_TIME
from tracker.ledger.errors import BadInput
from tracker.services.environment import Environment
from tracker.services.logging import quick_log
from tracker.services.together import planned

Clock = Callable[[Environment], Hands]


def minutes(here: Environment) -> float:
    """Return the minutes of partner time logged today."""
    return sum(entry.amount for entry in second(here).ledger.entries_on(TIME, TODAY))


@pytest.mark.parametrize("number", [1441, 9999, 12345])
async def test_more_than_a_day_is_refused_as_the_shell_refuses_it(number: int, kinds: Environment) -> None:
    with pytest.raises(BadInput) as shell:
        quick_log.log_time(second(kinds), number)
    async with drive(kinds) as driver:
        await driver.press(*str(number), "t")
        assert driver.said == shell.value.message
        await driver.press("1", "4", "0", "0", "t", "4", "1", "t")
        assert "41 min more would be over 24 hours" in driver.said
        await driver.go(TIME)
        await driver.press("4", "1", "plus")
        assert "41 min more would be over 24 hours" in driver.said
    assert minutes(kinds) == 1400


async def test_a_zero_starts_no_timer_and_a_leading_one_changes_nothing(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("0", "t")
        assert driver.said.startswith("0 min? Type a number from 1 on")
        for key in ("plus", "minus", "r", "space"):
            await driver.go(COUNT)
            await driver.press("0", "0", key)
            assert driver.said.startswith("0? Type a number from 1 on"), key
        assert second(kinds).ledger.timer(PARTNER_TIME) is None and not held(kinds, COUNT).logged
        await driver.press("0", "5", "t")
        assert minutes(kinds) == 5


async def test_digits_are_taken_as_typed_or_refused(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        await driver.press(*"1234567")
        assert "at most 6 digits" in driver.said
        await driver.press("plus")
        assert driver.said == "123456 is not an amount. One is more than 0 and at most 10000."
        await driver.press(*"12345", "escape", "plus")
        assert held(kinds, COUNT).done == 1


async def test_a_number_goes_to_the_next_key_and_to_none_after_it(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        for keys in (("n", "escape"), ("enter", "escape"), ("left", "right"), ("v", "v"), ("o", "escape")):
            await driver.go(REPLY)
            await driver.press("4", "5", *keys, "3", "r")
            found = second(kinds).ledger.entries_on(REPLY, TODAY)
            assert [entry.amount for entry in found] == [3.0], keys
            await driver.press("u")


async def test_a_number_that_cannot_be_meant_is_refused_by_one_rule(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        for cid in (AVOID, "s4.call-back", "own.say-hello-to-the-cat"):
            for key in ("plus", "space"):
                await driver.go(cid)
                await driver.press("3", key)
                assert "leave the number out" in driver.said, (cid, key)
                assert not held(kinds, cid).logged


async def test_a_timer_left_on_over_night_asks_how_long_it_was(kinds: Environment, clock: Clock) -> None:
    planned.plan(second(kinds), "today 20:00 60m")
    async with drive(kinds) as driver:
        await driver.press("t")
        clock(kinds).move(hours=13)
        await driver.press("t")
        assert driver.shows("The timer ran 13 h. How long was it really?")
        line = driver.screen.query_one(Input)
        assert line.value == "60m", "the planned length is offered"
        await driver.press("escape")
        assert second(kinds).ledger.timer(PARTNER_TIME) is not None, "esc leaves it running"
        await driver.press("t")
        await driver.type("nine")
        await driver.press("enter")
        assert driver.name == "LineDialog" and "'nine'" in driver.said
        await driver.press("escape", "t", "enter")
        toward = second(kinds)
        assert toward.ledger.timer(PARTNER_TIME) is None
        (entry,) = toward.ledger.entries_on(TIME, TODAY)
        assert entry.amount == 60
        await driver.press("u", "t", "0", "enter")
        assert "nothing was logged" in driver.said and second(kinds).ledger.timer(PARTNER_TIME) is None
        await driver.press("u", "0", "t")
        assert "nothing was logged" in driver.said and second(kinds).ledger.timer(PARTNER_TIME) is None
    assert not second(kinds).ledger.record(TIME).entries


async def test_what_was_planned_is_taken_by_enter(kinds: Environment, clock: Clock) -> None:
    planned.plan(second(kinds), "today 20:00 90m")
    clock(kinds).move(days=1)
    async with drive(kinds) as driver:
        await driver.go("open 1")
        await driver.press("enter", "1")
        assert driver.screen.query_one(Input).value == "90m"
        driver.send("enter", "enter")
        await driver.settle()
    (entry,) = second(kinds).ledger.record(TIME).entries
    assert (entry.amount, entry.day) == (90, TODAY)


async def test_trying_again_twice_saves_once(kinds: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive(kinds) as driver:
        with full_disk(monkeypatch):
            await driver.press("2", "0", "t")
        assert "y tries again" in driver.said
        driver.send("y", "y", "y")
        await driver.settle()
    assert minutes(kinds) == 20


async def test_several_clicks_on_a_sign_are_one(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        await driver.click(driver.board, 1, driver.board.cursor - driver.board.scroll_offset.y, times=3)
        assert held(kinds, COUNT).done == 1
    assert held(kinds, COUNT, day(1)).done == 0
