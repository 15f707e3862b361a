"""What the answers of single commitments bring about when they are logged: the rules that their tables cannot say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.catalogue.roles import ASK_FOR_SPACE, DECISIONS, EDGE_MOMENTS, PROMISES, REPLIES, TELLING, TIME_OUT
from tracker.domain.consent import CHECKLIST
from tracker.domain.counting.worth import Replies

STOP_AT = 8
SURE = 80
GROUNDING = "That is a lot. Stop here: both feet on the floor, a glass of water, a walk. Nothing more today."
THANKS = "Thank you for writing it down."
KIND_LINE = "One moment is not who you are."
"""What is added to the thanks for a lapse; not where the safety page opens, since it would make too little of it."""
NOT_READY = "Not all of the list is a yes yet: let it wait until it is. Nothing obliges you to tell it today."
TELLING_NOW = (
    "Telling may end the relationship; that is their right. Tell the whole of it at once, and better not alone."
)
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
    summary: str = ""
    safety: bool = False


def judge(source: str, answers: Mapping[str, Any]) -> Verdict:
    """Return what the answers given at once make of an entry of a commitment, by its id in the catalogue."""
    say = answers.get
    if source == REPLIES:
        return _replies(answers)
    if source == TIME_OUT and say("announced") is False:
        return Verdict(outcome="not_announced")
    if source == ASK_FOR_SPACE and say("asked_plainly") is False:
        return Verdict(outcome="pushed_away")
    if source == DECISIONS and say("size") in ("small", "middle"):
        return Verdict(outcome="smaller")
    if source == PROMISES and say("confidence", 100) < SURE:
        return Verdict(summary="Less than 80 % sure: is there a smaller promise you could keep for certain?")
    if source == TELLING and say("told") == "not_yet":
        return Verdict(summary=TELLING_NOW if all(map(say, CHECKLIST)) else NOT_READY)
    if source == EDGE_MOMENTS and say("safe") == "not_safe":
        return Verdict(safety=True, summary="" if say("did") == HANDS else NOTICED)
    if source == EDGE_MOMENTS and say("did") != HANDS:
        return Verdict(summary=NOTICED)
    if too_much(answers):
        return Verdict(summary=GROUNDING)
    return Verdict(safety=bool(say("someone_afraid")))


def _replies(answers: Mapping[str, Any]) -> Verdict:
    """Return what the messages of a day come to; where none needed a reply, the day asks for nothing."""
    day = Replies().and_then(answers)
    return Verdict() if day.affirmed else Verdict(neutral=True) if day.none_needed else Verdict(credit=day.worth)


def too_late(source: str, answers: Mapping[str, Any], due: datetime | None, now: datetime) -> str:
    """Return why an answer does not fit any more, or nothing."""
    if source == PROMISES and answers.get("outcome") == "renegotiated" and due is not None and now > due:
        return "Renegotiated counts before a promise falls due. Afterwards it was kept late, or not this time."
    return ""


def too_much(answers: Mapping[str, Any]) -> bool:
    """Return whether distress is so high that nothing more is asked."""
    return any((answers.get(name) or 0) >= STOP_AT for name in DISTRESS)


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
