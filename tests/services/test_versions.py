"""What two devices write without knowing of each other: both are kept, shown, and settled by whoever writes anew."""

from __future__ import annotations

import os

from tests.services.kit import Bench
from tracker.domain.commitments import Commitment
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange.transfer import export_json, import_json
from tracker.services.history import undo
from tracker.services.logging import log_entry, notes
from tracker.services.views.details import details

CID = "s4.reachable"


def get(workspace: Workspace) -> Commitment:
    commitment = workspace.ledger.get(CID)
    assert commitment is not None
    return commitment


def apart(bench: Bench) -> tuple[Workspace, Workspace]:
    """Return a store on two devices that have not met since one of them took a commitment on."""
    one = bench.open()
    lifecycle.add(one, CID)
    other = Bench(bench.root / "other", bench.clock).open("two")
    bring(one, other)
    return one, other


def bring(source: Workspace, to: Workspace) -> None:
    """Bring all that the source holds to another device."""
    import_json(to, export_json(source, private=True).text)


def texts(workspace: Workspace) -> list[str]:
    return [each.text for each in notes.note_versions(workspace, CID, workspace.today)]


def two_notes(bench: Bench) -> Workspace:
    """Return a store in which two notes of a day stand side by side."""
    one, other = apart(bench)
    notes.note(one, get(one), one.today, "from one")
    bench.clock.go(minutes=5)
    notes.note(other, get(other), other.today, "from the other")
    bring(other, one)
    return one


def test_two_notes_for_a_day_are_both_kept_with_where_and_when(bench: Bench) -> None:
    one = two_notes(bench)
    first, second = notes.note_versions(one, CID, one.today)
    assert (first.text, first.own, second.text, second.own) == ("from the other", False, "from one", True)
    assert second.name == os.uname().nodename and second.at < first.at
    assert notes.side_by_side((first, second)).count(":\n") == 2
    found = details(one, get(one))
    assert found.several == {one.today: 2} and found.note_days == {one.today}


def test_what_is_kept_in_their_place_settles_them_and_undo_brings_both_back(bench: Bench) -> None:
    one = two_notes(bench)
    seen = [each.id for each in notes.note_versions(one, CID, one.today)]
    notes.note(one, get(one), one.today, "from both", replace=True, seen=seen)
    assert texts(one) == texts(bench.recounted()) == ["from both"]
    undo.undo(one)
    assert set(texts(one)) == {"from one", "from the other"}
    undo.redo(one)
    assert texts(one) == ["from both"]


def test_one_of_the_two_may_be_kept_as_it_is(bench: Bench) -> None:
    one = two_notes(bench)
    seen = [each.id for each in notes.note_versions(one, CID, one.today)]
    assert notes.note(one, get(one), one.today, "from the other", replace=True, seen=seen).changed
    assert texts(one) == ["from the other"]


def test_a_line_added_keeps_both(bench: Bench) -> None:
    one = two_notes(bench)
    log_entry.done(one, get(one), note="and more")
    assert texts(one) == ["from the other\nfrom one\nand more"]


def test_a_version_that_comes_in_while_writing_is_kept_below(bench: Bench) -> None:
    one, other = apart(bench)
    notes.note(one, get(one), one.today, "first")
    bring(one, other)
    seen = [each.id for each in notes.note_versions(one, CID, one.today)]
    bench.clock.go(minutes=5)
    notes.note(other, get(other), other.today, "meanwhile", replace=True)
    bring(other, one)
    notes.note(one, get(one), one.today, "first, longer", replace=True, seen=seen)
    assert texts(one) == ["first, longer\nmeanwhile"]


def test_equal_notes_are_one(bench: Bench) -> None:
    one, other = apart(bench)
    for each in (one, other):
        notes.note(each, get(each), each.today, "the same")
    bring(other, one)
    assert texts(one) == ["the same"] and details(one, get(one)).several == {}


def test_a_title_changed_on_two_devices_is_told_until_it_is_changed_again(bench: Bench) -> None:
    one, other = apart(bench)
    lifecycle.edit(one, get(one), title="One's title")
    bench.clock.go(minutes=5)
    lifecycle.edit(other, get(other), title="The other's title")
    bring(other, one)
    (told,) = details(one, get(one)).unsettled
    assert told.startswith("Two devices changed its title or details: ") and "this device" in told and "One" not in told
    lifecycle.edit(one, get(one), title="Agreed")
    assert details(one, get(one)).unsettled == ()
    assert details(bench.recounted(), get(one)).unsettled == ()
