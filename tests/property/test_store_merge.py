"""The laws of merging: any order, any number of deliveries, and tampered copies give one state."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracker.store.events import Event, as_stored, canonical, merge_same_id, order
from tracker.store.log.index import Index

IDS = ("a", "b", "c", "d", "e")
KEYS = ("k1", "k2")
VALUES: st.SearchStrategy[Any] = st.none() | st.dictionaries(
    st.sampled_from(("x", "y")), st.integers(0, 1) | st.booleans() | st.text(max_size=2).filter(str.isascii), max_size=2
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Draw an event out of so few ids, keys and times that all of them collide."""
    return as_stored(
        {
            "id": draw(st.sampled_from(IDS)),
            "key": draw(st.sampled_from(KEYS)),
            "v": draw(VALUES),
            "t": draw(st.integers(0, 3)),
            "prev": draw(st.none() | st.sampled_from(IDS)),
            "dev": draw(st.sampled_from(("d1", "d2"))),
            "at": "2026-11-23T07:40:11+01:00",
            "n": draw(st.integers(0, 3)),
        }
    )


def _fold(batches: list[list[Event]]) -> Index:
    index = Index("d1")
    for batch in batches:
        index.add(batch)
        index.versions("k1")
    return index


def _pure(all_events: list[Event]) -> dict[str, Event]:
    """Return the events by id, merged one by one and without an index: no other's copy changes what this one wrote."""
    merged: dict[str, Event] = {}
    for event in all_events:
        known = merged.get(event["id"])
        if known is not None and known["dev"] != event["dev"]:
            event = next(each for each in (known, event) if each["dev"] == "d1")
        elif known is not None:
            event = merge_same_id(known, event)
        merged[event["id"]] = event
    return merged


def _text(found: dict[str, Event]) -> dict[str, str]:
    return {name: canonical(event) for name, event in found.items()}


@given(events(), events())
def test_merging_two_is_commutative_and_idempotent(one: Event, other: Event) -> None:
    assert canonical(merge_same_id(one, other)) == canonical(merge_same_id(other, one))
    assert merge_same_id(one, one) is one


@given(events(), events(), events())
def test_merging_three_is_associative(one: Event, two: Event, three: Event) -> None:
    left = merge_same_id(merge_same_id(one, two), three)
    right = merge_same_id(one, merge_same_id(two, three))
    assert canonical(left) == canonical(right)


@given(st.lists(st.lists(events(), max_size=4), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_arrival_makes_no_difference(batches: list[list[Event]], random: Any) -> None:
    turned = [event for batch in batches for event in batch]
    random.shuffle(turned)
    one, other = _fold(batches), _fold([[event] for event in turned])
    assert _text(one.events) == _text(other.events)
    assert _text(one.winners) == _text(other.winners)
    for key in KEYS:
        assert list(map(canonical, one.versions(key))) == list(map(canonical, other.versions(key)))
        assert list(map(canonical, one.concurrent(key))) == list(map(canonical, other.concurrent(key)))


@given(st.lists(events(), max_size=12))
def test_the_index_is_the_pure_fold(arrived: list[Event]) -> None:
    index, merged = _fold([[event] for event in arrived]), _pure(arrived)
    assert _text(index.events) == _text(merged)
    for key in KEYS:
        versions = sorted((event for event in merged.values() if event["key"] == key), key=order)
        assert index.versions(key) == versions
        assert index.winners.get(key) == (versions[-1] if versions else None)
    own = [event["n"] for event in merged.values() if event["dev"] == "d1"]
    assert index.top_n >= max(own, default=0)


@given(st.lists(events(), max_size=8), st.lists(st.integers(0, 7), max_size=8))
def test_a_second_delivery_changes_nothing(arrived: list[Event], again: list[int]) -> None:
    index = _fold([arrived])
    before = _text(index.events), _text(index.winners)
    index.changed.clear()
    index.add(arrived[at] for at in again if at < len(arrived))
    assert (_text(index.events), _text(index.winners)) == before
    assert index.changed == set()


@given(st.lists(events(), max_size=10))
def test_every_version_is_the_winner_or_history_or_concurrent(arrived: list[Event]) -> None:
    index = _fold([arrived])
    for key in KEYS:
        versions, concurrent = index.versions(key), index.concurrent(key)
        answered = {event["prev"] for event in versions}
        for event in versions[:-1]:
            is_history = event["id"] in answered or event["v"] is None
            assert is_history or event in concurrent
        assert index.winners.get(key) not in concurrent


@given(st.lists(st.lists(events(), max_size=4), max_size=4))
def test_what_changed_is_what_has_another_winner(batches: list[list[Event]]) -> None:
    index = Index("d1")
    for batch in batches:
        before = _text(index.winners)
        index.changed.clear()
        index.add(batch)
        after = _text(index.winners)
        moved = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        assert moved <= index.changed
