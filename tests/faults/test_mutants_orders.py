"""To each way of taking orders that looks right and is not there is a question that only the real one answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults import mutants_orders as mutants
from tests.faults.asking import for_each, only_the_real_one_answers
from tests.faults.mutants import Mutant
from tests.services import kit
from tests.services.kit import Bench
from tracker.ledger.errors import TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.commitments.find import find
from tracker.services.exchange import incoming
from tracker.services.history import purge, undo
from tracker.services.logging import notes, quick_log
from tracker.services.safekeeping import backups, restore
from tracker.store.backup.backups import contents_of
from tracker.store.backup.copies import list_backups
from tracker.store.events import Draft
from tracker.store.log.shards import Reader

REPLY = "s4.reachable"
STRANGER = "e" * 32
THEIRS = "partner-ratings|2026-11-23"
Question = Callable[[Bench], bool]


def lived(bench: Bench) -> Workspace:
    """Return a store with a few days in it, with a backup of all of it."""
    workspace = bench.open()
    lifecycle.add(workspace, REPLY)
    for number in range(5):
        bench.clock.go(days=1)
        quick_log.reply(workspace, number + 1)
    backups.back_up_now(workspace)
    return bench.open()


def fold(bench: Bench) -> dict[str, Any]:
    """Return the value of every key that has one, as a look shows it that relies on no summary."""
    return {key: each for key, each in kit.fold(bench.recounted()).items() if not key.startswith("purge|")}


def plant(bench: Bench, *events: dict[str, Any], device: str = STRANGER) -> None:
    """Put a file with events into a device's folder."""
    path = bench.data / "devices" / device / "2026-11.json"
    path.parent.mkdir(exist_ok=True, mode=0o700)
    made = {"prev": None, "dev": device, "at": "2026-11-28T20:00:00+01:00"}
    rows = {str(n): {**made, "id": f"{device[:3]}{n}", **each} for n, each in enumerate(events, start=1)}
    path.write_text(json.dumps({"events": rows}))


def order_of_all(workspace: Workspace) -> dict[str, Any]:
    """Return an order to purge all there is."""
    workspace.load_history()
    until = max(event["t"] for event in workspace.store.events.values()) + 1
    return {"key": "purge|x", "v": {"keys": dict.fromkeys(workspace.store.winners, until)}, "t": until}


def full(bench: Bench, below: Path) -> int:
    """Return how many entries of replies lie full below a folder."""
    return sum(path.read_text().count("in_window") for path in below.rglob("2*.json") if STRANGER not in str(path))


def leaves_files_alone_until_the_answer(bench: Bench) -> bool:
    held = full(bench, lived(bench).data)
    plant(bench, order_of_all(bench.open()))
    lifecycle.add(bench.open(), "s1.take-it-in")
    return full(bench, bench.data) == held


def lets_a_partner_take_back(bench: Bench) -> bool:
    """A partner's answers that were taken back on another device are gone here too, without a question."""
    workspace = lived(bench)
    workspace.write("seal", lambda: [Draft(THEIRS, {"listened": 1})])
    workspace = bench.open()
    event = workspace.store.winners[THEIRS]
    plant(bench, {"key": "purge|p", "v": {"keys": {THEIRS: event["t"]}}, "t": event["t"] + 1})
    fresh = bench.open()
    unasked = not incoming.waiting(fresh) and not incoming.summary(fresh)
    quick_log.reply(fresh, 1)
    return unasked and not any("listened" in path.read_text() for path in bench.data.rglob("2*.json"))


def asks_about_what_is_named_beside_theirs(bench: Bench) -> bool:
    """An order that names anything else as well waits for an answer as a whole."""
    workspace = lived(bench)
    order = order_of_all(workspace)
    order["v"]["keys"][THEIRS] = order["t"]
    plant(bench, order)
    held = full(bench, bench.data)
    quick_log.reply(bench.open(), 1)
    return full(bench, bench.data) >= held


def accepts_one_order_and_no_forged_copy_of_it(bench: Bench) -> bool:
    order = order_of_all(lived(bench))
    plant(bench, {**order, "v": {"keys": {"note|none": order["t"]}}})
    fresh = bench.open()
    incoming.accept(fresh, incoming.waiting(fresh))
    held = full(bench, bench.data)
    plant(bench, order)
    lifecycle.add(bench.open(), "s1.take-it-in")
    return full(bench, bench.data) == held


def copies_whole_while_an_order_waits(bench: Bench) -> bool:
    workspace = lived(bench)
    plant(bench, order_of_all(workspace))
    lifecycle.add(bench.open(), "s1.take-it-in")
    backups.back_up_now(bench.open())
    newest = list_backups(backups.folder_of(workspace.state))[:1]
    held = [each for _, contents in contents_of(newest, Reader()) for each in contents.events]
    return sum("in_window" in str(each["v"]) for each in held) == full(bench, bench.data) > 0


def shows_what_was_emptied_without_an_order(bench: Bench) -> bool:
    workspace = lived(bench)
    before = fold(bench)
    plant(bench, *({**event, "v": None, "purged": True} for event in workspace.store.events.values()))
    return fold(bench) == before


def keeps_its_own_words(bench: Bench) -> bool:
    workspace = lived(bench)
    before = fold(bench)
    plant(bench, *({**event, "v": {**(event["v"] or {}), "z": "z" * 50}} for event in workspace.store.events.values()))
    return fold(bench) == before


def undoes_its_own_alone(bench: Bench) -> bool:
    workspace = lived(bench)
    mine = quick_log.reply(workspace, 7).operation
    forged = {"dev": workspace.store.device, "n": 10**6, "op": "theirs", "cmd": "note"}
    plant(bench, {"key": "note|x", "v": {}, "t": 1, **forged})
    return undo.undo(bench.open()).operation == mine


def takes_from_a_copy_only_what_is_missing(bench: Bench) -> bool:
    workspace = lived(bench)
    before = fold(bench)
    other = Bench(bench.root / "other", bench.clock)
    other.open().store.make()
    (other.data / "devices").mkdir(exist_ok=True)
    gone = ({"key": key, "v": None, "t": workspace.store.winners[key]["t"] + 5} for key in before)
    plant(other, order_of_all(workspace), *gone)
    shown = restore.preview(workspace.data, workspace.state, bench.clock, other.data)
    restore.restore(workspace.data, workspace.state, bench.clock, shown)
    return before.items() <= fold(bench).items()


def stays_purged_when_its_file_goes_back(bench: Bench) -> bool:
    workspace = lived(bench)
    own = bench.data / "devices" / workspace.store.device / "2026-11.json"
    before = own.read_bytes()
    purge.purge(workspace, purge.commitment(workspace, REPLY))
    own.write_bytes(before)
    return fold(bench) == {}


def can_write_after_the_end_of_time(bench: Bench) -> bool:
    workspace = lived(bench)
    key = f"commitment|{REPLY}"
    plant(bench, {"key": key, "v": {"title": "hostile"}, "t": 2**52})
    try:
        bench.open().write("edit", lambda: [Draft(key, {**(workspace.ledger.value(key) or {}), "title": "mine"})])
    except (TowardError, ValueError):
        return False
    return fold(bench)[key]["title"] == "mine" and workspace.data.is_dir()


def asks_about_many_changes(bench: Bench) -> bool:
    workspace = lived(bench)
    plant(bench, {"key": "note|x", "v": {}, "t": 1})
    bench.open()
    gone = (
        {"key": key, "v": None, "t": workspace.store.winners[key]["t"] + 5} for key in fold(bench) if key != "note|x"
    )
    plant(bench, {"key": "note|x", "v": {}, "t": 1}, *gone)
    return bool(incoming.waiting(bench.open()))


def asks_about_a_stranger(bench: Bench) -> bool:
    workspace = lived(bench)
    key = f"commitment|{REPLY}"
    plant(bench, {"key": key, "v": {"title": "hostile"}, "t": workspace.store.winners[key]["t"] + 5})
    return any(each.new for each in incoming.waiting(bench.open()))


def keeps_the_backup_made_before(bench: Bench) -> bool:
    workspace = lived(bench)
    folder = backups.folder_of(workspace.state)
    before = {each.path for each in backups.lines(folder)}
    plant(bench, order_of_all(workspace))
    for _ in range(14):
        bench.clock.go(hours=1.5)
        backups.back_up_now(bench.open())
    bench.clock.go(days=3)
    backups.back_up_now(bench.open())
    return before <= {each.path for each in backups.lines(folder)} and len(backups.lines(folder)) >= 16


def undoes_what_was_meant_or_nothing(bench: Bench) -> bool:
    workspace = lived(bench)
    own = bench.data / "devices" / workspace.store.device / "2026-11.json"
    before = own.read_bytes()
    for number in (1, 2, 3):
        quick_log.reply(workspace, number)
    lost = own.read_bytes()
    own.write_bytes(before)
    for name in ("seen.json", "operations", "summary.json"):
        (workspace.state / name).unlink(missing_ok=True)
    bench.clock.go(minutes=1)
    meant = quick_log.reply(bench.open(), 9).operation
    own.with_name("2026-11.sync-conflict-20261123-1-A.json").write_bytes(lost)
    try:
        return undo.undo(bench.open()).operation == meant
    except TowardError:
        return True


HELLO: dict[str, Any] = {"key": "note|x", "v": {}, "t": 1}


def gone(workspace: Workspace) -> list[dict[str, Any]]:
    """Return what removes every entry, but no commitment."""
    shaping = ("commitment|", "plan|")
    found = (key for key in kit.fold(workspace) if not key.startswith(shaping))
    return [{"key": key, "v": None, "t": workspace.store.winners[key]["t"] + 5} for key in found]


def adds_up_what_was_let_pass(bench: Bench) -> bool:
    removed = gone(lived(bench))
    for number in range(len(removed) + 1):
        plant(bench, HELLO, *removed[:number])
        asked = incoming.waiting(bench.open())
    return bool(asked)


def _of_a_month_ago(bench: Bench) -> Workspace:
    """Return another device whose notes of a month ago were looked at here."""
    here = lived(bench)
    other = bench.open("two")
    for ago in range(6):
        notes.note(other, find(other, REPLY), kit.on(other, ago + 20), f"{ago}")
    bench.clock.go(days=8)
    quick_log.log_time(here, 15)
    bench.open()
    return other


def adds_up_what_a_device_changes_of_its_own_past(bench: Bench) -> bool:
    other = _of_a_month_ago(bench)
    for ago in range(6):
        notes.note(other, find(other, REPLY), kit.on(other, ago + 28), "spoilt", replace=True)
        asked = incoming.waiting(bench.open())
    return bool(asked)


def sees_what_was_spoilt_in_its_own_place(bench: Bench) -> bool:
    other = _of_a_month_ago(bench)
    path = bench.data / "devices" / other.store.device / "2026-11.json"
    tables = json.loads(path.read_text())
    events = tables["events"]
    for event in list(events.values()):
        events[str(len(events) + 1)] = {**event, "id": f"{event['id'][:-4]}ffff", "prev": event["id"], "v": None}
        event |= {"v": None, "t": event["t"] - 1}
    path.write_text(json.dumps(tables))
    return bool(incoming.waiting(bench.open()))


def measures_ones_own_by_ones_own(bench: Bench) -> bool:
    removed = gone(lived(bench))
    junk = [{"key": f"entry|{REPLY}|{number}", "v": {"day": "2026-11-23"}, "t": 1} for number in range(100)]
    plant(bench, *junk)
    bench.open()
    plant(bench, *junk, *removed)
    return bool(incoming.waiting(bench.open()))


def asks_about_a_pause_of_all_by_a_stranger(bench: Bench) -> bool:
    lived(bench)
    plant(bench, {"key": "pause|*|1", "v": {"first": "2026-01-01", "last": "2027-01-01"}, "t": 1})
    return bool(incoming.waiting(bench.open()))


def asks_about_a_commitment_with_all_that_is_about_it(bench: Bench) -> bool:
    workspace = lived(bench)
    key = f"commitment|{REPLY}"
    plant(bench, HELLO)
    bench.open()
    plant(bench, HELLO, {"key": key, "v": None, "t": workspace.store.winners[key]["t"] + 5})
    return bool(incoming.waiting(bench.open()))


def in_our_name(workspace: Workspace, at: int) -> None:
    """Slip the removal of every entry into this device's own month, before the entry of that place."""
    device = workspace.store.device
    path = workspace.data / "devices" / device / "2026-11.json"
    held = list(json.loads(path.read_text())["events"].values())
    said = {"prev": None, "dev": device, "at": "2026-11-29T20:00:00+01:00"}
    at = min(at, len(held))
    held[at:at] = [{"id": f"planted{number}", **said, **each} for number, each in enumerate(gone(workspace))]
    path.write_text(json.dumps({"events": {str(number): each for number, each in enumerate(held, start=1)}}))


def asks_about_what_was_put_behind_its_own(bench: Bench) -> bool:
    in_our_name(lived(bench), at=1000)
    return bool(incoming.waiting(bench.open()))


def asks_about_what_was_put_between_its_own(bench: Bench) -> bool:
    in_our_name(lived(bench), at=2)
    return bool(incoming.waiting(bench.open()))


CAUGHT: list[tuple[Mutant, Question]] = [
    (mutants.obeyed_unasked, leaves_files_alone_until_the_answer),
    (mutants.what_is_theirs_is_asked_about, lets_a_partner_take_back),
    (mutants.anything_beside_theirs_goes, asks_about_what_is_named_beside_theirs),
    (mutants.known_by_its_id, accepts_one_order_and_no_forged_copy_of_it),
    (mutants.waiting_orders_empty_backups, copies_whole_while_an_order_waits),
    (mutants.emptied_goes_first, shows_what_was_emptied_without_an_order),
    (mutants.no_file_is_ours, keeps_its_own_words),
    (mutants.every_folder_is_ours, undoes_its_own_alone),
    (mutants.copies_carry_orders, takes_from_a_copy_only_what_is_missing),
    (mutants.our_order_lies_in_its_file_alone, stays_purged_when_its_file_goes_back),
    (mutants.any_time_will_do, can_write_after_the_end_of_time),
    (mutants.changes_pass, asks_about_many_changes),
    (mutants.strangers_are_known, asks_about_a_stranger),
    (mutants.backups_go_meanwhile, keeps_the_backup_made_before),
    (mutants.last_by_its_number, undoes_what_was_meant_or_nothing),
    (mutants.each_look_counts_for_itself, adds_up_what_was_let_pass),
    (mutants.whoever_changes_only_corrects, adds_up_what_a_device_changes_of_its_own_past),
    (mutants.a_note_is_only_added_to, adds_up_what_a_device_changes_of_its_own_past),
    (mutants.only_what_stands_is_looked_at, sees_what_was_spoilt_in_its_own_place),
    (mutants.strangers_count_with_ours, measures_ones_own_by_ones_own),
    (mutants.a_new_key_changes_nothing, asks_about_a_pause_of_all_by_a_stranger),
    (mutants.a_commitment_is_one_entry, asks_about_a_commitment_with_all_that_is_about_it),
    (mutants.whatever_lies_in_our_files_is_ours, asks_about_what_was_put_behind_its_own),
    (mutants.all_of_a_changed_file_is_theirs, asks_about_what_was_put_between_its_own),
]


@for_each(CAUGHT)
def test_the_real_one_answers_and_the_mutant_does_not(tmp_path: Path, mutant: Mutant, question: Question) -> None:
    only_the_real_one_answers(tmp_path, mutant, lambda root: question(Bench(root)))
