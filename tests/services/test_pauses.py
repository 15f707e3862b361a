"""Pauses: resume ends what runs now, and what is to come stays and is named."""

from __future__ import annotations

from datetime import date

import pytest

from tests.services.kit import HandClock
from tracker.catalogue.roles import REPLIES
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments.lifecycle import add, archive
from tracker.services.commitments.pauses import pause, pause_or_resume, resume
from tracker.services.history import undo

HOLIDAY = (date(2026, 12, 20), date(2027, 1, 2))


def pauses(workspace: Workspace) -> list[tuple[str, str | None]]:
    found = [(value["first"], value["last"]) for _, value in workspace.ledger.values(REPLIES, "pause")]
    return sorted(found)


def test_resume_ends_what_runs_now_and_leaves_the_holiday(workspace: Workspace, clock: HandClock) -> None:
    add(workspace, REPLIES)
    reply = workspace.ledger.get(REPLIES)
    assert reply is not None
    pause(workspace, reply, *HOLIDAY)
    pause(workspace, reply)
    clock.go(days=2)
    said = resume(workspace, reply).lines
    assert said[1] == "Still planned: a pause from Sun 20 Dec to Sat 2 Jan 2027."
    assert pauses(workspace) == [("2026-11-23", "2026-11-24"), ("2026-12-20", "2027-01-02")]
    assert resume(workspace, reply).lines[0].endswith("the pause from Sun 20 Dec to Sat 2 Jan 2027 is taken back.")
    with pytest.raises(Refused, match="not paused"):
        resume(workspace, reply)
    undo.undo(workspace)
    assert ("2026-12-20", "2027-01-02") in pauses(workspace)


def test_the_holiday_outlives_a_key_an_archive_and_a_pause_of_all(workspace: Workspace) -> None:
    add(workspace, REPLIES)
    reply = workspace.ledger.get(REPLIES)
    assert reply is not None
    pause(workspace, reply, *HOLIDAY)
    pause_or_resume(workspace, reply)
    pause_or_resume(workspace, reply)
    archive(workspace, reply)
    archived = workspace.ledger.get(REPLIES)
    assert archived is not None and archived.archived
    assert "Still planned" in resume(workspace, archived).lines[1]
    pause(workspace, None, *HOLIDAY)
    pause(workspace, None)
    assert "Still planned" in resume(workspace, None).lines[1]
    assert pauses(workspace) == [("2026-12-20", "2027-01-02")]
