"""What a sentence about a schedule comes to: what it asks for, or why it is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.domain.schedules import Schedule

FORMS = (
    "daily, mon wed fri, 3 per week, every 3 days, 120 min per week, at most 2 per day, on event or once by 2026-12-24"
)


class BadSchedule(ValueError):
    """A sentence that is no schedule.

    `nearest` is a valid sentence that means the same, or empty where that is not certain; `either` are the two that it
    could mean. `why` is the reason; with `forms` the ways to write one are named after it.
    """

    def __init__(
        self, sentence: str, nearest: str = "", why: str = "", either: Sequence[str] = (), *, forms: bool = True
    ) -> None:
        self.sentence, self.nearest, self.why, self.either, self.forms = sentence, nearest, why, tuple(either), forms
        if either:
            said = f"'{sentence}' can mean two things: {' or '.join(repr(each) for each in either)}. Write one of them."
        else:
            because = f": {why}" if why else ""
            way = f" Did you mean '{nearest}'?" if nearest else f" It can be {FORMS}." if forms else ""
            said = f"'{sentence}' is not a schedule{because}.{way}"
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sentence asks for: the schedule, and the amount each time where it names one, in minutes or times."""

    schedule: Schedule
    target: int | None = None
    minutes: bool = False
