"""The derived summary: streaks in a TinyDB table, and a place from which a count can go on.

It may be deleted at any time. The months before the last one are archived: their files are only looked at, not
read, as long as they are the same as when the summary was made and nothing newer reaches back behind the cut.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from tracker.domain.calendar import ONE_DAY, add_months
from tracker.domain.counting.figures import STRIP_LENGTH, Mark, Streak, Tally
from tracker.domain.counting.occasions import State
from tracker.domain.schedules import Once
from tracker.ledger import codec, event_keys
from tracker.ledger.commitment_state import Checkpoint
from tracker.ledger.json_rows import streak_row
from tracker.ledger.ledger import ASKED, Ledger
from tracker.store.crypto.vault import PLAIN, Vault
from tracker.store.events import Event, canonical
from tracker.store.log.housekeeping import SummaryFile
from tracker.store.store import Store

VERSION = 5
MOST_ABSORBED = 500
UNDATED = event_keys.BESIDE | {"commitment", "archived", "plan", "pause", "setting", "timer", "planned", "agreed"}
COUNTED = ("streaks", "base", "carries")
FARTHEST_EAST = timedelta(hours=14)
DECIDING = ("kind", "step", "counts", "gathers", "distinct", "harm")
"""The facts of a commitment that decide how it, or one that gathers from it, is counted."""


def archived_before(today: date) -> str:
    """Return the month (`YYYY-MM`) whose predecessors are archived: the one before this month."""
    return add_months(today.replace(day=1), -1).isoformat()[:7]


class StreakCache:
    """The summary file of one data folder."""

    def __init__(self, state: Path, vault: Vault = PLAIN) -> None:
        self._file = SummaryFile(state / "summary.json", vault)
        self._base: Mapping[str, Any] | None = None
        self._checkpoints: dict[str, Checkpoint] = {}
        self._stamp: tuple[str, str] | None = None
        self._newest: dict[str, tuple[int, str]] = {}

    def take_up(self, store: Store) -> dict[str, Checkpoint] | None:
        """Give the store the archived events that still matter and return what the others amount to.

        None where the summary is missing, damaged, out of date or reached behind: then all must be read.
        """
        tables: Mapping[str, Sequence[Mapping[str, Any]]] = self._file.read() or {}
        try:
            self._newest = newest_operations(tables)
            base = tables["base"][0]
            checkpoints = {row["commitment"]: _read_checkpoint(row) for row in tables["carries"]}
            stamp = tables["stamp"][0]
            if base["version"] != VERSION or base["since"] != store.since or stamp["sum"] != _sum(tables):
                return None
            if base["sealed"] != store.shards.archived_fingerprint():
                return None
            store.preload(base["events"])
            self._base, self._checkpoints = base, checkpoints
            if not self.still_holds(store):
                self._base = None
                return None
            self._stamp = (stamp["day"], stamp["fingerprint"])
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            self._base = None
            return None
        return dict(checkpoints)

    def still_holds(self, store: Store) -> bool:
        """Return whether the archived files are as they were and nothing newer reaches behind the cut."""
        base = self._base
        if base is None or base["sealed"] != store.shards.archived_fingerprint():
            return False
        recent = list(store.shards.recent())
        reaching = _reaching(recent, base["events"], base["since"], self._checkpoints, set(base["gone"]))
        return reaching == set(base["absorbed"])

    def covers(self, today: date) -> bool:
        """Return whether a day is one that the count can go on to, and not one it went past already."""
        return all(checkpoint.cut <= today for checkpoint in self._checkpoints.values())

    @property
    def without_private(self) -> frozenset[str]:
        """Return the ids of the events that are kept here without their private part."""
        return frozenset(self._base["bare"]) if self._base else frozenset()

    @property
    def gone(self) -> frozenset[str]:
        """Return the ids of commitments that were deleted when the checkpoints were made, and have none."""
        return frozenset(self._base["gone"]) if self._base else frozenset()

    @property
    def archived_operation(self) -> int:
        """Return the largest number of an operation of this device in an archived file, 0 where it has none."""
        return int(self._base["operation"]) if self._base else 0

    def keep(self, store: Store, ledger: Ledger, today: date) -> None:
        """Write the tables if the day or the events are not those they were counted from."""
        stamp = (today.isoformat(), store.shards.fingerprint())
        if stamp == self._stamp or store.read_only:
            return
        if store.complete and not self.still_holds(store):
            self._rebase(store, ledger, today)
        self._stamp = stamp
        tables: dict[str, list[Mapping[str, Any]]] = {
            "streaks": [streak_row(ledger, ledger.real(each.id) or each, today) for each in ledger.commitments()],
            "base": [self._base] if self._base else [],
            "carries": [_checkpoint_row(cid, checkpoint) for cid, checkpoint in self._checkpoints.items()],
        }
        if not store.damaged:
            # What was written before a file was damaged shows later whether anything went with it.
            self._newest[store.device] = max(self._newest.get(store.device, (0, "")), store.newest_operation)
        made: dict[str, object] = {"version": VERSION, "day": stamp[0], "fingerprint": stamp[1], "sum": _sum(tables)}
        made["newest"] = self._newest
        self._file.write({"stamp": [made], **tables})

    def _rebase(self, store: Store, ledger: Ledger, today: date) -> None:
        """Count up to the cut anew; leave the summary without a base where it would not pay."""
        self._base, self._checkpoints = None, {}
        if not store.since or not store.shards.archived_fingerprint():
            return
        mark = min(date.fromisoformat(f"{store.since}-01"), today)
        gone: list[str] = []
        checkpoints: dict[str, Checkpoint] = {}
        recent = list(store.shards.recent())
        recent_ids = {event["id"] for event in recent}
        archived = [event for event in store.events.values() if event["id"] not in recent_ids]
        reached = {event_keys.split(event["key"])[1] for event in archived}
        for cid in ledger.ids():
            if ledger.get(cid) is not None:
                checkpoints[cid] = _checkpoint(ledger, cid, today, mark)
            elif cid in reached:
                gone.append(cid)
        gathering = {each.id for each in ledger.commitments(archived=True) if each.gathers}
        needed = _needed(store.shards.archived_winners(), recent, store.since, checkpoints, gathering)
        needed = [judged for event in needed if (judged := _judged(store, ledger, event)) is not None]
        reaching = _reaching(recent, needed, store.since, checkpoints, set(gone))
        if len(reaching) > MOST_ABSORBED:
            return
        self._checkpoints = checkpoints
        self._base = {
            "version": VERSION,
            "since": store.since,
            "sealed": store.shards.archived_fingerprint(),
            "events": [_without_private(event) for event in needed],
            "bare": [event["id"] for event in needed if _without_private(event) is not event],
            "gone": gone,
            "absorbed": sorted(reaching),
            "operation": max((event.get("n", 0) for event in archived if event["dev"] == store.device), default=0),
        }


def newest_operations(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[int, str]]:
    """Return the number and id of the newest operation there was while all was sound, by the device that wrote it."""
    stamp = tables.get("stamp") or [{}]
    found = stamp[0].get("newest")
    rows = found.items() if isinstance(found, dict) else ()
    return {name: (row[0], row[1]) for name, row in rows if _is_operation(row)}


def _is_operation(row: object) -> bool:
    return isinstance(row, list) and len(row) == 2 and type(row[0]) is int and isinstance(row[1], str)


def _judged(store: Store, ledger: Ledger, event: Event) -> Event | None:
    """Return an entry as it may be read, None where it counts for nothing: consent is private, and not kept here."""
    if event["v"] is None or not event["key"].startswith(ASKED) or store.winners[event["key"]]["id"] != event["id"]:
        return event
    value = ledger.value(event["key"])
    return None if value is None else {**event, "v": dict(value)}


def _without_private(event: Event) -> Event:
    """Return an event as it may be kept here: nobody's words lie anywhere but in their own data folder."""
    from tracker.ledger.private_words import public

    value = event["v"]
    left = value if value is None else public(event["key"], value)
    return event if left is value else {**event, "v": dict(left or {})}


def _sum(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return a hash of what was counted, which tells a table that was changed by hand or by a bad disk."""
    return sha256(canonical({name: tables[name] for name in COUNTED}).encode()).hexdigest()


def _begins(since: str) -> int:
    """Return the earliest time (epoch milliseconds) at which an event of that month can have been written."""
    first = datetime.fromisoformat(f"{since}-01").replace(tzinfo=UTC) - FARTHEST_EAST
    return int(first.timestamp() * 1000)


def _reaching(
    events: Sequence[Event],
    preloaded: Sequence[Event],
    since: str,
    checkpoints: Mapping[str, Checkpoint],
    gone: set[str],
) -> set[str]:
    """Return the ids of recent events that may change something from before a commitment's cut.

    An event is one if it or another version of its key speaks of such a day, if it replaces one that is not
    loaded or is older than the month its file is of, if it changes how a commitment counts, or if it is a purge.
    """
    cut = max((checkpoint.cut for checkpoint in checkpoints.values()), default=date.min)
    ids = {event["id"] for event in preloaded}
    known = ids | {event["id"] for event in events}
    begins = _begins(since)
    everything = [*preloaded, *events]
    behind = {event["key"] for event in everything if _day_of(event) < cut} | _recast(everything)
    found = set()
    for event in events:
        kind, owner, _ = event_keys.split(event["key"])
        if kind == "import" or event["id"] in ids:
            continue
        prev = event["prev"]
        replaces = prev is not None and prev not in known
        if kind == event_keys.PURGE or owner in gone or replaces or event["t"] < begins or event["key"] in behind:
            found.add(event["id"])
    return found


def _recast(events: Iterable[Event]) -> set[str]:
    """Return the keys of commitments that count in another way than they did, or left the step another gathers from.

    One that was deleted keeps what it amounts to until it is back; another counts it on if its id still tells the step.
    """
    seen: dict[str, list[Any]] = {}
    found, deleted, gathered = set(), set(), set()
    for event in events:
        key, value = event["key"], event["v"]
        if not key.startswith("commitment|"):
            continue
        if value is None:
            deleted.add(key)
            continue
        facts = [value.get(name) for name in DECIDING]
        if seen.setdefault(key, facts) != facts:
            found.add(key)
        gathered.add(value.get("gathers"))
    steps = {key: seen[key][DECIDING.index("step")] for key in deleted & seen.keys()}
    return found | {
        key for key, step in steps.items() if step in gathered and step != event_keys.step_in(event_keys.split(key)[1])
    }


def _day_of(event: Event) -> date:
    """Return the earliest day an event speaks of, or the last day there is where it speaks of none."""
    kind, _, rest = event_keys.split(event["key"])
    value = event["v"] or {}
    if kind in ("plan", "setting"):
        # They also say how the day before ends: a week, or a task without a last day, may stop there.
        day = _read_day(rest)
        return day - ONE_DAY if day > date.min else day
    texts: list[Any] = []
    if kind in ("check", "clear", "skip"):
        texts = [rest]
    elif kind == "entry":
        texts = [value.get("day"), value.get("due")]
    elif kind == "pause":
        texts = [value.get("first")]
    return min((_read_day(str(text)) for text in texts if text), default=date.max)


def _read_day(text: str) -> date:
    """Return a day, or the first day there is where the text is none, so that it reaches behind every cut."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _needed(
    events: Iterable[Event],
    recent: Iterable[Event],
    since: str,
    checkpoints: Mapping[str, Checkpoint],
    gathering: set[str],
) -> list[Event]:
    """Return the archived events that still matter.

    They are undated, or of a day that is not yet counted, or still ask something, or may still win over a recent
    event of their key.
    """
    begins = _begins(since)
    keys_again = {event["key"] for event in recent}
    cuts = {cid: checkpoint.cut for cid, checkpoint in checkpoints.items()}
    cuts[event_keys.EVERYONE] = min(cuts.values(), default=date.min)
    gathered = min((cuts[cid] for cid in gathering), default=date.max)
    found = []
    for event in events:
        kind, owner, rest = event_keys.split(event["key"])
        cut = cuts.get(owner, date.max)
        if kind in UNDATED:
            needed = True
        elif kind in ("check", "clear", "skip", "note"):
            needed = owner in cuts and _read_day(rest) >= cut
        elif kind == "entry" and event["v"] is not None:
            days = [_read_day(str(event["v"].get(name))) for name in ("day", "due") if event["v"].get(name)]
            needed = bool(codec.asked(event["v"])) or max(days, default=date.max) >= min(cut, gathered)
        else:
            needed = False
        if needed or event["t"] >= begins or event["key"] in keys_again:
            found.append(event)
    return found


def _checkpoint(ledger: Ledger, cid: str, today: date, mark: date) -> Checkpoint:
    """Return what the occasions that end before `mark` amount to, and the day a count goes on from.

    A task can still be done late, and an event of a day to come may have fallen due: neither is carried.
    """
    commitment = ledger.get(cid)
    plans = commitment.plans if commitment else ()
    ahead = (entry.due for entry in ledger.record(cid).entries if entry.due is not None and entry.day > today)
    mark = min([mark, *(plan.start for plan in plans if isinstance(plan.schedule, Once)), *ahead])
    tally = Tally()
    cut = mark
    for run in ledger.runs(cid, today, before=mark):
        if run.occasion.last >= mark:
            cut = min(cut, run.occasion.first)
            break
        tally.add_run(run)
    return Checkpoint(cut, tally)


def _checkpoint_row(cid: str, checkpoint: Checkpoint) -> dict[str, Any]:
    tally = checkpoint.tally
    return {
        "commitment": cid,
        "cut": checkpoint.cut.isoformat(),
        "unit": tally.unit,
        "streak": _streak_list(tally.streak),
        "longest": _streak_list(tally.longest),
        "bests": dict(sorted(tally.bests.items())),
        "closed": [_streak_list(each) for each in tally.closed],
        "score": tally.score,
        "kept": tally.kept,
        "settled": tally.settled,
        "missed_since": tally.missed_since.isoformat() if tally.missed_since else None,
        "gaps": sorted(tally.gaps.items()),
        "strip": [[mark.day.isoformat(), mark.state.value, mark.credit] for mark in tally.strip],
    }


def _streak_list(streak: Streak | None) -> list[Any] | None:
    return [streak.unit, streak.kept, streak.first.isoformat(), streak.last.isoformat()] if streak else None


def _read_streak(found: Sequence[Any] | None) -> Streak | None:
    if found is None:
        return None
    unit, kept, first, last = found
    return Streak(unit, kept, date.fromisoformat(first), date.fromisoformat(last))


def _read_checkpoint(row: Mapping[str, Any]) -> Checkpoint:
    missed = row["missed_since"]
    strip = (Mark(date.fromisoformat(day), State(state), credit) for day, state, credit in row["strip"])
    tally = Tally(
        unit=row["unit"],
        streak=_read_streak(row["streak"]),
        longest=_read_streak(row["longest"]),
        bests=dict(row["bests"]),
        closed=[each for found in row["closed"] if (each := _read_streak(found)) is not None],
        score=row["score"],
        kept=row["kept"],
        settled=row["settled"],
        missed_since=date.fromisoformat(missed) if missed else None,
        gaps=Counter({int(days): int(times) for days, times in row["gaps"]}),
        strip=deque(strip, maxlen=STRIP_LENGTH),
    )
    return Checkpoint(date.fromisoformat(row["cut"]), tally)
