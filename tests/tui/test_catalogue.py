"""The catalogue and the form: mark and add, make one of one's own, change a plan, and safety where it is due."""

from __future__ import annotations

import pytest
from textual.widgets import Button, Input, OptionList, Select

from tests.tui.driver import TODAY, Driver, day, drive, full_disk, held, second
from tracker.catalogue import more, steps, templates
from tracker.ledger.commitment_fields import fields_of
from tracker.services.environment import Environment
from tracker.tui.frame.dialogs import NoteDialog
from tracker.tui.screens.catalogue import CatalogueScreen
from tracker.tui.screens.edit import EditScreen

REPLY, COUNT = "s4.reachable", "s2.turn-toward"


def field(driver: Driver, name: str) -> Input:
    """Return a line of the form."""
    return driver.screen.query_one(f"#{name}", Input)


async def fill_in(driver: Driver, name: str, text: str) -> None:
    """Type a text over what stands on a line of the form."""
    line = field(driver, name)
    line.focus()
    await driver.press("end", *["backspace"] * len(line.value))
    await driver.type(text)


async def test_every_step_and_commitment_is_there(empty: Environment) -> None:
    async with drive(empty, (100, 60)) as driver:
        await driver.press("escape", "a")
        assert driver.name == "Catalogue"
        for key in ("g", "j", "pagedown", "G"):
            await driver.press(key)
            assert driver.text("#about"), driver.board.key
        assert set(driver.keys) == {each.id for each in templates()}
        assert driver.shows(steps()[-1].name.upper()) and driver.shows("for later: m shows them")
        await driver.press("m")
        assert set(driver.keys) == {each.id for each in (*templates(), *more())} and driver.shows("FOR LATER")
        assert driver.keys.index(more("s1")[0].id) == len(templates("s1")), "each under its own step"
        await driver.go(more("s1")[0].id)
        await driver.press("space", "m")
        assert more("s1")[0].id in driver.keys, "what is marked stays in sight"


async def test_marks_are_added_together_and_undone_together(empty: Environment) -> None:
    async with drive(empty) as driver:
        await driver.press("escape", "a")
        await driver.go("s2.turn-toward")
        await driver.press("space")
        await driver.go("s2.caring-act")
        await driver.press("space")
        await driver.go("s4.reachable")
        await driver.press("space", "space")
        assert "2 marked" in driver.text("#aside")
        driver.send("enter", "enter")
        await driver.settle()
        assert driver.name == "Today" and "2 commitments are yours now" in driver.said
        assert [each.id for each in second(empty).ledger.commitments()] == ["s2.caring-act", "s2.turn-toward"]
        assert driver.shows("Notice small")
        await driver.press("u")
        assert not list(second(empty).ledger.commitments())


async def test_what_is_mine_is_not_marked_and_enter_opens_its_form(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("a")
        await driver.go(REPLY)
        await driver.press("space")
        assert "yours already" in driver.said
        await driver.press("enter")
        assert isinstance(driver.screen, EditScreen)
        await driver.press("escape")
        await driver.go("s2.caring-act")
        await driver.press("p")
        assert "not yours yet" in driver.said
        await driver.press("x")
        assert "not yours yet" in driver.said


async def test_pause_and_archive_from_here(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("a")
        await driver.go(REPLY)
        await driver.press("p")
        assert held(kinds, REPLY).paused
        await driver.press("p")
        assert not held(kinds, REPLY).paused
        await driver.press("x")
        commitment = second(kinds).ledger.get(REPLY)
        assert commitment is not None and commitment.archived
        assert "archived" in driver.line("– Reply to messages"), "the long answer below hides no row"
        await driver.press("p")
        commitment = second(kinds).ledger.get(REPLY)
        assert commitment is not None and not commitment.archived


async def test_steps_that_need_care_show_safety_first(empty: Environment) -> None:
    async with drive(empty) as driver:
        await driver.press("escape", "a")
        await driver.go("s3.volunteer")
        await driver.press("space", "enter")
        assert driver.name == "Safety"
        await driver.press("escape")
        assert driver.name == "Today" and "Share one thing" in driver.said
        await driver.press("a")
        await driver.go("s5.no-attacks")
        await driver.press("e", "ctrl+s")
        assert driver.name == "Safety"
        await driver.press("enter")
        assert driver.name == "Safety", "a key that ends a form and comes twice closes no page unread"
        await driver.press("q")
        assert driver.name == "Catalogue" and "Fight fair" in driver.said
        await driver.go("s2.caring-act")
        await driver.press("e", "ctrl+s")
        assert driver.name == "Catalogue", "where nothing calls for care, nothing is in the way"
        assert {each.id for each in second(empty).ledger.commitments()} == {
            "s3.volunteer", "s5.no-attacks", "s2.caring-act",
        }  # fmt: skip


async def test_one_of_my_own_by_keyboard_alone(kinds: Environment) -> None:
    async with drive(kinds, (80, 24)) as driver:
        await driver.press("a")
        await driver.go(COUNT)
        await driver.press("n")
        await driver.type("Walk at noon: 19:00?")
        await driver.press("tab", "enter", "down", "enter")
        await driver.press("tab", "enter", "down", "enter")
        await driver.press("tab", "home", "ctrl+k")
        await driver.type("mon fri")
        assert driver.text("#asks") == "Each time asks for 1."
        await driver.press("tab", "backspace")
        await driver.type("2\n")
        await driver.type("If noon, then shoes\n")
        await driver.press("tab", "tab", "enter")
        assert driver.name == "Safety", driver.said
        await driver.press("escape")
        assert isinstance(driver.screen, CatalogueScreen)
        [mine] = [each for each in second(kinds).ledger.commitments() if each.title == "Walk at noon: 19:00?"]
        assert (mine.step, mine.kind, mine.plan.schedule.sentence, mine.plan.target) == ("s3", "count", "mon fri", 2)
        assert mine.details["private"] == {"if_then": "If noon, then shoes"}
        assert driver.shows("Walk at noon")


async def test_a_bad_sentence_is_met_with_the_nearest(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("e")
        await fill_in(driver, "schedule", "3 per wek")
        assert "'3 per week'" in driver.text("#asks")
        await driver.press("ctrl+s")
        assert isinstance(driver.screen, EditScreen) and "3 per week" in driver.text("#trouble")
        assert field(driver, "schedule").value == "3 per wek", "what was typed stays"
        await fill_in(driver, "schedule", "")
        await driver.press("ctrl+s")
        assert isinstance(driver.screen, EditScreen)
        await driver.press("escape")
        assert held(kinds, REPLY).commitment.plan.schedule.sentence == "daily"


async def test_a_plan_from_a_day_on_leaves_the_past(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(REPLY)
        await driver.press("e")
        await fill_in(driver, "schedule", "3 per week")
        await fill_in(driver, "start", "tomorrow")
        await driver.press("ctrl+s")
        commitment = second(kinds).ledger.get(REPLY)
        assert commitment is not None
        assert [plan.schedule.sentence for plan in commitment.plans] == ["daily", "3 per week"]
        assert commitment.plans[1].start == day(-1) and commitment.plan_on(TODAY).schedule.sentence == "daily"
        assert "is changed" in driver.said
        await driver.press("e")
        await fill_in(driver, "schedule", "2 per week")
        await fill_in(driver, "start", "the day I was born")
        await driver.press("ctrl+s")
        assert isinstance(driver.screen, EditScreen) and driver.text("#trouble")


async def test_no_target_brings_the_form_down(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go(COUNT)
        await driver.press("e")
        for text in ("-", "+", "1_", "0", "9" * 40, ""):
            await fill_in(driver, "target", text)
            await driver.press("ctrl+s")
            assert isinstance(driver.screen, EditScreen), text
            assert driver.text("#trouble"), text
        await fill_in(driver, "target", "5")
        await driver.press("ctrl+s")
        assert held(kinds, COUNT).target == 5


async def test_a_form_needs_a_title_and_keeps_what_is_typed(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("a", "n")
        await fill_in(driver, "if_then", "If rain, then tea")
        await driver.press("ctrl+s")
        assert isinstance(driver.screen, EditScreen) and "title" in driver.text("#trouble")
        assert field(driver, "if_then").value == "If rain, then tea"


async def test_escape_closes_an_open_list_before_the_form(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("a", "n", "tab", "enter")
        assert driver.screen.query_one("#step", Select).expanded
        await driver.press("escape")
        assert isinstance(driver.screen, EditScreen) and not driver.screen.query_one("#step", Select).expanded
        await driver.press("escape")
        assert driver.name == "Catalogue"


async def test_the_same_own_commitment_is_not_made_twice(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.press("a", "n")
        await driver.type("Sing")
        driver.send("ctrl+s", "ctrl+s", "ctrl+s")
        await driver.settle()
        assert driver.name == "Catalogue"
        assert [each.title for each in second(kinds).ledger.commitments()].count("Sing") == 1


async def test_the_safety_page_holds_my_numbers_and_opens_by_itself_only_once(
    empty: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(empty, (60, 18)) as driver:
        await driver.press("escape", "exclamation_mark", "e")
        await driver.type("my sister: 0800 [b]")
        with full_disk(monkeypatch):
            await driver.press("ctrl+s")
            assert isinstance(driver.screen, NoteDialog) and "still here" in driver.said
        await driver.press("ctrl+s")
        assert driver.name == "Safety" and driver.shows("my sister: 0800 [b]")
        await driver.press("escape")
        assert not driver.shows("0800")
        await driver.press("a")
        assert driver.board.key == templates("s1")[0].id
        await driver.go("s3.volunteer")
        await driver.press("space", "enter")
        assert driver.name == "Safety" and driver.shows("my sister: 0800 [b]")
        await driver.press("escape", "a")
        assert driver.board.key == templates("s3")[0].id, "it begins in the step it was opened from"
        await driver.go("s3.inventory")
        await driver.press("space", "enter")
        assert driver.name == "Today", "the second time nothing is in the way"
        await driver.press("a", "n")
        await driver.type("Ask myself what I hide")
        driver.screen.query_one("#step", Select).value = "s3"
        await driver.press("ctrl+s")
        assert driver.name == "Catalogue"


async def test_questions_of_my_own_are_added_changed_and_asked(kinds: Environment) -> None:
    async with drive(kinds, (60, 18)) as driver:
        await driver.press("a", "n")
        await driver.type("Walk")
        await driver.press("ctrl+o")
        assert "asks nothing yet" in driver.said
        await driver.press("a", "3")
        await driver.type("How easy was it?")
        await driver.press("ctrl+s")
        assert driver.name == "Questions" and driver.shows("How easy was it?")
        await driver.press("a", "1")
        await driver.type("What stays?")
        await driver.press("ctrl+s", "K")
        assert driver.screen.query_one(OptionList).highlighted == 0
        await driver.press("escape")
        assert "asks 2 questions" in str(driver.screen.query_one("#questions", Button).label)
        await driver.press("ctrl+s")
        assert driver.name == "Catalogue", driver.text("#trouble")
        mine = second(kinds).ledger.get("own.walk")
        assert mine is not None
        assert [(each.name, each.private) for each in fields_of(mine)] == [
            ("what_stays", True), ("how_easy_was_it", False),
        ]  # fmt: skip
        await driver.go("own.walk")
        await driver.press("e", "ctrl+o", "down", "enter")
        await fill_in(driver, "field-ask", "Was it easy?")
        await fill_in(driver, "field-low", "20")
        await driver.press("ctrl+s")
        assert driver.name == "Form" and "leaves nothing to choose" in driver.said
        await fill_in(driver, "field-low", "1")
        await driver.press("ctrl+s", "escape", "escape")
        assert driver.name == "Edit" and "not kept yet" in driver.text("#trouble"), "other questions are asked about"
        await driver.press("ctrl+s")
        mine = second(kinds).ledger.get("own.walk")
        assert mine is not None
        [_words, easy] = fields_of(mine)
        assert (easy.name, easy.ask, easy.low, easy.high) == ("how_easy_was_it", "Was it easy?", 1, 10)
        await driver.go("s4.reachable")
        await driver.press("e", "ctrl+o")
        assert driver.name == "Edit", "what the catalogue asks is its own"
