"""Being told to stop: the terminal is given back as it was, and what was asked for is written first."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from tracker.services.crash import record

SIGNALLED = 128
"""What the shell adds to the number of a signal that ended a program."""


def listen(leave: Callable[[int], object]) -> None:
    """Call `leave` with an exit code when this process is asked to end or its terminal goes; nothing on Windows."""
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # Outside of the main thread, and on Windows, there is nothing to listen with.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            if number is not None:
                loop.add_signal_handler(number, _told, int(number), leave)


def leave_if_alone(leave: Callable[[int], object]) -> bool:
    """Call `leave` where the terminal has gone without a word, and return whether it has.

    A program between the terminal and this one, such as make, may take the signal for itself; nobody is left to read
    then, and the keys would be read for ever.
    """
    if not is_alone():
        return False
    _told(int(signal.SIGHUP), leave)
    return True


def is_alone() -> bool:
    """Return whether the terminal that is read from or written to has gone."""
    return any(_is_gone(stream) for stream in (sys.__stdin__, sys.__stdout__))


def _told(number: int, leave: Callable[[int], object]) -> None:
    _spare_what_is_gone()
    leave(SIGNALLED + number)


def _spare_what_is_gone() -> None:
    """Let the last words to a terminal that has gone go nowhere, instead of failing."""
    for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        if stream is not None and _is_gone(stream):
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_RDWR)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)


def _is_gone(stream: TextIO | None) -> bool:
    """Return whether a stream leads to a terminal that is there no more; never on Windows."""
    try:
        import termios
    except ImportError:
        return False
    try:
        if stream is not None:
            termios.tcgetattr(stream.fileno())
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    except (OSError, ValueError):
        pass
    return False


def keep_quiet(state: Path, leave: Callable[[int], object]) -> None:
    """Let no error that nobody waited for be printed: Python's own reports repeat its message, which may be private.

    One that comes of a terminal that has gone is no fault: `leave` is called with an exit code instead.
    """
    loop = asyncio.get_running_loop()

    def unheard(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        if isinstance(error := context.get("exception"), BaseException):
            keep(error)

    def in_thread(what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None:
            keep(what.exc_value)

    def keep(error: BaseException) -> None:
        if not isinstance(error, OSError) or not is_alone():
            record(state, error)
            return
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(leave_if_alone, leave)

    loop.set_exception_handler(unheard)
    threading.excepthook = in_thread
