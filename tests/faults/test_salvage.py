"""Damaged files give back all that is in them: every entry that can still be read, and the truth about the rest."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.folders import names, no_waiting_for_the_disk, open_store, put, shard
from tests.faults.scale import SCALE
from tests.faults.totals import record
from tracker.store.events import encode
from tracker.store.log.salvage import MOST, salvage
from tracker.store.log.shards import parse

Spoil = Callable[[bytes], bytes]
COUNT = 6


def event(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"e{number:04}",
        "key": f"note|{number}",
        "v": {"private": {"text": f'ä 💛 word{number} " {{"id": \\ \n'}},
        "t": 1_700_000_000_000 + number,
        "prev": None,
        "dev": "d",
        "at": "2026-11-23T07:40:11+01:00",
        "op": "o",
        "n": number,
        "cmd": "note",
        **fields,
    }


EVENTS = [event(number) for number in range(1, COUNT + 1)]
GOOD = encode({"events": {str(each["n"]): each for each in EVENTS}})
OLDER = encode({"events": {str(each["n"]): each for each in EVENTS[:3]}})
PRETTY = json.dumps(json.loads(GOOD), indent=2).encode()

WHOLE: dict[str, bytes] = {
    "braces behind": GOOD + b"}}}",
    "NULs behind": GOOD + bytes(4096),
    "NULs before": bytes(512) + GOOD,
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "a second copy": GOOD + GOOD,
    "a second copy on its own line": GOOD + b"\n" + PRETTY,
    "a second copy that breaks off within an entry": GOOD + OLDER[: len(OLDER) // 2] + b'"}}}',
    "an older copy behind": GOOD + OLDER,
    "an older copy before": OLDER + GOOD,
    "indented, with braces behind": PRETTY + b"}",
    "one number twice": GOOD.replace(b'{"events":{', b'{"events":{"1":' + encode(event(77)) + b","),
}
IN_PART: dict[str, tuple[bytes, int]] = {
    "garbage before": (b'HTTP/1.1 200 OK {"x": [ ' + GOOD, COUNT),
    "garbage behind": (GOOD + b"<html>\xff\xfe", COUNT),
    "torn, and begun anew": (GOOD[: len(GOOD) // 2] + GOOD, COUNT),
    "in a table of another name": (GOOD.replace(b'{"events"', b'{"_default"'), COUNT),
    "cut off": (GOOD[:-40], COUNT - 1),
    "cut off in the middle": (GOOD[: len(GOOD) // 2], COUNT // 2 - 1),
    "the last byte gone": (GOOD[:-1], COUNT),
    "a quote lost": (GOOD.replace(b'"note|2"', b'"note|2', 1), COUNT - 1),
    "bad bytes in an id": (GOOD.replace(b"e0002", b"e\xff002"), COUNT - 1),
    "bad bytes in a text": (GOOD.replace(b"word2", b"wo\xff\xfe2"), COUNT - 1),
    "half a surrogate pair": (GOOD.replace(b"word2", b"\\ud800"), COUNT - 1),
    "NULs in a text": (GOOD.replace(b"word2", b"wo\0\0"), COUNT - 1),
    "a number that is none": (GOOD.replace(b'"text":"', b'"much":NaN,"text":"', 1), COUNT - 1),
    "one entry without its time": (GOOD.replace(b'"t":1700000000002', b'"t":-2', 1), COUNT - 1),
    "a block of zeros": (GOOD[:300] + bytes(50) + GOOD[350:], COUNT - 1),
    "nothing": (b"", 0),
    "null": (b"null", 0),
    "all zeros": (bytes(900), 0),
}


@pytest.mark.parametrize("raw", WHOLE.values(), ids=WHOLE)
def test_sound_json_with_something_around_it_gives_every_entry_and_says_that_it_is_all(raw: bytes) -> None:
    record("salvaged files")
    contents = parse(raw)
    assert contents.trouble, "it is named all the same, and not written over"
    assert {each["id"]: each for each in contents.events}.items() >= {each["id"]: each for each in EVENTS}.items()
    assert contents.left is not None
    assert contents.left.unread <= 9 and not contents.left.marred


@pytest.mark.parametrize(("raw", "count"), IN_PART.values(), ids=IN_PART)
def test_what_can_be_read_is_read_and_what_cannot_is_told(raw: bytes, count: int) -> None:
    record("salvaged files")
    contents = parse(raw)
    assert contents.trouble
    assert len({each["id"] for each in contents.events}) == count
    assert all(each in EVENTS for each in contents.events), "no entry is made of two"
    assert contents.left is not None and not contents.left.is_whole


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"word2", b"wo\xff\xfe2"), (b"word2", b"\\ud800"), (b"word2", b"wo\0\0"), (b"word2", b"wo\x1b[2J2")],
    ids=["bad bytes", "half a pair", "NULs", "control characters"],
)
def test_an_entry_of_which_some_characters_are_spoilt_comes_with_a_mark_for_them(before: bytes, after: bytes) -> None:
    left = salvage(GOOD.replace(before, after))
    assert [each["id"] for each in left.marred] == ["e0002"]
    value = left.marred[0]["v"]
    assert value is not None and "\ufffd" in value["private"]["text"] and value["private"]["text"].startswith("ä 💛")


def test_a_spoilt_copy_of_an_entry_never_stands_beside_its_sound_one() -> None:
    assert salvage(GOOD + GOOD.replace(b"word2", b"wo\xff")).marred == ()


def test_text_that_looks_like_an_entry_is_text() -> None:
    planted = json.dumps(event(9))
    raw = encode({"events": {"1": event(1, v={"private": {"text": planted}})}}) + b"}"
    assert [each["id"] for each in parse(raw).events] == ["e0001"]


def test_of_two_versions_with_one_id_both_are_given_to_the_merge() -> None:
    other = encode({"events": {"1": event(1, v={"private": {"text": "another"}})}})
    assert sum(each["id"] == "e0001" for each in parse(GOOD + other).events) == 2


def test_the_bytes_that_are_not_read_are_counted_and_placed() -> None:
    left = salvage(b"garbage " + GOOD)
    assert (left.unread, left.first, left.open_ended) == (7, 0, False)
    at = GOOD.index(b'"t":1700000000002')
    broken = salvage(GOOD[:at] + b"?" + GOOD[at:])
    assert broken.first < at < broken.first + broken.unread
    assert salvage(GOOD + b"x" * (MOST + 10)).unread >= MOST


HOSTILE: dict[str, bytes] = {
    "deep": b'{"v":',
    "deep lists": b'{"v":[1,1,1,1,1,1,1,1,1',
    "open strings": b'{"id":"',
    "braces": b"{",
    "escapes": b'{"id":"\\"',
    "objects": b'{"v":{},',
    "names": b'"a":',
    "zeros": b"\0",
    "deep and closed": b'{"v":' * 400 + b"1" + b"}" * 400,
    "tables": b'{"events":{}}',
    "control characters": b'{"v":"\n"',
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes_cost_no_more_than_their_length(unit: bytes) -> None:
    record("salvaged files")
    size = 200_000 * SCALE
    raw = unit * (size // len(unit))
    began = time.process_time()
    assert len(parse(GOOD + b"\n" + raw).events) == COUNT
    # A search that grew with the square of the length would take minutes.
    assert time.process_time() - began < 20


@settings(max_examples=100 * SCALE, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD)), st.binary(max_size=8), st.integers(0, 200)), max_size=3))
def test_wounds_take_no_entry_that_they_do_not_touch(wounds: list[tuple[int, bytes, int]]) -> None:
    record("salvaged files")
    raw, whole = GOOD, EVENTS
    for at, instead, without in wounds:
        raw = raw[:at] + instead + raw[at + without :]
    found = {each["id"] for each in parse(raw).events}
    for each in whole:
        if encode(each) in raw and not _is_swallowed(raw, encode(each)):
            assert each["id"] in found


def _is_swallowed(raw: bytes, part: bytes) -> bool:
    """Return whether what stands before an entry makes of it the value of another that ends behind it."""
    return any(part in encode(each) and part != encode(each) for each in parse(raw).events)


def test_a_damaged_month_is_used_at_once_and_writing_goes_on_beside_it(tmp_path: Path) -> None:
    with no_waiting_for_the_disk():
        store = open_store(tmp_path)
        put(store, "older", "too")
        spoilt = shard(store).read_bytes() + b"}}}"
        shard(store).write_bytes(spoilt)
        again = open_store(tmp_path)
        assert names(again) == {"older", "too"} and again.damaged
        put(again, "new")
        assert shard(store).read_bytes() == spoilt
        with again.transaction() as transaction:
            kept, aside = transaction.set_aside(shard(store))
        assert kept == 2 and aside.read_bytes() == spoilt
        assert names(open_store(tmp_path)) == {"older", "too", "new"}


def test_the_fuller_of_two_versions_is_kept_when_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    with no_waiting_for_the_disk():
        store = open_store(tmp_path)
        put(store, "older")
        document = json.loads(shard(store).read_bytes())
        fuller = {**document["events"]["1"], "v": {"text": "older", "more": "than there was"}}
        shard(store).write_bytes(shard(store).read_bytes() + encode({"events": {"1": fuller}}))
        again = open_store(tmp_path)
        with again.transaction() as transaction:
            transaction.set_aside(shard(store))
        assert open_store(tmp_path).winners["note|older"]["v"] == fuller["v"]
