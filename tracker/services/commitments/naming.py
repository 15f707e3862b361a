"""Names of commitments: a title, other words for it, and the id it gets; no two commitments go by one name."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.domain.commitments import Commitment
from tracker.domain.language.names import as_seen, latin
from tracker.domain.text.clean import LONGEST_LINE
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments.find import named_alike, with_real_names
from tracker.services.text_limits import typed_name

TITLE, ALIAS = "A title", "An alias"


def other_title(workspace: Workspace, commitment: Commitment, title: str) -> str:
    """Return a new title for a commitment. Raises BadInput, or Refused where another has a title that looks like it."""
    line = typed_name(title, TITLE, max(LONGEST_LINE, len(commitment.title)))
    other = named_alike(workspace, line, commitment.id)
    if other is not None and as_seen(line) != as_seen(with_real_names(workspace, commitment).title):
        raise Refused(f"'{other.title}' is yours already. Two of one name could not be told apart.")
    return line


def read_aliases(workspace: Workspace, given: Sequence[str], now: Commitment | None = None) -> list[str]:
    """Return other words for a commitment, each once. Raises BadInput, or Refused where another goes by one."""
    found: dict[str, str] = {}
    before = {as_seen(alias) for alias in now.aliases} if now else set()
    others = [each for each in workspace.ledger.commitments(archived=True) if now is None or each.id != now.id]
    for word in (typed_name(alias, ALIAS) for alias in given if alias.strip()):
        seen = as_seen(word)
        for each in others if seen not in before else ():
            real = with_real_names(workspace, each)
            if seen in map(as_seen, (real.title, *real.aliases)):
                raise Refused(f"'{word}' is a name of '{each.title}' already. Two could not be told apart by it.")
        found.setdefault(seen, word)
    return list(found.values())


def fresh_id(workspace: Workspace, title: str, step_id: str) -> str:
    """Return the id of the commitment that has this title, or one that no other has: of its letters, or of its step."""
    existing = named_alike(workspace, title)
    if existing is not None:
        return existing.id
    slug = latin(title)[:40].strip("-") or step_id
    taken = {each.id for each in workspace.ledger.commitments(archived=True)}
    number = 1
    while (cid := f"own.{slug}" + (f"-{number}" if number > 1 else "")) in taken:
        number += 1
    return cid
