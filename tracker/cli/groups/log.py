"""The commands that log: done, undone, skip, lapse, reply, time, share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tracker.cli.prompts import ask, line_if_any, note
from tracker.cli.session import Session
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.language.parsing import parse_amount, parse_duration, parse_whole
from tracker.ledger.errors import BadInput, NextStep, Refused, TowardError
from tracker.services.change import Change
from tracker.services.commitments.outcomes import outcomes_of
from tracker.services.logging import lapses, log_entry, one_key, quick_log, skips
from tracker.services.together.timer import doubt


def _amount(commitment: Commitment, text: str | None) -> tuple[float | None, str | None]:
    """Return what stands behind WHAT as an amount in the commitment's measure, or as an outcome."""
    if text is None:
        return None, None
    if commitment.kind is Kind.MINUTES:
        return parse_duration(text), None
    if commitment.outcomes and not text[:1].isdecimal():
        return None, text
    return parse_amount(text), None


def done(session: Session) -> None:
    """Check off, count, or log how an event turned out; what a bare "done" would claim is asked at a terminal."""
    days = session.days()
    commitment = session.commitment()
    amount, outcome = _amount(commitment, session.args.amount)
    if session.can_ask and not session.args.json:
        if one_key.asks_first(commitment):
            _write_down(session, commitment, days)
            return
        if outcome is None and amount is None and one_key.must_be_said(commitment):
            outcome = _ask_outcome(session, commitment)
    change = log_entry.done(session.workspace, commitment, days, amount, outcome, note=note(session))
    session.print_change(change)


def _write_down(session: Session, commitment: Commitment, days: Sequence[date] | None) -> None:
    """Log a commitment that asks first by its questions, on one day."""
    from tracker.cli.groups.log_guided import fill_in
    from tracker.services.commitments.lifecycle import Activation

    if days is not None and len(days) > 1:
        raise BadInput(f"'{commitment.title}' is written down one day at a time.")
    if session.args.amount is not None or session.args.note:
        raise BadInput(f"'{commitment.title}' is written down by its questions: leave the rest out.")
    fill_in(session, Activation(commitment), days[0] if days else None)


def _ask_outcome(session: Session, commitment: Commitment) -> str:
    """Return how it turned out, asked at a terminal."""
    known = outcomes_of(commitment)
    session.out.print_note(commitment.title, *(f"  {each.name:<20}{each.label}" for each in known))
    return ask(session, "How did it turn out?", lambda text: log_entry.outcome_named(commitment, text).name)


def undone(session: Session) -> None:
    """Take back what was logged on a day, or a part of it."""
    days = session.days()
    commitment = session.commitment()
    if session.args.amount is None:
        session.print_change(log_entry.undone(session.workspace, commitment, days, note(session)))
        return
    amount, _ = _amount(commitment, session.args.amount)
    if amount is None or not amount:
        raise BadInput(f"'{session.args.amount}' is not an amount. Leave it out to take the whole day back.")
    if days is not None and len(days) > 1:
        raise BadInput("An amount is taken off one day. Leave it out to take whole days back.")
    if session.args.note:
        raise BadInput("A note goes with a whole day that is taken back; leave the amount out.")
    day = days[0] if days else session.workspace.today
    session.print_change(log_entry.less(session.workspace, commitment, day, amount))


def skip(session: Session) -> None:
    """Ask for nothing on a day, or ask again."""
    days = session.days()
    commitment = session.commitment()
    if not session.args.take_back:
        change = skips.skip(session.workspace, commitment, days, session.args.reason, note(session))
    elif session.args.reason or session.args.note:
        raise BadInput("--take-back needs neither a reason nor a note.")
    else:
        change = skips.unskip(session.workspace, commitment, days or (session.workspace.today,))
    session.print_change(change)


def lapse(session: Session) -> None:
    """Log that something to avoid happened, was handled, or was put right."""
    days = session.days()
    commitment = session.commitment()
    if not session.args.put_right:
        handled, hands = session.args.handled, session.args.hands
        change = lapses.lapse(session.workspace, commitment, days, handled=handled, hands=hands, note=note(session))
    elif days is not None:
        raise BadInput("--put-right holds now, for the newest lapse; leave --day out.")
    else:
        _put_right(session, commitment)
        return
    session.print_change(change)
    if commitment.details.get("note") and not (session.args.handled or session.args.hands):
        session.out.print_note(f"{commitment.details['note']} If it was one, take it back: toward undo")
    if commitment.harm and change.way is NextStep.PUT_RIGHT:
        session.out.print_note("If anybody was afraid: toward safety")
    if session.can_ask and not session.args.json and (days is None or len(days) == 1):
        _put_right_later(session, commitment, change)


def _put_right(session: Session, commitment: Commitment) -> None:
    """Ask what was done of the four parts, at a terminal or as JSON, and say that the newest lapse is put right."""
    from tracker.cli.groups.log_guided import ask_all
    from tracker.cli.prompts import json_answers
    from tracker.ledger import commitment_fields
    from tracker.services.logging import repair_plan

    lapses.must_avoid(commitment)
    lapses.newest_lapse(session.workspace, commitment)
    fields = commitment_fields.part_fields()
    if session.args.json:
        if session.args.note:
            raise BadInput("With --json what was done comes on standard input, so leave --note out.")
        answers = json_answers()
    elif session.can_ask:
        answers = ask_all(session, fields)
    else:
        names = ", ".join(f'"{field.name}": true' for field in fields)
        raise Refused(
            "Putting right asks what was done, so it needs a terminal, or what was done on standard input: "
            f"echo '{{{names}}}' | toward lapse {commitment.id} --put-right --json"
        )
    session.print_change(repair_plan.put_right(session.workspace, commitment, answers, note(session)))


def _put_right_later(session: Session, commitment: Commitment, lapsed: Change) -> None:
    """Ask once what will be put right, and by when, of a lapse just logged; an empty line leaves it for tomorrow."""
    from tracker.services.logging import repair_plan

    if not repair_plan.may_be_said(commitment, lapsed):
        return
    while line := line_if_any(session, f"For your eyes only ({repair_plan.EXAMPLE}), or empty: ask me tomorrow"):
        try:
            session.out.print_note(*repair_plan.say(session.workspace, commitment, lapsed, line).lines)
        except BadInput as error:
            session.out.print_note(error.message)
        except TowardError as error:
            # The lapse itself is saved: what becomes of this line is no reason to log it again.
            session.out.print_note(error.message)
            return
        else:
            return


def reply(session: Session) -> None:
    """Log replies to messages."""
    days = session.days()
    text = session.args.number
    if session.args.unanswered:
        _unanswered(session)
        return
    if session.args.at:
        raise BadInput("--at goes with --unanswered: toward reply --unanswered --at 21:00")
    count = 1 if text is None else parse_whole(text, "a number of replies", "3")
    session.print_change(quick_log.reply(session.workspace, count, days, note(session)))


def _unanswered(session: Session) -> None:
    """Own up to a message left unanswered, and ask when it will be answered where that was not said."""
    args, days = session.args, session.days()
    if args.number is not None or args.note:
        raise BadInput("--unanswered owns up to one message, and takes neither a number nor a note.")
    if days is not None and len(days) > 1:
        raise BadInput("--unanswered is of one day.")
    when = args.at
    if not when and session.can_ask and not args.json:
        when = line_if_any(session, f"{quick_log.WHEN} ({quick_log.FOR_EXAMPLE}), or empty: not yet known") or ""
    session.print_change(quick_log.unanswered(session.workspace, when, days[0] if days else None))


def time(session: Session) -> None:
    """Log partner time, or start and stop its timer, or tell how both stand."""
    if session.args.duration is None:
        _tell_time(session)
        return
    session.print_change(_timer(session) if session.args.duration in ("start", "stop") else _time(session))


def _tell_time(session: Session) -> None:
    """Print whether the timer runs, and what was logged of what is asked."""
    from tracker.services.views.day_rows import day_view

    args = session.args
    if args.day is not None or args.tag or args.note:
        raise BadInput("How long? For example: toward time 45m")
    view = day_view(session.workspace)
    row = next((each for each in view.rows if each.commitment.id == quick_log.TIME), None)
    if args.json:
        since = view.timer.isoformat() if view.timer else None
        session.out.json({"timer_since": since, "said": row.summary if row else None})
        return
    session.out.print_result(f"The timer runs since {view.timer:%H:%M}." if view.timer else "The timer is off.")
    if row is not None:
        session.out.print_result(f"{' '.join(row.commitment.title.split())}: {row.summary}.")
    session.out.print_note("To log some: toward time 45m. The timer: toward time start, toward time stop")


def _timer(session: Session) -> Change:
    args = session.args
    if args.day is not None or args.tag:
        raise BadInput(f"'time {args.duration}' takes neither --day nor --tag: the timer knows when it began.")
    if args.duration == "stop":
        return _stop(session)
    if args.really is not None or args.discard:
        raise BadInput("A duration and --discard belong to stop: toward time stop 45m")
    if args.note:
        raise BadInput("A note can be written when the timer stops: toward time stop --note")
    return quick_log.start_timer(session.workspace)


def _stop(session: Session) -> Change:
    """Stop the timer; where it is not to be believed, ask how long it was, or say how to tell."""
    args, workspace = session.args, session.workspace
    if args.discard:
        if args.really is not None or args.note:
            raise BadInput("--discard logs nothing, so neither a duration nor --note goes with it.")
        return quick_log.stop_timer(workspace, keep=False)
    if args.really is not None:
        return quick_log.stop_timer(workspace, parse_duration(args.really), note=note(session))
    try:
        return quick_log.stop_timer(workspace, note=note(session) if doubt(workspace) is None else "")
    except quick_log.Doubtful as error:
        if not session.can_ask:
            raise
        offer = f"{error.doubt.offer}m" if error.doubt.offer else ""
        really = ask(session, f"{error.doubt.question} 45m, or 0 to log nothing", _really, offer)
    return quick_log.stop_timer(workspace, really, keep=bool(really), note=note(session))


def _really(text: str) -> int:
    """Return the minutes that were typed, 0 for none."""
    return 0 if text == "0" else parse_duration(text)


def _time(session: Session) -> Change:
    if session.args.really is not None or session.args.discard:
        raise BadInput("One duration is enough. To stop the timer: toward time stop 45m, or toward time stop --discard")
    days = session.days()
    duration = parse_duration(session.args.duration)
    return quick_log.log_time(session.workspace, duration, days, session.args.tag, note(session))


def share(session: Session) -> None:
    """Log a disclosure made."""
    days = session.days()
    text = session.args.depth
    depth = None if text is None else parse_whole(text, "a depth", "2")
    word = session.args.received
    received = None if word is None else parse_whole(word, "how well it was received", "3")
    session.print_change(
        quick_log.share(session.workspace, session.args.topic or "", depth, days, note(session), received)
    )
