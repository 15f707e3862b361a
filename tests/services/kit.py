"""A data folder with as many devices as a test wants, each with a clock that is set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tracker.domain.counting.figures import Figures
from tracker.ledger.workspace import Workspace
from tracker.services.safekeeping.encryption import StoreKey
from tracker.store.identity.identity import state_folder

NOVEMBER = datetime.fromisoformat("2026-11-23T20:00:00+01:00")
"""A Monday evening."""

MENDED = {"named_it": True, "heard_impact": True, "made_amends": True, "plan": True}
"""All four parts of putting something right."""


class HandClock:
    """A clock that stands still until a test sets it."""

    def __init__(self, moment: datetime = NOVEMBER) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment

    def set(self, text: str) -> None:
        """Set it to an ISO time of its own offset: `2026-11-23T20:00`."""
        self.moment = datetime.fromisoformat(text).replace(tzinfo=self.moment.tzinfo)

    def go(self, days: int = 0, hours: float = 0, minutes: float = 0) -> None:
        """Move it on, or back."""
        self.moment += timedelta(days=days, hours=hours, minutes=minutes)


@dataclass
class Bench:
    """One data folder below `root`; every device has its own state folder."""

    root: Path
    clock: HandClock = field(default_factory=HandClock)

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return self.root / "data"

    def open(self, device: str = "one", clock: HandClock | None = None, key: StoreKey | None = None) -> Workspace:
        """Open the data folder as a device."""
        return Workspace.at(self.data, self.root / f"state-{device}", clock or self.clock, key=key)

    def summary(self, device: str = "one") -> Path:
        """Return where a device keeps its summary."""
        return state_folder(self.root / f"state-{device}", self.data) / "summary.json"

    def recounted(self, device: str = "one", clock: HandClock | None = None, key: StoreKey | None = None) -> Workspace:
        """Open the data folder as if there had never been a summary; the summary itself stays."""
        path = self.summary(device)
        path = path.with_name(f"{path.name}.age") if key else path
        kept = path.read_bytes() if path.exists() else None
        path.unlink(missing_ok=True)
        workspace = self.open(device, clock, key)
        assert workspace.store.complete
        if kept is not None:
            path.write_bytes(kept)
        return workspace

    def resealed(self, device: str = "one") -> Workspace:
        """Open with a fresh summary whose older months stay unread."""
        self.recounted(device).keep_streaks()
        workspace = self.open(device)
        assert not workspace.store.complete
        return workspace


Fold = dict[str, dict[str, Any]]


def fold(workspace: Workspace) -> Fold:
    """Return the value of every key that has one, and check that the book holds the same."""
    workspace.load_history()
    found = {
        key: event["v"]
        for key, event in workspace.store.winners.items()
        if event["v"] is not None and not key.startswith("import|")
    }
    for key, value in found.items():
        assert key.startswith("setting|") or workspace.ledger.value(key) == value
    return found


def figures(workspace: Workspace) -> dict[str, Figures]:
    """Return the figures of every commitment, archived ones too."""
    today = workspace.today
    return {each.id: workspace.ledger.figures(each.id, today) for each in workspace.ledger.commitments(archived=True)}


def on(workspace: Workspace, ago: int) -> date:
    """Return the day that many days ago."""
    return workspace.today - timedelta(days=ago)
