"""Why I do this: the person's own line, within reach on a heavy day."""

from __future__ import annotations

from tracker.catalogue.roles import MY_WHY
from tracker.domain.text import discreet_mode
from tracker.ledger import codec
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace

NONE_YET = "There is no line of your own yet. It begins with: toward log my-why"


def line(workspace: Workspace) -> str:
    """Return the newest line that was written. Raises Refused where there is none."""
    for entry in reversed(workspace.ledger.record(MY_WHY).entries):
        private = codec.table(workspace.ledger.value(entry.id) or {}, "private")
        if text := str(private.get("reason") or ""):
            return discreet_mode.dotted(text)
    raise Refused(NONE_YET)
