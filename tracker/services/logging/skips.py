"""Skip a day, which then asks for nothing, or ask for it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tracker.catalogue.rules import NO_DAY_OFF
from tracker.domain.commitments import Commitment
from tracker.domain.records import SKIP_REASONS as SKIP_REASONS
from tracker.domain.text.clean import one_line
from tracker.ledger import event_keys
from tracker.ledger.errors import InvalidChoice, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, say_days
from tracker.services.logging.log_entry import logged, now_of, only_noted
from tracker.services.logging.notes import noted
from tracker.store.events import Draft


def skip(
    workspace: Workspace, commitment: Commitment, days: Sequence[date] | None = None, reason: str = "", note: str = ""
) -> Change:
    """Ask for nothing on the days; `reason` is a word of the list, kept with the skip in place of an earlier one.

    Raises BadInput for another reason, Refused for a commitment about harm.
    """
    days = tuple(days or (workspace.today,))
    if commitment.harm:
        why = f"'{commitment.title}' {NO_DAY_OFF}. A day left unanswered counts for nothing."
        raise Refused(why, NextStep.PUT_AWAY, commitment.id)
    stands = bool(workspace.ledger.figures(commitment.id, workspace.today).streak)
    word = one_line(reason).lower()
    if word and word not in SKIP_REASONS:
        raise InvalidChoice(reason, SKIP_REASONS, "reason", "Or leave it out.")
    before: dict[str, Mapping[str, Any] | None] = {}

    def build() -> list[Draft]:
        value = {"at": now_of(workspace), "reason": word} if word else {"at": now_of(workspace)}
        before.update(
            (key, workspace.ledger.value(key)) for key in (event_keys.skip(commitment.id, day) for day in days)
        )
        new = [key for key, old in before.items() if old is None or (word and old.get("reason") != word)]
        drafts = [Draft(key, {**(before[key] or {}), **value}) for key in new]
        return drafts + noted(workspace, commitment.id, days[-1], note)

    events = workspace.write("skip", build)
    when = say_days(days, workspace.today)
    if not events:
        return Change((f"{commitment.title}: {when} was skipped already.",), commitment.id, changed=False)
    if None not in before.values():
        reason = "" if only_noted(events) else f"; the reason is {word} now"
        return logged(commitment, [f"{commitment.title}: {when} was skipped already{reason}."], events)
    because = f" ({word})" if word else ""
    goes_on = ", and your streak goes on" if stands else ""
    text = f"{commitment.title}: skipped{because}, {when}. It asks for nothing{goes_on}."
    return logged(commitment, [text], events)


def unskip(workspace: Workspace, commitment: Commitment, days: Sequence[date]) -> Change:
    """Take skips back."""

    def build() -> list[Draft]:
        found = [event_keys.skip(commitment.id, day) for day in days]
        return [Draft(key, None) for key in found if workspace.ledger.value(key) is not None]

    events = workspace.write("unskip", build)
    when = say_days(tuple(days), workspace.today)
    if not events:
        raise Refused(f"{commitment.title}: {when} is not skipped.")
    return Change((f"{commitment.title}: asked for again, {when}.",), commitment.id, operation=events[0]["op"])
