"""Going to the background, as every program does on ctrl+z: the terminal is given back, and taken again by `fg`."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress

NO_SHELL = "There is no shell behind this window to go back to. ctrl+g blanks the screen, ctrl+q leaves."


def has_shell() -> bool:
    """Return whether a shell waits that could bring this program back; never on Windows.

    A program that leads its session was not started by a shell that looks after jobs: stopped, it would stay so.
    """
    if not hasattr(signal, "SIGTSTP"):
        return False
    try:
        return os.getpgrp() != os.getsid(0)
    except OSError:
        return False


def listen_for_stop(begin: Callable[[], object]) -> Callable[[], None] | None:
    """Call `begin` when this process is asked to stop, and return what stops it; None where that cannot be had.

    What stops it gives the terminal back first and returns once the process goes on, the terminal taken again.
    """
    if not hasattr(signal, "SIGTSTP"):
        return None
    loop = asyncio.get_running_loop()
    let_go = signal.getsignal(signal.SIGTSTP)
    if not callable(let_go):
        return None

    def told(*_: object) -> None:
        loop.call_soon_threadsafe(begin)

    def stop() -> None:
        # Whatever stands between the shell and this program, such as make, has to stop with it.
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        with suppress(OSError):
            os.killpg(os.getpgrp(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, told)
        let_go(signal.SIGTSTP, None)

    with suppress(ValueError):
        signal.signal(signal.SIGTSTP, told)
        return stop
    return None
