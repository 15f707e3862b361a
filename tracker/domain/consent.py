"""Consent: what is asked, kept and read only with a yes, and what a no ends. A no, or no answer, is never a yes.

A field with `needs` belongs to the yes-or-no field it names; one with `stops` ends everything where it is answered no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.domain.fields import Field

NEEDS, STOPS = "needs", "stops"
CHECKLIST = ("safe_to_tell", "right_time", "sober", "not_in_a_fight", "nobody_listening", "support_for_both")
TOLD = ("all", "part")
NOT_YET = "Not all of the list is a yes, so this can wait until it is: nothing obliges you to tell it today."


def allowed(field: Field, answers: Mapping[str, Any]) -> bool:
    """Return whether a field may be asked and kept beside these answers: a plain yes is there, if it needs one."""
    return not field.needs or answers.get(field.needs) is True


def withheld(fields: Iterable[Field], answers: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the fields that may be neither asked nor kept beside these answers.

    What hangs on a field that is withheld is withheld, too.
    """
    left = dict(answers)
    found = set()
    for field in fields:
        if not allowed(field, left):
            found.add(field.name)
            left.pop(field.name, None)
    return frozenset(found)


def stop(fields: Iterable[Field], answers: Mapping[str, Any], *, telling: bool) -> str:
    """Return the one sentence that ends a form, because of a no among the answers, or nothing.

    What was told in spite of a no on the list of a planned `telling` is no telling with care.
    """
    found = next((field.stops for field in fields if field.stops and answers.get(field.name) is False), "")
    refused = any(answers.get(name) is False for name in CHECKLIST)
    return found or (NOT_YET if telling and refused and answers.get("told") in TOLD else "")


def unready(answers: Mapping[str, Any]) -> bool:
    """Return whether a planned telling counts as told while its list is not a yes from first to last."""
    return answers.get("told") in TOLD and any(answers.get(name) is not True for name in CHECKLIST)


def unsaid(fields: Iterable[Field], answers: Mapping[str, Any]) -> bool:
    """Return whether a question that a no ends has no plain yes: it was left out, or is no answer at all."""
    return any(field.stops and answers.get(field.name) is not True for field in fields)
