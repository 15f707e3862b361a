"""What was half typed when the app had to go: kept for the next start, and gone once it is saved or let go.

A place says where words belong, written as the keys of events are: `note|<commitment>|<day>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from tracker.domain.language.words import say_list
from tracker.ledger import codec, event_keys
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import say_day
from tracker.store.drafts import read_drafts, remove_draft, write_draft

Words = Mapping[str, str]
HERE_AGAIN = "Here is what you had typed."


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Words that were not saved: where they belong, the lines by name, and when they were kept."""

    place: str
    words: Words
    at: datetime


def keep(workspace: Workspace, typed: Mapping[str, Words]) -> None:
    """Keep what stands typed at each place. Raises Refused where nothing may or can be written.

    Without its key an encrypted store takes nothing: the words would lie open beside it.
    """
    from tracker.services.lock_status import needs_key

    if not workspace.encrypted and needs_key(workspace.data):
        raise Refused("The store was encrypted meanwhile, so nothing was written down in the clear.")
    at = workspace.clock.now().isoformat()
    try:
        for place, words in typed.items():
            write_draft(workspace.state, workspace.store.vault, place, {"words": dict(words), "at": at})
    except (OSError, ValueError):
        raise Refused(f"What you typed could not be kept: check that you may write to {workspace.state}.") from None


def unfinished(workspace: Workspace) -> tuple[Unfinished, ...]:
    """Return all that is kept, oldest first."""
    found = []
    for row in read_drafts(workspace.state, workspace.store.vault):
        words = row.get("words")
        with suppress(TypeError, ValueError):
            if isinstance(words, dict):
                lines = {str(name): str(text) for name, text in words.items() if isinstance(text, str)}
                found.append(Unfinished(row["place"], lines, datetime.fromisoformat(row["at"])))
    return tuple(sorted(found, key=lambda each: each.at))


def forget(workspace: Workspace, places: Iterable[str]) -> None:
    """Let go of what is kept at some places; what the disk refuses stays until the next time."""
    for place in places:
        with suppress(OSError):
            remove_draft(workspace.state, place)


def forget_where(workspace: Workspace, wanted: Callable[[Unfinished], bool]) -> int:
    """Let go of every draft that is wanted gone, and return how many there were."""
    places = [each.place for each in unfinished(workspace) if wanted(each)]
    forget(workspace, places)
    return len(places)


def of_commitment(cid: str, day: date | None = None) -> Callable[[Unfinished], bool]:
    """Return what tells the drafts of a commitment, or of one day of it with those of no day."""

    def wanted(each: Unfinished) -> bool:
        _, owner, rest = event_keys.split(each.place)
        return owner == cid and (day is None or codec.read_day(rest) in (None, day))

    return wanted


def tell(workspace: Workspace, kept: Iterable[Unfinished]) -> str:
    """Return a line about what waits to be finished, without a word of it; empty where nothing does."""
    names = []
    for each in kept:
        kind, _, rest = event_keys.split(each.place)
        day = codec.read_day(rest)
        name = "a note" if kind == "note" else "something you were writing"
        names.append(f"{name} of {say_day(day, workspace.today)}" if day else name)
    if not names:
        return ""
    return f"Not saved, but kept for you: {say_list(list(dict.fromkeys(names)))}. Open it again and it stands there."
