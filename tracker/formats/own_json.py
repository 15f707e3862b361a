"""Toward's own JSON: every event as it lies in the store, so that a store can be made again from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tracker.formats import Format, NotOurs

FORMAT = "toward-events"
SCHEMA = 1
BOOKKEEPING = "import|"
PRIVATE = "private"


def write(events: Iterable[Mapping[str, Any]], *, private: bool) -> str:
    """Return an export: the same events give the same text, byte for byte.

    It says whether it holds what is `private`; what is not to leave goes through `public` first.
    """
    kept = [dict(event) for event in events if not str(event["key"]).startswith(BOOKKEEPING)]
    kept.sort(key=lambda event: (event["t"], event["id"]))
    lines = [json.dumps(event, ensure_ascii=False, sort_keys=True) for event in kept]
    body = "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"
    flag = json.dumps(private)
    return f'{{"schema": {SCHEMA}, "format": "{FORMAT}", "private": {flag}, "events": {body}}}\n'


def public(value: Any) -> Any:
    """Return a value without what lies under the name `private` in it, at any depth; that a question is private is no
    such thing.
    """
    if isinstance(value, dict):
        return {name: public(part) for name, part in value.items() if name != PRIVATE or isinstance(part, bool)}
    if isinstance(value, list):
        return [public(part) for part in value]
    return value


def read(text: str) -> list[dict[str, Any]]:
    """Return the events of an export; NotOurs with one plain sentence if it is none."""
    try:
        data = json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotOurs("This is not JSON, or it is cut off.") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise NotOurs("This is JSON, but not an export of Toward.")
    if data.get("schema") != SCHEMA:
        raise NotOurs(f"This export has schema {data.get('schema')!r}; this version reads {SCHEMA}. Update Toward.")
    events = data.get("events")
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise NotOurs("This export has no list of events.")
    return events


def _refuse(word: str) -> float:
    raise ValueError(word)


JSON = Format("json", read, write)
