"""The book taken in bit by bit is the book made anew, and no value that lies in a file ever breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.kit import Bench, figures
from tracker.catalogue import template
from tracker.ledger import event_keys
from tracker.ledger.errors import TowardError
from tracker.ledger.json_rows import streak_row
from tracker.ledger.ledger import Ledger
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle, pauses
from tracker.services.history import history, undo
from tracker.services.logging import log_entry, notes
from tracker.services.views import dashboard, day_rows, details
from tracker.store.events import Draft

TODAY = date(2026, 11, 23)
CIDS = ("s4.reachable", "s6.weekly-share", "s6.four-topics", "own.walk", "s5.no-attacks", "s4.promise-keeper")


class Winners:
    """What a book reads from, kept by hand."""

    def __init__(self) -> None:
        self.winners: dict[str, dict[str, Any]] = {}
        self.t = 0

    def put(self, key: str, value: Mapping[str, Any] | None) -> None:
        """Let a key have a newer value; a missing one may go altogether."""
        self.t += 1
        self.winners[key] = {"v": value, "t": self.t}


def walk(step: str, kind: str) -> dict[str, Any]:
    """Return the facts of a commitment of one's own."""
    return {"title": "Walk", "step": step, "kind": kind}


days = st.integers(0, 60).map(lambda ago: TODAY - timedelta(days=ago))
texts = days.map(date.isoformat)
names = st.sampled_from(("1", "2", "3"))
cids = st.sampled_from(CIDS)
JUNK: st.SearchStrategy[Any] = st.sampled_from((None, 5, -1, "", "x", [], {}, ["x"], 1e308, "nan", True, "2026-02-30"))
junk = st.dictionaries(
    st.sampled_from(
        (
            *("day", "due", "at", "amount", "credit", "outcome", "open", "put_right_at", "afraid", "topic", "first"),
            *("last", "reason", "schedule", "target", "anchor", "title", "step", "kind", "gathers", "distinct"),
            *("outcomes", "aliases", "counts", "harm", "value", "since", "private", "fields"),
        )
    ),
    JUNK,
    max_size=4,
)

facts = st.one_of(
    st.sampled_from(CIDS[:3] + CIDS[4:]).map(lambda cid: (event_keys.commitment(cid), template(cid).as_value())),
    st.tuples(st.just("commitment|own.walk"), st.builds(walk, st.sampled_from(("s6", "s1")), st.just("count"))),
)
plans = st.builds(
    lambda cid, day, schedule, target: (event_keys.plan(cid, day), {"schedule": schedule, "target": target}),
    cids,
    days,
    st.sampled_from(("daily", "weekly", "4 per month", "on event", "every 3 days")),
    st.integers(1, 2),
)
logged = st.builds(
    lambda cid, name, day, topic, more: (f"entry|{cid}|{name}", {"day": day, "fields": {"topic": topic}} | more),
    cids,
    names,
    texts,
    st.sampled_from(("fears", "joys", "")),
    st.sampled_from(({}, {"amount": 2}, {"outcome": "lapse"}, {"credit": 1.0}, {"open": True})),
)
marked: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.builds(
    lambda kind, cid, day: (f"{kind}|{cid}|{day}", {}), st.sampled_from(("check", "clear", "skip")), cids, texts
)
paused = st.builds(
    lambda cid, name, day: (f"pause|{cid}|{name}", {"first": day}),
    st.sampled_from((*CIDS, event_keys.EVERYONE)),
    names,
    texts,
)
away = st.builds(lambda cid, day: (f"archived|{cid}", {"since": day}), cids, texts)
dated = st.builds(
    lambda day, weekday: (f"setting|week-start|{day}", {"value": weekday}), texts, st.integers(0, 6)
) | st.builds(lambda day: (f"setting|day-ends-at|{day}", {"value": "05:00"}), texts)
sound = st.one_of(facts, plans, logged, marked, paused, away, dated)
spoilt = st.tuples(sound, junk).map(lambda both: (both[0][0], both[0][1] | both[1]))
odd_keys = st.sampled_from(
    (
        "", "|", "||", "entry", "entry|", "check|s4.reachable|", "check|s4.reachable|x", "plan|s4.reachable|2026-02-30",
        "skip|s4.reachable|2026-11-20|x", "note|s4.reachable|x", "setting|week-start|x", "setting|week-start|",
        "unknown|s4.reachable|2026-11-20", "commitment|", "commitment|*", "timer|s4.partner-time", "timer|x",
        "pause|*|1", "clear|*|2026-11-20", "plan|*|2026-11-01", "plan|s4.reachable|0001-01-01", "entry|*|1",
    )
)  # fmt: skip
changes = st.one_of(sound, sound, sound, sound.map(lambda pair: (pair[0], None)))


@settings(max_examples=40)
@given(st.lists(st.lists(changes, max_size=4), max_size=12), st.booleans())
def test_a_book_taken_in_bit_by_bit_is_the_book_made_anew(
    batches: list[list[tuple[str, Mapping[str, Any] | None]]], asked: bool
) -> None:
    source = Winners()
    ledger = Ledger(source)
    for batch in batches:
        for key, value in batch:
            source.put(key, value)
        ledger.apply([key for key, _ in batch])
        if asked:
            everything(ledger)
    anew = Ledger(source)

    assert everything(ledger) == everything(anew)
    assert ledger.misread == anew.misread


@pytest.mark.parametrize("after", [None, walk("s1", "count")])
def test_what_leaves_a_step_is_counted_there_no_more(after: dict[str, Any] | None) -> None:
    source = Winners()
    source.put("commitment|s6.four-topics", template("s6.four-topics").as_value())
    source.put("plan|s6.four-topics|2026-11-01", {"schedule": "4 per month"})
    source.put("commitment|own.walk", walk("s6", "count"))
    source.put("plan|own.walk|2026-11-01", {"schedule": "daily"})
    source.put("entry|own.walk|1", {"day": "2026-11-20", "fields": {"topic": "joys"}})
    ledger = Ledger(source)
    before = ledger.figures("s6.four-topics", TODAY).current
    assert before is not None and before.done == 1.0

    source.put("commitment|own.walk", after)
    ledger.apply(["commitment|own.walk"])

    current = ledger.figures("s6.four-topics", TODAY).current
    assert current is not None and current.done == 0.0


def everything(ledger: Ledger) -> tuple[Any, ...]:
    """Return all that a book says."""
    commitments = list(ledger.commitments(archived=True))
    return (
        commitments,
        {each.id: ledger.figures(each.id, TODAY) for each in commitments},
        {cid: (ledger.record(cid).entries, ledger.record(cid).skips, set(ledger.record(cid).pauses)) for cid in CIDS},
        {cid: ledger.entries_on(cid, TODAY - timedelta(days=ago)) for cid in CIDS for ago in range(9)},
        ledger.calendar,
        ledger.day_ends,
    )


def look_everywhere(workspace: Workspace) -> None:
    """Ask everything the faces ask."""
    figures(workspace)
    for ago in (0, 1, 30):
        view = day_rows.day_view(workspace, workspace.today - timedelta(days=ago))
        dashboard.week_counts(workspace, view)
    for each in workspace.ledger.commitments(archived=True):
        streak_row(workspace.ledger, each, workspace.today)
        shown = details.details(workspace, each)
        assert shown.days() is not None and shown.logged_days() is not None
        notes.read_note(workspace, each.id, workspace.today)
    dashboard.overview(workspace)
    history.history(workspace, limit=99)
    workspace.keep_streaks()


@settings(max_examples=25)
@given(st.lists(st.one_of(sound, spoilt, st.tuples(odd_keys, junk)), min_size=1, max_size=25))
def test_no_value_of_a_file_breaks_anything(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str, dict[str, Any]]]
) -> None:
    bench = Bench(tmp_path_factory.mktemp("bench"))
    workspace = bench.open()
    lifecycle.add_all(workspace, [cid for cid in CIDS if cid != "own.walk"])
    workspace.write("hand", lambda: [Draft(key, value) for key, value in values if key])
    workspace = bench.open()

    look_everywhere(workspace)

    for each in list(workspace.ledger.commitments(archived=True)):
        try:
            pauses.pause_or_resume(workspace, each)
            log_entry.toggle(workspace, each, workspace.today)
            notes.note(workspace, each, workspace.today, "more")
        except TowardError as refusal:
            assert refusal.message
    look_everywhere(bench.open())
    undo.undo(workspace)


BAD: dict[str, dict[str, Any]] = {
    "check|s4.reachable|2026-13-01": {},
    "check|s4.reachable|yesterday": {},
    "clear|s4.reachable|": {},
    "check|s4.reachable|2026-11-20": {"at": "noon"},
    "check|s4.reachable|2026-11-19": {"at": "2026-11-19T20:00:00"},
    "entry|s4.reachable|1": {"day": "2026-11-20", "amount": "many"},
    "entry|s4.reachable|2": {"day": "2026-11-20", "amount": -1},
    "entry|s4.reachable|3": {"day": "2026-11-20", "amount": "nan"},
    "entry|s4.reachable|4": {"day": "2026-11-20", "amount": 1e300},
    "entry|s4.reachable|5": {"amount": 1},
    "entry|s4.reachable|6": {"day": 7},
    "entry|s4.reachable|7": {"day": "2026-11-20", "due": 7},
    "entry|s4.reachable|8": {"day": "2026-11-20", "outcome": ["lapse"]},
    "entry|s4.reachable|9": {"day": "2026-11-20", "credit": "all"},
    "entry|s4.reachable|10": {"day": "2026-11-20", "put_right_at": "2026-11-20T20:00:00"},
    "plan|s4.reachable|2026-11-21": {"schedule": "now and then"},
    "plan|s4.reachable|2026-11-22": {"schedule": "daily", "target": 0},
    "plan|s4.reachable|2026-11-17": {"schedule": "daily", "target": 10**30},
    "plan|s4.reachable|soon": {"schedule": "daily"},
    "plan|s4.reachable|2026-11-18": {},
    "skip|s4.reachable|someday": {},
    "pause|s4.reachable|1": {"last": "2026-11-20"},
    "pause|s4.reachable|2": {"first": "2026-11-20", "last": "never"},
    "commitment|own.walk": {"title": "Walk", "step": "s1", "kind": "dance"},
    "commitment|own.run": {"title": "Run", "step": "s1", "kind": "count", "distinct": {}},
    "commitment|own.swim": {"title": "Swim", "step": "s1", "kind": "event", "outcomes": ["kept"]},
    "timer|s4.partner-time": {"since": "2026-11-20T20:00:00"},
    "setting|day-ends-at|2026-11-20": {"value": "03:00+01:00"},
    "setting|day-ends-at|2026-11-19": {"value": "23:00"},
    "setting|week-start|2026-11-20": {"value": "sunday"},
    "setting|week-start|soon": {"value": 6},
}  # fmt: skip


@pytest.mark.parametrize("key", BAD)
def test_a_value_that_cannot_be_read_is_named_and_changes_nothing(workspace: Workspace, bench: Bench, key: str) -> None:
    lifecycle.add_all(workspace, ("s4.reachable", "s4.partner-time"))
    log_entry.done(workspace, lifecycle.ensure_active(workspace, "s4.reachable").commitment)
    before = figures(workspace)
    drafts = [Draft(key, BAD[key])]
    if key.startswith("commitment|"):
        drafts.append(Draft(event_keys.plan(key.partition("|")[2], workspace.today), {"schedule": "daily"}))

    workspace.write("hand", lambda: drafts)

    for each in (workspace, bench.open()):
        assert figures(each) == before
        look_everywhere(each)
        assert key in each.ledger.misread
    workspace.write("hand", lambda: [Draft(key, None)])
    look_everywhere(workspace)
    assert workspace.ledger.misread == set()
