"""Guided entries: log a commitment with its fields, edit what was answered, and close what an entry still asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from tracker.catalogue import read_fields, template
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.fields import BadAnswer, Field, Gives
from tracker.domain.loops import Loop, loops_of, open_now
from tracker.domain.records import HANDLED, LAPSE, Entry
from tracker.domain.rules import KIND_LINE, Verdict, judge, parts_done, too_late
from tracker.domain.words import say_list
from tracker.services import keys
from tracker.services.change import Change, say_day, standing, then
from tracker.services.entries import not_ahead, outcome_named, start_earlier
from tracker.services.errors import BadInput, Refused, Way
from tracker.services.toward import Toward
from tracker.store.events import Draft

WHAT, PUT_RIGHT, AFRAID = "what", "put_right", "someone_afraid"


def fields_of(commitment: Commitment) -> tuple[Field, ...]:
    """Return what a commitment asks: its own fields, or those of the catalogue."""
    own = commitment.details.get("fields")
    if isinstance(own, list):
        try:
            return read_fields(own, commitment.outcomes)
        except ValueError:
            return ()
    return template(source).fields if (source := _source(commitment)) else ()


def _source(commitment: Commitment) -> str:
    """Return the id of the catalogue a commitment came from, or an empty text."""
    source = str(commitment.details.get("catalogue", ""))
    try:
        template(source)
    except KeyError:
        return ""
    return source


def asked_now(commitment: Commitment) -> tuple[Field, ...]:
    """Return the fields that are asked when an entry is made."""
    return tuple(field for field in fields_of(commitment) if not field.later)


def settles_later(commitment: Commitment) -> bool:
    """Return whether how an event turned out is asked later than the event itself."""
    return any(field.later and field.gives is Gives.OUTCOME for field in fields_of(commitment))


def read_answers(
    toward: Toward, fields: Sequence[Field], answers: Mapping[str, Any], *, complete: bool = True
) -> dict[str, Any]:
    """Return answers as they are stored, empty ones left out. Raises BadInput for one that does not fit."""
    known = {field.name: field for field in fields}
    if strange := [name for name in answers if name not in known]:
        raise BadInput(f"{say_list(strange)}: not asked here. It asks {say_list(list(known))}.")
    found: dict[str, Any] = {}
    for name, field in known.items():
        answer = answers.get(name)
        if answer is None or (isinstance(answer, str) and not answer.strip()):
            if complete and not field.optional:
                raise BadInput(f"This one needs an answer: {field.ask}")
            continue
        try:
            found[name] = field.read(answer, toward.clock.now(), toward.today)
        except BadAnswer as error:
            raise BadInput(f"{field.ask} {error}") from None
    return found


def log(toward: Toward, commitment: Commitment, answers: Mapping[str, Any], day: date | None = None) -> Change:
    """Log an entry with its answers. Raises BadInput for an answer that does not fit, Refused where a rule stops it."""
    day = day or toward.today
    not_ahead(toward, (day,))
    given = read_answers(toward, asked_now(commitment), answers)
    value, verdict = _value(toward, commitment, given, day)

    def build() -> list[Draft]:
        toward.reach(commitment.id, day)
        return [*start_earlier(toward, commitment, day), Draft(keys.entry(commitment.id), value)]

    events = toward.write("log", build)
    said = f"{commitment.title}: written down, {say_day(day, toward.today)}." + then(standing(toward, commitment))
    more = [verdict.said] if verdict.said else []
    if value.get("outcome") == LAPSE:
        more.append(KIND_LINE)
    way = Way.SAFETY if verdict.safety or value.get("afraid") else None
    return Change((said, *more), commitment.id, operation=events[0]["op"], way=way)


def _value(toward: Toward, commitment: Commitment, given: dict[str, Any], day: date) -> tuple[dict[str, Any], Verdict]:
    """Return the value of a new entry, and what the rules say to it."""
    fields = fields_of(commitment)
    source = _source(commitment)
    verdict = judge(source, given)
    if verdict.stop:
        raise Refused(verdict.stop, Way.SAFETY)
    value: dict[str, Any] = {"day": day.isoformat(), "at": toward.clock.now().isoformat(timespec="seconds")}
    value |= sorted_out(fields, given)
    if commitment.kind is Kind.MINUTES and not any(field.gives is Gives.AMOUNT for field in fields):
        raise Refused(f"'{commitment.title}' counts minutes; log them with a duration.")
    for field in fields:
        answer = given.get(field.name)
        if field.gives is Gives.AMOUNT and answer is not None:
            value["amount"] = answer
        elif field.gives is Gives.DUE and answer is not None:
            value["due"] = str(answer)[:10]
    if commitment.kind is Kind.MINUTES and "amount" not in value:
        raise BadInput(f"'{commitment.title}' counts minutes: say how many.")
    if commitment.kind is Kind.AVOID:
        value["outcome"] = given.get(WHAT) or HANDLED
        value["afraid"] = bool(given.get(AFRAID))
    elif commitment.outcomes:
        value |= _turned_out(commitment, fields, given, verdict)
    parts = parts_done(template(source).parts if source else (), given)
    if parts is not None:
        value |= {"credit": parts, "outcome": _named_by_credit(commitment, parts)}
    if verdict.credit is not None:
        value["credit"] = verdict.credit
    if verdict.neutral:
        value["neutral"] = True
    asks = [field.name for field in fields if field.later and _still_asks(field, value)]
    if value.get("outcome") != LAPSE and commitment.kind is Kind.AVOID:
        asks = []
    return value | ({"asks": asks} if asks else {}), verdict


def sorted_out(fields: Sequence[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers under `fields` and `private`, where each belongs."""
    secret = {field.name for field in fields if field.private}
    parts = {
        "fields": {name: answer for name, answer in given.items() if name not in secret},
        "private": {name: answer for name, answer in given.items() if name in secret},
    }
    return {name: part for name, part in parts.items() if part}


def _turned_out(
    commitment: Commitment, fields: Sequence[Field], given: Mapping[str, Any], verdict: Verdict
) -> dict[str, Any]:
    """Return outcome, credit and whether it is still open."""
    field = next((each for each in fields if each.gives is Gives.OUTCOME), None)
    name = verdict.outcome or (given.get(field.name) if field else None)
    if name is None and field is not None and field.later:
        waiting = next((each for each in commitment.outcomes if each.open), None)
        return {"open": True} | ({"outcome": waiting.name} if waiting else {})
    if name is None and commitment.kind is Kind.TASK:
        return {}
    chosen = outcome_named(commitment, name) if name else commitment.outcomes[0]
    if commitment.kind is Kind.TASK:
        return {"outcome": chosen.name, "amount": chosen.credit}
    found: dict[str, Any] = {"outcome": chosen.name}
    if chosen.credit is not None:
        found["credit"] = chosen.credit
    return found | ({"open": True} if chosen.open else {})


def _named_by_credit(commitment: Commitment, credit: float) -> str | None:
    return next((each.name for each in commitment.outcomes if each.credit == credit), None)


def _still_asks(field: Field, value: Mapping[str, Any]) -> bool:
    """Return whether a later question stands: the day it hangs on was named, and the outcome is not known yet."""
    if field.gives is Gives.OUTCOME and not value.get("open"):
        return False
    known = {**value.get("fields", {}), **value.get("private", {})}
    return bool(field.after_hours or known.get(field.at))


def answers_of(toward: Toward, key: str) -> dict[str, Any]:
    """Return what was answered in an entry, private answers too, by the name of the field."""
    value = toward.book.value(key) or {}
    return {**(value.get("fields") or {}), **(value.get("private") or {})}


def change(toward: Toward, commitment: Commitment, key: str, answers: Mapping[str, Any]) -> Change:
    """Change the answers of an entry; what is left empty is taken out. Raises as `log` does."""
    toward.complete()
    fields = fields_of(commitment)
    given = read_answers(toward, fields, answers, complete=False)

    def build() -> list[Draft]:
        old = _entry_value(toward, commitment, key)
        fresh, _ = _value(toward, commitment, _first(fields, given), date.fromisoformat(str(old["day"])))
        later = {name: answer for name, answer in given.items() if name not in _first(fields, given)}
        value = fresh | {"at": old["at"], "asks": [name for name in old.get("asks", ()) if name not in later]}
        value = _closed(toward, commitment, value, later)
        return [] if value == old else [Draft(key, value)]

    events = toward.write("edit entry", build)
    if not events:
        return Change(("As it was. Nothing changed.",), commitment.id, changed=False)
    return Change((f"{commitment.title}: the entry is changed.",), commitment.id, operation=events[0]["op"])


def _first(fields: Sequence[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields if not field.later}
    return {name: answer for name, answer in given.items() if name in names}


def _entry_value(toward: Toward, commitment: Commitment, key: str) -> Mapping[str, Any]:
    value = toward.book.value(key)
    if value is None or keys.split(key)[:2] != ("entry", commitment.id):
        raise Refused(f"{commitment.title}: that entry is not there any more.")
    return value


def remove(toward: Toward, commitment: Commitment, key: str) -> Change:
    """Take one entry back."""

    def build() -> list[Draft]:
        _entry_value(toward, commitment, key)
        return [Draft(key, None)]

    toward.complete()
    events = toward.write("undone", build)
    return Change((f"{commitment.title}: the entry is taken back.",), commitment.id, operation=events[0]["op"])


def open_loops(toward: Toward) -> list[Loop]:
    """Return what stands open today over all commitments, oldest first."""
    found: list[Loop] = []
    for commitment in toward.book.commitments():
        waiting = [entry for entry in toward.book.record(commitment.id).entries if entry.asks]
        if waiting:
            fields = fields_of(commitment)
            for entry in waiting:
                found += loops_of(commitment.id, entry, answers_of(toward, entry.id), fields)
    return open_now(found, toward.clock.now())


def answer(toward: Toward, loop: Loop, answers: Mapping[str, Any]) -> Change:
    """Close a loop with its answers. Raises BadInput for one that does not fit, Refused where it is closed already."""
    commitment = _of(toward, loop)
    given = read_answers(toward, loop.fields, answers)
    if not given:
        raise BadInput("Nothing was answered. Answer it, or let it go.")
    if wrong := too_late(_source(commitment), given, loop.due, toward.clock.now()):
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
        old = _entry_value(toward, commitment, loop.entry.id)
        names = {field.name for field in loop.fields}
        if not names & set(old.get("asks", ())):
            raise Refused(f"{commitment.title}: that is closed already.")
        value = dict(old) | {"asks": [name for name in old["asks"] if name not in names]}
        return [Draft(loop.entry.id, _closed(toward, commitment, value, given))]

    events = toward.write(cmd, build)
    said = f"{commitment.title}: {told}" + then(standing(toward, commitment))
    return Change((said,), commitment.id, operation=events[0]["op"])


def _closed(toward: Toward, commitment: Commitment, value: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's value with answers that came later, and what they make of it."""
    fields = fields_of(commitment)
    parts = sorted_out(fields, given)
    merged = dict(value)
    for name, part in parts.items():
        merged[name] = {**(value.get(name) or {}), **part}
    if not merged.get("asks"):
        merged.pop("asks", None)
    field = next((each for each in fields if each.gives is Gives.OUTCOME and each.name in given), None)
    if field is not None:
        chosen = outcome_named(commitment, given[field.name])
        merged["outcome"] = chosen.name
        merged.pop("open", None)
        if chosen.open:
            merged["open"] = True
            merged["asks"] = [*merged.get("asks", ()), field.name]
        merged.pop("credit", None)
        if chosen.credit is not None:
            merged["credit"] = chosen.credit
    if given.get(PUT_RIGHT) is True:
        merged["put_right_at"] = toward.clock.now().isoformat(timespec="seconds")
    return merged


def entries_with_answers(toward: Toward, commitment: Commitment, day: date) -> list[Entry]:
    """Return the entries of a day that can be opened as a form, oldest first."""
    toward.reach(commitment.id, day)
    return [entry for entry in toward.book.entries_on(commitment.id, day) if keys.split(entry.id)[0] == "entry"]


def age(moment: datetime, now: datetime) -> int:
    """Return how many days ago a moment was, 0 for today and for what is to come."""
    return max(0, (now.date() - moment.date()).days)
