"""What can go wrong in a use case, each with one plain line for the person and an exit code for the shell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, IntEnum

NOT_READ = "No commitment can be read, since a file cannot be used."


class Exit(IntEnum):
    """What the shell is told; these numbers are part of the interface."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    BUSY = 4
    DAMAGED = 5
    LOCKED = 6
    UNWRITTEN = 7
    INTERRUPTED = 130


class NextStep(Enum):
    """A next step that each face tells in its own words: a command, or a key."""

    CHOOSE = "choose from the catalogue"
    DOCTOR = "look what is wrong with the files"
    RESUME = "take the commitment up again"
    RESUME_ALL = "take all commitments up again"
    OUTCOME = "say how it turned out"
    FRIGHTEN = "read the safety page, from what is for those who frighten somebody"
    REPAIR = "put right what was hurt"
    NOW = "do it now, although it is late"
    PUT_AWAY = "put the commitment away"
    PUT_RIGHT = "put the lapse right"
    WRITE = "write it down in full"
    PAUSE = "So much heat asks for a pause: say that you take one, say when you are back, and come back."
    SMALLER = "make a commitment smaller"
    SWAP = "swap a commitment for another"
    TAKE_ON = "keep an act as a commitment of one's own"
    SAFETY = "read the safety page"
    HOW_LONG = "say how long a timer really ran"
    CARE = "read the safety page before you begin"


class TowardError(Exception):
    """Something could not be done and nothing changed; `message` names the problem and the way out.

    `way` is the next step where the message leaves it to the face, for the commitment `about`; `again` says that
    the same may work once what was in the way is gone.
    """

    exit = Exit.REFUSED
    again = False

    def __init__(self, message: str, way: NextStep | None = None, about: str = "") -> None:
        super().__init__(message)
        self.message, self.way, self.about = message, way, about


class Refused(TowardError):
    """It was understood and cannot be done as things are."""


class Unsaved(Refused):
    """The disk would not take it."""

    again = True


class BadInput(TowardError):
    """It cannot be read."""

    exit = Exit.USAGE


class InvalidChoice(BadInput):
    """A word is not among those to choose from.

    Args:
        what: what it was to name, such as "kind".
        also: a sentence that follows.
    """

    def __init__(self, word: str, choices: Iterable[str], what: str = "choice", also: str = "") -> None:
        super().__init__(f"Invalid {what}: '{word}' (choose from {', '.join(choices)}). {also}".rstrip())


class NotFound(TowardError):
    """No commitment has that name; `candidates` are ids with titles."""

    exit = Exit.NOT_FOUND

    def __init__(
        self,
        message: str,
        candidates: Sequence[tuple[str, str]] = (),
        way: NextStep | None = None,
        about: str = "",
    ) -> None:
        super().__init__(message, way, about)
        self.candidates = tuple(candidates)


class Ambiguous(NotFound):
    """More than one commitment goes by that name; `candidates` are those."""


class Busy(TowardError):
    """Another process holds the store."""

    exit = Exit.BUSY
    again = True


class Locked(TowardError):
    """The store is encrypted, and nothing that was given opens it."""

    exit = Exit.LOCKED


class Damaged(TowardError):
    """The store cannot be read, or was made by a newer version."""

    exit = Exit.DAMAGED
    again = True
