"""The laws of exchanging files: both sides have all of it, nothing shrinks, and what was purged stays so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.store.events import Event, as_stored, encode
from tracker.store.exchange import union as exchange
from tracker.store.exchange.places import carried
from tracker.store.exchange.union import Lack, adds, by_id
from tracker.store.log.incoming import emptied
from tracker.store.log.shards import is_shard, month_of, parse

OWN, OTHER = "a" * 32, "b" * 32
NAMES = ("2026-11.json", "2026-11.r1.json", "2026-11 (conflicted copy 2026-11-24).json", "2026-12.json")
Files = dict[str, bytes]


def lacking(source: Files, target: Files, own: str = "") -> Lack:
    return exchange.lacking(source, target, own, lambda _name, raw: parse(raw))


def event(number: int, *, purged: bool = False, key: str = "") -> Event:
    made = as_stored(
        {
            "id": str(number),
            "key": key or f"note|{number}",
            "v": {"text": str(number)},
            "t": number,
            "prev": None,
            "dev": "d",
            "at": "2026-11-23T07:40:11+01:00",
        }
    )
    return emptied(made) if purged else made


def file(*events: Event, **tables: Any) -> bytes:
    return encode({"events": {str(number): each for number, each in enumerate(events, 1)}, **tables})


@st.composite
def places(draw: st.DrawFn) -> Files:
    """Draw the files of two devices out of so few events that the places overlap; some are cut off."""
    found: Files = {}
    for name in draw(st.lists(st.sampled_from([f"devices/{dev}/{name}" for dev in (OWN, OTHER) for name in NAMES]))):
        numbers = draw(st.lists(st.integers(1, 6), unique=True, max_size=4))
        raw = file(*(event(number, purged=draw(st.booleans())) for number in numbers))
        found[name] = raw[:-3] if draw(st.integers(0, 9)) == 0 else raw
    return found


def done(target: Files, lack: Lack) -> Files:
    return target | {step.name: step.data for step in lack.steps}


def union(*places: Files) -> dict[str, Event]:
    return by_id(each for files in places for raw in files.values() for each in parse(raw).events)


def whole(files: Files) -> Files:
    return {name: raw for name, raw in files.items() if parse(raw).trouble is None}


def per_family(files: Files) -> dict[tuple[str, str | None], dict[str, Event]]:
    families: dict[tuple[str, str | None], Files] = {}
    for name, raw in files.items():
        _, device, last = name.split("/")
        families.setdefault((device, month_of(last)), {})[name] = raw
    return {family: union(each) for family, each in families.items()}


@given(places(), places())
def test_both_have_everything_and_a_second_time_moves_nothing(mine: Files, theirs: Files) -> None:
    here = done(mine, lacking(theirs, mine, OWN))
    there = done(theirs, lacking(here, theirs))
    sound = per_family(whole(mine) | {f"{name}.json": raw for name, raw in whole(theirs).items()})
    for family, events in sound.items():
        assert adds(events, per_family(here).get(family, {})) == adds(events, per_family(there).get(family, {})) == 0
    # A file that was full beside one that was emptied is emptied in the second round.
    here = done(here, lacking(there, here, OWN))
    there = done(there, lacking(here, there))
    assert lacking(there, here, OWN).steps == lacking(here, there).steps == ()


@given(places(), places())
def test_nothing_shrinks_and_what_this_device_wrote_is_not_touched(mine: Files, theirs: Files) -> None:
    lack = lacking(theirs, mine, OWN)
    for step in lack.steps:
        assert carried(step.name) and is_shard(step.name.rpartition("/")[2]) and parse(step.data).trouble is None
        before = mine.get(step.name)
        if before is not None:
            assert OWN not in step.name or ".copy-" in step.name
            assert parse(before).trouble is None
            assert adds(by_id(parse(before).events), by_id(parse(step.data).events)) == 0
    assert {name for name, raw in theirs.items() if parse(raw).trouble and mine.get(name) != raw} == set(lack.waiting)


@given(st.lists(places(), min_size=3, max_size=3), st.permutations([0, 1, 2, 0, 1, 2, 0, 1, 2]))
def test_in_whatever_order_devices_come_by_all_end_up_with_the_same(devices: list[Files], order: list[int]) -> None:
    hub: Files = {}
    for number in [*order, 0, 1, 2, 0, 1, 2]:
        devices[number] = done(devices[number], lacking(hub, devices[number]))
        hub = done(hub, lacking(devices[number], hub))
    for each in devices:
        assert union(whole(each)) == union(whole(hub))


def test_a_purged_event_goes_before_a_full_one_both_ways() -> None:
    name = f"devices/{OTHER}/2026-11.json"
    full, empty = {name: file(event(1), event(2))}, {name: file(event(1, purged=True), event(2))}
    assert done(full, lacking(empty, full)) == empty
    assert lacking(full, empty).steps == ()


def test_a_purge_reaches_a_file_that_could_not_simply_be_replaced() -> None:
    main, copy = f"devices/{OWN}/2026-11.json", f"devices/{OWN}/2026-11.copy-00000000.json"
    there = {main: file(event(1), event(9))}
    here = {main: file(event(1, purged=True), event(2)), copy: file(event(1, purged=True), event(9))}
    after = done(there, lacking(here, there))
    assert not any(b'"text":"1"' in raw for raw in after.values())
    assert union(after) == union(here)


def test_two_that_each_hold_something_are_both_kept() -> None:
    name = f"devices/{OTHER}/2026-11.json"
    here, there = {name: file(event(1), event(2))}, {name: file(event(1), event(3))}
    after = done(here, lacking(there, here))
    assert after[name] == here[name] and len(after) == 2
    assert set(union(after)) == {"1", "2", "3"}
    again = {name: file(event(1), event(3), event(4))}
    assert len(done(after, lacking(again, after))) == 2, "a copy grows; there is not one for each exchange"


def test_tables_that_a_later_version_wrote_are_not_lost() -> None:
    name = f"devices/{OTHER}/2026-11.json"
    here, there = {name: file(event(1), _meta={"1": {"x": 1}})}, {name: file(event(1), event(2))}
    assert done(here, lacking(there, here))[name] == here[name]


@pytest.mark.parametrize(
    "name",
    [
        "store.json",
        f"devices/{OTHER}/2026-11.json",
        f"devices/{OTHER}/2026-11.json.age",
        f"devices/{OTHER}/2026-11.sync-conflict-20261124-101010-ABCDEFG.json",
        f"devices/{OTHER}/2026-11 (Anna's conflicted copy 2026-11-24).json",
        f"devices/{OTHER}/device.json",
    ],
)
def test_names_that_are_carried(name: str) -> None:
    assert carried(name)


@pytest.mark.parametrize(
    "name",
    [
        "../store.json",
        "devices/../2026-11.json",
        "devices/./2026-11.json",
        f"devices/{OTHER}/../../2026-11.json",
        f"devices/{OTHER}/.2026-11.json.0123.tmp",
        f"devices/{OTHER}/.lock",
        f"devices/{OTHER}\\2026-11.json",
        f"devices/{OTHER}/2026-11\n.json",
        f'devices/"{OTHER}/2026-11.json',
        "devices/.stversions/2026-11.json",
        f"else/{OTHER}/2026-11.json",
        "2026-11.json",
        ".git/config",
    ],
)
def test_names_that_are_not_carried(name: str) -> None:
    assert not carried(name)
