"""What is kept of a crash: where it happened, and not one word of anybody's."""

from __future__ import annotations

import os
from pathlib import Path

CRASH_LOG = "crash.log"


def trace(error: BaseException) -> list[str]:
    """Return the types and places of an exception and of its causes, a line each.

    Neither local variables nor messages are among them, since both may hold private text.
    """
    from traceback import extract_tb

    lines: list[str] = []
    link: BaseException | None = error
    while link is not None and len(lines) < 1000:
        lines.append(type(link).__name__)
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in extract_tb(link.__traceback__)]
        link = link.__cause__ or link.__context__
    return lines


def record(state_root: Path, error: BaseException) -> Path | None:
    """Write the trace of an exception to a file only this user can read.

    Returns:
        The file, or None if it could not be written.
    """
    path = state_root / CRASH_LOG
    try:
        state_root.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        # A pipe in its place must not make us wait for a reader.
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", errors="backslashreplace") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), 0o600)
            file.writelines(f"{line}\n" for line in trace(error))
    except (OSError, ValueError):
        return None
    return path
