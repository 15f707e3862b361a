"""The commands around the log: undo, redo, export, import, paths, demo, safety, and opening the app."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from tracker.cli.output import SCHEMA
from tracker.cli.session import Session, open_store
from tracker.ledger.errors import BadInput, InvalidChoice, Refused
from tracker.services.environment import Environment, folder_named, state_of

MOST_BYTES = 200_000_000
"""No file is read any further, for some have no end."""
_TOO_LARGE = "This file is too large. Nothing was imported."
_FROM_A_SHELL = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")
"""How the name of a pipe begins that a shell made for this command, as by `toward import <(program)`."""


def app(session: Session) -> int:
    """Open the app."""
    if session.args.json:
        raise BadInput("--json belongs to a command, for example: toward today --json")
    return session.open_app(session.here)


def undo(session: Session) -> None:
    """Take the last change back."""
    from tracker.services.history.undo import undo as take_back

    session.print_change(take_back(session.workspace))


def redo(session: Session) -> None:
    """Do again what was undone last."""
    from tracker.services.history.undo import redo as do_again

    session.print_change(do_again(session.workspace))


def export(session: Session) -> None:
    """Print the whole store as JSON."""
    from tracker.services.exchange.transfer import export_json

    exported = export_json(session.workspace, private=session.args.private)
    session.out.json_text(exported.text)
    if exported.left_out:
        words = "entry has" if exported.left_out == 1 else "entries have"
        session.out.print_note(f"{exported.left_out} {words} private words, which were left out. With them: --private")


def import_file(session: Session) -> None:
    """Take in an export."""
    from tracker.services.exchange.transfer import import_json

    session.print_change(import_json(session.workspace, read_text(session.args.file, "no export of Toward")))


def read_text(name: str, otherwise: str) -> str:
    """Return the text of a file, or of standard input for `-`. Raises BadInput or Refused."""
    try:
        raw = sys.stdin.buffer.read(MOST_BYTES + 1) if name == "-" else _read(Path(name).expanduser())
        if len(raw) > MOST_BYTES:
            raise BadInput(_TOO_LARGE)
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"This is not UTF-8 text, so it is {otherwise}. Nothing was imported.") from None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be read"
        raise Refused(f"'{name}' cannot be imported: {reason}. Nothing changed.") from None


def _read(path: Path) -> bytes:
    """Return the bytes of a file, at most one more than are taken; a pipe is read only where a shell made it."""
    # Opened so that a pipe that nobody writes to does not keep it waiting for ever.
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(fd, "rb") as file:
        status = os.fstat(fd)
        if status.st_size > MOST_BYTES:
            raise BadInput(_TOO_LARGE)
        if stat.S_ISFIFO(status.st_mode) and not str(path).startswith(_FROM_A_SHELL):
            raise OSError(errno.EINVAL, "it is a pipe. What a program prints is read by: toward import -")
        if hasattr(os, "set_blocking"):
            os.set_blocking(fd, True)
        return file.read(MOST_BYTES + 1)


def paths(session: Session) -> None:
    """Print where things lie."""
    from tracker import __version__
    from tracker.services.safekeeping.crash import CRASH_LOG

    here = session.here
    found = {
        "data": str(here.data),
        "state": str(state_of(here.data, here.state)),
        "crash_log": str(here.state / CRASH_LOG),
        "version": __version__,
    }
    session.print_answer(found, *(f"{name.replace('_', ' '):<11}{value}" for name, value in found.items()))
    session.out.print_note(*(f"Note: {each}" for each in here.notes))


def demo(session: Session) -> int | None:
    """Open, print or keep a year that is made up."""
    from tempfile import TemporaryDirectory

    args = session.args
    if args.keep is not None:
        _keep_demo(session, folder_named(args.keep))
        return None
    with TemporaryDirectory(prefix="toward-demo-") as folder:
        here = Environment(Path(folder, "data"), Path(folder, "state"), session.here.clock)
        _fill(here)
        if session.has_terminal and not args.printed and not args.json:
            return session.open_app(here)
        _print_demo(session, here)
    return None


def _keep_demo(session: Session, data: Path) -> None:
    """Write the demo into a folder that holds nothing yet."""
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Refused(f"{data} is there already and not an empty folder. Name a new one.")
    events = _fill(Environment(data, session.here.state, session.here.clock))
    session.out.saved = True
    made = f"A made-up year of {events} events lies in {data}."
    session.print_answer({"data": str(data), "events": events}, made, f"Open it: toward --data {data}")


def _fill(here: Environment) -> int:
    from tracker.services.demo import fill

    return fill(open_store(here))


def _print_demo(session: Session, here: Environment) -> None:
    """Print today and the streaks of a demo."""
    from tracker.cli import json_schema, layout
    from tracker.services.views.day_rows import day_view

    workspace = open_store(here)
    view = day_view(workspace)
    if session.args.json:
        both = {"today": json_schema.today_object(view), "streaks": json_schema.streaks_object(workspace)}
        session.out.json({name: {"schema": SCHEMA} | each for name, each in both.items()})
        return
    width = session.out.width
    session.out.print_result(
        *layout.day_lines(view, width), *layout.open_lines(view, width), "", *layout.streak_lines(view, width)
    )


def safety(session: Session) -> None:
    """Print the safety notice with the person's own numbers, or ask for those."""
    from tracker.catalogue import NOTICE, safety_notice

    if session.args.numbers:
        _keep_numbers(session)
        return
    first = session.args.what or NOTICE[0]
    if first not in NOTICE:
        raise InvalidChoice(first, NOTICE, also="Without a word, all of it.")
    paragraphs = safety_notice(first)
    if session.args.json:
        session.out.json({"paragraphs": list(paragraphs), "numbers": _numbers(session)})
        return
    _read_out(session, paragraphs)
    session.out.flush()
    numbers = _numbers(session)
    if numbers:
        session.out.print_result("", "Numbers I want to have at hand", *numbers.split("\n"))
    elif numbers is not None:
        session.out.print_result("", "Numbers you want to have at hand can stand here: toward safety --numbers")


def _numbers(session: Session) -> str | None:
    """Return the person's own numbers, or None where they cannot be read just now; the notice stands without them."""
    from tracker.ledger.errors import TowardError
    from tracker.services.lock_status import needs_key
    from tracker.services.support.numbers import read_numbers

    if needs_key(session.here.data) and session.args.passphrase_fd is None:
        session.out.print_note("Your own numbers lie in the encrypted store: unlock it in the app, then press !")
        return None
    try:
        return read_numbers(session.workspace) if session.here.data.exists() else ""
    except TowardError as error:
        session.out.print_note(f"Your own numbers cannot be read just now. {error.message}")
        return None


def _keep_numbers(session: Session) -> None:
    """Take numbers from a prompt or from standard input."""
    from tracker.cli.prompts import private_words
    from tracker.services.support import numbers
    from tracker.services.support.numbers import keep_numbers, read_numbers

    if session.can_ask and (now := read_numbers(session.workspace)):
        session.out.print_note("Now:", *now.split("\n"))
    question = "Numbers you want to have at hand. They take the place of what is there."
    words = private_words(session, question, numbers.WHAT)
    if not words.strip():
        raise Refused("Nothing was given, so your numbers are as they were. To forget them: toward purge --numbers")
    session.print_change(keep_numbers(session.workspace, words))


def about(session: Session) -> None:
    """Print who Toward is for, and what progress honestly means."""
    from tracker.catalogue import about as words

    if session.args.json:
        session.out.json({"paragraphs": list(words())})
    else:
        _read_out(session, words())


def _read_out(session: Session, paragraphs: Sequence[str]) -> None:
    from textwrap import wrap

    for number, paragraph in enumerate(paragraphs):
        session.out.print_result(*([""] if number else []), *wrap(paragraph, session.out.width))
