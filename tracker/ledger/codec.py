"""Values in events, read and written: `read_` takes one as it lies in a file, `write_` makes one for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from math import isfinite
from typing import Any

from tracker.catalogue.roles import worth_of
from tracker.domain.clock import LATEST_DAY_END
from tracker.domain.commitments import Commitment, Kind, Outcome, Plan
from tracker.domain.records import CLEAR, SKIP_REASONS, Entry, Pause
from tracker.domain.schedules import Daily, Schedule, exact

Value = Mapping[str, Any]

MISREAD = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
"""What a value that is not as it should be raises; such a value is left alone and named by the doctor."""


MOST = 1e9
"""No amount and no target is larger; sums of such numbers stay exact enough, and finite."""


def read_plan(start: str, value: Value) -> Plan:
    """Return a plan; ValueError or KeyError if it is not one."""
    anchor = value.get("anchor")
    target = int(value.get("target", 1))
    if not 1 <= target <= MOST:
        raise ValueError("a target is 1 or more")
    return Plan(
        start=date.fromisoformat(start),
        schedule=read_schedule(str(value["schedule"])),
        target=target,
        anchor=date.fromisoformat(anchor) if anchor else None,
        after=value.get("after") is True,
    )


def read_schedule(sentence: str) -> Schedule:
    """Return the schedule of a stored sentence; ValueError if it is none, however it is written."""
    if (found := exact(sentence)) is not None:
        return found
    from tracker.domain.language.parsing import parse_schedule

    return parse_schedule(sentence)


def write_plan(plan: Plan) -> dict[str, Any]:
    """Return a plan as it is stored; its start stands in the key."""
    value: dict[str, Any] = {"schedule": plan.schedule.sentence, "target": plan.target}
    value |= {"after": True} if plan.after else {}
    return value | ({"anchor": plan.anchor.isoformat()} if plan.anchor else {})


def read_commitment(cid: str, value: Value, plans: tuple[Plan, ...], archived: bool) -> Commitment:
    """Return a commitment with its plans; ValueError, TypeError or KeyError if it is not one."""
    harm = bool(value.get("harm", False))
    if harm and any(not isinstance(plan.schedule, Daily) for plan in plans):
        # What may hurt somebody takes no day off, whatever an import or an older version wrote.
        plans = tuple(replace(plan, schedule=Daily(), target=1) for plan in plans)
    return Commitment(
        id=cid,
        title=str(value["title"]),
        step=str(value["step"]),
        kind=Kind(value["kind"]),
        plans=plans,
        counts=bool(value.get("counts", True)),
        aliases=tuple(str(alias) for alias in value.get("aliases", ())),
        outcomes=tuple(_outcome(outcome) for outcome in value.get("outcomes", ())),
        gathers=_word(value.get("gathers")),
        distinct=_word(value.get("distinct")),
        harm=harm,
        archived=archived,
        worth=worth_of(value.get("catalogue")),
        details=value,
    )


def _outcome(value: Value) -> Outcome:
    credit = value.get("credit")
    return Outcome(
        name=str(value["name"]),
        label=str(value.get("label", value["name"])),
        credit=None if credit is None else float(credit),
        open=value.get("state") == "open",
    )


def _word(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("a name is text")
    return value


def _moment(text: object) -> datetime | None:
    return _dated(text) if text else None


def _dated(text: object) -> datetime:
    at = datetime.fromisoformat(str(text))
    if at.tzinfo is None:
        raise ValueError("a moment has an offset")
    return at


def read_day(text: object) -> date | None:
    """Return the day a text names, or None where it names none."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def read_timer(value: Value) -> datetime:
    """Return when a timer was started."""
    return _dated(value["since"])


def read_entry(kind: str, key: str, day: str, value: Value, written: int) -> Entry:
    """Return an entry from a check, a clear day or an entry of its own key."""
    at = _moment(value.get("at"))
    if kind != "entry" and len(value) == (at is not None):
        # Most of ten years are days that were checked off, with nothing more to say of them.
        written = int(at.timestamp() * 1000) if at else written
        return Entry(key, date.fromisoformat(day), written, at, outcome=CLEAR if kind == "clear" else None)
    credit = value.get("credit")
    due = value.get("due")
    amount = float(value.get("amount", 1))
    if not isfinite(amount) or not 0 <= amount <= MOST:
        raise ValueError("an amount is a number from 0 on")
    return Entry(
        id=key,
        day=date.fromisoformat(day or str(value["day"])),
        written=int(at.timestamp() * 1000) if at else written,
        at=at,
        amount=amount,
        outcome=CLEAR if kind == "clear" else _word(value.get("outcome")),
        credit=None if credit is None else min(1.0, max(0.0, float(credit))),
        open=bool(value.get("open", False)),
        due=date.fromisoformat(due) if due else None,
        put_right_at=_moment(value.get("put_right_at")),
        settled_at=_moment(value.get("settled_at")),
        again=_moment(value.get("again")),
        afraid=bool(value.get("afraid") or table(value, "private").get("someone_afraid")),
        neutral=bool(value.get("neutral", False)),
        asks=tuple(str(name) for name in value.get("asks") or ()),
        fields=_answers(value),
    )


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry before it has a key, `at` a moment with its offset; without `day` where the key names the day."""

    at: str
    day: date | None = None
    amount: float | None = None
    outcome: str | None = None
    credit: float | None = None
    open: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)
    asks: Sequence[str] = ()


def write_entry(entry: NewEntry) -> dict[str, Any]:
    """Return an entry as it is stored, without what goes without saying."""
    value: dict[str, Any] = {"day": entry.day.isoformat()} if entry.day else {}
    value["at"] = entry.at
    for name in ("amount", "outcome", "credit"):
        if (part := getattr(entry, name)) is not None:
            value[name] = part
    value |= {"open": True} if entry.open else {}
    return asking(value | ({"fields": dict(entry.fields)} if entry.fields else {}), entry.asks)


def _answers(value: Value) -> Mapping[str, Any]:
    """Return the public answers of an entry, by the name of their field."""
    fields = value.get("fields") or {}
    if not isinstance(fields, Mapping):
        raise TypeError("answers go by the name of their field")
    return fields


def said_in(value: Value) -> dict[str, Any]:
    """Return all answers of a value, public and private, by the name of their field."""
    return {**table(value, "fields"), **table(value, "private")}


def table(value: Value, part: str) -> Mapping[str, Any]:
    """Return a part of a value by the names in it; nothing where it is no table."""
    found = value.get(part)
    return found if isinstance(found, Mapping) else {}


def note_text(value: Value) -> str:
    """Return the text of a private note, empty where there is none."""
    return str(table(value, "private").get("text", ""))


def write_note(text: str) -> dict[str, Any]:
    """Return a private note as it is stored."""
    return {"private": {"text": text}}


def asked(value: Value) -> tuple[str, ...]:
    """Return the names of the questions that an entry or a review still asks."""
    found = value.get("asks")
    return tuple(str(name) for name in found) if isinstance(found, list | tuple) else ()


def asking(value: Value, names: Iterable[str]) -> dict[str, Any]:
    """Return a value that still asks the questions of these names, and no others."""
    asks = list(names)
    return {**value, "asks": asks} if asks else {name: each for name, each in value.items() if name != "asks"}


def skip_reason(value: Value) -> str:
    """Return why a day is skipped: a word of the list, or an empty text for whatever else stands there."""
    reason = value.get("reason")
    return reason if isinstance(reason, str) and reason in SKIP_REASONS else ""


def read_pause(value: Value) -> Pause:
    """Return a pause."""
    last = value.get("last")
    return Pause(
        first=date.fromisoformat(str(value["first"])),
        last=date.fromisoformat(str(last)) if last else None,
        reason=str(value.get("reason", "")),
        archived=value.get("archived") is True,
    )


def write_pause(pause: Pause, words: str = "") -> dict[str, Any]:
    """Return a pause as it is stored, with the reason in a person's own `words`, which are private."""
    value: dict[str, Any] = {"first": pause.first.isoformat(), "last": pause.last.isoformat() if pause.last else None}
    value |= {"archived": True} if pause.archived else {}
    return value | ({"private": {"reason": words}} if words else {})


def read_time(value: Value) -> time:
    """Return the time of day at which a day ends."""
    at = time.fromisoformat(str(value["value"]))
    if at.tzinfo is not None or at > LATEST_DAY_END:
        raise ValueError("a day ends between midnight and noon")
    return at
