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

from tracker.services.safekeeping.crash import record
from tracker.tui.terminal.farewell import Farewell

SIGNALLED = 128
"""What the shell adds to the number of a signal that ended a program."""
_OF_THE_SYSTEM = ("SIGKILL", "SIGSTOP")
_FAULTS = ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL")
"""A fault of the program itself: answered, it would be met again and again."""
_NO_END = ("SIGCHLD", "SIGCLD", "SIGCONT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGWINCH", "SIGINFO")
_AN_ERROR = ("SIGPIPE", "SIGXFSZ")
"""Ignored by Python, which makes an error of what they are about."""


def deadly() -> list[int]:
    """Return the numbers of the signals that would end this process on the spot, and can be answered; none on Windows.

    One that was switched off for this process from outside stays so, but for the hangup.
    """
    if sys.platform == "win32":
        return []
    spared = {getattr(signal, name, None) for name in (*_OF_THE_SYSTEM, *_FAULTS, *_NO_END, *_AN_ERROR)}
    always = (signal.SIGHUP, signal.SIGTERM)
    return [
        int(number)
        for number in sorted(signal.valid_signals() - spared)
        if number in always or signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
    ]


class SignalListener:
    """Answers every signal that asks this process to end: by `leave` with an exit code once it is known, and in time.

    A signal is answered also while the app waits for a terminal that reads nothing.
    """

    def __init__(self, farewell: Farewell) -> None:
        self._farewell = farewell
        self._leave: Callable[[], object] | None = None
        self._code = 0

    def listen(self) -> None:
        """Answer from now on. Outside of the main thread there is nothing to listen with."""
        with suppress(ValueError):
            for number in deadly():
                # Some of the numbers are taken by the system's own library.
                with suppress(OSError):
                    signal.signal(number, self._told)

    def hand_over(self, leave: Callable[[int], object]) -> None:
        """Let the app that runs now leave by its own way."""
        loop = asyncio.get_running_loop()

        def soon() -> None:
            _spare_what_is_gone()
            leave(self._code)

        self._leave = lambda: loop.call_soon_threadsafe(soon)

    def _told(self, number: int, _frame: object) -> None:
        self._code = self._code or SIGNALLED + number
        if self._leave is None:
            self._farewell.give_back()
            os._exit(self._code)
        self._farewell.end_soon(self._code)
        with suppress(RuntimeError):
            self._leave()


def leave_if_alone(leave: Callable[[int], object]) -> bool:
    """Call `leave` where the terminal has gone without a word, and return whether it has.

    A program between the terminal and this one, such as make, may take the signal for itself; nobody is left to read
    then, and the keys would be read for ever.
    """
    if not is_alone():
        return False
    _spare_what_is_gone()
    leave(SIGNALLED + int(signal.SIGHUP))
    return True


def is_alone() -> bool:
    """Return whether the terminal that is read from or written to has gone."""
    return any(_is_gone(stream) for stream in (sys.__stdin__, sys.__stdout__))


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
