"""The state of a store as the domain sees it: commitments with what was logged, kept up to date key by key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import Any, Protocol

from tracker.domain.calendar import Calendar
from tracker.domain.clock import DayEnd
from tracker.domain.commitments import Commitment, Plan
from tracker.domain.counting.figures import Figures
from tracker.domain.counting.occasions import Occasion, Run, occasions, runs
from tracker.domain.records import Entry, Record
from tracker.domain.text import discreet_mode
from tracker.ledger import codec, event_keys
from tracker.ledger.bounds import Bounds
from tracker.ledger.commitment_state import BEGINNING, Checkpoint, CommitmentState, Logged
from tracker.ledger.consents import guarded, heard
from tracker.ledger.time_settings import CUTTING, Cuts

ASKED = ("check|", "entry|")
"""The beginnings of keys whose values count only with the yes that their commitment asks for."""


class Source(Protocol):
    """Where winning events are looked up by key."""

    @property
    def winners(self) -> Mapping[str, Any]:
        """Return the newest event of every key."""
        ...


class Ledger:
    """Commitments, records and figures, each made when it is first asked for and kept until a key changes.

    History loads itself: whoever asks for something that may lie before what was read has it read first.

    Args:
        source: where winning events are looked up.
        checkpoints: what the occasions before a day amount to, by commitment; without any, all of them are counted.
        gone: ids of deleted commitments of which nothing before the checkpoints was read.
        without_private: ids of events that came without their private part.
        fetch: brings the events of such ids, once a value is asked for.
        load: reads the whole history, does `restart`, and does nothing where it is read already.
        today: the day it is, which bounds what is counted.
    """

    def __init__(
        self,
        source: Source,
        checkpoints: Mapping[str, Checkpoint] | None = None,
        gone: Collection[str] = frozenset(),
        without_private: Collection[str] = frozenset(),
        fetch: Callable[[Collection[str]], Sequence[Any]] = lambda _: (),
        load: Callable[[], None] = lambda: None,
        today: date | None = None,
    ) -> None:
        self._source, self._fetch, self._load = source, fetch, load
        self.restart(today, checkpoints, gone, without_private)

    def restart(
        self,
        today: date | None,
        checkpoints: Mapping[str, Checkpoint] | None = None,
        gone: Collection[str] = frozenset(),
        without_private: Collection[str] = frozenset(),
    ) -> None:
        """Work out everything anew from what the source holds now."""
        self._without_private, self._gone = frozenset(without_private), frozenset(gone)
        self._whole: dict[str, Mapping[str, Any] | None] = {}
        self._states: dict[str, CommitmentState] = defaultdict(CommitmentState)
        self._everyone = CommitmentState()
        self._shared = CommitmentState()
        self._cuts = Cuts()
        self.checkpoints = dict(checkpoints or {})
        self.misread: set[str] = set()
        self.bounds = Bounds(today)
        self._codes: dict[str, str] | None = None
        self.apply(list(self._source.winners))

    def apply(self, changed: Iterable[str]) -> None:
        """Take in the keys whose newest event changed."""
        self._codes = None
        touched: set[str] = set()
        steps: set[str] = set()
        all_touched, shaped = False, False
        for key in changed:
            event = self._source.winners.get(key)
            kind, owner, rest = event_keys.split(key)
            self.misread.discard(key)
            if kind == "import":
                continue
            if kind == "setting":
                all_touched |= self._read_setting(owner, key, rest, event["v"] if event else None)
                continue
            if kind in event_keys.BESIDE:
                state = self._shared
            else:
                state = self._everyone if owner == event_keys.EVERYONE else self._states[owner]
                if owner not in touched:
                    steps.add(self._step(owner))
                    touched.add(owner)
            if event is None or event["v"] is None:
                state.values.pop(key, None)
            else:
                # With its private part, where that was fetched.
                whole = self._whole.get(event["id"]) if self._whole else None
                state.values[key] = (whole or event["v"], event["t"])
            if kind in ("commitment", "plan"):
                self.bounds.take(key, event["v"] if event else None)
                shaped = True
        if all_touched:
            self.misread |= self._cuts.settle()
        if event_keys.EVERYONE in touched:
            all_touched = True
            self._everyone.forget()
        # A commitment that changes its step, or goes, is counted no more where it was counted before.
        steps |= {self._step(owner) for owner in touched}
        counted_for = {cid: self.facts(cid).get("gathers") for cid in self._states}
        gatherers = {cid for cid, step in counted_for.items() if step and str(step) in steps}
        turned = self._set_aside() if shaped else set()
        for cid in list(self._states) if all_touched else touched | gatherers | turned:
            if cid != event_keys.EVERYONE:
                self._states[cid].forget()

    def _set_aside(self) -> set[str]:
        """Name what is beyond what is counted, and return the ids of the commitments of which that changed."""
        # Of too many those stay of which most is kept, and of these the oldest.
        held = self._states
        turned = self.bounds.settle(
            lambda cid: (-len(held[cid].values), held[cid].values[event_keys.commitment(cid)][1])
        )
        self.misread = (self.misread - turned) | self.bounds.aside
        return {event_keys.split(key)[1] for key in turned}

    def _step(self, cid: str) -> str:
        """Return a commitment's step, also of a deleted one whose id still tells it."""
        return str(self.facts(cid).get("step", event_keys.step_in(cid)))

    def _read_setting(self, name: str, key: str, since: str, value: Mapping[str, Any] | None) -> bool:
        """Take in a setting that cuts time and return whether it was one."""
        try:
            if name in CUTTING:
                self._cuts.take(name, key, since, value, self.bounds)
        except codec.MISREAD:
            self.misread.add(key)
        return name in CUTTING

    @property
    def calendar(self) -> Calendar:
        """Return the weeks as the person set them."""
        return self._cuts.calendar

    @property
    def day_ends(self) -> tuple[DayEnd, ...]:
        """Return when days end, oldest setting first."""
        return self._cuts.day_ends

    def commitments(self, archived: bool = False) -> Iterator[Commitment]:
        """Yield the commitments by step and then by id, an order that nothing logged ever changes."""
        found = [commitment for cid in self._states if (commitment := self.get(cid)) is not None]
        found.sort(key=lambda each: (each.step, each.id))
        yield from (each for each in found if archived or not each.archived)

    def get(self, cid: str) -> Commitment | None:
        """Return a commitment by its id, or None if there is none or it was deleted; told by its code if discreet."""
        found = self.real(cid)
        if found is None or not discreet_mode.is_drawn():
            return found
        if self._codes is None:
            self._codes = discreet_mode.codes(each for one in self._states if (each := self.real(one)) is not None)
        return discreet_mode.veiled(found, self._codes.get(cid, discreet_mode.DOTS))

    def real(self, cid: str) -> Commitment | None:
        """Return a commitment with its own title, whether or not Toward is discreet."""
        if cid not in self._states:
            return None
        state = self._states[cid]
        if not state.read:
            self._read(cid, state)
        return state.commitment

    def whole(self, cid: str) -> Commitment | None:
        """Return a commitment with its own title and all that is private of it, which may have to be fetched."""
        if self.lacks_private(event_keys.commitment(cid)):
            self._fill()
        return self.real(cid)

    def record(self, cid: str, since: date = date.min) -> Record:
        """Return what was logged for a commitment; days before `since` may be missing."""
        self._reach(cid, since)
        self.real(cid)
        return (self._states[cid].record if cid in self._states else None) or Record()

    def _read(self, cid: str, state: CommitmentState) -> None:
        state.read = True
        plans, logged, skips, pauses = state.parsed(self._everyone, self.bounds, self.misread)
        plans, beyond = self.bounds.nearest(plans)
        self.misread |= {event_keys.plan(cid, plan.start) for plan in beyond}
        state.commitment = self._read_commitment(cid, state, tuple(plans))
        if state.commitment is not None and state.commitment.gathers:
            entries = list(self._gathered(state.commitment))
        else:
            entries = list(self._entries(cid, state, logged))
        if state.commitment is not None and state.commitment.harm:
            # What may hurt somebody takes no day off, whoever wrote one: only having put it away asks for nothing.
            skips, pauses = (
                {},
                [each for each in pauses if (each.archived if each.last else state.commitment.archived)],
            )
        state.record = Record(entries, skips, pauses)

    def _entries(self, cid: str, state: CommitmentState, logged: Iterable[Logged]) -> Iterator[Entry]:
        """Yield entries as they may be read; what is not as it should be is left out and remembered."""
        asks = self._guarded(state, cid)
        for kind, key, value, t in logged:
            try:
                if (found := self._heard(cid, state, key, value) if asks else value) is not None:
                    entry = codec.read_entry(kind, key, "" if kind == "entry" else event_keys.split(key)[2], found, t)
                    self.bounds.check(entry.day, entry.due)
                    yield entry
            except codec.MISREAD:
                self.misread.add(key)

    def _guarded(self, state: CommitmentState, cid: str) -> bool:
        """Return whether a commitment asks for consent, which its entries are then read by."""
        facts = state.values.get(event_keys.commitment(cid))
        return facts is not None and guarded(facts[0])

    def _heard(self, cid: str, state: CommitmentState, key: str, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return a value without what lacks a yes, None where a no makes it count for nothing.

        One that came without its private part was judged when that was left out.
        """
        if not key.startswith(ASKED) or not self._guarded(state, cid) or self.lacks_private(key):
            return value
        commitment = self.get(cid)
        return value if commitment is None else heard(commitment, value)

    def _read_commitment(self, cid: str, state: CommitmentState, plans: tuple[Plan, ...]) -> Commitment | None:
        key = event_keys.commitment(cid)
        if key not in state.values or not plans or key in self.bounds.aside:
            return None
        try:
            archived = event_keys.archived(cid) in state.values
            return codec.read_commitment(cid, state.values[key][0], plans, archived)
        except codec.MISREAD:
            self.misread.add(key)
            return None

    def _gathered(self, commitment: Commitment) -> Iterator[Entry]:
        """Yield the entries of a whole step that carry the field a commitment counts."""
        for cid, state in self._states.items():
            if self._step(cid) != commitment.gathers:
                continue
            logged = (("entry", key, value, t) for key, (value, t) in state.values.items() if key.startswith("entry|"))
            for entry in self._entries(cid, state, logged):
                if entry.fields.get(commitment.distinct or ""):
                    yield entry

    def occasions(self, cid: str, today: date, since: date = date.min) -> Iterator[Occasion]:
        """Yield a commitment's occasions that end on `since` or later, oldest first."""
        commitment = self.real(cid)
        if commitment is not None:
            yield from occasions(commitment, self.record(cid, since), today, self.calendar, since)

    def runs(self, cid: str, today: date, since: date = date.min, before: date = date.max) -> Iterator[Run]:
        """Yield them in runs, of which none reaches the day `before`."""
        commitment = self.real(cid)
        if commitment is not None:
            yield from runs(commitment, self.record(cid, since), today, self.calendar, since, before)

    def figures(self, cid: str, today: date) -> Figures:
        """Return a commitment's numbers on a day."""
        state = self._states.get(cid, CommitmentState())
        if today not in state.figures:
            self._reach(cid, today)
            state.figures.clear()
            start = self.checkpoints.get(cid, BEGINNING)
            tally = deepcopy(start.tally)
            commitment = self.real(cid)
            unit = commitment.plan_on(today).schedule.unit if commitment else None
            state.figures[today] = tally.extend_runs(self.runs(cid, today, start.cut)).figures(today, unit)
        return state.figures[today]

    def _reaches(self, cid: str, day: date) -> bool:
        """Return whether what was logged for a commitment from a day on is known."""
        return cid not in self._gone and day >= self.checkpoints.get(cid, BEGINNING).cut

    def _reach(self, cid: str, day: date) -> None:
        if not self._reaches(cid, day):
            self._load()

    def asking(self, cid: str) -> tuple[Entry, ...]:
        """Return the entries of a commitment that still ask something, from whatever day: these are always read."""
        record = self.record(cid, date.max)
        return tuple(entry for entry in record.entries if entry.asks)

    def entries_on(self, cid: str, day: date) -> tuple[Entry, ...]:
        """Return the entries logged for a commitment itself on a day, oldest first."""
        entries = self.record(cid, day).on(day)
        held = self._states[cid].values if entries else {}
        return tuple(entry for entry in entries if entry.id in held)

    def value(self, key: str) -> Mapping[str, Any] | None:
        """Return the value of a key, or None."""
        kind, owner, _ = event_keys.split(key)
        if kind == "entry" and key not in self._source.winners:
            self._load()
        if kind in event_keys.DATED or self._without_private:
            self.fetch_missing((key,))
        if kind in event_keys.BESIDE:
            state: CommitmentState | None = self._shared
        else:
            state = self._everyone if owner == event_keys.EVERYONE else self._states.get(owner)
        found = state.values.get(key) if state else None
        if state is None or found is None or not kind:
            return None
        return self._heard(owner, state, key, found[0])

    def facts(self, cid: str) -> Mapping[str, Any]:
        """Return what is stored of a commitment itself, nothing of one that is not there."""
        return self.value(event_keys.commitment(cid)) or {}

    def fetch_missing(self, keys: Iterable[str]) -> bool:
        """Read what is missing of the values of keys, and return whether anything was."""
        missing = False
        for key in keys:
            kind, owner, rest = event_keys.split(key)
            if kind in event_keys.DATED and not self._reaches(owner, codec.read_day(rest) or date.min):
                self._load()
                missing = True
            if self.lacks_private(key):
                self._fill()
                missing = True
        return missing

    def lacks_private(self, key: str) -> bool:
        """Return whether the private part of a key's value is not there yet."""
        event = self._source.winners.get(key) if self._without_private else None
        return event is not None and event["id"] in self._without_private and event["id"] not in self._whole

    def _fill(self) -> None:
        """Fetch the private part of every value that came without it."""
        events = self._fetch(self._without_private)
        self._whole = dict.fromkeys(self._without_private) | {event["id"]: event["v"] for event in events}
        self.apply([event["key"] for event in events if event["id"] in self._without_private])

    def values(self, cid: str, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the keys and values of one kind, of one commitment or (`*`) of all, perhaps without what is private."""
        if kind in event_keys.DATED or kind == "entry":
            self._reach(cid, date.min)
        state = self._everyone if cid == event_keys.EVERYONE else self._states.get(cid)
        for key, (value, _) in list(state.values.items()) if state else ():
            if key.startswith(f"{kind}|"):
                yield key, value

    def shared_values(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the keys and values of a kind that belongs to no commitment, perhaps without what is private."""
        for key in sorted(self._shared.values):
            if key.startswith(f"{kind}|"):
                yield key, self._shared.values[key][0]

    def timer(self, cid: str) -> datetime | None:
        """Return when a commitment's running timer was started; None where none runs, or it is archived or deleted."""
        commitment = self.real(cid)
        if commitment is None or commitment.archived:
            return None
        key = event_keys.timer(cid)
        value = self.value(key)
        try:
            return codec.read_timer(value) if value is not None else None
        except codec.MISREAD:
            self.misread.add(key)
            return None

    def steps_so_far(self) -> set[str]:
        """Return the steps that ever had a commitment, as far as an id or a commitment that stands still tells."""
        return {self._step(cid) for cid in self._states}

    def let_go(self, cid: str) -> None:
        """Forget what was worked out of a commitment; it is made anew when it is asked for."""
        self._states[cid].forget()

    def ids(self) -> tuple[str, ...]:
        """Return every id that was ever used, also by a deleted commitment, as far as it was read."""
        return tuple(self._states)
