"""Today: every key that writes, what it leaves in the store, and what the screen says about it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from textual.widgets import TextArea

from tests.tui.driver import TODAY, drive, held, second, value
from tests.tui.today_kit import AVOID, COUNT, EVENT, OWN, REPLY, SHARE, TASK, TIME, TOLD, agrees
from tracker.domain.commitments import Commitment
from tracker.domain.counting.occasions import State
from tracker.ledger.workspace import Workspace
from tracker.services.environment import Environment
from tracker.services.logging import lapses, log_entry
from tracker.services.logging.skips import SKIP_REASONS
from tracker.services.views import day_rows
from tracker.services.views.day_rows import Row
from tracker.tui.frame.dialogs import ChoiceDialog, LineDialog, NoteDialog
from tracker.tui.worker import StoreWorker


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


async def test_a_check_off_is_one_trip_to_the_store_that_makes_one_row_anew(
    kinds: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        trips: list[object] = []
        made: list[str] = []
        run, row = StoreWorker.run, day_rows.row

        async def counted(worker: StoreWorker, use: Any) -> Any:
            # The driver has trips of its own, to wait for those before.
            trips.extend([use] if use.__module__.startswith("tracker") else [])
            return await run(worker, use)

        def making(toward: Workspace, commitment: Commitment, day: date) -> Row:
            made.append(commitment.id)
            return row(toward, commitment, day)

        monkeypatch.setattr(StoreWorker, "run", counted)
        monkeypatch.setattr(day_rows, "row", making)
        await driver.press("space")
        assert "done, today" in driver.said and len(trips) == 1 and made == [REPLY]
        assert second(kinds).ledger.entries_on(REPLY, TODAY)


async def test_space_affirms_a_clear_day_and_takes_it_back(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(AVOID)
        assert "how was" in driver.line("Fight fair")
        await driver.press("space")
        assert held(kinds, AVOID).summary == "clear"
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
        assert isinstance(driver.screen, LineDialog)
        await driver.type("soon\n")
        assert isinstance(driver.screen, LineDialog) and driver.said, (
            "what cannot be read is said, and stays to be mended"
        )
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
        assert isinstance(driver.screen, ChoiceDialog) and driver.shows("called back")
        await driver.press("escape")
        assert held(kinds, EVENT).logged == 0
        await driver.press("space", "j", "enter")
        [entry] = second(kinds).ledger.entries_on(EVENT, TODAY)
        assert entry.outcome == "gave_time"
        agrees(driver, EVENT)
        await driver.press("space", "3")
        assert held(kinds, EVENT).summary == "1 waiting"
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
        assert held(kinds, COUNT).done == 2, "nothing is added, and nobody's one is made of it"
        await driver.press("0", "1", "plus")
        assert held(kinds, COUNT).done == 3
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
        await driver.press("o", "2", "3", "7")
        assert held(empty, SHARE).logged == 1
        assert driver.shows("One chosen sharing")


async def test_opened_up_keeps_topic_and_depth(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("o")
        assert driver.shows("fears") and driver.shows("dreams")
        await driver.press("escape")
        assert second(kinds).ledger.get(SHARE) is None
        await driver.press("o", "1")
        assert driver.shows("How deep")
        await driver.press("escape")
        assert second(kinds).ledger.get(SHARE) is None, "half an answer is none"
        await driver.press("o", "1", "2")
        assert driver.shows("How well was it received")
        await driver.press("escape")
        assert second(kinds).ledger.get(SHARE) is None, "two of three answers are none"
        await driver.press("o", "j", "j", "enter", "k", "4", "5")
        [entry] = second(kinds).ledger.entries_on(SHARE, TODAY)
        assert (entry.fields["topic"], entry.fields["depth"]) == ("disappointments", 4)
        assert entry.fields["felt_received"] == 5
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
        assert isinstance(driver.screen, NoteDialog) and "once more" in driver.said
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
        assert isinstance(driver.screen, NoteDialog), "what was typed after the question is asked about too"
        await driver.press("escape")
        assert driver.name == "Today" and value(kinds, f"note|{REPLY}|{TODAY}") is None
        await driver.press("n")
        await driver.type("one")
        await driver.press("ctrl+s", "n", "f7", "delete", "ctrl+s")
        assert value(kinds, f"note|{REPLY}|{TODAY}") is None
        assert "taken away" in driver.said
        assert "✎" not in driver.line("Reply to messages")


async def test_a_lapse_a_moment_handled_and_what_is_put_right(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(AVOID)
        await driver.press("x", "escape")
        assert held(kinds, AVOID).logged == 0
        await driver.press("x", "1")
        assert held(kinds, AVOID).moments == (1, 0, 0, 0)
        assert "1 handled" in driver.line("Fight fair")
        await driver.press("x", "2")
        assert driver.name == "LineDialog" and "enter alone: ask me tomorrow" in " ".join(driver.frame().split())
        await driver.press("enter")
        assert held(kinds, AVOID).moments == (1, 1, 0, 0)
        agrees(driver, AVOID)
        assert "Thank you for writing it down" in driver.said and driver.said.endswith("u takes it back")
        await driver.press("u", "x", "2")
        await driver.type("CANARY the tone, fri 19:00")
        await driver.press("enter")
        assert "asked Fri 27 Nov 19:00" in driver.said and "CANARY" not in driver.frame()
        assert held(kinds, AVOID).moments == (1, 1, 0, 0)
        key = lapses.newest_lapse(second(kinds), held(kinds, AVOID).commitment).id
        assert value(kinds, key)["private"] == {"put_right_how": "CANARY the tone"}
        await driver.press("x", "4", "y", "tab", "y", "tab", "n", "tab", "n", "ctrl+s")
        assert "a moment ago" in driver.frame(), "not before it can have happened"
        await driver.press("escape", "escape", "space")
        assert "a moment is logged" in driver.said, "a check never hides a lapse"
        assert held(kinds, AVOID).moments == (1, 1, 0, 0)
        await driver.press("u", "u", "left")
        await driver.press("x")
        assert not driver.shows("I put the last one right"), "only where a lapse is waiting"
        await driver.press("2", "enter", "right", "x", "4", "y", "tab", "y", "tab", "n", "tab", "n", "ctrl+s")
        assert "put right, 2 of 4 parts" in driver.said
        assert held(kinds, AVOID).moments == (1, 1, 1, 0)
        assert "1 handled, 1 happened, 1 put right" in driver.line("Fight fair")


async def test_x_is_only_for_what_is_avoided(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        await driver.press("x")
        assert driver.name == "Today" and "simply left open" in driver.said


async def test_x_on_replies_owns_one_left_unanswered_and_asks_when(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("x", "enter")
        assert driver.name == "Today" and "one left unanswered, today" in driver.said
        assert held(kinds, REPLY).state is State.OPEN

        await driver.press("u", "x")
        await driver.type("tomorrow 9:00\n")
        assert "to be answered tomorrow 09:00. Saying so counts." in driver.said
        assert held(kinds, REPLY).state is State.KEPT


async def test_replies_of_a_day_are_told_in_all(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("r")
        assert "1 reply today" in driver.said
        await driver.press("3", "r")
        assert "4 replies today" in driver.said
        assert "4 replies" in driver.line("Reply to messages")
        await driver.go(REPLY)
        await driver.press("2", "plus")
        assert "6 replies today" in driver.said
        await driver.press("minus")
        assert held(kinds, REPLY).summary == "5 replies"


async def test_a_number_before_what_is_checked_off_is_not_lost_in_silence(young: Environment) -> None:
    async with drive(young) as driver:
        before = held(young, "s6.small-true-thing").logged
        await driver.go("s6.small-true-thing")
        await driver.press("3", "plus")
        assert "checked off once a day" in driver.said
        await driver.press("3", "space")
        assert "checked off once a day" in driver.said
        assert held(young, "s6.small-true-thing").logged == before


async def test_toggle_and_shell_agree(young: Environment) -> None:
    toward = second(young)
    commitment = toward.ledger.get(REPLY)
    assert commitment is not None
    async with drive(young) as driver:
        await driver.go(REPLY)
        await driver.press("space")
        toward.poll()
        assert log_entry.toggle(toward, commitment, TODAY).lines[0].endswith("taken back, today.")
