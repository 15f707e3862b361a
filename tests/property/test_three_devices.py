"""Three devices, each with a folder and a wild clock of its own, that meet on a stick or by a sync service, late and
in parts: what is written is read at once, and once all was exchanged, all three say the same and nothing is lost.
"""

from __future__ import annotations

import shutil
from datetime import timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.property.devices import DEVICES, START, ThreeDevices, texts
from tracker.domain.clock import FixedClock
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange import sync
from tracker.services.exchange.transfer import export_json
from tracker.services.history import purge, undo
from tracker.services.logging import log_entry, notes
from tracker.store.events import Event, canonical

CID = "s4.reachable"
DAYS = st.integers(0, 1)


class Meeting(ThreeDevices):
    """What three people with one store, or one person with three devices, may do in any order."""

    def __init__(self) -> None:
        super().__init__()
        (self.root / "stick").mkdir()
        self.written: dict[str, Event] = {}
        self.forgotten: set[str] = set()
        self.words = 0

    def open(self, device: int) -> Workspace:
        return Workspace.at(self.data(device), self.state(device), FixedClock(self.now[device]))

    @initialize()
    def begin(self) -> None:
        for device in range(3):
            workspace = self.open(device)
            sync.choose(workspace, str(self.root / "stick"))
            if device == 0:
                lifecycle.add(workspace, CID)
            sync.exchange(workspace, join=True)
            self.keep(workspace)

    def keep(self, workspace: Workspace) -> None:
        """Note what this device has written so far."""
        workspace.load_history()
        for event in workspace.store.events.values():
            if event["dev"] == workspace.store.device and "purged" not in event:
                self.written.setdefault(event["id"], event)
        self.same_anew(workspace)

    def same_anew(self, workspace: Workspace) -> None:
        workspace.load_history()
        fresh = Workspace(workspace.data, workspace.state, workspace.clock)
        fresh.load_history()
        assert fresh.store.events == workspace.store.events and fresh.store.winners == workspace.store.winners

    @rule(device=DEVICES, ago=DAYS)
    def check(self, device: int, ago: int) -> None:
        workspace = self.open(device)
        commitment = workspace.ledger.get(CID)
        if commitment is None:
            return
        day = workspace.today - timedelta(days=ago)
        log_entry.done(workspace, commitment, [day])
        assert workspace.ledger.entries_on(CID, day)
        self.keep(workspace)

    @rule(device=DEVICES, ago=DAYS)
    def write(self, device: int, ago: int) -> None:
        workspace = self.open(device)
        commitment = workspace.ledger.get(CID)
        if commitment is None:
            return
        self.words += 1
        day = START.date() - timedelta(days=ago)
        notes.note(workspace, commitment, day, f"word {self.words}", replace=True)
        assert notes.read_note(workspace, CID, day).startswith(f"word {self.words}")
        self.keep(workspace)

    @rule(device=DEVICES, again=st.booleans())
    def turn(self, device: int, again: bool) -> None:
        workspace = self.open(device)
        try:
            (undo.redo if again else undo.undo)(workspace)
        except Refused:
            return
        self.keep(workspace)

    @rule(device=DEVICES, ago=DAYS)
    def forget(self, device: int, ago: int) -> None:
        workspace = self.open(device)
        commitment = workspace.ledger.get(CID)
        if commitment is None:
            return
        removal = purge.note(workspace, commitment, START.date() - timedelta(days=ago))
        if removal.keys:
            purge.purge(workspace, removal)
            self.forgotten |= {event["id"] for key in removal.keys for event in workspace.store.versions(key)}
            assert notes.read_note(workspace, CID, START.date() - timedelta(days=ago)) == ""
        self.keep(workspace)

    @rule(device=DEVICES)
    def exchange(self, device: int) -> None:
        workspace = self.open(device)
        sync.exchange(workspace)
        assert sync.exchange(workspace).summary == "Nothing new on either side."
        self.same_anew(workspace)

    @rule(source=DEVICES, to=DEVICES, how=st.sampled_from(("whole", "cut off", "copy")))
    def carry(self, source: int, to: int, how: str) -> None:
        """Let a sync service bring the source's own files: all of them, a part of one, or as a conflict copy."""
        own = self.files(source, self.open(source).store.device)
        place = self.files(to, own.name)
        if source == to or not own.is_dir():
            return
        place.mkdir(exist_ok=True)
        for path in sorted(own.glob("*.json")):
            target = place / path.name
            if how == "copy" and path.name[0] in "12":
                target = place / f"{path.stem} (conflicted copy 2026-11-24).json"
            if how == "cut off" and path.name[0] in "12":
                target.write_bytes(path.read_bytes()[:-9])
            else:
                shutil.copy2(path, target)

    def all_the_same(self) -> None:
        if not self.state(2).exists():
            return
        self.now = [START + timedelta(days=30_000)] * 3
        for device in (0, 1, 2, 0, 1, 2, 0, 1):
            sync.exchange(self.open(device))
        towards = [self.open(device) for device in range(3)]
        exports = [export_json(workspace, private=True).text for workspace in towards]
        assert exports[0] == exports[1] == exports[2]
        winners = [texts(workspace.store.winners) for workspace in towards]
        assert winners[0] == winners[1] == winners[2]
        for id_, event in self.written.items():
            held = towards[0].store.events[id_]
            assert canonical(held) == canonical(event) or (id_ in self.forgotten or "purged" in held)


TestMeeting = Meeting.TestCase
TestMeeting.settings = settings(max_examples=8, stateful_step_count=16, phases=(Phase.explicit, Phase.generate))
