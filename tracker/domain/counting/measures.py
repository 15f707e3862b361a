"""Figures of their own beside the streaks: forecasts against what came, words against deeds, each side of needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import fmean
from typing import Any

from tracker.domain.language.words import say_number
from tracker.domain.records import Entry

FEW = 5
AS_FEARED = frozenset({"as_feared", "worse"})


def course(numbers: Sequence[int]) -> str:
    """Return how something was rated over time: each of a few, `80, 70, 55`, or the first and the last of many."""
    if len(numbers) <= FEW:
        return ", ".join(str(number) for number in numbers)
    return f"{numbers[0]} at first, {numbers[-1]} at last, {len(numbers)} times"


def level(numbers: Sequence[int]) -> str:
    """Return how high something was: each of fewer than five, or the mean of more, `6.2 on the whole, 7 times`."""
    if len(numbers) < FEW:
        return ", ".join(str(number) for number in numbers)
    return f"{say_number(fmean(numbers))} on the whole, {len(numbers)} times"


def eased(answers: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Return in how many thought records the feeling was weaker afterwards, and how many say both."""
    both = [(each.get("intensity_before"), each.get("intensity_after")) for each in answers]
    known = [(before, after) for before, after in both if before is not None and after is not None]
    return sum(after < before for before, after in known), len(known)


def told_in_time(answers: Iterable[Mapping[str, Any]]) -> str:
    """Return how many contacts were told of within a day, `told within a day: 1 of 2`, or nothing."""
    soon = [each["told_within_24h"] for each in answers if "told_within_24h" in each]
    return f"told within a day: {soon.count(True)} of {len(soon)}" if soon else ""


@dataclass(frozen=True, slots=True)
class Forecasts:
    """How often it came as feared (`came` of `checked`), against how likely it felt (0..100, None if never said)."""

    made: int
    checked: int
    came: int
    felt: float | None

    @property
    def summary(self) -> str:
        """Return it in words: `as feared 1 of 5, felt 64 % sure`; no percent for fewer than five."""
        if not self.checked:
            return f"{self.made} made, none checked yet" if self.made else ""
        felt = f", felt {self.felt:.0f} % sure" if self.felt is not None and self.checked >= FEW else ""
        return f"as feared {self.came} of {self.checked}{felt}"


def forecasts(answers: Iterable[Mapping[str, Any]]) -> Forecasts:
    """Return the calibration over all fear forecasts from their answers; only those checked count."""
    everything = list(answers)
    checked = [each for each in everything if each.get("outcome")]
    likely = [float(each["likelihood"]) for each in checked if each.get("likelihood") is not None]
    came = sum(each["outcome"] in AS_FEARED for each in checked)
    return Forecasts(len(everything), len(checked), came, fmean(likely) if likely else None)


@dataclass(frozen=True, slots=True)
class Promises:
    """Words against deeds: promises that fell due or were settled, by what came of them."""

    made: int
    kept: int
    moved: int
    late: int
    missed: int

    @property
    def settled(self) -> int:
        """Return how many have an outcome."""
        return self.kept + self.moved + self.late + self.missed

    @property
    def summary(self) -> str:
        """Return it in words; fewer than five settled ones are only counted: `2 of 3`."""
        if not self.settled:
            return f"{self.made} promised" if self.made else ""
        if self.settled < FEW:
            return f"{self.kept + self.moved} of {self.settled}"
        parts = [f"promised {self.made}", f"kept {self.kept}"]
        parts += [f"moved in time {self.moved}"] if self.moved else []
        parts += [f"late {self.late}"] if self.late else []
        parts += [f"not this time {self.missed}"] if self.missed else []
        return ", ".join(parts)


def promises(outcomes: Iterable[str | None]) -> Promises:
    """Return words against deeds from the outcome of every promise made; None or `promised` is still open."""
    counts = Counter(outcome or "promised" for outcome in outcomes)
    return Promises(counts.total(), counts["kept"], counts["renegotiated"], counts["late"], counts["missed"])


@dataclass(frozen=True, slots=True)
class Side:
    """One side's needs: how many were voiced, heard, and met or negotiated. Never set against the other side."""

    voiced: int
    heard: int
    met: int


def needs(answers: Iterable[Mapping[str, Any]]) -> dict[str, Side]:
    """Return each side's needs on its own, `theirs` and `mine`."""
    everything = list(answers)
    sides = {}
    for whose in ("theirs", "mine"):
        own = [each for each in everything if each.get("whose") == whose]
        heard = sum(each.get("heard") is True for each in own)
        met = sum(each.get("outcome") in ("met", "negotiated") for each in own)
        sides[whose] = Side(len(own), heard, met)
    return sides


PAUSED = "paused"
FUNNEL = ("trigger", "noticed early", "paused", "came back", "repaired")


def funnel(triggers: Sequence[Entry], time_outs: Sequence[Entry], repairs: int) -> tuple[tuple[str, int], ...]:
    """Return how many triggers were noticed, pauses taken, returns and repairs made, in that order.

    A pause counts that a trigger tells of, and one logged by itself; both on one day are the same one. Leaving without
    a word is no pause.
    """
    early = sum(each.fields.get("noticed") == "before" for each in triggers)
    paused = Counter(each.day for each in triggers if each.outcome == PAUSED)
    taken = Counter(each.day for each in time_outs if each.outcome != "not_announced")
    back = sum(each.outcome in ("on_time", "late") for each in time_outs)
    return tuple(zip(FUNNEL, (len(triggers), early, (paused | taken).total(), back, repairs), strict=True))


def turned(entries: Iterable[Entry]) -> tuple[float, float]:
    """Return how many invitations were answered by turning toward them, and of how many; a plain one was answered."""
    found = list(entries)
    answered = fsum(each.amount for each in found if each.fields.get("direction", "toward") == "toward")
    return answered, fsum(each.amount for each in found)
