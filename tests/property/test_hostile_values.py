"""Whatever stands in any field of any kind of entry: every view, list, export, count, undo and doctor goes on."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.folders import no_waiting_for_the_disk
from tests.services.kit import Bench
from tracker.domain.reviews import Review
from tracker.ledger.errors import Refused, TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import find, lifecycle
from tracker.services.exchange import transfer
from tracker.services.history import history, undo
from tracker.services.logging import quick_log
from tracker.services.reviews import month_report, partner, period_summary, reviews
from tracker.services.safekeeping import doctor
from tracker.services.together import planned
from tracker.services.views import dashboard, day_rows, details, inbox

TIME, ATTACKS, SHARE = "s4.partner-time", "s5.no-attacks", "s6.weekly-share"
DAY = "2026-11-23"
AT = f"{DAY}T19:00:00+01:00"
NEW = {"title": "New", "step": "s2", "kind": "check", "aliases": ["n"], "outcomes": [{"name": "a", "credit": 1}]}
MADE: dict[str, dict[str, Any]] = {
    "commitment|new": NEW,
    f"commitment|{TIME}": {**NEW, "kind": "minutes", "step": "s4"},
    f"commitment|{SHARE}": {**NEW, "kind": "count", "step": "s6", "gathers": "s6", "distinct": "topic"},
    f"plan|new|{DAY}": {"schedule": "daily", "target": 1, "anchor": DAY, "after": True},
    f"plan|{TIME}|{DAY}": {"schedule": "weekly 3", "target": 60},
    f"archived|{SHARE}": {"archived": True},
    f"check|new|{DAY}": {"at": AT, "credit": 1},
    f"clear|{ATTACKS}|{DAY}": {"at": AT},
    f"skip|new|{DAY}": {"reason": "ill"},
    f"note|new|{DAY}": {"private": {"text": "words"}},
    f"entry|{TIME}|1": {"day": DAY, "at": AT, "amount": 30, "fields": {"tag": "walk"}, "private": {"text": "x"}},
    f"entry|{ATTACKS}|2": {"day": DAY, "at": AT, "outcome": "lapse", "open": True, "due": DAY, "asks": ["plan"]},
    f"entry|{SHARE}|3": {"day": DAY, "fields": {"topic": "fears", "in_window": 1, "late": 2}},
    "pause|new|4": {"first": DAY, "last": DAY, "reason": "away", "archived": False},
    "pause|*|5": {"first": DAY},
    f"timer|{TIME}": {"since": AT},
    f"setting|day-ends-at|{DAY}": {"value": "03:00"},
    f"setting|week-start|{DAY}": {"value": 0},
    f"setting|lock-after|{DAY}": {"value": 5},
    f"planned|{TIME}|6": {"rule": "sat 19:00 60m weekly", "start": DAY, "at": AT, "minutes": 60, "private": {}},
    f"agreed|{TIME}|planned|{TIME}|6": {"moved": AT, "cancelled": True},
    "card|passed|fears-3": {"at": AT},
    "unlock|cards": {"at": AT},
    "numbers|at-hand": {"private": {"text": "110"}},
    f"review|week|{DAY}": {"parts": ["counts"], "answers": {"a": "b"}, "finished": AT, "private": {"words": "x"}},
    f"partner-ratings|{DAY}": {"ratings": {"safe": 8}, "free": "yes", "keep": True},
    "purge|7": {"keys": {"note|x": 5}},
    "import|8": {"events": ["a", "b"]},
}
NAMES = st.sampled_from(["a", "text", "name"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "x", DAY, AT, "9999-12-31", "0001-01-01", "9999-12-31T23:59:59-23:59", "inf", "t" * 5000])
    | st.text(max_size=4).filter(lambda text: text.isprintable()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
VALUES = st.none() | st.dictionaries(st.sampled_from(["title", "value", "day", "keys", "events", "private"]), ANY)


@st.composite
def hostile(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an event of any kind whose value is right but for a field, or is anything at all."""
    key = draw(st.sampled_from(sorted(MADE)))
    value: Any = dict(MADE[key])
    if draw(st.booleans()):
        value[draw(st.sampled_from(sorted(value)))] = draw(ANY)
    else:
        value = draw(VALUES)
    last = draw(st.sampled_from([key.rpartition("|")[2], key.rpartition("|")[2], "", "|", "x", "0001-01-01"]))
    named = f"{key.rpartition('|')[0]}|{last}"
    return {
        "key": named,
        "v": value,
        "t": draw(st.integers(0, 1_800_000_000_000)),
        "prev": draw(st.sampled_from([None, "h0", "gone"])),
        "at": draw(st.sampled_from([AT, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])),
        "op": draw(st.sampled_from(["o1", "o2", ""])),
        "n": draw(st.integers(0, 6)),
        "cmd": draw(st.sampled_from(["done", "import", "restore", "undo", "purge", "\x1b[2J", "sealed"])),
        "undoes": draw(st.sampled_from(["o1", "o2", ""])),
    }


def everything(workspace: Workspace) -> None:
    """Look at all there is to see, and change something."""
    view = day_rows.day_view(workspace)
    dashboard.week_counts(workspace, view)
    dashboard.overview(workspace)
    inbox.waiting(workspace)
    planned.agenda(workspace)
    for commitment in list(workspace.ledger.commitments(archived=True)):
        details.details(workspace, commitment)
    history.history(workspace, limit=200)
    for kind in Review:
        period_summary.summary_of(workspace, kind)
        reviews.progress(workspace, kind)
    month_report.month_table(workspace)
    transfer.export_json(workspace, private=True)
    acts: list[Callable[[], object]] = [
        lambda: partner.reveal(workspace, Review.TOGETHER),
        lambda: find.find(workspace, "x"),
    ]
    acts += [lambda: undo.undo(workspace), lambda: undo.redo(workspace)]
    for act in acts:
        with contextlib.suppress(TowardError):
            act()
    quick_log.reply(workspace, 1)
    with contextlib.suppress(Refused):
        undo.undo(workspace)
    doctor.examine(workspace.data, workspace.state, workspace.clock)


def plant(bench: Bench, folder: str, events: list[dict[str, Any]]) -> None:
    """Put a file with events into a folder."""
    path = bench.data / "devices" / folder / ("2026-11.json" if folder.startswith("e") else "2026-11.copy-1.json")
    path.parent.mkdir(exist_ok=True, mode=0o700)
    made = [{"id": f"h{number}", "dev": folder, **each} for number, each in enumerate(events)]
    path.write_text(json.dumps({"events": {str(number): each for number, each in enumerate(made, start=1)}}))


@settings(max_examples=40, deadline=None)
@given(st.lists(hostile(), min_size=4, max_size=16), st.booleans())
def test_no_value_in_a_file_stops_anything(events: list[dict[str, Any]], ours: bool) -> None:
    with TemporaryDirectory() as folder, no_waiting_for_the_disk():
        bench = Bench(Path(folder))
        workspace = bench.open()
        lifecycle.add(workspace, "s4.reachable")
        plant(bench, workspace.store.device if ours else "e" * 32, events)
        everything(bench.open())
        everything(bench.open())
