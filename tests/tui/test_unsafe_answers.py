"""What a partner answers in fear: no byte, gap, count or changed sentence of it, by any path into the store or out.

Each unsafe answer is driven through the app, the shell, the services, a file that is brought in and a store of an older
version. What is left afterwards, in every file and in whatever is said next, is held against the same store in which
the partner never answered.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tests.cli.conftest import type_in
from tests.faults.totals import record
from tests.tui.driver import NOW, drive, second
from tests.tui.test_review import at, look, seal, shown, turn
from tracker.catalogue import reviews as scripts
from tracker.cli.output import Output
from tracker.cli.session import Session
from tracker.domain.reviews import NO_VIEW, Free, Review
from tracker.ledger.errors import TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.environment import Environment
from tracker.services.exchange import transfer
from tracker.services.history import history, undo
from tracker.services.reviews import partner, reviews
from tracker.store.events import Draft, new_id
from tracker.tui.screens.reviews.partner_turn import TheirTurn

WEEK, MONTH = Review.TOGETHER, Review.MONTH
ITEMS, DIALS = [[item.name for item in partner.asked_of_them(kind)] for kind in (WEEK, MONTH)]
CALM: dict[Review, dict[str, int | None]] = {
    WEEK: dict.fromkeys(ITEMS, 1),
    MONTH: {name: 9 if name in DIALS[:4] else 1 for name in DIALS},
}
MARK = b"partner-ratings"
STAMP = re.compile(rb'"(fingerprint|sealed)":"[^"]*"')
"""What the summary knows a file by: its place on the disk and the moment it was written."""
PERIOD = {WEEK: "2026-11-23", MONTH: "2026-11"}

Case = tuple[Review, str, int | None, Free]
UNSAFE: dict[str, Case] = {
    "safe 0": (MONTH, "safe", 0, Free.YES),
    "safe 4": (MONTH, "safe", 4, Free.YES),
    "safe left empty": (MONTH, "safe", None, Free.YES),
    "gave up 3": (MONTH, "gave_up", 3, Free.YES),
    "gave up 4": (MONTH, "gave_up", 4, Free.YES),
    "not quite free, of a month": (MONTH, "", None, Free.NOT_QUITE),
    "not free, of a month": (MONTH, "", None, Free.NO),
    "not quite free, of a week": (WEEK, "", None, Free.NOT_QUITE),
    "not free, of a week": (WEEK, "", None, Free.NO),
}
EVERY = pytest.mark.parametrize("case", UNSAFE.values(), ids=UNSAFE)


def answers_of(case: Case) -> dict[str, int | None]:
    kind, name, answer, _ = case
    return CALM[kind] | ({name: answer} if name else {})


def typed(case: Case, then: str) -> str:
    """Return what a partner types up to the unsafe answer, and `then` at the question that follows."""
    _, name, _, free = case
    lines = []
    for item, rating in answers_of(case).items():
        lines.append("" if rating is None else str(rating))
        if item == name:
            return "\n".join(lines) + f"\n{then}"
    return "\n".join([*lines, free.value.replace("_", " ")]) + f"\n{then}"


def page(case: Case) -> bool:
    """Return whether the safety page comes with the answer."""
    return case[3] is Free.NO or (case[1] == "safe" and case[2] is not None)


Tree = dict[str, tuple[bytes, int]]


def tree(here: Environment) -> Tree:
    """Return every file of a store and its state: what is in it, and when it was written."""
    found = (path for root in (here.data, here.state) for path in root.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in found if path.name != ".lock"}


def texts(here: Environment) -> dict[str, bytes]:
    """Return every file of a store and its state, and what is in it besides when a copy of it was made."""
    return {name: STAMP.sub(b"", raw) for name, (raw, _) in tree(here).items()}


@pytest.fixture
def ready(young: Environment) -> Environment:
    """Return a store in which one's own side of the week and of the month is sealed."""
    record("unsafe answers")
    for kind in (WEEK, MONTH):
        seal(young, kind, 4)
    at(young, WEEK, "rating")
    return young


@pytest.fixture
def again(ready: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what puts the store back as it was, with the same chance ahead, so that two runs differ in nothing."""
    kept = tmp_path / "kept"
    for root in (ready.data, ready.state):
        shutil.copytree(root, kept / root.name)

    def back() -> None:
        for root in (ready.data, ready.state):
            shutil.rmtree(root)
            shutil.copytree(kept / root.name, root)
        numbers = itertools.count(1)
        monkeypatch.setattr(os, "urandom", lambda size: next(numbers).to_bytes(max(size, 4), "big")[-size:])

    back()
    return back


def sheet(case: Case) -> partner.Sheet:
    made = partner.Sheet(case[0])
    for name, answer in answers_of(case).items():
        made.rate(name, answer)
    made.free(case[3])
    return made


def said_next(toward: Workspace, kind: Review) -> list[Any]:
    """Return what every next step says, and go some of them."""
    first = scripts().scripts[Review.WEEK].parts[0].name
    told: list[Any] = [partner.reveal(toward, each) for each in Review]
    told += [reviews.offers(toward, each) for each in Review]
    told += [transfer.export_json(toward, private=private) for private in (False, True)]
    steps: tuple[Callable[[], Change], ...] = (
        lambda: undo.redo(toward),
        lambda: reviews.answer(toward, Review.WEEK, first, {}),
        lambda: undo.undo(toward),
        lambda: undo.redo(toward),
        lambda: undo.undo(toward),
        lambda: undo.undo(toward),
        lambda: undo.undo(toward),
        lambda: partner.withdraw(toward, kind),
    )
    for step in steps:
        try:
            told.append(step().lines)
        except TowardError as error:
            told.append(error.message)
    told.append([line.summary for line in history.history(toward)])
    return told


@EVERY
def test_services_write_nothing_and_say_the_same(ready: Environment, again: Callable[[], None], case: Case) -> None:
    toward, before = second(ready), tree(ready)
    change = sheet(case).submit(toward)
    assert (change.lines, change.changed, change.operation) == ((partner.DONE,), False, None)
    assert tree(ready) == before, "no file is as much as touched"
    assert partner.reveal(second(ready), case[0]).lines == (NO_VIEW,)
    said, left = said_next(toward, case[0]), texts(ready)
    again()
    assert said_next(second(ready), case[0]) == said
    assert texts(ready) == left


@pytest.fixture
def shell(ready: Environment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Return a function that runs a command on the store and returns all that it said."""
    monkeypatch.setenv("TOWARD_NOW", NOW.isoformat())
    monkeypatch.setattr(Session, "can_ask", property(lambda _: True))
    monkeypatch.setattr(Output, "can_wipe", property(lambda _: True))
    monkeypatch.setattr("tracker.services.environment.state_root", lambda: ready.state)

    def run(*argv: str, stdin: str = "") -> str:
        answer = type_in(monkeypatch, ["--data", str(ready.data), *argv], stdin)
        return f"{answer.out}\n{answer.err}\n{answer.code}"

    yield run


LOOKS = (
    ("review", "month", "--json"),
    ("review", "week", "--together", "--json"),
    ("history",),
    ("history", "--json"),
    ("export",),
    ("export", "--private"),
    ("streaks",),
    ("doctor",),
    ("purge", "--ratings", PERIOD[MONTH], "--yes"),
    ("purge", "--ratings", PERIOD[WEEK], "--yes"),
    ("redo",),
    ("undo",),
    ("undo",),
    ("history",),
    ("export", "--private"),
)


def which(kind: Review) -> tuple[str, ...]:
    return ("review", "month") if kind is MONTH else ("review", "week", "--together")


def visible(said: str) -> str:
    """Return what is printed, and what is asked once the partner's turn is over, or once it was not wanted."""
    out, _, err = said.partition(" kept.\n\nPart ")
    return out[: out.index("\n\nThe ")] + re.split("call them: |willing to answer[^:]*: ", err)[-1]


@EVERY
def test_the_shell_says_the_same(
    ready: Environment, again: Callable[[], None], shell: Callable[..., str], case: Case
) -> None:
    runs = []
    for theirs in ("no\n", f"yes\n{typed(case, '')}" + "\n" * (2 + page(case))):
        again()
        said = shell(*which(case[0]), stdin=theirs + "\n")
        if theirs != "no\n":
            assert said.count("Keep this to yourself? Nothing is kept unless you choose otherwise.") == 1
            assert ("two people who can disagree" in said) is page(case)
            assert partner.DONE in said and "Seal this" not in said
        runs.append([visible(said), texts(ready), *(shell(*argv) for argv in LOOKS), texts(ready)])
    assert runs[0] == runs[1]
    assert "they " not in runs[0][0]


@pytest.mark.parametrize("how", ["kept to oneself", "left", "left at the end"])
@pytest.mark.parametrize("name", ["safe 4", "gave up 3", "not quite free, of a week"])
async def test_the_app_shows_the_same(ready: Environment, name: str, how: str) -> None:
    case, before = UNSAFE[name], tree(ready)
    async with drive(ready) as driver:
        await look(driver, case[0])
        untouched = driver.frame()
        await turn(driver)
        assert isinstance(driver.screen, TheirTurn)
        made = driver.screen._turn._sheet
        await driver.type(typed(case, ""))
        assert (driver.name == "Safety") is page(case)
        if page(case):
            await driver.press("escape")
        assert driver.text("#question") == partner.KEEP_TO_YOURSELF
        if how == "left":
            await driver.press("escape")
        else:
            await driver.type("\n")
            assert driver.shows(partner.DONE) and not driver.shows("eal this")
            await driver.press("escape" if how == "left at the end" else "enter")
        assert driver.name == "Review" and driver.frame() == untouched
        assert not made._answers and tree(ready) == before
        await driver.press("enter")
        assert driver.name == "ChoiceDialog", "it is asked for again as if nobody had answered"
    assert tree(ready) == before


@pytest.mark.parametrize("last", ["ctrl+q", "ctrl+c", "an error"])
async def test_the_app_that_ends_in_their_turn_leaves_nothing(ready: Environment, last: str) -> None:
    before = tree(ready)
    crash = pytest.raises(RuntimeError) if last == "an error" else None
    with crash or pytest.MonkeyPatch.context():
        async with drive(ready) as driver:
            await look(driver, MONTH)
            await turn(driver)
            await driver.type("2\n")
            await driver.press("escape")
            if last == "an error":
                raise RuntimeError("2")
            await driver.press(last, last)
    after = {name: there for name, there in tree(ready).items() if not name.endswith("crash.log")}
    assert after == before


async def test_an_answer_given_anew_is_the_only_one_there_ever_was(ready: Environment) -> None:
    """To choose otherwise is to answer once more: what was said first is in no file, and the rest opens whole."""
    async with drive(ready) as driver:
        await look(driver, MONTH)
        await turn(driver)
        before = tree(ready)
        await driver.type("2\n")
        await driver.press("escape")
        await driver.type("maybe\n")
        assert driver.said == "Answer yes or no." and driver.shows("Keep this to yourself?")
        await driver.press("up")
        assert driver.shows("1 of 7")
        await driver.type("9\n9\n9\n9\n1\n1\n4\nno\n1\nnot quite\nno\nyes\nyes\n")
        assert tree(ready) == before
        await driver.type("no\n")
        assert driver.shows(partner.DONE)
        await driver.press("enter")
        assert "safe: you 4, they 9" in shown(driver) and "they said a little" in shown(driver)
    key = f"partner-ratings|{PERIOD[MONTH]}"
    assert [event["v"] for event in second(ready).store.versions(key)] == [{"private": {"answers": CALM[MONTH]}}]


def by_hand(case: Case) -> dict[str, Any]:
    """Return a value as an older version wrote it, or somebody by hand."""
    private: dict[str, Any] = {"answers": answers_of(case)}
    return {"private": private | ({} if case[3] is Free.YES else {"free": case[3].value})}


ODD: dict[str, dict[str, Any]] = {
    "of another kind": {"private": {"answers": CALM[MONTH] | {"safe": 9.0}}},
    "in words": {"private": {"answers": CALM[MONTH] | {"safe": "9"}}},
    "not there": {"private": {"answers": {"loved": 9}}},
    "no table": {"private": {"answers": [9]}},
}
OLD = {name: (case[0], by_hand(case)) for name, case in UNSAFE.items()} | {n: (MONTH, v) for n, v in ODD.items()}


@pytest.mark.parametrize("name", OLD)
def test_what_an_older_version_wrote_is_read_as_not_there(ready: Environment, name: str) -> None:
    kind, value = OLD[name]
    toward = second(ready)
    without = [partner.reveal(toward, kind), transfer.export_json(toward, private=True), history.history(toward)]
    toward.write("review", lambda: [Draft(f"partner-ratings|{PERIOD[kind]}", value)])
    now = [partner.reveal(toward, kind), transfer.export_json(toward, private=True), history.history(toward)]
    assert now == without
    made = sheet((kind, "", None, Free.YES))
    assert made.submit(toward).operation is not None, "it does not stand in the way of another turn"
    assert partner.reveal(toward, kind).open


@pytest.mark.parametrize("name", OLD)
def test_a_file_brings_none_of_it_in(
    ready: Environment, again: Callable[[], None], name: str, tmp_path: Path, shell: Callable[..., str]
) -> None:
    kind, value = OLD[name]
    runs = []
    for with_it in (False, True):
        again()
        lines = json.loads(transfer.export_json(second(ready), private=True).text)
        last = lines["events"][-1] | {"n": 900, "op": "b" * 32}
        fresh = last | {"id": "a" * 32, "key": "check|s4.reachable|2026-11-20", "v": {"at": NOW.isoformat()}}
        theirs = last | {"id": new_id(), "key": f"partner-ratings|{PERIOD[kind]}", "v": value, "prev": None}
        lines["events"] += [fresh, theirs] if with_it else [fresh]
        path = tmp_path / "brought.json"
        path.write_text(json.dumps(lines), "utf-8")
        again()
        runs.append([shell("import", str(path)), texts(ready), said_next(second(ready), kind), texts(ready)])
    assert runs[0] == runs[1]
    assert "Imported 1 event" in runs[0][0]


def test_a_calm_turn_stays_out_of_every_export_unless_they_allowed_it(ready: Environment) -> None:
    toward = second(ready)
    both = [transfer.export_json(toward, private=private) for private in (False, True)]
    for may_leave in (False, True):
        sheet((MONTH, "", None, Free.YES)).submit(toward, may_leave=may_leave)
        assert partner.reveal(toward, MONTH).open
        assert transfer.export_json(toward, private=False) == both[0]
        whole = transfer.export_json(toward, private=True)
        assert (whole == both[1]) is not may_leave and (MARK.decode() in whole.text) is may_leave
        partner.withdraw(toward, MONTH)
        assert [transfer.export_json(toward, private=private) for private in (False, True)] == both
        assert not any(b'"gave_up": 1' in raw for raw in texts(ready).values())


def test_what_was_carried_out_with_leave_can_be_carried_in(ready: Environment, empty: Environment) -> None:
    toward = second(ready)
    sheet((WEEK, "", None, Free.YES)).submit(toward, may_leave=True)
    text = transfer.export_json(toward, private=True).text
    for root in (ready.data, ready.state):
        shutil.rmtree(root)
    there = second(ready)
    transfer.import_json(there, text)
    assert partner.reveal(there, WEEK).open
    assert transfer.export_json(there, private=True).text == text


async def test_their_turn_begins_with_what_is_true(ready: Environment, shell: Callable[..., str]) -> None:
    true = "It is kept in a file on this computer, which its owner can read."
    async with drive(ready, (80, 24)) as driver:
        await look(driver, MONTH)
        await driver.press("enter", "2")
        told = " ".join(driver.text("#theirs-told").split())
        assert true in told and "Nothing is kept. It will only say “No view yet.”" in told
        assert not driver.screen.query_one(Input).display
    assert true in " ".join(shell("review", "month", stdin="yes\n").split())


def test_no_sentence_of_the_reveal_settles_who_is_right(ready: Environment) -> None:
    toward = second(ready)
    sheet((WEEK, "", None, Free.YES)).submit(toward)
    assert partner.reveal(toward, WEEK).lines[-1] == "What they feel is not up for debate. Be curious about it."
