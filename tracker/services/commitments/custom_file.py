"""A commitment of one's own from a file: the same TOML that the catalogue is written in, with fields and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.domain.commitments import Commitment, Kind, usual_schedule
from tracker.domain.language.words import say_list
from tracker.domain.text.clean import one_line
from tracker.ledger.errors import BadInput
from tracker.ledger.private_words import plan_of
from tracker.services.commitments.custom_fields import outcome_rows
from tracker.services.commitments.find import read_kind, read_step
from tracker.services.commitments.lifecycle import Own
from tracker.services.commitments.plans import read_target

KEYS = ("title", "step", "kind", "schedule", "target", "aliases", "if_then", "harm", "fields", "outcomes")
LONGEST = 200_000


def read_own(text: str) -> Own:
    """Return the commitment a file describes. Raises BadInput with one plain line."""
    return _own(_table(text))


def read_changed(text: str, commitment: Commitment) -> Own:
    """Return a commitment as a file changes it: what the file leaves out stays. Raises BadInput."""
    now, plan = commitment.details, commitment.plan
    before: dict[str, Any] = {
        "title": commitment.title,
        "step": commitment.step,
        "kind": commitment.kind.value,
        "schedule": plan.schedule.sentence,
        "aliases": list(commitment.aliases),
        "if_then": plan_of(now),
        "harm": commitment.harm,
        "fields": now.get("fields", []),
        "outcomes": list(outcome_rows(now.get("outcomes"))),
    }
    own = _own(before | _table(text))
    if (own.step, own.kind) != (commitment.step, commitment.kind.value):
        raise BadInput(
            f"'{commitment.title}' stays under {commitment.step} and of the kind {commitment.kind}, which its history "
            "was counted by. Another step or kind is another commitment: toward add --file"
        )
    return own


def _table(text: str) -> dict[str, Any]:
    """Return the table a file holds. Raises BadInput."""
    import tomllib

    if len(text) > LONGEST:
        raise BadInput("This file is too large to be a commitment.")
    try:
        table = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"This file is not TOML: {one_line(str(error))}.") from None
    if unknown := [one_line(key) for key in table if key not in KEYS]:
        raise BadInput(f"'{unknown[0]}' means nothing in a commitment; it can have {say_list(KEYS)}.")
    return table


def _own(table: Mapping[str, Any]) -> Own:
    kind = read_kind(_text(table, "kind", "check")).value
    return Own(
        title=_text(table, "title"),
        step=read_step(_text(table, "step")),
        kind=kind,
        schedule=_text(table, "schedule", usual_schedule(kind, _target(table, kind))),
        target=_target(table, kind),
        aliases=_list(table, "aliases", str, "a list of words in quotes"),
        if_then=_text(table, "if_then", ""),
        harm=_harm(table, kind),
        fields=_list(table, "fields", dict, "tables, each under a line [[fields]]"),
        outcomes=_list(table, "outcomes", dict, "tables, each under a line [[outcomes]]"),
    )


def _text(table: Mapping[str, Any], key: str, otherwise: str | None = None) -> str:
    value = table.get(key, otherwise)
    if value is None:
        raise BadInput(f'A commitment needs a {key}: it begins with {key} = "...".')
    if not isinstance(value, str):
        raise BadInput(f"The {key} of a commitment is text in quotes.")
    return value


def _target(table: Mapping[str, Any], kind: str) -> int | None:
    """Return the target a file names, as a number or as it is typed elsewhere (`"1.5h"`), or None without one."""
    if "target" not in table:
        return None
    value = table["target"]
    if isinstance(value, str):
        return read_target(Kind(kind), value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput("The target of a commitment is a whole number.")
    return value


def _harm(table: Mapping[str, Any], kind: str) -> bool:
    value = table.get("harm", False)
    if not isinstance(value, bool):
        raise BadInput("'harm' of a commitment is true or false.")
    if value and kind != "avoid":
        raise BadInput('Only something to avoid can be about harm: kind = "avoid".')
    return value


def _list(table: Mapping[str, Any], key: str, kind: type, what: str) -> tuple[Any, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, kind) for each in value):
        raise BadInput(f"The {key} of a commitment are {what}.")
    return tuple(value)
