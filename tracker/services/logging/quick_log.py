"""The three things the person named: replies, partner time, something opened up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tracker.catalogue import template
from tracker.catalogue.roles import PARTNER_TIME, REPLIES, WEEKLY_SHARE
from tracker.domain.clock import minutes_between
from tracker.domain.language.words import say_list, say_number
from tracker.ledger import codec, event_keys
from tracker.ledger.errors import BadInput, InvalidChoice, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, progress_line, say_day, say_days, then
from tracker.services.commitments.lifecycle import ensure_active
from tracker.services.logging import log_entry
from tracker.services.logging.amount_limits import fitting, must_fit_day
from tracker.services.logging.notes import noted
from tracker.services.text_limits import typed_name
from tracker.services.together.met import watch
from tracker.services.together.timer import Doubt, doubt
from tracker.store.events import Draft

REPLY, TIME, SHARE = REPLIES, PARTNER_TIME, WEEKLY_SHARE
DEPTHS, RECEIVED = range(1, 6), range(6)
WHEN, FOR_EXAMPLE = "When will you reply?", "21:00, or tomorrow 9:00"
LONGEST_TAG = 40


def reply(
    workspace: Workspace, number: int | None = None, days: Sequence[date] | None = None, note: str = ""
) -> Change:
    """Log replies given in the person's own window; without a number the day is affirmed."""
    ready = ensure_active(workspace, REPLY)
    amount = None if number is None else float(number)
    fields = None if number is None else {"in_window": number}
    return log_entry.done(workspace, ready.commitment, days, amount, fields=fields, first=ready, note=note)


def unanswered(workspace: Workspace, when: str = "", day: date | None = None) -> Change:
    """Own up to a message that stayed unanswered; `when` it will be answered is asked then.

    Saying so on the day itself counts as much as a reply. Raises BadInput for a time that cannot be read.
    """
    from tracker.ledger.commitment_fields import asked_now
    from tracker.services.commitments.answering import read_answers
    from tracker.services.logging import guided

    ready, day = ensure_active(workspace, REPLY), day or workspace.today
    answers: dict[str, Any] = {"unanswered": 1}
    if when.strip():
        answers |= {"reply_at": when} | ({"told_beforehand": 1} if day == workspace.today else {})
    asked = read_answers(workspace, asked_now(ready.commitment), answers).get("reply_at")
    change = guided.log(workspace, ready.commitment, answers, day, first=ready)
    said = f"{ready.commitment.title}: one left unanswered, {say_day(day, workspace.today)}."
    if asked:
        at = datetime.fromisoformat(asked)
        counts = " Saying so counts." if day == workspace.today else ""
        said = f"{said[:-1]}, to be answered {say_day(at.date(), workspace.today)} {at:%H:%M}.{counts}"
    said += then(progress_line(workspace, ready.commitment, (day,)))
    return replace(change, lines=(*ready.lines, said, *change.lines[len(ready.lines) + 1 :]))


def log_time(
    workspace: Workspace, minutes: float, days: Sequence[date] | None = None, tag: str = "", note: str = ""
) -> Change:
    """Log minutes of partner time, with an optional short tag such as `walk`."""
    ready = ensure_active(workspace, TIME)
    word = typed_name(tag, "A tag", LONGEST_TAG) if tag.strip() else ""
    fields = {"tag": word} if word else None
    return log_entry.done(workspace, ready.commitment, days, minutes, fields=fields, first=ready, note=note)


def start_timer(workspace: Workspace) -> Change:
    """Start timing partner time; the timer runs on while the app is closed."""
    ready = ensure_active(workspace, TIME)
    now = workspace.clock.now().isoformat(timespec="seconds")

    def build() -> list[Draft]:
        if workspace.ledger.timer(TIME) is not None:
            raise Refused("The timer is running already.")
        return [*ready.first, Draft(event_keys.timer(TIME), {"since": now})]

    events = workspace.write("timer", build)
    said = f"{ready.commitment.title}: the timer runs, also while Toward is closed."
    return Change((*ready.lines, said), TIME, operation=events[0]["op"])


def stop_timer(workspace: Workspace, minutes: int | None = None, *, keep: bool = True, note: str = "") -> Change:
    """Stop the timer and log its minutes on the day it was started, or those that are named, or throw them away.

    Raises Doubtful where nobody named the minutes and the timer is not to be believed; it then runs on. Raises Refused
    where no timer runs or the day would hold more than 24 hours, BadInput for minutes that are no amount.
    """
    commitment, started = workspace.ledger.get(TIME), workspace.ledger.timer(TIME)
    if commitment is None or started is None:
        raise Refused("No timer is running.")
    if keep and minutes is None and (found := doubt(workspace)) is not None:
        raise Doubtful(found)
    now = workspace.clock.now()
    amount = minutes_between(started, now) if minutes is None or not keep else int(fitting(commitment, minutes))
    day = min(workspace.day_at(started), workspace.today)
    logs = keep and amount > 0

    def build() -> list[Draft]:
        if workspace.ledger.timer(TIME) != started:
            raise Refused("The timer was stopped elsewhere just now; nothing was logged twice.")
        stop = [Draft(event_keys.timer(TIME), None)]
        if not logs:
            return stop + noted(workspace, TIME, day, note)
        must_fit_day(workspace, commitment, day, amount)
        at = min(started, now).isoformat()
        value = codec.write_entry(codec.NewEntry(at, day, amount, fields={"tag": "timer"}))
        return [*stop, Draft(event_keys.entry(TIME), value), *noted(workspace, TIME, day, note)]

    met = watch(workspace, TIME, (day,))
    events = workspace.write("timer stopped", build)
    if not keep:
        said = "The timer is stopped; nothing was logged."
    elif not logs:
        said = "The timer is stopped; nothing was logged, for it ran less than a minute."
    else:
        said = f"{commitment.title}: {amount} min logged, {say_days((day,), workspace.today)}."
        said += then(progress_line(workspace, commitment, (day,))) + met()
    return Change((said,), TIME, operation=events[0]["op"])


class Doubtful(Refused):
    """A timer that ran too long, or backwards, and goes on running until somebody says how long it was."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(f"{doubt.why} It goes on running: how long was it really?", NextStep.HOW_LONG)
        self.doubt = doubt


def share(
    workspace: Workspace,
    topic: str,
    depth: int | None = None,
    days: Sequence[date] | None = None,
    note: str = "",
    received: int | None = None,
) -> Change:
    """Log a disclosure made: its topic, how deep it went (1 light to 5 at the edge), never its words.

    `received` is how well it was received (0 to 5); what is not known yet is asked the day after, with how it feels
    then, unless the day it is logged for is long over. Raises BadInput for what does not fit.
    """
    topics = template(SHARE).topics
    from tracker.domain.language.names import as_seen

    word = as_seen(topic)
    found = [each for each in topics if each == word] or [each for each in topics if word and each.startswith(word)]
    if not word:
        raise BadInput(f"What was it about, and how deep, 1 to 5? Topics are {say_list(topics)}.")
    if len(found) != 1:
        raise InvalidChoice(topic, topics, "topic")
    if depth is not None and depth not in DEPTHS:
        raise BadInput(f"A depth goes from 1 (light) to 5 (at the edge); {say_number(depth)} does not fit.")
    if received is not None and received not in RECEIVED:
        raise BadInput(f"How well it was received goes from 0 to 5; {say_number(received)} does not fit.")
    ready = ensure_active(workspace, SHARE)
    fields: dict[str, Any] = {"topic": found[0]} | ({"depth": depth} if depth else {})
    fields |= {} if received is None else {"felt_received": received}
    level = f" at depth {depth}" if depth else ""
    told = f"{found[0]}{level}, you let yourself be known"
    fresh = days is None or tuple(days) == (workspace.today,)
    later = [field.name for field in template(SHARE).fields if field.after_hours] if fresh else []
    asks = [*(["felt_received"] if fresh and received is None else []), *later]
    return log_entry.done(
        workspace, ready.commitment, days, fields=fields, first=ready, told=told, note=note, asks=asks, again=fresh
    )
