"""Events: the only thing the store keeps, and the one validator that readers and writers share."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, TypeGuard, cast

LIMIT = 2**52
"""Times reach to here and no further; a larger one is damage, not a date."""

MOST_OPERATIONS = 2**48
"""More than any device will ever number; a larger number is no reason to stop counting."""

Event = TypedDict(
    "Event",
    {
        "id": str,
        "key": str,
        "v": dict[str, Any] | None,
        "t": int,
        "prev": str | None,
        "dev": str,
        "at": str,
        "op": str,
        "n": int,
        "cmd": str,
        "undoes": str,
        "redoes": str,
        "as": str,
        "settles": list[str],
        "purged": bool,
    },
    total=False,
)


@dataclass(frozen=True)
class Draft:
    """A value to be written under a key; the transaction adds everything else.

    `as_` is the id of the event whose value an undo or redo repeats, `settles` names the concurrent
    versions that this value answers.
    """

    key: str
    v: Mapping[str, Any] | None
    as_: str | None = None
    settles: tuple[str, ...] = ()


def order(event: Event) -> tuple[int, str]:
    """Return what versions of a key are sorted by: the largest is the winner."""
    return event["t"], event["id"]


def number_of(event: Event) -> int:
    """Return the number of the event's operation, or 0 if it has none or one so large that none could follow."""
    n = event.get("n", 0)
    return n if n < MOST_OPERATIONS else 0


def canonical(event: Mapping[str, object]) -> str:
    """Return the one text that equal events share, whatever the order of their fields."""
    return json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def merge_same_id(one: Event, other: Event) -> Event:
    """Return the fuller of two events with one id: the longer canonical text, then the larger.

    A purged one goes before any that is not, so that no copy brings back what was purged.
    """
    if ("purged" in one) != ("purged" in other):
        return one if "purged" in one else other
    mine, theirs = canonical(one), canonical(other)
    return other if (len(theirs), theirs) > (len(mine), mine) else one


def valid_event(document: object) -> TypeGuard[Event]:
    """Return whether `document` has all an event must have and nothing of a wrong type."""
    if type(document) is not dict:
        return False
    get = document.get
    t = get("t")
    return (
        type(get("id")) is str
        and document["id"] != ""
        and type(get("key")) is str
        and document["key"] != ""
        and "v" in document
        and (type(document["v"]) is dict or document["v"] is None)
        and type(t) is int
        and 0 <= t < LIMIT
        and "prev" in document
        and (document["prev"] is None or type(document["prev"]) is str)
        and type(get("dev")) is str
        and _moment(get("at"))
        and _optional_fields(document)
    )


def _moment(at: object) -> bool:
    try:
        return type(at) is str and datetime.fromisoformat(at).tzinfo is not None
    except ValueError:
        return False


def _optional_fields(document: Mapping[str, object]) -> bool:
    get = document.get
    n = get("n", 0)
    settles = get("settles")
    return (
        type(get("op", "")) is str
        and type(get("cmd", "")) is str
        and type(n) is int
        and 0 <= n < LIMIT
        and type(get("undoes", "")) is str
        and type(get("redoes", "")) is str
        and type(get("as", "")) is str
        and ("purged" not in document or (document["purged"] is True and document["v"] is None))
        and ("settles" not in document or (type(settles) is list and all(type(version) is str for version in settles)))
    )


def encode(document: Mapping[str, object]) -> bytes:
    """Return `document` as compact UTF-8 JSON; raise ValueError for NaN, lone surrogates and non-JSON."""
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8")
    except TypeError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("the value is nested too deeply") from None


def decode(raw: bytes) -> object:
    """Return the value that `raw` holds; raise ValueError unless it is strict UTF-8 JSON without a BOM."""
    try:
        return _DECODER.decode(raw.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def as_stored(document: Mapping[str, object]) -> Event:
    """Return the event as it will read back from disk; raise ValueError unless it is a valid event."""
    event = decode(encode(document))
    if not valid_event(event):
        raise ValueError("this is not a valid event")
    return event


def new_id() -> str:
    """Return a new random id: the hex digits of a version 4 UUID, made without importing `uuid`."""
    raw = bytearray(os.urandom(16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    return raw.hex()


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse)


def values(event: Event) -> dict[str, object]:
    """Return the event as a plain dict for code that takes any document."""
    return cast("dict[str, object]", event)
