"""Where `toward` and `python -m tracker` begin."""

from __future__ import annotations

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


def main() -> NoReturn:
    """Do what the command line says and leave with its exit code."""
    sys.exit(run(sys.argv[1:], open_app))


if __name__ == "__main__":
    main()
