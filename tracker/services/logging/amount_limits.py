"""How much one entry and one day may hold: the one rule of both faces, of forms, of JSON and of edits.

What an import brings is taken as it is; it counts from then on, and nothing can be added above the limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any

from tracker.domain.commitments import Commitment, Kind
from tracker.domain.language.words import DURATION_EXAMPLES, MOST_MINUTES, say_duration, say_number
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import say_day

MOST = 10_000
"""The most that one entry counts, where it does not count minutes."""


def fitting(commitment: Commitment, amount: float) -> float:
    """Return the amount of one entry: minutes from 1 to 1440, or times above 0 up to 10,000. Raises BadInput."""
    shown = say_number(amount) if isfinite(amount) else str(amount)
    if commitment.kind is Kind.MINUTES and not 1 <= amount <= MOST_MINUTES:
        raise BadInput(f"'{shown}' is not between one minute and a day. Try {DURATION_EXAMPLES}.")
    if not 0 < amount <= MOST:
        raise BadInput(f"{shown} is not an amount. One is more than 0 and at most {MOST}.")
    return amount


def must_fit_day(workspace: Workspace, commitment: Commitment, day: date, amount: float, entry: str = "") -> None:
    """Raise Refused where a day would hold more than 24 hours of a commitment with these minutes.

    `entry` is the key of the entry that they take the place of, if any. The day's entries have to be loaded.
    """
    if commitment.kind is not Kind.MINUTES:
        return
    there = sum(each.amount for each in workspace.ledger.entries_on(commitment.id, day) if each.id != entry)
    if there + amount > MOST_MINUTES:
        raise Refused(
            f"{commitment.title}: {say_duration(there)} is there for {say_day(day, workspace.today)} already, and "
            f"{say_duration(amount)} more would be over 24 hours. Nothing was saved."
        )


def must_fit_changed(
    workspace: Workspace, commitment: Commitment, key: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    """Raise as `must_fit_day` does for an entry that is changed, unless its amount stays as it is."""
    amount = new.get("amount", 0)
    if amount != old.get("amount", 0):
        must_fit_day(workspace, commitment, date.fromisoformat(str(old["day"])), amount, key)
