"""A person's own if-then plan is private like a note, wherever it lies and whichever version wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.services.kit import Bench, fold
from tests.services.test_undo import get
from tracker.catalogue import template
from tracker.domain.text import discreet_mode
from tracker.ledger import private_words
from tracker.ledger.private_words import OWN_PLAN, public, seen_plan
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.commitments.custom_file import read_changed
from tracker.services.exchange.transfer import export_json, import_json
from tracker.services.history import undo
from tracker.services.views.dashboard import overview
from tracker.services.views.day_rows import day_view
from tracker.services.views.details import details
from tracker.store.events import Draft

CANARY = "If CANARY comes, then I breathe out"
REPLY, SHARE = "s4.reachable", "s6.weekly-share"
KEY = f"commitment|{REPLY}"


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    yield
    discreet_mode.draw(False)


def older(workspace: Workspace, cid: str = REPLY) -> None:
    """Write a person's plan as versions before this one did: beside what is not private."""
    key = f"commitment|{cid}"
    workspace.write("edit", lambda: [Draft(key, dict(workspace.ledger.value(key) or {}) | {"if_then": CANARY})])


def newer(workspace: Workspace, cid: str = REPLY) -> None:
    lifecycle.edit(workspace, get(workspace, cid), if_then=CANARY)


@pytest.fixture(params=[older, newer])
def written(bench: Bench, request: pytest.FixtureRequest) -> Workspace:
    """Return a store with a plan of one's own and one of the catalogue."""
    bench.clock.set("2026-11-10T20:00")
    workspace = bench.open()
    lifecycle.add(workspace, REPLY)
    lifecycle.add(workspace, SHARE)
    request.param(workspace)
    bench.clock.set("2026-11-23T20:00")
    return bench.open()


def row_of(workspace: Workspace, cid: str) -> Any:
    return next(row for row in day_view(workspace).rows if row.commitment.id == cid)


def test_it_stands_on_no_screen_that_nobody_opened(written: Workspace) -> None:
    own, catalogue = row_of(written, REPLY), row_of(written, SHARE)
    assert seen_plan(own.commitment, OWN_PLAN, without_private=own.without_private) == OWN_PLAN
    assert (
        seen_plan(catalogue.commitment, OWN_PLAN, without_private=catalogue.without_private) == template(SHARE).if_then
    )
    helped = overview(written).would_help
    assert helped == "Next small step: Reply to messages in my own window."
    assert details(written, own.commitment).if_then == CANARY


def test_it_is_dots_wherever_it_is_told_discreetly(written: Workspace) -> None:
    discreet_mode.draw(True)
    for cid in (REPLY, SHARE):
        row = row_of(written, cid)
        assert seen_plan(row.commitment, OWN_PLAN, without_private=row.without_private) == discreet_mode.DOTS
        assert details(written, row.commitment).if_then == discreet_mode.DOTS
        assert CANARY not in str(row.commitment)
    assert CANARY not in str(lifecycle.edit(written, get(written, SHARE), if_then=CANARY).lines)


def test_nothing_that_is_said_of_it_repeats_it(bench: Bench) -> None:
    workspace = bench.open()
    said = [
        *lifecycle.add(workspace, REPLY, if_then=CANARY).lines,
        *lifecycle.edit(workspace, get(workspace, REPLY), if_then="").lines,
    ]
    said += lifecycle.add_own(workspace, lifecycle.Own("Run", "s2", "check", "daily", if_then=CANARY)).lines
    assert CANARY not in str(said)
    assert template(SHARE).if_then in lifecycle.add(workspace, SHARE).lines
    assert seen_plan(get(workspace, REPLY), OWN_PLAN) == ""


def test_an_export_has_it_only_with_private_words_and_both_come_back(written: Workspace, bench: Bench) -> None:
    without, whole = export_json(written, private=False), export_json(written, private=True)
    assert CANARY not in without.text and template(SHARE).if_then in without.text
    assert without.left_out >= 1 and CANARY in whole.text and whole.left_out == 0
    other = Bench(bench.root / "other").open()
    import_json(other, without.text)
    assert private_words.plan_of(other.ledger.value(KEY) or {}) == ""
    import_json(other, whole.text)
    assert fold(other) == fold(written) and export_json(other, private=True).text == whole.text
    import_json(other, without.text)
    assert fold(other) == fold(written)


def test_no_summary_holds_it_and_it_is_fetched_once_opened(written: Workspace, bench: Bench) -> None:
    bench.clock.set("2027-02-12T20:00")
    workspace = bench.resealed()
    assert CANARY not in bench.summary().read_text("utf-8") and not workspace.store.complete
    row = row_of(workspace, REPLY)
    assert seen_plan(row.commitment, OWN_PLAN, without_private=row.without_private) == OWN_PLAN
    whole = workspace.ledger.whole(REPLY)
    assert whole is not None and private_words.plan_of(whole.details) == CANARY
    lifecycle.edit(bench.resealed(), get(workspace, REPLY), title="Another title")
    assert private_words.plan_of(fold(bench.open())[KEY]) == CANARY


def test_it_is_changed_undone_and_taken_back_whole(written: Workspace) -> None:
    catalogue = template(REPLY).if_then
    assert not lifecycle.edit(written, get(written, REPLY), if_then=CANARY).changed
    assert lifecycle.edit(written, get(written, REPLY), if_then=catalogue).changed
    value = fold(written)[KEY]
    assert value["if_then"] == catalogue and "private" not in value
    undo.undo(written)
    assert private_words.plan_of(fold(written)[KEY]) == CANARY
    assert read_changed('title = "Other"', get(written, REPLY)).if_then == CANARY
    lifecycle.edit(written, get(written, REPLY), if_then="")
    assert "private" not in fold(written)[KEY] and private_words.plan_of(fold(written)[KEY]) == ""


def test_other_free_text_from_a_file_is_private_too(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, REPLY)
    row = {"name": "who", "ask": "Who?", "type": "line", "private": True}
    drafts = [
        Draft(f"skip|{REPLY}|2026-11-23", {"reason": CANARY}),
        Draft(f"skip|{REPLY}|2026-11-22", {"reason": "ill"}),
        Draft(f"pause|{REPLY}|x", {"first": "2026-11-01", "last": "2026-11-02", "reason": CANARY}),
        Draft("commitment|own.x", {"title": "Run", "step": "s2", "kind": "check", "fields": [row]}),
        Draft("plan|own.x|2026-11-01", {"schedule": "daily"}),
    ]
    workspace.write("old", lambda: drafts)
    assert row_of(workspace, REPLY).summary == "skipped"
    events = {event["key"]: event["v"] for event in json.loads(export_json(workspace, private=False).text)["events"]}
    assert CANARY not in str(events) and events[f"skip|{REPLY}|2026-11-22"]["reason"] == "ill"
    assert events["commitment|own.x"]["fields"] == [row], "that a question is private is told"


def test_what_is_public_is_part_of_what_is_there() -> None:
    for value in ({"private": {"if_then": CANARY}, "title": "a"}, {"if_then": CANARY}, {"title": "a"}, {"private": 3}):
        left = public("commitment|own.x", value)
        assert CANARY not in str(left) and left.items() <= value.items()
    assert public("note|x|y", {"private": {"text": "a"}}) == {}
