"""The law of the summary: with it or without it, no output is another one."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from tinydb import TinyDB

from tests.faults.folders import no_waiting_for_the_disk
from tests.services.kit import Bench, HandClock, figures
from tracker.domain.commitments import Commitment, Kind
from tracker.ledger import event_keys
from tracker.ledger.errors import TowardError
from tracker.ledger.json_rows import streak_row
from tracker.ledger.workspace import Workspace
from tracker.services import settings as dated
from tracker.services.commitments import lifecycle, pauses
from tracker.services.exchange import transfer
from tracker.services.history import undo
from tracker.services.logging import lapses, log_entry, notes, quick_log, skips
from tracker.store.events import Draft

ROSTER = (
    "s4.reachable",
    "s4.partner-time",
    "s4.promise-keeper",
    "s5.no-attacks",
    "s6.weekly-share",
    "s6.four-topics",
    "s6.my-story",
    "s3.openness-agreement",
    "s2.turn-toward",
    "own.walk",
)
TOPICS = ("fears", "joys", "dreams")
SENTENCES = (
    "daily",
    "mon wed fri",
    "every 3 days",
    "every 2 weeks",
    "3 per week",
    "weekly",
    "monthly",
    "120 min per week",
    "once",
    "once by {day}",
    "rrule FREQ=MONTHLY;BYDAY=1MO",
    "on event",
)
SETTINGS = (("week-start", "sun"), ("week-start", "mon"), ("week-start", "thu"), ("day-ends-at", "01:00"))
DAMAGE = ("gone", "cut", "noise", "score", "streak", "events", "absorbed", "tables")


@dataclass(frozen=True)
class Step:
    """One thing that happens: on which device, what, to which commitment, and two numbers to vary it."""

    name: str
    who: int
    cid: str
    ago: int
    number: int


def _find(workspace: Workspace, cid: str) -> Commitment | None:
    return workspace.ledger.get(cid)


def _add(workspace: Workspace, step: Step) -> None:
    start = workspace.today - timedelta(days=step.ago)
    if step.cid != "own.walk":
        lifecycle.add(workspace, step.cid, start=start)
        return
    kind, schedule = (("check", "daily"), ("count", "2 per week"), ("task", "once by {day}"))[step.number % 3]
    by = (start + timedelta(days=step.number * 3)).isoformat()
    lifecycle.add_own(workspace, lifecycle.Own("Walk", "s6", kind, schedule.format(day=by)), start)


def _done(workspace: Workspace, step: Step) -> None:
    commitment = _find(workspace, step.cid)
    if commitment is None:
        return
    amount = None if commitment.kind in (Kind.EVENT, Kind.AVOID, Kind.CHECK) else float(step.number)
    fields: dict[str, Any] = {}
    if step.cid in ("s6.weekly-share", "own.walk", "s6.small-true-thing"):
        fields = {"topic": TOPICS[step.number % 3]}
    log_entry.done(workspace, commitment, (workspace.today - timedelta(days=step.ago),), amount, fields=fields)


def _event(workspace: Workspace, step: Step) -> None:
    """Write a promise that falls due on some day, open or with an outcome, as another version might."""
    day = workspace.today - timedelta(days=step.ago)
    value: dict[str, Any] = {"day": day.isoformat(), "due": (day + timedelta(days=step.number * 9 - 30)).isoformat()}
    value |= {"open": True} if step.number % 3 == 0 else {"credit": step.number % 3 / 2}
    workspace.write("done", lambda: [Draft(event_keys.entry("s4.promise-keeper"), value)])


def _rewrite(workspace: Workspace, step: Step) -> None:
    """Change an entry in place: an outcome that comes later, another day, an entry that goes."""
    found = [key for cid in ROSTER for key, _ in workspace.ledger.values(cid, "entry")]
    if not found:
        return
    key = found[step.ago % len(found)]
    value = dict(workspace.ledger.value(key) or {})
    changes: tuple[dict[str, Any] | None, ...] = (
        None,
        value | {"credit": 1.0, "open": False},
        value | {"day": (workspace.today - timedelta(days=step.ago)).isoformat()},
    )
    workspace.write("less", lambda: [Draft(key, changes[step.number % 3])])


def _edit(workspace: Workspace, step: Step) -> None:
    commitment = _find(workspace, step.cid)
    if commitment is None:
        return
    start = workspace.today - timedelta(days=step.ago - 5)
    sentence = SENTENCES[(step.number + step.ago) % len(SENTENCES)].format(day=(start + timedelta(days=12)).isoformat())
    lifecycle.edit(workspace, commitment, schedule=sentence, target=1 + step.number % 2, start=start)


def _unplan(workspace: Workspace, step: Step) -> None:
    """Take the newest plan away, as an undo on another device does."""
    commitment = _find(workspace, step.cid)
    if commitment is not None and len(commitment.plans) > 1:
        workspace.write("edit", lambda: [Draft(event_keys.plan(step.cid, commitment.plan.start), None)])


def _with(act: Callable[[Workspace, Commitment, date, int], object]) -> Callable[[Workspace, Step], None]:
    def run(workspace: Workspace, step: Step) -> None:
        commitment = _find(workspace, step.cid)
        if commitment is not None:
            act(workspace, commitment, workspace.today - timedelta(days=step.ago), step.number)

    return run


def _unpause(workspace: Workspace, step: Step) -> None:
    """Take a pause away altogether, as an undo on another device does."""
    owner = event_keys.EVERYONE if step.number % 2 else step.cid
    found = [key for key, _ in workspace.ledger.values(owner, "pause")]
    if found:
        workspace.write("pause", lambda: [Draft(found[step.ago % len(found)], None)])


def _redo(workspace: Workspace, step: Step) -> None:
    if step.number % 2:
        undo.undo(workspace)
    undo.redo(workspace)


def _import(workspace: Workspace, step: Step) -> None:
    """Bring in what a third device, with a clock of its own, had logged."""
    with tempfile.TemporaryDirectory() as folder:
        other = Bench(Path(folder), HandClock(workspace.clock.now() - timedelta(days=step.ago)))
        there = other.open()
        _quietly(_add, there, step)
        _quietly(_done, there, step)
        text = transfer.export_json(there, private=True).text
    transfer.import_json(workspace, text)


ACTS: dict[str, Callable[[Workspace, Step], object]] = {
    "add": _add,
    "done": _done,
    "done again": _done,
    "share": lambda workspace, step: quick_log.share(
        workspace, TOPICS[step.number % 3], None, (workspace.today - timedelta(days=step.ago),)
    ),
    "event": _event,
    "rewrite": _rewrite,
    "undone": _with(lambda workspace, each, day, _: log_entry.undone(workspace, each, (day,))),
    "less": _with(lambda workspace, each, day, number: log_entry.less(workspace, each, day, number)),
    "lapse": _with(lambda workspace, each, day, number: lapses.lapse(workspace, each, (day,), handled=number % 2 == 0)),
    "skip": _with(lambda workspace, each, day, number: skips.skip(workspace, each, (day + timedelta(days=number),))),
    "unskip": _with(
        lambda workspace, each, day, number: skips.unskip(workspace, each, (day + timedelta(days=number),))
    ),
    "pause": _with(
        lambda workspace, each, day, number: pauses.pause(
            workspace, each if number % 3 else None, day, day + timedelta(days=number) if number % 2 else None
        )
    ),
    "unpause": _unpause,
    "resume": _with(lambda workspace, each, _, number: pauses.resume(workspace, each if number % 3 else None)),
    "archive": _with(lambda workspace, each, *_: lifecycle.archive(workspace, each)),
    "delete": _with(lambda workspace, each, *_: lifecycle.delete(workspace, each)),
    "edit": _edit,
    "unplan": _unplan,
    "set": lambda workspace, step: dated.put(workspace, *SETTINGS[step.number % 4]),
    "undo": lambda workspace, _: undo.undo(workspace),
    "redo": _redo,
    "note": _with(lambda workspace, each, day, _: notes.note(workspace, each, day, "a word")),
    "timer": lambda workspace, step: (quick_log.stop_timer if step.number % 2 else quick_log.start_timer)(workspace),
    "import": _import,
}


def _quietly(act: Callable[[Workspace, Step], object], workspace: Workspace, step: Step) -> bool:
    try:
        act(workspace, step)
    except TowardError:
        return False
    return True


def _damage(path: Path, how: str, number: int) -> None:
    """Spoil a summary, also in ways that leave it sound JSON."""
    if not path.exists():
        return
    raw = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(raw[: len(raw) * number // 8])
    elif how == "noise":
        place = len(raw) * number // 8
        path.write_bytes(raw[:place] + b"\x00\xff" + raw[place:])
    else:
        table, old, new = {
            "score": ("carries", b'"score":0', b'"score":7'),
            "streak": ("carries", b'"streak":', b'"streak":1'),
            "events": ("base", b'"events":[', b'"events":[7,'),
            "absorbed": ("base", b'"absorbed":[', b'"absorbed":["0",'),
            "tables": ("base", b'"base":', b'"case":'),
        }[how]
        head, mark, tail = raw.partition(f'"{table}":'.encode())
        path.write_bytes(head + (mark + tail).replace(old, new))


class World:
    """Two devices over one data folder, and what was seen of the summary."""

    def __init__(self, root: Path, counts: Counter[str]) -> None:
        self.bench = Bench(root)
        self.clocks = [HandClock(), HandClock()]
        self.counts = counts
        self.open: list[Workspace | None] = [None, None]

    def workspace(self, who: int) -> Workspace:
        """Return the device's open store, opened now if it is not."""
        found = self.open[who]
        if found is None:
            found = self.open[who] = self.bench.open(str(who), self.clocks[who])
        found.poll()
        return found

    def step(self, step: Step) -> None:
        """Let one thing happen."""
        if step.name == "clock":
            self.clocks[step.who].go(days=step.ago)
            self.open[step.who] = None if step.number % 2 else self.open[step.who]
        elif step.name == "clock back":
            self.clocks[step.who].go(days=-step.ago)
            self.open[step.who] = None if step.number % 2 else self.open[step.who]
        elif step.name == "close":
            self.open[step.who] = None
        elif step.name == "damage":
            self.open[step.who] = None
            _damage(self.bench.summary(str(step.who)), DAMAGE[(step.number + step.ago) % len(DAMAGE)], step.number)
        else:
            done = _quietly(ACTS[step.name], self.workspace(step.who), step)
            self.counts[f"{step.name}: {'done' if done else 'refused'}"] += 1
        self.look(step.who)

    def look(self, who: int) -> None:
        """Compare what a fresh start, an open store and a recount say."""
        device, clock = str(who), self.clocks[who]
        fresh = self.bench.open(device, clock)
        fast = not fresh.store.complete
        self.counts["looks"] += 1
        self.counts["fast"] += fast
        seen = figures(fresh)
        if fast:
            assert not fresh.store.complete
        recounted = self.bench.recounted(device, clock)
        expected = figures(recounted)
        assert seen == expected
        assert figures(self.workspace(who)) == expected
        fresh.keep_streaks()
        with TinyDB(self.bench.summary(device), encoding="utf-8") as stock:
            streaks = stock.table("streaks").all()
        today = recounted.today
        assert streaks == [streak_row(recounted.ledger, each, today) for each in recounted.ledger.commitments()]


PAST = tuple(
    Step(name, 0, cid, ago, number)
    for name, cid, ago, number in (
        ("add", "s4.reachable", 60, 0),
        ("add", "s4.partner-time", 60, 0),
        ("add", "s6.four-topics", 60, 0),
        ("add", "s5.no-attacks", 40, 0),
        ("done", "s4.reachable", 1, 0),
        ("done", "s4.reachable", 0, 0),
        ("done", "s4.partner-time", 3, 9),
        ("share", "s6.weekly-share", 2, 1),
        ("lapse", "s5.no-attacks", 1, 1),
        ("clock", "s4.reachable", 25, 0),
        ("done", "s4.reachable", 1, 0),
        ("edit", "s4.partner-time", 8, 5),
        ("clock", "s4.reachable", 50, 1),
    )
)


def _step(seed: int) -> Step:
    """Return the step of a number: any act as often as any other, of a day near, in the last months or long ago."""
    draw = Random(seed)
    who = draw.choice((0, 0, 0, 1))
    name = draw.choice((*sorted(ACTS), *("clock",) * 3, "clock back", "close", "damage"))
    if name == "clock":
        return Step(name, who, "", draw.choice((1, 3, 8, 31)), draw.randint(0, 1))
    if name == "clock back":
        return Step(name, who, "", draw.choice((1, 33, 75)), draw.randint(0, 1))
    ago = draw.choice((draw.randint(0, 8), draw.randint(20, 70), draw.randint(60, 200)))
    roster = ("s6.weekly-share", "s6.my-story", "own.walk") if name == "add" else ROSTER
    return Step(name, who, draw.choice(roster), ago, draw.randint(1, 7))


STEPS = st.integers(0, 2**32 - 1).map(_step)


def _lay_out(place: Path) -> None:
    """Fill a folder with some sealed months, once for all examples."""
    world = World(place, Counter())
    for step in PAST:
        world.step(step)


def test_the_summary_changes_no_figure(tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    place, past = tmp_path / "bench", tmp_path / "past"
    with no_waiting_for_the_disk():
        _lay_out(place)
    place.rename(past)

    @settings(max_examples=20)
    @given(st.lists(STEPS, min_size=6, max_size=12))
    def law(steps: list[Step]) -> None:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(past, place)
        with no_waiting_for_the_disk():
            world = World(place, counts)
            world.clocks[0].go(days=sum(step.ago for step in PAST if step.name == "clock"))
            world.look(0)
            before = counts["fast"]
            for step in steps:
                world.step(step)
            event("the summary was taken up" if counts["fast"] > before else "all was read")

    law()

    assert counts["fast"] > counts["looks"] / 4, counts
    assert sum(counts[f"{name}: done"] > 0 for name in ACTS) > 18, counts
