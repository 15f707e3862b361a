"""The commands that look: today, streaks, show, list, history."""

from __future__ import annotations

from tracker.cli import layout
from tracker.cli.session import Session
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.views.day_rows import day_view


def today(session: Session) -> None:
    """Print what a day asks for."""
    workspace = session.workspace
    day = session.day()
    if day is not None and day > workspace.today:
        raise Refused(f"{day} has not come yet; today is {workspace.today}.")
    view = day_view(workspace, day)
    if session.args.json:
        from tracker.cli.json_schema import today_object

        session.out.json(today_object(view))
    else:
        width = session.out.width
        session.out.print_result(*layout.day_lines(view, width), *layout.open_lines(view, width))
    _remember(workspace)


def streaks(session: Session) -> None:
    """Print all streaks."""
    workspace = session.workspace
    if session.args.json:
        from tracker.cli.json_schema import streaks_object

        session.out.json(streaks_object(workspace))
    else:
        session.out.print_result(*layout.streak_lines(day_view(workspace), session.out.width))
    _remember(workspace)


def _remember(workspace: Workspace) -> None:
    """Keep the summary where all had to be read, so that the next look need not."""
    if workspace.store.complete:
        workspace.keep_streaks()


def show(session: Session) -> None:
    """Print all about one commitment."""
    from tracker.cli.show_page import page_lines
    from tracker.services.logging.notes import note_versions
    from tracker.services.views.details import details

    commitment = session.commitment(archived=True)
    workspace = session.workspace
    found = details(workspace, commitment)
    notes = None
    if session.args.notes:
        notes = {day: note_versions(workspace, commitment.id, day) for day in sorted(found.note_days)}
    if session.args.json:
        from tracker.cli.json_schema import show_object

        session.out.json(show_object(workspace, found, notes))
    else:
        session.out.print_result(*page_lines(found, notes, session.out.width))


def why(session: Session) -> None:
    """Print the person's own line."""
    from textwrap import wrap

    from tracker.services.support.why import line

    if session.args.what is not None:
        raise BadInput("'why' is the line of your own. Why the number of a commitment is as it is: toward show WHAT")
    text = line(session.workspace)
    lines = (part for row in text.splitlines() for part in wrap(row, session.out.width) or [""])
    session.print_answer({"line": text}, *lines)


def list_all(session: Session) -> None:
    """Print all commitments."""
    archived: bool = session.args.archived
    if session.args.json:
        from tracker.cli.json_schema import list_object

        session.out.json(list_object(session.workspace, archived))
    else:
        session.out.print_result(*layout.list_lines(session.workspace, archived, session.out.width))


def history(session: Session) -> None:
    """Print the changes made, newest first."""
    from tracker.domain.language.parsing import parse_whole
    from tracker.services.history.history import history as past

    most = parse_whole(session.args.most, "a number of lines", "20")
    if most < 1:
        raise BadInput("No line at all was asked for: -n takes 1 or more. Try 20.")
    cid = session.commitment(archived=True).id if session.args.what is not None else None
    found = past(session.workspace, most, cid)
    if session.args.json:
        from tracker.cli.json_schema import operation_object

        session.out.json({"operations": [operation_object(each) for each in found]})
        return
    for each in found:
        where = "" if each.own else f"  (another device: {each.name})"
        undone = "  (undone)" if each.undone else ""
        session.out.print_result(f"{each.at:%Y-%m-%d %H:%M}  {each.summary}{undone}{where}")
    if not found:
        session.out.print_note("Nothing has been changed yet.")
