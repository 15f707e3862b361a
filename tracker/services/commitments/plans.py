"""A schedule and a target as somebody types them: read, refused with the reason, explained and told."""

from __future__ import annotations

from datetime import date

from tracker.domain.commitments import Kind, Plan, kind_asked, misfit, unused_target
from tracker.domain.language.parsing import parse_asked, parse_duration, parse_whole
from tracker.domain.language.words import BadSchedule, BadWord
from tracker.domain.schedules import Daily, Rule
from tracker.ledger.errors import BadInput
from tracker.ledger.workspace import Workspace


def read_plan(workspace: Workspace, kind: Kind, sentence: str, target: int | None, start: date, usual: int = 1) -> Plan:
    """Return the plan from `start` on that a sentence asks for; `usual` is its target where neither names one.

    Raises BadInput where they do not fit together, or where it is over before it begins.
    """
    try:
        asked = parse_asked(sentence, workspace.today)
    except BadSchedule as error:
        raise BadInput(str(error)) from None
    schedule = asked.schedule
    if asked.minutes and kind is not Kind.MINUTES:
        raise BadInput(f"'{sentence}' asks for minutes, which a {kind} does not count. The kind 'minutes' does.")
    if asked.target is not None:
        if kind is Kind.MINUTES and not asked.minutes:
            raise BadInput(f"'{sentence}' asks for times, not for minutes. Write how long, such as '15 min daily'.")
        if target not in (None, asked.target):
            raise BadInput(f"'{sentence}' asks for {asked.target} each time, the target for {target}. Leave one out.")
        target = asked.target
    if target is not None and (unused := unused_target(schedule, target)):
        raise BadInput(unused)
    target = usual if target is None else target
    if reason := misfit(kind, schedule, target):
        raise BadInput(reason)
    if wrong := workspace.ledger.bounds.refusal(schedule, start):
        raise BadInput(f"'{sentence}' from {start}: {wrong}")
    over = schedule.by is not None and schedule.by < start
    if over or (isinstance(schedule, Rule) and next(schedule.dates(start), None) is None):
        raise BadInput(f"'{sentence}' is over before it begins on {start}.")
    return Plan(start, schedule, target)


def refuse_day_off(harm: bool, plan: Plan) -> None:
    """Raise BadInput where what may hurt somebody would not be asked about every day."""
    if harm and not isinstance(plan.schedule, Daily):
        raise BadInput("It is about what may hurt somebody, and that takes no day off: it is asked 'daily'.")


def read_target(kind: Kind, text: str) -> int:
    """Return a target as it was typed: a whole number, or for minutes a duration such as `1.5h`. Raises BadInput."""
    try:
        return parse_duration(text) if kind is Kind.MINUTES else parse_whole(text, "a target", "3")
    except BadWord as error:
        raise BadInput(str(error)) from None


def kind_for(sentence: str) -> Kind | None:
    """Return the only kind that a schedule's sentence leaves to choose, or None where several fit or it is none."""
    try:
        asked = parse_asked(sentence, date(2026, 1, 1))
    except BadSchedule:
        return None
    return kind_asked(asked.schedule, asked.target, asked.minutes)


def say_plan(kind: Kind, plan: Plan) -> str:
    """Return a plan in words: `daily, 15 minutes`."""
    sentence = plan.schedule.sentence
    if plan.schedule.asks or plan.target == 1:
        return sentence
    return f"{sentence}, {plan.target} {'minutes' if kind is Kind.MINUTES else 'times'}"


def explain(kind: Kind, sentence: str, target: str, today: date | None) -> str:
    """Return what a sentence becomes and asks for, or what is wrong with it, in a sentence or two."""
    try:
        asked = parse_asked(sentence, today)
    except BadSchedule as error:
        return f"Did you mean '{error.nearest}'?" if error.nearest else str(error)
    schedule, even = asked.schedule, " ".join(sentence.lower().split())
    becomes = "" if schedule.sentence.lower() == even else f"It becomes '{schedule.sentence}'. "
    try:
        number = asked.target or read_target(kind, target)
    except BadInput as error:
        return f"{becomes}{error.message}"
    if wrong := misfit(kind, schedule, number):
        return wrong
    each_time = f"Each time asks for {number}{' minutes' if kind is Kind.MINUTES else ''}."
    return f"{becomes}{schedule.asks or each_time}"
