"""Log what was done: check off, count, time, note, and take a day's entries back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import isfinite
from typing import Any

from tracker.domain.calendar import ONE_DAY
from tracker.domain.commitments import Commitment, Kind, Outcome
from tracker.domain.counting.worth import replies
from tracker.domain.fields import Gives
from tracker.domain.language.words import say_duration, say_number
from tracker.domain.records import HANDLED, LAPSE
from tracker.ledger import codec, event_keys
from tracker.ledger.errors import BadInput, InvalidChoice, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, progress_line, say_day, say_days, say_replies, then
from tracker.services.commitments.backdate import say_moved, start_earlier
from tracker.services.commitments.lifecycle import Activation
from tracker.services.commitments.outcomes import outcomes_of
from tracker.services.logging.amount_limits import fitting, must_fit_day
from tracker.services.logging.notes import KEPT, noted
from tracker.services.logging.one_key import asks_first, begins_open, meant
from tracker.services.support.care import care
from tracker.services.together.met import watch
from tracker.store.events import Draft, Event

IN_TIME = "in_window"
BEGUN = Outcome("", "written down, and asked about later", None, open=True)
"""How an event turned out of which only the beginning was told."""


def done(
    workspace: Workspace,
    commitment: Commitment,
    days: Sequence[date] | None = None,
    amount: float | None = None,
    outcome: str | None = None,
    fields: dict[str, Any] | None = None,
    first: Activation | None = None,
    told: str = "",
    note: str = "",
    asks: Sequence[str] = (),
    again: bool = False,
) -> Change:
    """Check off, count, time or log an event of a commitment on each of the days; today if none is given.

    `amount` is in the commitment's measure (times or minutes). A check or a clear day that is there already
    stays as it is. What `first` holds is written with it; `told` says it in other words; `note` is private;
    `asks` names the fields that are asked later, with `again` none of them before this time tomorrow.
    Raises BadInput for an amount or outcome that does not fit, Refused for a day to come, for more than a day holds, or
    for what `asks_first`.
    """
    days = tuple(days or (workspace.today,))
    not_ahead(workspace, days)
    if asks_first(commitment):
        why = f"'{commitment.title}' asks something first, and is written down in full."
        raise Refused(why, NextStep.WRITE, commitment.id)
    begun = outcome is None and not fields and begins_open(commitment)
    chosen = BEGUN if begun else _outcome(commitment, outcome)
    amount = _amount(commitment, amount, chosen)
    extra = dict(fields or {})
    if amount is not None and commitment.kind is Kind.CHECK:
        extra.setdefault(IN_TIME, int(amount))
    if chosen is not None and chosen.open:
        asks = [*asks, *_asked_again(commitment, later=begun)]
    at = {"again": (workspace.clock.now() + ONE_DAY).isoformat(timespec="seconds")} if again and asks else {}

    def build() -> list[Draft]:
        ready = [] if first is None else list(first.first)
        drafts = start_earlier(workspace, commitment, min(days), ready)
        for day in days:
            must_fit_day(workspace, commitment, day, amount or 0)
            draft = _draft(workspace, commitment, day, amount, chosen, extra, asks)
            if draft is not None:
                drafts.append(Draft(draft.key, {**(draft.v or {}), **at}))
        return drafts + noted(workspace, commitment.id, days[-1], note)

    met = watch(workspace, commitment.id, days)
    events = workspace.write("done", build)
    when = say_days(days, workspace.today)
    if not events:
        return Change(
            (f"{commitment.title}: already there for {when}. Nothing changed.",), commitment.id, changed=False
        )
    if amount is not None and commitment.kind is Kind.CHECK:
        told, when = _say_replies(workspace, commitment, days, int(amount)), ""
    did = f"{commitment.title}: {told}{', ' if when else ''}{when}."
    if not told:
        did = _say_done(commitment, amount, chosen, when)
    if only_noted(events):
        did = f"{commitment.title}: already there for {when}."
    said = [
        *(first.lines if first else ()),
        did + then(progress_line(workspace, commitment, days)) + met(),
        *say_moved(events),
    ]
    found = care(workspace, commitment, chosen.name if chosen else None)
    said += found.lines if found else ()
    return logged(commitment, said, events, found.way if found else None)


def _say_replies(workspace: Workspace, commitment: Commitment, days: Sequence[date], number: int) -> str:
    """Return how many replies there are on a day by now, or how many were logged on each of some days."""
    if len(days) > 1:
        return f"{say_replies(number)} each, {say_days(tuple(days), workspace.today)}"
    when = say_day(days[0], workspace.today)
    given = replies(workspace.ledger.entries_on(commitment.id, days[0])).given
    return f"{say_replies(given)} {when if when in ('today', 'yesterday') else f'on {when}'}"


def _asked_again(commitment: Commitment, *, later: bool) -> list[str]:
    """Return the name of the question how it turned out, where an event is still open; own events may have none.

    With `later` it only happened, and all that is asked afterwards is still to come.
    """
    from tracker.ledger.commitment_fields import fields_of

    fields = fields_of(commitment)
    return [each.name for each in fields if (each.later if later else each.gives is Gives.OUTCOME and not each.later)]


def only_noted(events: Sequence[Event]) -> bool:
    return all(event_keys.split(event["key"])[0] == "note" for event in events)


def logged(commitment: Commitment, said: Sequence[str], events: Sequence[Event], way: NextStep | None = None) -> Change:
    """Return the answer to something logged; it says so where a note was kept with it."""
    has_note = any(event_keys.split(event["key"])[0] == "note" for event in events)
    return Change((*said, KEPT) if has_note else tuple(said), commitment.id, operation=events[0]["op"], way=way)


def _say_done(commitment: Commitment, amount: float | None, outcome: Outcome | None, when: str) -> str:
    match commitment.kind:
        case Kind.MINUTES:
            return f"{commitment.title}: {say_duration(amount or 0)} logged, {when}."
        case Kind.AVOID:
            return f"{commitment.title}: clear, {when}."
        case Kind.EVENT if outcome is not None:
            return f"{commitment.title}: {outcome.label}, {when}."
        case Kind.COUNT | Kind.TASK if amount is not None:
            return f"{commitment.title}: {say_number(amount)} more, {when}."
        case _:
            return f"{commitment.title}: done, {when}."


def not_ahead(workspace: Workspace, days: Sequence[date]) -> None:
    """Raise Refused if one of the days has not come yet."""
    today = workspace.today
    if max(days) > today:
        raise Refused(f"{max(days)} has not come yet; today is {today}. A day can be logged once it is here.")


def _outcome(commitment: Commitment, name: str | None) -> Outcome | None:
    """Return the outcome meant, by its name or the start of it; an event needs one where it has any."""
    if name is None:
        return meant(commitment)
    if not commitment.outcomes:
        raise BadInput(f"'{commitment.title}' has no outcomes to name; leave '{name}' out.")
    return outcome_named(commitment, name)


def outcome_named(commitment: Commitment, name: str) -> Outcome:
    """Return the outcome of that name, or of the one name that begins so. Raises BadInput."""
    word = name.strip().lower().replace("-", "_").replace(" ", "_")
    known = outcomes_of(commitment)
    exact = [each for each in known if each.name == word]
    found = exact or [each for each in known if each.name.startswith(word)]
    if len(found) != 1:
        raise InvalidChoice(name, (each.name for each in known), f"outcome of '{commitment.title}'")
    return found[0]


def _amount(commitment: Commitment, amount: float | None, outcome: Outcome | None) -> float | None:
    match commitment.kind:
        case Kind.MINUTES if amount is None:
            raise BadInput(f"'{commitment.title}' counts minutes: say how many, for example 45m.")
        case Kind.EVENT | Kind.AVOID if amount is not None and amount != 1:
            raise BadInput(f"'{commitment.title}' is logged one at a time; leave the number out.")
        case Kind.EVENT | Kind.AVOID:
            return None
        case Kind.CHECK if not commitment.worth.is_replies:
            if amount is not None and amount != 1:
                raise BadInput(f"'{commitment.title}' is checked off once a day, done or not; leave the number out.")
            return None
        case Kind.CHECK if amount is not None and isfinite(amount) and amount != int(amount):
            raise BadInput(f"Replies are counted in whole numbers; {say_number(amount)} is none.")
        case Kind.TASK if outcome is not None:
            return outcome.credit
        case Kind.COUNT | Kind.TASK:
            amount = 1.0 if amount is None else amount
        case _:
            pass
    return None if amount is None else fitting(commitment, amount)


def _draft(
    workspace: Workspace,
    commitment: Commitment,
    day: date,
    amount: float | None,
    outcome: Outcome | None,
    extra: dict[str, Any],
    asks: Sequence[str],
) -> Draft | None:
    """Return the event that logs one day, or None if it is there already."""
    entry = codec.NewEntry(now_of(workspace), fields=extra)
    cid, is_clear = commitment.id, commitment.kind is Kind.AVOID
    if is_clear or (commitment.kind is Kind.CHECK and amount is None and not extra):
        key = event_keys.clear(cid, day) if is_clear else event_keys.check(cid, day)
        return None if workspace.ledger.value(key) is not None else Draft(key, codec.write_entry(entry))
    entry = replace(entry, day=day, amount=amount, asks=asks)
    if outcome is not None:
        entry = replace(entry, outcome=outcome.name or None, credit=outcome.credit, open=outcome.open)
    elif commitment.kind is Kind.EVENT:
        entry = replace(entry, credit=1.0)
    return Draft(event_keys.entry(cid), codec.write_entry(entry))


def now_of(workspace: Workspace) -> str:
    return workspace.clock.now().isoformat(timespec="seconds")


def undone(workspace: Workspace, commitment: Commitment, days: Sequence[date] | None = None, note: str = "") -> Change:
    """Take back all that was logged for a commitment on the days; a note stays, and can be added to."""
    days = tuple(days or (workspace.today,))

    def build() -> list[Draft]:
        drafts = []
        for day in days:
            drafts += [Draft(entry.id, None) for entry in workspace.ledger.entries_on(commitment.id, day)]
        return drafts + noted(workspace, commitment.id, days[-1], note) if drafts else []

    events = workspace.write("undone", build)
    when = say_days(days, workspace.today)
    if not events:
        raise Refused(f"{commitment.title}: nothing is logged for {when}.")
    return logged(commitment, [f"{commitment.title}: taken back, {when}."], events)


def less(workspace: Workspace, commitment: Commitment, day: date, amount: float = 1) -> Change:
    """Take an amount (times or minutes) off what was logged on a day, newest entry first."""
    taken = 0.0

    def build() -> list[Draft]:
        nonlocal taken
        rest, drafts = amount, []
        for entry in reversed(workspace.ledger.entries_on(commitment.id, day)):
            if rest <= 0:
                break
            only_replies = commitment.kind is Kind.CHECK and set(entry.fields) == {IN_TIME}
            parted = only_replies or commitment.kind in (Kind.COUNT, Kind.MINUTES, Kind.TASK)
            smaller = entry.amount - rest if parted else 0
            rest -= entry.amount
            now = dict(workspace.ledger.value(entry.id) or {}) | {"amount": smaller}
            if only_replies:
                now["fields"] = {IN_TIME: int(smaller)}
            drafts.append(Draft(entry.id, now if smaller > 0 else None))
        taken = amount - max(0.0, rest)
        return drafts

    events = workspace.write("less", build)
    if not events:
        raise Refused(f"{commitment.title}: nothing is logged for {say_day(day, workspace.today)}.")
    off = say_duration(taken) if commitment.kind is Kind.MINUTES else say_number(taken)
    said = f"{commitment.title}: {off} less." + then(progress_line(workspace, commitment, (day,)))
    return Change((said,), commitment.id, operation=events[0]["op"])


def toggle(workspace: Workspace, commitment: Commitment, day: date) -> Change:
    """Check a day off, or take its check back if it is there."""
    marked = workspace.ledger.entries_on(commitment.id, day)
    if commitment.kind in (Kind.CHECK, Kind.AVOID) and marked:
        if any(entry.outcome in (LAPSE, HANDLED) for entry in marked):
            raise Refused(f"{commitment.title}: a moment is logged for that day. Undo it, or change it by itself.")
        return undone(workspace, commitment, (day,))
    return done(workspace, commitment, (day,))
