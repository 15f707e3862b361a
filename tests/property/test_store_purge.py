"""Whatever order files arrive in, and however often: what was purged is empty, and everything else is as it was."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracker.store.events import Event, as_stored, merge_same_id
from tracker.store.log.incoming import emptied, orders_of
from tracker.store.log.index import Index

KEYS = ("note|a", "note|b", "entry|a|1")


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Draw an event of few keys and ids, so that they meet; some are orders to purge, some were emptied."""
    value: dict[str, Any] | None = {"text": draw(st.sampled_from("xyz"))}
    number = draw(st.integers(0, 12))
    key = KEYS[number % 3]
    if number > 10:
        key, value = f"purge|{number}", {"keys": draw(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 9)))}
    made = {"id": str(number), "key": key, "v": value, "t": draw(st.integers(0, 9)), "prev": None, "dev": "d"}
    event = as_stored({**made, "at": "2026-11-23T07:40:11+01:00"})
    return emptied(event) if number < 11 and draw(st.booleans()) else event


def _index(batches: list[list[Event]]) -> Index:
    index = Index("d")
    for batch in batches:
        index.add(batch)
    return index


@given(events(), events(), events())
def test_merging_events_of_one_id_is_a_law_also_with_emptied_ones(one: Event, two: Event, three: Event) -> None:
    a, b, c = ({**each, "id": "same"} for each in (one, two, three))
    assert merge_same_id(a, b) == merge_same_id(b, a)  # type: ignore[arg-type]
    left = merge_same_id(merge_same_id(a, b), c)  # type: ignore[arg-type]
    assert left == merge_same_id(a, merge_same_id(b, c))  # type: ignore[arg-type]
    assert ("purged" in left) is any("purged" in each for each in (a, b, c))


@given(st.lists(st.lists(events(), max_size=5), max_size=5), st.integers())
def test_the_order_of_arrival_changes_nothing(batches: list[list[Event]], seed: int) -> None:
    everything = [event for batch in batches for event in batch]
    shuffled = [*everything, *everything]
    Random(seed).shuffle(shuffled)
    one, two = _index(batches), _index([[event] for event in shuffled])
    assert one.orders == two.orders and one.events == two.events and one.winners == two.winners
    for key in KEYS:
        assert one.versions(key) == two.versions(key) and one.concurrent(key) == two.concurrent(key)


@given(st.lists(st.lists(events(), max_size=5), max_size=5))
def test_what_an_order_covers_is_empty_and_nothing_else_is(batches: list[list[Event]]) -> None:
    everything = [event for batch in batches for event in batch]
    orders: dict[str, int] = {}
    for event in everything:
        for key, until in orders_of(event).items():
            orders[key] = max(until, orders.get(key, -1))
    index = _index(batches)
    for event in index.events.values():
        if event["t"] <= orders.get(event["key"], -1):
            assert event["v"] is None and "purged" in event
    for event in everything:
        found = index.events[event["id"]]
        if "purged" in found and "purged" not in event:
            covered = any(each["t"] <= orders.get(each["key"], -1) for each in everything if each["id"] == event["id"])
            assert covered or any("purged" in each for each in everything if each["id"] == event["id"])


def test_copies_of_one_event_at_two_times_come_to_the_same_whenever_the_order_arrives() -> None:
    """Of two copies an order covers one: it was emptied or not, as the files happened to arrive."""
    plain = {"prev": None, "dev": "d", "at": "2026-11-23T07:40:11+01:00"}
    copies = [as_stored({**plain, "id": "0", "key": "note|a", "v": {"text": "x"}, "t": t}) for t in (0, 1)]
    order = as_stored({**plain, "id": "1", "key": "purge|1", "v": {"keys": {"note|a": 0}}, "t": 0})
    found = [_index([list(batch)]) for batch in ((*copies, order), (order, *copies), (copies[1], order, copies[0]))]
    found.append(_index([[copies[0]], [copies[1]], [order]]))
    assert all(index.events == found[0].events and index.winners == found[0].winners for index in found)
    assert found[0].winners["note|a"]["v"] is None
