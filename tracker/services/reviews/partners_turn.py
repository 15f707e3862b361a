"""What lies in the store of a partner's turn, and what of it may be read, taken in and carried out: all or nothing.

A turn with an answer that is never kept is treated as if it were not there, whoever wrote it: an older version, a file
made by hand, another device.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tracker.domain.reviews import Free, Item, Review, may_be_kept
from tracker.ledger import codec, event_keys
from tracker.store.events import Event

ANSWERS, FREE, MAY_LEAVE = "answers", "free", "may_leave"
MONTH_LONG = len("2026-11")


def value_of(answers: Mapping[str, int | None], may_leave: bool) -> dict[str, Any]:
    """Return a turn as it is stored; that exports may hold it is said only where a partner said so."""
    return {"private": {ANSWERS: dict(answers)} | ({MAY_LEAVE: True} if may_leave else {})}


def numbers(items: Iterable[Item], found: object) -> dict[str, int | None]:
    """Return ratings as they lie in a value, without what is none."""
    highest = {item.name: item.high for item in items}
    if not isinstance(found, Mapping):
        return {}
    return {
        name: answer
        for name, answer in found.items()
        if name in highest and (answer is None or (type(answer) is int and 0 <= answer <= highest[name]))
    }


def answers_in(key: str, value: Mapping[str, Any] | None, items: Iterable[Item]) -> dict[str, int | None]:
    """Return what a partner answered, nothing where the turn is one that is never kept."""
    return numbers(items, codec.table(value, "private").get(ANSWERS)) if value and _sound(key, value) else {}


def _sound(key: str, value: Mapping[str, Any]) -> bool:
    private = codec.table(value, "private")
    answers = codec.table(private, ANSWERS)
    freely = [part.get(FREE) for part in (value, codec.table(value, "fields"), private, answers)]
    if any(each not in (None, True, Free.YES.value) for each in freely):
        return False
    kind = Review.MONTH if len(event_keys.split(key)[1]) == MONTH_LONG else Review.WEEK
    return may_be_kept(kind, answers)


def welcome(event: Event) -> bool:
    """Return whether a file may bring an event: not a partner's turn that is never kept."""
    if event_keys.split(event["key"])[0] != event_keys.THEIRS or event["v"] is None:
        return True
    return _sound(event["key"], event["v"])


def for_export(event: Event, *, private: bool) -> Event | None:
    """Return an event as an export may hold it, or None: a partner's turn only whole, and only where they allowed it.

    That one was taken back is not told either.
    """
    kind = event_keys.split(event["key"])[0]
    if kind == event_keys.THEIRS:
        value = event["v"]
        allowed = value is not None and codec.table(value, "private").get(MAY_LEAVE) is True
        return event if private and allowed and value is not None and _sound(event["key"], value) else None
    ordered = (event["v"] or {}).get("keys") if kind == event_keys.PURGE else None
    if not isinstance(ordered, Mapping):
        return event
    others = {key: until for key, until in ordered.items() if event_keys.split(str(key))[0] != event_keys.THEIRS}
    if len(others) == len(ordered):
        return event
    return {**event, "v": {**(event["v"] or {}), "keys": others}} if others else None
