"""The command that draws cards for telling and asking."""

from __future__ import annotations

from random import Random
from textwrap import wrap

from tracker.cli.session import Session
from tracker.domain.language.parsing import parse_whole
from tracker.ledger.errors import BadInput
from tracker.services.support import cards


def card(session: Session) -> None:
    """Draw a card, swap or pass one, or open the deep levels."""
    args = session.args
    if (args.passed or args.unlock or args.swap) and (args.topic or args.level):
        raise BadInput("A card is swapped or passed by its id alone, and --unlock opens both levels.")
    if args.unlock:
        session.print_change(cards.unlock(session.workspace))
    elif args.passed:
        session.print_change(cards.pass_for_good(session.workspace, args.passed))
    else:
        _draw(session)


def _draw(session: Session) -> None:
    args, workspace = session.args, session.workspace
    level = None if args.level is None else parse_whole(args.level, "a level", "2")
    chance = Random(workspace.clock.now().isoformat())
    drawn = cards.draw(workspace, chance, args.topic, level, anyway=args.anyway, instead_of=args.swap or "")
    if args.json:
        session.out.json(
            {
                "card": drawn.id,
                "topic": drawn.card.topic,
                "level": drawn.card.level,
                "means": drawn.means,
                "text": drawn.card.text,
                "rules": list(drawn.rules),
                "stop": drawn.stop,
            }
        )
        return
    width = session.out.width
    lines = [f"{drawn.id}  {drawn.card.topic}, level {drawn.card.level}: {drawn.means}", ""]
    lines += [*wrap(drawn.card.text, width), ""]
    for rule in drawn.rules:
        lines += wrap(rule, width, initial_indent="- ", subsequent_indent="  ")
    session.out.print_result(*lines, "", *wrap(drawn.stop, width))
    session.out.print_note(
        f"Another like it: toward card --swap {drawn.id}. Never again: toward card --pass {drawn.id}. No reason needed."
    )
