"""Consent: nothing about a partner without their yes, nothing credited after a no, by any path in or out."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.services.kit import Bench, fold
from tests.services.test_forms import taken
from tracker.catalogue import more, templates
from tracker.catalogue.roles import GUARDED
from tracker.domain import consent
from tracker.domain.commitments import Commitment
from tracker.domain.consent import CHECKLIST
from tracker.domain.fields import Field, Type
from tracker.ledger import consents, event_keys
from tracker.ledger.commitment_fields import asked_now, fields_of
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.commitments.answering import goes_on, not_asked, sorted_out
from tracker.services.commitments.custom_file import read_own
from tracker.services.exchange import transfer
from tracker.services.history import history, undo
from tracker.services.logging import followups, guided, log_entry, notes
from tracker.services.logging.stored_answers import answers_of
from tracker.store.events import Draft, Event, as_stored, new_id

WORDS = "CANARY rest quiet play"
NEEDS = "s2.needs-talk"
BOTH = {"agreed_mine": True, "agreed_theirs": True}
LISTED: dict[str, Any] = dict.fromkeys(CHECKLIST, True)
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "an agreement, theirs": (
        "s3.openness-agreement", {"free_to_say_no_mine": True, "free_to_say_no_theirs": False},
    ),
    "an agreement, mine": ("s3.openness-agreement", {"free_to_say_no_mine": False, "free_to_say_no_theirs": True}),
    "an offer shown": ("s3.open-offer", {"free_not_to": False, "state": "shown"}),
    "an offer that stands": ("s3.open-offer", {"free_not_to": False, "state": "offered"}),
    "an offer taken back": ("s3.open-offer", {"free_not_to": False, "state": "taken_back"}),
    "a telling that is not safe": ("s3.planned-telling", LISTED | {"safe_to_tell": False, "told": "all"}),
    "a part of it": ("s3.planned-telling", LISTED | {"safe_to_tell": False, "told": "part"}),
    "a plan of it": ("s3.planned-telling", LISTED | {"safe_to_tell": False, "told": "not_yet"}),
    "a telling in a fight": ("s3.planned-telling", LISTED | {"not_in_a_fight": False, "told": "all"}),
}  # fmt: skip
YES: dict[str, dict[str, Any]] = {
    "s3.openness-agreement": {"free_to_say_no_mine": True, "free_to_say_no_theirs": True},
    "s3.open-offer": {"free_not_to": True, "state": "shown"},
    "s3.planned-telling": LISTED | {"told": "all"},
}
A_NO = pytest.mark.parametrize(("cid", "answers"), REFUSED.values(), ids=REFUSED)


def raw(bench: Bench) -> bytes:
    """Return every byte of the data folder and the state, backups too."""
    return b"".join(path.read_bytes() for path in sorted(bench.root.rglob("*")) if path.is_file())


def kept(workspace: Workspace, commitment: Commitment) -> float:
    figures = workspace.ledger.figures(commitment.id, workspace.today)
    return figures.kept + sum(bool(entry.credit) for entry in workspace.ledger.record(commitment.id).entries)


def test_what_asks_for_consent_is_known_before_its_questions_are_read() -> None:
    both = (*templates(), *more())
    found = {each.id for each in both if any(field.needs or field.stops for field in each.fields)}
    assert found == GUARDED
    stop = {each.id for each in both if any(field.stops for field in each.fields)}
    assert stop == GUARDED - {NEEDS} and stop <= {each.id for each in both if each.one_key == "form"}
    for each in both:
        for field in each.fields:
            assert not field.stops or not field.optional, "who leaves it empty passes it by"
            assert not field.stops or field.stops.count(". ") == 0, "one sentence"
            if field.consents:
                assert field.private, field.name


@pytest.mark.parametrize("word", ["no", "n", "not sure", "Not quite", "maybe", "don’t know", False])
def test_not_sure_counts_as_no_where_consent_is_asked(workspace: Workspace, word: Any) -> None:
    commitment = taken(workspace, "s3.openness-agreement")
    with pytest.raises(Refused) as caught:
        guided.log(workspace, commitment, {"free_to_say_no_mine": "yes", "free_to_say_no_theirs": word})
    assert caught.value.way is NextStep.SAFETY
    afraid = Field("afraid", "Was anyone afraid?", Type.YESNO)
    with pytest.raises(ValueError, match="yes or no"):
        afraid.read("not sure", workspace.clock.now(), workspace.today)


@A_NO
def test_a_no_is_never_written_down(workspace: Workspace, cid: str, answers: dict[str, Any]) -> None:
    commitment, before = taken(workspace, cid), fold(workspace)
    with pytest.raises(Refused) as caught:
        guided.log(workspace, commitment, answers)
    assert caught.value.way is NextStep.SAFETY and caught.value.message.endswith("Nothing was kept.")
    assert fold(workspace) == before
    with pytest.raises(Refused, match="asks something first"):
        log_entry.done(workspace, commitment)
    with pytest.raises(Refused, match="asks something first"):
        log_entry.toggle(workspace, commitment, workspace.today)
    assert fold(workspace) == before and not kept(workspace, commitment)


@A_NO
def test_an_edit_to_a_no_takes_the_credit_away(
    bench: Bench, workspace: Workspace, cid: str, answers: dict[str, Any]
) -> None:
    commitment = taken(workspace, cid)
    before = fold(workspace)
    words = {"areas": WORDS} if cid == "s3.openness-agreement" else {}
    guided.log(workspace, commitment, YES[cid] | words)
    carried_out = transfer.export_json(workspace, private=True).text
    assert kept(workspace, commitment)
    (entry,) = workspace.ledger.record(cid).entries
    change = guided.change(workspace, commitment, entry.id, answers)
    assert change.way is NextStep.SAFETY and "counts for nothing" in change.lines[0]
    assert not kept(workspace, commitment) and not workspace.ledger.record(cid).entries
    assert {key: value for key, value in fold(workspace).items() if not key.startswith("purge|")} == before
    if "forgotten" not in change.lines[0]:
        return
    for _ in range(3):
        with contextlib.suppress(Refused):
            undo.undo(workspace)
    for _ in range(3):
        with contextlib.suppress(Refused):
            undo.redo(workspace)
    assert not kept(bench.open(), commitment), "neither undo nor redo makes a yes of it again"
    transfer.import_json(workspace, carried_out)
    assert not kept(bench.open(), commitment) and WORDS.encode() not in raw(bench)


def _counted(there: Workspace, cid: str) -> list[Any]:
    """Return all that counts of a commitment: its entries, its figures, and what stands open of any."""
    return [there.ledger.record(cid).entries, there.ledger.figures(cid, there.today), followups.all_loops(there)]


@A_NO
def test_a_no_that_an_older_version_kept_counts_for_nothing(
    bench: Bench, workspace: Workspace, cid: str, answers: dict[str, Any]
) -> None:
    commitment = taken(workspace, cid)
    without = _counted(workspace, cid)
    _by_hand(workspace, commitment, answers, {"credit": 1.0, "outcome": answers.get("told", answers.get("state"))})
    for there in (
        workspace,
        bench.open(),
        bench.resealed() if workspace.store.shards.archived_fingerprint() else bench.open(),
    ):
        now = _counted(there, cid)
        assert now == without


UNSAID: dict[str, tuple[str, dict[str, Any]]] = {
    "an agreement without an answer": ("s3.openness-agreement", {"areas": "money"}),
    "an agreement that one answered": ("s3.openness-agreement", {"free_to_say_no_mine": True}),
    "an agreement with a word": ("s3.openness-agreement", BOTH | dict.fromkeys(YES["s3.openness-agreement"], "no")),
    "an agreement with a number": ("s3.openness-agreement", dict.fromkeys(YES["s3.openness-agreement"], 1)),
    "an offer": ("s3.open-offer", {"state": "shown"}),
    "a telling without its list": ("s3.planned-telling", {"safe_to_tell": True, "told": "all"}),
    "a telling that nobody was asked about": ("s3.planned-telling", {"told": "not_yet"}),
}


@pytest.mark.parametrize(("cid", "answers"), UNSAID.values(), ids=UNSAID)
def test_an_answer_that_is_missing_is_no_yes(
    bench: Bench, workspace: Workspace, cid: str, answers: dict[str, Any]
) -> None:
    commitment = taken(workspace, cid)
    without = _counted(workspace, cid)
    _by_hand(workspace, commitment, answers, {"credit": 1.0, "outcome": answers.get("told", answers.get("state"))})
    workspace.write(
        "done", lambda: [Draft(f"check|{cid}|{workspace.today}", {"at": workspace.clock.now().isoformat()})]
    )
    for there in (workspace, bench.open()):
        now = _counted(there, cid)
        assert now == without


@pytest.mark.parametrize(("cid", "answers"), [*REFUSED.values(), *UNSAID.values()], ids=[*REFUSED, *UNSAID])
def test_what_counts_for_nothing_is_carried_neither_out_nor_in(
    workspace: Workspace, cid: str, answers: dict[str, Any]
) -> None:
    commitment = taken(workspace, cid)
    key = _by_hand(workspace, commitment, answers, {"credit": 1.0})
    assert key not in transfer.export_json(workspace, private=True).text
    assert key not in transfer.export_json(workspace, private=False).text
    assert key not in {
        event["key"] for event in consents.carried(workspace.store.events.values(), workspace.ledger.get)
    }
    guided.log(workspace, commitment, YES[cid])
    assert f"entry|{cid}|" in transfer.export_json(workspace, private=True).text


def _write_a_form(workspace: Workspace, commitment: Commitment, fields: list[dict[str, Any]]) -> None:
    """Write a form beside a commitment as no command of this version would."""
    value = {**commitment.details, "fields": fields}
    workspace.write("edit", lambda: [Draft(event_keys.commitment(commitment.id), value)])


def test_no_form_that_is_written_beside_the_catalogues_takes_its_questions_away(
    bench: Bench, workspace: Workspace
) -> None:
    """By hand, or by a file: the questions of consent are the catalogue's, and a form nobody can read says no yes."""
    other = [{"name": "their_needs", "ask": "Theirs?", "type": "line", "private": True}]
    _write_a_form(workspace, taken(workspace, "s2.needs-talk"), other)
    _write_a_form(workspace, taken(workspace, "s3.openness-agreement"), [])
    there = bench.open()
    talk, agreement = (there.ledger.get(cid) for cid in ("s2.needs-talk", "s3.openness-agreement"))
    assert talk is not None and agreement is not None
    with pytest.raises(BadInput, match="kept only with a yes"):
        guided.log(there, talk, {"their_needs": WORDS})
    with pytest.raises(BadInput, match="needs an answer"):
        guided.log(there, agreement, {})
    key = _by_hand(there, talk, {"agreed_mine": True, "their_needs": WORDS})
    assert WORDS not in str(there.ledger.value(key)) and WORDS not in transfer.export_json(there, private=True).text


def test_a_form_that_cannot_be_read_gives_no_yes(bench: Bench, workspace: Workspace) -> None:
    lifecycle.add_own(workspace, read_own(OWN.replace("stops = ", "# ")))
    commitment = workspace.ledger.get("own.cook-what-they-like")
    assert commitment is not None
    key = _by_hand(workspace, commitment, {"with_them": True, "dish": WORDS})
    assert WORDS in str(workspace.ledger.value(key))
    rows: Any = commitment.details["fields"]
    newer = [*rows, {"name": "more", "ask": "More?", "type": "of a newer version"}]
    _write_a_form(workspace, commitment, newer)
    there = bench.open()
    assert WORDS not in str(there.ledger.value(key)) and WORDS not in transfer.export_json(there, private=True).text


@A_NO
def test_so_it_does_where_only_the_summary_is_read(bench: Bench, cid: str, answers: dict[str, Any]) -> None:
    bench.clock.set("2026-07-20T20:00")
    workspace = bench.open()
    commitment = taken(workspace, cid)
    bench.clock.set("2026-09-20T20:00")
    workspace = bench.open()
    _by_hand(workspace, commitment, answers, {"credit": 1.0, "asks": ["told"], "amount": 1})
    guided.log(workspace, commitment, YES[cid])
    bench.clock.set("2026-11-23T20:00")
    workspace = bench.resealed()
    entry = next(iter(workspace.ledger.record(cid, date.max).entries), None)
    assert not workspace.store.complete, "nothing private was fetched to look at it"
    seen = [
        workspace.ledger.figures(cid, workspace.today),
        len(workspace.ledger.record(cid, date.max).entries),
        followups.all_loops(workspace),
    ]
    whole = bench.recounted()
    entries_then = [each for each in whole.ledger.record(cid).entries if entry is None or each.day >= entry.day]
    assert seen == [whole.ledger.figures(cid, whole.today), len(entries_then) * bool(entry), followups.all_loops(whole)]
    assert len(whole.ledger.record(cid).entries) == 1


def _by_hand(
    workspace: Workspace, commitment: Commitment, answers: Mapping[str, Any], more: Mapping[str, Any] | None = None
) -> str:
    """Write an entry as no form of this version would, and return its key."""
    value = {"day": workspace.today.isoformat(), "at": workspace.clock.now().isoformat()}
    value |= sorted_out(fields_of(commitment), answers) | {n: v for n, v in (more or {}).items() if v}
    key = f"entry|{commitment.id}|{new_id()}"
    workspace.write("log", lambda: [Draft(key, value)])
    return key


def test_a_plan_to_tell_is_not_told_before_its_list_is_a_yes(bench: Bench, workspace: Workspace) -> None:
    commitment = taken(workspace, "s3.planned-telling")
    guided.log(workspace, commitment, LISTED | {"sober": False, "told": "not_yet", "follow_up": "2026-11-24"})
    bench.clock.go(days=1)
    workspace = bench.open()
    (loop,) = followups.open_loops(workspace)
    before = fold(workspace)
    for told in ("all", "part"):
        with pytest.raises(Refused, match="change the list first"):
            followups.answer(workspace, loop, {"told": told})
    assert fold(workspace) == before
    guided.change(workspace, commitment, loop.entry.id, answers_of(workspace, loop.entry.id) | {"sober": True})
    (loop,) = followups.open_loops(workspace)
    followups.answer(workspace, loop, {"told": "all"})
    assert kept(workspace, commitment)


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        (BOTH | {"agreed_theirs": False, "their_needs": WORDS}, "their_needs"),
        ({"agreed_mine": True, "their_needs": WORDS}, "their_needs"),
        ({"agreed_theirs": "not sure", "their_needs": WORDS}, "their_needs"),
        ({"agreed_theirs": True, "my_needs": WORDS}, "my_needs"),
    ],
)
def test_what_lacks_its_yes_is_not_accepted(
    workspace: Workspace, answers: dict[str, Any], name: str, bench: Bench
) -> None:
    commitment = taken(workspace, NEEDS)
    with pytest.raises(BadInput, match=f"{name} is kept only with a yes") as caught:
        guided.log(workspace, commitment, answers)
    assert WORDS not in caught.value.message and WORDS.encode() not in raw(bench)
    fields = {field.name: field for field in asked_now(commitment)}
    given = {each: answer for each, answer in answers.items() if answer is True}
    assert not goes_on(commitment, fields[name], given)
    hidden, _ = not_asked(commitment, dict.fromkeys(given, "yes"))
    assert name in hidden
    assert not not_asked(commitment, {"agreed_mine": "yes", "agreed_theirs": "y"})[0]


@pytest.mark.parametrize("anew", [{"agreed_mine": True, "agreed_theirs": False}, {"agreed_mine": True}])
def test_what_an_edit_turns_into_a_no_is_forgotten(bench: Bench, workspace: Workspace, anew: dict[str, Any]) -> None:
    commitment = taken(workspace, NEEDS)
    guided.log(workspace, commitment, BOTH | {"their_needs": WORDS, "my_needs": "mine"})
    bench.clock.go(days=1)
    workspace = bench.open()
    notes.note(workspace, commitment, workspace.today, "something else, so that there is a backup of it")
    assert WORDS.encode() in raw(bench)
    (entry,) = workspace.ledger.record(NEEDS).entries
    change = guided.change(workspace, commitment, entry.id, anew | {"my_needs": "mine"})
    assert "forgotten" in change.lines[0]
    assert WORDS.encode() not in raw(bench), "neither in the store nor in a backup"
    assert answers_of(workspace, entry.id) == anew | {"my_needs": "mine"} and kept(workspace, commitment)
    for turn in (undo.undo, undo.redo, undo.undo):
        with contextlib.suppress(Refused):
            turn(workspace)
    assert "their_needs" not in answers_of(bench.open(), entry.id)
    assert WORDS not in str(history.history(workspace)) + transfer.export_json(workspace, private=True).text


def test_what_an_older_version_kept_without_a_yes_is_read_and_carried_nowhere(
    bench: Bench, workspace: Workspace
) -> None:
    commitment = taken(workspace, NEEDS)
    key = _by_hand(workspace, commitment, {"agreed_theirs": False, "their_needs": WORDS, "agreed_mine": True})
    value = dict(workspace.store.winners[key]["v"] or {})
    for there in (workspace, bench.open()):
        assert answers_of(there, key) == {"agreed_theirs": False, "agreed_mine": True}
        assert WORDS not in str(there.ledger.record(NEEDS).entries) + str(there.ledger.value(key))
        assert WORDS not in transfer.export_json(there, private=True).text
    yes = value | {"private": value["private"] | {"agreed_theirs": True}}
    workspace.write("edit entry", lambda: [Draft(key, yes)])
    assert answers_of(workspace, key)["their_needs"] == WORDS
    no = value | {"private": {"agreed_theirs": False}}
    workspace.write("edit entry", lambda: [Draft(key, no)])
    assert WORDS not in transfer.export_json(workspace, private=True).text, "not of an earlier version either"
    guided.change(workspace, commitment, key, {"agreed_theirs": False})
    assert WORDS.encode() not in raw(bench), "any change forgets what is left of it"


def test_a_file_brings_in_nothing_that_lacks_its_yes(bench: Bench, workspace: Workspace, tmp_path: Path) -> None:
    commitment = taken(workspace, NEEDS)
    _by_hand(workspace, commitment, BOTH | {"their_needs": WORDS})
    text = transfer.export_json(workspace, private=True).text
    assert WORDS in text
    for wrong in (
        text.replace('"agreed_theirs": true', '"agreed_theirs": false'),
        text.replace('"agreed_theirs": true, ', ""),
    ):
        there = Bench(tmp_path / new_id(), bench.clock)
        transfer.import_json(there.open(), wrong)
        assert WORDS.encode() not in raw(there)
        assert [entry.day for entry in there.open().ledger.record(NEEDS).entries] == [workspace.today]
    there = Bench(tmp_path / "with it", bench.clock)
    transfer.import_json(there.open(), text)
    assert WORDS.encode() in raw(there)


OWN = """
title = "Cook what they like"
step = "s2"
kind = "check"
schedule = "weekly"

[[fields]]
name = "may_i"
ask = "May it be written down?"
type = "yesno"
optional = false
stops = "Then it stays between the two of you."

[[fields]]
name = "with_them"
ask = "Do they say yes, too?"
type = "yesno"

[[fields]]
name = "dish"
ask = "Which dish?"
type = "line"
needs = "with_them"
"""


def test_a_form_of_ones_own_is_held_to_it_too(bench: Bench, workspace: Workspace) -> None:
    lifecycle.add_own(workspace, read_own(OWN))
    commitment = workspace.ledger.get("own.cook-what-they-like")
    assert commitment is not None
    with pytest.raises(Refused, match="stays between the two of you"):
        guided.log(workspace, commitment, {"may_i": False})
    with pytest.raises(Refused, match="asks something first"):
        log_entry.done(workspace, commitment)
    with pytest.raises(BadInput, match="dish is kept only with a yes to with_them"):
        guided.log(workspace, commitment, {"may_i": True, "dish": WORDS})
    guided.log(workspace, commitment, {"may_i": True, "with_them": True, "dish": WORDS})
    (entry,) = workspace.ledger.record(commitment.id).entries
    guided.change(workspace, commitment, entry.id, {"may_i": True, "with_them": False})
    assert WORDS.encode() not in raw(bench) and kept(workspace, commitment)
    guided.change(workspace, commitment, entry.id, {"may_i": False})
    assert not kept(workspace, commitment)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('needs = "nothing"', "no yes-or-no field before it"),
        ('needs = "dish"', "no yes-or-no field before it"),
        ("needs = 3", "text in quotes"),
        ('stops = "Then not."', "only a yes-or-no field does"),
    ],
)
def test_a_form_of_ones_own_that_makes_no_sense_is_refused(workspace: Workspace, line: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        lifecycle.add_own(workspace, read_own(OWN.replace('needs = "with_them"', line)))


def test_what_hangs_on_something_withheld_is_withheld() -> None:
    fields = (
        Field("a", "A?", Type.YESNO),
        Field("b", "B?", Type.YESNO, needs="a"),
        Field("c", "C?", Type.LINE, needs="b"),
    )
    assert consent.withheld(fields, {"a": False, "b": True, "c": "x"}) == {"b", "c"}
    assert consent.withheld(fields, {"a": True, "b": True, "c": "x"}) == frozenset()
    for odd in ("yes", 1, "true", None):
        assert "b" in consent.withheld(fields, {"a": odd}), "only a plain yes is one"


def test_events_without_an_entry_are_carried_as_they_are(workspace: Workspace) -> None:
    taken(workspace, NEEDS)
    events: list[Event] = list(workspace.store.events.values())
    assert consents.carried(events, workspace.ledger.get) == events
    odd: Event = as_stored(
        {**events[-1], "id": new_id(), "key": f"entry|{NEEDS}|x", "v": {"private": 3, "fields": [1]}}
    )
    assert consents.carried([odd], workspace.ledger.get) == [odd]
    json.dumps(odd)
