"""What a person calls a commitment, and what is said where that is not clear."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.services.test_undo import get
from tracker.ledger.errors import BadInput, NextStep, NotFound, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.commitments.find import find
from tracker.services.logging import quick_log


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """Return a store with commitments whose names are alike."""
    lifecycle.add_all(workspace, ("s4.reachable", "s4.partner-time", "s4.child-time", "s6.weekly-share"))
    lifecycle.add_own(workspace, lifecycle.Own("Evening walk", "s1", "check", "daily", aliases=("stroll",)))
    lifecycle.add_own(workspace, lifecycle.Own("Morning walk", "s1", "check", "daily"))
    return workspace


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
def test_a_commitment_is_found_by_any_clear_name(filled: Workspace, word: str, cid: str) -> None:
    if word == "opening":
        with pytest.raises(NotFound) as near:
            find(filled, word)
        assert near.value.candidates
        return
    assert find(filled, word).id == cid


def test_a_name_for_several_is_answered_with_all_of_them(filled: Workspace) -> None:
    with pytest.raises(NotFound, match="could be 2 commitments") as several:
        find(filled, "walk")
    assert [cid for cid, _ in several.value.candidates] == ["own.evening-walk", "own.morning-walk"]


def test_an_id_wins_over_a_title_that_reads_like_it(workspace: Workspace) -> None:
    for title in ("e", "own.e"):
        lifecycle.add_own(workspace, lifecycle.Own(title, "s3", "check", "daily"))
    assert (find(workspace, "own.e").title, find(workspace, "own.own-e").title) == ("e", "own.e")


@pytest.mark.parametrize("word", ["", "  ", "zzz", "\x1b["])
def test_an_unknown_name_is_answered_with_what_there_is(filled: Workspace, word: str) -> None:
    with pytest.raises(NotFound, match=r"No such commitment: .* There are these") as unknown:
        find(filled, word)
    assert 0 < len(unknown.value.candidates) <= 8


def test_an_archived_commitment_is_told_apart(filled: Workspace) -> None:
    lifecycle.archive(filled, get(filled, "own.evening-walk"))
    for word in ("stroll", "evening"):
        with pytest.raises(NotFound, match="is archived") as away:
            find(filled, word)
        assert (away.value.way, away.value.about) == (NextStep.RESUME, "own.evening-walk")
    assert find(filled, "walk").id == "own.morning-walk"
    assert find(filled, "stroll", archived=True).id == "own.evening-walk"


def test_a_deleted_commitment_is_gone(filled: Workspace) -> None:
    lifecycle.delete(filled, get(filled, "own.evening-walk"))
    with pytest.raises(NotFound, match="No such commitment"):
        find(filled, "stroll", archived=True)


def test_an_empty_store_points_to_the_catalogue(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="no commitments yet") as empty:
        find(workspace, "reply")
    assert empty.value.way is NextStep.CHOOSE


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Don’t shout", "don't shout"),
        ("Café", "cafe\u0301"),
        ("산책", "\u1109\u1161\u11ab\u110e\u1162\u11a8"),
        ("Straße", "STRASSE"),
        ("Istanbul", "İSTANBUL"),
        ("Ask – and wait", "ask - and wait"),
    ],
)
def test_one_name_in_two_spellings_is_found_and_never_added_or_edited_twice(
    workspace: Workspace, title: str, typed: str
) -> None:
    lifecycle.add_own(workspace, lifecycle.Own(title, "s2", "check", "daily"))
    assert find(workspace, typed).title == title
    with pytest.raises(Refused, match="yours already"):
        lifecycle.add_own(workspace, lifecycle.Own(f" {typed} ", "s3", "check", "daily"))
    lifecycle.add_own(workspace, lifecycle.Own("Another", "s2", "check", "daily"))
    with pytest.raises(Refused, match="yours already"):
        lifecycle.edit(workspace, find(workspace, "another"), title=typed)
    with pytest.raises(Refused, match="is a name of"):
        lifecycle.edit(workspace, find(workspace, "another"), aliases=[typed])
    assert lifecycle.edit(workspace, find(workspace, typed), title=typed).lines, "its own name may be spelt another way"


def test_titles_without_latin_letters_get_ids_that_can_be_told_apart_and_typed(workspace: Workspace) -> None:
    ids = [
        lifecycle.add_own(workspace, lifecycle.Own(title, "s3", "check", "daily")).commitment
        for title in ("走路", "跑步", "🐕", "Прогулка", "Περίπατος", "산책 10")
    ]
    assert ids == ["own.s3", "own.s3-2", "own.s3-3", "own.progulka", "own.peripatos", "own.s3-4"]
    assert [find(workspace, str(each)).id for each in ids] == ids


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u3164", "\u2800", "\u0301", "\ufe0f"])
def test_a_name_needs_something_to_see(workspace: Workspace, unseen: str) -> None:
    lifecycle.add_own(workspace, lifecycle.Own("Walk", "s2", "check", "daily"))
    changes: list[Callable[[], object]] = [
        lambda: lifecycle.add_own(workspace, lifecycle.Own(unseen, "s2", "check", "daily")),
        lambda: lifecycle.add_own(workspace, lifecycle.Own("Run", "s2", "check", "daily", aliases=(unseen,))),
        lambda: lifecycle.add_own(workspace, lifecycle.Own("Run", "s2", "check", "daily", if_then=unseen)),
        lambda: lifecycle.edit(workspace, find(workspace, "walk"), title=unseen),
        lambda: lifecycle.edit(workspace, find(workspace, "walk"), aliases=[unseen]),
        lambda: quick_log.log_time(workspace, 10, tag=unseen),
    ]
    for change in changes:
        with pytest.raises(BadInput, match="visible character"):
            change()
