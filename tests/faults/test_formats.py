"""Every format that was ever released opens for ever, and one from the future can be looked at and not written to."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.faults.folders import shard
from tests.faults.totals import record
from tracker.domain.clock import FixedClock
from tracker.ledger.errors import Damaged
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange import transfer
from tracker.services.history import undo
from tracker.services.logging import quick_log
from tracker.store.log.housekeeping import SummaryFile

FORMATS = Path(__file__).parent / "formats"
EVENING = FixedClock(datetime.fromisoformat("2026-11-25T21:00:00+01:00"))


def opened(root: Path) -> Workspace:
    return Workspace(root / "data", root / "state", EVENING)


@pytest.fixture(params=sorted(FORMATS.glob("?")), ids=lambda path: path.name)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of a folder that a released version wrote."""
    root = tmp_path / "copy"
    shutil.copytree(request.param, root)
    return root


def test_a_released_format_says_what_it_said(kept: Path) -> None:
    for private in (False, True):
        expected = (kept / f"export{'-private' if private else ''}.json").read_text("utf-8")
        assert transfer.export_json(opened(kept), private=private).text == expected
    assert opened(kept).store.damaged == ()


def test_a_released_format_is_written_on_and_loses_nothing(kept: Path) -> None:
    before = {path: json.loads(path.read_bytes())["events"] for path in kept.glob("data/devices/*/2*.json")}
    workspace = opened(kept)
    quick_log.reply(workspace)
    undo.undo(workspace)
    lifecycle.add_all(workspace, ["s4.partner-time"])
    quick_log.log_time(workspace, 30)
    for path, events in before.items():
        assert events.items() <= json.loads(path.read_bytes())["events"].items()
    assert opened(kept).store.damaged == ()


def test_a_summary_of_a_released_format_changes_no_number(kept: Path) -> None:
    summary = kept / "state" / "summary.json"
    assert SummaryFile(summary).read() is not None
    with_it = {each.id: each for each in opened(kept).ledger.commitments()}
    numbers = {cid: opened(kept).ledger.figures(cid, opened(kept).today) for cid in with_it}
    summary.unlink()
    fresh = opened(kept)
    assert numbers == {cid: fresh.ledger.figures(cid, fresh.today) for cid in with_it} and numbers


@pytest.mark.parametrize("number", [3, 99])
def test_a_folder_of_a_later_format_can_be_looked_at_and_not_written_to(kept: Path, number: int) -> None:
    marker = kept / "data" / "store.json"
    marker.write_text(json.dumps({**json.loads(marker.read_text()), "format": number, "later": [1]}))
    opened(kept)  # On its first start here the state folder learns which machine it is on.
    before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    workspace = opened(kept)
    assert transfer.export_json(workspace, private=True).text == (kept / "export-private.json").read_text("utf-8")
    assert f"format {number}" in workspace.warnings[0] and workspace.warnings[0].endswith(".")
    for act in (quick_log.reply, undo.undo, lambda workspace: lifecycle.add_all(workspace, ["s6.my-story"])):
        with pytest.raises(Damaged, match="update Toward"):
            act(workspace)
    workspace.keep_streaks()
    assert {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()} == before


def test_what_a_later_version_wrote_survives_a_write_byte_for_byte(kept: Path) -> None:
    store = opened(kept).store
    path = next(path for path in sorted(shard(store).parent.glob("2*.json"), reverse=True))
    tables = json.loads(path.read_bytes())
    event = next(iter(tables["events"].values()))
    later = {
        "mood|of the future": {"v": {"deep": [{"x": 1.5}, None, "ä\u2028"]}, "hue": {"a": [1, {"b": None}]}},
        event["key"]: {"v": {**(event["v"] or {}), "new": 2**60}, "sig": "abc", "t": event["t"] + 1},
    }
    for step, (key, fields) in enumerate(later.items(), start=len(tables["events"]) + 1):
        tables["events"][str(step)] = {**event, "id": f"later{step}", "key": key, **fields}
    tables["index of the future"] = {"1": {"anything": True}}
    text = json.dumps(tables, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, "utf-8")
    workspace = Workspace(
        kept / "data", kept / "state", FixedClock(datetime.fromisoformat(f"{path.name[:7]}-28T12:00+01:00"))
    )
    quick_log.log_time(workspace, 5)
    assert workspace.store.damaged == ()
    after = path.read_text("utf-8")
    for part in (text[: text.index('},"index of the future"')], ',"index of the future":{"1":{"anything":true}}'):
        assert part in after
    assert len(after) > len(text)
    record("corrupt files")
