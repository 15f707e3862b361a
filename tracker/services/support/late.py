"""The hours in which what goes deep is not offered by itself: from 22:00 to 06:00, by the wall clock of the person."""

from __future__ import annotations

from datetime import time

from tracker.catalogue import known_template
from tracker.domain.commitments import Commitment
from tracker.ledger.workspace import Workspace

EVENING, MORNING = time(22), time(6)
LATE = "It is late, and this one goes deep. Between 22:00 and 06:00 it can wait: sleep first, it keeps."


def is_night(workspace: Workspace) -> bool:
    """Return whether it is between 22:00 and 06:00."""
    now = workspace.clock.now().time()
    return now >= EVENING or now < MORNING


def late_for(workspace: Workspace, commitment: Commitment) -> bool:
    """Return whether it is too late for what a commitment asks: the catalogue says which of them go deep."""
    found = known_template(commitment.details.get("catalogue"))
    return found is not None and found.deep and is_night(workspace)
