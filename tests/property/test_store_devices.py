"""Three devices with wild clocks and a sync that is late, partial and repeats itself: all end up the same."""

from __future__ import annotations

import shutil

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.faults.scale import SCALE
from tests.property.devices import DEVICES, ThreeDevices, texts
from tracker.store.events import Draft, Event
from tracker.store.store import Store

KEYS = st.sampled_from(("check|hug|1", "note|1", "note|2"))
VALUES: st.SearchStrategy[dict[str, object] | None] = st.none() | st.fixed_dictionaries({"x": st.integers(0, 3)})


class Devices(ThreeDevices):
    """Files travel between the folders of three devices, late, in part and more than once."""

    def __init__(self) -> None:
        super().__init__()
        self.stores = [self._open(number) for number in range(3)]
        self.written: list[Event] = []
        self.copies = 0

    def _open(self, number: int, since: str | None = None) -> Store:
        return Store.open(self.data(number), self.state(number), lambda: self.now[number], since=since)

    @rule(device=DEVICES, keys=st.lists(KEYS, min_size=1, max_size=3), value=VALUES)
    def write(self, device: int, keys: list[str], value: dict[str, object] | None) -> None:
        store = self.stores[device]
        n = max((event["n"] for event in self.written if event["dev"] == store.device), default=0)
        with store.transaction() as transaction:
            events = transaction.write([Draft(key, value) for key in keys], cmd="log")
        for event in events:
            assert event["n"] == n + 1
        for key in keys:
            assert store.winners[key]["v"] == value, "did not read its own write"
        self.written += events

    @rule(source=DEVICES, to=DEVICES, of=DEVICES, share=st.sampled_from((1, 2)))
    def sync(self, source: int, to: int, of: int, share: int) -> None:
        """Bring a device's files from one folder to another, or every second one of them."""
        device = self.stores[of].device
        if to != of:
            for path in sorted(self.files(source, device).glob("20*.json"))[::share]:
                place = self.files(to, device)
                place.mkdir(parents=True, exist_ok=True)
                known = place / path.name
                if not known.exists() or known.stat().st_size < path.stat().st_size:
                    shutil.copy2(path, known)

    @rule(source=DEVICES, to=DEVICES)
    def make_conflict_copy(self, source: int, to: int) -> None:
        device = self.stores[source].device
        for path in sorted(self.files(source, device).glob("20*.json"))[:1]:
            place = self.files(to, device)
            place.mkdir(parents=True, exist_ok=True)
            self.copies += 1
            shutil.copy2(path, place / f"{path.stem}.sync-conflict-{self.copies}.json")

    @rule(device=DEVICES)
    def look(self, device: int) -> None:
        self.stores[device].refresh()
        self._same_as_opened_anew(device)

    @rule(device=DEVICES, since=st.sampled_from((None, "2026-10", "2026-12")))
    def restart(self, device: int, since: str | None) -> None:
        self.stores[device] = self._open(device, since)
        self.stores[device].load_all()
        self._same_as_opened_anew(device)

    def _same_as_opened_anew(self, device: int) -> None:
        store, fresh = self.stores[device], self._open(device)
        assert store.events == fresh.events
        assert store.winners == fresh.winners

    @invariant()
    def nothing_is_damaged(self) -> None:
        assert all(store.damaged == () for store in self.stores)

    def all_the_same(self) -> None:
        for _ in range(2):
            for source in range(3):
                for to in range(3):
                    for of in range(3):
                        self.sync(source, to, of, 1)
        for store in self.stores:
            store.refresh()
        states = [texts(store.events) for store in self.stores]
        winners = [texts(store.winners) for store in self.stores]
        assert states[0] == states[1] == states[2] == texts({event["id"]: event for event in self.written})
        assert winners[0] == winners[1] == winners[2]


TestDevices = Devices.TestCase
TestDevices.settings = settings(max_examples=20 * min(SCALE, 3), stateful_step_count=25)
