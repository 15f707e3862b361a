"""What calls for care in something just logged: the safety page, or to put right what was hurt."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.catalogue.rules import MORE_THAN_AN_APP
from tracker.domain.calendar import ONE_DAY
from tracker.domain.commitments import Commitment
from tracker.domain.records import LAPSE
from tracker.ledger.errors import NextStep
from tracker.ledger.workspace import Workspace
from tracker.services.commitments.outcomes import leads_of

MANY, MANY_WITHIN = 3, 14
IN_WORDS = {3: "Three", 4: "Four", 5: "Five", 6: "Six", 7: "Seven", 8: "Eight", 9: "Nine", 10: "Ten"}
REPAIR, FRIGHTEN = "repair", "frighten"
WHAT_NOW = "What will you put right? And was anyone afraid?"


@dataclass(frozen=True, slots=True)
class Care:
    """What is said beside something that was just logged, and the way it leads to."""

    way: NextStep
    lines: tuple[str, ...] = ()


def care(
    workspace: Workspace,
    commitment: Commitment,
    outcome: str | None,
    *,
    hands: bool = False,
    afraid: bool = False,
    unsafe: bool = False,
) -> Care | None:
    """Return what calls for care after an outcome that was just logged, the gravest first; None where nothing does.

    The safety page opens with what is for those who frighten somebody after three lapses of harm in two weeks, after
    hands, and where somebody was `afraid` of what one did; with what is for those in fear where it was `unsafe`.
    """
    many = harm_lately(workspace) if outcome == LAPSE and commitment.harm else 0
    leads = leads_of(commitment, outcome)
    if many >= MANY:
        return Care(NextStep.FRIGHTEN, (f"{IN_WORDS.get(many, str(many))} times {MORE_THAN_AN_APP}",))
    own_doing = outcome == LAPSE or leads == REPAIR
    if hands or leads == FRIGHTEN or (afraid and own_doing):
        return Care(NextStep.FRIGHTEN)
    if afraid or unsafe:
        return Care(NextStep.SAFETY)
    return Care(NextStep.REPAIR, (WHAT_NOW,)) if leads == REPAIR else None


def harm_lately(workspace: Workspace) -> int:
    """Return how often something that may hurt somebody happened in the last fourteen days, over all commitments."""
    today, found = workspace.today, 0
    first = today - (MANY_WITHIN - 1) * ONE_DAY
    for each in workspace.ledger.commitments(archived=True):
        if each.harm:
            entries = workspace.ledger.record(each.id, first).between(first, today)
            found += sum(entry.outcome == LAPSE for entry in entries)
    return found
