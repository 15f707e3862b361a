"""What a use case answers: sentences that say what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.figures import Figures, Streak
from tracker.domain.counting.occasions import Occasion, State
from tracker.domain.language.words import say_duration, say_number
from tracker.domain.schedules import Unit
from tracker.ledger.errors import NextStep
from tracker.ledger.workspace import Workspace

ONE = {"days": "day", "weeks": "week", "months": "month", "times": "time"}


@dataclass(frozen=True, slots=True)
class Change:
    """An answer: what was done (`lines`), to which commitment, and whether anything was written at all.

    `way` is what a person may want to do next; each face says how in its own words.
    """

    lines: tuple[str, ...]
    commitment: str | None = None
    changed: bool = True
    operation: str | None = None
    way: NextStep | None = None


def say_streak(streak: int, unit: Unit) -> str:
    """Return a streak in words: `3 days in a row`."""
    word = ONE[unit] if streak == 1 else unit
    return f"{streak} {word} in a row" if streak > 1 else f"{streak} {word}"


def say_earlier(streak: Streak, today: date) -> str:
    """Return a streak that closed, with its dates: `3 days, 2 March to 4 March`."""
    length = say_streak(streak.kept, streak.unit).removesuffix(" in a row")
    days = (streak.first,) if streak.first == streak.last else (streak.first, streak.last)
    year = "" if streak.last.year == today.year else f" {streak.last.year}"
    return f"{length}, {' to '.join(f'{day.day} {day:%b}' for day in days)}{year}"


def say_amount(commitment: Commitment, occasion: Occasion) -> str:
    """Return what is done of what is asked: `2 of 3`, `45 of 120 min`; of a limit `1, at most 2`."""
    if commitment.limited_on(occasion.first):
        unit = " min" if commitment.kind is Kind.MINUTES else ""
        return f"{say_number(occasion.done)}, at most {say_number(occasion.target)}{unit}"
    if commitment.kind is Kind.MINUTES:
        if not occasion.target:
            return say_duration(occasion.done)
        return f"{say_number(occasion.done)} of {say_number(occasion.target)} min"
    if not occasion.target:
        return say_number(occasion.done)
    return f"{say_number(occasion.done)} of {say_number(occasion.target)}"


def say_replies(number: int) -> str:
    """Return how many replies were given: `1 reply`, `4 replies`."""
    return f"{number} {'reply' if number == 1 else 'replies'}"


def then(sentence: str) -> str:
    """Return words as a sentence to come after another, or nothing for no words."""
    return f" {sentence[0].upper()}{sentence[1:]}." if sentence else ""


def say_day(day: date, today: date) -> str:
    """Return a day as people say it."""
    ago = (today - day).days
    if ago in (0, 1):
        return ("today", "yesterday")[ago]
    if ago == -1:
        return "tomorrow"
    return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")


def say_days(days: tuple[date, ...], today: date) -> str:
    """Return one day or a range in words."""
    if len(days) == 1:
        return say_day(days[0], today)
    return f"{len(days)} days, {say_day(days[0], today)} to {say_day(days[-1], today)}"


def progress_line(workspace: Workspace, commitment: Commitment, days: Sequence[date] = ()) -> str:
    """Return where a commitment stands, in one short sentence: now, or in the time that the days filled in lie in."""
    figures = workspace.ledger.figures(commitment.id, workspace.today)
    current = figures.current
    if not days or max(days) == workspace.today or (current is not None and current.first <= max(days)):
        return say_standing(commitment, figures)
    return _say_past(workspace, commitment, figures, days)


def _say_past(workspace: Workspace, commitment: Commitment, figures: Figures, days: Sequence[date]) -> str:
    """Return how a time gone by stands after its days were filled in, and the streak where it reaches back to it."""
    first, last = min(days), max(days)
    found = workspace.ledger.occasions(commitment.id, workspace.today, first)
    covering = next((each for each in found if each.last >= first), None)
    parts = []
    if covering is not None and covering.first <= first and last <= covering.last:
        parts = [text] if (text := _say_occasion(commitment, covering)) else []
    if figures.since is not None and figures.since <= last and not commitment.harm:
        parts.append(f"now {say_streak(figures.streak, figures.unit)}")
    return "; ".join(parts)


def _say_occasion(commitment: Commitment, occasion: Occasion) -> str:
    """Return what became of a time gone by: `that week: 2 of 5`, `that day: kept`; nothing for an event or a lapse."""
    if commitment.kind in (Kind.AVOID, Kind.EVENT) or occasion.state is State.NEUTRAL:
        return ""
    period = occasion.unit in ("weeks", "months") or occasion.first != occasion.last
    lasts = occasion.unit if period else "days"
    when = f"that {ONE[lasts]}"
    kept = occasion.state is State.KEPT
    if occasion.target > 1 or commitment.limited_on(occasion.first):
        return f"{when}: {say_amount(commitment, occasion)}" + (" - kept" if kept else "")
    return f"{when}: {'kept' if kept else 'partly' if occasion.credit else 'not kept'}"


def say_standing(commitment: Commitment, figures: Figures) -> str:
    """Return progress and streak in words, or an empty text where there is nothing to say yet."""
    parts = []
    current = figures.current
    if current is not None and (current.target > 1 or commitment.limited_on(current.first)):
        kept = current.state is State.KEPT
        parts.append(say_amount(commitment, current) + (" - kept" if kept else ""))
    if commitment.harm:
        return "; ".join(parts)
    if figures.streak and (current is None or current.state is not State.MISSED):
        parts.append(say_streak(figures.streak, figures.unit))
    return "; ".join(parts)
