"""The questions of a commitment of one's own: asked as those of the catalogue are, or refused in one line."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.kit import fold
from tests.services.test_forms import only
from tests.services.test_undo import get
from tracker.ledger.commitment_fields import fields_of
from tracker.ledger.errors import BadInput
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.logging import guided

OWN_FIELDS = (
    {"name": "how", "ask": "How was it?", "type": "choice", "gives": "outcome", "optional": False},
    {"name": "words", "ask": "What stays?", "type": "text"},
)
OWN_OUTCOMES = ({"name": "good", "label": "good", "credit": 1}, {"name": "later", "credit": "open"})


def test_ones_own_commitment_has_its_own_form(workspace: Workspace) -> None:
    own = lifecycle.Own("Walk", "s4", "event", "on event", fields=OWN_FIELDS, outcomes=OWN_OUTCOMES)
    change = lifecycle.add_own(workspace, own)
    commitment = get(workspace, str(change.commitment))
    assert [(field.name, field.private) for field in fields_of(commitment)] == [("how", False), ("words", True)]
    assert [choice.name for choice in fields_of(commitment)[0].choices] == ["good", "later"]
    guided.log(workspace, commitment, {"how": "good", "words": "w"})
    assert only(workspace, commitment).credit == 1.0
    guided.change(workspace, commitment, only(workspace, commitment).id, {"how": "later"})
    assert only(workspace, commitment).open


def test_an_event_of_ones_own_without_outcomes_is_kept_when_it_happened(workspace: Workspace) -> None:
    fields = ({"name": "words", "ask": "What stays?", "type": "text"},)
    change = lifecycle.add_own(workspace, lifecycle.Own("Walk", "s4", "event", "on event", fields=fields))
    commitment = get(workspace, str(change.commitment))
    guided.log(workspace, commitment, {})
    assert workspace.ledger.figures(commitment.id, workspace.today).streak == 1


@pytest.mark.parametrize(
    ("kind", "schedule", "fields", "outcomes"),
    [
        ("check", "daily", ({"name": "Bad Name", "ask": "?", "type": "line"},), ()),
        ("check", "daily", ({"name": "a", "ask": "?", "type": "nothing"},), ()),
        ("check", "daily", ({"name": "a", "ask": "?", "type": "text", "private": False},), ()),
        ("check", "daily", (), OWN_OUTCOMES),
        ("event", "on event", OWN_FIELDS, ()),
        ("event", "on event", (), ({"name": "good", "credit": 2},)),
        ("event", "on event", (), ({"name": "good", "credit": 1, "colour": "red"},)),
        ("event", "on event", (), (OWN_OUTCOMES[0], OWN_OUTCOMES[0])),
        ("minutes", "120 min per week", OWN_FIELDS[1:], ()),
        ("avoid", "daily", OWN_FIELDS[1:], ()),
    ],
)
def test_a_form_of_ones_own_that_does_not_fit_is_refused(
    kind: str, schedule: str, fields: tuple[Any, ...], outcomes: tuple[Any, ...], workspace: Workspace
) -> None:
    with pytest.raises(BadInput) as caught:
        lifecycle.add_own(workspace, lifecycle.Own("Walk", "s4", kind, schedule, fields=fields, outcomes=outcomes))
    assert "\n" not in caught.value.message and fold(workspace) == {}
