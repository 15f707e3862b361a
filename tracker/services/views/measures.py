"""What the answers of a commitment say beside its streak, in sentences that both faces show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from tracker.catalogue import roles
from tracker.domain.commitments import Commitment
from tracker.domain.counting import measures
from tracker.domain.language.words import say_number
from tracker.domain.planned import PlannedState
from tracker.domain.records import Entry
from tracker.domain.text import discreet_mode
from tracker.ledger.workspace import Workspace
from tracker.services.together.planned import agenda

LATELY = timedelta(weeks=8)
CHOSE: Mapping[object, str] = {
    "me": "Last time you chose what to do.",
    "them": "Last time they chose what to do.",
    "both": "Last time you both chose what to do.",
}


def insight(workspace: Workspace, commitment: Commitment) -> tuple[str, ...]:
    """Return sentences on what came of fears, promises, needs, heat or planned times; most commitments have none.

    Told discreetly there are none: such a sentence says what it is about.
    """
    tell = None if discreet_mode.is_drawn() else TELLS.get(commitment.id)
    return tuple(sentence for sentence in tell(workspace) if sentence) if tell else ()


def _answers(workspace: Workspace, cid: str) -> list[Mapping[str, object]]:
    """Return the public answers of all entries, which is all that is ever counted."""
    return [entry.fields for entry in _entries(workspace, cid)]


def _entries(workspace: Workspace, cid: str) -> tuple[Entry, ...]:
    return workspace.ledger.record(cid).entries


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _forecasts(workspace: Workspace) -> tuple[str, ...]:
    return (_sentence(measures.forecasts(_answers(workspace, roles.FORECASTS)).summary),)


def _beliefs(workspace: Workspace) -> tuple[str, ...]:
    """Return how strong the belief was each time it was looked at again."""
    found = (each.get("strength") for each in _answers(workspace, roles.BELIEFS))
    strengths = [strength for strength in found if isinstance(strength, int)]
    return (f"How strong, over time: {measures.course(strengths)}.",) if len(strengths) > 1 else ()


def _thoughts(workspace: Workspace) -> tuple[str, ...]:
    eased, of = measures.eased(_answers(workspace, roles.THOUGHTS))
    return (f"The feeling eased in {eased} of {of}.",) if of else ()


def _contacts(workspace: Workspace) -> tuple[str, ...]:
    return (_sentence(measures.told_in_time(_answers(workspace, roles.CONTACTS))),)


def _together(workspace: Workspace) -> tuple[str, ...]:
    """Return what came of planned times, how often it was undivided, and who chose last, so that it can change."""
    answers = _answers(workspace, roles.PARTNER_TIME)
    undivided = [each["undivided"] for each in answers if "undivided" in each]
    chosen = next((each["chooser"] for each in reversed(answers) if each.get("chooser") in CHOSE), None)
    lines = [*planned_lines(workspace)]
    lines += [f"Undivided: {undivided.count(True)} of {len(undivided)}."] if undivided else []
    return (*lines, CHOSE[chosen]) if chosen else tuple(lines)


def _promises(workspace: Workspace) -> tuple[str, ...]:
    found = measures.promises(entry.outcome for entry in _entries(workspace, roles.PROMISES))
    few = 0 < found.settled < measures.FEW
    return (_sentence(f"promises kept, or moved in time: {found.summary}" if few else found.summary),)


def _needs(workspace: Workspace) -> tuple[str, ...]:
    """Return each side alone: nothing is set against the other."""
    found = measures.needs(_answers(workspace, roles.NEEDS_LOG))
    return tuple(
        f"{whose.capitalize()}: {side.voiced} voiced, {side.heard} heard, {side.met} met or a middle way found."
        for whose, side in found.items()
        if side.voiced
    )


def _heat(workspace: Workspace) -> tuple[str, ...]:
    repairs = sum(bool(entry.credit) for entry in workspace.ledger.record(roles.REPAIR).entries)
    steps = measures.funnel(_entries(workspace, roles.TRIGGERS), _entries(workspace, roles.TIME_OUT), repairs)
    if not any(number for _, number in steps):
        return ()
    return (_sentence(", ".join(f"{name} {number}" for name, number in steps)),)


def _turned(workspace: Workspace) -> tuple[str, ...]:
    """Return how many invitations were turned toward, where it was ever said which way."""
    found = _entries(workspace, roles.TURNING_TOWARD)
    met, of = measures.turned(found)
    directed = any("direction" in each.fields for each in found)
    return (f"Turned toward {say_number(met)} of {say_number(of)}.",) if directed else ()


def planned_lines(workspace: Workspace) -> tuple[str, ...]:
    """Return what came of the planned times of the last eight weeks: kept of settled, and the rest by itself."""
    past = agenda(workspace, workspace.today - LATELY)
    lines = [f"Planned times: {past.kept} of {past.settled} kept."] if past.settled else []
    for state, word in ((PlannedState.CANCELLED, "Cancelled"), (PlannedState.MOVED, "Moved in time")):
        number = sum(each.state is state for each in (*past.past, *past.off))
        lines += [f"{word}: {number}."] if number else []
    if past.asked_about:
        lines.append(f"Nothing said yet: {len(past.asked_about)}.")
    return tuple(lines)


TELLS: Mapping[str, Callable[[Workspace], tuple[str, ...]]] = {
    roles.BELIEFS: _beliefs,
    roles.FORECASTS: _forecasts,
    roles.THOUGHTS: _thoughts,
    roles.NEEDS_LOG: _needs,
    roles.TURNING_TOWARD: _turned,
    roles.CONTACTS: _contacts,
    roles.PROMISES: _promises,
    roles.TRIGGERS: _heat,
    roles.PARTNER_TIME: _together,
}
