"""The shell face: one command, one answer on standard output, talk on standard error, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from tracker.cli.output import Output, Unwritten
from tracker.ledger.errors import BadInput, Exit, NotFound, TowardError

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.cli.session import OpenApp


def run(argv: Sequence[str], open_app: OpenApp | None = None) -> int:
    """Do what `argv` says and return the exit code; `open_app` is called where the app is wanted."""
    out = Output(sys.stdout, sys.stderr)
    code: int = Exit.DONE
    try:
        code = _guarded(argv, open_app, out)
        out.flush()
    except BrokenPipeError:
        out.give_up()
    except Unwritten as error:
        out.give_up()
        if out.saved:
            out.print_error(f"Saved, but the answer could not be written: {error}")
            return Exit.UNWRITTEN
        out.print_error(f"the answer could not be written: {error}")
        return Exit.REFUSED
    return code


def _guarded(argv: Sequence[str], open_app: OpenApp | None, out: Output) -> int:
    """Do what `argv` says, and turn whatever goes wrong into a line and an exit code."""
    try:
        return _obey(argv, open_app, out)
    except KeyboardInterrupt:
        if out.saved:
            out.print_error("Interrupted. What was saved before stays saved.")
        return Exit.INTERRUPTED
    except TowardError as error:
        _explain(error, out)
        _trace(argv, error, out)
        return error.exit
    except (BrokenPipeError, Unwritten):
        raise
    except Exception as error:
        if not out.saved and (known := _as_ours(error)) is not None:
            out.print_error(known.message)
            _trace(argv, error, out)
            return known.exit
        _crashed(error, out)
        _trace(argv, error, out)
        return Exit.UNWRITTEN if out.saved else Exit.REFUSED


def _obey(argv: Sequence[str], open_app: OpenApp | None, out: Output) -> int:
    from tracker.cli.parser import read

    args = read(argv, out)
    if args is None:
        return Exit.DONE
    from tracker.cli.session import Session

    session = Session(args, out, open_app)
    where, _, name = args.run.partition(":")
    command: Callable[[Session], int | None] = getattr(import_module(f"tracker.cli.{where}"), name)
    try:
        code = command(session) or Exit.DONE
        session.close()
    finally:
        out.saved = out.saved or session.has_saved
    return code


def _explain(error: TowardError, out: Output) -> None:
    """Say what could not be done and the way out, and list what was meant perhaps."""
    from tracker.cli.hints import HINTS

    hint = HINTS[error.way].format(about=error.about) if error.way else ""
    candidates = error.candidates if isinstance(error, NotFound) else ()
    out.print_error(error.message if candidates else f"{error.message} {hint}".rstrip())
    width = max((len(cid) for cid, _ in candidates), default=0)
    out.print_note(*(f"  {cid:<{width}}  {title}" for cid, title in candidates))
    if candidates and hint:
        out.print_note(hint)


def _as_ours(error: Exception) -> TowardError | None:
    """Return what says in one line that words could not be read or a folder not be used; None for anything else."""
    from tracker.domain.language.words import Unreadable
    from tracker.services.environment import told_of

    if isinstance(error, Unreadable):
        return BadInput(str(error))
    return told_of(error) if isinstance(error, PermissionError) else None


def _crashed(error: Exception, out: Output) -> None:
    """Say one line about something unforeseen, and keep where it happened, without anybody's words."""
    from tracker.services.environment import state_root
    from tracker.services.safekeeping.crash import CRASH_LOG, record

    where: Path | None
    try:
        where = record(state_root(), error)
    except Exception:
        where = None
    details = f"details without private text are in {where}" if where else f"no {CRASH_LOG} could be written"
    saved = "Saved, but " if out.saved else ""
    out.print_error(f"{saved}something went wrong inside; {details}")


def _trace(argv: Sequence[str], error: Exception, out: Output) -> None:
    """Print where an error came from if --debug was typed, without its message: it may hold private text."""
    if "--debug" in argv:
        from tracker.services.safekeeping.crash import trace

        out.print_note(*trace(error))
