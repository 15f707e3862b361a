"""One validator, one order, one way to merge."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tracker.store.events import Event, as_stored, decode, encode, farthest, merge_same_id, new_id, order, valid_event

EVENT: dict[str, Any] = {
    "id": "a1",
    "key": "check|hug|2026-11-23",
    "v": {"state": "done"},
    "t": 1_700_000_000_000,
    "prev": None,
    "dev": "d1",
    "at": "2026-11-23T07:40:11+01:00",
    "op": "o1",
    "n": 1,
    "cmd": "check",
}


def _event(**fields: Any) -> Event:
    return as_stored({**EVENT, **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"v": None},
        {"prev": "a0"},
        {"t": 0},
        {"t": farthest() - 1},
        {"undoes": "o0"},
        {"redoes": "o0"},
        {"as": "a0"},
        {"settles": ["a0"]},
        {"key": "a kind that nobody knows yet"},
        {"a field that nobody knows yet": [1, {"x": None}]},
        {"at": "2026-11-23T06:40:11Z"},
    ],
)
def test_what_is_an_event(fields: dict[str, Any]) -> None:
    assert valid_event({**EVENT, **fields})


@pytest.mark.parametrize("missing", ["id", "key", "v", "t", "prev", "dev", "at"])
def test_an_event_lacks_nothing(missing: str) -> None:
    assert not valid_event({name: value for name, value in EVENT.items() if name != missing})


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ""},
        {"id": 1},
        {"key": ""},
        {"key": None},
        {"v": []},
        {"v": "text"},
        {"t": -1},
        {"t": farthest() + 86_400_000},
        {"t": 2**43},
        {"n": 2**48},
        {"id": "i" * 501},
        {"key": "k" * 2_001},
        {"cmd": "c" * 501},
        {"t": 1.0},
        {"t": True},
        {"prev": 1},
        {"dev": None},
        {"at": ""},
        {"at": "yesterday"},
        {"at": "2026-11-23T07:40:11"},
        {"op": 1},
        {"n": -1},
        {"n": "1"},
        {"n": False},
        {"cmd": None},
        {"undoes": None},
        {"as": 3},
        {"settles": "a0"},
        {"settles": [1]},
    ],
)
def test_what_is_no_event(fields: dict[str, Any]) -> None:
    assert not valid_event({**EVENT, **fields})


@pytest.mark.parametrize("document", [None, [], "text", 3, {}])
def test_what_is_no_document_is_no_event(document: object) -> None:
    assert not valid_event(document)


@pytest.mark.parametrize(
    "value",
    [
        {"x": float("nan")},
        {"x": float("inf")},
        {"text": "\ud800"},
        {"\udfff": 1},
        {"x": {1, 2}},
        {"x": b"bytes"},
    ],
    ids=repr,
)
def test_what_cannot_be_read_back_is_never_written(value: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        encode(value)


@pytest.mark.parametrize(
    "raw", [b"", b"\xef\xbb\xbf{}", b"NaN", b"-Infinity", b"1e999", b"{} {}", b"\xff", b"[" * 99_999]
)
def test_what_is_not_strict_json_is_not_decoded(raw: bytes) -> None:
    with pytest.raises(ValueError):
        decode(raw)


def test_text_of_all_languages_is_kept_as_it_is() -> None:
    text = "Nähe, 親密さ, قرب, 💛, \x00, \u2028"
    assert text.encode()[:5] in encode({"text": text})
    assert decode(encode({"text": text})) == {"text": text}


def test_an_event_is_what_reads_back() -> None:
    assert _event(v={"pair": (1, 2)})["v"] == {"pair": [1, 2]}
    with pytest.raises(ValueError, match="not a valid event"):
        as_stored({**EVENT, "t": -1})


def test_later_wins_and_the_id_decides_a_tie() -> None:
    assert order(_event(t=1, id="z")) < order(_event(t=2, id="a")) < order(_event(t=2, id="b"))


def test_of_two_with_one_id_the_fuller_one_wins_whoever_asks() -> None:
    short, long = _event(v={"text": "a"}), _event(v={"text": "aa"})
    other = _event(v={"text": "b"})
    assert merge_same_id(short, long) is merge_same_id(long, short) is long
    assert merge_same_id(short, other) is merge_same_id(other, short) is other
    one, true = _event(v={"x": 11111}), _event(v={"x": True})
    assert merge_same_id(one, true) is merge_same_id(true, one)


def test_the_order_of_fields_makes_no_difference() -> None:
    turned: Event = json.loads(json.dumps(dict(reversed(list(EVENT.items())))))
    event = _event()
    assert merge_same_id(event, turned) is event
    assert merge_same_id(turned, event) is turned


def test_ids_are_version_4_uuids_in_hex() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(each) == 32 and each[12] == "4" and each[16] in "89ab" for each in ids)
