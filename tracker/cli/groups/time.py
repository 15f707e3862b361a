"""The command for time together: plan it, move it, cancel it, and see what came of it."""

from __future__ import annotations

import re
from datetime import date

from tracker.cli import json_schema
from tracker.cli.session import Session
from tracker.domain.calendar import WEEKDAYS
from tracker.domain.language.parsing import parse_day
from tracker.domain.language.words import BadWord
from tracker.domain.planned import read_plan
from tracker.ledger.errors import BadInput, Refused
from tracker.services.together import planned
from tracker.services.together.planned import GONE
from tracker.services.views.measures import LATELY

MOVE, CANCEL, STOP = "move", "cancel", "stop"


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
            each = planned.find_planned(session.workspace, _one_day(session, words[1:], CANCEL))
            session.print_change(planned.cancel(session.workspace, each, args.reason or ""))
        case "stop":
            _stop(session, words[1:])
        case _:
            start = session.day("start", ahead=True)
            session.print_change(planned.plan(session.workspace, " ".join(words), start))


def _one_day(session: Session, words: list[str], verb: str) -> date | None:
    named = re.sub(r"^(?:every|each) |(?<=day)s$", "", " ".join(words).lower())
    try:
        return parse_day(named, session.workspace.today, ahead=True) if words else None
    except BadWord as error:
        if len(words) < 2 or "not a day" not in str(error):
            raise
        raise BadInput(f"'{verb}' takes one day: toward plan {verb} sat") from None


def _move(session: Session, words: list[str]) -> None:
    """Move the planned time of a day, or the next one."""
    if not words:
        raise BadInput('Say to when: toward plan move "sun 18:00 60m", or toward plan move sat "sun 18:00 60m"')
    day, sentence = _from_and_to(session, words)
    each = planned.find_planned(session.workspace, day)
    session.print_change(planned.move(session.workspace, each, sentence))


def _from_and_to(session: Session, words: list[str]) -> tuple[date | None, str]:
    """Return the day a time is moved from (None: the next one), and the words that say to when. Raises BadInput."""
    today = session.workspace.today
    trouble: BadWord | None = None
    for cut in range(len(words)):
        left, right = " ".join(words[:cut]).removesuffix(" to"), " ".join(words[cut:]).removeprefix("to ")
        try:
            day = parse_day(left, today, ahead=True) if left else None
            read_plan(right, today)
        except BadWord as error:
            trouble = trouble or error
            continue
        return day, right
    raise BadInput(str(trouble))


def _stop(session: Session, words: list[str]) -> None:
    """End the weekly plan that has a time on a day."""
    day = _one_day(session, words, STOP)
    if day is None:
        raise BadInput("Say which plan, by a day it comes: toward plan stop sat")
    each = planned.find_planned(session.workspace, day)
    if each.day < session.workspace.today:
        raise Refused(f"{each.day} is over. Name a day to come: toward plan stop {WEEKDAYS[each.day.weekday()]}")
    session.print_change(planned.stop(session.workspace, each.plan))


def _list(session: Session) -> None:
    """Print what is planned, and what came of the last eight weeks."""
    today = session.workspace.today
    found = planned.agenda(session.workspace, today - LATELY)
    came = [each for each in found.past if each.state not in GONE]
    beside = [each for each in (*found.past, *found.off) if each.state in GONE]
    if session.args.json:
        session.out.json(
            {
                "kept": found.kept,
                "settled": found.settled,
                "ahead": [json_schema.planned_object(each) for each in found.ahead],
                "off": [json_schema.planned_object(each) for each in found.off],
                "past": [json_schema.planned_object(each) for each in found.past],
            }
        )
        return
    if not (found.past or found.ahead or found.off):
        session.out.print_note('Nothing is planned. For example: toward plan "sat 19:00 60m weekly"')
        return
    lines = ["AHEAD", *(f"  {planned.say_planned(each, today)}" for each in found.ahead)]
    if not found.ahead:
        lines.append("  nothing yet")
    if found.past:
        lines += ["", f"LAST 8 WEEKS  {found.kept} of {found.settled} kept"]
        lines += [f"  {planned.say_planned(each, today)}" for each in came]
    if beside:
        lines += ["", "MOVED OR CANCELLED", *(f"  {planned.say_planned(each, today)}" for each in beside)]
    session.out.print_result(*lines)
    if found.asked_about:
        session.out.print_note("Say what came of those: toward answer")
