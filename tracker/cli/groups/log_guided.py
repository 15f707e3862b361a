"""The commands that ask: log an entry field by field, and answer what stands open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracker.cli import json_schema
from tracker.cli.layout import title
from tracker.cli.prompts import ask, json_answers, long_words
from tracker.cli.session import Session, in_catalogue
from tracker.domain.commitments import Kind
from tracker.domain.fields import BadAnswer, Field, Type, read_yes
from tracker.domain.text.cells import left
from tracker.ledger.commitment_fields import asked_now, fields_of
from tracker.ledger.errors import BadInput, NextStep, NotFound, Refused
from tracker.services.commitments.answering import goes_on
from tracker.services.logging import guided
from tracker.services.support.late import LATE, late_for

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.commitments import Commitment
    from tracker.services.commitments.lifecycle import Activation
    from tracker.services.views.inbox import Waiting

WAYS = "Answers are typed at a terminal, or come as JSON on standard input: toward {command} --json < answers.json."
ASKED = " What is asked: toward log --fields {what}"


def log(session: Session) -> None:
    """Write an entry down with all it asks, or list what it would ask; it takes on what is not taken on yet."""
    if session.args.what is None:
        _list_askers(session)
        return
    ready = session.ensure_active()
    if session.args.fields:
        _list_fields(session, ready)
        return
    fill_in(session, ready, session.day(), now=session.args.now)


def fill_in(session: Session, ready: Activation, day: date | None, *, now: bool = False) -> None:
    """Ask what a commitment asks and log it; `now` says that what goes deep is wanted although it is late."""
    commitment = ready.commitment
    fields = asked_now(commitment)
    if not fields:
        raise Refused(_asks_nothing(session, ready))
    late = late_for(session.workspace, commitment) and not now
    if late and not session.can_ask and not session.args.json:
        raise Refused(LATE, NextStep.NOW, commitment.id)
    if late and not session.args.json:
        now = ask(session, f"{LATE} Still now? (yes or no)", read_yes, "no")
        if not now:
            session.out.print_note("It keeps until morning. Nothing was written down.")
            return
    if session.args.json:
        answers = json_answers()
    else:
        _must_be_asked(session, f"log {commitment.id}", commitment.id)
        session.out.print_note(" ".join(commitment.title.split()))
        if commitment.kind is Kind.AVOID and commitment.details.get("note"):
            session.out.print_note(str(commitment.details["note"]))
        if ready.way is not None:
            session.hint(ready.way, commitment.id)
            ready = replace(ready, way=None)
        answers = ask_all(session, fields, commitment)
    session.print_change(guided.log(session.workspace, commitment, answers, day, ready, now=now))


def _list_askers(session: Session) -> None:
    """Print the commitments that ask something when an entry is written down in full."""
    if session.args.day is not None:
        raise BadInput("Of what? For example: toward log forecast. What there is: toward log")
    found = [each for each in session.workspace.ledger.commitments() if asked_now(each)]
    if session.args.json:
        rows = [{"commitment": each.id, "title": each.title} for each in found]
        session.out.json({"commitments": rows})
        return
    wide = max((len(each.id) for each in found), default=0)
    session.out.print_result(*(f"{left(each.id, wide)}  {title(each)}" for each in found))
    if not found:
        session.out.print_result("None of yours asks anything. The catalogue has some that do: toward add --list")
    session.out.print_note("Write one down with all it asks: toward log WHAT")


def _asks_nothing(session: Session, ready: Activation) -> str:
    """Return what is said of a commitment without questions, with the way to check it off."""
    commitment = ready.commitment
    if ready.first and session.workspace.ledger.get(commitment.id) is not None:
        return f"'{commitment.title}' asks nothing more, and is archived. First: toward resume {commitment.id}"
    if ready.first:
        return f"'{commitment.title}' asks nothing more, and is not yours yet. Take it on: toward add {commitment.id}"
    return f"'{commitment.title}' asks nothing more. Check it off: toward done {commitment.id}"


def _must_be_asked(session: Session, command: str, what: str) -> None:
    if not session.can_ask:
        asked = ASKED.format(what=what) if session.workspace.ledger.get(what) or in_catalogue(what) else ""
        raise BadInput(WAYS.format(command=command) + asked)


def ask_all(session: Session, fields: Sequence[Field], commitment: Commitment | None = None) -> dict[str, Any]:
    """Return what somebody answers to one question after another; those without an answer are left out."""
    given: dict[str, Any] = {}
    for field in fields:
        if commitment is not None and not goes_on(commitment, field, given):
            continue
        answer = _ask_one(session, field)
        if answer is not None:
            given[field.name] = answer
    return given


def _ask_one(session: Session, field: Field) -> Any:
    """Return the answer to one question, asking again until it fits; None where it is skipped."""

    def read(text: str) -> Any:
        if not text.strip():
            if not field.optional and not field.later:
                raise BadInput("This one needs an answer.")
            return None
        workspace = session.workspace
        return field.read(text, workspace.clock.now(), workspace.today, workspace.ledger.day_ends)

    if field.type is Type.TEXT:
        while True:
            try:
                return read(long_words(session, f"{field.ask}{' Empty skips it.' if field.optional else ''}"))
            except (BadInput, BadAnswer) as error:
                session.out.print_note(str(error))
    session.out.print_note(*_choices(field))
    skip = ", empty skips it" if field.optional or field.later else ""
    return ask(session, f"{field.ask} ({field.offer}{skip})", read)


def _choices(field: Field) -> list[str]:
    """Return what the answers of a field mean, where their names do not say it already."""
    if all(choice.label == choice.name.replace("_", " ") for choice in field.choices):
        return []
    width = max(len(choice.name) for choice in field.choices)
    return [f"  {choice.name:<{width}}  {choice.label}" for choice in field.choices]


def _list_fields(session: Session, ready: Activation) -> None:
    """Print what a commitment asks, now and later."""
    commitment = ready.commitment
    fields = fields_of(commitment)
    if session.args.json:
        rows = [json_schema.field_object(field, when_asked(field)) for field in fields]
        session.out.json({"commitment": commitment.id, "fields": rows})
        return
    width = max((len(field.name) for field in fields), default=0)
    for field in fields:
        marks = [field.hint, when_asked(field)]
        marks += ["needed"] if not field.optional and not field.later else []
        marks += ["private"] if field.private else []
        session.out.print_result(f"{left(field.name, width)}  {field.ask}", f"{'':<{width}}    {'; '.join(marks)}")
    if not fields:
        session.out.print_note(_asks_nothing(session, ready))


def when_asked(field: Field) -> str:
    """Return when a field is asked: `now`, `24 hours later` or `at return_time`."""
    if field.after_hours:
        return f"{field.after_hours} hours later"
    return f"at {field.at}" if field.at else "now"


def answer(session: Session) -> None:
    """List what stands open, or close one of it with its answers or without."""
    from tracker.services.views import inbox

    args = session.args
    if args.what is None:
        if args.let_go:
            raise BadInput("Say which one to let go, by its number: toward answer 1 --let-go")
        _list_open(session)
        return
    each = _wanted(session, args.what)
    if args.let_go:
        session.print_change(inbox.let_go(session.workspace, each))
        return
    if args.json:
        answers = json_answers()
    else:
        _must_be_asked(session, f"answer {args.what}", each.commitment)
        session.out.print_note(f"{each.title}, {each.when}")
        answers = _ask_waiting(session, each)
    session.print_change(inbox.answer(session.workspace, each, answers))


def _ask_waiting(session: Session, each: Waiting) -> dict[str, Any]:
    from tracker.services.views.inbox import read_came

    if each.loop is not None:
        return ask_all(session, each.loop.fields, session.workspace.ledger.get(each.commitment))
    planned = f"{each.time.minutes}m" if each.time is not None else ""
    return ask(session, f"{each.ask} (45m, missed, or a reason such as ill)", read_came, planned)


def _wanted(session: Session, word: str) -> Waiting:
    """Return what a number of the list or the name of a commitment means. Raises NotFound or Refused."""
    from tracker.services.views.inbox import waiting, waiting_of

    if word.isascii() and word.isdigit():
        found = [each for each in waiting(session.workspace) if each.number == int(word[:9])]
        if not found:
            raise NotFound(f"Nothing stands open under {word}. The list: toward answer")
        return found[0]
    return waiting_of(session.workspace, session.commitment())


def _list_open(session: Session) -> None:
    """Print what stands open with the numbers that answer it; never anybody's words."""
    from tracker.services.views.inbox import waiting

    found = waiting(session.workspace)
    if session.args.json:
        session.out.json({"open": [json_schema.open_object(each) for each in found]})
        return
    for each in found:
        session.out.print_result(f"{each.number:>2}  {each.title}, {each.when}", f"    {each.ask}")
    if found:
        session.out.print_note("Answer one by its number: toward answer 1. Or let it go: toward answer 1 --let-go")
    else:
        session.out.print_note("Nothing stands open.")
