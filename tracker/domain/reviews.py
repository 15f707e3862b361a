"""Looking back: the parts of a review, and what three views of the same week say beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import fmean, pstdev
from typing import Any

from tracker.domain.calendar import Calendar, Span
from tracker.domain.counting.figures import FEW
from tracker.domain.fields import Field, Type

HIGHEST_RATING, HIGHEST_DIAL = 4, 10
ONE_DIGIT = 9
SAFE, UNSAFE_TO = "safe", 4
PEACE, UNSAFE_FROM = "gave_up", 3
WINDOW, SWING = 4, 8
NO_VIEW = "No view yet."
EFFORT = "Without their view you see effort, not effect."
CURIOUS = "What they feel is not up for debate. Be curious about it."
RATING_WORDS = ("not at all", "a little", "sometimes", "mostly", "very much")


class Review(StrEnum):
    """The four ways to look back."""

    DAY = "day"
    WEEK = "week"
    TOGETHER = "together"
    MONTH = "month"

    def span(self, day: date, calendar: Calendar) -> Span:
        """Return the period of this kind that holds a day."""
        if self is Review.DAY:
            return Span(day, day, 1)
        return calendar.month(day) if self is Review.MONTH else calendar.week(day)


class Free(StrEnum):
    """Whether a partner was free to answer honestly, as told by them alone."""

    YES = "yes"
    NOT_QUITE = "not_quite"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Item:
    """One item that is rated, or one dial: its name, what is asked of oneself and of the partner, the highest answer.

    Where nothing is asked of oneself, it is the partner's alone.
    """

    name: str
    label: str
    mine: str
    theirs: str
    high: int


@dataclass(frozen=True, slots=True)
class Pause:
    """From which answer on (`least`, of a field) a talk asks for a pause, and the commitment that is one taken well."""

    field: str
    least: int
    commitment: str


@dataclass(frozen=True, slots=True)
class Lead:
    """Which answer to a field, or any without `answer`, leads on to something that is done elsewhere."""

    field: str
    to: str
    answer: str = ""

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Return whether these answers lead there."""
        given = answers.get(self.field)
        return given == self.answer if self.answer else bool(given)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a review: how many minutes it takes, what to do, what is asked, and what may be shared.

    `turn` is how many of its minutes each of two speaks, 0 where nobody takes turns. `waits` are the beginnings of the
    commitments whose open questions are named in it, an empty one for all. `later` is asked on a day that an answer
    names, and then stands open under the name `stands`. `leads` are what answers lead on to.
    """

    name: str
    title: str
    minutes: int
    say: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    offers: tuple[str, ...] = ()
    rates: bool = False
    dials: bool = False
    counts: bool = False
    turn: int = 0
    pause: Pause | None = None
    waits: tuple[str, ...] = ()
    later: tuple[Field, ...] = ()
    stands: str = ""
    leads: tuple[Lead, ...] = ()

    @property
    def scale(self) -> Field | None:
        """Return the one scale that a single digit answers, None where something else of this part is needed too."""
        scales = [field for field in self.fields if field.type is Type.SCALE]
        others = [field for field in self.fields if field.type is not Type.SCALE]
        one = len(scales) == 1 and scales[0].high <= ONE_DIGIT and all(field.optional for field in others)
        return scales[0] if one and not (self.rates or self.dials or self.pause) else None

    def ends(self, now: datetime) -> tuple[datetime, ...]:
        """Return when the minutes would be over if they began now: of each turn, or of the whole part."""
        each = self.turn or self.minutes
        return tuple(now + timedelta(minutes=done) for done in range(each, self.minutes + 1, each))

    def pause_after(self, answers: Mapping[str, Any]) -> str:
        """Return the commitment of the pause that these answers ask for, or nothing."""
        if self.pause is None or (answers.get(self.pause.field) or 0) < self.pause.least:
            return ""
        return self.pause.commitment

    def leads_to(self, answers: Mapping[str, Any]) -> str:
        """Return what these answers lead on to, or nothing."""
        return next((lead.to for lead in self.leads if lead.holds(answers)), "")


@dataclass(frozen=True, slots=True)
class Script:
    """A review as it is gone through."""

    kind: Review
    title: str
    before: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def minutes(self) -> int:
        """Return how long it takes."""
        return sum(part.minutes for part in self.parts)

    def part(self, name: str) -> Part | None:
        """Return the part of that name."""
        return next((part for part in self.parts if part.name == name), None)


@dataclass(frozen=True, slots=True)
class Area:
    """One step in the review of a month: what I do, what happens between us, what it becomes."""

    step: str
    name: str
    leading: str
    middle: str
    lagging: str


@dataclass(frozen=True, slots=True)
class Scripts:
    """All reviews, the items of the rating, the dials, what a month asks the partner alone, and its areas."""

    scripts: Mapping[Review, Script]
    items: tuple[Item, ...]
    dials: tuple[Item, ...]
    alone: tuple[Item, ...]
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class Views:
    """One item seen three ways, each None where it is missing or did not come up."""

    item: Item
    mine: int | None
    guess: int | None
    theirs: int | None

    @property
    def blind_spot(self) -> int | None:
        """Return mine less theirs: more than 0 where I see more than they feel, less where I am harder on myself."""
        return None if self.mine is None or self.theirs is None else self.mine - self.theirs

    @property
    def distance(self) -> int | None:
        """Return how far my guess was from theirs."""
        return None if self.guess is None or self.theirs is None else abs(self.guess - self.theirs)

    @property
    def summary(self) -> str:
        """Return it in words: `Listening: you thought 3, they felt 1. Ask: what would have made it a 2?`."""
        what = f"{self.item.label[:1].upper()}{self.item.label[1:]}"
        if self.theirs is None:
            return NO_VIEW
        if self.mine is None:
            return f"{what}: they felt {self.theirs}."
        if self.mine == self.theirs:
            return f"{what}: {self.theirs} from both of you."
        text = f"{what}: you thought {self.mine}, they felt {self.theirs}."
        if self.theirs < self.mine:
            return f"{text} Ask: what would have made it a {self.theirs + 1}?"
        return f"{text} Ask: what was it that reached them?"

    @property
    def side_by_side(self) -> str:
        """Return a dial in words, which each turned for themselves: `safe: you 8, they 7`; or what only they said."""
        if not self.item.mine:
            return f"{self.item.label}: they said {'nothing' if self.theirs is None else RATING_WORDS[self.theirs]}"
        own, other = ("nothing said" if each is None else each for each in (self.mine, self.theirs))
        return f"{self.item.label}: you {own}, they {other}"


Ratings = Mapping[str, int | None]


def views(items: Iterable[Item], mine: Ratings, guess: Ratings, theirs: Ratings) -> tuple[Views, ...]:
    """Return every item seen three ways; what is missing stays missing."""
    return tuple(Views(item, mine.get(item.name), guess.get(item.name), theirs.get(item.name)) for item in items)


def attunement(found: Iterable[Views]) -> float | None:
    """Return the mean distance of my guesses from what they said, or None where no item has both."""
    distances = [each.distance for each in found if each.distance is not None]
    return fmean(distances) if distances else None


def say_attunement(weeks: Sequence[float]) -> str:
    """Return in words where attunement went, from one mean distance a week, oldest first.

    Falling is good: I know better how it is to be with me. Fewer than five weeks are only counted.
    """
    if len(weeks) < FEW:
        close = sum(distance <= 1 for distance in weeks)
        return f"guessed within one step in {close} of {len(weeks)}" if weeks else ""
    return _say(weeks, "your guesses come closer: you know better how it is to be with you", "your guesses drift off")


def say_blind_spot(weeks: Sequence[int]) -> str:
    """Return in words where a blind spot went, from its value a week, oldest first; fewer than five are counted."""
    if len(weeks) < FEW:
        alike = sum(spot == 0 for spot in weeks)
        return f"seen alike in {alike} of {len(weeks)}" if weeks else ""
    return _say([abs(spot) for spot in weeks], "your views come closer", "your views drift apart")


def _say(weeks: Sequence[float], closer: str, apart: str) -> str:
    """Return which way four weeks differ from the four before, unless it is no more than the usual swing."""
    now, before = weeks[-WINDOW:], weeks[-2 * WINDOW : -WINDOW]
    change = fmean(now) - fmean(before)
    if abs(change) <= pstdev(weeks[-SWING:]):
        return "about the same"
    return closer if change < 0 else apart


def unsafe(dial: str, answer: int | None) -> bool:
    """Return whether an answer calls for the safety page, for whoever gave it, at once and for no one else."""
    return dial == SAFE and answer is not None and answer <= UNSAFE_TO


def never_kept(item: str, answer: object) -> bool:
    """Return whether a partner's answer is written nowhere, and no other answer of that turn with it.

    A *safe* that is left empty is one: it would stand out where the others are told.
    """
    if item == SAFE:
        return type(answer) is not int or answer <= UNSAFE_TO
    return item == PEACE and type(answer) is int and answer >= UNSAFE_FROM


def may_be_kept(kind: Review, answers: Mapping[str, object]) -> bool:
    """Return whether a partner's turn may be written and read: all of it, or nothing."""
    if any(never_kept(item, answer) for item, answer in answers.items()):
        return False
    return bool(answers) and (kind is not Review.MONTH or SAFE in answers)
