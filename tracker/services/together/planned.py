"""Plan time together, move it, cancel it; what came of it is counted by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from tracker.catalogue.roles import PARTNER_TIME as TIME
from tracker.domain.clock import moment_of
from tracker.domain.language.words import MOST_MINUTES, BadWord
from tracker.domain.planned import (
    USUAL,
    Plan,
    PlannedState,
    PlannedTime,
    Word,
    may_move,
    planned_times,
    read_plan,
    standing_at,
)
from tracker.domain.text.clean import one_line
from tracker.ledger import codec, event_keys
from tracker.ledger.bounds import Bounds
from tracker.ledger.errors import BadInput, InvalidChoice, NotFound, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, say_day
from tracker.store.events import Draft, new_id

AHEAD = timedelta(days=14)
REASONS = ("ill", "work", "travel", "children", "tired", "agreed", "self-protection")
LONGEST_GAP, WEEK = 366, 7
MOST_TIMES = 20_000
"""So many planned times are worked out at most; those of the plans that begin last come first."""
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
    def begun(self) -> tuple[PlannedTime, ...]:
        """Return those of today that have begun and of which nothing was said yet."""
        return tuple(each for each in self.past if each.state is PlannedState.AHEAD)

    @property
    def asked_about(self) -> tuple[PlannedTime, ...]:
        """Return those whose day is over and of which nothing was said."""
        return tuple(each for each in self.past if each.state is PlannedState.OPEN)


def agenda(workspace: Workspace, since: date | None = None, days: timedelta = AHEAD) -> Agenda:
    """Return what was planned, from `since` or the first of it on, up to now and for the days to come.

    While their commitment is archived nothing is ahead and nothing is asked about; once it is deleted nothing is told.
    """
    today = workspace.today
    commitment = workspace.ledger.get(TIME)
    if commitment is None:
        return Agenda((), ())
    plans = list(_plans(workspace))
    first = since or min((plan.first for plan in plans), default=today)
    ends = workspace.ledger.day_ends
    found = planned_times(plans, _words(workspace), _logged(workspace, first), today, today + days, ends, first)
    now = workspace.clock.now()
    ahead = [each for each in found if each.state is PlannedState.AHEAD and (each.day > today or may_move(each, now))]
    still = set(ahead)
    past = [each for each in found if each not in still and each.day <= today]
    off = [each for each in found if each.day > today and each.state in GONE]
    if commitment.archived:
        return Agenda(tuple(each for each in past if each.state is not PlannedState.OPEN), ())
    return Agenda(tuple(past), tuple(ahead), tuple(off))


def _plans(workspace: Workspace) -> list[Plan]:
    """Return the plans, those that begin last first; what is none, or beyond what is counted, is named as misread."""
    read: list[tuple[str, Plan]] = []
    for key, value in workspace.ledger.values(TIME, "planned"):
        try:
            read.append((key, _plan(event_keys.split(key)[2], value, workspace.ledger.bounds)))
        except codec.MISREAD:
            workspace.ledger.misread.add(key)
    read.sort(key=lambda each: (each[1].first, each[0]), reverse=True)
    found, times = [], 0
    for key, plan in read:
        times += plan.times(workspace.today + AHEAD)
        if times > MOST_TIMES:
            workspace.ledger.misread.add(key)
        else:
            found.append(plan)
    return found


def _plan(plan_id: str, value: Mapping[str, Any], bounds: Bounds) -> Plan:
    """Return a stored plan; raise one of MISREAD for what is none."""
    every, last = int(value.get("every", 0)), value.get("last")
    at = time.fromisoformat(str(value["at"]))
    if not 0 <= every <= LONGEST_GAP or at.tzinfo is not None:
        raise ValueError("not a plan that can be typed")
    plan = Plan(
        id=plan_id,
        first=date.fromisoformat(str(value["first"])),
        at=at,
        minutes=min(MOST_MINUTES, max(1, int(value["minutes"]))),
        every=every,
        last=date.fromisoformat(str(last)) if last else None,
    )
    bounds.check(plan.first, plan.last)
    return plan


def _words(workspace: Workspace) -> dict[str, Word]:
    found = {}
    for key, value in workspace.ledger.values(TIME, "agreed"):
        try:
            state = PlannedState(value["state"])
            found[event_keys.split(key)[2]] = Word(state, str(value.get("moved_to", "")))
        except codec.MISREAD:
            continue
    return found


def _logged(workspace: Workspace, first: date) -> dict[date, list[tuple[time | None, float]]]:
    found: dict[date, list[tuple[time | None, float]]] = {}
    for entry in workspace.ledger.record(TIME, first).between(first, workspace.today):
        at = entry.at.time() if entry.at is not None and workspace.day_at(entry.at) == entry.day else None
        found.setdefault(entry.day, []).append((at, entry.amount))
    return found


def plan(workspace: Workspace, sentence: str, start: date | None = None) -> Change:
    """Plan a time together by a sentence such as `sat 19:00 60m weekly` or `saturday 7pm`.

    Raises BadInput with an example, Refused where it is planned already.
    """
    made = _read(workspace, sentence, start)
    from tracker.services.commitments.lifecycle import ensure_active

    ready = ensure_active(workspace, TIME)
    draft = Draft(event_keys.planned(TIME, made.id), _stored(made))

    def build() -> list[Draft]:
        _not_twice(workspace, made)
        return [*ready.first, draft]

    events = workspace.write("plan", build)
    return Change((*ready.lines, say_plan(workspace, made)), TIME, operation=events[0]["op"])


def say_plan(workspace: Workspace, made: Plan) -> str:
    """Return what was planned, in full: `Planned: Sat 28 Nov, 19:00, 60 min.`"""
    when = _say_time(made.first, made.at, workspace, weekly=bool(made.every))
    first = _in_full(made.first, workspace.today)
    if not made.every:
        return f"Planned: {first}, {when}, {made.minutes} min."
    often = (
        "every" if made.every == WEEK else "every other" if made.every == 2 * WEEK else f"every {made.every} days, a"
    )
    return f"Planned: {often} {made.first:%A}, {when}, {made.minutes} min, from {first} on."


def _in_full(day: date, today: date) -> str:
    """Return a day with its date, also one that has a name of its own."""
    return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")


def _say_time(day: date, at: time, workspace: Workspace, weekly: bool = False) -> str:
    """Return a time of a day; one after midnight says in which night it is."""
    moment = moment_of(day, at, workspace.ledger.day_ends)
    return f"{at:%H:%M}" if moment.date() == day else f"{at:%H:%M} in the night to {moment:%A}"


def _not_twice(workspace: Workspace, made: Plan, but: Sequence[str] = ()) -> None:
    """Raise Refused where all of a plan stands already; `but` are the keys of times that are about to be moved."""
    plans, words = list(_plans(workspace)), _words(workspace)
    days = list(made.days(made.first + timedelta(days=LONGEST_GAP)))
    if all(set(standing_at(plans, words, day, made.at)) - set(but) for day in days):
        raise Refused("That is planned already.")


def usual_minutes(workspace: Workspace) -> int:
    """Return the minutes of the planned time that was written last, or 60 where there is none."""
    plans = {event_keys.planned(TIME, plan.id): plan for plan in _plans(workspace)}
    newest = max(plans, key=lambda key: (workspace.store.winners[key]["t"], key), default=None)
    return plans[newest].minutes if newest else USUAL


def _read(workspace: Workspace, sentence: str, start: date | None = None, usual: int = 0) -> Plan:
    """Return the plan of a sentence: a weekday, or a time without a day, is the next that has not begun."""
    try:
        said = read_plan(sentence, workspace.today, start)
    except BadWord as error:
        raise BadInput(str(error)) from None
    first = said.day or start or workspace.today
    if first < workspace.today:
        raise BadInput(f"{first} is over. A time is planned for today or later.")
    now = workspace.clock.now().replace(tzinfo=None)
    if start is None and now >= moment_of(first, said.at, workspace.ledger.day_ends):
        if not said.floats:
            raise BadInput(f"{said.at:%H:%M} is over today. Plan a later time, or log what it became.")
        first += timedelta(days=WEEK if said.day else 1)
    return Plan(new_id(), first, said.at, said.minutes or usual or usual_minutes(workspace), said.every)


def _stored(made: Plan) -> dict[str, object]:
    value: dict[str, object] = {"first": made.first.isoformat(), "at": made.at.isoformat("minutes")}
    value |= {"minutes": made.minutes, "every": made.every}
    return value | ({"last": made.last.isoformat()} if made.last else {})


def find_planned(workspace: Workspace, day: date | None = None) -> PlannedTime:
    """Return the planned time of a day, or the next one. Raises NotFound with what is planned."""
    whole = agenda(workspace, days=max(AHEAD, day - workspace.today) if day else AHEAD)
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
    raise NotFound(f"No time is planned {f'for {say_day(day, workspace.today)}' if day else 'yet'}.", pairs)


def move(workspace: Workspace, each: PlannedTime, sentence: str) -> Change:
    """Move a planned time to another one, once. Raises Refused when it has begun already."""
    if not may_move(each, workspace.clock.now()):
        raise Refused("It has begun already. Log what it became, or cancel it.")
    made = _read(workspace, sentence, usual=each.minutes)
    if made.every:
        raise BadInput(
            "One time is moved to one other: leave 'weekly' out. To change them all: stop the plan, then plan."
        )
    value = {"state": PlannedState.MOVED.value, "moved_to": f"{made.first} {made.at:%H:%M}"}

    def build() -> list[Draft]:
        from_here = _all_of(workspace, each)
        if (made.first, made.at, made.minutes) == (each.day, each.at, each.minutes):
            raise Refused("That is planned already.")
        _not_twice(workspace, made, from_here)
        drafts = [Draft(event_keys.agreed(TIME, key), value) for key in from_here]
        return [*drafts, Draft(event_keys.planned(TIME, made.id), _stored(made))]

    events = workspace.write("move", build)
    to = f"{_in_full(made.first, workspace.today)}, {_say_time(made.first, made.at, workspace)}, {made.minutes} min"
    text = f"Moved from {_which(each, workspace.today)} to {to}. Moving it in time costs nothing."
    return Change((text,), TIME, operation=events[0]["op"])


def _which(each: PlannedTime, today: date) -> str:
    """Return a planned time by its day and hour, for there may be several on a day: `tomorrow 19:00`."""
    return f"{say_day(each.day, today)} {each.at:%H:%M}"


def _all_of(workspace: Workspace, each: PlannedTime) -> list[str]:
    """Return the keys of all that stands at the time of a planned time: what is said of one is said of them all."""
    found = standing_at(_plans(workspace), _words(workspace), each.day, each.at)
    return [each.key, *(key for key in found if key != each.key)]


def cancel(workspace: Workspace, each: PlannedTime, reason: str = "") -> Change:
    """Cancel a planned time, with a reason of the list; it stands as its own line and is never shared."""
    word = one_line(reason).lower()
    if word and word not in REASONS:
        raise InvalidChoice(reason, REASONS, "reason", "Or leave it out.")
    value: dict[str, object] = {"state": PlannedState.CANCELLED.value}
    if word:
        value["private"] = {"reason": word}
    events = workspace.write(
        "cancel", lambda: [Draft(event_keys.agreed(TIME, key), value) for key in _all_of(workspace, each)]
    )
    text = f"Cancelled: {_which(each, workspace.today)}. When would suit you both instead?"
    return Change((text,), TIME, operation=events[0]["op"])


def did_not_happen(workspace: Workspace, each: PlannedTime) -> Change:
    """Say of a planned time that is over that nothing came of it."""
    value = {"state": PlannedState.MISSED.value}
    events = workspace.write(
        "not this time", lambda: [Draft(event_keys.agreed(TIME, key), value) for key in _all_of(workspace, each)]
    )
    return Change((f"{_which(each, workspace.today)}: not this time.",), TIME, operation=events[0]["op"])


def stop(workspace: Workspace, plan_id: str) -> Change:
    """End a plan that comes again, from today on; what was before it stays."""
    key = event_keys.planned(TIME, plan_id)

    def build() -> list[Draft]:
        value = workspace.ledger.value(key)
        if value is None:
            raise Refused("That plan is not there any more.")
        same = [plan for plan in _plans(workspace) if plan.id == plan_id or _again(plan, value)]
        begun = any(
            each.day == workspace.today and each.plan in {plan.id for plan in same}
            for each in agenda(workspace, workspace.today).past
        )
        last = workspace.today - timedelta(days=not begun)
        drafts = []
        for plan in same:
            stored = workspace.ledger.value(event_keys.planned(TIME, plan.id)) or {}
            ended = plan.first > last
            drafts.append(
                Draft(event_keys.planned(TIME, plan.id), None if ended else dict(stored) | {"last": last.isoformat()})
            )
        return drafts

    events = workspace.write("plan stopped", build)
    return Change(("That plan is ended. What was before stays.",), TIME, operation=events[0]["op"])


def _again(plan: Plan, value: Mapping[str, Any]) -> bool:
    """Return whether a plan comes at the same times as one that is stored, so that both are one to whoever looks."""
    first = date.fromisoformat(str(value["first"]))
    return (
        bool(plan.every)
        and (plan.every, f"{plan.at:%H:%M}") == (value.get("every"), str(value["at"]))
        and ((plan.first - first).days % plan.every == 0)
    )


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
