"""One shard in memory: how it looked when it was last read, what it gave, and what is said of one that is older."""

from __future__ import annotations

from tracker.store.crypto.vault import AGE
from tracker.store.events import Event
from tracker.store.files import Signature


class ShardState:
    """One shard: how it looked when it was last read, and what it gave."""

    __slots__ = ("emptied", "events", "loaded", "remembered", "signature", "trouble", "try_again")

    def __init__(
        self,
        signature: Signature | None,
        *,
        loaded: bool = True,
        events: tuple[Event, ...] = (),
        remembered: tuple[Event, ...] = (),
        trouble: str | None = None,
        try_again: bool = False,
    ) -> None:
        self.signature = signature
        self.loaded = loaded
        self.events = events
        self.remembered = remembered
        self.trouble = trouble
        self.try_again = try_again
        self.emptied: tuple[int, int] = (0, 0)

    @property
    def all_events(self) -> tuple[Event, ...]:
        return self.events + self.remembered


def say_gone(number: int, is_there: bool) -> str:
    """Return what is said of a file that holds less than this computer remembers of it."""
    them = "entry" if number == 1 else "entries"
    if is_there:
        return f"is an older copy: it lacks at least {number} {them} that this computer saw in it"
    return f"is gone, and held {number} {them} when this computer last saw it"


def twin(name: str) -> str:
    """Return the name that a shard has once it is encrypted, or once it is no more."""
    return name.removesuffix(AGE) if name.endswith(AGE) else name + AGE
