"""An entry whose answers are changed: what stays beside them, and what is asked once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.domain.fields import Field
from tracker.domain.records import LAPSE
from tracker.ledger import codec


def kept_beside(
    fields: Sequence[Field], old: Mapping[str, Any], fresh: Mapping[str, Any], *, turned_out: bool
) -> dict[str, Any]:
    """Return a changed entry with what the form does not ask: its moment, and what was logged in another way.

    `turned_out` says that it names how it turned out, and not by what its parts come to.
    """
    value = dict(fresh)
    given = {field.gives.value for field in fields if field.gives}
    value |= {name: old[name] for name in ("at", "amount", "due") if name in old and name not in given}
    if turned_out and "outcome" in old and "outcome" not in given:
        value |= {name: old[name] for name in ("outcome", "credit", "open") if name in old}
    if value.get("outcome") == LAPSE and "put_right_at" in old:
        value["put_right_at"] = old["put_right_at"]
    if "settled_at" in old and not value.get("open"):
        value["settled_at"] = old["settled_at"]
    known = {field.name for field in fields}
    for part in ("fields", "private"):
        rest = {name: answer for name, answer in codec.table(old, part).items() if name not in known}
        if rest:
            value[part] = rest | value.get(part, {})
    return value


def asked_again(
    fields: Sequence[Field], old: Mapping[str, Any], fresh: Mapping[str, Any], given: Mapping[str, Any]
) -> list[str]:
    """Return which later questions stand after a change: those that stood, moved, or lost their answer."""
    before = codec.said_in(old)
    by_name = {field.name: field for field in fields}

    def stands(name: str) -> bool:
        if not by_name[name].later:
            return name in codec.asked(old) or before.get(name) != given.get(name)
        hangs_on = by_name[name].at
        moved = bool(hangs_on) and before.get(hangs_on) != given.get(hangs_on)
        return moved or name in before or name in codec.asked(old)

    return [name for name in codec.asked(fresh) if (name not in given or not by_name[name].later) and stands(name)]
