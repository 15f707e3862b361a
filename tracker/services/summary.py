"""The derived summary: streaks in a TinyDB table, and a place from which a count can go on.

It may be deleted at any time. The months before the last one are sealed: their files are only looked at, not
read, as long as they are the same as when the summary was made and nothing newer reaches back behind the cut.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tracker.domain.calendar import add_months
from tracker.domain.figures import STRIP_LENGTH, Mark, Tally
from tracker.domain.occasions import State
from tracker.services import keys
from tracker.services.book import Book, Carry
from tracker.services.rows import streak_row
from tracker.store.events import Event
from tracker.store.store import Store
from tracker.store.summary import SummaryFile

VERSION = 1
MOST_ABSORBED = 500


def sealed_before(today: date) -> str:
    """Return the month (`YYYY-MM`) whose predecessors are sealed: the one before this month."""
    return add_months(today.replace(day=1), -1).isoformat()[:7]


class Summary:
    """The summary file of one data folder."""

    def __init__(self, state: Path) -> None:
        self._file = SummaryFile(state / "summary.json")
        self._base: Mapping[str, Any] | None = None
        self._carries: dict[str, Carry] = {}
        self._stamp: tuple[str, str] | None = None

    def take_up(self, store: Store) -> dict[str, Carry] | None:
        """Give the store the sealed events that still matter and return what the others amount to.

        None where the summary is missing, damaged, out of date or reached behind: then all must be read.
        """
        tables: Mapping[str, Sequence[Mapping[str, Any]]] = self._file.read() or {}
        try:
            base = tables["base"][0]
            carries = {row["commitment"]: _read_carry(row) for row in tables["carries"]}
            stamp = tables["stamp"][0]
            if base["version"] != VERSION or base["since"] != store.since:
                return None
            if base["sealed"] != store.sealed_fingerprint():
                return None
            store.preload(base["events"])
            self._base, self._carries = base, carries
            if not self.still_holds(store):
                self._base = None
                return None
            self._stamp = (stamp["day"], stamp["fingerprint"])
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            self._base = None
            return None
        return dict(carries)

    def still_holds(self, store: Store) -> bool:
        """Return whether the sealed files are as they were and nothing newer reaches behind the cut."""
        base = self._base
        if base is None or base["sealed"] != store.sealed_fingerprint():
            return False
        preloaded = {event["id"] for event in base["events"]}
        reaching = _reaching(list(store.recent_events()), preloaded, self._carries, set(base["gone"]))
        return reaching == set(base["absorbed"])

    def keep(self, store: Store, book: Book, today: date) -> None:
        """Write the tables if the day or the events are not those they were counted from."""
        stamp = (today.isoformat(), store.fingerprint())
        if stamp == self._stamp or store.read_only:
            return
        if store.complete:
            self._rebase(store, book, today)
        self._stamp = stamp
        self._file.write(
            {
                "stamp": [{"version": VERSION, "day": stamp[0], "fingerprint": stamp[1]}],
                "streaks": [streak_row(book, each, today) for each in book.commitments()],
                "base": [self._base] if self._base else [],
                "carries": [_carry_row(cid, carry) for cid, carry in self._carries.items()],
            }
        )

    def _rebase(self, store: Store, book: Book, today: date) -> None:
        """Count up to the cut anew; leave the summary without a base where it would not pay."""
        self._base, self._carries = None, {}
        if not store.since or not store.sealed_fingerprint():
            return
        mark = min(date.fromisoformat(f"{store.since}-01"), today)
        gone: list[str] = []
        carries: dict[str, Carry] = {}
        for cid in book.ids():
            if book.get(cid) is None:
                gone.append(cid)
            else:
                carries[cid] = _carry(book, cid, today, mark)
        needed = [event for event in store.sealed_winners() if _needed(event, carries)]
        preloaded = {event["id"] for event in needed}
        reaching = _reaching(list(store.recent_events()), preloaded, carries, set(gone))
        if len(reaching) > MOST_ABSORBED:
            return
        self._carries = carries
        self._base = {
            "version": VERSION,
            "since": store.since,
            "sealed": store.sealed_fingerprint(),
            "events": needed,
            "gone": gone,
            "absorbed": sorted(reaching),
        }


def _reaching(events: Sequence[Event], preloaded: set[str], carries: Mapping[str, Carry], gone: set[str]) -> set[str]:
    """Return the ids of events that change something from before a commitment's cut."""
    known = preloaded | {event["id"] for event in events}
    latest = max((carry.cut for carry in carries.values()), default=date.min)
    found = set()
    for event in events:
        kind, owner, rest = keys.split(event["key"])
        if kind == "import" or event["id"] in preloaded:
            continue
        prev = event.get("prev")
        day = _day_of(kind, rest, event["v"])
        cut = latest if owner in carries or owner == keys.EVERYONE or kind == "setting" else date.min
        if owner in gone or (prev is not None and prev not in known) or (day is not None and day < cut):
            found.add(event["id"])
    return found


def _day_of(kind: str, rest: str, value: Mapping[str, Any] | None) -> date | None:
    """Return the earliest day an event speaks of, or None where it speaks of none."""
    value = value or {}
    texts: list[Any] = []
    if kind in ("check", "clear", "skip", "plan", "setting"):
        texts = [rest]
    elif kind == "entry":
        texts = [value.get("day"), value.get("due")]
    elif kind == "pause":
        texts = [value.get("first")]
    days = [_read_day(str(text)) for text in texts if text]
    return min(days, default=None)


def _read_day(text: str) -> date:
    """Return a day, or the first day there is where the text is none, so that it reaches behind every cut."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _needed(event: Event, carries: Mapping[str, Carry]) -> bool:
    """Return whether a sealed event still matters: it is undated, or of a day that is not yet counted."""
    kind, owner, rest = keys.split(event["key"])
    if kind in ("commitment", "archived", "plan", "pause", "setting", "timer"):
        return True
    if event["v"] is None or kind not in ("check", "clear", "skip", "note", "entry"):
        return False
    floor = min((carry.cut for carry in carries.values()), default=date.min)
    cut = floor if kind == "entry" else carries[owner].cut if owner in carries else date.min
    if kind == "entry":
        days = [_read_day(str(event["v"].get(name))) for name in ("day", "due") if event["v"].get(name)]
        return max(days, default=date.max) >= cut
    return _read_day(rest) >= cut


def _carry(book: Book, cid: str, today: date, mark: date) -> Carry:
    """Return what the occasions that end before `mark` amount to, and the day a count goes on from."""
    tally = Tally()
    cut = mark
    for occasion in book.occasions(cid, today):
        if occasion.last >= mark:
            cut = min(cut, occasion.first)
            break
        tally.add(occasion)
    return Carry(cut, tally)


def _carry_row(cid: str, carry: Carry) -> dict[str, Any]:
    tally = carry.tally
    return {
        "commitment": cid,
        "cut": carry.cut.isoformat(),
        "streak": tally.streak,
        "best": tally.best,
        "score": tally.score,
        "kept": tally.kept,
        "settled": tally.settled,
        "missed_since": tally.missed_since.isoformat() if tally.missed_since else None,
        "gaps": sorted(tally.gaps.items()),
        "strip": [[mark.day.isoformat(), mark.state.value, mark.credit] for mark in tally.strip],
    }


def _read_carry(row: Mapping[str, Any]) -> Carry:
    missed = row["missed_since"]
    strip = (Mark(date.fromisoformat(day), State(state), credit) for day, state, credit in row["strip"])
    tally = Tally(
        streak=row["streak"],
        best=row["best"],
        score=row["score"],
        kept=row["kept"],
        settled=row["settled"],
        missed_since=date.fromisoformat(missed) if missed else None,
        gaps=Counter({int(days): int(times) for days, times in row["gaps"]}),
        strip=deque(strip, maxlen=STRIP_LENGTH),
    )
    return Carry(date.fromisoformat(row["cut"]), tally)
