"""The fold: every known event by id, the winner of each key, and the versions behind it."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import Literal

from tracker.store.events import Event, merge_same_id, number_of, order
from tracker.store.log.incoming import ASK, IGNORE, MOST_WAITING, OBEY, PURGE, emptied, mark_of, obey_all, orders_of

_LINKS: tuple[Literal["undoes", "redoes"], ...] = ("undoes", "redoes")

ELSEWHERE, BESIDE_OURS, OURS = 0, 1, 2
"""Where an event lay: in the folder of another device, in this device's folder, in a file that this device writes."""


class Index:
    """Events in any order and any number of times in; the same winners out.

    `judge` says of each order to purge whether it binds, waits for an answer, or counts for nothing.
    """

    def __init__(self, device: str, judge: Callable[[Event], str] = obey_all) -> None:
        self._device = device
        self._judge = judge
        self._keyed: dict[str, list[Event]] | None = None
        self._copies: dict[str, list[tuple[int, Event]]] = {}
        self.places: dict[str, int] = {}
        """Where the events of this device lay, by their id; what another device's folder alone holds is not among
        them, whatever it says of itself.
        """
        self.events: dict[str, Event] = {}
        self.winners: dict[str, Event] = {}
        self.top_n = 0
        """The largest operation number of this device that was seen."""
        self.top_operation = ""
        """The id of the operation with that number."""
        self.orders: dict[str, int] = {}
        """The keys that were ordered purged, each with the time up to which its versions are shown empty."""
        self.binding: dict[str, int] = {}
        """Those of the orders by which files are emptied; the others wait for an answer."""
        self.given: dict[str, Event] = {}
        """The orders that bind, by their mark."""
        self.waiting: dict[str, Event] = {}
        """The orders that wait for an answer, by their mark."""
        self.changed: set[str] = set()
        """The keys whose winner is another one than when somebody last asked."""

    def add(self, events: Iterable[Event], place: int = OURS) -> None:
        """Take in `events` that lay at `place`; of two with one id the fuller stays, and of what was purged nothing."""
        known, winners, device, places = self.events, self.winners, self._device, self.places
        events = list(events)
        touched = self._obey(events)
        masked = self.masked if self.orders else None
        fresh: list[Event] = []
        for event in map(masked, events) if masked else events:
            first = known.setdefault(event["id"], event)
            if first is not event:
                if first != event:
                    touched |= self._choose(first, event, place)
                if place and event["dev"] == device:
                    places[event["id"]] = max(place, places.get(event["id"], ELSEWHERE))
                    self._count(known[event["id"]])
                continue
            fresh.append(event)
            winner = winners.get(event["key"])
            if winner is None or order(event) > order(winner):
                winners[event["key"]] = event
                self.changed.add(event["key"])
            if event["dev"] == device and place:
                places[event["id"]] = place
                self._count(event)
        if touched:
            self._choose_winners(touched)
        elif self._keyed is not None:
            for event in fresh:
                self._keyed.setdefault(event["key"], []).append(event)

    def _choose(self, first: Event, event: Event, place: int) -> set[str]:
        """Keep one of two events with one id, and return the keys that this touches."""
        id_ = event["id"]
        ours = place if event["dev"] == self._device else ELSEWHERE
        copies = self._copies.setdefault(id_, [(self.places.get(id_, ELSEWHERE), first)])
        copies.append((ours, event))
        chosen = reduce(self._better, [(where, self.masked(copy)) for where, copy in copies])[1]
        if chosen is first or chosen == first:
            return set()
        self.events[id_] = chosen
        return {first["key"], event["key"]}

    def _better(self, one: tuple[int, Event], other: tuple[int, Event]) -> tuple[int, Event]:
        """Return which of two copies of an event counts, each with where it lay.

        First what an order covers, then what this device wrote and still holds, then what is not empty: an event that
        was emptied without an order is only a poorer copy, and nobody else's copy changes what was written here.
        """
        ranks = [(self._is_purged(event), place, "purged" not in event) for place, event in (one, other)]
        if ranks[0] != ranks[1]:
            return one if ranks[0] > ranks[1] else other
        return one if merge_same_id(one[1], other[1]) is one[1] else other

    def fuller(self, one: Event, other: Event) -> Event:
        """Return which of two events with one id counts, wherever they lie."""
        return self._better((ELSEWHERE, one), (ELSEWHERE, other))[1]

    def _is_purged(self, event: Event) -> bool:
        return "purged" in event and event["t"] <= self.orders.get(event["key"], -1)

    def masked(self, event: Event) -> Event:
        """Return the event as it may be shown: emptied if an order covers it, also one that waits for an answer."""
        return emptied(event) if "purged" not in event and event["t"] <= self.orders.get(event["key"], -1) else event

    def covers(self, event: Event) -> bool:
        """Return whether an order that binds covers an event that still holds something."""
        return "purged" not in event and event["t"] <= self.binding.get(event["key"], -1)

    def bound(self, event: Event) -> Event:
        """Return the event as it may be written: emptied if an order that binds covers it."""
        return emptied(event) if self.covers(event) else event

    def _obey(self, events: list[Event]) -> set[str]:
        """Take in the orders of purge events, empty what they cover, and return the keys that are covered further."""
        if PURGE not in "".join([event["key"] for event in events]):
            # One search through all keys costs a quarter of one in each.
            return set()
        return self.take_orders(event for event in events if event["key"].startswith(PURGE))

    def take_orders(self, events: Iterable[Event]) -> set[str]:
        """Take in orders, empty what they cover in what is known, and return the keys that are covered further."""
        further: set[str] = set()
        for event in events:
            keys = orders_of(event)
            verdict = self._judge(event) if keys else IGNORE
            if verdict == IGNORE or (verdict == ASK and len(self.waiting) >= MOST_WAITING):
                continue
            (self.given if verdict == OBEY else self.waiting)[mark_of(event)] = event
            for key, until in keys.items():
                if verdict == OBEY and until > self.binding.get(key, -1):
                    self.binding[key] = until
                if until > self.orders.get(key, -1):
                    self.orders[key] = until
                    further.add(key)
        for id_, known in self.events.items() if further else ():
            if known["key"] in further:
                self.events[id_] = self.masked(known)
        return further | self._choose_copies(further)

    def _choose_copies(self, keys: set[str]) -> set[str]:
        """Choose anew between copies of which an order covers one, and return the keys that this touches."""
        touched: set[str] = set()
        for id_, copies in self._copies.items() if keys else ():
            if not keys.isdisjoint(copy["key"] for _, copy in copies):
                self.events[id_] = reduce(self._better, [(place, self.masked(copy)) for place, copy in copies])[1]
                touched.update(copy["key"] for _, copy in copies)
        return touched

    def _count(self, event: Event) -> None:
        if event["dev"] == self._device and number_of(event) > self.top_n:
            self.top_n, self.top_operation = number_of(event), event.get("op", "")

    def _choose_winners(self, keys: set[str]) -> None:
        self._keyed = None
        self.changed |= keys
        for key in keys:
            self.winners.pop(key, None)
        for event in self.events.values():
            key = event["key"]
            if key in keys and (key not in self.winners or order(event) > order(self.winners[key])):
                self.winners[key] = event

    def versions(self, key: str) -> list[Event]:
        """Return every known version of `key`, oldest first."""
        if self._keyed is None:
            self._keyed = {}
            for event in self.events.values():
                self._keyed.setdefault(event["key"], []).append(event)
        return sorted(self._keyed.get(key, ()), key=order)

    def concurrent(self, key: str) -> list[Event]:
        """Return the versions of `key` that lost without a later writer having seen them, oldest first.

        Left out are versions that were replaced, cleared or settled, for these are history. What was undone settles
        nothing.
        """
        return concurrent_versions(self.versions(key))


def concurrent_versions(versions: Sequence[Event]) -> list[Event]:
    """Return those of a key's versions, oldest first, that stand beside the last one."""
    undone: dict[str, bool] = {}
    for event in versions:
        undone |= {event[link]: link == "undoes" for link in _LINKS if link in event}
    answered = {event["prev"] for event in versions}
    answered |= {id_ for event in versions if not undone.get(event.get("op", "")) for id_ in event.get("settles", ())}
    return [event for event in versions[:-1] if event["id"] not in answered and event["v"] is not None]


@contextlib.contextmanager
def gc_paused() -> Iterator[None]:
    """Collect no garbage meanwhile."""
    # Collecting while a hundred thousand events are built costs half as much again as building them.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
