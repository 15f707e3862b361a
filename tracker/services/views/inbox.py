"""What stands open, in one list that is numbered the same wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from tracker.catalogue.roles import PARTNER_TIME
from tracker.domain.commitments import Commitment
from tracker.domain.counting.followups import NEAR, Loop
from tracker.domain.counting.moments import FORTNIGHT
from tracker.domain.language.parsing import parse_duration
from tracker.domain.language.words import BadWord, say_duration
from tracker.domain.planned import PlannedState, PlannedTime
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, say_day
from tracker.services.logging import followups, review_dates
from tracker.services.together import planned

ONE_MINUTE = timedelta(minutes=1)
CAME_OF_IT = ("minutes", "missed", "cancelled")
"""What a planned time that is over can be answered with."""
HOW_IT_WAS = "What came of it: minutes, missed, or why it was cancelled?"
WAS_IT = "Was it? Minutes, missed, or why it was cancelled."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that stands open: one of an entry or a review, or what came of a planned time; no private text.

    `when` says since when, or when its time comes; `left` is in how many minutes, of a time that is near.
    """

    number: int
    commitment: str
    title: str
    due: datetime
    when: str
    loop: Loop | None = None
    time: PlannedTime | None = None
    left: int | None = None

    @property
    def ask(self) -> str:
        """Return its first question."""
        if self.loop:
            return self.loop.fields[0].ask
        return WAS_IT if self.begun else HOW_IT_WAS

    @property
    def begun(self) -> bool:
        """Return whether it is a planned time of today that has begun."""
        return self.time is not None and self.time.state is PlannedState.AHEAD

    @property
    def short(self) -> str:
        """Return in a few words what is asked; of a question of an entry its first one."""
        return self.ask if self.loop else "was it?" if self.begun else "what came of it?"

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of what can be answered."""
        return tuple(field.name for field in self.loop.fields) if self.loop else CAME_OF_IT


def say_due(due: datetime, now: datetime, today: date) -> str:
    """Return since when a question stands, or when its time comes: `since Fri 20 Nov`, `since 18:00`, `today 18:00`.

    A time that is near says how near, so that a pause has a clock: `20:35, in 15 min`.
    """
    day = say_day(due.date(), today)
    if due.date() < today:
        return f"since {day}"
    if due.time() == time():
        return day
    if (left := minutes_left(due, now)) is not None:
        return f"{due:%H:%M}, in {left} min"
    return f"since {due:%H:%M}" if due <= now else f"{day} {due:%H:%M}"


def minutes_left(due: datetime, now: datetime) -> int | None:
    """Return the minutes until a time that is near, a begun one counting as whole; None for any other."""
    return -((now - due) // ONE_MINUTE) if now < due <= now + NEAR else None


def waiting(workspace: Workspace) -> tuple[Waiting, ...]:
    """Return what stands open today, oldest first."""
    return open_today(workspace)[0]


def open_today(workspace: Workspace) -> tuple[tuple[Waiting, ...], PlannedTime | None]:
    """Return what stands open, and the next planned time.

    Planned times that began and of which nothing was said stand open for two weeks.
    """
    if not workspace.plans_time:
        return _gathered(workspace, ()), None
    agenda = planned.agenda(workspace, workspace.today - timedelta(days=FORTNIGHT))
    return _gathered(workspace, (*agenda.asked_about, *agenda.begun)), agenda.next


def _gathered(workspace: Workspace, unsaid: Iterable[PlannedTime]) -> tuple[Waiting, ...]:
    """Return the open questions and the planned times that began and nothing was said of, oldest first and numbered."""
    zone = workspace.clock.now().tzinfo
    found = [_of_loop(workspace, loop) for loop in followups.open_loops(workspace)]
    for each in unsaid:
        due = each.begins.replace(tzinfo=zone)
        when = f"{say_day(each.day, workspace.today)} {each.at:%H:%M}"
        if each.state is PlannedState.AHEAD:
            when += f", {say_duration(each.minutes)}"
        found.append(Waiting(0, PARTNER_TIME, _title(workspace, PARTNER_TIME), due, when, time=each))
    found.sort(key=lambda each: (each.due, each.commitment))
    return tuple(replace(each, number=number) for number, each in enumerate(found, 1))


def _of_loop(workspace: Workspace, loop: Loop) -> Waiting:
    when = say_due(loop.due, workspace.clock.now(), workspace.today)
    left = minutes_left(loop.due, workspace.clock.now())
    part = review_dates.part_of(loop)
    title = _title(workspace, loop.commitment) if part is None else part.stands
    return Waiting(0, loop.commitment, title, loop.due, when, loop, left=left)


def _title(workspace: Workspace, cid: str) -> str:
    commitment = workspace.ledger.get(cid)
    return " ".join(commitment.title.split()) if commitment else cid


def waiting_of(workspace: Workspace, commitment: Commitment) -> Waiting:
    """Return the oldest open question of a commitment, or the next that will come. Raises Refused without any."""
    for each in waiting(workspace):
        if each.commitment == commitment.id:
            return each
    ahead = [loop for loop in followups.all_loops(workspace) if loop.commitment == commitment.id]
    if ahead:
        return _of_loop(workspace, min(ahead, key=lambda loop: (loop.due, loop.entry.id)))
    raise Refused(f"'{commitment.title}' asks nothing that is still open.")


def answer(workspace: Workspace, each: Waiting, answers: Mapping[str, Any]) -> Change:
    """Close a question with its answers. Raises BadInput where one does not fit."""
    if each.loop is not None:
        return followups.answer(workspace, each.loop, answers)
    assert each.time is not None
    return _came(workspace, each.time, answers)


def let_go(workspace: Workspace, each: Waiting) -> Change:
    """Close a question without an answer; a planned time is then cancelled without a reason."""
    if each.loop is not None:
        return followups.let_go(workspace, each.loop)
    assert each.time is not None
    return planned.cancel(workspace, each.time)


def _came(workspace: Workspace, time: PlannedTime, answers: Mapping[str, Any]) -> Change:
    """Say what came of a planned time: minutes together, nothing, or a reason it was cancelled for."""
    given = {name: value for name, value in answers.items() if value not in (None, "", False)}
    if len(given) != 1 or not given.keys() <= set(CAME_OF_IT):
        raise BadInput('Say one of these: {"minutes": 45}, {"missed": true} or {"cancelled": "ill"}.')
    if "missed" in given:
        return planned.did_not_happen(workspace, time)
    if "cancelled" in given:
        reason = given["cancelled"]
        return planned.cancel(workspace, time, "" if reason is True else str(reason))
    return log_planned(workspace, time, read_minutes(given["minutes"]))


def log_planned(workspace: Workspace, time: PlannedTime, minutes: int) -> Change:
    """Log the minutes of a planned time that has begun. Raises Refused where another window answered it meanwhile."""
    workspace.poll()
    found = planned.agenda(workspace, time.day)
    now = next((each.state for each in (*found.past, *found.ahead) if each.key == time.key), None)
    if now not in (PlannedState.OPEN, PlannedState.AHEAD):
        raise Refused("That is answered already; nothing was logged twice.")
    from tracker.services.logging import quick_log

    return quick_log.log_time(workspace, minutes, (time.day,))


def read_minutes(answer: object) -> int:
    """Return the minutes of a duration. Raises BadInput."""
    try:
        return parse_duration(str(answer))
    except BadWord as error:
        raise BadInput(str(error)) from None


def read_came(text: str) -> dict[str, Any]:
    """Return what was typed about a planned time, by the name it goes by. Raises BadInput."""
    word = " ".join(text.lower().split())
    if word in CAME_OF_IT[1:]:
        return {word: True}
    if word in planned.REASONS:
        return {"cancelled": word}
    try:
        return {"minutes": parse_duration(word)}
    except BadWord as error:
        if word[:1].isdigit():
            raise BadInput(str(error)) from None
    raise BadInput(f"Say how long it was, such as 45m, or missed, or why not: {', '.join(planned.REASONS)}.")
