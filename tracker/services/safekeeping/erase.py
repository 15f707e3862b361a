"""Delete everything that Toward keeps of one store on this computer, and say what it cannot reach."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.ledger.errors import Refused, TowardError
from tracker.ledger.open_folder import in_plain_words
from tracker.services.quantities import count
from tracker.store.erase import RemovalPlan, erase, plan_removal
from tracker.store.errors import StoreError
from tracker.store.identity.device import read_device_id

WORDS = "delete everything"
BEYOND_REACH = (
    "It cannot reach: copies you made with backup --to, exports, what a sync service or another device keeps, "
    "snapshots of the disk, and blocks that an SSD has set aside. If the data folder is synced, the sync may carry "
    "the removal to your other devices; their backups stay there."
)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was removed, and what of others was left."""

    files: int
    foreign: tuple[Path, ...]
    lines: tuple[str, ...]


def plan(data: Path, state: Path) -> RemovalPlan:
    """Return what would be removed. Raises Damaged for a folder that is not Toward's, or of a newer version."""
    with in_plain_words():
        return plan_removal(data, state)


def describe(plan: RemovalPlan) -> tuple[str, ...]:
    """Return in words what would be removed, what stays, and what is out of reach."""
    lines = [
        f"This removes for good: {count(len(plan.files), 'file')} of Toward in {plan.data}, and {plan.state} with "
        f"{count(plan.state_files, 'file')}: backups, the device id, the table of streaks.",
    ]
    if plan.foreign:
        lines.append(f"What Toward did not make stays: {', '.join(path.name for path in plan.foreign[:5])}.")
    return (*lines, BEYOND_REACH)


def delete_everything(plan: RemovalPlan, lock_timeout: float = 30.0) -> Erased:
    """Remove it all and return what went. Raises Busy, Damaged or Refused; then it can be done again."""
    from tracker.services.safekeeping.keyring import forget_of

    device = None
    with suppress(StoreError, OSError):
        device = read_device_id(plan.state)
    with suppress(TowardError):
        forget_of(plan.state)
    with in_plain_words():
        left = erase(plan, device, lock_timeout)
    if left:
        raise Refused(
            f"{count(len(left), 'file')} could not be removed, {left[0]} first. The rest is gone and the store is not "
            "opened any more; see why, then do it again."
        )
    lines = [f"Removed: {count(len(plan.files), 'file')} of Toward in {plan.data}, and {plan.state}."]
    if plan.foreign:
        lines.append(f"Left, because Toward did not make it: {', '.join(str(path) for path in plan.foreign)}")
    return Erased(len(plan.files) + plan.state_files, plan.foreign, tuple(lines))
