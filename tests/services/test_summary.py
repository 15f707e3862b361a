"""The summary: older months stay unread, and no figure is another one for it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tinydb import TinyDB

from tests.faults.folders import no_waiting_for_the_disk
from tests.services.kit import Bench, HandClock, figures, on
from tests.services.test_undo import get
from tracker.ledger import event_keys
from tracker.ledger.json_rows import streak_row
from tracker.ledger.streak_cache import _sum as summed
from tracker.ledger.workspace import Workspace
from tracker.services import settings
from tracker.services.commitments import lifecycle
from tracker.services.exchange import transfer
from tracker.services.history import undo
from tracker.services.logging import followups, log_entry, quick_log
from tracker.store.events import Draft

REACHABLE, TIME, TOPICS, KEEPER = "s4.reachable", "s4.partner-time", "s6.four-topics", "s4.promise-keeper"
START = date(2026, 8, 3)


@pytest.fixture(scope="session")
def long_made(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Return a store that began in August and was logged in now and then, made once; it is the 20th of November."""
    bench = Bench(tmp_path_factory.mktemp("long"))
    bench.clock.set("2026-08-03T20:00")
    with no_waiting_for_the_disk():
        workspace = bench.open()
        lifecycle.add_all(workspace, (REACHABLE, TIME, TOPICS, "s6.weekly-share", "s5.no-attacks"))
        while bench.clock.moment.date() < date(2026, 11, 19):
            workspace = bench.open()
            log_entry.done(workspace, get(workspace, REACHABLE))
            quick_log.log_time(workspace, 45)
            quick_log.share(workspace, "joys" if bench.clock.moment.day % 2 else "fears")
            bench.clock.go(days=1)
            for loop in followups.open_loops(workspace):
                followups.answer(workspace, loop, {"felt_later": 7})
            bench.clock.go(days=3)
    bench.clock.set("2026-11-20T20:00")
    return bench


@pytest.fixture
def long(long_made: Bench, bench: Bench) -> Bench:
    """Return a copy of the long store that a test may change."""
    shutil.copytree(long_made.data, bench.data)
    shutil.copytree(long_made.summary().parent, bench.summary().parent)
    bench.clock.moment = long_made.clock.moment
    return bench


def agree(bench: Bench, device: str = "one") -> Workspace:
    """Check that a start with the summary says what a recount says; return the former."""
    workspace = bench.open(device)
    assert figures(workspace) == figures(bench.recounted(device))
    return workspace


def rewritten(workspace: Workspace, key: str, value: dict[str, Any] | None) -> None:
    """Write a value as another version, or a person by hand, might."""
    workspace.write("done", lambda: [Draft(key, value)])


def test_a_check_in_and_a_look_leave_older_months_unread(long: Bench) -> None:
    workspace = long.resealed()
    assert workspace.warnings == ()
    log_entry.done(workspace, get(workspace, REACHABLE))
    lifecycle.add(workspace, "s1.why-us")
    quick_log.log_time(workspace, 30)
    undo.undo(workspace)
    assert not workspace.store.complete
    assert not agree(long).store.complete
    loaded = len(long.open().store.events)
    assert loaded < len(long.recounted().store.events) * 0.6


def test_a_task_without_end_keeps_no_old_month_loaded(long: Bench) -> None:
    before = len(long.resealed().store.events)
    workspace = long.open()
    lifecycle.add_own(workspace, lifecycle.Own("Tell it", "s6", "task", "once"), START)
    assert len(long.resealed().store.events) <= before + 2
    agree(long)


def test_the_table_holds_the_streaks(long: Bench) -> None:
    workspace = long.resealed()
    log_entry.done(workspace, get(workspace, REACHABLE))
    assert long.summary().stat().st_mode & 0o777 == 0o600
    recounted = long.recounted()
    with TinyDB(long.summary(), encoding="utf-8") as stock:
        streaks = stock.table("streaks").all()
    assert streaks == [streak_row(recounted.ledger, each, recounted.today) for each in recounted.ledger.commitments()]


def test_a_look_on_another_day_writes_the_table_anew_and_on_the_same_day_does_not(long: Bench) -> None:
    long.resealed()
    before = long.summary().stat().st_mtime_ns
    long.open().keep_streaks()
    assert long.summary().stat().st_mtime_ns == before
    long.clock.go(days=1)
    long.open().keep_streaks()
    assert long.summary().stat().st_mtime_ns != before
    assert not agree(long).store.complete


def test_a_new_month_moves_the_cut(long: Bench) -> None:
    long.resealed()
    long.clock.go(days=25)
    workspace = agree(long)
    assert workspace.store.complete
    workspace.keep_streaks()
    assert not agree(long).store.complete


def test_a_backfill_reads_everything_once(long: Bench) -> None:
    workspace = long.resealed()
    log_entry.done(workspace, get(workspace, REACHABLE), (START + timedelta(days=1),))
    assert workspace.store.complete
    assert not agree(long).store.complete


@pytest.mark.parametrize(
    "act",
    [
        lambda workspace: lifecycle.add(workspace, "s1.my-why"),
        lambda workspace: lifecycle.add_own(workspace, lifecycle.Own("Walk", "s2", "check", "daily")),
        lambda workspace: lifecycle.delete(workspace, get(workspace, TIME)),
    ],
    ids=["take one on", "make one", "delete one"],
)
def test_what_was_before_is_not_counted_anew_for_a_commitment_that_comes_or_goes(
    long: Bench, act: Callable[[Workspace], object]
) -> None:
    long.resealed()
    for do in (act, undo.undo, undo.redo, undo.undo):
        do(long.open())
        assert not agree(long).store.complete


def _take_back_a_backfill(bench: Bench) -> None:
    workspace = bench.resealed()
    quick_log.log_time(workspace, 90, (START + timedelta(days=9),))
    undo.undo(bench.resealed())


def _take_back_anothers_pause(bench: Bench) -> None:
    other = bench.open("two")
    key = event_keys.pause(REACHABLE)
    rewritten(other, key, {"first": "2026-08-20", "last": "2026-09-03"})
    agree(bench).keep_streaks()
    bench.clock.go(days=80)
    bench.resealed()
    rewritten(bench.open("two"), key, None)


def _share_long_ago_elsewhere(bench: Bench) -> None:
    bench.resealed()
    value = {"title": "Letters", "step": "s6", "kind": "count"}
    other = bench.open("two")
    rewritten(other, "commitment|own.letters", value)
    rewritten(other, "plan|own.letters|2026-11-19", {"schedule": "daily"})
    rewritten(other, event_keys.entry("own.letters"), {"day": "2026-09-09", "fields": {"topic": "dreams"}})


def _delete_what_fed_the_topics(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add_own(workspace, lifecycle.Own("Letters", "s6", "count", "daily"), START)
    fields = {"topic": "dreams"}
    log_entry.done(workspace, get(workspace, "own.letters"), (START + timedelta(days=1),), fields=fields)
    workspace = bench.resealed()
    lifecycle.delete(workspace, get(workspace, "own.letters"))


def _delete_with_the_clock_set_back(bench: Bench) -> None:
    workspace = bench.open()
    quick_log.log_time(workspace, 77)
    (entry,) = workspace.ledger.entries_on(TIME, workspace.today)
    slow = HandClock(bench.clock.moment - timedelta(days=75))
    rewritten(bench.open("two", slow), entry.id, None)
    bench.open().keep_streaks()


def _do_a_task_late(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add_own(workspace, lifecycle.Own("Tell it", "s6", "task", "once by 2026-09-10"), START)
    workspace = bench.resealed()
    log_entry.done(workspace, get(workspace, "own.tell-it"))


def _take_back_a_week_start_at_the_cut(bench: Bench) -> None:
    bench.clock.set("2026-10-29T20:00")
    settings.put(bench.open(), "week-start", "sunday")
    bench.clock.set("2026-12-10T20:00")
    workspace = bench.resealed()
    rewritten(workspace, "setting|week-start|2026-11-01", None)


def _take_back_a_plan_at_the_cut(bench: Bench) -> None:
    bench.clock.set("2026-10-29T20:00")
    workspace = bench.open()
    lifecycle.add_own(workspace, lifecycle.Own("Walk", "s1", "count", "once"))
    lifecycle.edit(workspace, get(workspace, "own.walk"), schedule="daily", start=date(2026, 11, 1))
    bench.clock.set("2026-12-10T20:00")
    workspace = bench.resealed()
    rewritten(workspace, "plan|own.walk|2026-11-01", None)


def _fall_due_before_it_happens(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, KEEPER, start=START)
    rewritten(workspace, event_keys.entry(KEEPER), {"day": "2026-11-25", "due": "2026-08-05", "credit": 1.0})
    bench.resealed()
    bench.clock.go(days=7)


def _settle_an_old_promise(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, KEEPER, start=START)
    key = event_keys.entry(KEEPER)
    rewritten(workspace, key, {"day": "2026-08-05", "due": "2026-11-19", "open": True})
    rewritten(workspace, event_keys.entry(KEEPER), {"day": "2026-08-06", "credit": 0.0})
    workspace = bench.resealed()
    rewritten(workspace, key, {"day": "2026-08-05", "due": "2026-11-19", "credit": 1.0})


def _import_what_is_old(bench: Bench) -> None:
    bench.resealed()
    other = Bench(bench.root / "other", HandClock(bench.clock.moment - timedelta(days=60)))
    there = other.open()
    quick_log.log_time(there, 120)
    there.write("skip", lambda: [Draft(event_keys.skip(REACHABLE, date(2026, 11, 18)), {})])
    transfer.import_json(bench.open(), transfer.export_json(there, private=True).text)


def _take_back_elsewhere(bench: Bench) -> None:
    other = bench.open("two")
    entry = other.ledger.entries_on(TIME, START)[0]
    bench.resealed()
    rewritten(other, entry.id, None)


def _mend_what_could_not_be_read(bench: Bench) -> None:
    clock = HandClock(bench.clock.moment - timedelta(days=80))
    other = bench.open("two", clock)
    value = {"step": "s1", "kind": "check"}
    rewritten(other, "commitment|own.walk", value)
    rewritten(other, "plan|own.walk|2026-08-20", {"schedule": "daily"})
    rewritten(other, "check|own.walk|2026-08-25", {})
    bench.resealed()
    rewritten(bench.open(), "commitment|own.walk", value | {"title": "Walk"})


def _count_it_no_more(bench: Bench) -> None:
    workspace = bench.resealed()
    value = dict(workspace.ledger.value(event_keys.commitment(TIME)) or {})
    rewritten(workspace, event_keys.commitment(TIME), value | {"counts": False})


REACHES: tuple[Callable[[Bench], None], ...] = (
    _take_back_a_backfill,
    _take_back_anothers_pause,
    _share_long_ago_elsewhere,
    _delete_what_fed_the_topics,
    _delete_with_the_clock_set_back,
    _do_a_task_late,
    _take_back_a_week_start_at_the_cut,
    _take_back_a_plan_at_the_cut,
    _fall_due_before_it_happens,
    _settle_an_old_promise,
    _import_what_is_old,
    _take_back_elsewhere,
    _mend_what_could_not_be_read,
    _count_it_no_more,
)


@pytest.mark.parametrize("reach", REACHES, ids=[each.__name__.strip("_") for each in REACHES])
def test_what_reaches_behind_the_cut_is_counted(long: Bench, reach: Callable[[Bench], None]) -> None:
    reach(long)
    agree(long).keep_streaks()
    assert not agree(long).store.complete
    agree(long, "two").keep_streaks()
    agree(long, "two")


@pytest.mark.parametrize("days", [-40, -80])
def test_a_clock_set_back_behind_the_cut_counts_from_the_first_day(long: Bench, days: int) -> None:
    workspace = long.resealed()
    long.clock.go(days=days)
    workspace.poll()
    assert figures(workspace) == figures(long.recounted())
    log_entry.done(workspace, get(workspace, REACHABLE))
    long.clock.go(days=-days)
    agree(long)


def test_an_open_store_sees_what_another_device_files_in_an_old_month(long: Bench) -> None:
    workspace = long.resealed()
    slow = HandClock(long.clock.moment - timedelta(days=60))
    other = long.open("two", slow)
    quick_log.log_time(other, 300)
    assert workspace.poll()
    assert figures(workspace) == figures(long.recounted())


def _change(table: str, name: str, value: object) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        tables = json.loads(raw)
        next(iter(tables[table].values()))[name] = value
        return json.dumps(tables).encode()

    return change


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"",
        lambda raw: b"null",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw.replace(b"base", b"case"),
        lambda raw: raw.replace(b'"score":0', b'"score":5'),
        _change("carries", "streak", 99),
        _change("carries", "streak", "many"),
        _change("carries", "cut", "2026-11-11"),
        _change("carries", "strip", [["2026-11-11", "kept", 1.0]]),
        _change("base", "events", []),
        _change("base", "absorbed", ["x"]),
        _change("base", "version", 99),
        _change("base", "since", "2026-01"),
        _change("base", "sealed", ""),
        _change("streaks", "streak", 99),
        _change("stamp", "day", "2026-11-19"),
    ],
)
def test_a_spoilt_summary_changes_nothing_and_is_made_anew(long: Bench, damage: Callable[[bytes], bytes]) -> None:
    long.resealed()
    sound = long.summary().read_bytes()
    long.summary().write_bytes(damage(sound))
    workspace = agree(long)
    workspace.keep_streaks()
    assert json.loads(long.summary().read_bytes())["streaks"] == json.loads(sound)["streaks"]
    assert not agree(long).store.complete


def _as_before_units(raw: bytes) -> bytes:
    """Return a summary as the version wrote it that counted streaks in no unit, sound in itself."""
    tables = json.loads(raw)
    for row in tables["carries"].values():
        row["streak"] = row["best"] = 3
        for name in ("unit", "longest", "bests", "closed"):
            del row[name]
    tables["base"]["1"]["version"] = tables["stamp"]["1"]["version"] = 2
    tables["stamp"]["1"]["sum"] = summed({name: list(rows.values()) for name, rows in tables.items()})
    return json.dumps(tables).encode()


def test_a_summary_that_knows_no_units_is_recounted_and_made_anew(long: Bench) -> None:
    long.resealed()
    sound = long.summary().read_bytes()
    long.summary().write_bytes(_as_before_units(sound))

    workspace = agree(long)

    assert workspace.store.complete
    workspace.keep_streaks()
    assert json.loads(long.summary().read_bytes())["carries"] == json.loads(sound)["carries"]


def test_streaks_that_closed_in_months_that_stay_unread_are_known(bench: Bench) -> None:
    bench.clock.set("2026-08-03T20:00")
    with no_waiting_for_the_disk():
        workspace = bench.open()
        lifecycle.add(workspace, REACHABLE)
        sentences = {30: "3 per week", 60: "daily", 90: "monthly"}
        for number in range(110):
            if number in sentences:
                lifecycle.edit(workspace, get(workspace, REACHABLE), schedule=sentences[number])
            if number != 20:
                log_entry.done(workspace, get(workspace, REACHABLE))
            bench.clock.go(days=1)
            workspace = bench.open()
    bench.resealed()

    found = figures(agree(bench))[REACHABLE]

    assert not bench.open().store.complete
    assert [(each.unit, each.kept) for each in found.closed] == [("days", 20), ("days", 9), ("weeks", 5), ("days", 27)]
    assert (found.unit, found.streak, found.best) == ("months", 1, 1)


def test_a_summary_of_another_folder_is_not_taken_up(long: Bench) -> None:
    long.resealed()
    there = Bench(long.root / "there", long.clock)
    workspace = there.open()
    lifecycle.add(workspace, REACHABLE)
    there.summary().write_bytes(long.summary().read_bytes())
    assert list(figures(there.open())) == [REACHABLE]


def test_a_first_month_has_no_base(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.add(workspace, REACHABLE)
    log_entry.done(workspace, get(workspace, REACHABLE))
    tables = json.loads(bench.summary().read_bytes())
    assert (tables["base"], tables["carries"]) == ({}, {})
    assert tables["streaks"]["1"]["streak"] == 1
    assert agree(bench).store.complete


def test_more_than_it_pays_to_absorb_makes_no_base(long: Bench) -> None:
    workspace = long.open()
    drafts = [
        Draft(event_keys.entry(TIME), {"day": str(START + timedelta(days=n % 40)), "amount": 1}) for n in range(501)
    ]
    workspace.write("done", lambda: drafts)
    assert agree(long).store.complete
    long.clock.go(days=70)
    long.resealed()
    agree(long)


def test_a_day_behind_the_cut_is_known_once_it_is_asked_for(long: Bench) -> None:
    workspace = long.resealed()
    workspace.ledger.entries_on(REACHABLE, on(workspace, 1))
    assert not workspace.store.complete
    assert workspace.ledger.entries_on(REACHABLE, START) and workspace.store.complete
