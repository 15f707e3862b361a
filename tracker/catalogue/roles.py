"""What single commitments need beyond their tables: parts they play elsewhere, and what answers let them count for.

No other package names a commitment of the catalogue by its id. What answers bring about when they are logged stands in
`rules`, which only what logs has to load.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tracker.domain.counting.worth import PLAIN, Worth
from tracker.domain.records import LAPSE

REPLIES, PARTNER_TIME, WEEKLY_SHARE = "s4.reachable", "s4.partner-time", "s6.weekly-share"
"""What `reply`, `time` and `share` log to."""
MY_WHY, BELIEFS, FORECASTS, THOUGHTS, KIND_WORDS = (
    "s1.my-why", "s1.belief-map", "s1.fear-forecast", "s1.thought-record", "s1.take-it-in",
)  # fmt: skip
NEEDS_LOG, TURNING_TOWARD = "s2.needs-log", "s2.turn-toward"
CONTACTS, DECISIONS, WEEKLY_LOOK, TELLING = (
    "s3.no-hidden-contact", "s3.decide-together", "s3.weekly-look", "s3.planned-telling",
)  # fmt: skip
PROMISES = "s4.promise-keeper"
TRIGGERS, TIME_OUT, ASK_FOR_SPACE, REPAIR, NO_ATTACKS = (
    "s5.trigger-log", "s5.time-out", "s5.ask-for-space", "s5.repair", "s5.no-attacks",
)  # fmt: skip
EDGE_MOMENTS, FOUR_TOPICS = "s6.edge-moment", "s6.four-topics"

PAUSES = (TIME_OUT, ASK_FOR_SPACE)
"""What one comes back from at a time that was said."""
GUARDED = frozenset({"s2.needs-talk", "s3.open-offer", "s3.openness-agreement", TELLING})
"""What asks for consent, known before its questions are read."""
WITHDRAWALS = {
    "s2.stay-with-hard": "shut_down",
    "s4.no-quiet-distance": LAPSE,
    TIME_OUT: "not_announced",
    ASK_FOR_SPACE: "pushed_away",
    EDGE_MOMENTS: "withdrew",
}
"""The outcome of each commitment that is a moment of withdrawal."""

LISTENED = ("thanked", "said_back", "asked_first")


def _of_a_word(said: Mapping[str, Any]) -> float:
    """Return the worth of a word and its deed: nothing without the deed, half without the word."""
    return 0.0 if said.get("did") is False else 0.5 if said.get("said") is False else 1.0


def _unless(is_no: Callable[[Mapping[str, Any]], bool], otherwise: float = 0.0) -> Worth:
    """Return the worth of what counts whole, but `otherwise` where its answers say no."""
    return Worth(lambda said: otherwise if is_no(said) else 1.0)


WORTH: Mapping[object, Worth] = {
    KIND_WORDS: _unless(lambda said: said.get("let_in") == 0),
    "s1.why-us": _unless(lambda said: said.get("kept") is False and not said.get("minutes")),
    TURNING_TOWARD: _unless(lambda said: said.get("direction", "toward") != "toward"),
    "s2.own-thing": _unless(lambda said: said.get("told_them") is False, 0.5),
    REPLIES: Worth(is_replies=True),
    "s4.word-and-deed": Worth(_of_a_word),
    ASK_FOR_SPACE: _unless(lambda said: said.get("asked_plainly") is False),
    "s6.invite-theirs": _unless(lambda said: all(said.get(name) is False for name in LISTENED)),
}


def worth_of(source: object) -> Worth:
    """Return what the answers of a commitment let it count for, by its id in the catalogue."""
    return WORTH.get(source, PLAIN)
