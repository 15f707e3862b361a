"""The shell face: one command, one answer on standard output, talk on standard error, and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.cli.output import Output
from tracker.services.errors import Exit, NotFound, TowardError, Way

if TYPE_CHECKING:
    from tracker.cli.session import OpenApp

HINTS = {
    Way.CHOOSE: "See what there is with: toward add --list",
    Way.RESUME: "Take it up again with: toward resume {about}",
    Way.RESUME_ALL: "Take them up again with: toward resume all",
    Way.PUT_RIGHT: "Once it is done: toward lapse {about} --put-right",
}


def run(argv: Sequence[str], open_app: OpenApp | None = None) -> int:
    """Do what `argv` says and return the exit code; `open_app` is called where the app is wanted."""
    out = Output(sys.stdout, sys.stderr)
    try:
        code = _obey(argv, open_app, out)
    except BrokenPipeError:
        code = Exit.DONE
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    except TowardError as error:
        _explain(error, out)
        code = error.exit
    except Exception as error:
        _crashed(error, out)
        code = Exit.REFUSED
    return _hand_over(out, code)


def _obey(argv: Sequence[str], open_app: OpenApp | None, out: Output) -> int:
    from tracker.cli.parser import read
    from tracker.cli.session import Session

    args = read(argv, out)
    if args is None:
        return Exit.DONE
    session = Session(args, out, open_app)
    where, _, name = args.run.partition(":")
    command: Callable[[Session], int | None] = getattr(import_module(f"tracker.cli.{where}"), name)
    return command(session) or Exit.DONE


def _hand_over(out: Output, code: int) -> int:
    """Send the answer on its way; a reader that has gone is no trouble, a full disk is."""
    try:
        out.flush()
    except OSError as error:
        # What could not be written must not be tried again, and complained about, when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            out.error(f"the answer could not be written: {error.strerror}")
            return code or Exit.REFUSED
    return code


def _explain(error: TowardError, out: Output) -> None:
    """Say what could not be done, what was meant perhaps, and the way out."""
    hint = HINTS[error.way].format(about=error.about) if error.way else ""
    out.error(f"{error.message} {hint}".rstrip())
    if isinstance(error, NotFound):
        width = max((len(cid) for cid, _ in error.candidates), default=0)
        out.tell(*(f"  {cid:<{width}}  {title}" for cid, title in error.candidates))


def _crashed(error: Exception, out: Output) -> None:
    """Say one line about something unforeseen, and keep where it happened, without anybody's words."""
    from tracker.services.crash import CRASH_LOG, record
    from tracker.services.environment import state_root

    where: Path | None
    try:
        where = record(state_root(), error)
    except Exception:
        where = None
    details = f"details without private text are in {where}" if where else f"no {CRASH_LOG} could be written"
    out.error(f"something went wrong inside; {details}")
