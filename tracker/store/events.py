"""Events: the only thing the store keeps, and the one validator that readers and writers share."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, TypeGuard, cast

from tracker.store.limits import LITTLE

CENTURY = 100 * 366 * 86_400_000
"""So many milliseconds ahead of the clock may a time lie; a later one is damage, not a date."""

MOST_OPERATIONS = 2**48
LAST_OPERATION = MOST_OPERATIONS - 1
"""More than any device will ever number, which is damage, and the last number there is."""

LONGEST_NAME, LONGEST_KEY, LONGEST_VALUE, DEEPEST = 500, 2_000, 1_000_000, 60
"""The most characters of an id or a command, of a key, and of a text in a value, and how deep a value may be nested:
ten times what anybody can type, and no more.
"""

_RUN = 500
"""Events that are measured at once: one by one takes four times as long."""

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
    """Return the number of the event's operation, or 0 if it has none."""
    return event.get("n", 0)


def farthest() -> int:
    """Return the time (epoch milliseconds) up to which anything may be dated now.

    It moves with the clock, so that whatever is accepted now can be replaced by something later.
    """
    return int(time.time() * 1000) + CENTURY


def is_too_far(document: object) -> bool:
    """Return whether something that looks like an event is dated or numbered so far ahead that nothing could follow."""
    if type(document) is not dict:
        return False
    t, n = document.get("t"), document.get("n", 0)
    return (type(t) is int and t > farthest()) or (type(n) is int and n >= MOST_OPERATIONS)


def canonical(event: Mapping[str, object]) -> str:
    """Return an event as JSON with sorted fields, the same for equal events."""
    return json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def merge_same_id(one: Event, other: Event) -> Event:
    """Return the fuller of two events with one id: the longer canonical text, then the larger.

    A purged one goes before any that is not, so that no copy brings back what was purged.
    """
    if ("purged" in one) != ("purged" in other):
        return one if "purged" in one else other
    mine, theirs = canonical(one), canonical(other)
    return other if (len(theirs), theirs) > (len(mine), mine) else one


def is_more_of(known: Event, event: Event) -> bool:
    """Return whether an event is the known one with more in its value, and nothing in it changed."""
    return known != event and known | {"v": None} == event | {"v": None} and _within(known["v"], event["v"])


def _within(part: Any, whole: Any) -> bool:
    """Return whether `whole` is `part` with nothing changed and perhaps something added."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _within(value, whole[name]) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(_within, part, whole))
    return type(part) is type(whole) and bool(part == whole)


def valid_event(document: object, most: int | None = None) -> TypeGuard[Event]:
    """Return whether `document` has all an event must have and nothing of a wrong type.

    `most` is what `farthest` returns, for those who ask about many. How deep and long its value is, `is_bounded` says.
    """
    if type(document) is not dict:
        return False
    get = document.get
    t = get("t")
    return (
        type(get("id")) is str
        and 0 < len(document["id"]) <= LONGEST_NAME
        and type(get("key")) is str
        and 0 < len(document["key"]) <= LONGEST_KEY
        and "v" in document
        and (document["v"] is None or type(document["v"]) is dict)
        and type(t) is int
        and 0 <= t <= (farthest() if most is None else most)
        and "prev" in document
        and (document["prev"] is None or type(document["prev"]) is str)
        and type(get("dev")) is str
        and _moment(get("at"))
        and _optional_fields(document)
    )


def is_bounded(part: dict[str, Any] | list[Any], depth: int = 0) -> bool:
    """Return whether a value is nested no deeper than DEEPEST and holds no text longer than LONGEST_VALUE."""
    for each in part.values() if type(part) is dict else part:
        if isinstance(each, str):
            if len(each) > LONGEST_VALUE:
                return False
        elif isinstance(each, dict | list) and (depth == DEEPEST or not is_bounded(each, depth + 1)):
            return False
    return True


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
        and len(str(get("cmd", ""))) <= LONGEST_NAME
        and type(n) is int
        and 0 <= n < MOST_OPERATIONS
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


def can_be_saved(document: Any) -> bool:
    """Return whether a value reads back from disk as it is."""
    try:
        encode(document)
    except ValueError:
        return False
    return True


def sized(events: Sequence[Event]) -> Iterator[tuple[Sequence[Event], int]]:
    """Yield events in runs, each with its bytes as JSON; of more than LITTLE bytes is only a run of a single event."""
    for at in range(0, len(events), _RUN):
        run = events[at : at + _RUN]
        size = len(encode({"": list(run)}))
        if size <= LITTLE:
            yield run, size
        else:
            yield from (([event], len(encode(event))) for event in run)


def decode(raw: bytes) -> object:
    """Return the value that `raw` holds; raise ValueError unless it is strict UTF-8 JSON without a BOM."""
    try:
        return _DECODER.decode(raw.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def text_in(raw: bytes, name: str) -> str:
    """Return the text that the bytes of a small JSON file give under a name, or an empty text."""
    try:
        found = decode(raw)
    except ValueError:
        return ""
    text = found.get(name) if isinstance(found, dict) else None
    return text if isinstance(text, str) else ""


def as_stored(document: Mapping[str, object]) -> Event:
    """Return the event as it will read back from disk; raise ValueError unless it is a valid event."""
    event = decode(encode(document))
    if not valid_event(event) or not is_bounded(values(event)):
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
