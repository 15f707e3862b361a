"""Questions of one's own: made one by one without typing a name, through the same door as a file, and changed later."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.kit import Bench
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.fields import Type
from tracker.ledger.commitment_fields import fields_of
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle, questions
from tracker.services.commitments.custom_fields import form_value
from tracker.services.commitments.custom_file import read_changed, read_own
from tracker.services.commitments.questions import Row
from tracker.services.logging import guided
from tracker.services.logging.stored_answers import answers_of

WALK = "own.walk"
FILE = """
title = "Walk"
step = "s4"
kind = "event"
schedule = "on event"

[[outcomes]]
name = "went"
credit = 1

[[outcomes]]
name = "short"
credit = 0.5

[[outcomes]]
name = "not_yet"
credit = "open"

[[fields]]
name = "how"
ask = "How did it go?"
type = "choice"
gives = "outcome"

[[fields]]
name = "words"
ask = "What stays?"
type = "text"
"""


def add(workspace: Workspace, type_: str, rows: list[Row], **answers: Any) -> list[Row]:
    return questions.put(workspace, Type(type_), answers, rows, len(rows))


def walk(workspace: Workspace) -> Commitment:
    commitment = workspace.ledger.get(WALK)
    assert commitment is not None
    return commitment


@pytest.mark.parametrize("type_", Type)
def test_a_question_of_every_type_fits_with_what_stands_in_its_lines(workspace: Workspace, type_: Type) -> None:
    rows: list[Row] = add(workspace, "day", [], ask="When do I look again?")
    given = questions.answers_of(type_, {}) | {"ask": "How was it, really?", "choices": "well, so so, Not Well"}
    asked = {part.name for part in questions.parts(type_, {}, rows)}
    rows = questions.put(workspace, type_, {name: each for name, each in given.items() if name in asked}, rows, 1)
    form_value(Kind.CHECK, rows, ())
    own = lifecycle.Own("Walk", "s4", "check", "daily", fields=tuple(rows))
    lifecycle.add_own(workspace, own)
    field = fields_of(walk(workspace))[1]
    assert (field.name, field.type) == ("how_was_it_really", type_)
    assert field.private is (type_ in (Type.TEXT, Type.LINE)), "words are private unless one says otherwise"
    assert type_ is not Type.CHOICE or [each.name for each in field.choices] == ["well", "so_so", "not_well"]
    back = questions.answers_of(type_, walk(workspace).details["fields"][1])  # type: ignore[index]
    again = questions.put(workspace, type_, {name: each for name, each in back.items() if name in asked}, rows, 1)
    form_value(Kind.CHECK, again, ())
    lifecycle.edit(workspace, walk(workspace), fields=again)
    assert fields_of(walk(workspace))[1] == field, "kept as it stands, it stays as it is"


def test_a_question_is_asked_later_where_that_is_said(workspace: Workspace) -> None:
    rows = add(workspace, "day", [], ask="When?")
    rows = add(workspace, "line", rows, ask="What came of it?", when="at_when", private=False)
    rows = add(workspace, "yesno", rows, ask="Still?", when="later", hours=20)
    assert (rows[1]["at"], rows[1]["private"], rows[2]["after_hours"]) == ("when", False, 20)
    with pytest.raises(BadInput, match="how many hours"):
        add(workspace, "yesno", rows, ask="Still?", when="later")
    with pytest.raises(BadInput, match="no day or moment before it"):
        form_value(Kind.CHECK, rows[1:], ())


@pytest.mark.parametrize(
    ("words", "name"), [("What came?", "what_came"), ("2 things", "question_2_things"), ("何?", "question")]
)
def test_names_come_from_the_words(words: str, name: str) -> None:
    assert questions.name_of(words, set()) == name
    assert questions.name_of(words, {name}) == f"{name}_2"


@pytest.mark.parametrize("kind", ["minutes", "avoid"])
def test_a_kind_asks_first_what_it_cannot_do_without(workspace: Workspace, kind: str) -> None:
    rows = questions.with_needed(Kind(kind), add(workspace, "scale", [], ask="How hard?", low=1, high=5))
    assert questions.with_needed(Kind(kind), rows) == rows
    schedule = "daily" if kind == "avoid" else "120 min per week"
    lifecycle.add_own(workspace, lifecycle.Own("Walk", "s4", kind, schedule, fields=tuple(rows)))
    first = {"minutes": 30} if kind == "minutes" else {"what": "handled"}
    guided.log(workspace, walk(workspace), first | {"how_hard": 4})
    assert workspace.ledger.entries_on(WALK, workspace.today)[0].fields["how_hard"] == 4


def test_other_questions_rewrite_no_entry(workspace: Workspace, bench: Bench) -> None:
    lifecycle.add_own(workspace, read_own(FILE))
    guided.log(workspace, walk(workspace), {"how": "short", "words": "it rained"})
    [entry] = workspace.ledger.entries_on(WALK, workspace.today)
    before = workspace.ledger.value(entry.id)
    now: list[Row] = list(walk(workspace).details["fields"])  # type: ignore[call-overload]
    rows = questions.put(workspace, Type.CHOICE, {"ask": "And how was it?"}, now, 0, WALK)
    rows = questions.put(workspace, Type.SCALE, {"ask": "Words?", "low": 1, "high": 5}, rows[:1], 1, WALK)
    lifecycle.edit(workspace, walk(workspace), fields=rows)
    again = bench.open()
    assert again.ledger.value(entry.id) == before
    assert [field.name for field in fields_of(walk(again))] == ["how", "words_2"], "a name keeps its type for good"
    assert again.ledger.figures(WALK, again.today) == workspace.ledger.figures(WALK, workspace.today)
    guided.change(again, walk(again), entry.id, {"how": "went", "words_2": 4})
    assert answers_of(again, entry.id)["words"] == "it rained", "what is asked no more is kept"
    lifecycle.edit(again, walk(again), fields=[])
    assert fields_of(walk(again)) == () and len(walk(again).outcomes) == 3


def test_a_file_changes_what_it_names_and_leaves_the_rest(workspace: Workspace) -> None:
    lifecycle.add_own(workspace, read_own(FILE))
    own = read_changed('[[fields]]\nname = "ease"\nask = "How easy?"\ntype = "scale"', walk(workspace))
    assert (own.title, own.schedule, len(own.outcomes)) == ("Walk", "on event", 3)
    lifecycle.edit(workspace, walk(workspace), fields=own.fields, outcomes=own.outcomes)
    assert [field.name for field in fields_of(walk(workspace))] == ["ease"]
    same = read_changed("", walk(workspace))
    assert not lifecycle.edit(workspace, walk(workspace), fields=same.fields, outcomes=same.outcomes).changed
    with pytest.raises(BadInput, match="another commitment"):
        read_changed('kind = "check"', walk(workspace))
    with pytest.raises(BadInput, match="asks nothing"):
        lifecycle.edit(workspace, walk(workspace), fields=[{"name": "x"}])
    lifecycle.add(workspace, "s4.reachable")
    reply = workspace.ledger.get("s4.reachable")
    assert reply is not None
    with pytest.raises(Refused, match="catalogue"):
        lifecycle.edit(workspace, reply, fields=[])
