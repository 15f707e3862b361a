"""What a commitment asks, as plain data: tables of the catalogue or of a person's own commitment, read and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from tracker.domain.consent import NEEDS, STOPS
from tracker.domain.fields import RANGES, Choice, Field, Gives, Type
from tracker.domain.language.words import say_list
from tracker.domain.text.clean import one_line

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
KEYS = tuple(name for name in Field.__slots__ if name != "consents")
NO_RANGE = (0, 10)
FITS = {
    Gives.OUTCOME: (Type.CHOICE,),
    Gives.AMOUNT: (Type.MINUTES, Type.NUMBER),
    Gives.DUE: (Type.DAY, Type.MOMENT),
}
FREE = (Type.TEXT, Type.LINE)
LONGEST_WAIT = 24 * 366
HIGHEST = 999_999

Word = TypeVar("Word", bound=StrEnum)


class Named(Protocol):
    """An outcome, of the catalogue or of a commitment."""

    @property
    def name(self) -> str:
        """Return what it is stored as."""

    @property
    def label(self) -> str:
        """Return what it is called on screen."""


def read_fields(rows: Sequence[Mapping[str, Any]], outcomes: Iterable[Named] = ()) -> tuple[Field, ...]:
    """Return the fields that rows describe, in order. Raises ValueError with one sentence for a row that is none.

    A field that gives the outcome and lists no choices offers the outcomes.
    """
    if not isinstance(rows, (list, tuple)):
        raise ValueError("Fields are a list of tables.")
    offered = tuple(Choice(outcome.name, outcome.label) for outcome in outcomes)
    fields: list[Field] = []
    for row in rows:
        field = _field(row, offered)
        _must_fit(field, fields)
        fields.append(field)
    asked_for = {field.needs for field in fields if field.needs}
    return tuple(replace(each, consents=bool(each.stops or each.name in asked_for)) for each in fields)


def write_fields(fields: Iterable[Field]) -> list[dict[str, Any]]:
    """Return fields as plain data, without what goes without saying; `read_fields` gives the same fields back."""
    return [_row(field) for field in fields]


def _row(field: Field) -> dict[str, Any]:
    row: dict[str, Any] = {"name": field.name, "ask": field.ask, "type": field.type.value, "private": field.private}
    if not field.optional:
        row["optional"] = False
    if field.choices:
        row["choices"] = [{"name": choice.name, "label": choice.label} for choice in field.choices]
    if (field.low, field.high) != RANGES.get(field.type, NO_RANGE):
        row |= {"low": field.low, "high": field.high}
    more = {"after_hours": field.after_hours, "at": field.at, "gives": field.gives and field.gives.value}
    more |= {"stays_open": field.stays_open, NEEDS: field.needs, STOPS: field.stops}
    return row | {name: value for name, value in more.items() if value}


def _field(row: object, offered: tuple[Choice, ...]) -> Field:
    if not isinstance(row, Mapping):
        raise ValueError("A field is a table with a name, an ask and a type.")
    name = row.get("name")
    if not isinstance(name, str) or len(name) > 40 or not NAME.fullmatch(name):
        raise ValueError("A field's name is made of small letters, digits and single underscores.")
    unknown = [str(key) for key in row if key not in KEYS]
    if unknown:
        raise ValueError(
            f"The field '{name}' has '{one_line(unknown[0])}', which means nothing; it can have {say_list(KEYS)}."
        )
    ask = row.get("ask")
    if not isinstance(ask, str) or not one_line(ask):
        raise ValueError(f"The field '{name}' asks nothing: it needs an 'ask'.")
    type_ = _one_of(Type, row.get("type"), name, "type")
    gives = _one_of(Gives, row["gives"], name, "gives") if row.get("gives") is not None else None
    low, high = RANGES.get(type_, NO_RANGE)
    if ("low" in row or "high" in row) and type_ not in RANGES:
        raise ValueError(f"The field '{name}' is a {type_}, which has no low and no high.")
    choices = _choices(row.get("choices", ()), name)
    return Field(
        name=name,
        ask=one_line(ask),
        type=type_,
        private=_flag(row, "private", name, type_ in FREE),
        optional=_flag(row, "optional", name, True),
        choices=choices or (offered if gives is Gives.OUTCOME else ()),
        low=_whole(row, "low", name, low, HIGHEST),
        high=_whole(row, "high", name, high, HIGHEST),
        after_hours=_whole(row, "after_hours", name, 0, LONGEST_WAIT),
        at=str(row.get("at", "")),
        gives=gives,
        needs=_words(row, NEEDS, name),
        stops=_words(row, STOPS, name),
        stays_open=_flag(row, "stays_open", name, False),
    )


def _must_fit(field: Field, earlier: Sequence[Field]) -> None:
    """Raise ValueError where the parts of a field, or the field and those before it, do not go together."""
    name, known = field.name, {each.name: each for each in earlier}
    if name in known:
        raise ValueError(f"There are two fields called '{name}'.")
    if (field.type is Type.CHOICE) != bool(field.choices):
        raise ValueError(f"The field '{name}' needs the type choice and a list of choices, or neither.")
    if field.low >= field.high:
        raise ValueError(f"The field '{name}' goes from {field.low} to {field.high}, which leaves nothing to choose.")
    if field.type is Type.TEXT and not field.private:
        raise ValueError(f"The field '{name}' takes free text, and free text is private.")
    if field.at and field.after_hours:
        raise ValueError(f"The field '{name}' is asked after some hours or at another answer, not both.")
    if field.at and (field.at not in known or known[field.at].type not in (Type.DAY, Type.MOMENT)):
        raise ValueError(f"The field '{name}' is asked at '{one_line(field.at)}', which is no day or moment before it.")
    if field.needs and (field.needs not in known or known[field.needs].type is not Type.YESNO):
        raise ValueError(f"The field '{name}' needs '{one_line(field.needs)}', which is no yes-or-no field before it.")
    if field.stops and field.type is not Type.YESNO:
        raise ValueError(f"The field '{name}' cannot stop anything: only a yes-or-no field does.")
    if field.stays_open and field.type is not Type.YESNO:
        raise ValueError(f"The field '{name}' stays open after a no, so it is a yesno.")
    if field.gives is None:
        return
    if field.type not in FITS[field.gives]:
        raise ValueError(f"The field '{name}' cannot give the {field.gives}: it is a {field.type}.")
    if any(each.gives is field.gives for each in earlier):
        raise ValueError(f"Two fields give the {field.gives}; one can.")


def _choices(rows: object, name: str) -> tuple[Choice, ...]:
    if not isinstance(rows, (list, tuple)) or not all(isinstance(row, Mapping) for row in rows):
        raise ValueError(f"The choices of '{name}' are a list of tables with a name and a label.")
    choices = []
    for row in rows:
        word = row.get("name")
        if not isinstance(word, str) or not NAME.fullmatch(word):
            raise ValueError(f"A choice of '{name}' needs a name of small letters, digits and single underscores.")
        choices.append(Choice(word, one_line(str(row.get("label", ""))) or word.replace("_", " ")))
    if len({choice.name for choice in choices}) < len(choices):
        raise ValueError(f"Two choices of '{name}' have one name.")
    return tuple(choices)


def _one_of(kind: type[Word], word: object, name: str, key: str) -> Word:
    try:
        return kind(str(word))
    except ValueError:
        raise ValueError(f"The {key} of the field '{name}' is one of {say_list(list(kind))}.") from None


def _flag(row: Mapping[str, Any], key: str, name: str, otherwise: bool) -> bool:
    value = row.get(key, otherwise)
    if not isinstance(value, bool):
        raise ValueError(f"'{key}' of the field '{name}' is true or false.")
    return value


def _words(row: Mapping[str, Any], key: str, name: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"'{key}' of the field '{name}' is text in quotes.")
    return one_line(value)


def _whole(row: Mapping[str, Any], key: str, name: str, otherwise: int, most: int) -> int:
    value = row.get(key, otherwise)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"'{key}' of the field '{name}' is a whole number from 0 to {most}.")
    return value
