"""Find what a person means by a word: a commitment, one of the catalogue, a step or a kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from tracker.catalogue import more, steps, templates
from tracker.catalogue.model import Template
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.language.names import as_seen
from tracker.domain.text import discreet_mode
from tracker.domain.text.clean import one_line
from tracker.ledger.errors import NOT_READ, Ambiguous, Damaged, InvalidChoice, NextStep, NotFound
from tracker.ledger.workspace import Workspace

MOST_CANDIDATES = 8


def find(workspace: Workspace, what: str, archived: bool = False) -> Commitment:
    """Return the commitment meant by an id, an alias, any unambiguous part of a title, or its code where discreet.

    Raises NotFound where none is meant, Ambiguous where more than one is, with the candidates,
    Damaged where it may stand in a file that this account may not read.
    """
    everything = [_by_all_names(workspace, each) for each in workspace.ledger.commitments(archived=True)]
    pool = [each for each in everything if archived or not each.archived]
    word = as_seen(what)
    if word:
        for wanted in (_by_id, _exactly, _by_tail, _by_part):
            found = [each for each in pool if wanted(each, word)]
            if len(found) == 1:
                return workspace.ledger.get(found[0].id) or found[0]
            if found:
                raise Ambiguous(f"'{what}' could be {len(found)} commitments. Name one by its id:", _pairs(found))
    away = [each for each in everything if each.archived and word and _by_part(each, word)]
    away = [each for each in away if _exactly(each, word)] or away
    if len(away) == 1 and not archived:
        raise NotFound(f"'{_told(away[0])}' is archived.", way=NextStep.RESUME, about=away[0].id)
    if text := workspace.closed:
        raise Damaged(f"No such commitment can be read: '{what}'. {text}")
    if not pool:
        if workspace.damaged:
            raise NotFound(NOT_READ, way=NextStep.DOCTOR)
        raise NotFound("There are no commitments yet.", way=NextStep.CHOOSE)
    if near := _near(pool, word):
        raise NotFound(f"No such commitment: '{what}'. Did you mean one of these?", _pairs(near))
    raise NotFound(f"No such commitment: '{what}'. There are these:", _pairs(pool))


def _by_all_names(workspace: Workspace, commitment: Commitment) -> Commitment:
    """Return a commitment with its own title, and where Toward is discreet its code as the last of its aliases."""
    real = with_real_names(workspace, commitment)
    if not discreet_mode.is_drawn():
        return real
    code = commitment.title
    return replace(real, aliases=(*real.aliases, code.replace(" ", ""), code))


def _told(commitment: Commitment) -> str:
    return commitment.aliases[-1] if discreet_mode.is_drawn() else commitment.title


def _by_id(commitment: Commitment, word: str) -> bool:
    return as_seen(commitment.id) == word


def _exactly(commitment: Commitment, word: str) -> bool:
    names = (commitment.id, commitment.title, *commitment.aliases)
    return any(as_seen(name) == word for name in names)


def _by_tail(commitment: Commitment, word: str) -> bool:
    return as_seen(commitment.id.partition(".")[2]) == word


def _by_part(commitment: Commitment, word: str) -> bool:
    names = (commitment.id, commitment.title, *commitment.aliases)
    return any(word in as_seen(name) for name in names)


def _near(pool: list[Commitment], word: str) -> list[Commitment]:
    """Return the commitments most like the word."""
    by_name: dict[str, Commitment] = {}
    for each in pool:
        for name in (each.id, each.id.partition(".")[2], each.title, *each.aliases):
            by_name.setdefault(as_seen(name), each)
    close = [by_name[name] for name in get_close_matches(word, by_name, MOST_CANDIDATES, 0.5)]
    return list({each.id: each for each in close}.values())


def _pairs(found: Iterable[Commitment]) -> list[tuple[str, str]]:
    return [(discreet_mode.dotted(each.id), _told(each)) for each in list(found)[:MOST_CANDIDATES]]


def named_alike(workspace: Workspace, name: str, but: str = "") -> Commitment | None:
    """Return the commitment, other than the one with the id `but`, whose title looks like a name; None for none."""
    wanted = as_seen(name)
    found = (each for each in workspace.ledger.commitments(archived=True) if each.id != but)
    return next((each for each in found if as_seen(with_real_names(workspace, each).title) == wanted), None)


def with_real_names(workspace: Workspace, commitment: Commitment) -> Commitment:
    """Return a commitment with the title and the aliases that it was given, also where Toward is discreet."""
    return workspace.ledger.real(commitment.id) or commitment


def find_template(word: str) -> Template:
    """Return the template meant by an id, its tail, an alias or a part of its title; NotFound otherwise."""
    wanted = as_seen(word)
    everything = (*templates(), *more())
    for found in (
        [each for each in everything if wanted == as_seen(each.id)],
        [each for each in everything if wanted in _names(each)],
        [each for each in everything if wanted and (wanted in as_seen(each.title) or wanted in as_seen(each.id))],
    ):
        if len(found) == 1:
            return found[0]
    if found:
        pairs = [(each.id, each.title) for each in found]
        raise NotFound(f"'{word}' could be {len(found)} of the catalogue. Name one by its id:", pairs, NextStep.CHOOSE)
    by_name = {name: each for each in everything for name in (each.id, *_names(each))}
    close = {by_name[name].id: by_name[name].title for name in get_close_matches(wanted, by_name, 8, 0.6)}
    raise NotFound(f"'{word}' is not in the catalogue.", list(close.items()), NextStep.CHOOSE)


def _names(each: Template) -> tuple[str, ...]:
    return (as_seen(each.id.partition(".")[2]), as_seen(each.title), *map(as_seen, each.aliases))


def read_step(word: str) -> str:
    """Return a step's id from `s4`, `4` or its name; BadInput otherwise."""
    text = as_seen(word)
    for each in steps():
        if text in (each.id, each.id[1:], as_seen(each.name)):
            return each.id
    raise InvalidChoice(word, (f"{each.id} ({each.name})" for each in steps()), "step")


def read_kind(word: str) -> Kind:
    """Return a kind, or raise BadInput."""
    try:
        return Kind(one_line(word).lower())
    except ValueError:
        raise InvalidChoice(word, Kind, "kind") from None
