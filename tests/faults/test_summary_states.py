"""Whatever a crash leaves of the derived summary, no number that is shown comes out differently because of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.faults.crash_model import Disk, Tree, disks, materialise
from tests.faults.folders import no_waiting_for_the_disk
from tests.faults.recorder import Call, recording
from tests.faults.scale import SCALE
from tests.faults.totals import record
from tracker.domain.clock import FixedClock
from tracker.domain.counting.figures import Figures
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange.transfer import export_json, import_json
from tracker.services.history import undo
from tracker.services.logging import quick_log
from tracker.store.log import shard_set, shards

START = datetime.fromisoformat("2026-08-20T20:00:00+02:00")
EVERY = {"kill": 1 if SCALE > 1 else 12, "power": 30 if SCALE > 1 else 300}
"""A summary is never flushed, so a power cut may leave it in very many ways; only every so manieth is looked at."""

DAYS = (0, 1, 2, 20, 40, 41, 70, 71, 72, 100)


@contextmanager
def same_by_size() -> Iterator[None]:
    """Take files of one size for the same, for a copy of a disk has other inodes and times; shards only ever grow."""

    def signature(status: os.stat_result) -> tuple[int, int, int]:
        return 0, status.st_size, 0

    with patch.object(shards, "signature", signature), patch.object(shard_set, "signature", signature):
        yield


def opened(root: Path, days: int) -> Workspace:
    return Workspace(root / "data", root / "state", FixedClock(START + timedelta(days=days)))


def lived(root: Path, aside: Path) -> list[Call]:
    """Live through some months of commands, each a process of its own, and return the calls."""
    other = opened(aside, 0)
    quick_log.reply(other, 3)
    text = export_json(other, private=True).text
    root.mkdir()
    with recording(root) as trace:
        lifecycle.add_all(opened(root, 0), ["s4.reachable", "s4.partner-time"])
        for days in DAYS:
            quick_log.reply(opened(root, days))
            quick_log.log_time(opened(root, days), 30)
            if days in (41, 72):
                undo.undo(opened(root, days))
            if days == 71:
                import_json(opened(root, days), text)
            trace.note(str(days))
    return trace.calls


def numbers(workspace: Workspace) -> dict[str, Figures]:
    return {
        each.id: workspace.ledger.figures(each.id, workspace.today)
        for each in workspace.ledger.commitments(archived=True)
    }


def differs(root: Path, days: int) -> str | None:
    """Return how the numbers with what is left of the summary differ from those without it, or None."""
    for later in (0, 1, 40):
        found = numbers(opened(root, days + later))
        summary, aside = root / "state" / "summary.json", root / "summary"
        if summary.exists():
            summary.rename(aside)
        counted = numbers(opened(root, days + later))
        if found != counted:
            return f"{later} days later: {found} and not {counted}"
        if aside.exists():
            aside.rename(summary)
    return None


@pytest.mark.parametrize("kind", EVERY)
def test_no_number_depends_on_what_is_left_of_the_summary(tmp_path: Path, kind: str) -> None:
    states: Callable[[Disk], Iterator[Tree]] = Disk.after_kill if kind == "kill" else Disk.after_power_cut
    looked: set[Tree] = set()
    verdicts, taken_up = [], 0
    with no_waiting_for_the_disk(), same_by_size():
        for disk, notes in disks(lived(tmp_path / "live", tmp_path / "aside")):
            if not notes:
                continue
            for tree in states(disk):
                if tree in looked:
                    continue
                looked.add(tree)
                if len(looked) % EVERY[kind]:
                    continue
                root = tmp_path / str(len(looked))
                materialise(tree, str(tmp_path / "live"), root)
                days = max(map(int, notes))
                taken_up += not opened(root, days).store.complete
                verdicts.append(differs(root, days))
                shutil.rmtree(root)
    record(f"{kind} states", len(verdicts))
    assert [each for each in verdicts if each] == []
    # A kill leaves most summaries whole; of what a power cut leaves of one that was never flushed, few are.
    assert taken_up > (len(verdicts) / 5 if kind == "kill" else 2), "the summary was used at all"
