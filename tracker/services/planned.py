"""Plan time together, move it, cancel it; what came of it is counted by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from tracker.domain.clean import one_line
from tracker.domain.planned import (
    Plan,
    PlannedState,
    PlannedTime,
    Word,
    may_move,
    parse_plan,
    planned_times,
)
from tracker.domain.words import BadWord
from tracker.services import keys, reading
from tracker.services.change import Change, say_day
from tracker.services.errors import BadInput, NotFound, Refused
from tracker.services.keys import TIME
from tracker.services.shape import at_hand
from tracker.services.toward import Toward
from tracker.store.events import Draft, new_id

AHEAD = timedelta(days=14)
REASONS = ("ill", "work", "travel", "children", "tired", "agreed", "self-protection")
LONGEST_GAP = 366
GONE = (PlannedState.MOVED, PlannedState.CANCELLED)
SETTLED = (PlannedState.KEPT, PlannedState.PARTLY, PlannedState.MISSED)


@dataclass(frozen=True, slots=True)
class Agenda:
    """Planned times, oldest first: those that are over or of today, and those of the next two weeks.

    `off` are those of days to come that were moved or cancelled.
    """

    past: tuple[PlannedTime, ...]
    ahead: tuple[PlannedTime, ...]
    off: tuple[PlannedTime, ...] = ()

    @property
    def kept(self) -> int:
        """Return how many were kept."""
        return sum(each.state is PlannedState.KEPT for each in self.past)

    @property
    def settled(self) -> int:
        """Return how many are settled; moved and cancelled ones are not among them."""
        return sum(each.state in SETTLED for each in self.past)

    @property
    def minutes(self) -> int:
        """Return the minutes that were planned for those that are settled."""
        return sum(each.minutes for each in self.past if each.state in SETTLED)

    @property
    def minutes_kept(self) -> float:
        """Return how many of those minutes were spent together; more than was planned counts as planned."""
        return sum(min(each.logged or 0.0, each.minutes) for each in self.past if each.state in SETTLED)

    @property
    def cancelled(self) -> int:
        """Return how many were cancelled."""
        return sum(each.state is PlannedState.CANCELLED for each in self.past)

    @property
    def next(self) -> PlannedTime | None:
        """Return the next one that still stands."""
        return self.ahead[0] if self.ahead else None

    @property
    def asked_about(self) -> tuple[PlannedTime, ...]:
        """Return those whose day is over and of which nothing was said."""
        return tuple(each for each in self.past if each.state is PlannedState.OPEN)


def agenda(toward: Toward, since: date | None = None, days: timedelta = AHEAD) -> Agenda:
    """Return what was planned, from `since` or the first of it on, up to now and for the days to come."""
    today = toward.today
    plans = list(_plans(toward))
    first = since or min((plan.first for plan in plans), default=today)
    if plans:
        toward.reach(TIME, first)
    found = planned_times(plans, _words(toward), _logged(toward, first), today, today + days)
    found = [each for each in found if each.day >= first]
    now = toward.clock.now()
    ahead = [each for each in found if each.state is PlannedState.AHEAD and (each.day > today or may_move(each, now))]
    past = [each for each in found if each not in ahead and each.day <= today]
    off = [each for each in found if each.day > today and each.state in GONE]
    return Agenda(tuple(past), tuple(ahead), tuple(off))


def _plans(toward: Toward) -> Iterable[Plan]:
    for key, value in toward.book.values(TIME, "planned"):
        try:
            every = int(value.get("every", 0))
            if every < 0 or every > LONGEST_GAP:
                continue
            last = value.get("last")
            yield Plan(
                id=keys.split(key)[2],
                first=date.fromisoformat(str(value["first"])),
                at=time.fromisoformat(str(value["at"])),
                minutes=max(1, int(value["minutes"])),
                every=every,
                last=date.fromisoformat(str(last)) if last else None,
            )
        except reading.MISREAD:
            continue


def _words(toward: Toward) -> dict[str, Word]:
    found = {}
    for key, value in toward.book.values(TIME, "agreed"):
        try:
            state = PlannedState(value["state"])
            found[keys.split(key)[2]] = Word(state, str(value.get("moved_to", "")))
        except reading.MISREAD:
            continue
    return found


def _logged(toward: Toward, first: date) -> dict[date, list[tuple[time | None, float]]]:
    found: dict[date, list[tuple[time | None, float]]] = {}
    for entry in toward.book.record(TIME).between(first, toward.today):
        at = entry.at.time() if entry.at is not None and toward.day_at(entry.at) == entry.day else None
        found.setdefault(entry.day, []).append((at, entry.amount))
    return found


def plan(toward: Toward, sentence: str, start: date | None = None) -> Change:
    """Plan a time together by a sentence such as `sat 19:00 60m weekly`. Raises BadInput with an example."""
    made = _read(toward, sentence, start)
    ready = at_hand(toward, TIME)
    draft = Draft(keys.planned(TIME, made.id), _stored(made))
    events = toward.write("plan", lambda: [*ready.first, draft])
    said = f"{ready.commitment.title}: planned, {made.sentence}, first {say_day(made.first, toward.today)}."
    return Change((*ready.said, said), TIME, operation=events[0]["op"])


def _read(toward: Toward, sentence: str, start: date | None = None) -> Plan:
    try:
        made = parse_plan(sentence, toward.today, new_id(), start)
    except BadWord as error:
        raise BadInput(str(error)) from None
    if made.first < toward.today:
        raise BadInput(f"{made.first} is over. A time is planned for today or later.")
    if start is None and not _is_ahead(made.first, made.at, toward):
        if not sentence.split()[0].isalpha() or sentence.split()[0].lower() == "today":
            raise BadInput(f"{made.at:%H:%M} is over today. Plan a later time, or log what it became.")
        made = replace(made, first=made.first + timedelta(days=7))
    return made


def _is_ahead(day: date, at: time, toward: Toward) -> bool:
    return toward.clock.now().replace(tzinfo=None) < datetime.combine(day, at)


def _stored(made: Plan) -> dict[str, object]:
    value: dict[str, object] = {"first": made.first.isoformat(), "at": made.at.isoformat("minutes")}
    value |= {"minutes": made.minutes, "every": made.every}
    return value | ({"last": made.last.isoformat()} if made.last else {})


def find_planned(toward: Toward, day: date | None = None) -> PlannedTime:
    """Return the planned time of a day, or the next one. Raises NotFound with what is planned."""
    whole = agenda(toward, days=max(AHEAD, day - toward.today) if day else AHEAD)
    everything = [*whole.past, *whole.ahead]
    if day is None:
        waiting = [*whole.ahead, *reversed(whole.asked_about)]
        if waiting:
            return waiting[0]
    else:
        of_day = [each for each in everything if each.day == day and each.state not in GONE]
        of_day.sort(key=lambda each: each.state not in (PlannedState.AHEAD, PlannedState.OPEN))
        if of_day:
            return of_day[0]
    pairs = [(each.day.isoformat(), f"{each.at:%H:%M}, {each.minutes} min") for each in whole.ahead]
    raise NotFound(f"No time is planned {f'for {say_day(day, toward.today)}' if day else 'yet'}.", pairs)


def move(toward: Toward, each: PlannedTime, sentence: str) -> Change:
    """Move a planned time to another one, once. Raises Refused when it has begun already."""
    if not may_move(each, toward.clock.now()):
        raise Refused("It has begun already. Log what it became, or cancel it.")
    made = _read(toward, sentence)
    if made.every:
        raise BadInput(
            "One time is moved to one other: leave 'weekly' out. To change them all: stop the plan, then plan."
        )
    value = {"state": PlannedState.MOVED.value, "moved_to": f"{made.first} {made.at:%H:%M}"}
    drafts = [Draft(keys.agreed(TIME, each.key), value), Draft(keys.planned(TIME, made.id), _stored(made))]
    events = toward.write("move", lambda: drafts)
    said = f"Moved to {say_day(made.first, toward.today)}, {made.at:%H:%M}. Moving it in time costs nothing."
    return Change((said,), TIME, operation=events[0]["op"])


def cancel(toward: Toward, each: PlannedTime, reason: str = "") -> Change:
    """Cancel a planned time, with a reason of the list; it stands as its own line and is never shared."""
    word = one_line(reason).lower()
    if word and word not in REASONS:
        raise BadInput(f"'{reason}' is not a reason of the list: {', '.join(REASONS)}. Or leave it out.")
    value: dict[str, object] = {"state": PlannedState.CANCELLED.value}
    if word:
        value["private"] = {"reason": word}
    events = toward.write("cancel", lambda: [Draft(keys.agreed(TIME, each.key), value)])
    said = f"Cancelled, {say_day(each.day, toward.today)}. When would suit you both instead?"
    return Change((said,), TIME, operation=events[0]["op"])


def did_not_happen(toward: Toward, each: PlannedTime) -> Change:
    """Say of a planned time that is over that nothing came of it."""
    value = {"state": PlannedState.MISSED.value}
    events = toward.write("not this time", lambda: [Draft(keys.agreed(TIME, each.key), value)])
    return Change((f"{say_day(each.day, toward.today)}: not this time.",), TIME, operation=events[0]["op"])


def stop(toward: Toward, plan_id: str) -> Change:
    """End a plan that comes again, from today on; what was before it stays."""
    key = keys.planned(TIME, plan_id)

    def build() -> list[Draft]:
        value = toward.book.value(key)
        if value is None:
            raise Refused("That plan is not there any more.")
        begun = any(each.plan == plan_id and each.day == toward.today for each in agenda(toward, toward.today).past)
        last = toward.today - timedelta(days=not begun)
        ended = str(value["first"]) > last.isoformat()
        return [Draft(key, None if ended else dict(value) | {"last": last.isoformat()})]

    events = toward.write("plan stopped", build)
    return Change(("That plan is ended. What was before stays.",), TIME, operation=events[0]["op"])


def say_planned(each: PlannedTime, today: date) -> str:
    """Return a planned time in a few words, with what became of it."""
    what = f"{say_day(each.day, today)} {each.at:%H:%M}, {each.minutes} min"
    match each.state:
        case PlannedState.KEPT | PlannedState.PARTLY:
            return f"{what}: {each.logged:.0f} of {each.minutes} min, {each.state}"
        case PlannedState.MISSED:
            return f"{what}: not this time"
        case PlannedState.OPEN:
            return f"{what}: what came of it?"
        case PlannedState.MOVED:
            return f"{what}: moved to {each.moved_to}"
        case PlannedState.CANCELLED:
            return f"{what}: cancelled"
        case _:
            return what
