"""Ask for nothing for a while, of one commitment or of all, and take them up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.catalogue.rules import NO_DAY_OFF
from tracker.domain.calendar import ONE_DAY
from tracker.domain.commitments import Commitment
from tracker.domain.language.words import say_list
from tracker.domain.records import Pause
from tracker.ledger import codec, event_keys
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, say_day
from tracker.services.text_limits import typed_line
from tracker.store.events import Draft


def pause(
    workspace: Workspace,
    commitment: Commitment | None,
    first: date | None = None,
    last: date | None = None,
    reason: str = "",
) -> Change:
    """Ask for nothing from `first` (today) to `last` (without end), of one commitment or (None) of all.

    Commitments about harm are never paused: one is refused, and a pause of all leaves them out and says so.
    Raises BadInput for a pause that ends before it begins.
    """
    if commitment is not None and commitment.harm:
        raise Refused(f"'{commitment.title}' {NO_DAY_OFF}.", NextStep.PUT_AWAY, commitment.id)
    first = first or workspace.today
    if last is not None and last < first:
        raise BadInput(f"A pause cannot end on {last}, before it begins on {first}.")
    owner = commitment.id if commitment else event_keys.EVERYONE
    words = typed_line(reason, "A reason")
    value = codec.write_pause(Pause(first, last), words)
    events = workspace.write("pause", lambda: [Draft(event_keys.pause(owner), value)])
    name = commitment.title if commitment else "All commitments"
    until = f"to {say_day(last, workspace.today)}" if last else "until you resume"
    lines = [f"{name}: paused from {say_day(first, workspace.today)} {until}. Streaks go on after it."]
    if commitment is None and (asked := [each.title for each in workspace.ledger.commitments() if each.harm]):
        lines.append(f"What may hurt somebody goes on being asked: {say_list(asked, 'and')}.")
    return Change(tuple(lines), commitment.id if commitment else None, operation=events[0]["op"])


def resume(workspace: Workspace, commitment: Commitment | None) -> Change:
    """End the pauses that hold today, and take an archived commitment up again; what is to come stays, and is named.

    Where none holds today, the next one that is to come is taken back.
    """
    owner = commitment.id if commitment else event_keys.EVERYONE
    about = commitment.id if commitment else None
    name = commitment.title if commitment else "All commitments"
    today = workspace.today
    coming = _coming(workspace, owner)
    running = bool(resuming(workspace, owner))
    if running or not coming:
        events = workspace.write("resume", lambda: resuming(workspace, owner))
        lines = [f"{name}: resumed from today."]
    else:
        key, held = coming.pop(0)
        events = workspace.write("resume", lambda: [Draft(key, None)] if workspace.ledger.value(key) else [])
        lines = [f"{name}: the pause {_say_pause(held, today)} is taken back."]
    if not events:
        if commitment is not None and any(today in each for each in workspace.ledger.record(owner).pauses):
            raise Refused("All commitments are paused together.", NextStep.RESUME_ALL)
        raise Refused(f"{name}: not paused. Nothing changed.")
    lines += [f"Still planned: a pause {_say_pause(held, today)}." for _, held in coming]
    return Change(tuple(lines), about, True, events[0]["op"])


def _coming(workspace: Workspace, owner: str) -> list[tuple[str, Pause]]:
    """Return the pauses that begin after today, with their keys, soonest first."""
    found = [(key, _read_pause(value)) for key, value in workspace.ledger.values(owner, "pause")]
    coming = [(key, held) for key, held in found if held is not None and held.first > workspace.today]
    return sorted(coming, key=lambda each: (each[1].first, each[0]))


def _say_pause(held: Pause, today: date) -> str:
    until = f" to {say_day(held.last, today)}" if held.last else ", until you resume"
    return f"from {say_day(held.first, today)}{until}"


def resuming(workspace: Workspace, owner: str) -> list[Draft]:
    """Return what ends the pauses that hold today, and an archiving."""
    today = workspace.today
    drafts = []
    for key, value in workspace.ledger.values(owner, "pause"):
        held = _read_pause(value)
        if held is None or today not in held:
            continue
        ended = dict(value) | {"last": (today - ONE_DAY).isoformat()} if held.first < today else None
        drafts.append(Draft(key, ended))
    if workspace.ledger.value(event_keys.archived(owner)) is not None:
        drafts.append(Draft(event_keys.archived(owner), None))
    return drafts


def pause_or_resume(workspace: Workspace, commitment: Commitment) -> Change:
    """Pause a commitment without end, or resume it where it is paused today or archived."""
    today = workspace.today
    paused = any(
        today in held for _, value in workspace.ledger.values(commitment.id, "pause") if (held := _read_pause(value))
    )
    return resume(workspace, commitment) if commitment.archived or paused else pause(workspace, commitment)


def _read_pause(value: Mapping[str, Any]) -> Pause | None:
    """Return a pause, or None where the value is none."""
    try:
        return codec.read_pause(value)
    except codec.MISREAD:
        return None
