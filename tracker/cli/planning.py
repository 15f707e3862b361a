"""The command for time together: plan it, move it, cancel it, and see what came of it."""

from __future__ import annotations

from datetime import date, timedelta

from tracker.cli import objects
from tracker.cli.session import SCHEMA, Session
from tracker.domain.calendar import WEEKDAYS
from tracker.domain.planned import EVERY
from tracker.domain.words import BadWord, parse_day
from tracker.services import planned
from tracker.services.errors import BadInput, Refused
from tracker.services.insights import LATELY
from tracker.services.planned import GONE

MOVE, CANCEL, STOP = "move", "cancel", "stop"
SENTENCE_WORDS = 3


def plan(session: Session) -> None:
    """Plan a time, move, cancel or stop one, or list them all."""
    args = session.args
    words = " ".join(args.words).split()
    verb = words[0].lower() if words else ""
    if args.reason is not None and verb != CANCEL:
        raise BadInput("--reason belongs to a time that is cancelled: toward plan cancel --reason ill")
    if args.start is not None and verb in ("", MOVE, CANCEL, STOP):
        raise BadInput('--from belongs to a new plan: toward plan "sat 19:00 60m weekly" --from 2026-12-01')
    match verb:
        case "":
            _list(session)
        case "move":
            _move(session, words[1:])
        case "cancel":
            each = planned.find_planned(session.toward, _one_day(session, words[1:], CANCEL))
            session.answer(planned.cancel(session.toward, each, args.reason or ""))
        case "stop":
            _stop(session, words[1:])
        case _:
            start = None if args.start is None else coming_day(session, args.start)
            session.answer(planned.plan(session.toward, " ".join(words), start))


def coming_day(session: Session, text: str) -> date:
    """Return the day meant; a weekday is the next one that comes, or today. Raises BadInput."""
    today = session.toward.today
    try:
        day = parse_day(text, today)
    except BadWord as error:
        raise BadInput(str(error)) from None
    weekday = text.lower()[:3] in WEEKDAYS
    return day + timedelta(days=7) if weekday and day < today else day


def _one_day(session: Session, words: list[str], verb: str) -> date | None:
    if len(words) > 1:
        raise BadInput(f"'{verb}' takes one day: toward plan {verb} sat")
    return coming_day(session, words[0]) if words else None


def _move(session: Session, words: list[str]) -> None:
    """Move the planned time of a day, or the next one."""
    repeated = bool(words) and words[-1].lower() in EVERY
    most = SENTENCE_WORDS + repeated
    if len(words) not in (most, most + 1):
        raise BadInput('Say to when: toward plan move "sun 18:00 60m", or toward plan move sat "sun 18:00 60m"')
    day = coming_day(session, words[0]) if len(words) > most else None
    each = planned.find_planned(session.toward, day)
    session.answer(planned.move(session.toward, each, " ".join(words[-most:])))


def _stop(session: Session, words: list[str]) -> None:
    """End the weekly plan that has a time on a day."""
    day = _one_day(session, words, STOP)
    if day is None:
        raise BadInput("Say which plan, by a day it comes: toward plan stop sat")
    each = planned.find_planned(session.toward, day)
    if each.day < session.toward.today:
        raise Refused(f"{each.day} is over. Name a day to come: toward plan stop {WEEKDAYS[each.day.weekday()]}")
    session.answer(planned.stop(session.toward, each.plan))


def _list(session: Session) -> None:
    """Print what is planned, and what came of the last eight weeks."""
    today = session.toward.today
    found = planned.agenda(session.toward, today - LATELY)
    came = [each for each in found.past if each.state not in GONE]
    beside = [each for each in (*found.past, *found.off) if each.state in GONE]
    if session.args.json:
        session.out.json(
            {
                "schema": SCHEMA,
                "kept": found.kept,
                "settled": found.settled,
                "ahead": [objects.planned_object(each) for each in found.ahead],
                "off": [objects.planned_object(each) for each in found.off],
                "past": [objects.planned_object(each) for each in found.past],
            }
        )
        return
    if not (found.past or found.ahead or found.off):
        session.out.tell('Nothing is planned. For example: toward plan "sat 19:00 60m weekly"')
        return
    lines = ["AHEAD", *(f"  {planned.say_planned(each, today)}" for each in found.ahead)]
    if not found.ahead:
        lines.append("  nothing yet")
    if found.past:
        lines += ["", f"LAST 8 WEEKS  {found.kept} of {found.settled} kept"]
        lines += [f"  {planned.say_planned(each, today)}" for each in came]
    if beside:
        lines += ["", "MOVED OR CANCELLED", *(f"  {planned.say_planned(each, today)}" for each in beside)]
    session.out.say(*lines)
    if found.asked_about:
        session.out.tell("Say what came of those: toward answer")
