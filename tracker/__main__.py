"""Where `toward` and `python -m tracker` begin."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from tracker.cli import run

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.clock import Clock


def open_app(data: Path, state: Path, clock: Clock) -> int:
    """Open the app, and load what it needs only now."""
    from tracker.tui.app import run as run_app

    return run_app(data, state, clock)


def _fill_closed_streams() -> None:
    """Fill the place of a stream that was closed from the start, so that no file of ours comes to stand there.

    What is asked for and cannot be told is an error, so a standard output of this kind takes nothing.
    """
    for name, flags, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.open(os.devnull, flags), mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def main() -> NoReturn:
    """Do what the command line says and leave with its exit code."""
    _fill_closed_streams()
    sys.exit(run(sys.argv[1:], open_app))


if __name__ == "__main__":
    main()
