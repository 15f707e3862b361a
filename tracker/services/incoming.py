"""What came from elsewhere and would destroy something, told and answered once; `arrivals` finds it.

In a plain store nobody can be told apart. So orders to purge, many entries changed at once, and changes by a device
that was never seen wait for an answer before they touch this device's own files and backups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.clean import one_line
from tracker.services.change import Change
from tracker.services.errors import BadInput, NotFound, Refused
from tracker.services.versions import device_name
from tracker.services.words import count
from tracker.store.events import Draft, Event
from tracker.store.incoming import Arrival, Incoming
from tracker.store.index import Index
from tracker.store.purge import PURGE
from tracker.store.sifting import held as raw

if TYPE_CHECKING:
    from tracker.services.toward import Toward

AT_ONCE = 20
"""So many things wait at most in one list; the rest comes once these are answered."""

HOW = "toward incoming"
NOTHING = "Nothing from other devices waits for an answer."
ASKED = (
    "A plain store cannot tell who wrote in the folder, so you are asked. If it was you, on another of your devices, "
    "accept it; if not, refuse it."
)
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

    @property
    def whose(self) -> str:
        """Return the device in words: its name, the beginning of its id, and whether it was never seen before."""
        if not self.device:
            return "A copy among this device's own files"
        id_ = one_line(self.device)[:8]
        told = self.name if self.name == id_ else f"{self.name} ({id_})"
        return f"{told}, a device never seen before," if self.new else told

    @property
    def said(self) -> str:
        """Return in one sentence what came, without anything private."""
        what = count(self.entries, "entry", "entries")
        verb = "wants" if self.kind == PURGES else "changed or removed"
        end = " purged" if self.kind == PURGES else ""
        return f"{self.whose} {verb} {what}{end}{_of_days(self.days)}."

    @property
    def means(self) -> str:
        """Return what is the case until it is answered."""
        if self.kind == PURGES:
            return "They are shown nowhere, and your own files and backups still hold them."
        return "The new values are shown, and no backup goes until you answer."


def _of_days(days: tuple[str, ...]) -> str:
    if not days:
        return ""
    return f", of {days[0]}" if len(days) == 1 else f", of {len(days)} days from {days[0]} to {days[-1]}"


def waiting(toward: Toward) -> tuple[Waiting, ...]:
    """Return what waits for an answer, by device: its orders to purge as one thing, its changes as another."""
    seen = toward.store.judge.incoming
    asked = seen.asked if seen is not None else {}
    answers = toward.store.judge.answers
    groups: dict[tuple[str, str], list[tuple[str, Arrival]]] = {}
    for mark, arrival in asked.items():
        is_order = mark in toward.store.waiting
        if (is_order or arrival.pairs) and mark not in answers.accepted | answers.refused:
            groups.setdefault((arrival.device, PURGES if is_order else CHANGES), []).append((mark, arrival))
    names = toward.store.device_names() if groups else {}
    found = []
    for number, ((device, kind), held) in enumerate(sorted(groups.items())[:AT_ONCE], start=1):
        own = device == toward.store.device
        days = tuple(sorted({day for _, each in held for day in each.days}))
        found.append(
            Waiting(
                number,
                kind,
                "" if own else device,
                "" if own else device_name(device, names),
                any(each.new for _, each in held),
                sum(each.entries for _, each in held),
                days,
                tuple(mark for mark, _ in held),
            )
        )
    return tuple(found)


def would(each: Waiting, *, accepting: bool) -> str:
    """Return what an answer would do."""
    if each.kind == PURGES:
        if accepting:
            return "Your own files and backups would be emptied of them, and nothing would bring them back."
        return "They would be shown again here, and nothing would be emptied."
    return "The changes would stand." if accepting else "What was there before would be written again."


def line(toward: Toward, how: str = HOW) -> str:
    """Return in one line what waits for an answer and `how` to give it, or an empty text."""
    found = waiting(toward)
    if not found:
        return ""
    if len(found) > 1:
        return f"{len(found)} things came from other devices that wait for your answer: {how}"
    return f"{found[0].said} {found[0].means} To answer: {how}"


def chosen(toward: Toward, number: int | None) -> tuple[Waiting, ...]:
    """Return the thing of that number, or the only one that waits. Raises NotFound, BadInput or Refused."""
    found = waiting(toward)
    if not found:
        raise Refused(NOTHING)
    if number is None:
        if len(found) > 1:
            raise BadInput(f"{len(found)} things wait. Name one by its number: {HOW}")
        return found
    if not 1 <= number <= len(found):
        raise NotFound(f"There is no number {number} in the list; it has {len(found)}. See: {HOW}")
    return (found[number - 1],)


def accept(toward: Toward, things: Iterable[Waiting]) -> Change:
    """Let it be done here too: what was ordered purged is emptied, and changes stand. Raises TowardError."""
    said = []
    things = tuple(things)
    _answer(toward, things, yes=True)
    for each in things:
        if each.kind == PURGES:
            here, _ = toward.store.unfinished_purge()
            what = count(each.entries, "entry is", "entries are")
            said.append(
                f"Accepted: {what} purged here too, in backups as well."
                if not here
                else "Accepted. Not all of it could be emptied yet; it goes on with the next change."
            )
        else:
            said.append("Accepted: the changes stand, and you are not asked again.")
    return Change(tuple(said))


def refuse(toward: Toward, things: Iterable[Waiting]) -> Change:
    """Let it not be done here, for good: what was to be purged is shown again, what was changed is as it was before.

    Raises TowardError.
    """
    said = []
    operation = None
    for each in tuple(things):
        seen = toward.store.judge.incoming or Incoming()
        orders = [toward.store.waiting[mark] for mark in each.marks if mark in toward.store.waiting]
        pairs = [pair for mark in each.marks if mark in seen.asked for pair in seen.asked[mark].pairs]
        _answer(toward, (each,), yes=False)
        if each.kind == PURGES:
            back = _fetched_back(toward, orders)
            said.append(f"Refused: {count(each.entries, 'entry is', 'entries are')} shown again here.")
            if back:
                said.append(f"{count(back, 'entry', 'entries')} came back from a backup.")
            said.append("Other devices may have emptied theirs.")
        else:
            number, operation = _as_before(toward, pairs)
            said.append(f"Refused: {count(number, 'entry is', 'entries are')} as before. One undo takes that back.")
            if number < each.entries:
                rest = each.entries - number
                said.append(f"{count(rest, 'entry', 'entries')} changed since, or no copy of what was before is left.")
    return Change(tuple(said), operation=operation)


def _answer(toward: Toward, things: Iterable[Waiting], *, yes: bool) -> None:
    """Keep the answer on the disk, and fold everything by it."""
    marks = [mark for each in things for mark in each.marks]
    judge = toward.store.judge
    with toward.transaction():
        try:
            (judge.accept if yes else judge.refuse)(marks)
        except OSError as error:
            raise Refused(f"The answer could not be saved: {error.strerror}. Nothing changed.") from None
    toward.refold()
    with toward.transaction():
        # What binds from now on is obeyed at once, not with the next change.
        pass
    toward.settle()


def _fetched_back(toward: Toward, orders: Iterable[Event]) -> int:
    """Take back from backups what other devices have emptied by refused orders, and return how many entries came."""
    index = Index("")
    index.take_orders(orders)
    known = toward.store.events
    missing = {
        event["id"]: event
        for event in _in_backups(toward)
        if index.covers(event) and (event["id"] not in known or "purged" in known[event["id"]])
    }
    if not missing:
        return 0
    with toward.transaction() as transaction:
        number, _ = transaction.add(list(missing.values()), cmd="restore")
    toward.settle()
    return number


def _as_before(toward: Toward, pairs: Iterable[tuple[str, str]]) -> tuple[int, str | None]:
    """Write again what was there before, as one operation, and return how much of it and the operation."""
    store = toward.store
    pairs = list(pairs)
    lost = {after for after, before in pairs if not before}
    copies = {event["id"]: event for event in _in_backups(toward) if event["id"] in lost} if lost else {}
    whole = raw(store.shards, {before for _, before in pairs})

    def drafts() -> Iterator[Draft]:
        for after, before in pairs:
            event = store.events.get(after)
            if event is None or store.winners[event["key"]]["id"] != after:
                continue
            earlier = whole.get(before) if before else copies.get(after)
            if earlier is not None and earlier["v"] is not None and earlier["key"] == event["key"]:
                yield Draft(event["key"], earlier["v"], as_=earlier.get("as", earlier["id"]) if before else None)

    written = toward.write("refuse", lambda: list(drafts()))
    return len(written), written[0].get("op") if written else None


def _in_backups(toward: Toward) -> Iterator[Event]:
    """Yield the events that backups hold and that are not emptied there, the newest backup first."""
    from tracker.services.backups import folder_of
    from tracker.store.backups import contents_of
    from tracker.store.copies import list_backups
    from tracker.store.shards import Reader

    for _, contents in contents_of(list_backups(folder_of(toward.state)), Reader(toward.store.vault)):
        yield from (each for each in contents.events if "purged" not in each and not each["key"].startswith(PURGE))
