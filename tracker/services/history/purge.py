"""Really forget: empty an entry, a note, a day, a commitment, numbers or a partner's answers, past any undo."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tracker.domain.calendar import add_months
from tracker.domain.commitments import Commitment
from tracker.ledger import codec, event_keys
from tracker.ledger.errors import BadInput, NotFound, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, say_day
from tracker.services.commitments.find import find
from tracker.services.history.drafts import Unfinished, forget_where, of_commitment, unfinished
from tracker.services.quantities import count
from tracker.store.events import Draft, Event

CONFIRM = "purge"
"""The word that is typed before something goes for good."""
WARNING = (
    "Copies may be left where Toward cannot reach: in copies made with backup --to and in exports, in the history of a "
    "sync service, and on other devices until Toward is next used there."
)
ASKED_THERE = (
    "Without encryption your other devices ask first: they say how many entries and of which days, never what was in "
    "them. Whoever answers there can also have them shown there again."
)


@dataclass(frozen=True, slots=True)
class Removal:
    """What a purge would empty: in words without anything private, its keys, and how many events hold something."""

    about: str
    keys: tuple[str, ...]
    events: int
    commitment: str | None = None
    instead: tuple[Draft, ...] = ()
    """What is written in the place of a key, so that its numbers stay."""
    drafts: Callable[[Unfinished], bool] = lambda each: False
    """What tells the drafts that go with it: words that were typed and never saved."""


def commitment(workspace: Workspace, what: str) -> Removal:
    """Return a commitment with all that was ever logged for it, also a deleted one by its id. Raises NotFound."""
    try:
        cid = find(workspace, what, archived=True).id
    except NotFound:
        if what == event_keys.EVERYONE or not _of(workspace, what):
            raise
        cid = what
    known = workspace.ledger.get(cid)
    title = known.title if known else cid
    made = _plan_removal(workspace, f"'{title}' with all that was logged for it", _of(workspace, cid), cid)
    return replace(made, drafts=of_commitment(cid))


def day(workspace: Workspace, commitment: Commitment, day: date) -> Removal:
    """Return all that was logged for a commitment on a day, also what was taken back since, and the note."""
    found = [key for key in _of(workspace, commitment.id) if day in _days(workspace, key)]
    made = _plan_removal(workspace, f"{commitment.title}: all of {say_day(day, workspace.today)}", found, commitment.id)
    return replace(made, drafts=of_commitment(commitment.id, day))


def note(workspace: Workspace, commitment: Commitment, day: date) -> Removal:
    """Return the note of a commitment's day, with its earlier versions."""
    about, key = f"{commitment.title}: the note of {say_day(day, workspace.today)}", event_keys.note(commitment.id, day)
    return _plan_removal(workspace, about, [key], commitment.id, at=key)


def entry(workspace: Workspace, commitment: Commitment, number: int = 1, day: date | None = None) -> Removal:
    """Return one entry with its earlier versions: the newest is 1, of a day or of all. Raises Refused."""
    entries = [
        each
        for each in workspace.ledger.record(commitment.id).entries
        if event_keys.split(each.id)[1] == commitment.id and day in (None, each.day)
    ]
    if not 1 <= number <= len(entries):
        raise Refused(f"{commitment.title}: no such entry: {number}; there are {len(entries)}.")
    chosen = entries[-number]
    about = f"{commitment.title}: one entry of {say_day(chosen.day, workspace.today)}"
    return _plan_removal(workspace, about, [chosen.id], commitment.id, at=chosen.id)


def ratings(workspace: Workspace, text: str) -> Removal:
    """Return a partner's answers for a week, named by any of its days, or for a month such as `2026-11`."""
    period = text.strip()
    if not re.fullmatch(r"\d{4}-\d{2}", period):
        found = codec.read_day(period)
        if found is None:
            raise BadInput(f"'{text}' is neither a day of a week (2026-11-23) nor a month (2026-11).")
        period = workspace.ledger.calendar.week(found).first.isoformat()
    return _plan_removal(workspace, f"the partner's answers for {period}", [event_keys.theirs(period)])


def numbers(workspace: Workspace) -> Removal:
    """Return the numbers at hand, with their earlier versions."""
    return _plan_removal(workspace, "the numbers at hand", [event_keys.AT_HAND], at=event_keys.AT_HAND)


def old_words(workspace: Workspace, span: str) -> Removal:
    """Return the private words of days longer ago than a span such as `12m` (months); the numbers stay.

    What a commitment says of itself, what still asks something, and a partner's answers are not among them. Raises
    BadInput.
    """
    found = re.fullmatch(r"(\d{1,3})\s*m(?:onths?)?", span.strip().lower())
    if found is None or not int(found[1]):
        raise BadInput(f"Invalid number of months: '{span}'. Try 12m.")
    before = add_months(workspace.today, -int(found[1]))
    emptied: list[str] = []
    instead: list[Draft] = []
    for key, winner in workspace.full_store.winners.items():
        if event_keys.split(key)[0] not in (*event_keys.DATED, "entry", "planned", "agreed", event_keys.REVIEW):
            continue
        versions = [event for event in workspace.full_store.versions(key) if _has_words(event["v"])]
        if (
            not versions
            or codec.asked(winner["v"] or {})
            or max(map(_day_of, workspace.full_store.versions(key))) >= before
        ):
            continue
        emptied.append(key)
        if winner["v"] is not None and (left := _numbers_only(winner["v"])):
            instead.append(Draft(key, left))
    about = f"private words from before {before.isoformat()}"
    made = _plan_removal(workspace, about, emptied)
    return replace(made, instead=tuple(instead), drafts=lambda each: each.at.date() < before)


def _has_words(value: Mapping[str, Any] | None) -> bool:
    private = (value or {}).get("private")
    return private is not None and _without_words(private) != private


def _numbers_only(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value without its private words."""
    left = {name: each for name, each in value.items() if name != "private"}
    numbers = _without_words(value.get("private"))
    return left | ({"private": numbers} if numbers else {})


def _without_words(part: Any) -> Any:
    """Return what is left of something private without its texts: None where nothing is."""
    if isinstance(part, Mapping):
        kept = {name: _without_words(each) for name, each in part.items()}
        return {name: each for name, each in kept.items() if each is not None} or None
    if isinstance(part, list):
        return [each for each in map(_without_words, part) if each is not None] or None
    return None if isinstance(part, str) else part


def _day_of(event: Event) -> date:
    """Return the day a version is about, or the one on which it was written."""
    kind, _, rest = event_keys.split(event["key"])
    named = rest if kind in event_keys.DATED or kind == event_keys.REVIEW else (event["v"] or {}).get("day")
    return codec.read_day(named) or datetime.fromisoformat(event["at"]).date()


def _plan_removal(
    workspace: Workspace, about: str, found: Iterable[str], cid: str | None = None, at: str = ""
) -> Removal:
    """Return what would be emptied, with the draft that belongs `at` a place."""
    full = {key: sum("purged" not in event for event in workspace.full_store.versions(key)) for key in found}
    held = tuple(key for key, events in full.items() if events)
    return Removal(about, held, sum(full.values()), cid, drafts=lambda each: each.place == at)


def _of(workspace: Workspace, cid: str) -> list[str]:
    """Return every key that belongs to a commitment."""
    parts = ((key, event_keys.split(key)) for key in workspace.full_store.winners)
    return [
        key for key, (kind, owner, _) in parts if owner == cid and kind not in (*event_keys.BESIDE, "import", "setting")
    ]


def _days(workspace: Workspace, key: str) -> set[date | None]:
    """Return the days that the versions of a key are about."""
    kind, _, rest = event_keys.split(key)
    if kind in event_keys.DATED:
        return {codec.read_day(rest)}
    if kind != "entry":
        return set()
    return {codec.read_day((event["v"] or {}).get("day")) for event in workspace.full_store.versions(key)}


def warnings(workspace: Workspace) -> tuple[str, ...]:
    """Return what a purge does not reach, and what other devices will say of it where anybody might have ordered it."""
    asks = not workspace.encrypted and set(workspace.store.device_names()) - {workspace.store.device}
    return (WARNING, ASKED_THERE) if asks else (WARNING,)


def holds_any(workspace: Workspace, removal: Removal) -> bool:
    """Return whether anything is kept of what would be emptied, in the store or half typed."""
    return bool(removal.keys) or any(map(removal.drafts, unfinished(workspace)))


def purge(workspace: Workspace, removal: Removal) -> Change:
    """Empty it for good; no undo and no import brings it back. Raises Refused where nothing of it is kept."""
    let_go = forget_where(workspace, removal.drafts)
    if not removal.keys and let_go:
        return Change((f"Purged: what was half typed of {removal.about}.",), removal.commitment)
    if not removal.keys:
        raise Refused(f"Nothing is kept of {removal.about}.")
    with workspace.transaction() as transaction:
        done = transaction.purge(removal.keys, cmd=event_keys.PURGE, instead=removal.instead)
    workspace.after_write()
    events = count(done.events, "event is", "events are")
    lines = [f"Purged: {removal.about}. {events} emptied, in backups too, and nothing brings them back."]
    if done.elsewhere:
        lie, them = ("lies", "it") if done.elsewhere == 1 else ("lie", "them")
        once = "when it next writes" if workspace.encrypted else "once somebody accepts that there"
        lines.append(f"{done.elsewhere} of them {lie} in files of another device, which empties {them} {once}.")
    if done.unreadable:
        names = ", ".join(_name(workspace, path) for path in done.unreadable)
        lines.append(f"What cannot be read could not be emptied and may hold copies: {names}.")
    return Change((*lines, *warnings(workspace)), removal.commitment, operation=done.operation)


def _name(workspace: Workspace, path: Path) -> str:
    """Return the name of a file, of one in a backup with the backup it is in."""
    return str(path.relative_to(workspace.state)) if path.is_relative_to(workspace.state) else path.name
