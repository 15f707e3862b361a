"""The keys of events: what each one is about. Parts are joined by a bar, which no id contains."""

from __future__ import annotations

from datetime import date

from tracker.store.events import new_id

EVERYONE = "*"
REVIEW, THEIRS, PURGE = "review", "partner-ratings", "purge"
SUBMITTED = "sealed"
"""The command that submits one's own ratings."""
CARD, UNLOCK, NUMBERS = "card", "unlock", "numbers"
BESIDE = frozenset({REVIEW, THEIRS, PURGE, CARD, UNLOCK, NUMBERS})
"""Kinds of keys that belong to no commitment."""
DATED = frozenset({"check", "clear", "skip", "note"})
"""Kinds of keys that end in the day they are about."""
SHAPE = frozenset({"commitment", "plan", "archived"})
"""Kinds of keys that say what a commitment is: whoever changes one anew has seen it and answers all its versions."""


def commitment(cid: str) -> str:
    """Return the key of a commitment's own facts."""
    return f"commitment|{cid}"


def plan(cid: str, start: date) -> str:
    """Return the key of the plan that begins on a day."""
    return f"plan|{cid}|{start.isoformat()}"


def archived(cid: str) -> str:
    """Return the key of whether a commitment is put away."""
    return f"archived|{cid}"


def check(cid: str, day: date) -> str:
    """Return the key of a day's check mark."""
    return f"check|{cid}|{day.isoformat()}"


def clear(cid: str, day: date) -> str:
    """Return the key of a day affirmed clear."""
    return f"clear|{cid}|{day.isoformat()}"


def skip(cid: str, day: date) -> str:
    """Return the key of a day's skip."""
    return f"skip|{cid}|{day.isoformat()}"


def note(cid: str, day: date) -> str:
    """Return the key of a day's note."""
    return f"note|{cid}|{day.isoformat()}"


def entry(cid: str) -> str:
    """Return a new key for an amount, minutes or an event."""
    return f"entry|{cid}|{new_id()}"


def pause(cid: str) -> str:
    """Return a new key for a pause of one commitment, or of all of them."""
    return f"pause|{cid}|{new_id()}"


def timer(cid: str) -> str:
    """Return the key of a commitment's running timer."""
    return f"timer|{cid}"


def setting(name: str, since: date) -> str:
    """Return the key of a setting that holds from a day on."""
    return f"setting|{name}|{since.isoformat()}"


def split(key: str) -> tuple[str, str, str]:
    """Return what a key is about, whose it is, and the rest; missing parts are empty."""
    kind, _, rest = key.partition("|")
    owner, _, last = rest.partition("|")
    return kind, owner, last


def planned(cid: str, plan_id: str) -> str:
    """Return the key of a plan for time together."""
    return f"planned|{cid}|{plan_id}"


def card_passed(card: str) -> str:
    """Return the key of a card that is never to be drawn again, by its id such as `fears-3`."""
    return f"{CARD}|passed|{card}"


UNLOCKED = f"{UNLOCK}|cards"
"""The key of whether the cards of levels 4 and 5 may be drawn."""
AT_HAND = f"{NUMBERS}|at-hand"
"""The key of the numbers a person wants to have at hand."""


def agreed(cid: str, planned_key: str) -> str:
    """Return the key of what was said about one planned time: moved, cancelled, or nothing came of it."""
    return f"agreed|{cid}|{planned_key}"


def review(kind: str, period: str) -> str:
    """Return the key of a review of a period."""
    return f"{REVIEW}|{kind}|{period}"


def theirs(period: str) -> str:
    """Return the key of what a partner answered for a period: theirs, and nobody else's to change."""
    return f"{THEIRS}|{period}"


def step_in(cid: str) -> str:
    """Return the step that a commitment's id tells, where it is one of the catalogue."""
    return cid.partition(".")[0]
