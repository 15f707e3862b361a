"""What will be put right after a lapse, said in one line at once, and that it was, with what was done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from tracker.catalogue.rules import PARTS
from tracker.domain.clock import DayEnd
from tracker.domain.commitments import Commitment
from tracker.domain.counting.moments import say_put_right
from tracker.domain.fields import BadAnswer, Field, Type, read_moment
from tracker.ledger import codec, event_keys
from tracker.ledger.commitment_fields import BY, PUT_RIGHT, fields_of, part_fields
from tracker.ledger.errors import NextStep
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change, say_day
from tracker.services.commitments.answering import read_answers
from tracker.services.logging import guided, lapses
from tracker.services.logging.log_entry import logged
from tracker.services.logging.notes import noted
from tracker.services.logging.settling import closed
from tracker.services.logging.stored_answers import answers_of
from tracker.store.events import Draft

HOW = f"{PUT_RIGHT}_how"
EXAMPLE = "say sorry, tomorrow 19:00"


def may_be_said(commitment: Commitment, lapsed: Change) -> bool:
    """Return whether a lapse just logged takes the line; none is asked for where the safety page comes first."""
    names = {field.name for field in fields_of(commitment)}
    return lapsed.way is NextStep.PUT_RIGHT and {HOW, BY} <= names


def say(workspace: Workspace, commitment: Commitment, lapsed: Change, line: str) -> Change:
    """Keep with the newest lapse what will be put right, and by when if the line ends in a day or a time to come.

    An empty line changes nothing: it is asked tomorrow. Raises BadInput for a line too long to keep, Refused without a
    lapse that waits.
    """
    if not line.strip():
        return replace(lapsed, way=None)
    what, by = read(line, workspace.clock.now(), workspace.today, workspace.ledger.day_ends)
    key = lapses.newest_lapse(workspace, commitment).id
    answers: dict[str, Any] = answers_of(workspace, key)
    answers |= ({HOW: what} if what else {}) | ({BY: by.isoformat(timespec="minutes")} if by else {})
    change = guided.change(workspace, commitment, key, answers)
    asked = datetime.fromisoformat(answers_of(workspace, key)[BY])
    when = say_day(asked.date(), workspace.today) + ("" if asked.time() == time() else f" {asked:%H:%M}")
    return replace(change, lines=(f"Kept, for your eyes only. It is asked {when}.",))


def put_right(workspace: Workspace, commitment: Commitment, answers: Mapping[str, Any], note: str = "") -> Change:
    """Say that the newest lapse is put right now, and which of the four parts were done.

    `answers` has a yes or no for each of the parts. Within 24 hours it counts among moments put right, later it is told
    as such. Raises Refused where no lapse waits, BadInput where a part is not answered, none was done, or it is too
    early for any of it.
    """
    lapses.must_avoid(commitment)
    lapses.newest_lapse(workspace, commitment)
    given = read_answers(workspace, part_fields(), answers)

    def build() -> list[Draft]:
        newest = lapses.newest_lapse(workspace, commitment)
        value = workspace.ledger.value(newest.id) or {}
        value = codec.asking(value, [name for name in codec.asked(value) if name not in (PUT_RIGHT, *PARTS)])
        mended = closed(workspace, commitment, value, {PUT_RIGHT: True, **given})
        return [Draft(newest.id, mended), *noted(workspace, commitment.id, newest.day, note)]

    events = workspace.write("put right", build)
    return logged(commitment, [f"{commitment.title}: {say_righted(workspace, events[0]['key'])}"], events)


def say_righted(workspace: Workspace, key: str) -> str:
    """Return what is said of a lapse that was just put right: when, and how much of it was done."""
    entry = next(each for each in workspace.ledger.record(event_keys.split(key)[1]).entries if each.id == key)
    done = sum(entry.fields.get(part) is True for part in PARTS)
    return f"{say_put_right(entry) or 'put right'}, {done} of {len(PARTS)} parts. Owning it and making good counts."


def read(line: str, now: datetime, today: date, ends: Sequence[DayEnd] = ()) -> tuple[str, datetime | None]:
    """Return what is to be put right, and by when: the end of a line, after a comma or `by`, that is a time to come."""
    words = " ".join(line.split())
    for cut in [0, *(found.end() for found in re.finditer(r",|\bby\b", words))]:
        by = _moment(words[cut:].strip().removeprefix("by "), now, today, ends)
        if by is not None:
            return re.sub(r"[\s,]*(\bby)?[\s,]*$", "", words[:cut]), by
    return words, None


def _moment(text: str, now: datetime, today: date, ends: Sequence[DayEnd]) -> datetime | None:
    """Return the moment that a text names, the beginning of a day for a day; None for other words, or one gone by."""
    try:
        moment = read_moment(text, now, today, ends)
        return moment if moment > now else None
    except BadAnswer:
        pass
    try:
        day = date.fromisoformat(Field("by", "", Type.DAY).read(text, now, today))
    except BadAnswer:
        return None
    return datetime.combine(day, time(), now.tzinfo) if day >= today else None
