"""The history: every operation of every device, told in a few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite

from tracker.catalogue.roles import REPLIES
from tracker.domain.commitments import Kind
from tracker.domain.counting.moments import HAPPENED
from tracker.domain.language.words import say_duration, say_number
from tracker.domain.records import HANDLED, LAPSE
from tracker.domain.text import discreet_mode
from tracker.ledger import codec, event_keys
from tracker.ledger.workspace import Workspace
from tracker.services.change import say_day, say_replies
from tracker.services.history.versions import device_name
from tracker.services.quantities import count
from tracker.store.events import Event, order

VERBS = {
    "done": "done",
    "undone": "taken back",
    "less": "less",
    "skip": "skipped",
    "unskip": "asked for again",
    LAPSE: HAPPENED,
    HANDLED: "moment handled",
    "put right": "put right",
    "note": "note",
    "add": "added",
    "edit": "changed",
    "pause": "paused",
    "resume": "resumed",
    "archive": "archived",
    "delete": "deleted",
    "timer": "timer started",
    "timer stopped": "timer stopped",
    "set": "setting",
    "log": "written down",
    "edit entry": "entry changed",
    "answer": "answered",
    "let go": "let go",
    "plan": "time planned",
    "move": "time moved",
    "cancel": "time cancelled",
    "not this time": "not this time",
    "plan stopped": "plan ended",
    "card passed": "passed for good",
    "cards unlocked": "levels 4 and 5 opened",
    "import": "import",
    "restore": "restored",
    "purge": "purge",
    "refuse": "put back as it was",
    "numbers": "numbers at hand",
    "review": "looked back",
    event_keys.SUBMITTED: "ratings sealed",
    "review finished": "finished",
}
COUNTED = ("done", "less", "log", "timer stopped")
AMOUNTS = (Kind.MINUTES, Kind.COUNT, Kind.TASK)
"""The commands and kinds whose entries are told by how much they add or take off."""


@dataclass(slots=True)
class Operation:
    """One command of one device: its events, oldest first."""

    id: str
    device: str
    number: int
    at: str
    cmd: str
    undoes: str | None = None
    redoes: str | None = None
    undone: bool = False
    events: list[Event] = field(default_factory=list)

    @property
    def moment(self) -> datetime:
        """Return when it was done."""
        return datetime.fromisoformat(self.at)

    @property
    def empty(self) -> bool:
        """Return whether nothing is left of it since a purge."""
        return all("purged" in event for event in self.events)

    @property
    def theirs(self) -> bool:
        """Return whether it gave a partner's answers or took them back: undo passes it over, and no list shows it."""
        return all(is_theirs(event) for event in self.events)


def is_theirs(event: Event) -> bool:
    """Return whether an event holds a partner's answers, or purged nothing but such."""
    kind = event_keys.split(event["key"])[0]
    found = (event["v"] or {}).get("keys") if kind == event_keys.PURGE else [event["key"]]
    if not isinstance(found, dict | list) or not found:
        return False
    return all(event_keys.split(str(key))[0] == event_keys.THEIRS for key in found)


def operations(events: Iterable[Event], carried: Mapping[str, str] | None = None) -> list[Operation]:
    """Return the operations that events belong to: each device's in its own order, merged by time.

    `carried` names by its id in whose folder an event lies that says to be of this device and is not.
    """
    found: dict[tuple[str, str], Operation] = {}
    for event in events:
        device = (carried or {}).get(event["id"], event["dev"])
        op = device, event.get("op", event["id"])
        if op not in found:
            found[op] = Operation(
                id=op[1],
                device=device,
                number=event.get("n", 0),
                at=event["at"],
                cmd=event.get("cmd", ""),
                undoes=event.get("undoes"),
                redoes=event.get("redoes"),
            )
        found[op].events.append(event)
    for operation in found.values():
        operation.events.sort(key=order)
    for operation in sorted(found.values(), key=lambda each: each.number):
        for target, undone in ((operation.undoes, True), (operation.redoes, False)):
            # One device takes back nothing of another's.
            if target and (done := found.get((operation.device, target))):
                done.undone = undone
    newest: dict[str, int] = {}
    place: dict[tuple[str, str], int] = {}
    for operation in sorted(found.values(), key=lambda each: each.number):
        newest[operation.device] = max(newest.get(operation.device, 0), operation.events[0]["t"])
        place[operation.device, operation.id] = newest[operation.device]
    return sorted(found.values(), key=lambda each: (place[each.device, each.id], each.number, each.id))


def ends(operation: Operation) -> list[tuple[Event, Event]]:
    """Return the first and the last event of each key of an operation, most often the same."""
    ends: dict[str, tuple[Event, Event]] = {}
    for event in operation.events:
        ends[event["key"]] = (ends.get(event["key"], (event, event))[0], event)
    return list(ends.values())


def describe(workspace: Workspace, operation: Operation) -> str:
    """Return an operation in a few words, without private text: `Our time: done, today`."""
    verb = _amount(workspace, operation) or VERBS.get(operation.cmd, operation.cmd or "change")
    names: dict[str, None] = {}
    days: list[date] = []
    for event in operation.events:
        kind, owner, rest = event_keys.split(event["key"])
        if kind == "import":
            listed = (event["v"] or {}).get("events")
            number = count(len(listed) if isinstance(listed, list) else 0, "event")
            return f"{verb} {number}" if operation.cmd == "restore" else f"{verb} of {number}"
        if kind == "setting":
            return f"{owner}: {verb}"
        if kind in (event_keys.CARD, event_keys.UNLOCK):
            return f"Cards: {verb}"
        if kind == event_keys.NUMBERS:
            return f"Safety page: {verb}"
        if kind == event_keys.PURGE:
            return "something was purged"
        if kind in event_keys.BESIDE:
            names["Review"] = None
            continue
        names[_title(workspace, owner)] = None
        if kind in ("check", "clear", "skip", "note"):
            days += [day] if (day := codec.read_day(rest)) else []
        elif kind == "entry":
            value = event["v"] or (workspace.store.events.get(event["prev"] or "") or event)["v"] or {}
            days += [day] if (day := codec.read_day(value.get("day"))) else []
    what = next(iter(names)) if len(names) == 1 else f"{len(names)} commitments"
    when = ""
    if days:
        first, last = min(days), max(days)
        when = f", {say_day(first, workspace.today)}" + (
            f" to {say_day(last, workspace.today)}" if last != first else ""
        )
    return f"{what}: {verb}{when}"


def _title(workspace: Workspace, owner: str) -> str:
    """Return a commitment's title, also of a deleted one."""
    if owner == event_keys.EVERYONE:
        return "all commitments"
    commitment = workspace.ledger.get(owner)
    if commitment is not None:
        return commitment.title
    versions = workspace.store.versions(event_keys.commitment(owner))
    return discreet_mode.dotted(
        next((str(event["v"].get("title", owner)) for event in reversed(versions) if event["v"]), owner)
    )


def _amount(workspace: Workspace, operation: Operation) -> str:
    """Return what was logged or taken off as an amount: `50 min`, `2 more`, `1 less`; nothing where none is counted."""
    owners = {event_keys.split(event["key"])[1] for event in operation.events if event["key"].startswith("entry|")}
    commitment = workspace.ledger.get(owners.pop()) if len(owners) == 1 else None
    if operation.cmd not in COUNTED or commitment is None:
        return ""
    if commitment.id == REPLIES:
        number = int(_changed(workspace, operation, _replies))
        return say_replies(number) if number > 0 else ""
    change = _changed(workspace, operation, _worth) if commitment.kind in AMOUNTS else 0.0
    if not change:
        return ""
    less = " less" if change < 0 else ""
    if commitment.kind is Kind.MINUTES:
        return f"{say_duration(abs(change))}{less}"
    return f"{say_number(abs(change))}{less or ' more'}"


def _changed(workspace: Workspace, operation: Operation, worth: Callable[[Event], float]) -> float:
    """Return by how much an operation changed what its entries are worth, less than 0 where it took some back."""
    change = 0.0
    for first, last in ends(operation):
        if "purged" not in last:
            before = workspace.store.events.get(first["prev"] or "")
            change += worth(last) - (worth(before) if before else 0)
    return change


def _replies(event: Event) -> float:
    """Return how many replies an entry tells of, in the hours chosen or later."""
    fields = (event["v"] or {}).get("fields", {})
    given = [fields.get(name, 0) for name in ("in_window", "late")] if isinstance(fields, dict) else []
    return sum(float(each) for each in given if isinstance(each, int | float) and isfinite(each))


def _worth(event: Event) -> float:
    """Return the amount of an entry, 0 of one that was taken back or is none."""
    amount = (event["v"] or {}).get("amount", 0)
    return float(amount) if isinstance(amount, int | float) and isfinite(amount) else 0.0


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history: when, on which device, what, and whether it was undone."""

    at: datetime
    device: str
    name: str
    own: bool
    cmd: str
    summary: str
    undone: bool
    operation: str


def history(workspace: Workspace, limit: int = 20, cid: str | None = None) -> list[Past]:
    """Return the newest operations first, at most `limit`, of one commitment if `cid` is given."""
    lines: list[Past] = []
    names = workspace.store.device_names()
    everything = operations(workspace.full_store.events.values(), workspace.store.carried())
    by_id = {(operation.device, operation.id): operation for operation in everything}
    for operation in reversed(everything):
        if len(lines) >= limit:
            break
        if operation.theirs:
            continue
        if cid is not None and all(event_keys.split(event["key"])[1] != cid for event in operation.events):
            continue
        text = describe(workspace, operation)
        turned = by_id.get((operation.device, operation.undoes or operation.redoes or ""))
        if turned is not None:
            text = f"{'undone' if operation.undoes else 'done again'} - {describe(workspace, turned)}"
        own, name = operation.device == workspace.store.device, device_name(operation.device, names)
        lines.append(
            Past(operation.moment, operation.device, name, own, operation.cmd, text, operation.undone, operation.id)
        )
    return lines
