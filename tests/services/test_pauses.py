"""Pauses: resume ends what runs now, and what is to come stays and is named."""

from __future__ import annotations

from datetime import date

import pytest

from tests.services.kit import HandClock
from tracker.ledger import event_keys
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments.lifecycle import add, archive
from tracker.services.commitments.pauses import pause, pause_or_resume, resume
from tracker.services.history import undo

HOLIDAY = (date(2026, 12, 20), date(2027, 1, 2))


def pauses(toward: Workspace) -> list[tuple[str, str | None]]:
    found = [(value["first"], value["last"]) for _, value in toward.book.values(event_keys.REPLY, "pause")]
    return sorted(found)


def test_resume_ends_what_runs_now_and_leaves_the_holiday(toward: Workspace, clock: HandClock) -> None:
    add(toward, event_keys.REPLY)
    reply = toward.book.get(event_keys.REPLY)
    assert reply is not None
    pause(toward, reply, *HOLIDAY)
    pause(toward, reply)
    clock.go(days=2)
    said = resume(toward, reply).said
    assert said[1] == "Still planned: a pause from Sun 20 Dec to Sat 2 Jan 2027."
    assert pauses(toward) == [("2026-11-23", "2026-11-24"), ("2026-12-20", "2027-01-02")]
    assert resume(toward, reply).said[0].endswith("the pause from Sun 20 Dec to Sat 2 Jan 2027 is taken back.")
    with pytest.raises(Refused, match="not paused"):
        resume(toward, reply)
    undo.undo(toward)
    assert ("2026-12-20", "2027-01-02") in pauses(toward)


def test_the_holiday_outlives_a_key_an_archive_and_a_pause_of_all(toward: Workspace) -> None:
    add(toward, event_keys.REPLY)
    reply = toward.book.get(event_keys.REPLY)
    assert reply is not None
    pause(toward, reply, *HOLIDAY)
    pause_or_resume(toward, reply)
    pause_or_resume(toward, reply)
    archive(toward, reply)
    archived = toward.book.get(event_keys.REPLY)
    assert archived is not None and archived.archived
    assert "Still planned" in resume(toward, archived).said[1]
    pause(toward, None, *HOLIDAY)
    pause(toward, None)
    assert "Still planned" in resume(toward, None).said[1]
    assert pauses(toward) == [("2026-12-20", "2027-01-02")]
