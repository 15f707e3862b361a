"""Every form of the catalogue, by keyboard alone: filled in, kept, opened again, edited and undone."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from textual.widgets import Input, Select, TextArea

from tests.answers import CANARY
from tests.tui.driver import NOW, TODAY, Driver, Hands, drive, second, value
from tracker.catalogue import STEP_IDS, more, templates
from tracker.catalogue.model import Template
from tracker.domain.fields import Field, Gives, Type
from tracker.domain.records import Entry
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment
from tracker.tui.frame.form import FormScreen

EVERY = {each.id: each for each in (*templates(), *more())}
PLAIN = {cid for cid, each in EVERY.items() if not each.fields}
"""A no to this one is never kept, which tests of the rules are about."""

RULED = {"mode"}
"""A rule names the outcome of a small decision, whatever this one is answered with."""


@dataclass(frozen=True)
class Typed:
    """What is typed into a field, and what has to stand in the store afterwards; of a choice, the place in its list."""

    keys: str
    kept: Any
    place: int = 0


Asked = dict[str, tuple[Field, Typed]]
"""The fields of a form by their names, with what was typed into each."""


def first(field: Field, mark: str) -> Typed:
    """Return the first answer to a field; words carry a mark of their own."""
    return _typed(field, mark, 0)


def other(field: Field, mark: str) -> Typed:
    """Return the answer that a field has after the edit, always another one where there is one."""
    return _typed(field, f"new {mark}", 1)


def _typed(field: Field, mark: str, turn: int) -> Typed:
    match field.type:
        case Type.TEXT:
            return Typed(f"{CANARY} {mark}\n[/b]", f"{CANARY} {mark}\n[/b]")
        case Type.LINE:
            words = f"{CANARY} {mark}" if field.private else mark
            return Typed(words, words)
        case Type.CHOICE:
            names = [each.name for each in field.choices]
            place = len(names) - 1 if "lapse" in names else 0
            place = (place + turn) % len(names)
            return Typed("", names[place], place)
        case Type.YESNO:
            place = 0 if field.consents else turn
            return Typed("", place == 0, place)
        case Type.DAY:
            return (Typed("sat", "2026-11-28"), Typed("tomorrow", "2026-11-26"))[turn]
        case Type.MOMENT:
            return (Typed("fri 19:05", "2026-11-27T19:05+01:00"), Typed("20:30", "2026-11-25T20:30+01:00"))[turn]
        case Type.MINUTES:
            return (Typed("1h15", 75), Typed("40m", 40))[turn]
        case Type.SCALE | Type.NUMBER | Type.PERCENT:
            number = min(field.high, field.low + 2) - turn
            return Typed(str(number), number)


def opened(select: Select[Any]) -> bool:
    """Return whether its choices are open."""
    return bool(select.expanded)


async def at_once(driver: Driver, *keys: str) -> None:
    """Press keys that move and delete as fast as they come; letters would overtake them."""
    driver.send(*keys[:-1])
    await driver.tap(*keys[-1:])


async def answer(driver: Driver, field: Field, typed: Typed) -> None:
    """Answer the field that has the focus, whatever stood in it, and go on to the next."""
    widget = driver.screen.focused
    assert widget is not None and widget.id == f"field-{field.name}", f"{field.name} has not the focus: {widget}"
    if isinstance(widget, TextArea):
        await at_once(driver, *["f7", "delete"] * bool(widget.text))
        driver.send(*("enter" if letter == "\n" else letter for letter in typed.keys))
        await driver.tap("tab")
    elif isinstance(widget, Input):
        await at_once(driver, *["end", "ctrl+u"] * bool(widget.value))
        driver.send(*typed.keys)
        await driver.tap("enter")
    else:
        assert isinstance(widget, Select), widget
        await driver.tap("enter")
        assert opened(widget), f"the choices of {field.name} do not open"
        await at_once(driver, "home", *["down"] * (typed.place + 1), "enter")
        assert not opened(widget), f"the choices of {field.name} do not close"
        if field.consents:
            # What is asked only with a yes comes into sight, and the list gives the focus back meanwhile.
            await driver.settle()
        await driver.tap("tab")


async def keep(driver: Driver, back: str = "Today") -> None:
    """Save the form, leave the safety page where the answers call for it, and look at the page that is left."""
    await driver.press("ctrl+s")
    if driver.name == "Safety":
        await driver.press("escape")
    assert driver.name == back, f"the form is still open: {driver.said}"
    written = "\n".join(driver.lines()) + driver.said + driver.app.title + driver.app.sub_title
    assert CANARY not in written, f"private words are on {back}"


def entries_of(here: Environment, cid: str) -> list[Entry]:
    """Return the entries of today in a store opened anew."""
    return list(second(here).ledger.entries_on(cid, TODAY))


def check(here: Environment, key: str, asked: Asked) -> None:
    """Assert that the answers typed are the answers stored, each where it belongs and with what it gives."""
    stored = value(here, key)
    for part, private in (("fields", False), ("private", True)):
        wanted = {name: typed.kept for name, (field, typed) in asked.items() if field.private is private}
        assert stored.get(part, {}) == wanted, part
    for name, (field, typed) in asked.items():
        if field.gives is Gives.AMOUNT:
            assert stored["amount"] == typed.kept, name
        elif field.gives is Gives.DUE:
            assert stored["due"] == typed.kept[:10], name
        elif (field.gives is Gives.OUTCOME and name not in RULED) or name == "what":
            assert stored["outcome"] == ("lapse" if (name, typed.kept) == ("what", "hands") else typed.kept), name


async def fill(driver: Driver, fields: tuple[Field, ...], cid: str) -> Asked:
    """Answer all fields of the form on top, in their order, and return what was typed."""
    form = driver.screen
    assert isinstance(form, FormScreen), driver.said
    assert [each.name for each in form._fields] == [each.name for each in fields]
    asked: Asked = {}
    for number, field in enumerate(fields):
        typed = first(field, f"{cid[3:6]} {number}")
        await answer(driver, field, typed)
        asked[field.name] = (field, typed)
    return asked


async def change(driver: Driver, asked: Asked, cid: str, changed: set[tuple[Type, bool]]) -> Asked:
    """Answer one field anew, and each of a type that is not among those changed; return what has to be stored now.

    The answers that are not touched have to stay.
    """
    anew = {
        name: (field, other(field, f"{cid[3:6]} {number}")) for number, (name, (field, _)) in enumerate(asked.items())
    }
    one = next(name for name in asked if anew[name][1].kept != asked[name][1].kept)
    wanted = {name for name, (field, _) in asked.items() if name == one or (field.type, field.private) not in changed}
    now = dict(asked)
    for name, (field, _) in asked.items():
        if name in wanted:
            await answer(driver, *anew[name])
            now[name] = anew[name]
            changed.add((field.type, field.private))
            wanted.remove(name)
        elif wanted:
            await driver.tap("tab")
    return now


def shows(driver: Driver, asked: Asked) -> None:
    """Assert that the form that was opened again holds what was typed before."""
    assert isinstance(driver.screen, FormScreen), driver.name
    given = driver.screen.given()
    words = {True: "yes", False: "no"}
    wanted = {
        name: words[typed.kept] if isinstance(typed.kept, bool) else str(typed.kept)
        for name, (_, typed) in asked.items()
    }
    assert {name: str(each) for name, each in given.items()} == wanted, "the form does not hold what was kept"


async def whole_path(driver: Driver, each: Template, changed: set[tuple[Type, bool]]) -> None:
    """Take one commitment from an empty day to an entry, to another, and back to the empty day."""
    here, fields = driver.here, tuple(field for field in each.fields if not field.later)
    assert entries_of(here, each.id) == []
    await driver.press("f")
    if each.id in PLAIN:
        assert driver.name == "Today" and "nothing more to write down" in driver.said
        await driver.press("space")
        assert second(here).ledger.record(each.id).on(TODAY), "checked off"
        await driver.press("u")
        assert not second(here).ledger.record(each.id).on(TODAY), "undone"
        return
    asked = await fill(driver, fields, each.id)
    await keep(driver)
    (entry,) = entries_of(here, each.id)
    check(here, entry.id, asked)
    before = value(here, entry.id)
    await driver.press("enter", "f")
    assert driver.name == "ChoiceDialog" and driver.shows("a new one")
    await driver.press("enter")
    shows(driver, asked)
    asked = await change(driver, asked, each.id, changed)
    await keep(driver, "Commitment")
    await driver.press("escape")
    assert [one.id for one in entries_of(here, each.id)] == [entry.id], "an edit makes no second entry"
    check(here, entry.id, asked)
    assert value(here, entry.id) != before
    await driver.press("u")
    assert driver.said.startswith("Undone") and value(here, entry.id) == before, "the edit is undone"
    await driver.press("u")
    assert driver.said.startswith("Undone") and value(here, entry.id) is None, "the entry is undone"
    assert entries_of(here, each.id) == []


def of(step: str) -> Iterator[str]:
    """Yield the ids of a step's commitments, those of the further shelf too."""
    return (cid for cid in EVERY if cid.startswith(f"{step}."))


@pytest.mark.parametrize("step", STEP_IDS)
async def test_every_form_by_keyboard_alone(empty: Environment, step: str) -> None:
    """One run of the app for a step; what went wrong is told for every commitment."""
    wanted = list(of(step))
    lifecycle.add_all(Workspace.at(empty.data, empty.state, Hands(NOW - timedelta(days=5))), wanted)
    wrong: dict[str, str] = {}
    changed: set[tuple[Type, bool]] = set()
    async with drive(empty, (60, 18)) as driver:
        await driver.press("v", "g")
        assert sorted(key for key in driver.keys if key in EVERY) == sorted(wanted)
        for _ in wanted:
            cid = driver.board.key
            assert cid in wanted and cid not in wrong, f"{cid} is not the next line"
            try:
                await whole_path(driver, EVERY[cid], changed)
            except AssertionError as error:
                wrong[cid] = "".join(traceback.format_exception(error))
                for _ in range(4):
                    await driver.press(*["escape"] * (driver.name != "Today"))
            wrong.setdefault(cid, "")
            await driver.press("j")
    assert wrong.keys() == set(wanted)
    assert not any(wrong.values()), "\n\n".join(f"{cid}: {text}" for cid, text in wrong.items() if text)


def test_they_are_all_there() -> None:
    """The steps share out the whole catalogue, and every type of field is among what is typed."""
    assert sorted(cid for step in STEP_IDS for cid in of(step)) == sorted(EVERY) and len(templates()) == 42
    assert {field.type for each in EVERY.values() for field in each.fields if not field.later} >= set(Type) - {
        Type.MOMENT
    }
    assert {"s4.plan-first", "s6.touch-with-words"} == PLAIN
