"""One line after a lapse: what will be put right and by when, kept where the form has it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.services.kit import MENDED, NOVEMBER, Bench
from tracker.domain.commitments import Commitment
from tracker.domain.text.clean import LONGEST_TEXT
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange import transfer
from tracker.services.history import history, undo
from tracker.services.logging import lapses, repair_plan
from tracker.services.logging.stored_answers import answers_of
from tracker.services.views.day_rows import day_view

ATTACKS, CANARY = "s5.no-attacks", "CANARY"
TODAY = NOVEMBER.date()


def attacks(workspace: Workspace) -> Commitment:
    if workspace.ledger.get(ATTACKS) is None:
        lifecycle.add(workspace, ATTACKS)
    found = workspace.ledger.get(ATTACKS)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("line", "what", "by"),
    [
        ("say sorry, tomorrow 19:00", "say sorry", "2026-11-24T19:00"),
        ("say sorry for it,  and mean it, by fri 9:30", "say sorry for it, and mean it", "2026-11-27T09:30"),
        ("say sorry by friday", "say sorry", "2026-11-27T00:00"),
        ("say sorry, by 21:00", "say sorry", "2026-11-23T21:00"),
        ("+2h", "", "2026-11-23T22:00"),
        ("today", "", "2026-11-23T00:00"),
        ("by tomorrow", "", "2026-11-24T00:00"),
        ("say sorry", "say sorry", None),
        ("pass by the shop, with them", "pass by the shop, with them", None),
        ("I was loud, yesterday", "I was loud, yesterday", None),
        ("what I said, 2026-11-20", "what I said, 2026-11-20", None),
        ("by", "by", None),
        (",", ",", None),
    ],
)
def test_a_line_ends_in_a_time_to_come_or_is_all_words(line: str, what: str, by: str | None) -> None:
    found, moment = repair_plan.read(line, NOVEMBER, TODAY)
    assert (found, moment.isoformat()[:16] if moment else None) == (what, by)


def test_the_line_is_kept_privately_with_the_lapse_and_asked_at_its_time(bench: Bench, workspace: Workspace) -> None:
    lapsed = lapses.lapse(workspace, attacks(workspace))
    assert repair_plan.may_be_said(attacks(workspace), lapsed)
    assert repair_plan.say(workspace, attacks(workspace), lapsed, "  ").lines == lapsed.lines
    key = lapses.newest_lapse(workspace, attacks(workspace)).id
    before = dict(workspace.ledger.value(key) or {})
    change = repair_plan.say(workspace, attacks(workspace), lapsed, f"{CANARY} the tone, wed 18:00")
    value = workspace.ledger.value(key) or {}
    fields = {"what": "lapse", "put_right_by": "2026-11-25T18:00+01:00"}
    assert value == before | {"private": {"put_right_how": f"{CANARY} the tone"}, "fields": fields}
    assert change.lines[0].endswith("It is asked Wed 25 Nov 18:00.") and CANARY not in str(change)
    assert CANARY not in transfer.export_json(workspace, private=False).text
    assert all(CANARY not in line.summary for line in history.history(workspace))
    bench.clock.go(days=2)
    (each,) = day_view(bench.open()).waiting
    assert each.commitment == ATTACKS and each.loop is not None and each.ask == "Have you put it right?"
    undo.undo(workspace)
    assert workspace.ledger.value(key) == before, "the lapse stays, and is asked the day after it"


def test_words_alone_leave_the_question_for_tomorrow(bench: Bench, workspace: Workspace) -> None:
    lapsed = lapses.lapse(workspace, attacks(workspace))
    change = repair_plan.say(workspace, attacks(workspace), lapsed, CANARY)
    key = lapses.newest_lapse(workspace, attacks(workspace)).id
    tomorrow = (NOVEMBER + timedelta(days=1)).isoformat(timespec="minutes")
    assert answers_of(workspace, key)["put_right_by"] == tomorrow and "asked tomorrow 20:00" in change.lines[0]
    with pytest.raises(BadInput) as caught:
        repair_plan.say(workspace, attacks(workspace), lapsed, CANARY * (LONGEST_TEXT // len(CANARY) + 1))
    assert CANARY not in caught.value.message
    bench.clock.go(hours=1)
    repair_plan.put_right(workspace, attacks(workspace), MENDED)
    with pytest.raises(Refused):
        repair_plan.say(workspace, attacks(workspace), lapsed, "more")


def test_nothing_is_asked_of_a_moment_handled_nor_where_safety_comes_first(workspace: Workspace) -> None:
    handled = lapses.lapse(workspace, attacks(workspace), handled=True)
    assert not repair_plan.may_be_said(attacks(workspace), handled)
    many = [lapses.lapse(workspace, attacks(workspace)) for _ in range(3)][-1]
    assert many.way is NextStep.FRIGHTEN and not repair_plan.may_be_said(attacks(workspace), many)
    own = lifecycle.add_own(workspace, lifecycle.Own("No late mails", "s4", "avoid", "daily"))
    commitment = workspace.ledger.get(own.commitment or "")
    assert commitment is not None and not repair_plan.may_be_said(commitment, lapses.lapse(workspace, commitment))
