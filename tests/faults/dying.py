"""A command of Toward in a process of its own that is killed for real, as by kill -9, at its N-th change of the disk.

python -m tests.faults.dying N COMMAND...   prints nothing of its own; N is counted from 1, and 0 kills nothing
"""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Callable
from typing import Any

CHANGES = ("write", "fsync", "replace", "rename", "link", "unlink", "mkdir", "rmdir", "utime")


def _lies_on_a_disk(descriptor: int) -> bool:
    """Return whether a descriptor is of a file or folder: what goes to a pipe or terminal is no change of the disk."""
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def die_at(number: int) -> None:
    """Let this process be killed right before its change of that number; files it cannot have changed do not count."""
    left = [number]

    def double(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if not (args and isinstance(args[0], int)) or _lies_on_a_disk(args[0]):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **more)

        return call

    for name in CHANGES:
        setattr(os, name, double(getattr(os, name)))


if __name__ == "__main__":
    die_at(int(sys.argv.pop(1)))
    from tracker.__main__ import main

    main()
