"""Say of time together that was just logged whether it keeps a planned time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from tracker.catalogue.roles import PARTNER_TIME
from tracker.ledger.workspace import Workspace


def watch(workspace: Workspace, cid: str, days: Sequence[date]) -> Callable[[], str]:
    """Return what says afterwards, in a sentence, what minutes logged on these days did for what was planned then.

    It returns an empty text where nothing was planned, or nothing became of it.
    """
    if cid != PARTNER_TIME or not days or not any(True for _ in workspace.ledger.values(cid, "planned")):
        return lambda: ""
    from tracker.domain.planned import PlannedState, PlannedTime
    from tracker.services.together.planned import agenda

    def logged() -> dict[str, PlannedTime]:
        found = agenda(workspace, min(days), timedelta(0)).past
        return {each.key: each for each in found if each.day in days and each.logged is not None}

    before = set(logged())

    def said() -> str:
        new = [each for key, each in logged().items() if key not in before]
        kept = [each for each in new if each.state is PlannedState.KEPT]
        if kept:
            return " The planned time is kept." if len(kept) == 1 else f" {len(kept)} planned times are kept."
        return f" {new[0].logged:.0f} of {new[0].minutes} planned min." if new else ""

    return said
