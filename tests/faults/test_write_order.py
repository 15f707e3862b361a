"""The order of calls behind one write: fill, sync, rename, sync the folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.faults.folders import names, open_store, put, shard
from tests.faults.mutants import MUTANTS
from tests.faults.recorder import Call, broken_promises, recording
from tracker.store.errors import StoreDamaged, WriteFailed
from tracker.store.log.housekeeping import SummaryFile
from tracker.store.store import Store


def _calls_of_a_write(store: Store) -> list[Call]:
    with recording(store.data.parent) as trace:
        put(store, "recorded")
    return trace.calls


@pytest.mark.parametrize("before", [(), ("older",)], ids=["new shard", "longer shard"])
def test_a_write_is_safe_on_disk_before_it_returns(tmp_path: Path, before: tuple[str, ...]) -> None:
    store = open_store(tmp_path)
    if before:
        put(store, *before)
    assert broken_promises(_calls_of_a_write(store), shard(store)) == []


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_breaks_a_promise(tmp_path: Path, mutant: Callable[[], Any]) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    with mutant():
        assert broken_promises(_calls_of_a_write(store), shard(store)) != []


def test_one_operation_is_one_rename_however_many_events_it_has(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "older")
    with recording(tmp_path) as trace:
        put(store, "a", "b", "c")
    assert [call.target for call in trace.calls if call.kind == "rename"] == [str(shard(store))]


def test_a_new_folder_is_safe_on_disk_before_anything_is_put_into_it(tmp_path: Path) -> None:
    with recording(tmp_path) as trace:
        put(open_store(tmp_path), "first")
    for at, call in enumerate(trace.calls):
        if call.kind == "mkdir":
            following = trace.calls[at + 1]
            assert (following.kind, following.path) == ("fsync", str(Path(call.path).parent))


def test_short_writes_are_continued(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    real = os.write
    with patch.object(os, "write", lambda fd, data: real(fd, data[:7])):
        put(store, "in many small pieces")
    assert names(open_store(tmp_path)) == {"in many small pieces"}


def test_the_summary_is_replaced_and_never_waits_for_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    with recording(tmp_path) as trace:
        SummaryFile(path).write({"streaks": [{"commitment": "hug"}]})
    kinds = [call.kind for call in trace.calls]
    assert "fsync" not in kinds
    assert kinds[-1] == "rename"


def test_folders_that_somebody_else_made_are_safe_before_the_first_write_is_said_to_be(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    shard(store).parent.mkdir(parents=True, mode=0o700)
    with recording(tmp_path) as trace:
        put(store, "first")
    synced = {call.path for call in trace.calls if call.kind == "fsync"}
    assert {str(path) for path in (tmp_path, store.data, store.data / "devices", shard(store).parent)} <= synced
    with recording(tmp_path) as trace:
        put(store, "second")
    assert len([call for call in trace.calls if call.kind == "fsync"]) == 2, "one file and its folder"


def test_a_first_write_that_fails_does_not_make_an_absent_folder_a_lost_one(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with patch.object(os, "replace", side_effect=OSError(28, "No space left on device")), pytest.raises(WriteFailed):
        put(store, "refused")
    shutil.rmtree(store.data)
    put(open_store(tmp_path), "begun anew")
    shutil.rmtree(store.data)
    with pytest.raises(StoreDamaged, match="empty or not mounted"):
        open_store(tmp_path)


def test_what_is_saved_is_called_saved_also_where_that_cannot_be_noted(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    real = os.link

    def refuse(source: Any, target: Any, **more: Any) -> None:
        if Path(target).name == "written":
            raise OSError(28, "No space left on device")
        real(source, target, **more)

    with patch.object(os, "link", refuse):
        put(store, "saved")
    assert not (store.state / "written").exists()
    put(store, "more")
    assert (store.state / "written").exists()
