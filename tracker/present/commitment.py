"""The page of one commitment, the same in both faces: figures, why they are so, calendar, plans and entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.figures import SCORE_FROM, Figures
from tracker.domain.counting.moments import HAPPENED
from tracker.domain.counting.occasions import Occasion, State
from tracker.domain.language.words import say_duration, say_number
from tracker.domain.records import LAPSE, Entry
from tracker.domain.text import discreet_mode
from tracker.present import signs
from tracker.present.day import asks_for, day_name, span_name
from tracker.present.signs import NOTE, Shade
from tracker.services.change import say_day, say_earlier, say_replies
from tracker.services.commitments.outcomes import say_outcome
from tracker.services.commitments.plans import say_plan
from tracker.services.views.details import Details

EARLIER = "earlier streaks"
PAUSES_SHOWN = 3
WORDS = {
    State.KEPT: "kept",
    State.PARTLY: "partly",
    State.MISSED: "not this time",
    State.OPEN: "open",
    State.NEUTRAL: "nothing asked",
}
TOLD = ("tag", "topic", "depth")
"""The answers that are told of an entry, in this order."""


class Figure(NamedTuple):
    """One number of a commitment with its name."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: rows of cells under a heading, and sentences below them."""

    heading: str
    rows: tuple[tuple[str, ...], ...]
    sentences: tuple[str, ...] = ()


def state(view: Details) -> str:
    """Return where a commitment stands today."""
    return "archived" if view.commitment.archived else view.row.summary


def figures(view: Details) -> tuple[Figure, ...]:
    """Return the numbers of a commitment: of what is avoided its moments first, of harm no number that has a price."""
    commitment, counted = view.commitment, view.figures
    found = [Figure("moments", view.moments.headline or "none yet")] if commitment.kind is Kind.AVOID else []
    if commitment.counts:
        found.append(Figure("streak", signs.streak(commitment, counted)))
        found.append(Figure("best", signs.best(commitment, counted)))
    if commitment.counts and not commitment.harm:
        kept = f"{counted.kept} of {counted.occasions}" if counted.occasions else signs.NONE
        found.append(Figure("kept", kept))
        if counted.score_shown:
            found.append(Figure("consistency", signs.consistency(counted)))
        if counted.bounce_back is not None:
            days = say_number(counted.bounce_back)
            found.append(Figure("back after", f"{days} day{'' if days == '1' else 's'}"))
    if in_total := total(commitment, view.total):
        found.append(Figure("in total", in_total))
    return tuple(found)


def earlier(view: Details) -> tuple[str, ...]:
    """Return the streaks that closed when the plan began to count in another unit, oldest first."""
    return tuple(say_earlier(each, view.row.day) for each in view.figures.closed)


def sentences(view: Details) -> tuple[str, ...]:
    """Return what its answers say, why it asks for less just now, and what else of it two devices changed."""
    return tuple(each for each in (asks_for(view.row), *view.insights, *view.unsettled) if each)


def why(view: Details) -> Section | None:
    """Return what the last occasions added to consistency or cost, newest first, and what the next one gives.

    None for what may hurt somebody, which has no price, and for what counts nothing.
    """
    if view.commitment.harm or not view.commitment.counts:
        return None
    told, today = view.explanation, view.row.day
    if (not_yet := no_number_yet(view.figures)) or told.now is None:
        return Section("Why this number", (), (not_yet,))
    words = words_of(view.commitment)
    rows = [
        (_when(step.occasion, today), words[step.occasion.state], f"{step.points:+.1f}")
        for step in reversed(told.steps)
    ]
    skipped = "" if told.if_skipped is None else f", skipped {told.if_skipped:.1f}"
    comes = f"kept next {told.if_kept:.1f}, missed {told.if_missed:.1f}{skipped}"
    return Section("Why this number", tuple(rows), (f"now {told.now:.1f} of 100", comes))


def _when(occasion: Occasion, today: date) -> str:
    if occasion.first == occasion.last or occasion.last == date.max:
        return say_day(occasion.first, today)
    return span_name(occasion.first, occasion.last)


def plans(view: Details) -> Section:
    """Return what it asked for from which day on, newest first, and its last pauses."""
    rows = [(f"from {each.start}", say_plan(view.commitment.kind, each)) for each in reversed(view.plans)]
    paused = [("paused", f"{each.first} – {each.last or 'until resumed'}") for each in view.pauses[-PAUSES_SHOWN:]]
    return Section("Plans", (*rows, *paused))


def lately(view: Details, most: int) -> Section:
    """Return the latest entries, newest first: the day, a few words, and a sign where the day has a note."""
    rows = [
        (say_day(each.day, view.row.day), entry(view.commitment, each), NOTE if each.day in view.note_days else "")
        for each in reversed(view.entries[-most:])
    ]
    return Section("Lately", tuple(rows), () if rows else ("nothing yet",))


def day_line(view: Details, day: date, reads: str) -> str:
    """Return what is known of a day of the calendar; `reads` is how its note is read."""
    found = view.days().get(day)
    began = view.plans[0].start
    words = [words_of(view.commitment)[found[0]] if found else "before it began" if day < began else "not asked"]
    if day in view.skips:
        words = [f"skipped, {view.skips[day]}" if view.skips[day] else "skipped"]
    logged = view.logged_days().get(day)
    if logged is not None:
        in_minutes = view.commitment.kind is Kind.MINUTES
        words.append(say_duration(logged) if in_minutes else f"{say_number(logged)} logged")
    if day in view.note_days:
        several = view.several.get(day)
        words.append(f"{NOTE} {several} versions, {reads} them" if several else f"{NOTE} {reads} the note")
    return f"{day_name(day, view.row.day)}: {', '.join(words)}"


def calendar(view: Details) -> dict[date, Shade]:
    """Return how much each day stands out: most what was logged, less a stretch that is open or kept without it."""
    shades: dict[date, Shade] = {}
    logged = view.logged_days()
    for day, (found, credit) in view.days().items():
        if found is State.KEPT:
            shades[day] = "full" if day in logged or view.row.unit == "days" else "low"
        elif found is State.PARTLY or (found is State.OPEN and day in logged):
            shades[day] = "high" if day in logged else "dim"
        elif found is State.MISSED:
            shades[day] = "mid" if credit > 0 else "dim"
        elif found is State.OPEN and day == view.row.day:
            shades[day] = "open"
    for day in logged:
        shades.setdefault(day, "full")
    return shades | {each.day: "dim" for each in view.entries if each.outcome == LAPSE}


def first_weekday(view: Details) -> int:
    """Return the weekday (0 is Monday) on which the weeks of a commitment begin."""
    weeks = [each for each in view.occasions if each.unit == "weeks" and (each.last - each.first).days == 6]
    return weeks[-1].first.weekday() if weeks else 0


def words_of(commitment: Commitment) -> dict[State, str]:
    """Return the states of a commitment in words; of what is avoided a missed day is one on which it happened."""
    return {**WORDS, State.MISSED: HAPPENED} if commitment.kind is Kind.AVOID else WORDS


def total(commitment: Commitment, amount: float) -> str:
    """Return what was logged in all, or nothing for what is only checked off or avoided."""
    match commitment.kind:
        case Kind.MINUTES:
            return say_duration(amount)
        case Kind.COUNT | Kind.EVENT | Kind.TASK:
            return times(amount)
        case _:
            return ""


def times(number: float) -> str:
    """Return how often in words: `once`, `4 times`."""
    return "once" if number == 1 else f"{say_number(number)} times"


def no_number_yet(figures: Figures) -> str:
    """Return why consistency is no number yet, or nothing once it is one."""
    if figures.score_shown:
        return ""
    if not figures.occasions:
        return "Nothing is settled yet. The first day that ends begins the count."
    return f"{figures.kept} of {figures.occasions} kept so far. Consistency is a number after {SCORE_FROM} times."


def entry(commitment: Commitment, one: Entry) -> str:
    """Return an entry in a few words, without anything private: `45 min, walk`, `fears, depth 2`, `4 replies`."""
    answers = [(name, str(one.fields[name])) for name in TOLD if one.fields.get(name)]
    words = [f"{name} {text}" if name == "depth" else discreet_mode.dotted(text) for name, text in answers]
    return ", ".join([_what(commitment, one), *words])


def _what(commitment: Commitment, one: Entry) -> str:
    if one.outcome is not None:
        return say_outcome(commitment, one)
    if commitment.kind is Kind.MINUTES:
        return say_duration(one.amount)
    if commitment.worth.is_replies:
        replied, left = one.fields.get("in_window"), one.fields.get("unanswered")
        parts = [say_replies(int(replied))] if isinstance(replied, int) else []
        parts += [f"{left} unanswered"] if isinstance(left, int) and left else []
        return ", ".join(parts) or "done"
    return "done" if one.amount == 1 else times(one.amount)
