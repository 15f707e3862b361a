"""Numbers to have at hand: one private text of the person's own, shown on the safety page and nowhere else."""

from __future__ import annotations

from tracker.ledger import codec, event_keys
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.text_limits import typed_text
from tracker.store.events import Draft

WHAT = "The text of numbers at hand"


def read_numbers(workspace: Workspace) -> str:
    """Return the numbers, or an empty text where there are none."""
    return codec.note_text(workspace.ledger.value(event_keys.AT_HAND) or {})


def keep_numbers(workspace: Workspace, text: str) -> Change:
    """Keep other numbers, or none where the text is empty. Raises BadInput where it is too long."""
    words = typed_text(text, WHAT)

    def build() -> list[Draft]:
        if words == read_numbers(workspace):
            return []
        return [Draft(event_keys.AT_HAND, codec.write_note(words) if words else None)]

    events = workspace.write("numbers", build)
    if not events:
        return Change(("Your numbers are as they were.",), changed=False)
    sentence = "Your numbers are kept." if words else "Your numbers are taken away."
    return Change((sentence,), operation=events[0]["op"])
