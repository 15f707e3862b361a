"""What tells a protection from its absence: a question that the real code answers, and a mutant does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.faults.folders import no_waiting_for_the_disk
from tests.faults.mutants import Mutant
from tests.faults.totals import record

Question = Callable[[Path], bool]
"""Asked of an empty folder; returns whether what lives there is protected."""


def for_each(caught: Sequence[tuple[Mutant, Callable[..., bool]]]) -> pytest.MarkDecorator:
    """Return what lets a test be run for each mutant and the question that catches it."""
    names = [f"{mutant.__name__}-{question.__name__}" for mutant, question in caught]
    return pytest.mark.parametrize(("mutant", "question"), caught, ids=names)


def only_the_real_one_answers(root: Path, mutant: Mutant, question: Question) -> None:
    """Hold that the real code answers, and that the mutant does not: each in a new folder below `root`."""
    record("mutants")
    for name, taken_away, expected in (("real", nullcontext, True), ("mutant", mutant, False)):
        (root / name).mkdir()
        with no_waiting_for_the_disk(), taken_away():
            assert question(root / name) is expected, f"the {name} one"
    record("caught")
