"""What follows harm in every path: it is asked about later, named rightly, and never claimed or made too little of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.services.kit import MENDED, Bench, on
from tracker.catalogue.rules import KIND_LINE, NOTICED, THANKS
from tracker.domain.commitments import Commitment
from tracker.domain.counting.moments import HAPPENED
from tracker.domain.reviews import Review
from tracker.ledger import event_keys
from tracker.ledger.commitment_fields import asked_now
from tracker.ledger.errors import BadInput, NextStep
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.commitments.custom_file import read_own
from tracker.services.history import history
from tracker.services.logging import followups, guided, lapses, log_entry
from tracker.services.logging.stored_answers import answers_of
from tracker.services.reviews.period_summary import summary_of
from tracker.services.views import dashboard, day_rows
from tracker.store.events import Draft

ATTACKS = "s5.no-attacks"
OWN = 'title = "No slammed doors"\nstep = "s5"\nkind = "avoid"\nharm = true\n'
HOW_LOUD = '[[fields]]\nname = "loud"\nask = "How loud?"\ntype = "scale"\n'
WHAT = """
[[fields]]
name = "what"
ask = "What happened?"
type = "choice"
choices = [
  { name = "handled", label = "held it" },
  { name = "lapse", label = "slammed it" },
  { name = "hands", label = "hands" },
]
"""
RIGHT = """
[[fields]]
name = "on_day"
ask = "On which day?"
type = "day"
[[fields]]
name = "put_right"
ask = "Right again?"
type = "yesno"
at = "on_day"
"""


def get(workspace: Workspace, cid: str) -> Commitment:
    if workspace.ledger.get(cid) is None:
        lifecycle.add(workspace, cid)
    found = workspace.ledger.get(cid)
    assert found is not None
    return found


def own(workspace: Workspace, text: str = OWN) -> Commitment:
    return get(workspace, lifecycle.add_own(workspace, read_own(text)).commitment or "")


@pytest.mark.parametrize("cid", [ATTACKS, "s5.no-leaving-threats", "s3.no-hidden-contact", "s4.no-quiet-distance"])
def test_a_lapse_written_down_in_full_is_asked_about_a_day_later(bench: Bench, workspace: Workspace, cid: str) -> None:
    commitment = get(workspace, cid)
    guided.log(workspace, commitment, {"what": "handled"})
    key = workspace.ledger.record(cid).entries[0].id
    guided.change(workspace, commitment, key, {"what": "lapse"})
    guided.log(workspace, commitment, {"what": "lapse", "intensity": 4} if cid == ATTACKS else {"what": "lapse"})
    assert not followups.open_loops(workspace)
    bench.clock.go(days=1)
    asked = [[field.name for field in loop.fields] for loop in followups.open_loops(bench.open())]
    assert sum("put_right" in names for names in asked) == 2, "as after one key"


def test_a_lapse_that_is_put_right_is_not_asked_again_by_a_change(bench: Bench, workspace: Workspace) -> None:
    attacks = get(workspace, ATTACKS)
    guided.log(workspace, attacks, {"what": "lapse"})
    bench.clock.go(days=1)
    (loop,) = followups.open_loops(workspace)
    followups.answer(workspace, loop, {"put_right": True, **MENDED})
    (entry,) = workspace.ledger.record(ATTACKS).entries
    guided.change(workspace, attacks, entry.id, {**answers_of(workspace, entry.id), "intensity": 7})
    bench.clock.go(days=2)
    assert not followups.open_loops(workspace)
    assert workspace.ledger.record(ATTACKS).entries[0].put_right_at is not None


def test_an_own_form_never_takes_for_handled_what_nobody_said(workspace: Workspace) -> None:
    doors = own(workspace, OWN + WHAT + HOW_LOUD)
    with pytest.raises(BadInput, match="What happened"):
        guided.log(workspace, doors, {"loud": 7})
    assert guided.log(workspace, doors, {"what": "hands", "loud": 7}).way is NextStep.FRIGHTEN
    assert workspace.ledger.record(doors.id).entries[0].outcome == "lapse"
    with pytest.raises(BadInput, match="a field 'what'"):
        own(workspace, OWN.replace("doors", "words") + HOW_LOUD)


def test_a_form_from_elsewhere_that_does_not_ask_what_happened_asks_it(workspace: Workspace) -> None:
    doors = own(workspace)
    loud = [{"name": "loud", "ask": "How loud?", "type": "scale", "private": False}]
    for harm, names in ((True, ["handled", "lapse", "hands"]), (False, ["handled", "lapse"])):
        key = event_keys.commitment(doors.id)
        drafts = [Draft(key, {**(workspace.ledger.value(key) or {}), "fields": loud, "harm": harm})]
        workspace.write("import", drafts.copy)
        what, _ = asked_now(get(workspace, doors.id))
        assert (what.name, [each.name for each in what.choices]) == ("what", names)


def test_an_own_lapse_stays_open_after_a_no_and_asks_its_parts_with_a_yes(bench: Bench, workspace: Workspace) -> None:
    doors = own(workspace, OWN + WHAT + RIGHT)
    guided.log(workspace, doors, {"what": "lapse"})
    bench.clock.go(days=1)
    (loop,) = followups.open_loops(workspace)
    assert {"put_right", "put_right_by", *MENDED} == {field.name for field in loop.fields}
    assert "It stays open" in followups.answer(workspace, loop, {"put_right": False}).lines[0]
    assert not followups.open_loops(workspace)
    bench.clock.go(days=1)
    (loop,) = followups.open_loops(workspace)
    with pytest.raises(BadInput, match="four parts"):
        followups.answer(workspace, loop, {"put_right": True})
    followups.answer(workspace, loop, {"put_right": True, **MENDED})
    assert workspace.ledger.record(doors.id).entries[0].put_right_at is not None and not followups.open_loops(workspace)


def test_not_yet_names_a_time_to_come(bench: Bench, workspace: Workspace) -> None:
    lapses.lapse(workspace, get(workspace, ATTACKS))
    bench.clock.go(days=1)
    (loop,) = followups.open_loops(workspace)
    for gone in ("yesterday 19:00", "2026-11-01 19:00"):
        with pytest.raises(BadInput, match="gone by"):
            followups.answer(workspace, loop, {"put_right": False, "put_right_by": gone})
    assert followups.open_loops(workspace) == [loop], "nothing was written"
    assert "tomorrow 19:00" in followups.answer(workspace, loop, {"put_right_by": "tomorrow 19:00"}).lines[0]


def test_an_answer_is_taken_by_the_words_it_is_offered_in(workspace: Workspace) -> None:
    attacks = get(workspace, ATTACKS)
    guided.log(workspace, attacks, {"what": "It happened"})
    assert workspace.ledger.record(ATTACKS).entries[0].outcome == "lapse"
    with pytest.raises(BadInput, match="not one of"):
        guided.log(workspace, attacks, {"what": "it never happened"})


def test_what_one_did_oneself_that_made_somebody_afraid_opens_the_right_paragraph(workspace: Workspace) -> None:
    no = get(workspace, "s2.respect-a-no")
    assert guided.log(workspace, no, {"response": "pushed", "someone_afraid": True}).way is NextStep.FRIGHTEN
    assert guided.log(workspace, no, {"response": "pushed"}).way is NextStep.REPAIR
    assert guided.log(workspace, no, {"response": "accepted", "someone_afraid": True}).way is NextStep.SAFETY
    edge = get(workspace, "s6.edge-moment")
    unsafe = guided.log(workspace, edge, {"did": "attacked", "safe": "not_safe"})
    assert unsafe.way is NextStep.SAFETY, "who is not safe reads what is for those in fear"


def test_nothing_is_made_light_of_where_more_than_an_app_is_needed(workspace: Workspace) -> None:
    attacks, edge = get(workspace, ATTACKS), get(workspace, "s6.edge-moment")
    assert guided.log(workspace, attacks, {"what": "lapse"}).lines[-1] == f"{THANKS} {KIND_LINE}"
    for answers in ({"what": "hands"}, {"what": "lapse"}):
        said = " ".join(guided.log(workspace, attacks, answers).lines)
        assert THANKS in said and KIND_LINE not in said
    assert NOTICED not in guided.log(workspace, edge, {"did": "hands", "safe": "tight_but_safe"}).lines
    assert NOTICED in guided.log(workspace, edge, {"did": "attacked", "safe": "tight_but_safe"}).lines


def test_a_week_of_lapses_is_no_week_on_track_however_much_else_was_kept(workspace: Workspace) -> None:
    attacks, reply = get(workspace, ATTACKS), get(workspace, "s4.reachable")
    log_entry.done(workspace, reply, tuple(on(workspace, ago) for ago in range(1, 15)))
    assert summary_of(workspace, Review.WEEK).weeks_on_track == dashboard.overview(workspace).on_track == 2
    for ago in range(1, 8):
        lapses.lapse(workspace, attacks, (on(workspace, ago),))
    assert summary_of(workspace, Review.WEEK).weeks_on_track == dashboard.overview(workspace).on_track == 0


def test_a_look_back_tells_harm_by_its_moments_and_never_as_kept_of_asked(workspace: Workspace) -> None:
    attacks = get(workspace, ATTACKS)
    assert summary_of(workspace, Review.WEEK).harm == ""
    log_entry.done(workspace, attacks, (on(workspace, 1),))
    lapses.lapse(workspace, attacks)
    lapses.lapse(workspace, attacks, handled=True)
    week = summary_of(workspace, Review.WEEK)
    assert not any(each.settled for each in week.steps)
    assert week.lines == ("What may hurt somebody: 1 handled, 1 happened",)
    assert "What may hurt somebody: 1 handled, 1 happened" in summary_of(workspace, Review.DAY).lines
    assert not summary_of(workspace, Review.WEEK, shareable=True).harm and not summary_of(workspace, Review.MONTH).harm
    assert not any(each.asked for each in dashboard.overview(workspace).week.values())


def test_the_history_says_that_it_happened(workspace: Workspace) -> None:
    lapses.lapse(workspace, get(workspace, ATTACKS))
    lapses.lapse(workspace, get(workspace, ATTACKS), handled=True)
    handled, happened, *_ = (line.summary for line in history.history(workspace))
    assert happened.endswith(f": {HAPPENED}, today") and handled.endswith(": moment handled, today")


def test_an_imported_pause_that_says_archived_excuses_no_harm(bench: Bench, workspace: Workspace) -> None:
    get(workspace, ATTACKS)
    value = {"first": on(workspace, 3).isoformat(), "last": None, "archived": True}
    workspace.write("import", lambda: [Draft(event_keys.pause(ATTACKS), value)])
    for seen in (workspace, bench.recounted()):
        row = day_rows.row(seen, get(seen, ATTACKS), seen.today)
        assert row.due and not row.paused


@pytest.mark.parametrize(("minutes", "counts"), [(-1, False), (0, False), (9, False), (10, True)])
def test_nothing_from_elsewhere_is_put_right_sooner_than_it_can_have_been(
    bench: Bench, workspace: Workspace, minutes: int, counts: bool
) -> None:
    get(workspace, ATTACKS)
    at = workspace.clock.now()
    right = (at + timedelta(minutes=minutes)).isoformat()
    value = {"day": workspace.today.isoformat(), "at": at.isoformat(), "outcome": "lapse", "put_right_at": right}
    workspace.write("import", lambda: [Draft(event_keys.entry(ATTACKS), value)])
    for seen in (workspace, bench.recounted()):
        told = day_rows.row(seen, get(seen, ATTACKS), seen.today).moments
        assert told is not None and told.headline == ("1 happened, 1 put right" if counts else "1 happened")
