"""What an entry is worth by its own answers: an answer that says no is never counted as kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.domain.records import Entry

ENOUGH_REPLIES = 0.8
NUMBERS = ("needing_reply", "in_window", "late", "unanswered", "told_beforehand")


@dataclass(frozen=True, slots=True)
class Worth:
    """What answers let an entry count for: `most` (0..1), and whether a day's entries are one account of messages."""

    most: Callable[[Mapping[str, Any]], float] = lambda _: 1.0
    is_replies: bool = False

    def of_day(self, entries: Sequence[Entry]) -> float:
        """Return what the entries of one day of something that is checked off come to, 0..1; the last one says it."""
        counted = [entry for entry in entries if not entry.neutral]
        if not counted:
            return 0.0
        if self.is_replies:
            return replies(counted).worth
        last = counted[-1]
        return min(self.most(last.fields), 1.0 if last.credit is None else last.credit)


PLAIN = Worth()
"""The worth of what counts whole, whatever its answers say."""


@dataclass(frozen=True, slots=True)
class Replies:
    """The messages of one day: how many needed a reply, got one in time or later, got none yet, or were announced.

    `affirmed` says that the day was checked off without numbers, and nothing was said of it since.
    """

    needing: int = 0
    in_window: int = 0
    late: int = 0
    unanswered: int = 0
    announced: int = 0
    affirmed: bool = False

    @property
    def given(self) -> int:
        """Return how many replies were given."""
        return self.in_window + self.late

    @property
    def none_needed(self) -> bool:
        """Return whether nothing needed a reply."""
        return not (self.affirmed or self._asked)

    @property
    def _asked(self) -> int:
        return max(self.needing, self.announced, self.given + self.unanswered)

    @property
    def worth(self) -> float:
        """Return v = min(1, (in time + announced) / needing a reply / 0.8); a day that was affirmed is kept."""
        if self.affirmed:
            return 1.0
        return min(1.0, (self.in_window + self.announced) / self._asked / ENOUGH_REPLIES) if self._asked else 0.0

    def and_then(self, answers: Mapping[str, Any]) -> Replies:
        """Return the day after one more entry.

        One with the whole account of the day replaces what came before, one without numbers affirms the day, and any
        other adds to it.
        """
        said = {name: int(answers[name]) for name in NUMBERS if isinstance(answers.get(name), int | float)}
        if not said:
            return Replies(in_window=self.in_window, late=self.late, affirmed=True)
        whole = "needing_reply" in said or ("in_window" in said and ("late" in said or "unanswered" in said))
        before = Replies() if whole else self
        return Replies(
            needing=before.needing + said.get("needing_reply", 0),
            in_window=before.in_window + said.get("in_window", 0),
            late=before.late + said.get("late", 0),
            unanswered=before.unanswered + said.get("unanswered", 0),
            announced=before.announced + said.get("told_beforehand", 0),
        )


def replies(entries: Iterable[Entry]) -> Replies:
    """Return what the entries of one day say of its messages, oldest first."""
    day = Replies()
    for entry in entries:
        day = day.and_then(entry.fields)
    return day
