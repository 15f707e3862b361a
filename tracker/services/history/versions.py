"""Versions: what two devices wrote for one thing without knowing of each other; both stay until somebody settles it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.domain.text.clean import LONGEST_DEVICE, excerpt, one_line
from tracker.ledger import event_keys
from tracker.ledger.workspace import Workspace

TOLD = {"commitment": "its title or details", "plan": "its plan", "archived": "whether it is put away"}
"""What of a commitment is told where two versions of it stand side by side."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version: which event holds it, on which device and when it was written, and its text."""

    id: str
    device: str
    name: str
    own: bool
    at: datetime
    text: str


def of(workspace: Workspace, key: str, read: Callable[[Mapping[str, Any]], str]) -> tuple[Version, ...]:
    """Return the versions of a key that stand side by side, the one in force first; equal ones count once."""
    workspace.ledger.fetch_missing((key,))
    winner = workspace.store.winners.get(key)
    if winner is None or winner["v"] is None:
        return ()
    names = workspace.store.device_names()
    found: dict[str, Version] = {}
    for event in (winner, *reversed(workspace.store.concurrent(key))):
        device, at, text = event["dev"], datetime.fromisoformat(event["at"]), read(event["v"] or {})
        own, name = device == workspace.store.device, device_name(device, names)
        found.setdefault(text, Version(event["id"], device, name, own, at, text))
    return tuple(found.values())


def device_name(device: str, names: Mapping[str, str]) -> str:
    """Return what a device is called, or the beginning of its id."""
    return excerpt(names.get(device, ""), LONGEST_DEVICE) or one_line(device)[:8]


def say_version(version: Version) -> str:
    """Return whose a version is and of when: `laptop (this device), 2026-11-24 10:10`."""
    return f"{version.name}{' (this device)' if version.own else ''}, {version.at:%Y-%m-%d %H:%M}"


def unsettled(workspace: Workspace, cid: str) -> Iterator[str]:
    """Yield a sentence for each thing about a commitment that two devices changed without knowing of each other."""
    plans = sorted(key for key, _ in workspace.ledger.values(cid, "plan"))
    for key in (event_keys.commitment(cid), *plans, event_keys.archived(cid)):
        first, *others = of(workspace, key, lambda value: repr(sorted(value.items(), key=str))) or (None,)
        if first is not None and others:
            when = "; ".join(map(say_version, others))
            what = TOLD[event_keys.split(key)[0]]
            yield f"Two devices changed {what}: {say_version(first)} holds; beside it, {when}. A new change settles it."
