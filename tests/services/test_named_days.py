"""A day that a review names: it stands open on it, is closed once, and never shows anybody's words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.kit import Bench, on
from tracker.catalogue import reviews as scripts
from tracker.domain.reviews import Review
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.history import undo
from tracker.services.reviews import reviews
from tracker.services.reviews.period_summary import summary_of
from tracker.services.views import inbox
from tracker.services.views.day_rows import day_view
from tracker.store.events import Draft

CANARY = "CANARY"


def test_a_day_named_to_put_something_right_stands_open_on_it_and_is_closed_once(
    bench: Bench, workspace: Workspace
) -> None:
    def open_now() -> list[tuple[str, str, str]]:
        fresh = bench.open()
        return [(each.title, each.when, each.ask) for each in day_view(fresh).waiting]

    mend = ("A moment to put right", "today", "Have you put it right?")
    named = reviews.answer(workspace, Review.WEEK, "mend", {"mend": CANARY, "mend_by": "2026-11-26"})
    assert named.lines[1:] == ("It is asked Thu 26 Nov.",)
    assert open_now() == [], "its day has not come"
    bench.clock.set("2026-11-26T09:00")
    assert open_now() == [mend] and "still open: 1" in "\n".join(summary_of(workspace, Review.WEEK).lines)
    reviews.answer(workspace, Review.WEEK, "mend", {"mend": CANARY, "mend_by": "2026-11-27"})
    assert open_now() == [], "another day was named"
    reviews.answer(workspace, Review.TOGETHER, "mend", {"mend_by": "2026-11-26"})
    reviews.answer(workspace, Review.TOGETHER, "mend", {})
    assert open_now() == [], "the day was taken out again"
    bench.clock.set("2026-11-28T09:00")
    assert open_now() == [(mend[0], "since yesterday", mend[2])]
    told = "\n".join(reviews.told(workspace, next(p for p in scripts().scripts[Review.WEEK].parts if p.name == "mend")))
    assert "A moment to put right" in told and CANARY not in told

    (each,) = inbox.waiting(workspace)
    change = inbox.answer(workspace, each, {"mended": True})
    value = workspace.ledger.value(each.loop.entry.id if each.loop else "") or {}
    assert value["fields"] == {"mend_by": "2026-11-27", "mended": True} and "asks" not in value
    assert value["private"] == {"mend": CANARY} and CANARY not in " ".join(change.lines) and open_now() == []
    with pytest.raises(Refused, match="closed already"):
        inbox.let_go(workspace, each)
    assert summary_of(workspace, Review.WEEK, on(workspace, 0)).loops_open == 0
    undo.undo(workspace)
    inbox.let_go(workspace, inbox.waiting(workspace)[0])
    again = reviews.answer(workspace, Review.WEEK, "mend", {"mend": CANARY, "mend_by": "2026-11-27"})
    assert len(again.lines) == 1
    assert open_now() == [], "what was let go stays so while its day is the same"


def test_what_a_review_named_and_is_not_put_right_yet_stays_open(bench: Bench, workspace: Workspace) -> None:
    reviews.answer(workspace, Review.WEEK, "mend", {"mend": CANARY, "mend_by": "2026-11-23"})
    bench.clock.set("2026-11-23T21:00")
    workspace = bench.open()
    (each,) = inbox.waiting(workspace)
    said = inbox.answer(workspace, each, {"mended": False}).lines[0]
    assert "Not yet, then. It stays open, and is asked again tomorrow 21:00." in said
    assert inbox.waiting(workspace) == (), "not the moment after"
    bench.clock.go(days=1)
    (again,) = inbox.waiting(bench.open())
    assert "thank you" in inbox.answer(bench.open(), again, {"mended": True}).lines[0]
    assert inbox.waiting(bench.open()) == ()


def test_a_day_named_long_ago_is_still_asked_by_a_summary_of_sealed_months(bench: Bench, workspace: Workspace) -> None:
    reviews.answer(workspace, Review.WEEK, "mend", {"mend": CANARY, "mend_by": "2026-11-26"})
    bench.clock.set("2027-03-01T09:00")
    sealed = bench.resealed()
    assert [each.title for each in day_view(sealed).waiting] == ["A moment to put right"]
    assert not sealed.store.complete and CANARY not in bench.summary().read_text("utf-8")


@pytest.mark.parametrize("strange", [{"asks": 5}, {"at": 7, "asks": ["mended"]}, {"fields": {"mend_by": "soon"}}])
def test_a_review_that_is_not_as_it_should_be_asks_nothing(strange: dict[str, Any], workspace: Workspace) -> None:
    reviews.answer(workspace, Review.WEEK, "mend", {"mend_by": "2026-11-23"})
    key = reviews.progress(workspace, Review.WEEK).key
    assert day_view(workspace).waiting
    workspace.write("review", lambda: [Draft(key, dict(workspace.ledger.value(key) or {}) | strange)])
    assert day_view(workspace).waiting == ()
