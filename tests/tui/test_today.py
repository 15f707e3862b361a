"""Today: every key, what it leaves in the store, and what the screen says about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.widgets import OptionList, TextArea

from tests.tui.driver import TODAY, Driver, Hands, day, drive, held, second, value
from tracker.domain.occasions import State
from tracker.services import entries
from tracker.services.entries import SKIP_REASONS
from tracker.services.environment import Environment
from tracker.services.views import Day
from tracker.tui.prompts import Ask, Choose, Write

REPLY, AVOID, COUNT, TIME = "s4.reachable", "s5.no-attacks", "s2.turn-toward", "s4.partner-time"
EVENT, TASK, TOLD, OWN = "s4.call-back", "s1.origins", "s6.my-story", "own.say-hello-to-the-cat"
SHARE = "s6.weekly-share"
SIGNS = {State.KEPT: "●", State.PARTLY: "◐", State.MISSED: "·", State.OPEN: "○"}


def agrees(driver: Driver, cid: str) -> None:
    """Assert that the line of a commitment says what the store holds."""
    assert isinstance(driver.page.view, Day)
    shown = driver.page.view.day
    row = held(driver.here, cid, shown)
    line = driver.line(row.commitment.title[:12])
    assert row.said[:12] in line, line


async def test_space_checks_off_and_takes_back(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("space")
        assert held(kinds, REPLY).state is State.KEPT
        agrees(driver, REPLY)
        assert "●" in driver.line("Reply to messages")
        assert "done, today" in driver.said and driver.said.endswith("u takes it back")
        assert "1 of" in driver.text("#aside")
        await driver.press("space")
        assert held(kinds, REPLY).logged == 0
        agrees(driver, REPLY)
        assert "taken back" in driver.said
        assert "○" in driver.line("Reply to messages")


async def test_space_affirms_a_clear_day_and_takes_it_back(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(AVOID)
        assert "how was" in driver.line("No insults")
        await driver.press("space")
        assert held(kinds, AVOID).said == "clear"
        agrees(driver, AVOID)
        await driver.press("space")
        assert held(kinds, AVOID).logged == 0
        agrees(driver, AVOID)


async def test_space_counts(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        await driver.press("space", "space")
        assert held(kinds, COUNT).done == 2
        agrees(driver, COUNT)
        assert "2 of 3" in driver.line("Notice small") and "◐" in driver.line("Notice small")


async def test_space_asks_for_minutes(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(TIME)
        await driver.press("space")
        assert isinstance(driver.screen, Ask)
        await driver.type("soon\n")
        assert isinstance(driver.screen, Ask) and driver.said, "what cannot be read is said, and stays to be mended"
        await driver.press("escape")
        assert held(kinds, TIME).done == 0
        await driver.press("space")
        await driver.type("1h15\n")
        assert held(kinds, TIME).done == 75
        agrees(driver, TIME)
        assert "75 of 120" in driver.line("Keep our time")


async def test_space_offers_outcomes(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(EVENT)
        await driver.press("space")
        assert isinstance(driver.screen, Choose) and driver.shows("called back")
        await driver.press("escape")
        assert held(kinds, EVENT).logged == 0
        await driver.press("space", "j", "enter")
        [entry] = second(kinds).book.entries_on(EVENT, TODAY)
        assert entry.outcome == "gave_time"
        agrees(driver, EVENT)
        await driver.press("space", "3")
        assert held(kinds, EVENT).said == "1 waiting"
        agrees(driver, EVENT)


async def test_space_on_an_event_without_outcomes_and_on_tasks(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(OWN)
        await driver.press("space")
        assert held(kinds, OWN).logged == 1
        agrees(driver, OWN)
        await driver.go(TASK)
        await driver.press("space")
        assert held(kinds, TASK).done == 1
        agrees(driver, TASK)
        await driver.go(TOLD)
        await driver.press("space", "2")
        assert held(kinds, TOLD).state in (State.OPEN, State.PARTLY)
        assert held(kinds, TOLD).today_amount == 0.5
        agrees(driver, TOLD)


async def test_plus_and_minus_with_a_count(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        await driver.press("3")
        assert driver.said.startswith("3 …")
        await driver.press("plus")
        assert held(kinds, COUNT).done == 3
        agrees(driver, COUNT)
        assert "3 more" in driver.said
        await driver.press("minus")
        assert held(kinds, COUNT).done == 2
        agrees(driver, COUNT)
        await driver.press("1", "2", "equals_sign")
        assert held(kinds, COUNT).done == 14
        await driver.press("1", "4", "minus")
        assert held(kinds, COUNT).done == 0
        agrees(driver, COUNT)
        await driver.press("minus")
        assert "nothing is logged" in driver.said


async def test_a_count_is_dropped_by_escape_and_used_once(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        await driver.press("4", "5", "escape", "plus")
        assert held(kinds, COUNT).done == 1
        await driver.press("plus")
        assert held(kinds, COUNT).done == 2
        await driver.press("0", "plus")
        assert held(kinds, COUNT).done == 3, "a leading nought is no number"
        await driver.press("1", "0", "plus")
        assert held(kinds, COUNT).done == 13


async def test_minutes_by_a_count(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        await driver.press("4", "5", "t")
        assert held(kinds, TIME).done == 45, "t means our time, wherever the cursor stands"
        agrees(driver, TIME)
        await driver.go(TIME)
        await driver.press("3", "0", "plus")
        assert held(kinds, TIME).done == 75
        await driver.press("1", "5", "minus")
        assert held(kinds, TIME).done == 60
        agrees(driver, TIME)


async def test_replies(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("2", "r")
        assert held(kinds, REPLY).state is State.KEPT
        assert held(kinds, REPLY).today_amount == 2
        assert "2 replies" in driver.said
        agrees(driver, REPLY)
        await driver.press("r")
        assert held(kinds, REPLY).today_amount == 3


async def test_the_three_take_on_what_is_missing(empty: Environment) -> None:
    async with drive(empty) as driver:
        await driver.press("escape", "r")
        assert "Added" in driver.said
        assert held(empty, REPLY).state is State.KEPT
        await driver.press("3", "0", "t")
        assert held(empty, TIME).done == 30
        await driver.press("o", "2", "3")
        assert held(empty, SHARE).logged == 1
        assert driver.shows("One chosen sharing")


async def test_opened_up_keeps_topic_and_depth(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("o")
        assert driver.shows("fears") and driver.shows("dreams")
        await driver.press("escape")
        assert second(kinds).book.get(SHARE) is None
        await driver.press("o", "1")
        assert driver.shows("How deep")
        await driver.press("escape")
        assert second(kinds).book.get(SHARE) is None, "half an answer is none"
        await driver.press("o", "j", "j", "enter", "k", "4")
        [entry] = second(kinds).book.entries_on(SHARE, TODAY)
        assert (entry.fields["topic"], entry.fields["depth"]) == ("disappointments", 4)
        assert "disappointments at depth 4" in driver.said
        agrees(driver, SHARE)


async def test_skip_with_each_reason_and_back(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        for number, reason in enumerate(("", *SKIP_REASONS), 1):
            await driver.go(REPLY)
            await driver.press("s", str(number))
            row = held(kinds, REPLY)
            assert row.skipped == reason and not row.due
            agrees(driver, REPLY)
            assert "asks for nothing" in driver.said
            await driver.press("s")
            assert held(kinds, REPLY).skipped is None
            agrees(driver, REPLY)


async def test_skip_can_be_left(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("s", "escape")
        assert held(kinds, REPLY).skipped is None
        await driver.press("s", "j", "enter")
        assert held(kinds, REPLY).skipped == "ill"


async def test_a_note_is_kept_and_never_shown_on_today(kinds: Environment) -> None:
    words = "We spoke: about 19:00, [b]and[/b]\n\nthen it rained."
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("n")
        await driver.type(words)
        await driver.press("escape")
        assert isinstance(driver.screen, Write) and "once more" in driver.said
        await driver.press("ctrl+s")
        assert value(kinds, f"note|{REPLY}|{TODAY}") == {"private": {"text": words}}
        assert driver.name == "Today" and "note kept" in driver.said
        assert "✎" in driver.line("Reply to messages")
        assert not driver.shows("rained")
        await driver.press("n")
        assert driver.screen.query_one(TextArea).text == words
        await driver.press("escape")
        assert driver.name == "Today", "nothing was changed, so nothing is asked"


async def test_a_note_can_be_let_go_and_taken_away(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("n")
        await driver.type("one")
        await driver.press("escape")
        await driver.type(" two")
        await driver.press("escape")
        assert isinstance(driver.screen, Write), "what was typed after the question is asked about too"
        await driver.press("escape")
        assert driver.name == "Today" and value(kinds, f"note|{REPLY}|{TODAY}") is None
        await driver.press("n")
        await driver.type("one")
        await driver.press("ctrl+s", "n", "f7", "delete", "ctrl+s")
        assert value(kinds, f"note|{REPLY}|{TODAY}") is None
        assert "taken away" in driver.said
        assert "✎" not in driver.line("Reply to messages")


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
        await driver.press("o", "1", "1")
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
        commitment = second(kinds).book.get(REPLY)
        assert commitment is not None and commitment.plans[0].start == day(7)
        assert f"It now begins on {day(7)}" in driver.said
        agrees(driver, REPLY)
        await driver.press("u")
        commitment = second(kinds).book.get(REPLY)
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
        assert driver.said.startswith("The timer is stopped; nothing was logged.")


async def test_a_lapse_a_moment_handled_and_what_is_put_right(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(AVOID)
        await driver.press("x", "escape")
        assert held(kinds, AVOID).logged == 0
        await driver.press("x", "1")
        assert held(kinds, AVOID).moments == (1, 0, 0)
        assert "1 held" in driver.line("No insults")
        await driver.press("x", "2")
        assert held(kinds, AVOID).moments == (1, 1, 0)
        agrees(driver, AVOID)
        assert "Thank you for writing it down" in driver.said
        await driver.press("x", "3")
        assert held(kinds, AVOID).moments == (1, 1, 1)
        assert "1 held, 1 right" in driver.line("No insults")
        await driver.press("x", "3")
        assert "no lapse is waiting" in driver.said
        await driver.press("space")
        assert "a moment is logged" in driver.said, "a check never hides a lapse"
        assert held(kinds, AVOID).moments == (1, 1, 1)


async def test_x_is_only_for_what_is_avoided(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("x")
        assert driver.name == "Today" and "simply left open" in driver.said


async def test_v_shows_what_is_not_asked(kinds: Environment) -> None:
    toward = second(kinds)
    commitment = toward.book.get(COUNT)
    assert commitment is not None
    from tracker.services import shape

    shape.pause(toward, commitment)
    async with drive(kinds) as driver:
        assert not driver.shows("Notice small") and driver.shows("1 more, not asked")
        await driver.press("v")
        assert "paused" in driver.line("Notice small")
        await driver.press("v")
        assert not driver.shows("Notice small")


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
        assert isinstance(driver.screen, Choose)
        assert driver.screen.query_one(OptionList).option_count == 4


async def test_the_day_ends_at_night(kinds: Environment, clock: Callable[[Environment], Hands]) -> None:
    async with drive(kinds) as driver:
        await driver.poll()
        clock(kinds).move(hours=7)
        await driver.poll()
        assert "25 November" in driver.text("#heading"), "half past two belongs to the evening before"
        clock(kinds).move(hours=1)
        await driver.poll()
        assert "Thursday 26 November" in driver.text("#heading")


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


async def test_toggle_and_shell_agree(young: Environment) -> None:
    toward = second(young)
    commitment = toward.book.get(REPLY)
    assert commitment is not None
    async with drive(young) as driver:
        await driver.go(REPLY)
        await driver.press("space")
        toward.poll()
        assert entries.toggle(toward, commitment, TODAY).said[0].endswith("taken back, today.")
