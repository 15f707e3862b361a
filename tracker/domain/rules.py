"""The few rules of the catalogue that its data cannot say: what answers make of an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.domain.consent import CHECKLIST
from tracker.domain.counting.worth import Replies

STOP_AT = 8
SURE = 80
GROUNDING = "That is a lot. Stop here: both feet on the floor, a glass of water, a walk. Nothing more today."
THANKS = "Thank you for writing it down."
KIND_LINE = "One moment is not who you are."
"""What is added to the thanks for a lapse; not where the safety page opens, since it would make too little of it."""
NOT_READY = "Not all of the list is a yes yet: let it wait until it is. Nothing obliges you to tell it today."
TELLING = "Telling may end the relationship; that is their right. Tell the whole of it at once, and better not alone."
NO_DAY_OFF = "takes no day off: somebody could be hurt"
"""What is said where a commitment about harm is to be skipped or paused."""
DISTRESS = ("distress_before", "distress_after", "distress")
PARTS = ("named_it", "heard_impact", "made_amends", "plan")
"""What putting right is made of: said plainly, heard what it was like, made good, said what comes next time."""
HANDS = "hands"
"""The answer that words were not all."""
MORE_THAN_AN_APP = "in two weeks. This needs more than an app."
NOTICED = "Noticing counts, whatever followed."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule adds: an outcome's name, a credit (0..1), neutrality, a reason to stop, and words to say."""

    outcome: str | None = None
    credit: float | None = None
    neutral: bool = False
    stop: str = ""
    said: str = ""
    safety: bool = False


def judge(template: str, answers: Mapping[str, Any]) -> Verdict:
    """Return what the answers given at once make of an entry of a commitment of the catalogue."""
    match template:
        case "s4.reachable":
            return _replies(answers)
        case "s5.time-out" if answers.get("announced") is False:
            return Verdict(outcome="not_announced")
        case "s5.ask-for-space" if answers.get("asked_plainly") is False:
            return Verdict(outcome="pushed_away")
        case "s3.decide-together" if answers.get("size") in ("small", "middle"):
            return Verdict(outcome="smaller")
        case "s4.promise-keeper" if answers.get("confidence", 100) < SURE:
            return Verdict(said="Less than 80 % sure: is there a smaller promise you could keep for certain?")
        case "s3.planned-telling" if answers.get("told") == "not_yet":
            ready = all(answers.get(name) for name in CHECKLIST)
            return Verdict(said=TELLING if ready else NOT_READY)
        case "s6.edge-moment" if answers.get("safe") == "not_safe":
            return Verdict(safety=True, said="" if answers.get("did") == HANDS else NOTICED)
        case "s6.edge-moment" if answers.get("did") != HANDS:
            return Verdict(said=NOTICED)
    if too_much(answers):
        return Verdict(said=GROUNDING)
    if answers.get("someone_afraid"):
        return Verdict(safety=True)
    return Verdict()


def too_much(answers: Mapping[str, Any]) -> bool:
    """Return whether distress is so high that nothing more is asked."""
    return any((answers.get(name) or 0) >= STOP_AT for name in DISTRESS)


def _replies(answers: Mapping[str, Any]) -> Verdict:
    """Return what the messages of a day come to; where none needed a reply, the day asks for nothing."""
    day = Replies().and_then(answers)
    return Verdict() if day.affirmed else Verdict(neutral=True) if day.none_needed else Verdict(credit=day.worth)


def put_right_trouble(answers: Mapping[str, Any]) -> str:
    """Return why a lapse is not put right yet by what was done of the four parts, or nothing."""
    if any(answers.get(part) is None for part in PARTS):
        return "What was done? Say yes or no to each of the four parts."
    if not any(answers.get(part) is True for part in PARTS):
        return "None of the four parts is done yet, so it stays open. Answer no, and say by when."
    return ""


def parts_done(parts: Sequence[str], answers: Mapping[str, Any]) -> float | None:
    """Return the share of an entry's parts that were done, 0..1, or None where it has no parts."""
    return sum(answers.get(part) is True for part in parts) / len(parts) if parts else None


def too_late(template: str, answers: Mapping[str, Any], due: datetime | None, now: datetime) -> str:
    """Return why an answer does not fit any more, or nothing."""
    if template == "s4.promise-keeper" and answers.get("outcome") == "renegotiated" and due is not None and now > due:
        return "Renegotiated counts before a promise falls due. Afterwards it was kept late, or not this time."
    return ""
