"""The passphrase of an encrypted store: typed at a terminal, or read from a descriptor."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from tracker.cli.output import Output
from tracker.ledger.errors import BadInput, Locked, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.environment import Environment, state_of
from tracker.services.safekeeping import encryption

T = TypeVar("T")
TRIES = 3
LONGEST = 10_000
NOT_TEXT = "{} is not UTF-8 text, so no passphrase was taken from it. To convert a file: iconv -t UTF-8 FILE"
HOW = (
    "This store is encrypted, and nobody is here to type its passphrase. Give it on a descriptor: "
    "toward today --passphrase-fd 3 3< FILE"
)


class Passphrases:
    """Where one command gets passphrases from: the descriptor of --passphrase-fd, else the terminal."""

    def __init__(self, descriptor: str | None, out: Output) -> None:
        self._descriptor, self._out = descriptor, out

    @cached_property
    def _lines(self) -> list[str]:
        """Return what came on the descriptor; it is read once."""
        return [] if self._descriptor is None else from_descriptor(self._descriptor)

    def use(self, attempt: Callable[[str], T], question: str = "Passphrase", note: str = "") -> T:
        """Return what `attempt` makes of the passphrase, asked for up to three times at a terminal.

        Raises Locked after the last wrong one, or where nobody can type one.
        """
        if self._descriptor is not None:
            return attempt(self._lines[0])
        if not has_terminal():
            raise Locked(HOW)
        encryption.need_library()
        if note:
            self._out.print_note(note)
        for _ in range(TRIES - 1):
            try:
                return attempt(typed(question))
            except (Locked, BadInput) as error:
                self._out.print_note(error.message)
        return attempt(typed(question))

    def new(self, line: int) -> str:
        """Return a new passphrase: typed twice, or that line of the descriptor. Raises BadInput."""
        if self._descriptor is not None:
            first = second = self._lines[line] if line < len(self._lines) else ""
        else:
            self.need_source()
            first, second = typed("New passphrase"), typed("The same once more")
        encryption.check_passphrase(first, second)
        return first

    def need_source(self) -> None:
        """Raise BadInput where there is neither a descriptor nor a terminal."""
        if self._descriptor is None and not has_terminal():
            raise BadInput("This asks for a passphrase, and nobody is here to type it. Run it at a terminal.")

    def open_store(self, here: Environment, *, by_hand: bool = False) -> Workspace:
        """Return the encrypted store, unlocked; `by_hand` asks whatever the keyring knows. Raises Locked."""
        if self._descriptor is None and not by_hand:
            from tracker.services.safekeeping.keyring import recall

            with suppress(Locked):
                if (key := recall(here.data, here.state)) is not None:
                    return Workspace.at(here.data, here.state, here.clock, key=key)
        state = state_of(here.data, here.state)
        return self.use(
            lambda text: Workspace.at(here.data, here.state, here.clock, key=encryption.unlock(here.data, text, state))
        )

    def key_of(self, folder: Path, known: encryption.StoreKey | None = None) -> encryption.StoreKey | None:
        """Return what opens a data folder or a copy of one: None where it is plain, `known` if that does.

        Raises Locked as `use` does.
        """
        if not encryption.needs_key(folder) or (known is not None and encryption.opens(folder, known)):
            return known
        return self.use(lambda text: encryption.unlock(folder, text), note=f"{folder} is encrypted.")

    def known_key(self, here: Environment) -> encryption.StoreKey:
        """Return the key that this computer knows the store by, whatever store.json says now. Raises Locked."""
        state = state_of(here.data, here.state)
        return self.use(lambda text: encryption.find_key(here.data, state, text))


def has_terminal() -> bool:
    """Return whether a passphrase can be typed: at the terminal of this process, whatever standard input is."""
    with suppress(OSError):
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
        return True
    return False


def typed(question: str) -> str:
    """Return a line typed without being shown. Raises Refused where there is none, BadInput where it is no text."""
    import getpass

    try:
        line = getpass.getpass(f"{question}: ")
        line.encode()
    except EOFError:
        raise Refused("Cancelled: no answer was given. Nothing changed.") from None
    except UnicodeError:
        raise BadInput(NOT_TEXT.format("What was typed")) from None
    return line


def from_descriptor(number: str) -> list[str]:
    """Return the lines that an open file descriptor holds. Raises BadInput."""
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise BadInput(f"'{number}' is not the number of an open descriptor. Try: --passphrase-fd 3 3< FILE")
    chunks: list[bytes] = []
    try:
        while (chunk := os.read(int(number), LONGEST)) and sum(map(len, chunks)) <= LONGEST:
            chunks.append(chunk)
    except OSError:
        raise BadInput(f"Descriptor {number} is not open for reading. Try: --passphrase-fd 3 3< FILE") from None
    if sum(map(len, chunks)) > LONGEST:
        raise BadInput(f"Descriptor {number} holds more than {LONGEST:,} bytes, which no passphrase here may have.")
    try:
        lines = b"".join(chunks).decode().split("\n")
    except UnicodeError:
        raise BadInput(NOT_TEXT.format(f"What descriptor {number} holds")) from None
    return [line.removesuffix("\r") for line in lines]
