"""Undo and redo of operations, across restarts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from tracker.ledger import event_keys
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.history.history import Operation, describe, ends, is_theirs, operations
from tracker.store.events import Draft, Event, order

NOTHING = ""
SUBMITTED = (
    "Ratings that are sealed stay as they are, so that nobody rates again knowing the other side. What was done before "
    "them can be changed by hand."
)
DOUBTFUL = (
    "It cannot be told what was done last: an older copy of the folder was put back and written on. "
    "Nothing changed. Change it by hand; what you do from now on can be undone again."
)
PURGED = "The last thing you did was a purge, and what was purged is gone for good. Nothing changed."
BROUGHT = ("import", "restore")
"""Operations that took in finished events; they note which."""


def _stacks(own: Sequence[Operation]) -> tuple[list[Operation], list[Operation]]:
    """Return what can be undone and what can be redone, the next one last."""
    by_id = {operation.id: operation for operation in own}
    undo: list[Operation] = []
    redo: list[Operation] = []
    # The clock decides where two share a number.
    for operation in sorted(own, key=lambda each: (each.number, each.moment, each.id)):
        if operation.undoes:
            target = by_id.get(operation.undoes)
            if target in undo:
                undo.remove(target)
            if target is not None:
                redo.append(target)
        elif operation.redoes:
            target = by_id.get(operation.redoes)
            if target in redo:
                redo.remove(target)
            if target is not None:
                undo.append(target)
        elif operation.cmd == event_keys.PURGE:
            redo.clear()
        else:
            undo.append(operation)
            redo.clear()
    return [each for each in undo if not each.empty], [each for each in redo if not each.empty]


def _own(workspace: Workspace) -> list[Operation]:
    """Return this device's operations that are loaded whole, without those that are the partner's."""
    return [each for each in operations(workspace.store.own_events()) if not each.theirs]


def _refuse_doubt(own: Sequence[Operation], chosen: Operation, stack: Sequence[Operation], now: datetime) -> None:
    """Raise Refused where numbers were used twice and the clock names another operation as the last one.

    That is so once a snapshot of the folder was put back, written on, and what it lacked came by way of a sync service.
    What is dated ahead of the clock says nothing of when it was done.
    """
    numbers = Counter(operation.number for operation in own if operation.number)
    twice = [number for number, times in numbers.items() if times > 1]
    if twice and chosen.number >= min(twice):
        doubtful = (each for each in stack if each.number >= min(twice) and each.moment <= now)
        if any(each.moment > chosen.moment for each in doubtful):
            raise Refused(DOUBTFUL)


def _next(workspace: Workspace, *, redo: bool) -> Operation | None:
    stack = _stacks(_own(workspace))[redo]
    return stack[-1] if stack else None


def _origin(event: Event | None) -> str:
    """Return the id of the event whose value this one holds: undo and redo repeat an older value."""
    if event is None:
        return NOTHING
    return event.get("as", event["id"])


def undo(workspace: Workspace) -> Change:
    """Take this device's last operation back by new events. Raises Refused with a sentence where it cannot."""
    return _turn(workspace, redo=False)


def redo(workspace: Workspace) -> Change:
    """Do again what was undone last. Raises Refused with a sentence where it cannot."""
    return _turn(workspace, redo=True)


def _turn(workspace: Workspace, *, redo: bool) -> Change:
    none = Refused("There is nothing to redo." if redo else "There is nothing to undo.")
    if not (workspace.store.made or workspace.unrelated_folder_hint):
        raise none
    with workspace.transaction() as transaction:
        if _next(workspace, redo=redo) is None or not _prev_known(workspace) or not _in_order(workspace):
            workspace.load_history()
        operation = _next(workspace, redo=redo)
        if not redo and _purged_last(workspace):
            raise Refused(PURGED)
        if operation is None:
            raise none
        own = _own(workspace)
        _refuse_doubt(own, operation, _stacks(own)[redo], workspace.clock.now())
        if operation.cmd == event_keys.SUBMITTED:
            raise Refused(SUBMITTED)
        drafts = _again(workspace, operation) if redo else _back(workspace, operation)
        said = describe(workspace, operation)
        if redo:
            transaction.write(drafts, cmd="redo", redoes=operation.id)
        else:
            transaction.write(drafts, cmd="undo", undoes=operation.id)
    workspace.after_write()
    cids = {event_keys.split(event["key"])[1] for event in operation.events}
    cid = next(iter(cids)) if len(cids) == 1 else None
    if cid is not None and not workspace.store.versions(event_keys.commitment(cid)):
        cid = None
    return Change((f"{'Done again' if redo else 'Undone'}. {said}.",), cid, operation=operation.id)


def _purged_last(workspace: Workspace) -> bool:
    """Return whether the newest thing this device did was a purge, which somebody may take for undoable."""
    seen = (event for event in workspace.store.own_events() if not is_theirs(event))
    newest = max(seen, key=lambda event: (event.get("n", 0), datetime.fromisoformat(event["at"])), default=None)
    return newest is not None and newest.get("cmd") == event_keys.PURGE


def _prev_known(workspace: Workspace) -> bool:
    """Return whether every value that an undo could bring back is loaded."""
    events, without_private = workspace.store.events, workspace.streak_cache.without_private
    known = (
        event["prev"] in events and event["prev"] not in without_private
        for event in workspace.store.shards.recent()
        if event["prev"]
    )
    return all(known)


def _in_order(workspace: Workspace) -> bool:
    """Return whether every unread operation came before the loaded ones: a clock set back may file a later one."""
    return all(operation.number > workspace.streak_cache.archived_operation for operation in _own(workspace))


def _back(workspace: Workspace, operation: Operation) -> list[Draft]:
    if (note := _note(operation)) is not None:
        return _unimport(workspace, note)
    drafts = []
    for first, last in ends(operation):
        if "purged" in last:
            continue
        if _origin(workspace.store.winners[last["key"]]) != _origin(last):
            raise Refused("It cannot be undone: another device has changed the same thing since. Change it by hand.")
        before = workspace.store.events.get(first["prev"] or NOTHING)
        drafts.append(Draft(last["key"], before["v"] if before else None, as_=_origin(before)))
    return drafts


def _again(workspace: Workspace, operation: Operation) -> list[Draft]:
    if (note := _note(operation)) is not None:
        return _reimport(workspace, operation, note)
    drafts = []
    for first, last in ends(operation):
        if "purged" in last:
            continue
        before = workspace.store.events.get(first["prev"] or NOTHING)
        if _origin(workspace.store.winners[last["key"]]) != _origin(before):
            raise Refused("It cannot be redone: the same thing has been changed since. Change it by hand.")
        drafts.append(Draft(last["key"], last["v"], as_=_origin(last)))
    return drafts


def _note(operation: Operation) -> Event | None:
    """Return the event that lists what an import or a restore brought, or None for any other operation."""
    notes = (event for event in operation.events if event["key"].startswith("import|"))
    return next(notes, None) if operation.cmd in BROUGHT else None


def _imported(workspace: Workspace, note: Event) -> dict[str, list[Event]]:
    """Return the events that an import brought, by key."""
    listed = (note["v"] or {}).get("events")
    ids = {id_ for id_ in listed if isinstance(id_, str)} if isinstance(listed, list) else set()
    found: dict[str, list[Event]] = {}
    for event in workspace.full_store.events.values():
        if event["id"] in ids:
            found.setdefault(event["key"], []).append(event)
    return found


def _mark(note: Event) -> Draft:
    """Return what is written with the undo of an import, so that it is one even where no value changes."""
    return Draft(note["key"], note["v"], as_=_origin(note))


def _unimport(workspace: Workspace, note: Event) -> list[Draft]:
    drafts = [_mark(note)]
    for key, brought in _imported(workspace, note).items():
        ids = {event["id"] for event in brought}
        if _origin(workspace.store.winners[key]) in ids:
            others = _beside(workspace.store.versions(key), ids)
            before = others[-1] if others else None
            drafts.append(Draft(key, before["v"] if before else None, as_=_origin(before)))
    return drafts


def _beside(versions: Sequence[Event], ids: set[str]) -> list[Event]:
    """Return the versions of a key that are neither brought by an import nor written on top of what it brought."""
    by_id = {event["id"]: event for event in versions}

    def above(event: Event) -> bool:
        link: Event | None = event
        seen: set[str] = set()
        while link is not None and link["id"] not in seen:
            if link["id"] in ids:
                return True
            seen.add(link["id"])
            link = by_id.get(link["prev"] or NOTHING)
        return False

    return [event for event in versions if not above(event)]


def _reimport(workspace: Workspace, operation: Operation, note: Event) -> list[Draft]:
    drafts = [_mark(note)]
    for key, brought in _imported(workspace, note).items():
        newest = max(brought, key=order)
        if workspace.store.winners[key].get("undoes") == operation.id:
            drafts.append(Draft(key, newest["v"], as_=_origin(newest)))
    return drafts
