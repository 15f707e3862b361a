"""What came from elsewhere: the files of others compared with what lay there at the last look of this computer."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.services import keys, reading
from tracker.store.events import Event
from tracker.store.incoming import UNWATCHED, Arrival, Incoming, digits_of, mark_of_changes, read_looked, split_row
from tracker.store.purge import orders_of
from tracker.store.sifting import covered_by, folders_of, foreign, foreign_folders, own_held

if TYPE_CHECKING:
    from tracker.services.toward import Toward
    from tracker.store.incoming import Judge

SHARE = 10
"""More than one in so many entries changed between two looks is asked about."""

LEAST = 5
"""Fewer changes than this are never many: of a store of two entries one is half, and four things are seen on Today and
put back by hand in a minute.
"""

_PASSED_OVER = ("import", "purge")


def look(toward: Toward) -> None:
    """Compare what lies in the files of others with what lay there at the last look, and remember what to ask about."""
    judge = toward.store.judge
    seen = judge.incoming
    with suppress(OSError):
        if seen is not None and toward.store.vault.ending:
            # What waited before the store was encrypted goes on waiting.
            judge.remember(replace(seen, at=UNWATCHED), {})
        elif seen is None or seen.at == UNWATCHED:
            _begin(toward, judge, seen or Incoming(salt=os.urandom(16).hex()))
        else:
            _compare(toward, judge, seen)


def _begin(toward: Toward, judge: Judge, seen: Incoming) -> None:
    """Take what lies there as it is: nobody looked before. Orders are asked about where there is anything to empty."""
    toward.complete()
    own = own_held(toward.store.shards)
    idle = {
        mark
        for mark, order in toward.store.waiting.items()
        if not any(own.get(key, -1) >= 0 and own[key] <= until for key, until in orders_of(order).items())
    }
    fresh = replace(seen, settled=seen.settled | idle)
    _remember(toward, judge, fresh, {}, _rows(toward, fresh.salt), first=True)
    if idle:
        toward.refold()


def _compare(toward: Toward, judge: Judge, seen: Incoming) -> None:
    store = toward.store
    before = read_looked(toward.state)
    now = _rows(toward, seen.salt)
    pairs, total = _changed(toward, seen, before, now)
    strange = {device for device in pairs if device not in seen.devices}
    if not store.complete and (strange or sum(map(len, pairs.values())) >= LEAST or store.waiting):
        toward.complete()
        now = _rows(toward, seen.salt)
        pairs, total = _changed(toward, seen, before, now)
    number = sum(map(len, pairs.values()))
    many = number >= LEAST and number * SHARE > total
    fresh: dict[str, Arrival] = {}
    for device, found in pairs.items():
        if many or device not in seen.devices:
            days = days_of(store.events[after] for after, _ in found)
            new = device not in seen.devices
            fresh[mark_of_changes(found)] = Arrival(device, new, len(found), days, tuple(sorted(found)))
    _remember(toward, judge, seen, fresh, before | now)


def _remember(
    toward: Toward,
    judge: Judge,
    seen: Incoming,
    fresh: dict[str, Arrival],
    rows: dict[str, str],
    *,
    first: bool = False,
) -> None:
    """Keep what was seen, with the orders that wait."""
    store = toward.store
    here, devices = foreign_folders(store.shards)
    answered = judge.answers.accepted | judge.answers.refused
    asked = {mark: each for mark, each in {**seen.asked, **fresh}.items() if mark not in answered}
    open_ = _open(toward, (pair for each in asked.values() for pair in each.pairs))
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
    judge.remember(replace(seen, at=at, devices=seen.devices | devices, asked=asked), rows)


def _open(toward: Toward, pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Return the later events of these pairs that are about entries which still are not as they were before."""
    pairs = list(pairs)
    if not pairs:
        return set()
    from tracker.services.standing import standing

    toward.complete()
    still = standing(toward, pairs)
    events = toward.store.events
    return {after for after, _ in pairs if after in events and events[after]["key"] in still}


def _rows(toward: Toward, salt: str) -> dict[str, str]:
    """Return the digits of the events of each file of others that was read."""
    found = foreign(toward.store.shards)
    return {name: "".join(digits_of(each, salt) for each in events) for name, events in found.items()}


def _changed(
    toward: Toward, seen: Incoming, before: dict[str, str], now: dict[str, str]
) -> tuple[dict[str, set[tuple[str, str]]], int]:
    """Return which events changed or removed what was there at the last look, by device, and of how many entries."""
    store = toward.store
    known = {whole for row in before.values() for whole in split_row(row)}
    ids = {id_ for id_, _ in known}
    new: dict[str, tuple[str, bool]] = {}
    for name, events in foreign(store.shards).items():
        if before.get(name) != now[name]:
            for event, digits in zip(events, split_row(now[name]), strict=True):
                if digits not in known:
                    new[event["id"]] = name.partition("/")[0], digits[0] in ids
    pairs: dict[str, set[tuple[str, str]]] = {}
    gone = 0
    for key in {store.events[id_]["key"] for id_ in new if id_ in store.events}:
        winner = store.winners.get(key)
        if winner is None or winner["id"] not in new or keys.split(key)[0] in _PASSED_OVER:
            continue
        device, same = new[winner["id"]]
        earlier = [event for event in store.versions(key) if event["id"] not in new]
        if (pair := _replaced(toward, winner, earlier[-1] if earlier else None, same)) is not None:
            pairs.setdefault(device, set()).add(pair)
            gone += winner["v"] is None
    total = sum(winner["v"] is not None for key, winner in store.winners.items() if not key.startswith("import|"))
    return pairs, total + gone


def _replaced(toward: Toward, winner: Event, before: Event | None, same: bool) -> tuple[str, str] | None:
    """Return what took the place of what, None where nothing that was there before went by it."""
    if same:
        return None if "purged" in winner and toward.store.is_ordered(winner) else (winner["id"], "")
    if before is None:
        return None
    if "purged" in before and not toward.store.is_bound(before):
        # An order that waits hides what was there; should it be refused, this would have taken its place unasked.
        return winner["id"], before["id"]
    if before["v"] is None or before["v"] == winner["v"]:
        return None
    is_note = winner["v"] is not None and keys.split(winner["key"])[0] == "note"
    if is_note and before in toward.store.concurrent(winner["key"]):
        # Two notes of one day stand one below the other.
        return None
    return winner["id"], before["id"]


def days_of(events: Iterable[Event]) -> tuple[str, ...]:
    """Return the days that entries are about, oldest first, for what is told of them."""
    found = set()
    for event in events:
        kind, _, rest = keys.split(event["key"])
        text = rest if kind in ("check", "clear", "skip", "note") else (event["v"] or {}).get("day")
        day = reading.read_day(text) if kind in ("check", "clear", "skip", "note", "entry") else None
        if day is not None:
            found.add(day)
    return tuple(map(date.isoformat, sorted(found)))
