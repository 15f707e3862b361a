"""Find a commitment by what a person calls it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from tracker.domain.commitments import Commitment
from tracker.services.errors import Ambiguous, NotFound, Way
from tracker.services.toward import Toward

MOST_CANDIDATES = 8


def find(toward: Toward, what: str, archived: bool = False) -> Commitment:
    """Return the commitment meant by an id, an alias or any unambiguous part of a title.

    Raises NotFound where none is meant, Ambiguous where more than one is, with the candidates.
    """
    everything = list(toward.book.commitments(archived=True))
    pool = [each for each in everything if archived or not each.archived]
    word = " ".join(what.casefold().split())
    if word:
        for wanted in (_exactly, _by_tail, _by_part):
            found = [each for each in pool if wanted(each, word)]
            if len(found) == 1:
                return found[0]
            if found:
                raise Ambiguous(f"'{what}' could be {len(found)} commitments. Name one by its id:", _pairs(found))
    away = [each for each in everything if each.archived and _exactly(each, word)]
    if away and not archived:
        raise NotFound(f"'{away[0].title}' is archived.", way=Way.RESUME, about=away[0].id)
    near = _near(pool, word)
    if not near:
        raise NotFound("There are no commitments yet.", way=Way.CHOOSE)
    raise NotFound(f"No commitment goes by '{what}'. Did you mean one of these?", _pairs(near))


def _exactly(commitment: Commitment, word: str) -> bool:
    names = (commitment.id, commitment.title, *commitment.aliases)
    return any(" ".join(name.casefold().split()) == word for name in names)


def _by_tail(commitment: Commitment, word: str) -> bool:
    return commitment.id.partition(".")[2].casefold() == word.replace(" ", "-")


def _by_part(commitment: Commitment, word: str) -> bool:
    names = (commitment.id, commitment.title, *commitment.aliases)
    return any(word in name.casefold() for name in names)


def _near(pool: list[Commitment], word: str) -> list[Commitment]:
    """Return the commitments most like the word, or the first few."""
    by_name: dict[str, Commitment] = {}
    for each in pool:
        for name in (each.id, each.id.partition(".")[2], each.title, *each.aliases):
            by_name.setdefault(name.casefold(), each)
    close = [by_name[name] for name in get_close_matches(word, by_name, MOST_CANDIDATES, 0.5)]
    unique = list({each.id: each for each in close}.values())
    return unique or pool[:MOST_CANDIDATES]


def _pairs(found: Iterable[Commitment]) -> list[tuple[str, str]]:
    return [(each.id, each.title) for each in list(found)[:MOST_CANDIDATES]]
