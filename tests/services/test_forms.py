"""Guided entries of every commitment of the catalogue: written down, changed, closed, undone and done again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.answers import CANARY, fill, filled
from tests.services.kit import MENDED, Bench, figures, fold, on
from tests.services.test_undo import get
from tracker.catalogue import more, templates
from tracker.catalogue.model import Template
from tracker.catalogue.rules import GROUNDING
from tracker.domain.commitments import Commitment
from tracker.domain.consent import CHECKLIST
from tracker.domain.counting.occasions import State
from tracker.domain.fields import Field, Gives, Type
from tracker.domain.records import Entry
from tracker.ledger.commitment_fields import asked_now
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.commitments.answering import goes_on, not_asked
from tracker.services.history import undo
from tracker.services.logging import followups, guided, lapses, log_entry, repair_plan
from tracker.services.logging.stored_answers import answers_of

EVERY = [each for each in (*templates(), *more()) if any(not field.later for field in each.fields)]


def taken(workspace: Workspace, cid: str) -> Commitment:
    lifecycle.add(workspace, cid)
    return get(workspace, cid)


def only(workspace: Workspace, commitment: Commitment) -> Entry:
    (entry,) = workspace.ledger.record(commitment.id).entries
    return entry


def other(field: Field) -> Any:
    """Return another answer to a field than the usual one."""
    match field.type:
        case Type.TEXT | Type.LINE:
            return "other words"
        case Type.CHOICE:
            return field.choices[-1].name
        case Type.YESNO:
            return False
        case Type.DAY:
            return "yesterday"
        case Type.MOMENT:
            return "+20m"
        case Type.MINUTES:
            return "30m"
        case _:
            return field.low + 1


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_every_form_is_written_changed_closed_undone_and_done_again(each: Template, bench: Bench) -> None:
    workspace = bench.open()
    commitment = taken(workspace, each.id)
    states = [fold(workspace)]

    asked = asked_now(commitment)
    answers = filled(asked, each.id)
    change = guided.log(workspace, commitment, answers)
    states.append(fold(workspace))
    assert change.changed and CANARY not in " ".join(change.lines)
    entry = only(workspace, commitment)
    given = answers_of(workspace, entry.id)
    assert given.keys() == answers.keys()
    secret = {field.name for field in asked if field.private}
    assert not secret & entry.fields.keys()
    assert all(given[field.name] == answers[field.name] for field in asked if field.type in (Type.TEXT, Type.YESNO))

    same = guided.change(workspace, commitment, entry.id, given)
    assert not same.changed, same

    changed = (field for field in asked if field.optional and field.gives is None and not field.consents)
    field = next(changed, asked[0])
    guided.change(workspace, commitment, entry.id, given | {field.name: other(field)})
    states.append(fold(workspace))
    assert answers_of(workspace, entry.id)[field.name] != given[field.name]

    bench.clock.go(days=2)
    workspace = bench.open()
    waiting = followups.open_loops(workspace)
    assert {name for loop in waiting for name in (field.name for field in loop.fields)} - {"put_right_by"} == set(
        only(workspace, commitment).asks
    )
    for loop in waiting:
        late = {field.name: fill(field, each.id) for field in loop.fields}
        followups.answer(workspace, loop, late)
        states.append(fold(workspace))
        with pytest.raises(Refused):
            followups.answer(workspace, loop, late)
    assert followups.open_loops(workspace) == []
    assert not only(workspace, commitment).open or not waiting

    whole = answers_of(workspace, entry.id)
    assert not guided.change(workspace, commitment, entry.id, whole).changed

    for state in reversed(states[:-1]):
        undo.undo(workspace)
        assert fold(workspace) == state
    for state in states[1:]:
        undo.redo(workspace)
        assert fold(workspace) == state
    assert figures(bench.recounted()) == figures(bench.open())


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_what_may_be_skipped_can_all_be_skipped(each: Template, workspace: Workspace) -> None:
    commitment = taken(workspace, each.id)
    needed = [field for field in asked_now(commitment) if not field.optional]
    guided.log(workspace, commitment, filled(needed, each.id))
    assert answers_of(workspace, only(workspace, commitment).id).keys() >= {field.name for field in needed}
    for field in needed:
        before = fold(workspace)
        with pytest.raises(BadInput, match=r"needs an answer|counts minutes"):
            guided.log(workspace, commitment, filled(each for each in needed if each is not field))
        assert fold(workspace) == before


def test_an_answer_that_is_not_asked_or_does_not_fit_is_refused(workspace: Workspace) -> None:
    commitment = taken(workspace, "s1.fear-forecast")
    good = filled(asked_now(commitment))
    for wrong in ({"colour": "red"}, {"likelihood": 101}, {"follow_up_at": "someday"}, {"outcome": "better"}):
        with pytest.raises(BadInput):
            guided.log(workspace, commitment, good | wrong)
    with pytest.raises(Refused):
        guided.log(workspace, commitment, good, date(2026, 11, 24))
    assert not workspace.ledger.record(commitment.id).entries


def test_an_earlier_day_moves_the_start_and_says_so(workspace: Workspace) -> None:
    commitment = taken(workspace, "s1.thought-record")
    change = guided.log(workspace, commitment, {"thought": "t"}, on(workspace, 20))
    assert change.lines[-1].startswith("It now begins on 2026-11-03")
    assert only(workspace, commitment).day == date(2026, 11, 3)


def test_a_promise_is_open_until_it_is_answered(bench: Bench) -> None:
    workspace = bench.open()
    commitment = taken(workspace, "s4.promise-keeper")
    guided.log(workspace, commitment, {"text": "call the bank", "due": "tomorrow 18:00", "confidence": 50})
    assert only(workspace, commitment).open and only(workspace, commitment).outcome == "promised"
    assert followups.open_loops(workspace) == []
    (ahead,) = followups.all_loops(workspace)
    followups.answer(workspace, ahead, {"outcome": "renegotiated"})
    assert (only(workspace, commitment).outcome, only(workspace, commitment).credit) == ("renegotiated", 1.0)
    undo.undo(workspace)
    bench.clock.go(days=2)
    workspace = bench.open()
    (loop,) = followups.open_loops(workspace)
    with pytest.raises(BadInput, match="before a promise falls due"):
        followups.answer(workspace, loop, {"outcome": "renegotiated"})
    with pytest.raises(BadInput, match="Nothing was answered"):
        followups.answer(workspace, loop, {})
    followups.answer(workspace, loop, {"outcome": "late", "repaired": True})
    assert workspace.ledger.figures(commitment.id, workspace.today).occasions == 1
    entry = only(workspace, commitment)
    assert (entry.outcome, entry.credit, entry.open, entry.asks) == ("late", 0.5, False, ())


def test_what_is_let_go_is_never_asked_again(bench: Bench) -> None:
    workspace = bench.open()
    commitment = taken(workspace, "s6.weekly-share")
    guided.log(workspace, commitment, {"topic": "fears", "depth": 2})
    bench.clock.go(days=1)
    workspace = bench.open()
    (loop,) = followups.open_loops(workspace)
    followups.let_go(workspace, loop)
    assert followups.open_loops(workspace) == []
    entry = only(workspace, commitment)
    guided.change(workspace, commitment, entry.id, {"topic": "joys", "depth": 3})
    assert followups.all_loops(workspace) == []


def test_a_lapse_asks_whether_it_is_put_right(bench: Bench) -> None:
    workspace = bench.open()
    commitment = taken(workspace, "s5.no-attacks")
    guided.log(workspace, commitment, {"what": "handled", "intensity": 4})
    assert only(workspace, commitment).asks == ()
    undo.undo(workspace)
    change = guided.log(workspace, commitment, {"what": "lapse", "put_right_by": "+2h"})
    assert change.way is None and "not who you are" in change.lines[-1]
    bench.clock.go(hours=3)
    (loop,) = followups.open_loops(workspace)
    with pytest.raises(BadInput, match="What was done"):
        followups.answer(workspace, loop, {"put_right": True})
    assert "4 of 4 parts" in followups.answer(workspace, loop, {"put_right": True, **MENDED}).lines[0]
    entry = only(workspace, commitment)
    assert entry.put_right and entry.put_right_at == bench.clock.now()
    bench.clock.go(hours=5)
    guided.change(workspace, commitment, entry.id, answers_of(workspace, entry.id) | {"intensity": 9})
    assert only(workspace, commitment).put_right_at == entry.put_right_at


def test_a_lapse_put_right_in_another_way_asks_no_more(bench: Bench) -> None:
    workspace = bench.open()
    commitment = taken(workspace, "s5.no-attacks")
    guided.log(workspace, commitment, {"what": "lapse", "put_right_by": "+2h"})
    bench.clock.go(hours=1)
    repair_plan.put_right(workspace, commitment, MENDED)
    assert followups.all_loops(workspace) == []


def test_a_lapse_of_one_key_is_asked_about_within_a_day(bench: Bench) -> None:
    workspace = bench.open()
    attacks, contact = taken(workspace, "s5.no-attacks"), taken(workspace, "s3.no-hidden-contact")
    for commitment in (attacks, contact):
        assert lapses.lapse(workspace, commitment).lines[-1].startswith("What will you put right, and by when?")
        lapses.lapse(workspace, commitment, handled=True)
    bench.clock.go(days=1)
    waiting = followups.open_loops(bench.open())
    assert [(loop.commitment, [field.name for field in loop.fields]) for loop in waiting] == [
        ("s3.no-hidden-contact", ["put_right", *MENDED, "told_within_24h", "put_right_by"]),
        ("s5.no-attacks", ["put_right", *MENDED, "put_right_by"]),
    ]


def test_somebody_afraid_is_private_and_leads_to_what_is_for_those_who_frighten(
    bench: Bench, workspace: Workspace
) -> None:
    commitment = taken(workspace, "s5.no-attacks")
    change = guided.log(workspace, commitment, {"what": "lapse", "someone_afraid": True})
    assert change.way is NextStep.FRIGHTEN
    value = workspace.ledger.value(only(workspace, commitment).id)
    assert value is not None and value["private"] == {"someone_afraid": True} and "afraid" not in value
    bench.clock.go(hours=1)
    repair_plan.put_right(workspace, commitment, MENDED)
    assert only(workspace, commitment).afraid and not only(workspace, commitment).put_right


def test_three_lapses_in_a_fortnight_lead_to_safety(workspace: Workspace) -> None:
    one, two = taken(workspace, "s5.no-attacks"), taken(workspace, "s5.no-leaving-threats")
    assert guided.log(workspace, one, {"what": "lapse"}, on(workspace, 13)).way is None
    assert guided.log(workspace, one, {"what": "handled"}).way is None
    assert lapses.lapse(workspace, two).way is NextStep.PUT_RIGHT
    third = guided.log(workspace, one, {"what": "lapse"})
    assert (
        third.way is NextStep.FRIGHTEN and third.lines[-1] == "Three times in two weeks. This needs more than an app."
    )
    fourth = lapses.lapse(workspace, two)
    assert (
        fourth.way is NextStep.FRIGHTEN and fourth.lines[-1] == "Four times in two weeks. This needs more than an app."
    )


def test_an_agreement_that_is_not_free_is_not_kept(workspace: Workspace) -> None:
    commitment = taken(workspace, "s3.openness-agreement")
    before = fold(workspace)
    with pytest.raises(Refused) as caught:
        guided.log(workspace, commitment, {"areas": "money", "free_to_say_no_theirs": False})
    assert caught.value.way is NextStep.SAFETY and fold(workspace) == before
    field = asked_now(commitment)[-1]
    with pytest.raises(Refused):
        goes_on(commitment, field, {"free_to_say_no_mine": False})
    assert goes_on(commitment, field, {"free_to_say_no_mine": True})


def test_an_agreement_is_never_checked_off_past_its_questions(workspace: Workspace) -> None:
    commitment = taken(workspace, "s3.openness-agreement")
    before = fold(workspace)
    with pytest.raises(Refused, match="asks something first") as caught:
        log_entry.done(workspace, commitment)
    assert caught.value.way is NextStep.WRITE
    with pytest.raises(Refused, match="asks something first"):
        log_entry.toggle(workspace, commitment, workspace.today)
    with pytest.raises(BadInput, match="needs an answer"):
        guided.log(workspace, commitment, {"areas": "money", "free_to_say_no_mine": True})
    assert fold(workspace) == before
    guided.log(workspace, commitment, {"free_to_say_no_mine": True, "free_to_say_no_theirs": True})
    log_entry.toggle(workspace, commitment, workspace.today)
    assert not workspace.ledger.record(commitment.id).entries, "taking it back asks nothing"


@pytest.mark.parametrize("quick", [True, False])
def test_a_call_not_yet_answered_stands_open_until_it_is(quick: bool, bench: Bench) -> None:
    workspace = bench.open()
    commitment = taken(workspace, "s4.call-back")
    if quick:
        log_entry.done(workspace, commitment, outcome="not_yet")
    else:
        guided.log(workspace, commitment, {"response": "not_yet"})
    (loop,) = followups.open_loops(workspace)
    assert (
        "It stays open, and is asked again tomorrow"
        in followups.answer(workspace, loop, {"response": "not_yet"}).lines[0]
    )
    assert followups.open_loops(workspace) == [], "not again the moment after"
    bench.clock.go(days=1)
    (loop,) = followups.open_loops(workspace)
    followups.answer(workspace, loop, {"response": "called"})
    assert followups.all_loops(workspace) == []
    assert (only(workspace, commitment).outcome, only(workspace, commitment).open) == ("called", False)
    guided.change(workspace, commitment, loop.entry.id, {"response": "not_yet"})
    (loop,) = followups.open_loops(workspace)
    followups.let_go(workspace, loop)
    assert followups.all_loops(workspace) == []


def test_a_planned_telling_comes_back_on_its_day_and_asks_a_day_after_it_was_told(bench: Bench) -> None:
    workspace = bench.open()
    commitment = taken(workspace, "s3.planned-telling")
    guided.log(workspace, commitment, dict.fromkeys(CHECKLIST, True) | {"told": "not_yet", "follow_up": "2026-12-05"})
    bench.clock.go(days=3)
    assert followups.open_loops(bench.open()) == [], "nothing is asked of what was not told"
    bench.clock.set("2026-12-05T20:00")
    workspace = bench.open()
    (loop,) = followups.open_loops(workspace)
    followups.answer(workspace, loop, {"told": "all"})
    bench.clock.go(days=1)
    workspace = bench.open()
    (loop,) = followups.open_loops(workspace)
    assert [field.name for field in loop.fields] == ["feeling_later"]
    same = answers_of(workspace, loop.entry.id)
    assert not guided.change(workspace, commitment, loop.entry.id, same).changed


def test_much_distress_ends_the_questions(workspace: Workspace) -> None:
    commitment = taken(workspace, "s1.origins")
    by_name = {field.name: field for field in asked_now(commitment)}
    assert not goes_on(commitment, by_name["origin_tag"], {"distress_before": 8})
    with pytest.raises(Refused, match="Stop here"):
        goes_on(commitment, by_name["text"], {"distress_before": 8})
    with pytest.raises(Refused, match="Stop here"):
        guided.log(workspace, commitment, {"distress_before": 8})
    change = guided.log(workspace, commitment, {"text": "t", "distress_before": 3, "distress_after": 9})
    assert change.lines[-1] == GROUNDING


@pytest.mark.parametrize(("typed", "hides"), [("8", True), ("10", True), ("7", False), ("", False), ("much", False)])
def test_much_distress_takes_the_rest_of_the_form_away(typed: str, hides: bool, workspace: Workspace) -> None:
    commitment = taken(workspace, "s1.origins")
    names, said = not_asked(commitment, {"distress_before": typed})
    assert set(names) == ({"origin_tag", "text", "distress_after"} if hides else set())
    assert said == (GROUNDING if hides else "")
    names, _ = not_asked(commitment, {"distress_before": typed, "text": "written already"})
    assert "text" not in names
    attacks = taken(workspace, "s5.no-attacks")
    assert not_asked(attacks, {"what": "handled"})[0] == {"put_right_how", "put_right_by"}
    assert not any(not_asked(attacks, {"what": "lapse"}))


def test_an_entry_that_is_changed_to_one_that_calls_for_it_leads_to_safety(workspace: Workspace) -> None:
    commitment = taken(workspace, "s5.no-attacks")
    guided.log(workspace, commitment, {"what": "lapse"})
    key = only(workspace, commitment).id
    assert guided.change(workspace, commitment, key, {"what": "lapse", "intensity": 3}).way is None
    assert guided.change(workspace, commitment, key, {"what": "lapse", "someone_afraid": True}).way is NextStep.FRIGHTEN
    handled = {"what": "handled", "someone_afraid": True}
    assert guided.change(workspace, commitment, key, handled).way is NextStep.SAFETY, "of a moment that did not happen"
    edge = taken(workspace, "s6.edge-moment")
    guided.log(workspace, edge, {"did": "stayed", "safe": "unsure"})
    assert (
        guided.change(workspace, edge, only(workspace, edge).id, {"did": "stayed", "safe": "not_safe"}).way
        is NextStep.SAFETY
    )


def test_a_moment_handled_is_not_asked_what_will_be_put_right(workspace: Workspace) -> None:
    commitment = taken(workspace, "s5.no-attacks")
    for field in asked_now(commitment):
        assert goes_on(commitment, field, {"what": "handled"}) == (not field.name.startswith("put_right"))
        assert goes_on(commitment, field, {"what": "lapse"})


def test_replies_in_numbers(workspace: Workspace) -> None:
    commitment = taken(workspace, "s4.reachable")
    guided.log(workspace, commitment, {"needing_reply": 10, "in_window": 4})
    current = workspace.ledger.figures(commitment.id, workspace.today).current
    assert current is not None and current.credit == 0.5
    key = only(workspace, commitment).id
    guided.change(workspace, commitment, key, {"needing_reply": 0})
    current = workspace.ledger.figures(commitment.id, workspace.today).current
    assert current is not None and current.state is State.NEUTRAL


def test_the_parts_of_a_repair_make_its_credit(workspace: Workspace) -> None:
    commitment = taken(workspace, "s5.repair")
    guided.log(workspace, commitment, {"named_it": True, "heard_impact": True, "plan": True})
    assert (only(workspace, commitment).credit, only(workspace, commitment).outcome) == (0.75, "three_parts")
    guided.change(workspace, commitment, only(workspace, commitment).id, {"named_it": False})
    assert (only(workspace, commitment).credit, only(workspace, commitment).outcome) == (0.0, None)


def test_every_outcome_a_form_offers_is_one_of_its_commitment() -> None:
    for each in EVERY:
        names = {outcome.name for outcome in each.outcomes}
        for field in each.fields:
            if field.gives is Gives.OUTCOME:
                assert {choice.name for choice in field.choices} <= names, each.id
