"""The command that exchanges with other devices."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.cli.json_schema import taken
from tracker.cli.session import Session
from tracker.ledger.errors import BadInput
from tracker.services.exchange.sync import Synced, choose, exchange, forget, preview


def sync(session: Session) -> None:
    """Remember or forget a place, say what would come and go, or exchange."""
    args = session.args
    if args.join and (args.place is not None or args.forget):
        raise BadInput("--join goes with an exchange: toward sync --join")
    if args.place is not None:
        session.print_change(choose(session.workspace, args.place))
        return
    if args.forget:
        session.print_change(forget(session.workspace))
        return
    done = preview(session.workspace, join=args.join) if args.dry_run else exchange(session.workspace, join=args.join)
    session.out.saved = not args.dry_run and bool(done.came or done.went)
    if args.json:
        session.out.json(_object(done, dry=args.dry_run))
    elif args.dry_run:
        session.out.print_result(*_would(done))
    else:
        session.out.print_result(done.summary)
    for note in done.notes:
        session.out.print_note(f"Note: {note}")


def _would(found: Synced) -> Iterator[str]:
    if not found.came and not found.went:
        yield found.summary
    for heading, moved in (("Would come in", found.came), ("Would go out", found.went)):
        if moved:
            yield heading
            yield from (f"  {each.month}  {each.events:>6}  {each.name}" for each in moved)


def _object(done: Synced, *, dry: bool) -> dict[str, object]:
    return {
        "dry_run": dry,
        "kind": done.kind,
        "remote": done.where,
        "changed": bool(not dry and (done.came or done.went)),
        "joined": done.joined,
        "came": [taken(each, "device name month events") for each in done.came],
        "went": [taken(each, "device name month events") for each in done.went],
        "waiting": list(done.waiting),
    }
