"""Ask for nothing for a while, of one commitment or of all, and take them up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.domain.calendar import ONE_DAY
from tracker.domain.commitments import Commitment
from tracker.domain.records import Pause
from tracker.domain.rules import NO_DAY_OFF
from tracker.domain.words import say_list
from tracker.services import keys, reading
from tracker.services.change import Change, say_day
from tracker.services.errors import BadInput, Refused, Way
from tracker.services.toward import Toward
from tracker.services.typed import typed_line
from tracker.store.events import Draft


def pause(
    toward: Toward,
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
        raise Refused(f"'{commitment.title}' {NO_DAY_OFF}.", Way.PUT_AWAY, commitment.id)
    first = first or toward.today
    if last is not None and last < first:
        raise BadInput(f"A pause cannot end on {last}, before it begins on {first}.")
    owner = commitment.id if commitment else keys.EVERYONE
    words = typed_line(reason, "A reason")
    value: dict[str, Any] = {"first": first.isoformat(), "last": last.isoformat() if last else None}
    if words:
        value["private"] = {"reason": words}
    events = toward.write("pause", lambda: [Draft(keys.pause(owner), value)])
    name = commitment.title if commitment else "All commitments"
    until = f"to {say_day(last, toward.today)}" if last else "until you resume"
    said = [f"{name}: paused from {say_day(first, toward.today)} {until}. Streaks go on after it."]
    if commitment is None and (asked := [each.title for each in toward.book.commitments() if each.harm]):
        said.append(f"What may hurt somebody goes on being asked: {say_list(asked, 'and')}.")
    return Change(tuple(said), commitment.id if commitment else None, operation=events[0]["op"])


def resume(toward: Toward, commitment: Commitment | None) -> Change:
    """End the pauses that hold today or are still to come, and take an archived commitment up again."""
    owner = commitment.id if commitment else keys.EVERYONE
    name = commitment.title if commitment else "All commitments"
    today = toward.today

    events = toward.write("resume", lambda: resuming(toward, owner))
    if not events:
        if commitment is not None and any(today in each for each in toward.book.record(owner).pauses):
            raise Refused("All commitments are paused together.", Way.RESUME_ALL)
        raise Refused(f"{name}: not paused. Nothing changed.")
    return Change(
        (f"{name}: taken up again from today.",), commitment.id if commitment else None, True, events[0]["op"]
    )


def resuming(toward: Toward, owner: str) -> list[Draft]:
    """Return what ends the pauses that hold today or later, and an archiving."""
    today = toward.today
    drafts = []
    for key, value in toward.book.values(owner, "pause"):
        held = _read_pause(value)
        if held is None or (held.last is not None and held.last < today):
            continue
        ended = dict(value) | {"last": (today - ONE_DAY).isoformat()} if held.first < today else None
        drafts.append(Draft(key, ended))
    if toward.book.value(keys.archived(owner)) is not None:
        drafts.append(Draft(keys.archived(owner), None))
    return drafts


def pause_or_resume(toward: Toward, commitment: Commitment) -> Change:
    """Pause a commitment without end, or take it up again where it is paused today or archived."""
    today = toward.today
    paused = any(
        today in held for _, value in toward.book.values(commitment.id, "pause") if (held := _read_pause(value))
    )
    return resume(toward, commitment) if commitment.archived or paused else pause(toward, commitment)


def _read_pause(value: Mapping[str, Any]) -> Pause | None:
    """Return a pause, or None where the value is none."""
    try:
        return reading.read_pause(value)
    except reading.MISREAD:
        return None
