"""A value that is written for an event reads back as what it was, and looks as it always did in a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import tracker
from tracker.domain.commitments import Plan
from tracker.domain.records import Pause
from tracker.domain.schedules import AtMost, Daily, Once, Quota, Weekdays
from tracker.ledger import codec

MONDAY = date(2026, 3, 2)
AT = "2026-03-02T20:00:00+01:00"


@pytest.mark.parametrize(
    ("plan", "stored"),
    [
        (Plan(MONDAY, Daily()), {"schedule": "daily", "target": 1}),
        (
            Plan(MONDAY, Quota(3, "week"), anchor=MONDAY),
            {"schedule": "3 per week", "target": 1, "anchor": "2026-03-02"},
        ),
        (Plan(MONDAY, Weekdays((4, 0)), 2, after=True), {"schedule": "fri mon", "target": 2, "after": True}),
        (Plan(MONDAY, Once(MONDAY)), {"schedule": "once by 2026-03-02", "target": 1}),
        (Plan(MONDAY, AtMost(30, "day", True)), {"schedule": "at most 30 min per day", "target": 1}),
    ],
)
def test_a_plan(plan: Plan, stored: dict[str, object]) -> None:
    assert list(codec.write_plan(plan).items()) == list(stored.items())
    assert codec.read_plan(MONDAY.isoformat(), stored) == plan


@pytest.mark.parametrize(
    ("pause", "stored"),
    [
        (Pause(MONDAY), {"first": "2026-03-02", "last": None}),
        (Pause(MONDAY, MONDAY), {"first": "2026-03-02", "last": "2026-03-02"}),
        (Pause(MONDAY, archived=True), {"first": "2026-03-02", "last": None, "archived": True}),
    ],
)
def test_a_pause(pause: Pause, stored: dict[str, object]) -> None:
    assert list(codec.write_pause(pause).items()) == list(stored.items())
    assert codec.read_pause(stored) == pause
    assert codec.write_pause(pause, "ill") == stored | {"private": {"reason": "ill"}}


@pytest.mark.parametrize(
    ("entry", "stored"),
    [
        (codec.NewEntry(AT), {"at": AT}),
        (codec.NewEntry(AT, fields={"what": "words"}), {"at": AT, "fields": {"what": "words"}}),
        (codec.NewEntry(AT, MONDAY, 0.0), {"day": "2026-03-02", "at": AT, "amount": 0.0}),
        (
            codec.NewEntry(AT, MONDAY, outcome="lapse", fields={"by": AT}, asks=["put_right"]),
            {"day": "2026-03-02", "at": AT, "outcome": "lapse", "fields": {"by": AT}, "asks": ["put_right"]},
        ),
        (
            codec.NewEntry(AT, MONDAY, 2.5, "not_yet", 0.5, open=True),
            {"day": "2026-03-02", "at": AT, "amount": 2.5, "outcome": "not_yet", "credit": 0.5, "open": True},
        ),
    ],
)
def test_an_entry(entry: codec.NewEntry, stored: dict[str, object]) -> None:
    assert list(codec.write_entry(entry).items()) == list(stored.items())
    read = codec.read_entry("entry", "entry|c|1", "" if entry.day else MONDAY.isoformat(), stored, 0)
    assert (read.day, read.outcome, read.credit) == (MONDAY, entry.outcome, entry.credit)
    assert (read.open, read.fields, read.asks) == (entry.open, entry.fields, tuple(entry.asks))
    assert read.at is not None and read.at.isoformat() == AT


def test_a_note() -> None:
    assert codec.write_note("so it was") == {"private": {"text": "so it was"}}
    assert codec.note_text(codec.write_note("so it was")) == "so it was"


def test_what_is_still_asked_stays_where_it_stands_in_a_value() -> None:
    value = {"day": "2026-03-02", "asks": ["what", "by"], "again": "2026-03-03"}

    assert codec.asked(value) == ("what", "by")
    assert list(codec.asking(value, ["by"]).items()) == [
        ("day", "2026-03-02"), ("asks", ["by"]), ("again", "2026-03-03"),
    ]  # fmt: skip
    assert codec.asking(value, ()) == {"day": "2026-03-02", "again": "2026-03-03"}
    assert codec.asked({}) == codec.asked({"asks": None}) == codec.asked({"asks": 5}) == ()


def test_only_the_codec_knows_how_it_is_stored_what_is_asked() -> None:
    root = Path(tracker.__path__[0])
    knows = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if '"asks"' in path.read_text("utf-8") and path.parts[-3:-1] != ("tui", "screens")
    }

    assert knows == {"ledger/codec.py"}
