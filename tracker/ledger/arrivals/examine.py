"""What came from elsewhere: the files of others compared with what lay there at the last look of this computer."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from tracker.ledger import codec, event_keys
from tracker.store.events import Event
from tracker.store.log.incoming import (
    UNWATCHED,
    Arrival,
    Incoming,
    Passed,
    digits_of,
    mark_of_changes,
    orders_of,
    read_looked,
    split_row,
)
from tracker.store.log.index import concurrent_versions
from tracker.store.log.sifting import (
    covered_by,
    folders_of,
    foreign,
    foreign_folders,
    is_planted,
    is_written_here,
    own_held,
)

if TYPE_CHECKING:
    from tracker.ledger.open_folder import OpenFolder
    from tracker.store.log.incoming import Judge

SHARE = 10
"""More than one in so many entries changed between two looks is asked about."""

LEAST = 5
"""Fewer changes than this are never many: of a store of two entries one is half, and four things are seen on Today and
put back by hand in a minute.
"""

LATELY = 7
"""Days in which the changes that were let pass are added up, so that many times a few are many as well.

What a device corrects of the entries that it alone wrote in these days is not added up: somebody who sets their
check-ins right on the phone each evening would be asked each week. It counts in the look that finds it, and all that is
older counts always, so whoever writes in that device's name reaches no more than its last days unasked, a few entries
each time. An allowance that grows with what a device writes would be none: whoever writes much could change much.
"""

_PASSED_OVER = ("import", "purge")
_BENDING = frozenset({"archived", "plan", "pause", "skip", "agreed", "setting", "unlock", "numbers"})
"""Kinds of keys that change how something that is there counts or is shown, also where they are new themselves."""
_OF_ALL = frozenset({"setting", "unlock", "numbers"})
"""Those of them that belong to no commitment."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Something that took the place of something: whose it is, the two events, and how many entries went with it.

    `ours` says whether the one before was written on this device, `lasts` whether it is added up with what comes later.
    """

    device: str
    pair: tuple[str, str]
    weight: int
    ours: bool
    lasts: bool = True


@dataclass(frozen=True, slots=True)
class _Total:
    """How many entries there are in all, and of those that this device wrote."""

    all: int
    ours: int

    def is_much(self, found: Iterable[_Found]) -> bool:
        """Return whether what was changed is much of all entries, or of those that were written here.

        What others add makes the first number as large as they like, so the second one is looked at for itself.
        """
        held = tuple(found)
        number, ours = sum(each.weight for each in held), sum(each.weight for each in held if each.ours)
        return _many(number, self.all) or _many(ours, self.ours)


def _many(number: int, total: int) -> bool:
    return number >= LEAST and number * SHARE > total


class _Weights:
    """How many entries are shown no more by a change: with a commitment go all that are about it."""

    def __init__(self, workspace: OpenFolder) -> None:
        self._toward = workspace

    def of(self, winner: Event) -> int:
        """Return how many go with what this event changes, itself among them: 1 or more."""
        kind, owner, _ = event_keys.split(winner["key"])
        if kind not in ("commitment", "plan") or self._toward.ledger.real(owner) is not None:
            return 1
        return max(1, self._full[owner])

    @cached_property
    def _full(self) -> Counter[str]:
        # Counted once: whoever removes a thousand commitments would have everything counted a thousand times.
        winners = self._toward.store.winners.items()
        return Counter(event_keys.split(key)[1] for key, each in winners if each["v"] is not None)


def examine(workspace: OpenFolder) -> None:
    """Compare what lies in the files of others with what lay there at the last look, and remember what to ask about."""
    judge = workspace.store.judge
    seen = judge.incoming
    with suppress(OSError):
        if seen is not None and workspace.store.vault.ending:
            # What waited before the store was encrypted goes on waiting.
            judge.remember(seen._replace(at=UNWATCHED), {})
        elif seen is None or seen.at == UNWATCHED:
            _begin(workspace, judge, seen or Incoming(salt=os.urandom(16).hex()))
        else:
            _compare(workspace, judge, seen)


def _begin(workspace: OpenFolder, judge: Judge, seen: Incoming) -> None:
    """Take what lies there as it is: nobody looked before. Orders are asked about where there is anything to empty."""
    workspace.load_history()
    own = own_held(workspace.store.shards)
    idle = {
        mark
        for mark, order in workspace.store.waiting.items()
        if not any(own.get(key, -1) >= 0 and own[key] <= until for key, until in orders_of(order).items())
    }
    fresh = seen._replace(settled=seen.settled | idle)
    _remember(workspace, judge, fresh, {}, _rows(workspace, fresh.salt), first=True)
    if idle:
        workspace.refold()


def _compare(workspace: OpenFolder, judge: Judge, seen: Incoming) -> None:
    store = workspace.store
    before = read_looked(workspace.state)
    now = _rows(workspace, seen.salt)
    found, total = _changed(workspace, seen, before, now)
    strange = any(_is_strange(workspace, seen, each) or not each.lasts for each in found)
    if not store.complete and (strange or sum(each.weight for each in found) >= LEAST or store.waiting):
        workspace.load_history()
        now = _rows(workspace, seen.salt)
        found, total = _changed(workspace, seen, before, now)
    since = (workspace.today - timedelta(days=LATELY)).isoformat()
    earlier = [] if not found else [_lately(workspace, each) for each in seen.passed if each.day > since]
    passed = [each for each in earlier if each is not None]
    many = total.is_much(found) or total.is_much((*(each for each in found if each.lasts), *passed))
    groups: dict[str, set[tuple[str, str]]] = {}
    # Who is asked about already is asked about further.
    answered = judge.answers.given
    asked_of = {each.device for mark, each in seen.asked.items() if each.pairs and mark not in answered}
    for each in (*found, *(passed if many else ())):
        if many or _is_strange(workspace, seen, each) or each.device in asked_of:
            groups.setdefault(each.device, set()).add(each.pair)
    fresh: dict[str, Arrival] = {}
    for device, pairs in groups.items():
        days = days_of(store.events[after] for after, _ in pairs)
        is_new = device not in seen.devices and device != store.device
        fresh[mark_of_changes(pairs)] = Arrival(device, is_new, len(pairs), days, tuple(sorted(pairs)))
    if found:
        asked = {pair for pairs in groups.values() for pair in pairs}
        day = workspace.today.isoformat()
        let_pass = (each for each in found if each.lasts and each.pair not in asked)
        kept = () if many else tuple(each for each in seen.passed if each.day > since)
        more = (Passed(day, each.device, each.pair, each.weight, each.ours) for each in let_pass)
        seen = seen._replace(passed=(*kept, *more))
    _remember(workspace, judge, seen, fresh, before | now)


def _is_strange(workspace: OpenFolder, seen: Incoming, found: _Found) -> bool:
    """Return whether a change is by a device never seen; a few in a file of our own may be what a power cut left."""
    return found.device not in seen.devices and not is_planted(workspace.store.shards, found.pair[0])


def _lately(workspace: OpenFolder, each: Passed) -> _Found | None:
    """Return a change that was let pass before, None where something else was written since."""
    event = workspace.store.events.get(each.pair[0])
    if event is None or (each.pair[1] and workspace.store.winners[event["key"]]["id"] != event["id"]):
        return None
    return _Found(each.device, each.pair, each.weight, each.ours)


def _remember(
    workspace: OpenFolder,
    judge: Judge,
    seen: Incoming,
    fresh: dict[str, Arrival],
    rows: dict[str, str],
    *,
    first: bool = False,
) -> None:
    """Keep what was seen, with the orders that wait."""
    store = workspace.store
    here, devices = foreign_folders(store.shards)
    answered = judge.answers.given
    asked = {mark: each for mark, each in {**seen.asked, **fresh}.items() if mark not in answered}
    open_ = _open(workspace, (pair for each in asked.values() for pair in each.pairs))
    asked = {
        mark: each
        for mark, each in asked.items()
        if mark in store.waiting or any(after in open_ for after, _ in each.pairs)
    }
    where = folders_of(store.shards, {order["id"] for order in store.waiting.values()})
    groups: dict[str, list[str]] = {}
    for mark, order in store.waiting.items():
        if mark not in asked and mark not in seen.settled:
            groups.setdefault(where.get(order["id"], order["dev"]), []).append(mark)
    for device, marks in groups.items():
        new = not first and device not in seen.devices and device != store.device
        # What several orders of one device cover is counted once, with the first of them.
        until: dict[str, int] = {}
        for mark in marks:
            for key, time in orders_of(store.waiting[mark]).items():
                until[key] = max(time, until.get(key, time))
        held = list(covered_by(store.shards, until))
        asked |= {mark: Arrival(device, new, 0) for mark in marks}
        asked[marks[0]] = Arrival(device, new, len({event["key"] for event in held}), days_of(held))
    at = store.shards.foreign_fingerprint()
    rows = {name: row for name, row in rows.items() if name in here}
    judge.remember(seen._replace(at=at, devices=seen.devices | devices, asked=asked), rows)


def _open(workspace: OpenFolder, pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Return the later events of these pairs that are about entries which still are not as they were before."""
    pairs = list(pairs)
    if not pairs:
        return set()
    from tracker.ledger.arrivals.pending import standing

    workspace.load_history()
    still = standing(workspace, pairs)
    events = workspace.store.events
    return {after for after, _ in pairs if after in events and events[after]["key"] in still}


def _rows(workspace: OpenFolder, salt: str) -> dict[str, str]:
    """Return the digits of the events of each file of others that was read."""
    found = foreign(workspace.store.shards)
    return {name: "".join(digits_of(each, salt) for each in events) for name, events in found.items()}


def _changed(
    workspace: OpenFolder, seen: Incoming, before: dict[str, str], now: dict[str, str]
) -> tuple[list[_Found], _Total]:
    """Return what changed or removed what was there at the last look, and of how many entries."""
    store = workspace.store
    known = {whole for row in before.values() for whole in split_row(row)}
    ids = {id_ for id_, _ in known}
    new: dict[str, tuple[str, bool]] = {}
    for name, events in foreign(store.shards).items():
        if before.get(name) != now[name]:
            for event, digits in zip(events, split_row(now[name]), strict=True):
                if digits not in known:
                    new[event["id"]] = name.partition("/")[0], digits[0] in ids
    found: list[_Found] = []
    weights = _Weights(workspace)
    for key in {store.events[id_]["key"] for id_ in new if id_ in store.events}:
        winner = store.winners.get(key)
        if winner is None or event_keys.split(key)[0] in _PASSED_OVER:
            continue
        if (spoilt := _spoilt(workspace, key, new)) is not None and spoilt != winner["id"]:
            # What went by it is not what stands there now.
            found.append(_Found(new[spoilt][0], (spoilt, ""), weights.of(winner), ours=False))
            continue
        earlier = [event for event in store.versions(key) if event["id"] not in new]
        found += _hidden(workspace, key, earlier, new)
        if winner["id"] not in new:
            continue
        device, same = new[winner["id"]]
        if (pair := _replaced(workspace, winner, earlier, same, new)) is not None:
            # Somebody may have written the same again, in another's name, before changing it.
            ours = any(is_written_here(store.shards, event["id"]) for event in earlier)
            weight = weights.of(winner)
            lasts = weight > 1 or same or not _is_corrected(workspace, device, earlier)
            found.append(_Found(device, pair, weight, ours, lasts))
    if not found:
        return [], _Total(0, 0)
    counted = [winner for key, winner in store.winners.items() if not key.startswith("import|")]
    changed = {each.pair[0] for each in found}
    full = sum(winner["v"] is not None or winner["id"] in changed for winner in counted)
    own = sum(winner["v"] is not None and is_written_here(store.shards, winner["id"]) for winner in counted)
    return found, _Total(full, own + sum(each.ours for each in found))


def _spoilt(workspace: OpenFolder, key: str, new: dict[str, tuple[str, bool]]) -> str | None:
    """Return the last version of a key that was changed in its own place, which only a purge does, None if none was."""
    store = workspace.store
    spoilt = (each for each in store.versions(key) if new.get(each["id"], ("", False))[1])
    return next((each["id"] for each in reversed([*spoilt]) if not ("purged" in each and store.is_ordered(each))), None)


def _is_corrected(workspace: OpenFolder, device: str, earlier: list[Event]) -> bool:
    """Return whether a device changed what it alone wrote, all of it within the days that are added up."""
    since = (workspace.clock.now() - timedelta(days=LATELY)).timestamp() * 1000
    return bool(earlier) and all(
        event["t"] > since and event["dev"] == device and not is_written_here(workspace.store.shards, event["id"])
        for event in earlier
    )


def _hidden(workspace: OpenFolder, key: str, earlier: list[Event], new: dict[str, tuple[str, bool]]) -> list[_Found]:
    """Return the notes that stood beside the one in force and do so no more, by what came in between."""
    if event_keys.split(key)[0] != "note":
        return []
    stand = {event["id"] for event in workspace.store.concurrent(key)}
    by = next(event["id"] for event in reversed(workspace.store.versions(key)) if event["id"] in new)
    stand.add(workspace.store.winners[key]["id"])
    lost = (event for event in concurrent_versions(earlier) if event["id"] not in stand)
    shards = workspace.store.shards
    return [_Found(new[by][0], (by, event["id"]), 1, is_written_here(shards, event["id"])) for event in lost]


def _replaced(
    workspace: OpenFolder, winner: Event, earlier: list[Event], same: bool, new: Collection[str]
) -> tuple[str, str] | None:
    """Return what took the place of what, None where nothing that was there before went by it.

    What bends something that was there takes the place of nothing, and stands for itself.
    """
    if same:
        return None if "purged" in winner and workspace.store.is_ordered(winner) else (winner["id"], "")
    before = earlier[-1] if earlier else None
    if winner["v"] is not None and (before is None or (before["v"] is None and "purged" not in before)):
        return (winner["id"], winner["id"]) if _bends(workspace, winner, new) else None
    if before is None:
        return None
    if "purged" in before and not workspace.store.is_bound(before):
        # An order that waits hides what was there; should it be refused, this would have taken its place unasked.
        return winner["id"], before["id"]
    if before["v"] is None or before["v"] == winner["v"]:
        return None
    is_note = winner["v"] is not None and event_keys.split(winner["key"])[0] == "note"
    if is_note and before in workspace.store.concurrent(winner["key"]):
        # Two notes of one day stand one below the other.
        return None
    if is_note and _is_added_to(before["v"], winner["v"] or {}):
        return None
    return winner["id"], before["id"]


def _is_added_to(before: codec.Value, after: codec.Value) -> bool:
    """Return whether a note says all that it said before, with more below it: a day's note grows on both devices."""
    text = codec.note_text(before)
    rewritten = codec.write_note(codec.note_text(after))
    return bool(text) and after == rewritten and codec.note_text(after).startswith(f"{text}\n")


def _bends(workspace: OpenFolder, event: Event, new: Collection[str]) -> bool:
    """Return whether an event changes how something counts or is shown that was here before it."""
    kind, owner, _ = event_keys.split(event["key"])
    if kind not in _BENDING:
        return False
    facts = workspace.store.versions(event_keys.commitment(owner))
    return kind in _OF_ALL or owner == event_keys.EVERYONE or any(each["id"] not in new for each in facts)


def days_of(events: Iterable[Event]) -> tuple[str, ...]:
    """Return the days that entries are about, oldest first, for what is told of them."""
    found = set()
    for event in events:
        kind, _, rest = event_keys.split(event["key"])
        text = rest if kind in ("check", "clear", "skip", "note") else (event["v"] or {}).get("day")
        day = codec.read_day(text) if kind in ("check", "clear", "skip", "note", "entry") else None
        if day is not None:
            found.add(day)
    return tuple(map(date.isoformat, sorted(found)))
