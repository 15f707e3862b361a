"""The fold: every known event by id, the winner of each key, and the versions behind it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Literal

from tracker.store.events import Event, merge_same_id, number_of, order
from tracker.store.purge import PURGE, emptied, orders_of

_LINKS: tuple[Literal["undoes", "redoes"], ...] = ("undoes", "redoes")


class Index:
    """Events in any order and any number of times in; the same winners out."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._keyed: dict[str, list[Event]] | None = None
        self._copies: dict[str, list[Event]] = {}
        self.events: dict[str, Event] = {}
        self.winners: dict[str, Event] = {}
        self.top_n = 0
        """The largest operation number of this device that was seen."""
        self.top_operation = ""
        """The id of the operation with that number."""
        self.orders: dict[str, int] = {}
        """The keys that were purged, each with the time up to which its versions are empty."""
        self.changed: set[str] = set()
        """The keys whose winner is another one than when somebody last asked."""

    def add(self, events: Iterable[Event]) -> None:
        """Take in `events`; of two with one id the fuller stays, and of what was purged nothing."""
        known, winners, device = self.events, self.winners, self._device
        events = list(events)
        touched = self._obey(events)
        masked = self.masked if self.orders else None
        fresh: list[Event] = []
        for event in map(masked, events) if masked else events:
            first = known.setdefault(event["id"], event)
            if first is not event:
                if first != event:
                    self._copies.setdefault(event["id"], [first]).append(event)
                fuller = merge_same_id(first, event)
                if fuller is not first:
                    known[event["id"]] = fuller
                    touched |= {first["key"], event["key"]}
                    self._count(fuller)
                continue
            fresh.append(event)
            winner = winners.get(event["key"])
            if winner is None or order(event) > order(winner):
                winners[event["key"]] = event
                self.changed.add(event["key"])
            if event["dev"] == device:
                self._count(event)
        if touched:
            self._settle(touched)
        elif self._keyed is not None:
            for event in fresh:
                self._keyed.setdefault(event["key"], []).append(event)

    def masked(self, event: Event) -> Event:
        """Return the event, emptied if an order covers it."""
        return emptied(event) if self.covers(event) else event

    def covers(self, event: Event) -> bool:
        """Return whether an order covers an event that still holds something."""
        return "purged" not in event and event["t"] <= self.orders.get(event["key"], -1)

    def _obey(self, events: list[Event]) -> set[str]:
        """Take in the orders of purge events, empty what they cover, and return the keys that are covered further."""
        if PURGE not in "".join([event["key"] for event in events]):
            # One search through all keys costs a quarter of one in each.
            return set()
        further: set[str] = set()
        for key, until in (item for event in events for item in orders_of(event).items()):
            if until > self.orders.get(key, -1):
                self.orders[key] = until
                further.add(key)
        for id_, known in self.events.items() if further else ():
            if known["key"] in further:
                self.events[id_] = self.masked(known)
        return further | self._settle_copies(further)

    def _settle_copies(self, keys: set[str]) -> set[str]:
        """Choose anew between copies of which an order covers one, and return the keys that this touches."""
        touched: set[str] = set()
        for id_, copies in self._copies.items() if keys else ():
            if not keys.isdisjoint(copy["key"] for copy in copies):
                self.events[id_] = reduce(merge_same_id, map(self.masked, copies))
                touched.update(copy["key"] for copy in copies)
        return touched

    def _count(self, event: Event) -> None:
        if event["dev"] == self._device and number_of(event) > self.top_n:
            self.top_n, self.top_operation = number_of(event), event.get("op", "")

    def _settle(self, keys: set[str]) -> None:
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
        versions = self.versions(key)
        undone: dict[str, bool] = {}
        for event in versions:
            undone |= {event[link]: link == "undoes" for link in _LINKS if link in event}
        answered = {event["prev"] for event in versions}
        answered |= {
            id_ for event in versions if not undone.get(event.get("op", "")) for id_ in event.get("settles", ())
        }
        return [event for event in versions[:-1] if event["id"] not in answered and event["v"] is not None]
