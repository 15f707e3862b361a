"""Cards for telling and asking: drawn one at a time, passed or swapped without a reason, the deep ones locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from tracker.catalogue import cards
from tracker.catalogue.model import Card
from tracker.catalogue.roles import WEEKLY_SHARE
from tracker.catalogue.rules import GROUNDING
from tracker.ledger import event_keys
from tracker.ledger.errors import BadInput, InvalidChoice, NotFound, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.support.late import is_night as is_night
from tracker.store.events import Draft

LIGHT = 3
"""The deepest level that is open from the start."""
TWICE = 2
RECEIVED = 3
"""How well, of 5, a sharing was received at the least for a deeper one to be open."""
NIGHT = "It is late for a card: between 22:00 and 06:00 none is drawn. Sleep first, it keeps."
DISTRESS = "Distress 8 of 10 or more"
STOP = f"{DISTRESS}: {GROUNDING}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card with its id (`fears-3`), what its level means, and the rules that go with it."""

    id: str
    card: Card
    means: str
    rules: tuple[str, ...]
    stop: str = STOP


def topics() -> tuple[str, ...]:
    """Return what cards are about."""
    return tuple(dict.fromkeys(card.topic for card in cards().cards))


def levels() -> tuple[str, ...]:
    """Return what each level means, lightest first."""
    return cards().levels


def rules() -> tuple[str, ...]:
    """Return what both agree to, besides STOP, which says the rule to stop in full."""
    return tuple(rule for rule in cards().rules if not rule.startswith(DISTRESS))


def deck() -> dict[str, Card]:
    """Return all cards by their ids: the topic, and its place among the cards of that topic."""
    found: dict[str, Card] = {}
    places: dict[str, int] = {}
    for card in cards().cards:
        places[card.topic] = places.get(card.topic, 0) + 1
        found[f"{card.topic}-{places[card.topic]}"] = card
    return found


def draw(
    workspace: Workspace,
    chance: Random,
    topic: str = "",
    level: int | None = None,
    *,
    anyway: bool = False,
    instead_of: str = "",
) -> Drawn:
    """Return a card of a topic and a level, any of them and any light level if none is named.

    `instead_of` swaps a card: another one of its topic and level. Raises BadInput, or Refused at night (unless
    `anyway`), for a level that is locked, or where no card is left.
    """
    if not anyway and is_night(workspace):
        raise Refused(NIGHT)
    if instead_of:
        old = _card(instead_of)
        topic, level = old.topic, old.level
    name = _topic(topic)
    if level is not None and not 1 <= level <= len(cards().levels):
        raise BadInput(f"A level goes from 1 (light) to {len(cards().levels)} (at the edge).")
    if level is not None and level > LIGHT and not is_unlocked(workspace):
        raise Refused(locked(workspace))
    passed = {key.rpartition("|")[2] for key, _ in workspace.ledger.shared_values(event_keys.CARD)}
    left = [
        cid
        for cid, card in deck().items()
        if cid not in passed
        and cid != instead_of
        and name in ("", card.topic)
        and (card.level <= LIGHT if level is None else card.level == level)
    ]
    if not left:
        raise Refused("No card is left there. Choose another topic or level.")
    chosen = chance.choice(left)
    card = deck()[chosen]
    return Drawn(chosen, card, cards().levels[card.level - 1], cards().rules)


def pass_for_good(workspace: Workspace, cid: str) -> Change:
    """Never draw a card again; no reason is asked. Raises NotFound for an id that no card has."""
    _card(cid)
    key = event_keys.card_passed(cid)
    draft = Draft(key, {"at": workspace.clock.now().isoformat(timespec="seconds")})
    events = workspace.write("card passed", lambda: [] if workspace.ledger.value(key) else [draft])
    if not events:
        return Change(("That card is passed already.",), changed=False)
    return Change(("That card is passed for good.",), operation=events[0]["op"])


def unlock(workspace: Workspace) -> Change:
    """Open levels 4 and 5, once two sharings at level 3 or deeper were received. Raises Refused before that."""
    if ready(workspace) < TWICE:
        raise Refused(locked(workspace))
    draft = Draft(event_keys.UNLOCKED, {"at": workspace.clock.now().isoformat(timespec="seconds")})
    events = workspace.write("cards unlocked", lambda: [] if workspace.ledger.value(event_keys.UNLOCKED) else [draft])
    if not events:
        return Change(("Levels 4 and 5 are open already.",), changed=False)
    return Change(("Levels 4 and 5 are open. Either of you may pass, swap or stop.",), operation=events[0]["op"])


def is_unlocked(workspace: Workspace) -> bool:
    """Return whether cards of levels 4 and 5 may be drawn."""
    return workspace.ledger.value(event_keys.UNLOCKED) is not None and ready(workspace) >= TWICE


def ready(workspace: Workspace) -> int:
    """Return how many sharings at level 3 or deeper were received well, 3 or more of 5."""
    return sum(_was_received(entry.fields) for entry in workspace.ledger.record(WEEKLY_SHARE).entries)


def _was_received(answers: Mapping[str, object]) -> bool:
    depth, received = answers.get("depth"), answers.get("felt_received")
    return isinstance(depth, int) and depth >= LIGHT and isinstance(received, int) and received >= RECEIVED


def locked(workspace: Workspace) -> str:
    """Return why levels 4 and 5 are not open yet."""
    done = ready(workspace)
    if done < TWICE:
        so_far = f"{done} of {TWICE} so far"
        return f"Levels 4 and 5 open after two sharings at level 3 that were received, 3 or more of 5 ({so_far})."
    return "Levels 4 and 5 are locked. Two sharings at level 3 were received: unlock them when you both want to."


def _topic(word: str) -> str:
    from tracker.domain.language.names import as_seen

    text = as_seen(word)
    found = [each for each in topics() if each == text] or [each for each in topics() if each.startswith(text)]
    if text and len(found) != 1:
        raise InvalidChoice(word, topics(), "topic")
    return found[0] if text else ""


def _card(cid: str) -> Card:
    card = deck().get(cid)
    if card is None:
        raise NotFound(f"No such card: '{cid}'. A card's id stands with it, such as fears-3.")
    return card
