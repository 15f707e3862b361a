"""What came from elsewhere and would destroy something, told and answered once; `arrivals` finds it.

In a plain store nobody can be told apart. So orders to purge, many entries changed at once, and changes by a device
that was never seen wait for an answer before they touch this device's own files and backups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.domain.text import discreet_mode
from tracker.domain.text.clean import one_line
from tracker.ledger import codec, event_keys
from tracker.ledger.errors import BadInput, NotFound, Refused
from tracker.services.change import Change, say_day
from tracker.services.history.versions import device_name
from tracker.services.quantities import count
from tracker.store.events import Draft, Event
from tracker.store.log.incoming import PURGE, Arrival, Incoming
from tracker.store.log.index import Index
from tracker.store.log.sifting import held as raw
from tracker.store.log.sifting import is_written_here

if TYPE_CHECKING:
    from tracker.ledger.workspace import Workspace

AT_ONCE = 20
"""So many things wait at most in one list; the rest comes once these are answered."""

HOW, IN_APP = "toward incoming", "i on Today"
NOTHING = "Nothing from other devices waits for an answer."
ASKED = (
    "Without encryption nobody can tell who writes in the folder, so you are asked. If it was you, on another of your "
    "devices, accept it. If it was not, refuse it. You may also leave it: it stays as it is now, and nobody is told."
)
LATER = "leave it as it is for now"
PURGES, CHANGES = "purge", "changes"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for an answer: its number in the list, its kind, whose, and of how many entries and days.

    `device` is "" where it lies among this device's own files and was not written here.
    """

    number: int
    kind: str
    device: str
    name: str
    new: bool
    entries: int
    days: tuple[str, ...]
    marks: tuple[str, ...]
    when: str = ""
    """The days in words."""

    @property
    def whose(self) -> str:
        """Return the device in words: its name, the beginning of its id, and whether it is new to this computer."""
        if not self.device:
            return "Something among this device's own files"
        id_ = one_line(self.device)[:8]
        text = f"Device {id_}" if discreet_mode.is_drawn() else id_ if self.name == id_ else f"{self.name} ({id_})"
        return f"{text}, new to this computer," if self.new else text

    @property
    def brief(self) -> str:
        """Return what came, without a stop and without the days."""
        what = count(self.entries, "entry", "entries")
        asks = f"asks to purge {what} for good" if self.kind == PURGES else f"changed or removed {what}"
        return f"{self.whose} {asks}"

    @property
    def summary(self) -> str:
        """Return in one sentence what came, without anything private, and where Toward is discreet without the days."""
        return f"{self.brief}, of {self.when}." if self.when and not discreet_mode.is_drawn() else f"{self.brief}."

    @property
    def means(self) -> str:
        """Return what is the case until it is answered."""
        if self.kind == PURGES:
            return "Here they are hidden, and nothing is emptied until you answer."
        return "The new values are shown, and no backup is removed until you answer."


def _days_said(days: tuple[str, ...], today: date) -> str:
    if not days:
        return ""
    first, last = (say_day(date.fromisoformat(day), today) for day in (days[0], days[-1]))
    return first if len(days) == 1 else f"{len(days)} days from {first} to {last}"


def waiting(workspace: Workspace) -> tuple[Waiting, ...]:
    """Return what waits for an answer, by device: its orders to purge as one thing, its changes as another."""
    seen = workspace.store.judge.incoming
    asked = seen.asked if seen is not None else {}
    answered = workspace.store.judge.answers.given
    groups: dict[tuple[str, str], list[tuple[str, Arrival]]] = {}
    for mark, arrival in asked.items():
        is_order = mark in workspace.store.waiting
        if (is_order or arrival.pairs) and mark not in answered:
            groups.setdefault((arrival.device, PURGES if is_order else CHANGES), []).append((mark, arrival))
    names = workspace.store.device_names() if groups else {}
    found: list[Waiting] = []
    for (device, kind), held in sorted(groups.items())[:AT_ONCE]:
        own = device == workspace.store.device
        days = tuple(sorted({day for _, each in held for day in each.days}))
        entries = sum(each.entries for _, each in held)
        if kind == CHANGES:
            entries, days = _stands(workspace, (pair for _, each in held for pair in each.pairs))
        if not entries and kind == CHANGES:
            continue
        found.append(
            Waiting(
                len(found) + 1,
                kind,
                "" if own else device,
                "" if own else device_name(device, names),
                any(each.new for _, each in held),
                entries,
                days,
                tuple(mark for mark, _ in held),
                _days_said(days, workspace.today),
            )
        )
    return tuple(found)


def _stands(workspace: Workspace, pairs: Iterable[tuple[str, str]]) -> tuple[int, tuple[str, ...]]:
    """Return how many entries are not as they were before these changes, and of which days."""
    from tracker.ledger.arrivals.examine import days_of
    from tracker.ledger.arrivals.pending import standing

    found = standing(workspace, pairs)
    return len(found), days_of(each for both in found.values() for each in both if each is not None)


def would(each: Waiting, *, accepting: bool) -> str:
    """Return what an answer would do."""
    if each.kind == PURGES:
        if accepting:
            return "Your own files and backups would be emptied of them, and nothing would bring them back."
        return "They would be shown again here, and nothing would be emptied. Your other devices stay as they are."
    if accepting:
        return "The changes would stand."
    return "What was there before would be written again, for your other devices too. One undo takes that back."


def answers(each: Waiting) -> tuple[str, str]:
    """Return what a yes and what a no would say, each with what it does."""
    if each.kind == PURGES:
        return "it was me: purge them here too, for good", "it was not me: show them here again"
    return "it was me: let the changes stand", "it was not me: write what was before"


def summary(workspace: Workspace, how: str = HOW) -> str:
    """Return in one line what waits for an answer and `how` to give it, or an empty text."""
    found = waiting(workspace) if workspace.has_arrivals else ()
    if not found:
        return ""
    many = len(found) > 1
    if discreet_mode.is_drawn():
        return f"{f'{len(found)} things' if many else 'Something'} from elsewhere {'wait' if many else 'waits'}: {how}"
    if many:
        return f"{len(found)} things from other devices wait for your answer, and nothing is emptied before: {how}"
    kept = "Nothing is emptied" if found[0].kind == PURGES else "No backup is removed"
    return f"{found[0].brief}. {kept} until you answer: {how}"


def chosen(workspace: Workspace, number: int | None) -> tuple[Waiting, ...]:
    """Return the thing of that number, or the only one that waits. Raises NotFound, BadInput or Refused."""
    found = waiting(workspace)
    if not found:
        raise Refused(NOTHING)
    if number is None:
        if len(found) > 1:
            raise BadInput(f"{len(found)} things wait. Name one by its number: {HOW}")
        return found
    if not 1 <= number <= len(found):
        raise NotFound(f"No such number: {number}; the list has {len(found)}. See: {HOW}")
    return (found[number - 1],)


def accept(workspace: Workspace, things: Iterable[Waiting]) -> Change:
    """Let it be done here too: what was ordered purged is emptied, and changes stand. Raises TowardError."""
    lines = []
    things = tuple(things)
    _answer(workspace, things, yes=True)
    for each in things:
        if each.kind == PURGES:
            here, _ = workspace.store.unfinished_purge()
            what = count(each.entries, "entry is", "entries are")
            lines.append(
                f"Accepted: {what} purged here too, in backups as well."
                if not here
                else "Accepted. Not all of it could be emptied yet; it goes on with the next change."
            )
        else:
            lines.append("Accepted: the changes stand, and you are not asked again.")
    return Change(tuple(lines))


def refuse(workspace: Workspace, things: Iterable[Waiting]) -> Change:
    """Let it not be done here, for good: what was to be purged is shown again, what was changed is as it was before.

    Raises TowardError.
    """
    lines = []
    operation = None
    for each in tuple(things):
        seen = workspace.store.judge.incoming or Incoming()
        orders = [workspace.store.waiting[mark] for mark in each.marks if mark in workspace.store.waiting]
        pairs = [pair for mark in each.marks if mark in seen.asked for pair in seen.asked[mark].pairs]
        _answer(workspace, (each,), yes=False)
        if each.kind == PURGES:
            back = _fetched_back(workspace, orders)
            lines.append(f"Refused: {count(each.entries, 'entry is', 'entries are')} shown again here.")
            if back:
                lines.append(f"{count(back, 'entry', 'entries')} came back from a backup.")
            lines.append("Other devices may have emptied theirs.")
        else:
            number, operation = _as_before(workspace, pairs)
            undo = " One undo takes that back." if number else ""
            lines.append(f"Refused: {count(number, 'entry is', 'entries are')} as before.{undo}")
            if number < each.entries:
                rest = each.entries - number
                stay = count(rest, "entry stays", "entries stay")
                lines.append(f"{stay} as now: changed since, or without a copy of what was before.")
    return Change(tuple(lines), operation=operation)


def _answer(workspace: Workspace, things: Iterable[Waiting], *, yes: bool) -> None:
    """Keep the answer on the disk, and fold everything by it."""
    marks = [mark for each in things for mark in each.marks]
    judge = workspace.store.judge
    with workspace.transaction():
        try:
            (judge.accept if yes else judge.refuse)(marks)
        except OSError as error:
            raise Refused(f"The answer could not be saved: {error.strerror}. Nothing changed.") from None
    workspace.refold()
    with workspace.transaction():
        # What binds from now on is obeyed at once, not with the next change.
        pass
    workspace.after_write()


def _fetched_back(workspace: Workspace, orders: Iterable[Event]) -> int:
    """Take back from backups what other devices have emptied by refused orders, and return how many entries came."""
    index = Index("")
    index.take_orders(orders)
    known = workspace.store.events
    missing = {
        event["id"]: event
        for event in _in_backups(workspace)
        if index.covers(event) and (event["id"] not in known or "purged" in known[event["id"]])
    }
    if not missing:
        return 0
    with workspace.transaction() as transaction:
        number, _ = transaction.add(list(missing.values()), cmd="restore")
    workspace.after_write()
    return number


def _as_before(workspace: Workspace, pairs: Iterable[tuple[str, str]]) -> tuple[int, str | None]:
    """Write again what was there before, as one operation, and return how much of it and the operation."""
    from tracker.ledger.arrivals.pending import first_of, standing

    store = workspace.store
    pairs = list(pairs)
    still = standing(workspace, pairs)
    pairs = first_of(pairs)
    lost = {after for after, before in pairs if not before}
    copies = {event["id"]: event for event in _in_backups(workspace) if event["id"] in lost} if lost else {}
    whole = raw(store.shards, {before for _, before in pairs})

    def drafts() -> Iterator[Draft]:
        noted: dict[str, list[Event]] = {}
        for after, before in pairs:
            event = store.events.get(after)
            if event is None or event["key"] not in still:
                continue
            key = event["key"]
            winner, known = still[key]
            if after == before:
                # Nothing was there before.
                yield Draft(key, None)
                continue
            earlier = whole.get(before) if before else copies.get(after)
            if earlier is None or earlier["v"] is None or earlier["key"] != key:
                continue
            if event_keys.split(key)[0] == "note" and before:
                noted.setdefault(key, [winner] if is_written_here(store.shards, winner["id"]) else []).append(earlier)
            elif known is None or known["id"] == before:
                yield Draft(key, earlier["v"], as_=earlier.get("as", earlier["id"]) if before else None)
        for key, found in noted.items():
            texts = list(dict.fromkeys(codec.note_text(each["v"] or {}) for each in found))
            if len(texts) == 1:
                yield Draft(key, found[0]["v"], as_=found[0].get("as", found[0]["id"]))
            else:
                # Notes that stood one below the other come back as one, for a new one answers them all.
                yield Draft(key, codec.write_note("\n".join(filter(None, texts))))

    written = workspace.write("refuse", lambda: list(drafts()))
    return len(written), written[0].get("op") if written else None


def _in_backups(workspace: Workspace) -> Iterator[Event]:
    """Yield the events that backups hold and that are not emptied there, the newest backup first."""
    from tracker.ledger.auto_backup import folder_of
    from tracker.store.backup.backups import contents_of
    from tracker.store.backup.copies import list_backups
    from tracker.store.log.shards import Reader

    for _, contents in contents_of(list_backups(folder_of(workspace.state)), Reader(workspace.store.vault)):
        yield from (each for each in contents.events if "purged" not in each and not each["key"].startswith(PURGE))
