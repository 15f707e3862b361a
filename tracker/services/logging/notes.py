"""Private notes: one for a commitment and a day, never counted and never shown unasked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from tracker.domain.commitments import Commitment
from tracker.domain.text.clean import LONGEST_TEXT, paragraphs, too_long
from tracker.ledger import codec, event_keys
from tracker.ledger.errors import BadInput
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, say_day
from tracker.services.history import versions
from tracker.services.history.versions import Version
from tracker.store.events import Draft

KEPT = "Your note is kept."


def note(
    workspace: Workspace,
    commitment: Commitment,
    day: date,
    text: str,
    *,
    replace: bool = False,
    seen: Collection[str] = (),
) -> Change:
    """Keep a private note with a commitment's day; a second one is added below the first.

    What replaces it answers the versions that were `seen`; one that came in since is kept below.
    """

    def build() -> list[Draft]:
        return noted(workspace, commitment.id, day, text, replace=replace, seen=seen)

    events = workspace.write("note", build)
    if not events:
        return Change(("The note is as it was.",), commitment.id, changed=False)
    sentence = (
        f"{commitment.title}: note {'kept' if events[0]['v'] else 'taken away'}, {say_day(day, workspace.today)}."
    )
    return Change((sentence,), commitment.id, operation=events[0]["op"])


def noted(
    workspace: Workspace, cid: str, day: date, text: str, *, replace: bool = False, seen: Collection[str] = ()
) -> list[Draft]:
    """Return what keeps a note, to be written with something else or by itself; nothing if it is there already.

    Raises BadInput where it would be too long; one that is longer already, by an import, may still be shortened.
    """
    words = paragraphs(text)
    if not words and not replace:
        return []
    winner, *others = note_versions(workspace, cid, day) or (None,)
    there = [each for each in (winner, *others) if each is not None]
    # What came in while another version was being changed is kept with it.
    kept = [each.text for each in there if not replace or (seen and each.id not in seen)]
    after = paragraphs("\n".join((words, *kept) if replace else (*kept, words)))
    if after == (winner.text if winner else "") and not (others and seen):
        return []
    _must_fit(words, side_by_side(there) if replace else "")
    if not replace:
        _must_fit(after, "", with_more=bool(kept))
    key = event_keys.note(cid, day)
    answered = tuple(event["id"] for event in workspace.store.concurrent(key)) if seen or not replace else ()
    return [Draft(key, codec.write_note(after) if after else None, settles=answered)]


def _must_fit(words: str, before: str, *, with_more: bool = False) -> None:
    """Raise BadInput where a note is too long, unless it was longer before."""
    most = max(LONGEST_TEXT, len(before))
    if with_more and len(words) > most:
        raise BadInput(
            f"A note holds at most {most:,} characters; with this it would have {len(words):,}. "
            "Nothing was saved: shorten the note first, by its key n in the app."
        )
    if wrong := too_long("A note", words, most):
        raise BadInput(wrong)


def note_versions(workspace: Workspace, cid: str, day: date) -> tuple[Version, ...]:
    """Return the note of a commitment's day as each device left it, the one in force first; none without a note."""
    text = read_note(workspace, cid, day)
    return (
        versions.of(workspace, event_keys.note(cid, day), lambda value: codec.note_text(value) or text) if text else ()
    )


def side_by_side(found: Sequence[Version]) -> str:
    """Return the text of a note, or of its versions one below the other, each with its device and time."""
    if len(found) < 2:
        return found[0].text if found else ""
    return "\n\n".join(f"{versions.say_version(each)}:\n{each.text}" for each in found)


def read_note(workspace: Workspace, cid: str, day: date) -> str:
    """Return the private note of a commitment's day, or an empty text."""
    return codec.note_text(workspace.ledger.value(event_keys.note(cid, day)) or {})
