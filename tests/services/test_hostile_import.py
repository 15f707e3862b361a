"""A file from a stranger, given to import: it may add, and what it adds can be undone; it destroys nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.services.kit import Bench, fold
from tracker.ledger import event_keys
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange import transfer
from tracker.services.history import undo
from tracker.services.logging import quick_log
from tracker.services.logging.notes import read_note
from tracker.services.logging.stored_answers import answers_of
from tracker.services.support import why
from tracker.services.support.numbers import read_numbers
from tracker.services.views.day_rows import day_view

REPLY = "s4.reachable"


@pytest.fixture
def lived(workspace: Workspace) -> Workspace:
    """Return a store with a commitment and a reply."""
    lifecycle.add_all(workspace, [REPLY])
    quick_log.reply(workspace)
    return workspace


def stranger(**fields: Any) -> dict[str, Any]:
    return {
        "id": "strange",
        "key": f"note|{REPLY}|2026-11-01",
        "v": {"private": {"text": "hello"}},
        "t": 5,
        "prev": None,
        "dev": "elsewhere",
        "at": "2026-11-23T07:40:11+01:00",
        **fields,
    }


def bring(workspace: Workspace, *events: Any) -> tuple[str, ...]:
    text = json.dumps({"schema": 1, "format": "toward-events", "events": events})
    return transfer.import_json(workspace, text).lines


def test_an_order_to_purge_in_a_file_is_not_carried_out_and_is_named(bench: Bench, lived: Workspace) -> None:
    before = fold(lived)
    keys = dict.fromkeys(lived.store.winners, 2**52 - 2)
    said = bring(lived, stranger(key="purge|x", v={"keys": keys}), stranger(id="second"))
    assert said[0] == "Imported 1 event." and "a file never forgets for you" in said[1]
    quick_log.reply(lived, 2)
    again = bench.open()
    assert all(again.store.winners[key]["v"] == value for key, value in before.items())
    assert not any(key.startswith("purge|") for key in again.store.winners)


def test_an_order_cannot_be_completed_piece_by_piece(lived: Workspace) -> None:
    order = stranger(key="purge|x", v={"keys": {}})
    bring(lived, order)
    bring(lived, {**order, "v": {"keys": dict.fromkeys(lived.store.winners, 2**50)}})
    assert lived.ledger.get(REPLY) is not None
    assert lived.store.winners[f"check|{REPLY}|{lived.today}"]["v"] is not None


@pytest.mark.parametrize(
    "change",
    [
        {"key": "note|gone|2026-11-11", "v": {"long": "x" * 200}},
        {"v": {"amount": 9, "long": "x" * 200}},
        {"v": None, "purged": True},
        {"t": 2**42, "more": "x" * 200},
    ],
    ids=["another key", "another value", "emptied", "another time"],
)
def test_an_event_under_a_known_id_changes_nothing(bench: Bench, lived: Workspace, change: dict[str, Any]) -> None:
    before = fold(lived)
    for event in list(lived.store.events.values()):
        bring(lived, {**event, **change})
    assert fold(lived) == fold(bench.open()) == before


def test_words_that_were_left_out_of_an_export_may_come_later(bench: Bench, lived: Workspace) -> None:
    from tracker.services.logging import notes

    commitment = lived.ledger.get(REPLY)
    assert commitment is not None
    notes.note(lived, commitment, lived.today, "mine")
    there = Bench(bench.root / "elsewhere", bench.clock).open()
    transfer.import_json(there, transfer.export_json(lived, private=False).text)
    assert (
        transfer.import_json(there, transfer.export_json(lived, private=True).text).lines[0].startswith("Imported 1 ")
    )
    assert fold(there) == fold(lived)
    assert not transfer.import_json(there, transfer.export_json(lived, private=False).text).changed


@pytest.mark.parametrize("ahead", [{"t": 2**52 - 1}, {"t": 2**43}, {"n": 2**52 - 2}, {"n": 2**48}])
def test_a_time_or_a_number_that_nothing_could_follow_is_refused(
    bench: Bench, lived: Workspace, ahead: dict[str, int]
) -> None:
    before = fold(lived)
    with pytest.raises(BadInput, match="nothing could follow it"):
        bring(lived, stranger(key=f"commitment|{REPLY}", dev=lived.store.device, **ahead))
    quick_log.reply(lived, 2)
    undo.undo(lived)
    assert fold(lived) == fold(bench.open()) == before


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"end": 1}
    for _ in range(levels):
        value = {"in": value}
    return value


@pytest.mark.parametrize("levels", [60, 400, 900])
def test_what_is_nested_too_deeply_is_refused(lived: Workspace, levels: int) -> None:
    with pytest.raises(BadInput, match="cannot be understood"):
        bring(lived, stranger(v=deep(levels)))
    assert transfer.export_json(lived, private=False).events == len(lived.store.events)


def test_a_forged_note_of_an_import_does_not_stand_in_the_way_of_undo(lived: Workspace) -> None:
    before = fold(lived)
    own = {"dev": lived.store.device, "op": "forged", "n": 90, "cmd": "import"}
    bring(
        lived,
        stranger(key="import|forged", v={"events": [["x"], 3]}, **own),
        stranger(id="second", v={"private": {"text": "hello"}}, **own),
    )
    undo.undo(lived)
    assert fold(lived) == before


def test_what_a_file_brought_is_taken_back_by_one_undo(bench: Bench, lived: Workspace) -> None:
    before = fold(lived)
    newest = {"t": 2**42, "v": {"title": "taken over", "step": "s4", "kind": "check"}}
    bring(
        lived,
        stranger(key=f"commitment|{REPLY}", **newest),
        stranger(id="second", key="setting|day-ends-at|2020-01-01"),
    )
    assert fold(lived) != before
    undo.undo(lived)
    assert fold(lived) == fold(bench.open()) == before


@pytest.mark.parametrize("part", ["private", "fields"])
@pytest.mark.parametrize("odd", [["a", "list"], "words", 7, True])
def test_answers_that_are_no_table_are_borne_wherever_they_are_looked_at(
    lived: Workspace, part: str, odd: object
) -> None:
    lifecycle.add_all(lived, ["s4.promise-keeper", "s1.my-why"])
    day = lived.today.isoformat()
    value = {"day": day, "at": f"{day}T08:00:00+01:00", "asks": ["how"], "due": day, part: odd}
    keys_ = [f"entry|{cid}|0123" for cid in ("s4.promise-keeper", "s1.my-why", REPLY)]
    odd_ones = [f"note|{REPLY}|{day}", event_keys.AT_HAND, *keys_]
    bring(lived, *(stranger(id=f"odd{n}", key=key, v=value) for n, key in enumerate(odd_ones)))
    day_view(lived)
    for key in keys_:
        answers_of(lived, key)
    assert read_numbers(lived) == "" == read_note(lived, REPLY, lived.today)
    with pytest.raises(Refused):
        why.line(lived)
