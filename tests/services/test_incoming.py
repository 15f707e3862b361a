"""What comes from elsewhere and would destroy something waits for one answer; until then nothing of one's own goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.services import kit
from tests.services.kit import Bench
from tracker.domain.text import discreet_mode
from tracker.ledger import event_keys
from tracker.ledger.arrivals import examine
from tracker.ledger.errors import BadInput, NotFound, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.commitments.find import find
from tracker.services.exchange import incoming, transfer
from tracker.services.history import purge, undo
from tracker.services.logging import notes, quick_log
from tracker.services.safekeeping import backups, doctor, repairing, restore
from tracker.store.events import Draft, Event
from tracker.store.log.incoming import mark_of, orders_of

REPLY, CANARY = "s4.reachable", "CANARY"
STRANGER = "e" * 32


@pytest.fixture
def mine(bench: Bench) -> Workspace:
    """A store with a week in it that has been looked at, with a backup of all of it."""
    workspace = bench.open()
    lifecycle.add(workspace, REPLY)
    for day in range(7):
        bench.clock.go(days=1 if day else 0)
        quick_log.reply(workspace, day + 1)
        notes.note(workspace, find(workspace, REPLY), workspace.today, f"{CANARY} {day}")
    backups.back_up_now(workspace)
    return bench.open()


def fold(workspace: Workspace) -> dict[str, Any]:
    """Return the value of every key that has one, orders aside."""
    return {key: value for key, value in kit.fold(workspace).items() if not key.startswith("purge|")}


def plant(bench: Bench, *events: dict[str, Any], device: str = STRANGER, name: str = "2026-11.json") -> Path:
    """Put a file with events into a device's folder, as anybody can who can write there."""
    made = [
        {"id": f"{device[:4]}{number}", "prev": None, "dev": device, "at": "2026-11-29T20:00:00+01:00", **each}
        for number, each in enumerate(events)
    ]
    path = bench.data / "devices" / device / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(json.dumps({"events": {str(number): each for number, each in enumerate(made, start=1)}}))
    path.chmod(0o600)
    return path


def all_of(workspace: Workspace) -> dict[str, Any]:
    """Return an order to purge all there is."""
    workspace.load_history()
    until = max(event["t"] for event in workspace.store.events.values()) + 1
    return {"key": "purge|x", "v": {"keys": dict.fromkeys(workspace.store.winners, until)}, "t": until}


def later(event: Event, **changed: Any) -> dict[str, Any]:
    """Return an event that replaces another."""
    return {"key": event["key"], "v": None, "t": event["t"] + 1000, "prev": event["id"], **changed}


def canaries(bench: Bench) -> int:
    """Return how many entries of our own files and backups hold the words."""
    own = [path for path in bench.data.rglob("2*.json") if STRANGER not in str(path)]
    backed_up = incoming._in_backups(bench.open())
    return sum(path.read_text().count(CANARY) for path in own) + sum(CANARY in str(each["v"]) for each in backed_up)


def test_an_order_from_elsewhere_touches_no_file_and_no_backup_before_it_is_answered(
    bench: Bench, mine: Workspace
) -> None:
    held = canaries(bench)
    plant(bench, all_of(mine))
    fresh = bench.open()
    assert list(fresh.ledger.commitments()) == [], "what is ordered purged is shown nowhere"
    lifecycle.add(fresh, "s1.take-it-in")
    bench.clock.go(hours=2)
    backups.back_up_now(fresh)
    assert canaries(bench) > held, "a backup holds it too"
    (each,) = incoming.waiting(fresh)
    assert (each.kind, each.device, each.new, len(each.days)) == (incoming.PURGES, STRANGER, True, 7)
    told = incoming.summary(fresh)
    assert "new to this computer" in told and "toward incoming" in told and CANARY not in told
    assert not (fresh.state / "purged.json").exists()
    codes = {each.code for each in doctor.examine(fresh.data, fresh.state, fresh.clock).findings}
    assert "incoming" in codes and "purge" not in codes


def test_a_repair_of_everything_answers_nothing(bench: Bench, mine: Workspace) -> None:
    plant(bench, all_of(mine))
    held = canaries(bench)
    for finding in doctor.examine(mine.data, mine.state, mine.clock).findings:
        if finding.repairable:
            repairing.mend(mine.data, mine.state, mine.clock, finding)
    assert canaries(bench) == held and incoming.waiting(bench.open())


def test_an_accepted_order_is_obeyed_in_files_and_backups_and_not_asked_about_again(
    bench: Bench, mine: Workspace
) -> None:
    plant(bench, all_of(mine))
    fresh = bench.open()
    incoming.accept(fresh, incoming.chosen(fresh, None))
    assert canaries(bench) == 0
    again = bench.open()
    assert incoming.waiting(again) == () and incoming.summary(again) == ""
    assert fold(again) == fold(bench.recounted()) == {}


def test_a_refused_order_is_ignored_for_good_and_what_it_covered_is_back(bench: Bench, mine: Workspace) -> None:
    before = fold(mine)
    path = plant(bench, all_of(mine))
    fresh = bench.open()
    incoming.refuse(fresh, incoming.chosen(fresh, 1))
    assert fold(fresh) == fold(bench.open()) == fold(bench.recounted()) == before
    path.touch()
    quick_log.reply(bench.open(), 1)
    assert incoming.waiting(bench.open()) == ()
    assert doctor.examine(mine.data, mine.state, mine.clock).healthy


def test_a_running_app_follows_an_answer_given_in_the_shell(bench: Bench, mine: Workspace) -> None:
    before = fold(mine)
    plant(bench, all_of(mine))
    app = bench.open()
    shell = bench.open()
    incoming.refuse(shell, incoming.chosen(shell, 1))
    assert app.poll() and fold(app) == before


def test_a_forged_copy_of_an_accepted_order_is_another_order(bench: Bench, mine: Workspace) -> None:
    one = all_of(mine)
    only = next(key for key in one["v"]["keys"] if key.startswith("note|"))
    plant(bench, {**one, "v": {"keys": {only: one["t"]}}})
    fresh = bench.open()
    incoming.accept(fresh, incoming.chosen(fresh, 1))
    held = canaries(bench)
    plant(bench, one)
    fresh = bench.open()
    quick_log.reply(fresh, 1)
    assert canaries(bench) == held > 0 and len(incoming.waiting(fresh)) == 1


def test_what_was_ordered_here_is_obeyed_at_once_also_by_a_second_look(bench: Bench, mine: Workspace) -> None:
    purge.purge(mine, purge.commitment(mine, REPLY))
    assert canaries(bench) == 0 and incoming.waiting(bench.open()) == ()


def test_our_own_order_outlives_the_file_that_held_it(bench: Bench, mine: Workspace) -> None:
    own = bench.data / "devices" / mine.store.device / "2026-11.json"
    before = own.read_bytes()
    purge.purge(mine, purge.commitment(mine, REPLY))
    own.write_bytes(before)
    fresh = bench.open()
    assert fold(fresh) == {} and incoming.waiting(fresh) == ()
    lifecycle.add(fresh, "s1.take-it-in")
    assert canaries(bench) == 0


def test_an_emptied_copy_without_an_order_hides_nothing(bench: Bench, mine: Workspace) -> None:
    before = fold(mine)
    emptied = [{**event, "v": None, "purged": True} for event in mine.store.events.values()]
    plant(bench, *emptied)
    plant(bench, *emptied, device=mine.store.device, name="2026-11.sync-conflict-20261129-1-A.json")
    assert fold(bench.open()) == fold(bench.recounted()) == before


def test_nobody_elses_copy_changes_what_was_written_here(bench: Bench, mine: Workspace) -> None:
    before = fold(mine)
    longer = [{**event, "v": {**(event["v"] or {}), "zz": "z" * 99}} for event in mine.store.events.values()]
    plant(bench, *longer)
    assert fold(bench.open()) == fold(bench.recounted()) == before


@pytest.mark.parametrize("by", ["deleted", "changed"])
def test_many_changes_at_once_are_asked_about_and_refused_in_one_operation(
    bench: Bench, mine: Workspace, by: str
) -> None:
    before = fold(mine)
    plant(bench, {"key": "note|x|2026-11-23", "v": {}, "t": 1})
    known = bench.open()
    assert incoming.summary(known) == "", "a device that adds something destroys nothing"
    value = None if by == "deleted" else {"hostile": 1}
    changes = [later(mine.store.winners[key], v=value) for key in before]
    plant(bench, {"key": "note|x|2026-11-23", "v": {}, "t": 1}, *changes)
    fresh = bench.open()
    (each,) = incoming.waiting(fresh)
    assert (each.kind, each.new, each.entries) == (incoming.CHANGES, False, len(before))
    after = fold(fresh)
    change = incoming.refuse(fresh, (each,))
    kept = {key: value for key, value in fold(bench.open()).items() if not key.startswith("note|x")}
    assert kept == before and change.operation and incoming.waiting(bench.open()) == ()
    undo.undo(fresh)
    assert fold(fresh) == after


def test_accepted_changes_stand_and_are_not_asked_about_again(bench: Bench, mine: Workspace) -> None:
    plant(bench, *(later(mine.store.winners[key]) for key in fold(mine)))
    fresh = bench.open()
    incoming.accept(fresh, incoming.chosen(fresh, 1))
    assert fold(fresh) == {} and incoming.summary(fresh) == "" and incoming.waiting(bench.open()) == ()


def test_a_few_changes_by_a_device_that_is_known_are_not_asked_about(bench: Bench, mine: Workspace) -> None:
    plant(bench, {"key": "note|x|2026-11-23", "v": {}, "t": 1})
    bench.open()
    notes_ = [key for key in fold(mine) if key.startswith("note|")][:4]
    plant(bench, {"key": "note|x|2026-11-23", "v": {}, "t": 1}, *(later(mine.store.winners[key]) for key in notes_))
    assert incoming.summary(bench.open()) == ""


def test_one_change_by_a_device_never_seen_is_asked_about(bench: Bench, mine: Workspace) -> None:
    key = next(key for key in fold(mine) if key.startswith("commitment|"))
    plant(bench, later(mine.store.winners[key], v={"title": "hostile"}))
    (each,) = incoming.waiting(bench.open())
    assert each.new and each.entries == 1


def test_entries_of_another_device_that_vanish_or_are_rewritten_are_found_too(bench: Bench, mine: Workspace) -> None:
    other = bench.open("two")
    for _ in range(6):
        quick_log.log_time(other, 15)
    bench.open()
    backups.back_up_now(bench.open())
    path = bench.data / "devices" / other.store.device / "2026-11.json"
    tables = json.loads(path.read_text())
    before = fold(bench.open())
    for event in tables["events"].values():
        event |= {"v": None, "purged": True}
    path.write_text(json.dumps(tables))
    fresh = bench.open()
    (each,) = incoming.waiting(fresh)
    assert each.kind == incoming.CHANGES and each.device == other.store.device
    incoming.refuse(fresh, (each,))
    assert fold(bench.open()) == before, "a backup gave it back"


def test_no_backup_goes_while_something_waits(bench: Bench, mine: Workspace) -> None:
    plant(bench, all_of(mine))
    first = {each.path for each in backups.lines(backups.folder_of(mine.state))}
    for _ in range(30):
        bench.clock.go(days=1)
        backups.back_up_now(bench.open())
    assert first < {each.path for each in backups.lines(backups.folder_of(mine.state))}


def test_a_computer_that_looks_for_the_first_time_takes_what_there_is(bench: Bench, mine: Workspace) -> None:
    purge.purge(mine, purge.note(mine, find(mine, REPLY), mine.today))
    new = bench.open("two")
    assert incoming.summary(new) == "" and fold(new) == fold(mine)
    lifecycle.add(new, "s1.take-it-in")
    assert (new.state / "purged.json").exists()


def test_an_upgraded_computer_asks_about_an_order_that_would_empty_its_files(bench: Bench, mine: Workspace) -> None:
    for name in ("incoming.json", "looked.json"):
        (mine.state / name).unlink(missing_ok=True)
    plant(bench, all_of(mine))
    held = canaries(bench)
    fresh = bench.open()
    lifecycle.add(fresh, "s1.take-it-in")
    assert canaries(bench) >= held and len(incoming.waiting(fresh)) == 1


@pytest.mark.parametrize("bring", ["restore", "import"])
def test_neither_a_restore_nor_an_import_carries_an_order(bench: Bench, mine: Workspace, bring: str) -> None:
    before = fold(mine)
    there = Bench(bench.root / "elsewhere", bench.clock)
    there.open().store.make()
    plant(there, all_of(mine), *(later(mine.store.winners[key]) for key in before if key.startswith("note|")))
    if bring == "restore":
        shown = restore.preview(mine.data, mine.state, mine.clock, there.data)
        restore.restore(mine.data, mine.state, mine.clock, shown)
    else:
        transfer.import_json(mine, transfer.export_json(there.open(), private=True).text)
    fresh = bench.open()
    quick_log.reply(fresh, 1)
    assert not any(orders_of(event) for event in fresh.store.events.values())
    assert incoming.waiting(fresh) == ()
    if bring == "restore":
        assert before.items() <= fold(bench.recounted()).items(), "nothing is removed"


def test_an_answer_needs_a_number_that_is_there(bench: Bench, mine: Workspace) -> None:
    with pytest.raises(Refused, match="Nothing from other devices"):
        incoming.chosen(mine, None)
    plant(bench, all_of(mine))
    plant(bench, {**all_of(mine), "key": "purge|y"}, device="f" * 32)
    fresh = bench.open()
    with pytest.raises(BadInput, match="2 things wait"):
        incoming.chosen(fresh, None)
    with pytest.raises(NotFound, match="No such number: 3"):
        incoming.chosen(fresh, 3)
    assert "2 things" in incoming.summary(fresh)


HOSTILE: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
    lambda order: {**order, "v": {"keys": 7}},
    lambda order: {**order, "v": {"keys": dict.fromkeys(order["v"]["keys"], "9")}},
    lambda order: {**order, "v": {"keys": dict.fromkeys(order["v"]["keys"], 2**52 - 1)}},
]


@pytest.mark.parametrize("spoil", HOSTILE)
def test_an_order_that_makes_no_sense_is_none(
    bench: Bench, mine: Workspace, spoil: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    before = fold(mine)
    plant(bench, spoil(all_of(mine)))
    fresh = bench.open()
    assert fold(fresh) == before and incoming.summary(fresh) == ""


def test_what_an_order_hides_is_asked_about_too_where_something_takes_its_place(bench: Bench, mine: Workspace) -> None:
    before = fold(mine)
    until = all_of(mine)["t"]
    gone = ({"key": key, "v": None, "t": until + 1} for key in before)
    plant(bench, all_of(mine), *gone)
    fresh = bench.open()
    order, changes = sorted(incoming.waiting(fresh), key=lambda each: each.kind == incoming.CHANGES)
    incoming.refuse(fresh, (order,))
    assert [each.kind for each in incoming.waiting(fresh)] == [incoming.CHANGES]
    incoming.refuse(fresh, incoming.waiting(fresh))
    assert fold(bench.open()) == before and changes.entries == len(before)


def test_a_flood_of_orders_is_one_question_and_ends_no_memory(bench: Bench, mine: Workspace) -> None:
    one = all_of(mine)
    plant(bench, *({**one, "key": f"purge|{number}", "t": one["t"] + number} for number in range(1_100)))
    for _ in range(2):
        (each,) = incoming.waiting(bench.open())
        assert each.entries == len(mine.store.winners) and len(each.marks) == 1_000
    fresh = bench.open()
    incoming.refuse(fresh, incoming.waiting(fresh))
    (rest,) = incoming.waiting(bench.open())
    assert len(rest.marks) == 100 and not rest.new


def test_a_note_that_is_removed_without_having_been_seen_counts_as_removed(bench: Bench, mine: Workspace) -> None:
    key = next(key for key in fold(mine) if key.startswith("note|"))
    plant(bench, {"key": key, "v": None, "t": mine.store.winners[key]["t"] + 1})
    (each,) = incoming.waiting(bench.open())
    assert each.entries == 1
    incoming.refuse(bench.open(), (each,))
    assert key in fold(bench.open())


def test_discreet_moments_tell_neither_the_name_nor_the_days_nor_how_much(bench: Bench, mine: Workspace) -> None:
    plant(bench, all_of(mine))
    path = bench.data / "devices" / STRANGER / "device.json"
    path.write_text(json.dumps({"name": "laptop of A."}))
    fresh = bench.open()
    (each,) = incoming.waiting(fresh)
    assert each.summary.startswith("laptop of A. (eeeeeeee), new to this computer, asks to purge ")
    assert each.summary.endswith(f", of {each.when}.") and each.when.startswith("7 days from Mon 23 Nov to ")
    assert each.when not in incoming.summary(fresh), "the line that everybody sees leaves the days to the list"
    discreet_mode.draw(True)
    try:
        lines = f"{incoming.summary(fresh)} {incoming.summary(fresh, incoming.IN_APP)}"
        told = f"{each.summary} {lines} {bench.open('new').warnings}"
        assert "laptop" not in told and "Nov" not in told and "Device eeeeeeee" in each.summary
        assert incoming.summary(fresh) == "Something from elsewhere waits: toward incoming"
    finally:
        discreet_mode.draw(False)


def test_a_purge_says_before_it_is_done_what_the_other_devices_will_ask(bench: Bench, mine: Workspace) -> None:
    assert purge.warnings(mine) == (purge.WARNING,), "nobody else is there to be asked"
    quick_log.reply(bench.open("two"), 1)
    assert purge.warnings(bench.open()) == (purge.WARNING, purge.ASKED_THERE)


def test_what_a_partner_took_back_elsewhere_is_neither_asked_about_nor_brought_back(
    bench: Bench, mine: Workspace
) -> None:
    key = event_keys.theirs("2026-11-23")
    mine.write("seal", lambda: [Draft(key, {"listened": CANARY})])
    backups.back_up_now(mine)
    other = bench.open("two")
    purge.purge(other, purge.ratings(other, "2026-11-23"))
    here = bench.open()
    assert incoming.summary(here) == "" and incoming.waiting(here) == ()
    here.store.judge.refuse(mark_of(each) for each in here.store.events.values() if each["key"].startswith("purge|"))
    here = bench.open()
    quick_log.reply(here, 1)
    assert all(each["key"] != key for each in incoming._in_backups(here))
    assert f'"listened":"{CANARY}"' not in "".join(path.read_text() for path in bench.data.rglob("2*.json"))


def _takes_back_a_week(bench: Bench) -> Workspace:
    """Return another device that logged a week in one go and took it back once this one had looked."""
    other = bench.open("two")
    quick_log.log_time(other, 15, [kit.on(other, ago) for ago in range(7)])
    assert incoming.summary(bench.open()) == ""
    undo.undo(other)
    return other


def test_what_is_as_it_was_again_is_asked_about_no_more(bench: Bench, mine: Workspace) -> None:
    other = _takes_back_a_week(bench)
    assert len(incoming.waiting(bench.open())) == 1
    undo.redo(other)
    fresh = bench.open()
    assert incoming.waiting(fresh) == () and not fresh.has_arrivals, "nothing is left to accept or to refuse"


def test_an_entry_that_changes_more_than_once_is_counted_once(bench: Bench, mine: Workspace) -> None:
    other = _takes_back_a_week(bench)
    before = fold(mine)
    (first,) = incoming.waiting(bench.open())
    undo.redo(other)
    bench.open()
    with_them = fold(bench.open())
    undo.undo(other)
    fresh = bench.open()
    (each,) = incoming.waiting(fresh)
    assert each.entries == first.entries and len(each.days) == 7, "the days of what was removed are told too"
    incoming.refuse(fresh, (each,))
    assert fold(bench.open()) == with_them != before


@pytest.mark.parametrize("second", [{"hostile": 2}, None])
def test_a_second_change_does_not_make_the_first_one_stand(bench: Bench, mine: Workspace, second: object) -> None:
    before = fold(mine)
    first = [later(mine.store.winners[key], v={"hostile": 1}) for key in before]
    plant(bench, {"key": "note|x|2026-11-23", "v": {}, "t": 1})
    bench.open()
    seen = [{"key": "note|x|2026-11-23", "v": {}, "t": 1}, *first]
    plant(bench, *seen)
    assert len(incoming.waiting(bench.open())) == 1
    for number, each in enumerate(list(seen[1:]), start=1):
        seen.append({**each, "v": second, "t": each["t"] + 1000, "prev": f"{STRANGER[:4]}{number}"})
    plant(bench, *seen)
    fresh = bench.open()
    (asked,) = incoming.waiting(fresh)
    assert asked.entries == len(before)
    incoming.refuse(fresh, (asked,))
    assert {key: value for key, value in fold(bench.open()).items() if not key.startswith("note|x")} == before


def test_an_order_counts_what_the_other_device_has_emptied_before(bench: Bench, mine: Workspace) -> None:
    other = bench.open("two")
    notes.note(other, find(other, REPLY), kit.on(other, 9), "of the other")
    backups.back_up_now(bench.open())
    purge.purge(other, purge.note(other, find(other, REPLY), kit.on(other, 9)))
    (each,) = incoming.waiting(bench.open())
    assert (each.kind, each.entries, len(each.days)) == (incoming.PURGES, 1, 1), "a backup here holds it still"


HELLO: dict[str, Any] = {"key": "note|x|2026-11-23", "v": {}, "t": 1}


def test_a_few_changes_again_and_again_are_many(bench: Bench, mine: Workspace) -> None:
    before = fold(mine)
    gone = [later(mine.store.winners[key]) for key in before if key.startswith("note|")]
    asked = []
    for number in range(len(gone)):
        plant(bench, HELLO, *gone[:number])
        asked.append(bool(incoming.waiting(bench.open())))
    assert asked == [False] * 5 + [True] * 2
    bench.clock.go(days=8)
    fresh = bench.open()
    incoming.refuse(fresh, incoming.waiting(fresh))
    assert before.items() <= fold(bench.open()).items(), "those that were let pass before come back too"


def test_a_few_changes_in_many_days_are_few(bench: Bench, mine: Workspace) -> None:
    gone = [later(mine.store.winners[key]) for key in fold(mine) if key.startswith("note|")]
    for number in range(len(gone)):
        plant(bench, HELLO, *gone[:number])
        assert incoming.summary(bench.open()) == ""
        bench.clock.go(days=2)


def test_what_a_device_corrects_of_its_own_week_is_not_added_up(bench: Bench, mine: Workspace) -> None:
    other = bench.open("two")
    other_find = find(other, REPLY)
    for day in range(14):
        bench.clock.go(days=1)
        for number in range(3):
            quick_log.log_time(other, 15)
            notes.note(other, other_find, other.today, f"{day} {number}", replace=True)
            assert incoming.summary(bench.open()) == "", f"the note of day {day} is corrected each evening"


def test_what_a_device_changes_of_its_older_entries_is_added_up(bench: Bench, mine: Workspace) -> None:
    other = bench.open("two")
    for ago in range(7):
        notes.note(other, find(other, REPLY), kit.on(other, ago + 20), f"{ago}")
    before = fold(bench.open())
    bench.clock.go(days=8)
    asked = []
    for ago in range(7):
        notes.note(other, find(other, REPLY), kit.on(other, ago + 28), f"{ago} spoilt", replace=True)
        asked.append(bool(incoming.waiting(bench.open())))
    assert asked == [False] * 4 + [True] * 3
    fresh = bench.open()
    incoming.refuse(fresh, incoming.waiting(fresh))
    assert fold(bench.open()) == before


@pytest.mark.parametrize("cover", ["the same", "below"])
def test_what_is_written_again_first_is_no_correction(bench: Bench, mine: Workspace, cover: str) -> None:
    """Somebody takes an entry over by writing what it says, or more below it, and changes it in a second step."""
    before = fold(mine)
    held = {key: mine.store.winners[key] for key in before if key.startswith("note|")}
    planted: list[dict[str, Any]] = [HELLO]
    asked = []
    plant(bench, *planted)
    bench.open()
    for key, event in held.items():
        text = before[key]["private"]["text"]
        said = before[key] if cover == "the same" else {"private": {"text": f"{text}\nmore"}}
        planted.append(later(event, v=said))
        plant(bench, *planted)
        bench.open()
        over = f"{STRANGER[:4]}{len(planted) - 1}"
        planted.append(later(event, v={"private": {"text": "spoilt"}}, t=event["t"] + 2000, prev=over))
        plant(bench, *planted)
        asked.append(bool(incoming.waiting(bench.open())))
    assert asked == [False] * 4 + [True] * 3


def test_many_at_once_are_many_though_they_are_of_the_last_days(bench: Bench, mine: Workspace) -> None:
    other = bench.open("two")
    for ago in range(7):
        notes.note(other, find(other, REPLY), kit.on(other, ago + 20), f"{ago}")
    assert incoming.summary(bench.open()) == ""
    for ago in range(7):
        notes.note(other, find(other, REPLY), kit.on(other, ago + 20), f"{ago} spoilt", replace=True)
    (each,) = incoming.waiting(bench.open())
    assert each.entries == 7 and not each.new


@pytest.mark.parametrize("moved", [0, -(10**10)], ids=["in its place", "into the past"])
def test_what_is_spoilt_where_it_stands_is_found_below_what_is_written_over_it(
    bench: Bench, mine: Workspace, moved: int
) -> None:
    other = bench.open("two")
    find_other = find(other, REPLY)
    for ago in range(7):
        notes.note(other, find_other, kit.on(other, ago + 20), f"{ago}")
    bench.open()
    backups.back_up_now(bench.open())
    before = fold(bench.open())
    path = bench.data / "devices" / other.store.device / "2026-11.json"
    tables = json.loads(path.read_text())
    events = tables["events"]
    for event in list(events.values()):
        over = {**event, "id": f"{event['id'][:-4]}ffff", "prev": event["id"], "t": event["t"] + 1, "v": None}
        event |= {"v": None, "t": event["t"] + moved}
        events[str(len(events) + 1)] = over
    path.write_text(json.dumps(tables))
    fresh = bench.open()
    (each,) = incoming.waiting(fresh)
    assert each.entries == 7
    incoming.refuse(fresh, (each,))
    assert fold(bench.open()) == before, "a backup gave it back"


@pytest.mark.parametrize(("added", "few"), [("{}\nand more", True), ("{}, no", False), ("no\n{}", False)])
def test_a_note_that_grows_below_what_it_said_loses_nothing(
    bench: Bench, mine: Workspace, added: str, few: bool
) -> None:
    plant(bench, HELLO)
    bench.open()
    held = {key: value["private"]["text"] for key, value in fold(mine).items() if key.startswith("note|")}
    grown = (later(mine.store.winners[key], v={"private": {"text": added.format(text)}}) for key, text in held.items())
    plant(bench, HELLO, *grown)
    assert (incoming.summary(bench.open()) == "") is few


def test_what_others_add_makes_many_changes_of_ones_own_no_few(bench: Bench, mine: Workspace) -> None:
    before = fold(mine)
    junk = [{"key": f"entry|{REPLY}|{number}", "v": {"day": "2026-11-23"}, "t": 1} for number in range(200)]
    plant(bench, *junk)
    assert incoming.summary(bench.open()) == ""
    plant(bench, *junk, *(later(mine.store.winners[key]) for key in before))
    fresh = bench.open()
    incoming.refuse(fresh, incoming.waiting(fresh))
    assert before.items() <= fold(bench.open()).items()


@pytest.mark.parametrize("value", [None, {"hostile": 1}])
def test_with_a_commitment_goes_all_that_is_about_it(
    bench: Bench, mine: Workspace, value: dict[str, Any] | None
) -> None:
    before = fold(mine)
    plant(bench, HELLO)
    bench.open()
    plant(bench, HELLO, later(mine.store.winners[f"commitment|{REPLY}"], v=value))
    fresh = bench.open()
    (each,) = incoming.waiting(fresh)
    assert each.entries == 1 and not each.new
    incoming.refuse(fresh, (each,))
    assert before.items() <= fold(bench.open()).items()


def test_many_commitments_gone_are_counted_with_one_look_at_all_there_is(
    bench: Bench, mine: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [{"key": f"commitment|s9.{number}", "v": {"title": "theirs"}, "t": 1} for number in range(60)]
    entries = [{"key": f"check|s9.{number}|2026-11-24", "v": {"at": ""}, "t": 1} for number in range(60)]
    plant(bench, *many, *entries)
    bench.open()
    parts = 0

    def split(key: str) -> tuple[str, str, str]:
        nonlocal parts
        parts += 1
        return event_keys.split(key)

    monkeypatch.setattr(examine, "event_keys", SimpleNamespace(split=split))
    plant(bench, *many, *entries, *({**each, "v": None, "t": 2} for each in many))
    fresh = bench.open()
    assert incoming.waiting(fresh)
    assert 60 < parts < 6 * len(fresh.store.winners)


BENDS = [
    {"key": "pause|*|1", "v": {"first": "2026-01-01", "last": "2027-01-01"}},
    {"key": f"archived|{REPLY}", "v": {"archived": True}},
    {"key": f"plan|{REPLY}|2026-11-24", "v": {"schedule": "once 2020-01-01", "target": 1}},
    {"key": f"skip|{REPLY}|2026-11-30", "v": {"reason": "ill"}},
    {"key": "setting|day-ends-at|2026-11-01", "v": {"value": "12:00"}},
    {"key": "numbers|at-hand", "v": {"private": {"numbers": []}}},
]


def test_what_bends_what_is_there_is_a_change_of_it_though_its_key_is_new(bench: Bench, mine: Workspace) -> None:
    before = fold(mine)
    own = {"key": "commitment|s9.theirs", "v": {"title": "theirs"}, "t": 1}
    plant(bench, own, {"key": "plan|s9.theirs|2026-11-24", "v": {}, "t": 1}, *({**each, "t": 1} for each in BENDS))
    fresh = bench.open()
    (each,) = incoming.waiting(fresh)
    assert each.entries == len(BENDS), "what a stranger brings of their own bends nothing"
    incoming.refuse(fresh, (each,))
    assert {key: value for key, value in fold(bench.open()).items() if "s9.theirs" not in key} == before


def test_two_notes_of_a_day_are_not_hidden_by_something_older(bench: Bench, mine: Workspace) -> None:
    key = next(key for key in fold(mine) if key.startswith("note|"))
    one = {"key": key, "v": {"private": {"text": "of the other device"}}, "t": mine.store.winners[key]["t"] - 9}
    plant(bench, one)
    bench.open()
    hider = {"key": key, "v": None, "t": 1, "prev": "eeee0"}
    plant(bench, one, hider)
    assert incoming.summary(bench.open()) == "", "one of them is few"
    plant(bench, one)
    plant(bench, hider, device="d" * 32)
    fresh = bench.open()
    assert fresh.store.concurrent(key) == []
    incoming.refuse(fresh, incoming.waiting(fresh))
    assert str(fold(bench.open())[key]).count("of the other device") == 1
    assert CANARY in str(fold(bench.open())[key])


def test_what_was_let_pass_and_cannot_be_read_is_nothing(bench: Bench, mine: Workspace) -> None:
    path = mine.state / "incoming.json"
    kept = json.loads(path.read_text())
    for odd in (7, [7], [["a", "b", "c", "d", "e", True]], [["2026-11-29", "x", "y", "z", 1, True]]):
        path.write_text(json.dumps(kept | {"passed": odd, "at": ""}))
        assert incoming.summary(bench.open()) == ""
