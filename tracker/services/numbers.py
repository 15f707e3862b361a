"""Numbers to have at hand: one private text of the person's own, shown on the safety page and nowhere else."""

from __future__ import annotations

from tracker.services import keys, reading
from tracker.services.change import Change
from tracker.services.toward import Toward
from tracker.services.typed import typed_text
from tracker.store.log.events import Draft

WHAT = "The text of numbers at hand"


def read_numbers(toward: Toward) -> str:
    """Return the numbers, or an empty text where there are none."""
    return str(reading.table(toward.book.value(keys.AT_HAND) or {}, "private").get("text", ""))


def keep_numbers(toward: Toward, text: str) -> Change:
    """Keep other numbers, or none where the text is empty. Raises BadInput where it is too long."""
    words = typed_text(text, WHAT)

    def build() -> list[Draft]:
        if words == read_numbers(toward):
            return []
        return [Draft(keys.AT_HAND, {"private": {"text": words}} if words else None)]

    events = toward.write("numbers", build)
    if not events:
        return Change(("Your numbers are as they were.",), changed=False)
    said = "Your numbers are kept." if words else "Your numbers are taken away."
    return Change((said,), operation=events[0]["op"])
