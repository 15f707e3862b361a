"""The questions of one's own commitment, one by one: what is asked about a question, and what comes of the answers.

A row is a field as docs/fields.md describes it; names are made from the words, so nobody types one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.catalogue.forms import HIGHEST, LONGEST_WAIT
from tracker.domain.commitments import Kind
from tracker.domain.consent import NEEDS, STOPS
from tracker.domain.fields import RANGES, Choice, Field, Type
from tracker.domain.language.names import latin
from tracker.domain.records import HANDLED, LAPSE
from tracker.domain.text.clean import one_line
from tracker.ledger import event_keys
from tracker.ledger.errors import BadInput
from tracker.ledger.workspace import Workspace
from tracker.services.commitments.answering import read_answers

Row = Mapping[str, Any]
TYPES = (
    ("text", "a few sentences, always private"),
    ("line", "one line"),
    ("scale", "a scale, such as 0 to 10"),
    ("yesno", "yes or no"),
    ("choice", "one of a few"),
    ("number", "a number"),
    ("minutes", "how long"),
    ("day", "a day"),
    ("moment", "a time"),
    ("percent", "0 to 100 percent"),
)
NOW, LATER, AT = "now", "later", "at_"
NEEDED: dict[Kind, Row] = {
    Kind.MINUTES: {"name": "minutes", "ask": "How long?", "type": "minutes", "optional": False, "gives": "amount"},
    Kind.AVOID: {
        "name": "what",
        "ask": "What happened?",
        "type": "choice",
        "optional": False,
        "choices": [{"name": HANDLED, "label": "a moment came, and I handled it"}, {"name": LAPSE, "label": "a lapse"}],
    },
}
"""What a kind asks first as soon as it asks anything."""


def with_needed(kind: Kind, rows: Sequence[Row]) -> list[Row]:
    """Return questions with the one before them that their kind cannot do without."""
    needed = NEEDED.get(kind)
    if needed is None or any(_does(row) == _does(needed) for row in rows):
        return list(rows)
    return [needed, *rows]


def _does(row: Row) -> object:
    """Return what a question is for: what it gives, or else its name."""
    return row.get("gives") or row["name"]


def parts(type_: Type, row: Row, earlier: Sequence[Row]) -> tuple[Field, ...]:
    """Return what is asked about a question of a type that stands after others."""
    found = [Field("ask", "What does it ask?", Type.LINE, optional=False)]
    if type_ is Type.CHOICE and not row.get("gives"):
        found.append(Field("choices", "Its choices, with commas between", Type.LINE, optional=False))
    if type_ in (Type.SCALE, Type.NUMBER, Type.PERCENT):
        found += [
            Field(name, ask, Type.NUMBER, low=0, high=HIGHEST)
            for name, ask in (("low", "The least"), ("high", "The most"))
        ]
    if type_ is not Type.TEXT:
        found.append(Field("private", "Is the answer for your eyes only?", Type.YESNO))
    found.append(Field("needed", "Does an entry need an answer?", Type.YESNO))
    days = [
        Choice(AT + each["name"], f"on the day of: {each['ask']}")
        for each in earlier
        if each["type"] in (Type.DAY, Type.MOMENT)
    ]
    when = (Choice(NOW, "at once, with the entry"), Choice(LATER, "so many hours later"), *days)
    found.append(Field("when", "When is it asked?", Type.CHOICE, choices=when))
    found.append(Field("hours", "How many hours later", Type.NUMBER, low=1, high=LONGEST_WAIT))
    return tuple(found)


def answers_of(type_: Type, row: Row) -> dict[str, Any]:
    """Return what stands in the lines about a question before anything is typed."""
    low, high = RANGES.get(type_, (0, 10))
    found: dict[str, Any] = {
        "ask": row.get("ask", ""),
        "choices": ", ".join(each["label"] for each in row.get("choices", ())),
        "low": row.get("low", low),
        "high": row.get("high", high),
        "private": row.get("private", type_ is Type.LINE),
        "needed": not row.get("optional", True),
        "when": AT + row["at"] if row.get("at") else LATER if row.get("after_hours") else NOW,
    }
    return found | ({"hours": row["after_hours"]} if row.get("after_hours") else {})


def put(
    workspace: Workspace, type_: Type, answers: Mapping[str, Any], rows: Sequence[Row], place: int, cid: str = ""
) -> list[Row]:
    """Return the questions with the one at a place changed, or with a new one at the end.

    What was asked keeps its name, so that earlier answers stay its answers. Raises BadInput.
    """
    old = rows[place] if place < len(rows) else {}
    given = read_answers(workspace, parts(type_, old, rows[:place]), answers)
    ask = one_line(str(given["ask"]))
    taken = {str(each["name"]) for each in rows} | _other_than(workspace, cid, type_)
    row: dict[str, Any] = {"name": old.get("name") or name_of(ask, taken), "ask": ask, "type": type_.value}
    row["private"] = bool(given.get("private", type_ in (Type.TEXT, Type.LINE)))
    row["optional"] = not given.get("needed", False)
    row |= {name: old[name] for name in ("gives", "choices", NEEDS, STOPS) if name in old}
    row |= {name: given[name] for name in ("low", "high") if name in given}
    if "choices" in given:
        row["choices"] = _choices(str(given["choices"]), old.get("choices", ()))
    when = str(given.get("when", NOW))
    if when == LATER:
        if "hours" not in given:
            raise BadInput("Say how many hours later it is asked.")
        row["after_hours"] = given["hours"]
    elif when.startswith(AT):
        row["at"] = when.removeprefix(AT)
    return [*rows[:place], row, *rows[place + 1 :]]


def name_of(words: str, taken: set[str]) -> str:
    """Return a name made of the words that is not taken yet: small letters, digits and single underscores."""
    slug = latin(words).replace("-", "_")[:30].strip("_")
    slug = slug if slug[:1].isalpha() else f"question_{slug}".strip("_")
    number = 1
    while (name := slug + (f"_{number}" if number > 1 else "")) in taken:
        number += 1
    return name


def _choices(text: str, old: Sequence[Row]) -> list[Row]:
    """Return choices from words with commas between; one that was there keeps its name."""
    known = {each["label"]: str(each["name"]) for each in old}
    labels = [word for part in text.split(",") if (word := one_line(part))]
    taken = set(known.values())
    found: list[Row] = []
    for label in labels:
        name = known.get(label) or name_of(label, taken)
        taken.add(name)
        found.append({"name": name, "label": label})
    return found


def _other_than(workspace: Workspace, cid: str, type_: Type) -> set[str]:
    """Return the names that questions of another type ever had here: answers to those are not answers to this."""
    if not cid:
        return set()
    values = [event["v"] for event in workspace.full_store.versions(event_keys.commitment(cid)) if event["v"]]
    rows = [row for value in values for row in value.get("fields", ())]
    return {str(row.get("name")) for row in rows if row.get("type") != type_.value}
