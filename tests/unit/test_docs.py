"""What the docs show works as it stands there."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from tracker.domain.clock import FixedClock
from tracker.domain.language.parsing import parse_schedule
from tracker.ledger.workspace import Workspace
from tracker.services.logging import quick_log, skips
from tracker.services.safekeeping.backups import back_up_now

DOCS = Path(__file__).parents[2] / "docs"
EVENING = FixedClock(datetime.fromisoformat("2026-11-23T21:30:00+01:00"))


def test_data_page_opens_streaks_events_and_a_backup_without_toward(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pieces of Python on the data page run, print what was logged, and unpack a backup."""
    data, state = tmp_path / "data", tmp_path / "state"
    workspace = Workspace.at(data, state, EVENING)
    quick_log.reply(workspace)
    commitment = workspace.ledger.get(quick_log.REPLY)
    assert commitment is not None
    skips.skip(workspace, commitment, [datetime(2026, 11, 22).date()], "ill")
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / "data.md").read_text("utf-8"), re.DOTALL)
    names: dict[str, object] = {"data": str(data), "state": str(state), "backup": str(back_up_now(workspace).path)}
    monkeypatch.chdir(tmp_path)
    for block in blocks:
        exec(block, names)
    said = capsys.readouterr().out
    assert "Reply to messages in my own window: 1 days, best 1" in said
    assert "skip|s4.reachable|2026-11-22 {" in said
    shards = [path.relative_to(data) for path in data.glob("devices/*/2*.json")]
    assert shards and all((tmp_path / "out" / path).read_bytes() == (data / path).read_bytes() for path in shards)


def test_every_schedule_of_the_page_is_one() -> None:
    """Each sentence in the first column parses to a schedule with that sentence."""
    rows = re.findall(r"^\| (`.*?) \|", (DOCS / "schedules.md").read_text("utf-8"), re.MULTILINE)
    sentences = [sentence for row in rows for sentence in re.findall(r"`([^`]+)`", row)]
    assert len(sentences) >= 12
    assert [parse_schedule(sentence).sentence for sentence in sentences] == sentences


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_of_the_docs_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that is there."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_pictures_ask_no_server_for_anything() -> None:
    pictures = sorted(DOCS.glob("screens/*.svg"))
    assert pictures
    assert not [picture.name for picture in pictures if "url(http" in picture.read_text("utf-8").replace('"', "")]
