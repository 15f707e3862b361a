"""What calls for care does so on every path, what was not done is not put right, and one key claims nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.answers import filled
from tests.services.kit import MENDED, Bench, fold, on
from tracker.catalogue import FRIGHTEN, NOTICE, more, safety_notice, template, templates
from tracker.catalogue.model import Template
from tracker.catalogue.rules import PARTS
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.moments import moments
from tracker.domain.records import LAPSE
from tracker.ledger.commitment_fields import PUT_RIGHT, asked_now
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.commitments import lifecycle
from tracker.services.commitments.outcomes import leads_of, outcomes_of
from tracker.services.history import undo
from tracker.services.logging import followups, guided, lapses, log_entry, one_key, quick_log, repair_plan
from tracker.services.logging.stored_answers import answers_of
from tracker.services.support import cards, late
from tracker.store.events import Draft

EVERY = (*templates(), *more())
ATTACKS, THREATS, EDGE, TRIGGER = "s5.no-attacks", "s5.no-leaving-threats", "s6.edge-moment", "s5.trigger-log"
RIGHT = [each.id for each in EVERY if any(field.name == PUT_RIGHT for field in each.fields)]


def get(workspace: Workspace, cid: str) -> Commitment:
    if workspace.ledger.get(cid) is None:
        lifecycle.add(workspace, cid)
    found = workspace.ledger.get(cid)
    assert found is not None
    return found


def only(workspace: Workspace, cid: str) -> Any:
    (entry,) = workspace.ledger.record(cid).entries
    return entry


# --- putting right


def test_the_parts_of_a_lapse_are_those_of_a_repair() -> None:
    assert template("s5.repair").parts == PARTS
    assert RIGHT == ["s3.no-hidden-contact", THREATS, ATTACKS, "s4.no-quiet-distance"]


@pytest.mark.parametrize("cid", RIGHT)
@pytest.mark.parametrize("given", [{}, {"named_it": True}, dict.fromkeys(PARTS, False)])
def test_nothing_is_put_right_before_it_is_said_what_was_done(
    bench: Bench, workspace: Workspace, cid: str, given: dict[str, Any]
) -> None:
    lapses.lapse(workspace, get(workspace, cid))
    bench.clock.go(days=1)
    workspace = bench.open()
    before = fold(workspace)
    (loop,) = followups.open_loops(workspace)
    with pytest.raises(BadInput):
        repair_plan.put_right(workspace, get(workspace, cid), given)
    with pytest.raises(BadInput):
        followups.answer(workspace, loop, {"put_right": True, **given})
    with pytest.raises(BadInput):
        answers = answers_of(workspace, loop.entry.id)
        guided.change(workspace, get(workspace, cid), loop.entry.id, answers | {"put_right": True, **given})
    assert fold(workspace) == before


@pytest.mark.parametrize(("minutes", "day", "fits"), [(0, 0, False), (9, 0, False), (10, 0, True), (0, 1, True)])
def test_nothing_is_put_right_before_it_can_have_happened(
    bench: Bench, workspace: Workspace, minutes: int, day: int, fits: bool
) -> None:
    lapses.lapse(workspace, get(workspace, ATTACKS), (on(workspace, day),))
    bench.clock.go(minutes=minutes)
    if fits:
        assert repair_plan.put_right(workspace, get(workspace, ATTACKS), MENDED).changed
        return
    with pytest.raises(BadInput, match="a moment ago"):
        repair_plan.put_right(workspace, get(workspace, ATTACKS), MENDED)
    bench.clock.go(days=-1)
    with pytest.raises(BadInput, match="has not happened yet"):
        repair_plan.put_right(workspace, get(workspace, ATTACKS), MENDED)


@pytest.mark.parametrize(
    ("hours", "said", "headline"),
    [
        (1, "put right, 4 of 4 parts", "1 happened, 1 put right"),
        (25, "put right, a day later, 4 of 4 parts", "1 happened, 1 put right later"),
        (73, "put right, 3 days later, 4 of 4 parts", "1 happened, 1 put right later"),
    ],
)
@pytest.mark.parametrize("by_question", [False, True])
def test_when_it_was_put_right_is_told_the_same_on_both_ways(
    bench: Bench, workspace: Workspace, hours: int, said: str, headline: str, by_question: bool
) -> None:
    guided.log(workspace, get(workspace, ATTACKS), {"what": "lapse", "put_right_by": "+30m"})
    bench.clock.go(hours=hours)
    workspace = bench.open()
    if by_question:
        (loop,) = followups.open_loops(workspace)
        change = followups.answer(workspace, loop, {"put_right": True, **MENDED})
    else:
        change = repair_plan.put_right(workspace, get(workspace, ATTACKS), MENDED)
    assert said in change.lines[0]
    assert moments(workspace.ledger.record(ATTACKS).entries).headline == headline
    assert followups.all_loops(workspace) == []


@pytest.mark.parametrize("cid", RIGHT)
@pytest.mark.parametrize(("by", "due"), [(None, "20:00"), ("fri 18:00", "18:00")])
def test_not_yet_stays_open_and_asks_again_when_said(
    bench: Bench, workspace: Workspace, cid: str, by: str | None, due: str
) -> None:
    lapses.lapse(workspace, get(workspace, cid))
    bench.clock.go(days=1)
    workspace = bench.open()
    loop = next(each for each in followups.open_loops(workspace))
    given = {"put_right": False} | ({"put_right_by": by} if by else {})
    change = followups.answer(workspace, loop, given)
    assert "Not yet, then." in change.lines[0] and "stays open" in change.lines[0] and due in change.lines[0]
    assert ("By when?" in change.lines[0]) == (by is None)
    assert "thank you" not in change.lines[0]
    assert not any(field.name == "put_right" for each in followups.open_loops(workspace) for field in each.fields)
    assert only(workspace, cid).put_right_at is None
    bench.clock.go(days=4)
    workspace = bench.open()
    again = next(each for each in followups.open_loops(workspace) if each.fields[0].name == "put_right")
    followups.answer(workspace, again, {"put_right": True, **MENDED})
    assert only(workspace, cid).put_right_later
    undo.undo(workspace)
    assert only(workspace, cid).put_right_at is None and followups.open_loops(workspace)


def test_a_day_alone_means_not_yet_and_parts_alone_close_nothing(bench: Bench, workspace: Workspace) -> None:
    lapses.lapse(workspace, get(workspace, ATTACKS))
    bench.clock.go(days=1)
    (loop,) = followups.open_loops(workspace)
    with pytest.raises(BadInput, match="yes or no"):
        followups.answer(workspace, loop, dict(MENDED))
    assert "Not yet, then." in followups.answer(workspace, loop, {"put_right_by": "fri 18:00"}).lines[0]
    assert "put_right" in only(workspace, ATTACKS).asks


def test_a_promise_that_did_not_work_out_stays_open_until_it_is_put_right(bench: Bench, workspace: Workspace) -> None:
    keeper = get(workspace, "s4.promise-keeper")
    guided.log(workspace, keeper, {"text": "CANARY", "due": "+30m"})
    bench.clock.go(hours=1)
    (loop,) = followups.open_loops(workspace)
    assert "stays open" in followups.answer(workspace, loop, {"outcome": "missed", "repaired": False}).lines[0]
    assert followups.open_loops(workspace) == []
    bench.clock.go(days=1)
    (loop,) = followups.open_loops(workspace)
    assert [field.name for field in loop.fields] == ["repaired"]
    followups.answer(workspace, loop, {"repaired": True})
    assert followups.all_loops(workspace) == []
    guided.log(workspace, keeper, {"text": "CANARY", "due": "+30m"})
    bench.clock.go(hours=1)
    (loop,) = followups.open_loops(workspace)
    followups.answer(workspace, loop, {"outcome": "kept", "repaired": False})
    assert followups.all_loops(workspace) == [], "what was kept needs no repair"


# --- what calls for care


def test_every_paragraph_of_the_notice_can_come_first() -> None:
    assert len({safety_notice(who)[0] for who in NOTICE}) == len(NOTICE) == 3
    for who in NOTICE:
        assert sorted(safety_notice(who)) == sorted(safety_notice())
    assert safety_notice(FRIGHTEN)[0].startswith("If you notice that you frighten")
    with pytest.raises(ValueError, match="nobody"):
        safety_notice("nobody")


def third_ways(workspace: Workspace) -> dict[str, Callable[[], Change]]:
    attacks = get(workspace, ATTACKS)
    return {
        "one key": lambda: lapses.lapse(workspace, attacks),
        "form": lambda: guided.log(workspace, attacks, {"what": "lapse"}),
        "edit": lambda: guided.change(
            workspace, attacks, workspace.ledger.record(ATTACKS).entries[-1].id, {"what": "lapse"}
        ),
    }


@pytest.mark.parametrize("way", ["one key", "form", "edit"])
def test_the_third_time_in_two_weeks_needs_more_than_an_app(bench: Bench, workspace: Workspace, way: str) -> None:
    lapses.lapse(workspace, get(workspace, THREATS), (on(workspace, 13),))
    lapses.lapse(workspace, get(workspace, "s3.no-hidden-contact"), (on(workspace, 2),))
    bench.clock.go(minutes=1)
    guided.log(workspace, get(workspace, ATTACKS), {"what": "handled"})
    change = third_ways(workspace)[way]()
    assert change.way is NextStep.FRIGHTEN
    assert "Three times in two weeks. This needs more than an app." in change.lines


@pytest.mark.parametrize("cid", [ATTACKS, THREATS])
def test_hands_are_an_answer_of_their_own_and_lead_to_the_page(workspace: Workspace, cid: str) -> None:
    harm = get(workspace, cid)
    for change in (lapses.lapse(workspace, harm, hands=True), guided.log(workspace, harm, {"what": "hands"})):
        assert change.way is NextStep.FRIGHTEN
    assert [entry.outcome for entry in workspace.ledger.record(cid).entries] == [LAPSE, LAPSE]
    assert [entry.fields["what"] for entry in workspace.ledger.record(cid).entries] == ["hands", "hands"]


def test_hands_lead_to_the_page_from_an_urge_and_a_trigger_also_in_an_old_store(workspace: Workspace) -> None:
    edge, trigger = get(workspace, EDGE), get(workspace, TRIGGER)
    old = [dict(each) for each in trigger.details["outcomes"] if each["name"] != "hands"]  # type: ignore[attr-defined]
    workspace.write("old", lambda: [Draft(f"commitment|{TRIGGER}", {**trigger.details, "outcomes": old})])
    trigger = get(workspace, TRIGGER)
    assert trigger.outcome("hands") is None and any(each.name == "hands" for each in outcomes_of(trigger))
    assert log_entry.done(workspace, trigger, outcome="hands").way is NextStep.FRIGHTEN
    assert guided.log(workspace, trigger, {"did": "hands"}).way is NextStep.FRIGHTEN
    safe = {"safe": "tight_but_safe"}
    assert guided.log(workspace, edge, {"did": "hands", **safe}).way is NextStep.FRIGHTEN
    words = guided.log(workspace, edge, {"did": "attacked", **safe})
    assert words.way is NextStep.REPAIR and words.lines[-1] == "What will you put right? And was anyone afraid?"
    for cid, names in ((EDGE, ("did", "urge")), (TRIGGER, ("did",))):
        labels = [choice.label for field in template(cid).fields if field.name in names for choice in field.choices]
        assert any("in words" in label for label in labels) and any("hands" in label for label in labels)
        assert not any(word in " ".join(labels) for word in ("attack", "strike"))


def test_pushing_past_a_no_leads_to_a_repair_and_to_whether_anyone_was_afraid(workspace: Workspace) -> None:
    respect = get(workspace, "s2.respect-a-no")
    assert leads_of(respect, "pushed") == "repair" and leads_of(respect, "accepted") == ""
    for change in (
        log_entry.done(workspace, respect, outcome="pushed"),
        guided.log(workspace, respect, {"response": "pushed"}),
    ):
        assert change.way is NextStep.REPAIR and "afraid" in change.lines[-1]
    afraid = guided.log(workspace, respect, {"response": "pushed", "someone_afraid": True})
    assert afraid.way is NextStep.FRIGHTEN
    assert log_entry.done(workspace, respect, outcome="accepted").way is None


# --- one key


BARE = {
    **dict.fromkeys(("s2.needs-log", "s3.openness-agreement", "s3.planned-telling", "s3.open-offer"), "form"),
    **dict.fromkeys(("s5.time-out", "s5.repair", "s5.ask-for-space", "s6.edge-moment"), "form"),
    "s1.kinder-voice": "noticed",
    "s6.after-closeness": "open",
}


def test_what_one_key_may_log_is_said_in_the_catalogue() -> None:
    assert {each.id: each.one_key for each in EVERY if each.one_key} == BARE
    for each in EVERY:
        if each.kind == "event":
            assert each.one_key or each.outcomes, each.id


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_a_bare_key_claims_no_outcome_no_part_and_no_credit_that_nobody_stated(bench: Bench, each: Template) -> None:
    workspace = bench.open()
    commitment = get(workspace, each.id)
    amount = 30.0 if commitment.kind is Kind.MINUTES else None
    try:
        log_entry.done(workspace, commitment, None, amount)
    except Refused as refused:
        assert refused.way in (NextStep.WRITE, NextStep.OUTCOME)
        assert not workspace.ledger.record(each.id).entries
        assert one_key.asks_first(commitment) or one_key.must_be_said(commitment)
        return
    entry = only(workspace, each.id) if not commitment.gathers else None
    if entry is None:
        return
    assert entry.outcome in (None, "clear", *([each.one_key] if each.one_key else [])), "no outcome that was not said"
    assert not any(part in entry.fields for part in PARTS)
    assert entry.credit is None or each.one_key == entry.outcome
    if each.one_key == "open":
        assert entry.open and entry.asks, "it happened, and how it was is asked later"


def test_ones_own_event_claims_no_outcome_by_a_bare_key(workspace: Workspace) -> None:
    outcomes = ({"name": "went", "credit": 1}, {"name": "not", "credit": 0})
    made = lifecycle.add_own(workspace, lifecycle.Own("Walk", "s4", "event", "on event", outcomes=outcomes))
    walk = get(workspace, made.commitment or "")
    with pytest.raises(Refused, match="went or not"):
        log_entry.done(workspace, walk)
    assert log_entry.done(workspace, walk, outcome="went").changed


@pytest.mark.parametrize("answers", [{"did": "stayed"}, {"did": "stayed", "intensity": 3}, {}])
def test_no_path_logs_an_edge_moment_without_its_question(workspace: Workspace, answers: dict[str, Any]) -> None:
    edge = get(workspace, EDGE)
    with pytest.raises(BadInput, match="tight but safe"):
        guided.log(workspace, edge, answers)
    for outcome in (None, "stayed"):
        with pytest.raises(Refused) as refused:
            log_entry.done(workspace, edge, outcome=outcome)
        assert refused.value.way is NextStep.WRITE
    assert not workspace.ledger.record(EDGE).entries
    change = guided.log(workspace, edge, {"did": "stayed", "safe": "not_safe"})
    assert change.way is NextStep.SAFETY and "Noticing counts, whatever followed." in change.lines
    with pytest.raises(BadInput, match="tight but safe"):
        guided.change(workspace, edge, only(workspace, EDGE).id, {"did": "stayed"})


# --- the hour


DEEP = {"s1.belief-map", "s1.origins", "s1.protection-map", "s3.inventory", "s3.planned-telling", "s6.my-story"}


@pytest.mark.parametrize(("hour", "offered"), [("21:59", True), ("22:00", False), ("02:00", False), ("06:00", True)])
def test_what_goes_deep_knows_the_hour(bench: Bench, hour: str, offered: bool) -> None:
    bench.clock.set(f"2026-11-24T{hour}")
    workspace = bench.open()
    assert {each.id for each in EVERY if each.deep} == DEEP
    for cid in sorted(DEEP):
        commitment = get(workspace, cid)
        assert late.late_for(workspace, commitment) != offered
        answers = filled([field for field in asked_now(commitment) if not field.optional], cid)
        if cid == "s3.planned-telling":
            answers = filled(asked_now(commitment), cid)
        if cid == "s1.origins":
            answers |= {"distress_before": 2}
        if not offered:
            with pytest.raises(Refused, match="It is late") as refused:
                guided.log(workspace, commitment, answers)
            assert refused.value.way is NextStep.NOW
        assert guided.log(workspace, commitment, answers, now=not offered).changed
    assert not late.late_for(workspace, get(workspace, ATTACKS))


@pytest.mark.parametrize(
    ("shares", "ready"),
    [
        ([(3, 0), (4, 1), (5, 2)], 0),
        ([(3, None), (3, None)], 0),
        ([(2, 5), (1, 5)], 0),
        ([(3, 3), (5, 5)], 2),
    ],
)
def test_deep_cards_open_after_two_sharings_that_were_received(
    workspace: Workspace, shares: list[tuple[int, int | None]], ready: int
) -> None:
    for depth, received in shares:
        quick_log.share(workspace, "fears", depth, received=received)
    assert cards.ready(workspace) == ready
    if ready < cards.TWICE:
        with pytest.raises(Refused, match="received"):
            cards.unlock(workspace)
    else:
        cards.unlock(workspace)
        assert cards.is_unlocked(workspace)


def test_how_it_was_received_is_asked_the_day_after_where_it_is_not_known_yet(
    bench: Bench, workspace: Workspace
) -> None:
    quick_log.share(workspace, "fears", 3)
    assert followups.open_loops(workspace) == []
    bench.clock.go(days=1)
    (loop,) = followups.open_loops(bench.open())
    assert [field.name for field in loop.fields] == ["felt_received", "felt_later"]
    followups.answer(workspace, loop, {"felt_received": 5})
    assert cards.ready(workspace) == 1
    with pytest.raises(BadInput, match="0 to 5"):
        quick_log.share(workspace, "fears", 3, received=6)
