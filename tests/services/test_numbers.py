"""Numbers to have at hand: private words of one's own that can be changed, taken back and forgotten."""

from __future__ import annotations

import pytest

from tests.services.kit import Bench
from tracker.domain.text.clean import LONGEST_TEXT
from tracker.ledger.errors import BadInput, NextStep
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange.transfer import export_json
from tracker.services.history import purge
from tracker.services.history.history import history
from tracker.services.history.undo import undo
from tracker.services.support import numbers

WORDS = "the line that listens: 0800 000\nmy sister"


def test_they_are_kept_changed_and_taken_back(workspace: Workspace, bench: Bench) -> None:
    assert numbers.read_numbers(workspace) == ""
    assert numbers.keep_numbers(workspace, WORDS).lines == ("Your numbers are kept.",)
    assert not numbers.keep_numbers(workspace, f"{WORDS}\n").changed
    numbers.keep_numbers(workspace, "another")
    assert numbers.read_numbers(bench.open()) == "another"
    undo(workspace)
    assert numbers.read_numbers(workspace) == WORDS
    assert numbers.keep_numbers(workspace, "").lines == ("Your numbers are taken away.",)
    assert numbers.read_numbers(bench.open()) == ""
    with pytest.raises(BadInput, match="holds at most 100,000 characters; this one has 100,001"):
        numbers.keep_numbers(workspace, "1" * (LONGEST_TEXT + 1))


def test_nothing_holds_them_that_was_not_asked(workspace: Workspace, bench: Bench) -> None:
    numbers.keep_numbers(workspace, WORDS)
    lifecycle.add(workspace, "s4.reachable")
    assert [line.summary for line in history(workspace)][-1] == "Safety page: numbers at hand"
    assert "0800" not in export_json(workspace, private=False).text
    assert "0800" in export_json(workspace, private=True).text
    bench.clock.go(days=400)
    again = bench.resealed()
    assert "0800" not in bench.summary().read_text()
    assert numbers.read_numbers(again) == WORDS, "they are fetched where the summary came without them"


def test_they_can_be_forgotten_for_good(workspace: Workspace, bench: Bench) -> None:
    numbers.keep_numbers(workspace, WORDS)
    numbers.keep_numbers(workspace, "another")
    purge.purge(workspace, purge.numbers(workspace))
    assert numbers.read_numbers(bench.open()) == ""
    assert not any("0800" in path.read_text() for path in bench.data.rglob("*.json"))
    assert not purge.numbers(workspace).keys


def test_care_comes_with_the_first_commitment_of_a_step_only(workspace: Workspace, bench: Bench) -> None:
    assert lifecycle.add(workspace, "s4.reachable").way is None
    assert lifecycle.add(workspace, "s3.volunteer").way is NextStep.CARE
    assert lifecycle.add(workspace, "s3.inventory").way is None
    own = lifecycle.Own("Breathe before I answer", "s5", "check", "daily")
    assert lifecycle.add_own(workspace, own).way is NextStep.CARE
    assert lifecycle.add_all(bench.open(), ["s5.time-out", "s5.repair"]).way is None
    gone = workspace.ledger.get("s3.volunteer")
    assert gone is not None
    lifecycle.delete(workspace, gone)
    assert lifecycle.add(bench.open(), "s3.volunteer").way is None


def test_care_comes_once_for_several_at_once(workspace: Workspace) -> None:
    assert lifecycle.add_all(workspace, ["s4.reachable", "s3.volunteer", "s5.time-out"]).way is NextStep.CARE
    assert lifecycle.add_all(workspace, ["s4.partner-time", "s3.inventory"]).way is None
