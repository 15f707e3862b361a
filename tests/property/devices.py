"""Three devices, each with a folder and a wild clock of its own, as the machines that play with them share it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tracker.store.events import Event, canonical

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
DEVICES = st.integers(0, 2)
LONG_AGO, FAR_AHEAD = -800, 26_700


class ThreeDevices(RuleBasedStateMachine):
    """Every device has its own copy of the data folder, its own state folder, and a clock that jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.quiet = patch.object(os, "fsync", lambda _fd: None)
        self.quiet.start()
        self.now = [START] * 3

    def data(self, device: int) -> Path:
        """Return a device's copy of the data folder."""
        return self.root / f"data{device}"

    def state(self, device: int) -> Path:
        """Return a device's state folder."""
        return self.root / f"state{device}"

    def files(self, device: int, of: str) -> Path:
        """Return where the files of the device with the id `of` lie in a device's copy."""
        return self.data(device) / "devices" / of

    @rule(device=DEVICES, days=st.integers(-120, 120) | st.sampled_from((LONG_AGO, FAR_AHEAD)))
    def set_clock(self, device: int, days: int) -> None:
        self.now[device] = START + timedelta(days=days)

    def teardown(self) -> None:
        """Let a machine hold what was written against its devices, then take all of it away."""
        try:
            self.all_the_same()
        finally:
            self.quiet.stop()
            shutil.rmtree(self.root)

    def all_the_same(self) -> None:
        """Bring everything everywhere, and check that all say the same and nothing is lost."""
        raise NotImplementedError


def texts(events: Mapping[str, Event]) -> dict[str, str]:
    """Return events, by id or by key, as the one text each that equal ones share."""
    return {name: canonical(event) for name, event in events.items()}
