"""The form of a guided entry: filled in by keyboard alone, kept once, left on purpose only."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest
from textual import events
from textual.widget import Widget
from textual.widgets import Input, Select, TextArea

from tests.tui.driver import TODAY, drive, second
from tracker.domain.text.clean import LONGEST_TEXT
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment
from tracker.services.logging import notes
from tracker.services.logging.stored_answers import answers_of
from tracker.tui.frame.form import FormScreen
from tracker.tui.widgets.answers import Number, YesNo

FORECAST, ORIGINS, TELLING = "s1.fear-forecast", "s1.origins", "s3.planned-telling"


async def test_it_is_kept_once_and_told(kinds: Environment) -> None:
    lifecycle.add_all(second(kinds), [FORECAST])
    async with drive(kinds) as driver:
        await driver.go(FORECAST)
        await driver.press("f")
        form = driver.screen
        assert isinstance(form, FormScreen)
        for area in form.query(TextArea):
            area.text = "they turn away: [/b]"
        for line in form.query(Input):
            line.value = "2026-11-28" if "2026" in line.placeholder else "5"
        for select in form.query(Select):
            select.value = select._options[1][1]
        await driver.settle()
        driver.send("ctrl+s", "ctrl+s", "ctrl+s")
        await driver.settle()
        assert driver.name == "Today", driver.text("#trouble")
        assert len(second(kinds).ledger.entries_on(FORECAST, TODAY)) == 1
        assert driver.said.endswith("u takes it back")
        assert not driver.shows("turn away"), "private words are not on Today"


async def test_escape_asks_once_after_each_change(kinds: Environment) -> None:
    lifecycle.add_all(second(kinds), [FORECAST])
    async with drive(kinds) as driver:
        await driver.go(FORECAST)
        await driver.press("f", "escape")
        assert driver.name == "Today"
        await driver.press("f")
        await driver.type("a")
        await driver.press("escape")
        assert driver.name == "Form" and "once more" in driver.said
        await driver.type("b")
        await driver.press("escape")
        assert driver.name == "Form"
        await driver.press("escape")
        assert driver.name == "Today"
        assert not second(kinds).ledger.entries_on(FORECAST, TODAY)


async def test_much_distress_takes_the_rest_away_and_leads_to_the_safety_page(kinds: Environment) -> None:
    async with drive(kinds) as driver:
        await driver.go("s1.origins")
        await driver.press("f")
        await driver.type("9")
        assert not driver.screen.query_one("#ask-text").display and driver.shows("Stop here")
        await driver.press("backspace")
        await driver.type("3")
        assert driver.screen.query_one("#ask-text").display and not driver.shows("Stop here")
        await driver.press("backspace")
        await driver.type("8")
        await driver.press("ctrl+s")
        assert driver.name == "Safety"
        await driver.press("escape", "escape", "escape")
        assert driver.name == "Today" and not second(kinds).ledger.entries_on("s1.origins", TODAY)


async def test_yes_no_and_numbers_take_one_key_each(kinds: Environment) -> None:
    lifecycle.add_all(second(kinds), [TELLING])
    async with drive(kinds, (60, 18)) as driver:
        await driver.go(TELLING)
        await driver.press("f")
        safe = driver.screen.query_one("#field-safe_to_tell", YesNo)
        fear = driver.screen.query_one("#field-fear_before", Number)
        safe.focus()
        for key, answer in (("y", "yes"), ("n", "no"), ("x", "no")):
            await driver.press(key)
            assert safe.value == answer and not safe.expanded, key
        fear.focus()
        for key, answer in (
            ("4", "4"),
            ("a", "4"),
            ("1", "4"),
            ("backspace", ""),
            ("1", "1"),
            ("0", "10"),
            ("7", "10"),
        ):
            await driver.press(key)
            assert fear.value == answer, key
        assert driver.said == "0 to 10"
        await driver.press("backspace")
        assert fear.value == "1" and driver.said != "0 to 10", "what is said of a digit goes with the next"
        assert driver.shows("0 not at all … 10 very much"), "what the ends mean stands beside it"
        safe.focus()
        await driver.press("space", "home", "down", "enter")
        assert safe.value == "yes", "the list opens as that of any choice"


async def test_where_to_type_is_seen_without_colours(kinds: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with drive(kinds, (80, 60)) as driver:
        await driver.go(ORIGINS)
        await driver.press("f")
        for kind in (Input, TextArea, Select):
            found = list(driver.screen.query(kind).results(Widget))
            assert found, kind
            for field in found:
                edge = driver.lines()[field.region.y][field.region.x]
                assert edge == ("▌" if field.has_focus else "▏"), field.id


@pytest.mark.parametrize(("size", "most"), [((80, 40), 36), ((60, 18), 18)], ids=str)
async def test_a_form_is_as_high_as_what_it_asks_and_its_keys_stay(
    kinds: Environment, size: tuple[int, int], most: int
) -> None:
    lifecycle.add_all(second(kinds), ["s6.small-true-thing", TELLING])
    async with drive(kinds, size) as driver:
        await driver.go("s6.small-true-thing")
        await driver.press("f")
        assert driver.screen.query_one(".prompt").size.height < 10
        await driver.press("escape")
        await driver.go(TELLING)
        await driver.press("f")
        assert driver.screen.query_one(".prompt").outer_size.height == most
        fields = driver.screen.query_one("#fields")
        for asked in driver.screen.query(".asked"):
            assert "ctrl+s saves" in await driver.still()
            focused = driver.screen.focused
            assert focused in asked.walk_children(), "tab leads from one question to the next"
            assert fields.region.contains_region(focused.region), "what is asked is in sight"
            await driver.press("tab")


PERCENT = {"name": "sure", "ask": "How sure are you?", "type": "percent", "optional": False}
WORDS = {"name": "words", "ask": "In words?", "type": "text"}
LINE = {"name": "what", "ask": "What was it?", "type": "line"}


def own(here: Environment, *fields: Mapping[str, object]) -> str:
    """Make a commitment of one's own that asks these, and return its id."""
    change = lifecycle.add_own(second(here), lifecycle.Own("Guess", "s1", "check", "daily", fields=fields))
    assert change.commitment is not None
    return change.commitment


def answered(here: Environment, cid: str) -> list[dict[str, object]]:
    """Return what was answered today, entry by entry."""
    toward = second(here)
    return [answers_of(toward, entry.id) for entry in toward.ledger.entries_on(cid, TODAY)]


@pytest.mark.parametrize(
    ("typed", "kept"), [("150", 15), ("857", 85), ("1000", 100), ("0", 0), ("007", 7), ("101", 10)]
)
async def test_a_number_field_refuses_a_digit_and_saves_no_other_number(
    typed: str, kept: int, kinds: Environment
) -> None:
    cid = own(kinds, PERCENT)
    async with drive(kinds) as driver:
        await driver.go(cid)
        await driver.press("f", *typed)
        assert driver.said == ("" if len(typed) == len(str(kept)) or typed == "007" else "0 to 100")
        assert driver.screen.query_one(Number).value in (str(kept), typed)
        await driver.press("enter")
        assert driver.name == "Today"
    assert answered(kinds, cid) == [{"sure": kept}]


async def test_a_paste_that_is_no_such_number_is_refused_whole(kinds: Environment) -> None:
    cid = own(kinds, PERCENT)
    async with drive(kinds) as driver:
        await driver.go(cid)
        await driver.press("f")
        number = driver.screen.query_one(Number)
        for paste in ("150", "1.5", "-3", "eighty", "１０"):
            number.post_message(events.Paste(paste))
            await driver.settle()
            assert (number.value, driver.said) == ("", "0 to 100"), paste
        number.post_message(events.Paste(" 80\n"))
        await driver.settle()
        assert number.value == "80"


async def test_enter_saves_from_the_last_field_once_and_begins_a_line_in_words(kinds: Environment) -> None:
    cid = own(kinds, LINE, PERCENT)
    lifecycle.add_own(second(kinds), lifecycle.Own("Guess again", "s1", "check", "daily", fields=(PERCENT, WORDS)))
    other = "own.guess-again"
    async with drive(kinds) as driver:
        await driver.go(cid)
        await driver.press("f", "a", "enter")
        assert driver.name == "Form", "enter goes on from the first"
        driver.send("7", "enter", "enter", "enter")
        await driver.settle()
        assert answered(kinds, cid) == [{"what": "a", "sure": 7}]
        while driver.name != "Today":
            await driver.press("escape")
        await driver.go(other)
        await driver.press("f", "5", "enter", "a", "enter", "b")
        assert driver.screen.query_one(TextArea).text == "a\nb"
        driver.send("ctrl+s", "ctrl+s", "enter")
        await driver.settle()
    assert answered(kinds, other) == [{"sure": 5, "words": "a\nb"}]


async def test_enter_on_a_yes_or_no_saves_once_it_is_answered(kinds: Environment) -> None:
    cid = own(kinds, {"name": "good", "ask": "Was it good?", "type": "yesno"})
    async with drive(kinds) as driver:
        await driver.go(cid)
        await driver.press("f", "enter")
        assert driver.screen.query_one(YesNo).expanded
        await driver.press("escape")
        assert driver.screen.focused is driver.screen.query_one(YesNo), "the list gives the focus back"
        await driver.press("y", "enter")
        assert driver.name == "Today"
    assert answered(kinds, cid) == [{"good": True}]


async def test_a_slow_disk_and_many_keys_save_one_entry(kinds: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    cid = own(kinds, PERCENT)
    gate = threading.Event()
    write = Workspace.write

    def held(toward: Workspace, *args: Any, **more: Any) -> Any:
        assert gate.wait(30)
        return write(toward, *args, **more)

    async with drive(kinds) as driver:
        await driver.go(cid)
        await driver.press("f", "4")
        monkeypatch.setattr(Workspace, "write", held)
        driver.send("enter", "enter", "ctrl+s", "enter")
        for _ in range(5):
            await driver.ripple()
        assert driver.name == "Form", "it stands until it is saved"
        gate.set()
        await driver.settle()
        assert driver.name == "Today"
    assert answered(kinds, cid) == [{"sure": 4}]


async def test_what_is_over_its_limit_stays_on_the_screen(kinds: Environment) -> None:
    cid = own(kinds, WORDS, LINE)
    async with drive(kinds) as driver:
        await driver.go(cid)
        await driver.press("f")
        area, line = driver.screen.query_one(TextArea), driver.screen.query_one("#field-what", Input)
        area.text = "w" * (LONGEST_TEXT + 1)
        await driver.press("ctrl+s")
        assert "An answer here holds at most 100,000 characters; this one has 100,001." in driver.said
        assert len(area.text) == LONGEST_TEXT + 1
        area.text, line.value = "short", "x" * 201
        await driver.press("ctrl+s")
        assert "holds at most 200 characters; this one has 201." in driver.said and len(line.value) == 201
        line.value = "x" * 200
        await driver.press("ctrl+s", "n")
        assert driver.name == "NoteDialog"
        driver.screen.query_one(TextArea).text = "w" * (LONGEST_TEXT + 1)
        await driver.press("ctrl+s")
        assert driver.said == "A note holds at most 100,000 characters; this one has 100,001."
        assert len(driver.screen.query_one(TextArea).text) == LONGEST_TEXT + 1
        driver.screen.query_one(TextArea).text = "w" * 22_013
        await driver.press("ctrl+s")
        assert driver.name == "Today"
    assert len(notes.read_note(second(kinds), cid, TODAY)) == 22_013
