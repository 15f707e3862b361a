"""What is kept of a crash: where it happened, and not one word of anybody's."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

CRASH_LOG = "crash.log"


def record(state: Path | None) -> str:
    """Write the current exception's type and places to a file only this user can read; return where.

    Neither local variables nor the exception's own message are kept, since both may hold private text.
    """
    kind, _, trace = sys.exc_info()
    lines = [f"{kind.__name__ if kind else 'unknown'}\n"]
    lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in traceback.extract_tb(trace)]
    if state is None:
        return "none could be kept"
    path = state / CRASH_LOG
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError:
        return "none could be kept"
    return str(path)
