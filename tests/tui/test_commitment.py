"""One commitment: its calendar filled in, skipped and noted day by day; paused, put away, deleted and brought back."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tests.tui.driver import TODAY, Driver, day, drive, held, second, value
from tracker.domain.counting.occasions import State
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment
from tracker.tui.widgets.heatmap import Heatmap

REPLY, AVOID, COUNT, TIME = "s4.reachable", "s5.no-attacks", "s2.turn-toward", "s4.partner-time"


async def opened(driver: Driver, cid: str) -> Heatmap:
    """Open a commitment from Today and return its calendar."""
    await driver.go(cid)
    await driver.press("enter")
    assert driver.name == "Commitment"
    return driver.screen.query_one(Heatmap)


async def test_the_calendar_has_the_cursor(demo: Environment) -> None:
    async with drive(demo) as driver:
        heatmap = await opened(driver, REPLY)
        assert heatmap.has_focus and heatmap.cursor == TODAY
        for key, ago in (("up", 1), ("k", 2), ("left", 9), ("h", 16), ("l", 9), ("right", 2), ("j", 1), ("down", 0)):
            await driver.press(key)
            assert heatmap.cursor == day(ago)
            assert f"{day(ago):%A} {day(ago).day}" in driver.text("#told")
        await driver.press("down", "right")
        assert heatmap.cursor == TODAY
        await driver.press("left", "G")
        assert heatmap.cursor == TODAY


async def test_numbers_and_their_reason(demo: Environment) -> None:
    row = held(demo, REPLY)
    async with drive(demo, (120, 40)) as driver:
        await opened(driver, REPLY)
        numbers = driver.text("#numbers")
        assert f"streak {row.figures.streak} d" in numbers and f"best {row.figures.best} d" in numbers
        assert f"kept {row.figures.kept} of {row.figures.occasions}" in numbers
        assert row.figures.consistency is not None
        assert f"now {row.figures.consistency:.1f} of 100" in driver.text("#why")
        assert "kept next" in driver.text("#why") and "PLANS" in driver.text("#past")


async def test_past_days_are_filled_in_and_taken_back(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await opened(driver, REPLY)
        await driver.press("up", "up", "space")
        assert held(kinds, REPLY, day(2)).state is State.KEPT
        assert "kept" in driver.text("#told") and "done" in driver.said
        await driver.press("space")
        assert held(kinds, REPLY, day(2)).logged == 0
        assert "not this time" in driver.text("#told")
        await driver.press("up", "up", "up", "up", "space")
        commitment = second(kinds).ledger.get(REPLY)
        assert commitment is not None and commitment.plans[0].start == day(6)
        assert "It now begins on" in driver.said
        await driver.press("u")
        assert "before it began" in driver.text("#told")


async def test_counts_and_clear_days_are_filled_in(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await opened(driver, COUNT)
        await driver.press("up", "space", "space")
        assert held(kinds, COUNT, day(1)).today_amount == 2
        assert "2 logged" in driver.text("#told")
        await driver.press("escape")
        await opened(driver, AVOID)
        await driver.press("up", "space")
        assert held(kinds, AVOID, day(1)).summary == "clear"


@pytest.mark.parametrize("cid", [TIME, "s4.call-back", "s3.openness-agreement"])
async def test_what_needs_an_answer_is_logged_on_today(kinds: Environment, cid: str) -> None:
    if second(kinds).ledger.get(cid) is None:
        lifecycle.add(second(kinds), cid)
    async with drive(kinds) as driver:
        await opened(driver, cid)
        await driver.press("space")
        assert "logged on Today" in driver.said and held(kinds, cid).logged == 0


async def test_a_day_is_skipped_and_asked_for_again(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await opened(driver, REPLY)
        await driver.press("up", "s")
        assert held(kinds, REPLY, day(1)).skipped == "" and held(kinds, REPLY).skipped is None
        assert "skipped" in driver.text("#told")
        await driver.press("s")
        assert held(kinds, REPLY, day(1)).skipped is None
        assert "skipped" not in driver.text("#told")


async def test_the_note_of_a_day(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await opened(driver, REPLY)
        await driver.press("up", "n")
        assert driver.shows("yesterday")
        await driver.type("quiet")
        await driver.press("ctrl+s")
        assert value(kinds, f"note|{REPLY}|{day(1)}") == {"private": {"text": "quiet"}}
        assert "n reads the note" in driver.text("#told") and "note kept" in driver.said
        assert not driver.shows("quiet")


async def test_pause_and_take_up_again(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await opened(driver, REPLY)
        await driver.press("p")
        assert held(kinds, REPLY).paused and "paused" in driver.text("#aside")
        await driver.press("escape")
        assert not driver.shows("Reply to messages")
        await driver.press("v")
        await opened(driver, REPLY)
        await driver.press("p")
        assert not held(kinds, REPLY).paused and "resumed" in driver.said


async def test_put_away_and_take_up_again(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await opened(driver, REPLY)
        await driver.press("x")
        commitment = second(kinds).ledger.get(REPLY)
        assert commitment is not None and commitment.archived
        assert "archived" in driver.text("#aside")
        await driver.press("p")
        commitment = second(kinds).ledger.get(REPLY)
        assert commitment is not None and not commitment.archived
        assert "archived" not in driver.text("#aside")


async def test_delete_says_so_on_the_page_below_and_undo_brings_it_back(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await opened(driver, REPLY)
        await driver.press("up", "space", "delete")
        assert driver.name == "Today" and "is deleted" in driver.said
        assert second(kinds).ledger.get(REPLY) is None and REPLY not in driver.keys
        await driver.press("u")
        assert held(kinds, REPLY, day(1)).state is State.KEPT
        assert REPLY in driver.keys


async def test_a_commitment_that_is_gone_closes_its_screen(kinds: Environment) -> None:
    from tracker.services.commitments import lifecycle

    async with drive(kinds) as driver:
        await opened(driver, REPLY)
        toward = second(kinds)
        commitment = toward.ledger.get(REPLY)
        assert commitment is not None
        lifecycle.delete(toward, commitment)
        await driver.poll()
        assert driver.name == "Today" and "not there any more" in driver.said


async def test_a_title_like_the_id_of_another_opens_the_right_one(kinds: Environment) -> None:
    from tracker.services.commitments import lifecycle

    lifecycle.add_own(second(kinds), lifecycle.Own(REPLY, "s1", "check", "daily"))
    async with drive(kinds) as driver:
        await opened(driver, REPLY)
        assert "Reply to messages" in driver.text("#heading")


async def test_edit_from_here_is_told_here(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await opened(driver, REPLY)
        await driver.press("e")
        driver.screen.query_one("#title", Input).value = "Write back"
        driver.send("ctrl+s", "ctrl+s")
        await driver.settle()
        assert driver.name == "Commitment" and "'Write back' is changed" in driver.said
        assert "Write back" in driver.text("#heading")
        await driver.press("escape")
        assert driver.shows("Write back")
