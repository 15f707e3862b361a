"""Open loops: what entries still ask when its time has come, answered or let go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.domain.commitments import Commitment
from tracker.domain.loops import Loop, loops_of, open_now
from tracker.domain.rules import too_late
from tracker.services import forms
from tracker.services.change import Change, standing, then
from tracker.services.errors import BadInput, Refused
from tracker.services.toward import Toward
from tracker.store.events import Draft


def open_loops(toward: Toward) -> list[Loop]:
    """Return what stands open today over all commitments, oldest first."""
    return open_now(all_loops(toward), toward.clock.now(), toward.today)


def all_loops(toward: Toward) -> list[Loop]:
    """Return what entries still ask, now or on a day to come, over all commitments that are not archived."""
    found: list[Loop] = []
    for commitment in toward.book.commitments():
        waiting = [entry for entry in toward.book.record(commitment.id).entries if entry.asks]
        if waiting:
            fields = forms.fields_of(commitment)
            for entry in waiting:
                found += loops_of(commitment.id, entry, forms.answers_of(toward, entry.id), fields)
    return found


def answer(toward: Toward, loop: Loop, answers: Mapping[str, Any]) -> Change:
    """Close a loop with its answers. Raises BadInput for one that does not fit, Refused where it is closed already."""
    commitment = _of(toward, loop)
    given = forms.read_answers(toward, loop.fields, answers)
    if not given:
        raise BadInput("Nothing was answered. Answer it, or let it go.")
    if wrong := too_late(forms.source_of(commitment), given, loop.due, toward.clock.now()):
        raise BadInput(wrong)
    return _close(toward, commitment, loop, given, "answer", "thank you, that closes it.")


def let_go(toward: Toward, loop: Loop) -> Change:
    """Close a loop without an answer, for good."""
    return _close(toward, _of(toward, loop), loop, {}, "let go", "let go.")


def _of(toward: Toward, loop: Loop) -> Commitment:
    commitment = toward.book.get(loop.commitment)
    if commitment is None:
        raise Refused("Its commitment is not there any more.")
    return commitment


def _close(toward: Toward, commitment: Commitment, loop: Loop, given: Mapping[str, Any], cmd: str, told: str) -> Change:
    toward.complete()

    def build() -> list[Draft]:
        old = forms.entry_value(toward, commitment, loop.entry.id)
        names = {field.name for field in loop.fields}
        if not names & set(old.get("asks", ())):
            raise Refused(f"{commitment.title}: that is closed already.")
        value = dict(old) | {"asks": [name for name in old["asks"] if name not in names]}
        return [Draft(loop.entry.id, forms.closed(toward, commitment, value, given))]

    events = toward.write(cmd, build)
    said = f"{commitment.title}: {told}" + then(standing(toward, commitment))
    return Change((said,), commitment.id, operation=events[0]["op"])
