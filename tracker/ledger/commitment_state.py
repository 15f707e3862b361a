"""The values that are stored of one commitment, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.domain.commitments import Commitment, Plan
from tracker.domain.counting.figures import Figures, Tally
from tracker.domain.records import Pause, Record
from tracker.ledger import codec, event_keys
from tracker.ledger.bounds import Bounds

LOGGED = frozenset({"check", "clear", "entry"})
Logged = tuple[str, str, Mapping[str, Any], int]
"""Something that was logged: the kind of its key, its key, its value, and when it was written."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the occasions that end before day `cut` amount to; a later count goes on from there."""

    cut: date
    tally: Tally


BEGINNING = Checkpoint(date.min, Tally())
"""Where a count begins that has nothing to go on from."""


@dataclass(slots=True)
class CommitmentState:
    """The raw values of one commitment, by key, and what was made of them so far."""

    values: dict[str, tuple[Mapping[str, Any], int]] = field(default_factory=dict)
    commitment: Commitment | None = None
    record: Record | None = None
    figures: dict[date, Figures] = field(default_factory=dict)
    read: bool = False

    def forget(self) -> None:
        """Drop what was made of the values."""
        self.commitment, self.record, self.read = None, None, False
        self.figures.clear()

    def parsed(
        self, everyone: CommitmentState, bounds: Bounds, misread: set[str]
    ) -> tuple[list[Plan], list[Logged], dict[date, str], list[Pause]]:
        """Return the plans, what was logged as it is stored, the skips and the pauses.

        Args:
            everyone: what holds for all commitments.
            bounds: what is beyond them is left out.
            misread: takes in the keys of what cannot be read.
        """
        plans: list[Plan] = []
        logged: list[Logged] = []
        skips: dict[date, str] = {}
        pauses: list[Pause] = []
        for key, (value, t) in (everyone.values | self.values if everyone.values else self.values).items():
            kind, _, rest = event_keys.split(key)
            try:
                if kind in LOGGED:
                    logged.append((kind, key, value, t))
                elif kind == "plan" and key not in bounds.aside:
                    plan = codec.read_plan(rest, value)
                    bounds.check(plan.start, plan.anchor, plan.schedule.by)
                    plans.append(plan)
                elif kind == "skip":
                    bounds.check(date.fromisoformat(rest))
                    skips[date.fromisoformat(rest)] = codec.skip_reason(value)
                elif kind == "pause":
                    pause = codec.read_pause(value)
                    bounds.check(pause.first, pause.last)
                    pauses.append(pause)
            except codec.MISREAD:
                misread.add(key)
        return plans, logged, skips, pauses
