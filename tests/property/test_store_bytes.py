"""Any bytes at all: they give events or a trouble, and readers and writers agree which."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.scale import SCALE
from tests.faults.totals import record
from tracker.store.errors import StoreDamaged
from tracker.store.events import as_stored, encode, valid_event
from tracker.store.log.shards import parse
from tracker.store.log.storage import insert

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def _event(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "key": f"note|{number}",
        "v": {"text": "ä 💛", "n": 1.5},
        "t": 1_700_000_000_000 + number,
        "prev": None,
        "dev": "d",
        "at": "2026-11-23T07:40:11+01:00",
        "op": "o",
        "n": number,
        "cmd": "note",
        **fields,
    }


GOOD = encode({"events": {str(number): _event(number) for number in (1, 2, 3)}})


def _check(raw: bytes, folder: Path) -> None:
    """Look at `raw` as a reader and as a writer, and compare."""
    record("corrupt files")
    contents = parse(raw)
    assert all(map(valid_event, contents.events))
    assert contents.events or contents.trouble or contents.tables.get("events") == {}
    path = folder / "2026-11.json"
    path.write_bytes(raw)
    added = as_stored(_event(9, id="added"))
    with patch.object(os, "fsync", lambda _fd: None):
        try:
            insert(path, [added])
        except StoreDamaged:
            assert contents.trouble
            assert path.read_bytes() == raw
            return
    assert contents.trouble is None
    assert parse(path.read_bytes()).events == (*contents.events, added)
    assert parse(path.read_bytes()).trouble is None


@given(st.binary(max_size=60))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    _check(raw, tmp_path_factory.getbasetemp())


@settings(max_examples=200 * SCALE)
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=4), st.integers(0, 40))
def test_a_good_file_with_a_wound(
    tmp_path_factory: pytest.TempPathFactory, at: int, instead: bytes, without: int
) -> None:
    _check(GOOD[:at] + instead + GOOD[at + without :], tmp_path_factory.getbasetemp())


@settings(max_examples=200 * SCALE)
@given(st.integers(0, len(GOOD) - 1), st.sampled_from(b'\x00"\\{}[]:,0e-u \xff'))
def test_a_good_file_with_one_wrong_byte(tmp_path_factory: pytest.TempPathFactory, at: int, byte: int) -> None:
    _check(GOOD[:at] + bytes([byte]) + GOOD[at + 1 :], tmp_path_factory.getbasetemp())


@given(JSON)
def test_any_json(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    _check(json.dumps(value).encode(), tmp_path_factory.getbasetemp())


@given(st.dictionaries(st.sampled_from(("1", "2", "03", "x", "", "٣", "-1")), JSON | st.just(_event(1)), max_size=4))
def test_any_table(tmp_path_factory: pytest.TempPathFactory, table: Any) -> None:
    _check(json.dumps({"events": table, "_default": {}}).encode(), tmp_path_factory.getbasetemp())


@given(st.sampled_from(sorted(_event(1))), JSON)
def test_any_field(tmp_path_factory: pytest.TempPathFactory, field: str, value: Any) -> None:
    raw = json.dumps({"events": {"1": _event(1, **{field: value}), "2": _event(2)}}).encode()
    assert any(event["id"] == "e2" for event in parse(raw).events) or b"NaN" in raw or b"Infinity" in raw
    _check(raw, tmp_path_factory.getbasetemp())


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_what_is_written_reads_back_or_is_refused(value: Any) -> None:
    try:
        event = as_stored(_event(1, v=value))
    except ValueError:
        return
    assert parse(encode({"events": {"1": event}})).events == (event,)
