"""The derived summary: stock TinyDB, gone without harm."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from tinydb import TinyDB

from tracker.store.log.housekeeping import SummaryFile

TABLES: dict[str, list[dict[str, object]]] = {
    "streaks": [{"commitment": "hug", "current": 3}, {"commitment": "líst", "current": 0}],
    "stamp": [{"day": "2026-11-23"}],
    "empty": [],
}


def test_what_was_written_reads_back(tmp_path: Path) -> None:
    summary = SummaryFile(tmp_path / "summary.json")
    summary.write({"streaks": [{"old": True}]})
    summary.write(TABLES)
    assert summary.read() == TABLES
    assert list(tmp_path.iterdir()) == [tmp_path / "summary.json"]


def test_stock_tinydb_reads_it(tmp_path: Path) -> None:
    SummaryFile(tmp_path / "summary.json").write(TABLES)
    with TinyDB(tmp_path / "summary.json", encoding="utf-8") as stock:
        assert stock.table("streaks").all() == TABLES["streaks"]


def test_what_stock_tinydb_wrote_can_be_read(tmp_path: Path) -> None:
    with TinyDB(tmp_path / "summary.json") as stock:
        stock.table("streaks").insert({"commitment": "hug"})
    assert SummaryFile(tmp_path / "summary.json").read() == {"streaks": [{"commitment": "hug"}]}


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]", b'{"streaks": []}', b'{"streaks": {"1": 2}}', b"{", b"\xff", b"NaN"]
)
def test_anything_else_is_none(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "summary.json"
    assert SummaryFile(path).read() is None
    path.write_bytes(raw)
    assert SummaryFile(path).read() is None


def test_a_disk_that_refuses_is_passed_over(tmp_path: Path) -> None:
    summary = SummaryFile(tmp_path / "summary.json")
    summary.write(TABLES)

    def refuse(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    with patch.object(os, "write", refuse):
        summary.write({"streaks": []})
    assert summary.read() == TABLES
    SummaryFile(tmp_path / "missing" / "summary.json").write(TABLES)
    assert list(tmp_path.iterdir()) == [tmp_path / "summary.json"]


def test_a_value_that_is_not_json_is_a_mistake_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        SummaryFile(tmp_path / "summary.json").write({"streaks": [{"x": object()}]})
    assert list(tmp_path.iterdir()) == []
