"""Taking commitments on, changing, pausing, putting away and deleting them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.services.kit import Bench, figures, fold, on
from tests.services.test_undo import get
from tracker.domain.commitments import usual_schedule
from tracker.domain.counting.occasions import State
from tracker.ledger import event_keys
from tracker.ledger.errors import BadInput, NextStep, NotFound, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle, pauses
from tracker.services.commitments.find import find_template
from tracker.services.history import undo
from tracker.services.logging import log_entry, quick_log
from tracker.store.events import Draft

REACHABLE, TIME, TURN = "s4.reachable", "s4.partner-time", "s2.turn-toward"


@pytest.fixture
def old(bench: Bench) -> Workspace:
    """Return a store with three commitments and three weeks behind them."""
    workspace = bench.open()
    lifecycle.add_all(workspace, (REACHABLE, TIME, TURN))
    for number in range(21):
        workspace = bench.open()
        if number % 4:
            log_entry.done(workspace, get(workspace, REACHABLE))
        quick_log.log_time(workspace, 10 + number)
        log_entry.done(workspace, get(workspace, TURN), None, float(number % 3 + 1))
        bench.clock.go(days=1)
    return bench.open()


def test_a_commitment_is_taken_on_by_id_tail_alias_or_title(workspace: Workspace) -> None:
    for word in (
        "s4.reachable",
        "reachable",
        "reply",
        "Reply to messages in my own window",
        "replY TO mess",
        "reachab",
    ):
        assert find_template(word).id == REACHABLE
    with pytest.raises(NotFound) as several:
        find_template("one")
    assert len(several.value.candidates) > 1
    with pytest.raises(NotFound) as near:
        find_template("s4.reachabel")
    assert (REACHABLE, "Reply to messages in my own window") in near.value.candidates
    assert near.value.way is NextStep.CHOOSE


def test_what_is_there_is_not_taken_on_twice(workspace: Workspace) -> None:
    change = lifecycle.add(workspace, "reply")
    assert change.lines[0] == "Added 'Reply to messages in my own window': daily."
    with pytest.raises(Refused, match="is yours already"):
        lifecycle.add(workspace, "reply")
    lifecycle.archive(workspace, get(workspace, REACHABLE))
    with pytest.raises(Refused, match="archived") as away:
        lifecycle.add(workspace, "reply")
    assert (away.value.way, away.value.about) == (NextStep.RESUME, REACHABLE)
    assert lifecycle.add_all(workspace, (REACHABLE, TIME)).changed
    assert not get(workspace, REACHABLE).archived
    assert not lifecycle.add_all(workspace, (REACHABLE, TIME)).changed


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (lifecycle.Own("\u200e", "s1", "check", "daily"), "visible character"),
        (lifecycle.Own("  ", "s1", "check", "daily"), "visible character"),
        (lifecycle.Own("Walk", "s9", "check", "daily"), "Invalid step"),
        (lifecycle.Own("Walk", "1", "dance", "daily"), "Invalid kind"),
        (lifecycle.Own("Walk", "1", "check", "dayly"), "Did you mean 'daily'"),
        (lifecycle.Own("Walk", "1", "check", "120 min per week"), "asks for minutes"),
        (lifecycle.Own("Walk", "1", "check", "9 per week"), "A check counts days"),
        (lifecycle.Own("Walk", "1", "count", "daily", 0), "1 or more"),
        (lifecycle.Own("Walk", "1", "event", "daily"), "belong together"),
        (lifecycle.Own("Walk", "1", "task", "once by 2026-11-01"), "over before it begins"),
    ],
)
def test_what_does_not_fit_is_refused(workspace: Workspace, own: lifecycle.Own, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        lifecycle.add_own(workspace, own)
    assert fold(workspace) == {}


def test_an_own_commitment_has_an_id_of_its_title(workspace: Workspace) -> None:
    assert (
        lifecycle.add_own(workspace, lifecycle.Own("Éva's long walk!", "s1", "check", "daily")).commitment
        == "own.eva-s-long-walk"
    )
    with pytest.raises(Refused, match="yours already"):
        lifecycle.add_own(workspace, lifecycle.Own("éva's LONG walk!", "s1", "check", "daily"))
    assert (
        lifecycle.add_own(workspace, lifecycle.Own("Eva's long walk", "s1", "check", "daily")).commitment
        == "own.eva-s-long-walk-2"
    )
    assert lifecycle.add_own(workspace, lifecycle.Own("歩く", "s1", "check", "daily")).commitment == "own.s1"


def test_a_new_plan_leaves_the_past_equal(bench: Bench, old: Workspace) -> None:
    for cid, sentence, target in ((REACHABLE, "mon wed fri", 1), (TIME, "60 min per month", 1), (TURN, "daily", 9)):
        before = list(old.ledger.occasions(cid, old.today))
        was = figures(old)[cid]
        change = lifecycle.edit(old, get(old, cid), schedule=sentence, target=target)
        assert "What was before stays as it is" in change.lines[-1]
        after = list(old.ledger.occasions(cid, old.today))
        past = [each for each in before if each.last < old.today]
        assert after[: len(past)] == past
        assert get(old, cid).plan.schedule.sentence == sentence
        now = figures(old)[cid]
        earlier = [(each.unit, each.kept) for each in now.closed]
        assert was.unit == now.unit or (was.unit, was.best) in earlier or not was.best
        assert now.best == (was.best if was.unit == now.unit else 0)
    assert figures(bench.open()) == figures(old)


def test_a_plan_may_begin_later_and_none_before_the_one_in_force(old: Workspace) -> None:
    lifecycle.edit(old, get(old, TURN), target=5, start=on(old, -7))
    assert get(old, TURN).plan_on(old.today).target == 3
    assert get(old, TURN).plan_on(on(old, -7)).target == 5
    with pytest.raises(Refused, match="can begin then or later"):
        lifecycle.edit(old, get(old, TURN), target=4)
    with pytest.raises(BadInput, match="1 or more"):
        lifecycle.edit(old, get(old, REACHABLE), target=0)
    assert not lifecycle.edit(old, get(old, REACHABLE), schedule="daily").changed


def test_words_are_changed_without_a_plan(old: Workspace) -> None:
    plans = get(old, TURN).plans
    lifecycle.edit(
        old, get(old, TURN), title=" Turn  to her\x1b ", if_then="If she sighs, then I look up", aliases=("t", " ")
    )
    found = get(old, TURN)
    assert (found.title, found.aliases, found.plans) == ("Turn to her", ("t",), plans)
    with pytest.raises(BadInput, match="visible"):
        lifecycle.edit(old, found, title=" ")
    assert not lifecycle.edit(old, found, aliases=("t",)).changed


def test_a_pause_without_an_end_asks_for_nothing_until_it_is_resumed(bench: Bench, old: Workspace) -> None:
    log_entry.done(old, get(old, REACHABLE))
    streak = figures(old)[REACHABLE].streak
    bench.clock.go(days=1)
    workspace = bench.open()
    pauses.pause(workspace, get(workspace, REACHABLE), reason="a hard week")
    bench.clock.go(days=40)
    workspace = bench.open()
    assert figures(workspace)[REACHABLE].streak == streak
    assert workspace.ledger.figures(REACHABLE, workspace.today).strip[-1].state is State.NEUTRAL

    pauses.resume(workspace, get(workspace, REACHABLE))
    (pause,) = workspace.ledger.record(REACHABLE).pauses
    assert (pause.first, pause.last) == (on(workspace, 40), on(workspace, 1))
    assert workspace.ledger.figures(REACHABLE, workspace.today).strip[-1].state is State.OPEN
    log_entry.done(workspace, get(workspace, REACHABLE))
    assert figures(workspace)[REACHABLE].streak == streak + 1
    with pytest.raises(Refused, match="not paused"):
        pauses.resume(workspace, get(workspace, REACHABLE))


def test_a_pause_of_all_is_ended_for_all(old: Workspace) -> None:
    pauses.pause(old, None)
    with pytest.raises(Refused, match="paused together") as refusal:
        pauses.resume(old, get(old, TURN))
    assert refusal.value.way is NextStep.RESUME_ALL
    pauses.resume(old, None)
    assert old.ledger.record(TURN).pauses == ()
    with pytest.raises(BadInput, match="before it begins"):
        pauses.pause(old, None, old.today, on(old, 1))


def test_pause_or_resume_turns_round(old: Workspace) -> None:
    turn = get(old, TURN)
    assert "paused" in pauses.pause_or_resume(old, turn).lines[0]
    assert "resumed" in pauses.pause_or_resume(old, get(old, TURN)).lines[0]
    pauses.pause(old, turn, on(old, -3))
    assert "paused" in pauses.pause_or_resume(old, get(old, TURN)).lines[0]
    pauses.resume(old, get(old, TURN))
    assert [pause.first for pause in old.ledger.record(TURN).pauses] == [on(old, -3)]


def test_an_archived_commitment_is_away_and_comes_back_with_its_past(bench: Bench, old: Workspace) -> None:
    before = figures(old)[TURN]
    lifecycle.archive(old, get(old, TURN))
    assert TURN not in [each.id for each in old.ledger.commitments()]
    assert not lifecycle.archive(old, get(old, TURN)).changed
    bench.clock.go(days=10)
    workspace = bench.open()
    pauses.resume(workspace, get(workspace, TURN))
    after = figures(workspace)[TURN]
    assert (after.kept, after.occasions, after.best) == (before.kept, before.occasions, before.best)


def test_a_deleted_commitment_comes_back_with_its_past(bench: Bench, old: Workspace) -> None:
    before = figures(old)
    lifecycle.archive(old, get(old, TURN))
    lifecycle.delete(old, get(old, TURN))
    assert old.ledger.get(TURN) is None
    workspace = bench.open()
    lifecycle.add(workspace, TURN)
    assert not get(workspace, TURN).archived
    assert [each.id for each in workspace.ledger.commitments()] == [TURN, TIME, REACHABLE]
    assert figures(workspace)[TURN].kept == before[TURN].kept
    assert workspace.ledger.figures(TURN, workspace.today).strip[-1].state is State.OPEN
    for _ in range(3):
        undo.undo(workspace)
    assert figures(workspace) == before


def test_a_commitment_added_again_may_be_another_one(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add_own(workspace, lifecycle.Own("Walk", "s1", "check", "daily"), date(2026, 9, 1))
    for ago in range(0, 80, 2):
        log_entry.done(workspace, get(workspace, "own.walk"), (on(workspace, ago),))
    bench.clock.go(days=70)
    workspace = bench.resealed()
    lifecycle.delete(workspace, get(workspace, "own.walk"))
    lifecycle.add_own(
        workspace, lifecycle.Own("Walk", "s1", "count", "5 per week"), workspace.today - timedelta(days=3)
    )
    assert figures(bench.resealed()) == figures(bench.recounted())
    assert figures(workspace) == figures(bench.recounted())


def test_a_sentence_with_an_amount_is_a_plan_and_a_rule_that_is_over_is_refused(workspace: Workspace) -> None:
    said = lifecycle.add_own(workspace, lifecycle.Own("Stretch", "s1", "minutes", "15 min daily")).lines[0]
    assert said == "Added 'Stretch': daily, 15 minutes."
    assert (
        "60 min per week" in lifecycle.add_own(workspace, lifecycle.Own("Walk", "s1", "minutes", "1h a week")).lines[0]
    )
    for kind, schedule, target, why in (
        ("check", "rrule FREQ=WEEKLY;UNTIL=20260630T215959Z;BYDAY=TU", None, "over before it begins"),
        ("task", "once by 2026-11-01", None, "over before it begins"),
        ("minutes", "15 min daily", 20, "Leave one out"),
        ("minutes", "3 times a day", None, "asks for times"),
    ):
        with pytest.raises(BadInput, match=why):
            lifecycle.add_own(workspace, lifecycle.Own("Other", "s1", kind, schedule, target))


def test_a_target_that_a_quota_would_ignore_is_refused_and_the_way_out_is_named(workspace: Workspace) -> None:
    for sentence, kind, meant in (
        ("3 per week", "count", "5 per week"),
        ("weekly", "check", "5 per week"),
        ("120 min per week", "minutes", "5 min per week"),
        ("at most 3 per week", "count", "at most 5 per week"),
    ):
        with pytest.raises(BadInput, match=f"a target of 5 would be ignored.*'{meant}'"):
            lifecycle.add_own(workspace, lifecycle.Own("Walk", "s2", kind, sentence, 5))
    with pytest.raises(BadInput, match="one at a time"):
        lifecycle.add_own(workspace, lifecycle.Own("Walk", "s2", "event", "on event", 3))
    lifecycle.add_own(workspace, lifecycle.Own("Walk", "s2", "count", "3 per week", 3))
    lifecycle.add(workspace, TURN)
    for change in ({"target": 5, "schedule": "3 per week"}, {"target": 5, "schedule": "weekly"}):
        with pytest.raises(BadInput, match="would be ignored"):
            lifecycle.edit(workspace, get(workspace, TURN), **change)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="would be ignored"):
        lifecycle.edit(workspace, get(workspace, "own.walk"), target=5)
    lifecycle.edit(workspace, get(workspace, TURN), target=5)
    assert get(workspace, TURN).plan.target == 5
    lifecycle.edit(workspace, get(workspace, TURN), schedule="3 per week")
    assert get(workspace, TURN).plan.schedule.sentence == "3 per week"


def test_a_plan_stored_with_a_target_it_ignores_is_read_as_ever(workspace: Workspace) -> None:
    lifecycle.add(workspace, TIME)
    key = event_keys.plan(TIME, workspace.today)
    workspace.write("edit", lambda: [Draft(key, {"schedule": "120 min per week", "target": 15})])

    current = workspace.ledger.figures(TIME, workspace.today).current
    assert current is not None and current.target == 120


def test_minutes_with_a_target_and_no_schedule_are_meant_for_each_day() -> None:
    assert usual_schedule("minutes", 15) == "daily"
    assert (usual_schedule("minutes", None), usual_schedule("task", 3)) == ("120 min per week", "once")
