"""The command that answers what came from other devices and would destroy something."""

from __future__ import annotations

from textwrap import wrap

from tracker.cli.prompts import ask
from tracker.cli.session import Session
from tracker.domain.fields import read_yes
from tracker.ledger.errors import BadInput, NotFound, Refused
from tracker.services.exchange import incoming as arriving
from tracker.services.exchange.incoming import PURGES, Waiting

ACCEPT = "accept"


def incoming(session: Session) -> None:
    """List what waits for an answer, or accept or refuse it."""
    args = session.args
    if args.answer is None:
        if args.dry_run or args.yes:
            raise BadInput("--dry-run and --yes go with an answer: toward incoming accept 1")
        _list(session)
        return
    things = arriving.chosen(session.workspace, _number(args.number))
    accepting = args.answer == ACCEPT
    if args.dry_run:
        _would(session, things, accepting=accepting)
        return
    # A refusal empties nothing, and what it writes one undo takes back, so only a yes is asked about.
    if accepting and not args.yes:
        if not session.can_ask:
            raise BadInput("Nothing was answered. If that is meant, add --yes.")
        for each in things:
            session.out.print_paragraphs(f"{each.summary} {arriving.would(each, accepting=accepting)}")
        if not ask(session, f"{args.answer.capitalize()} it? yes or no", read_yes, "no"):
            raise Refused("Nothing was answered; it waits.")
    session.print_change((arriving.accept if accepting else arriving.refuse)(session.workspace, things))


def _list(session: Session) -> None:
    found = arriving.waiting(session.workspace)
    if session.args.json:
        session.out.json({"waiting": [_object(each) for each in found]})
        return
    if not found:
        session.out.print_result(arriving.NOTHING)
        return
    width = session.out.width
    for each in found:
        session.out.print_result(*wrap(f"{each.number}  {each.summary} {each.means}", width, subsequent_indent="   "))
    number = f" {found[0].number}" if len(found) == 1 else " N"
    session.out.print_paragraphs(arriving.ASKED)
    session.out.print_note(f"It was you: toward incoming accept{number}", f"It was not: toward incoming refuse{number}")
    session.out.print_note("What an answer would do: add --dry-run")


def _would(session: Session, things: tuple[Waiting, ...], *, accepting: bool) -> None:
    if session.args.json:
        rows = [_object(each) | {"would": arriving.would(each, accepting=accepting)} for each in things]
        session.out.json({"dry_run": True, "waiting": rows})
        return
    for each in things:
        session.out.print_result(
            *wrap(f"{each.summary} {arriving.would(each, accepting=accepting)}", session.out.width)
        )


def _object(each: Waiting) -> dict[str, object]:
    return {
        "number": each.number,
        "kind": "purge" if each.kind == PURGES else "changes",
        "device": each.device or None,
        "name": each.name or None,
        "new_device": each.new,
        "entries": each.entries,
        "days": list(each.days),
    }


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 4:
        raise NotFound("Name it by its number in the list: toward incoming")
    return int(text)
