"""What a schedule asks for, said while it is typed."""

from __future__ import annotations

from datetime import date

from tracker.domain.commitments import Kind, misfit
from tracker.domain.language.parsing import parse_asked
from tracker.domain.language.words import BadSchedule
from tracker.domain.schedules import AtMost, Minutes, OnEvent, Quota
from tracker.ledger.errors import BadInput
from tracker.services.commitments.lifecycle import read_target


def explain(kind: Kind, sentence: str, target: str, today: date | None) -> str:
    """Return what a sentence becomes and asks for, or what is wrong with it, in a sentence or two."""
    try:
        asked = parse_asked(sentence, today)
    except BadSchedule as error:
        return f"Did you mean '{error.nearest}'?" if error.nearest else str(error)
    schedule, even = asked.schedule, " ".join(sentence.lower().split())
    becomes = "" if schedule.sentence.lower() == even else f"It becomes '{schedule.sentence}'. "
    try:
        number = asked.target or read_target(kind, target)
    except BadInput as error:
        return f"{becomes}{error.message}"
    if wrong := misfit(kind, schedule, number):
        return wrong
    if isinstance(schedule, OnEvent):
        return f"{becomes}Asked for nothing until it happens."
    if isinstance(schedule, AtMost):
        return f"{becomes}Kept where the sum stays within it once the time is over; nothing logged is within it too."
    if isinstance(schedule, Quota | Minutes):
        return f"{becomes}Any days of it will do; the number is in the sentence, so the target is not used."
    return f"{becomes}Each time asks for {number}{' minutes' if kind is Kind.MINUTES else ''}."
