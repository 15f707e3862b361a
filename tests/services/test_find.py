"""What a person calls a commitment, and what is said where that is not clear."""

from __future__ import annotations

import pytest

from tests.services.test_undo import get
from tracker.services import shape
from tracker.services.errors import NotFound, Way
from tracker.services.find import find
from tracker.services.toward import Toward


@pytest.fixture
def filled(toward: Toward) -> Toward:
    """Return a store with commitments whose names are alike."""
    shape.add_all(toward, ("s4.reachable", "s4.partner-time", "s4.child-time", "s6.weekly-share"))
    shape.add_own(toward, shape.Own("Evening walk", "s1", "check", "daily", aliases=("stroll",)))
    shape.add_own(toward, shape.Own("Morning walk", "s1", "check", "daily"))
    return toward


@pytest.mark.parametrize(
    ("word", "cid"),
    [
        ("s4.reachable", "s4.reachable"),
        ("REPLY", "s4.reachable"),
        ("partner-time", "s4.partner-time"),
        ("partner  time", "s4.partner-time"),
        ("keep our time together", "s4.partner-time"),
        ("stroll", "own.evening-walk"),
        ("evening", "own.evening-walk"),
        ("our-time", "s4.partner-time"),
        ("time", "s4.partner-time"),
        ("opening", "s6.weekly-share"),
    ],
)
def test_a_commitment_is_found_by_any_clear_name(filled: Toward, word: str, cid: str) -> None:
    if word == "opening":
        with pytest.raises(NotFound) as near:
            find(filled, word)
        assert near.value.candidates
        return
    assert find(filled, word).id == cid


def test_a_name_for_several_is_answered_with_all_of_them(filled: Toward) -> None:
    with pytest.raises(NotFound, match="could be 2 commitments") as several:
        find(filled, "walk")
    assert [cid for cid, _ in several.value.candidates] == ["own.evening-walk", "own.morning-walk"]


@pytest.mark.parametrize("word", ["", "  ", "zzz", "\x1b["])
def test_an_unknown_name_is_answered_with_what_there_is(filled: Toward, word: str) -> None:
    with pytest.raises(NotFound, match=r"No commitment goes by .* There are these") as unknown:
        find(filled, word)
    assert 0 < len(unknown.value.candidates) <= 8


def test_an_archived_commitment_is_told_apart(filled: Toward) -> None:
    shape.archive(filled, get(filled, "own.evening-walk"))
    for word in ("stroll", "evening"):
        with pytest.raises(NotFound, match="is archived") as away:
            find(filled, word)
        assert (away.value.way, away.value.about) == (Way.RESUME, "own.evening-walk")
    assert find(filled, "walk").id == "own.morning-walk"
    assert find(filled, "stroll", archived=True).id == "own.evening-walk"


def test_a_deleted_commitment_is_gone(filled: Toward) -> None:
    shape.delete(filled, get(filled, "own.evening-walk"))
    with pytest.raises(NotFound, match="No commitment goes by"):
        find(filled, "stroll", archived=True)


def test_an_empty_store_points_to_the_catalogue(toward: Toward) -> None:
    with pytest.raises(NotFound, match="no commitments yet") as empty:
        find(toward, "reply")
    assert empty.value.way is Way.CHOOSE
