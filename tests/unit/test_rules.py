"""The rules that data cannot say: what answers make of an entry, and where it stops."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tracker.catalogue.rules import (
    GROUNDING,
    NOT_READY,
    TELLING_NOW,
    Verdict,
    judge,
    parts_done,
    too_late,
    too_much,
)
from tracker.domain.consent import CHECKLIST

NOW = datetime.fromisoformat("2026-11-23T20:00:00+01:00")


@pytest.mark.parametrize(
    ("answers", "credit"),
    [
        ({"needing_reply": 10, "in_window": 8}, 1.0),
        ({"needing_reply": 10, "in_window": 4}, 0.5),
        ({"needing_reply": 10, "in_window": 3, "told_beforehand": 5}, 1.0),
        ({"needing_reply": 10}, 0.0),
        ({"needing_reply": 1, "in_window": 3}, 1.0),
        ({"in_window": 3}, 1.0),
        ({"unanswered": 2}, 0.0),
        ({}, None),
    ],
)
def test_replies_are_worth_the_share_that_was_answered_or_announced(answers: dict[str, Any], credit: float) -> None:
    assert judge("s4.reachable", answers) == Verdict(credit=credit)


def test_a_day_without_messages_asks_for_nothing() -> None:
    assert judge("s4.reachable", {"needing_reply": 0}) == Verdict(neutral=True)


def test_a_time_out_nobody_announced_is_leaving() -> None:
    assert judge("s5.time-out", {"announced": False}).outcome == "not_announced"
    assert judge("s5.time-out", {"announced": True}) == judge("s5.time-out", {}) == Verdict()


def test_only_big_decisions_count() -> None:
    assert judge("s3.decide-together", {"size": "small"}).outcome == "smaller"
    assert judge("s3.decide-together", {"size": "big"}).outcome is None


def test_a_telling_waits_for_its_list() -> None:
    ready = dict.fromkeys(CHECKLIST, True)
    assert judge("s3.planned-telling", ready | {"told": "not_yet"}).summary == TELLING_NOW
    for name in CHECKLIST[1:]:
        for answer in (False, None):
            assert judge("s3.planned-telling", ready | {name: answer, "told": "not_yet"}).summary == NOT_READY
    assert judge("s3.planned-telling", {"told": "all"}) == Verdict(), "what is told is told"


@pytest.mark.parametrize(("sure", "suggests"), [(79, True), (0, True), (80, False), (100, False)])
def test_a_promise_one_is_not_sure_of(sure: int, suggests: bool) -> None:
    assert bool(judge("s4.promise-keeper", {"confidence": sure}).summary) == suggests
    assert judge("s4.promise-keeper", {}) == Verdict()


def test_noticing_the_edge_is_thanked_whatever_followed() -> None:
    for answers in ({}, {"safe": "not_safe"}, {"safe": "tight_but_safe", "did": "attacked"}):
        assert judge("s6.edge-moment", answers).summary.startswith("Noticing counts")
    assert judge("s6.edge-moment", {"safe": "not_safe"}).safety
    assert not judge("s6.edge-moment", {"safe": "unsure"}).safety


@pytest.mark.parametrize(("distress", "stops"), [(7, False), (8, True), (10, True), (None, False)])
def test_much_distress_stops(distress: int | None, stops: bool) -> None:
    assert too_much({"distress_before": distress}) == stops
    assert (judge("s1.origins", {"distress_after": distress}).summary == GROUNDING) == stops


@pytest.mark.parametrize("cid", ["s5.no-attacks", "s2.respect-a-no", "own.anything"])
def test_somebody_afraid_leads_to_the_safety_page(cid: str) -> None:
    assert judge(cid, {"someone_afraid": True}).safety
    assert not judge(cid, {"someone_afraid": False}).safety


def test_the_parts_of_a_repair_are_counted() -> None:
    parts = ("named_it", "heard_impact", "made_amends", "plan")
    assert parts_done(parts, {"named_it": True, "plan": True, "heard_impact": False}) == 0.5
    assert parts_done(parts, {}) == 0.0
    assert parts_done((), {"named_it": True}) is None


def test_a_promise_is_renegotiated_before_it_falls_due() -> None:
    moved = {"outcome": "renegotiated"}
    assert too_late("s4.promise-keeper", moved, NOW - timedelta(minutes=1), NOW)
    assert not too_late("s4.promise-keeper", moved, NOW, NOW)
    assert not too_late("s4.promise-keeper", {"outcome": "late"}, NOW - timedelta(days=3), NOW)
    assert not too_late("s4.promise-keeper", moved, None, NOW)
