"""The minutes of a part, turn by turn: begun and stopped by hand, and ending nothing."""

from __future__ import annotations

from tracker.domain.reviews import Part

SPEAKS = ("the first speaks", "the second speaks")


class Countdown:
    """How much is left of a part, or of the turn that one of two speaks; all times are handed in, in seconds."""

    def __init__(self) -> None:
        self._until: float | None = None
        self._left = 0.0
        self._turn = 0

    @property
    def runs(self) -> bool:
        """Return whether it was begun and not stopped, also where its time is up."""
        return self._until is not None

    def waits(self, part: Part) -> bool:
        """Return whether a turn is over and another is to begin."""
        return self.runs and self._left <= 0 and (self._turn + 1) * part.turn < part.minutes * bool(part.turn)

    def start(self, part: Part, now: float) -> None:
        """Begin the part, or its next turn where one is over."""
        self._turn = self._turn + 1 if self.waits(part) else 0
        self._left = 60.0 * (part.turn or part.minutes)
        self._until = now + self._left

    def stop(self) -> None:
        """Stop; the next start is of the first turn."""
        self._until = None

    def tick(self, now: float) -> None:
        """Take in what time it is."""
        if self._until is not None:
            self._left = self._until - now

    def describe(self, part: Part) -> str:
        """Return what is left, in a few words, or nothing where it does not run."""
        if not self.runs:
            return ""
        if self.waits(part):
            return "change sides when you are ready, t begins"
        if self._left <= 0:
            return "the time is up, take what you need"
        minutes, seconds = divmod(int(self._left), 60)
        return f"{f'{SPEAKS[self._turn]}, ' if part.turn else ''}{minutes}:{seconds:02d} left, t stops"
