"""Private notes: one for a commitment and a day, never counted and never shown unasked."""

from __future__ import annotations

from datetime import date

from tracker.domain.clean import paragraphs
from tracker.domain.commitments import Commitment
from tracker.services import keys
from tracker.services.change import Change, say_day
from tracker.services.toward import Toward
from tracker.store.events import Draft

KEPT = "Your note is kept."


def note(toward: Toward, commitment: Commitment, day: date, text: str, *, replace: bool = False) -> Change:
    """Keep a private note with a commitment's day; a second one is added below the first."""

    def build() -> list[Draft]:
        toward.reach(commitment.id, day)
        return noted(toward, commitment.id, day, text, replace=replace)

    events = toward.write("note", build)
    if not events:
        return Change(("The note is as it was.",), commitment.id, changed=False)
    said = f"{commitment.title}: note {'kept' if events[0]['v'] else 'taken away'}, {say_day(day, toward.today)}."
    return Change((said,), commitment.id, operation=events[0]["op"])


def noted(toward: Toward, cid: str, day: date, text: str, *, replace: bool = False) -> list[Draft]:
    """Return what keeps a note, to be written with something else or by itself; nothing if it is there already."""
    words = paragraphs(text)
    before = read_note(toward, cid, day)
    after = words if replace or not before else f"{before}\n{words}" if words else before
    if after == before:
        return []
    return [Draft(keys.note(cid, day), {"private": {"text": after}} if after else None)]


def read_note(toward: Toward, cid: str, day: date) -> str:
    """Return the private note of a commitment's day, or an empty text."""
    private = (toward.book.value(keys.note(cid, day)) or {}).get("private")
    return str(private.get("text", "")) if isinstance(private, dict) else ""
