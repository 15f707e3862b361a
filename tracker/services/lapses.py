"""Log a lapse of something to avoid, or a moment handled, and what was put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tracker.domain.calendar import ONE_DAY
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.records import HANDLED, LAPSE, Entry
from tracker.services import keys
from tracker.services.change import Change, say_days
from tracker.services.entries import logged, not_ahead, now_of
from tracker.services.errors import Refused, Way
from tracker.services.notes import noted
from tracker.services.starts import say_moved, start_earlier
from tracker.services.toward import Toward
from tracker.store.events import Draft

MANY, MANY_WITHIN = 3, 14
QUESTION = "What will you put right, and by when?"


def lapse(
    toward: Toward,
    commitment: Commitment,
    days: Sequence[date] | None = None,
    *,
    handled: bool = False,
    note: str = "",
) -> Change:
    """Log a lapse of something to avoid, or a moment handled."""
    days = tuple(days or (toward.today,))
    _must_avoid(commitment)
    not_ahead(toward, days)
    outcome = HANDLED if handled else LAPSE
    asked = {} if handled else _asked_tomorrow(toward, commitment)

    def build() -> list[Draft]:
        drafts = start_earlier(toward, commitment, min(days), [])
        for day in days:
            toward.reach(commitment.id, day)
            value = {"day": day.isoformat(), "at": now_of(toward), "outcome": outcome} | asked
            drafts.append(Draft(keys.entry(commitment.id), value))
        return drafts + noted(toward, commitment.id, days[-1], note)

    events = toward.write(outcome, build)
    when = say_days(days, toward.today)
    if handled:
        said = [f"{commitment.title}: a moment handled, {when}. That counts."]
    else:
        said = [f"{commitment.title}: it happened, {when}. Thank you for writing it down."]
        said.append(QUESTION + (" Tomorrow it is asked." if asked else ""))
    way = Way.SAFETY if not handled and harm_lately(toward, commitment) else Way.PUT_RIGHT
    return logged(commitment, [*said, *say_moved(events)], events, None if handled else way)


def _asked_tomorrow(toward: Toward, commitment: Commitment) -> dict[str, Any]:
    """Return what lets a lapse ask within a day whether it is put right, where its commitment asks that at all."""
    from tracker.services.forms import PUT_RIGHT, fields_of

    asks = [field.name for field in fields_of(commitment) if field.later]
    if PUT_RIGHT not in asks:
        return {}
    by = (toward.clock.now() + ONE_DAY).isoformat(timespec="minutes")
    return {"fields": {f"{PUT_RIGHT}_by": by}, "asks": asks}


def harm_lately(toward: Toward, commitment: Commitment) -> bool:
    """Return whether lapses that may hurt somebody have become many: three or more in the last fourteen days."""
    if not commitment.harm:
        return False
    today, found = toward.today, 0
    for each in toward.book.commitments(archived=True):
        if each.harm:
            entries = toward.book.record(each.id).between(today - (MANY_WITHIN - 1) * ONE_DAY, today)
            found += sum(entry.outcome == LAPSE for entry in entries)
    return found >= MANY


def newest_lapse(toward: Toward, commitment: Commitment) -> Entry:
    """Return the newest lapse that is not put right. Raises Refused without one."""
    lapses = [entry for entry in toward.book.record(commitment.id).entries if entry.outcome == LAPSE]
    waiting = [entry for entry in lapses if entry.put_right_at is None]
    if not waiting:
        raise Refused(f"{commitment.title}: no lapse is waiting to be put right.")
    return max(waiting, key=lambda entry: (entry.written, entry.id))


def put_right(toward: Toward, commitment: Commitment, note: str = "") -> Change:
    """Mark the newest lapse as put right now; within 24 hours it counts among moments put right."""
    _must_avoid(commitment)
    toward.complete()

    def build() -> list[Draft]:
        newest = newest_lapse(toward, commitment)
        value = dict(toward.book.value(newest.id) or {}) | {"put_right_at": now_of(toward)}
        asks = [name for name in value.pop("asks", ()) if name != "put_right"]
        mended = Draft(newest.id, value | ({"asks": asks} if asks else {}))
        return [mended, *noted(toward, commitment.id, newest.day, note)]

    events = toward.write("put right", build)
    said = f"{commitment.title}: put right. Owning it and making good is what counts."
    return logged(commitment, [said], events)


def _must_avoid(commitment: Commitment) -> None:
    if commitment.kind is not Kind.AVOID:
        raise Refused(f"'{commitment.title}' is not something to avoid. A day that did not work is simply left open.")
