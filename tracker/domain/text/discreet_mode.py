"""Discreet or not: whether titles, names of steps and words of one's own are to be told as codes and dots.

It holds for the whole process: whatever is told, by whichever face, is told in one way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.domain.commitments import Commitment

DOTS = "•••"
NAME = "notes"
"""What Toward calls itself while it is discreet."""
LETTERS = {"s1": "A", "s2": "B", "s3": "C", "s4": "D", "s5": "E", "s6": "F"}
_on = False


def draw(on: bool) -> None:
    """Be discreet from now on, or not any more."""
    global _on
    _on = on


def is_drawn() -> bool:
    """Return whether this process is discreet."""
    return _on


def dotted(words: str) -> str:
    """Return dots in place of words of one's own, where this process is discreet and there are any."""
    return DOTS if _on and words else words


def step_name(step: str, name: str) -> str:
    """Return the name of a step, or its letter: `D`."""
    return LETTERS.get(step, DOTS) if _on else name


def codes(commitments: Iterable[Commitment]) -> dict[str, str]:
    """Return a code for each commitment by its id, such as `D 2`: the letter of its step, and a number by its start."""
    found: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for each in sorted(commitments, key=lambda one: (one.plans[0].start, one.id)):
        numbers[each.step] = numbers.get(each.step, 0) + 1
        found[each.id] = f"{LETTERS.get(each.step, DOTS)} {numbers[each.step]}"
    return found


def veiled(commitment: Commitment, code: str) -> Commitment:
    """Return a commitment by its code, without its plan in words and its other names; its id stays what it is."""
    details = {name: value for name, value in commitment.details.items() if name not in ("if_then", "private")}
    if commitment.details.get("if_then") or commitment.details.get("private"):
        details["if_then"] = DOTS
    return replace(commitment, title=code, aliases=(), details=details)
