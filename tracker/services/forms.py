"""Guided entries: log a commitment with its fields, and edit what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from tracker.domain import consent
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.fields import BadAnswer, Field, Gives, Type
from tracker.domain.records import HANDLED, LAPSE, Entry
from tracker.domain.rules import GROUNDING, KIND_LINE, Verdict, judge, parts_done, too_much
from tracker.domain.words import say_list
from tracker.services import consents, keys, reading
from tracker.services.amount_limits import fitting, must_fit_changed, must_fit_day
from tracker.services.asked import asked_now as asked_now
from tracker.services.asked import fields_of as fields_of
from tracker.services.asked import parts_of
from tracker.services.asked import settles_later as settles_later
from tracker.services.asked import source_of as source_of
from tracker.services.change import Change, say_day, standing, then
from tracker.services.changed import asked_again, kept_beside
from tracker.services.entries import not_ahead, outcome_named
from tracker.services.errors import BadInput, Refused, Way
from tracker.services.lapses import harm_lately
from tracker.services.met import watch
from tracker.services.shape import AtHand
from tracker.services.starts import say_moved, start_earlier
from tracker.services.toward import Toward
from tracker.store.events import Draft

STOPPED = f"{GROUNDING} Nothing was written down."
NOTHING_KEPT = "Nothing was kept."
LIST_FIRST = f"{consent.NOT_YET} If it is a yes by now, open the entry and change the list first."
NO_MOMENT = datetime.fromtimestamp(0, UTC)
WHAT, PUT_RIGHT, AFRAID = "what", "put_right", "someone_afraid"


def read_answers(
    toward: Toward, fields: Sequence[Field], answers: Mapping[str, Any], *, complete: bool = True
) -> dict[str, Any]:
    """Return answers as they are stored, empty ones left out.

    Raises BadInput for one that does not fit, or that needs a yes which is not there.
    """
    known = {field.name: field for field in fields}
    if strange := [name for name in answers if name not in known]:
        raise BadInput(f"{say_list(strange)}: not asked here. It asks {say_list(list(known))}.")
    found: dict[str, Any] = {}
    for name, field in known.items():
        answer = answers.get(name)
        if answer is None or (isinstance(answer, str) and not answer.strip()):
            if complete and not (field.optional or field.later) and consent.allowed(field, found):
                raise BadInput(f"This one needs an answer: {field.ask}")
            continue
        if field.needs in known and not consent.allowed(field, found):
            raise BadInput(f"{name} is kept only with a yes to {field.needs}: {known[field.needs].ask}")
        try:
            found[name] = field.read(answer, toward.clock.now(), toward.today, toward.book.day_ends)
        except BadAnswer as error:
            raise BadInput(f"{field.ask} {error}") from None
    return found


def goes_on(commitment: Commitment, field: Field, given: Mapping[str, Any]) -> bool:
    """Return whether a field is still to be asked after what was answered so far.

    What will be put right is not asked of a moment that was handled. Raises Refused where a rule ends it here.
    """
    _may_stop(commitment, given)
    if not consent.allowed(field, given):
        return False
    if too_much(given):
        if field.optional:
            return False
        raise Refused(STOPPED, Way.SAFETY)
    handled = commitment.kind is Kind.AVOID and given.get(WHAT) == HANDLED
    return not (handled and field.name.startswith(PUT_RIGHT))


def without_yes(
    commitment: Commitment, filled: Mapping[str, Any], fields: Sequence[Field]
) -> tuple[frozenset[str], str]:
    """Return which fields of a form lack a yes among what is filled in, and what is said where a no ends it."""
    given = _read_early(fields, filled)
    return consent.withheld(fields, given), consent.stop(source_of(commitment), fields, given)


def not_asked(commitment: Commitment, filled: Mapping[str, Any]) -> tuple[frozenset[str], str]:
    """Return which questions of a new entry are not asked after what is filled in so far, and what is said to it.

    `filled` is as it was typed; what cannot be read yet ends nothing.
    """
    fields = asked_now(commitment)
    given = _read_early(fields, filled)
    withheld, said = without_yes(commitment, filled, fields)
    if said:
        return withheld, said
    if too_much(given):
        at = next(place for place, field in enumerate(fields) if too_much({field.name: given.get(field.name)}))
        return withheld.union(each.name for each in fields[at + 1 :] if not filled.get(each.name)), GROUNDING
    if commitment.kind is Kind.AVOID and given.get(WHAT) == HANDLED:
        return withheld.union(field.name for field in fields if field.name.startswith(PUT_RIGHT)), ""
    return withheld, ""


def _read_early(fields: Sequence[Field], filled: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: answer for field in fields if (answer := _early(field, filled)) is not None}


def _early(field: Field, filled: Mapping[str, Any]) -> Any:
    """Return an answer that can end the questions, as it would be stored, or None."""
    if field.type not in (Type.SCALE, Type.CHOICE, Type.YESNO) or not filled.get(field.name):
        return None
    try:
        return field.read(filled[field.name], NO_MOMENT, NO_MOMENT.date())
    except BadAnswer:
        return None


def _may_stop(commitment: Commitment, given: Mapping[str, Any]) -> None:
    """Raise Refused where a no or a rule ends it, whatever else is still unanswered."""
    if said := consent.stop(source_of(commitment), fields_of(commitment), given):
        raise Refused(f"{said} {NOTHING_KEPT}", Way.SAFETY)
    if stop := judge(source_of(commitment), given).stop:
        raise Refused(stop, Way.SAFETY)


def log(
    toward: Toward,
    commitment: Commitment,
    answers: Mapping[str, Any],
    day: date | None = None,
    first: AtHand | None = None,
) -> Change:
    """Log an entry with its answers; what `first` holds, to take the commitment on, is written with it.

    Raises BadInput for an answer that does not fit, Refused where a rule stops it.
    """
    day = day or toward.today
    not_ahead(toward, (day,))
    asked = asked_now(commitment)
    so_far = read_answers(toward, asked, answers, complete=False)
    _may_stop(commitment, so_far)
    if too_much(so_far) and any(not field.optional and field.name not in so_far for field in asked):
        raise Refused(STOPPED, Way.SAFETY)
    given = read_answers(toward, asked, answers)
    value, verdict = _value(toward, commitment, given, day)

    def build() -> list[Draft]:
        toward.reach(commitment.id, day)
        must_fit_day(toward, commitment, day, value.get("amount", 0))
        ready = () if first is None else first.first
        return [*start_earlier(toward, commitment, day, ready), Draft(keys.entry(commitment.id), value)]

    met = watch(toward, commitment.id, (day,))
    events = toward.write("log", build)
    said = f"{commitment.title}: written down, {say_day(day, toward.today)}."
    said += then(standing(toward, commitment, (day,))) + met()
    more = [verdict.said] if verdict.said else []
    if value.get("outcome") == LAPSE:
        more.append(KIND_LINE)
    safety = verdict.safety or given.get(AFRAID) or (value.get("outcome") == LAPSE and harm_lately(toward, commitment))
    taken, care = (first.said, first.way) if first else ((), None)
    way = Way.SAFETY if safety else care
    return Change((*taken, said, *more, *say_moved(events)), commitment.id, operation=events[0]["op"], way=way)


def _value(toward: Toward, commitment: Commitment, given: dict[str, Any], day: date) -> tuple[dict[str, Any], Verdict]:
    """Return the value of a new entry, and what the rules say to it."""
    fields = fields_of(commitment)
    source = source_of(commitment)
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
            value["amount"] = fitting(commitment, answer)
        elif field.gives is Gives.DUE and answer is not None:
            value["due"] = str(answer)[:10]
    if commitment.kind is Kind.MINUTES and "amount" not in value:
        raise BadInput(f"'{commitment.title}' counts minutes: say how many.")
    if commitment.kind is Kind.AVOID:
        value["outcome"] = given.get(WHAT) or HANDLED
    elif commitment.outcomes:
        value |= _turned_out(commitment, fields, given, verdict)
    elif commitment.kind is Kind.EVENT:
        value["credit"] = 1.0
    parts = parts_done(parts_of(commitment), given)
    if parts is not None:
        value |= {"credit": parts, "outcome": _named_by_credit(commitment, parts)}
    if verdict.credit is not None:
        value["credit"] = verdict.credit
    if verdict.neutral:
        value["neutral"] = True
    asks = [field.name for field in fields if _still_asks(field, value)]
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
    if commitment.kind is Kind.TASK and chosen.credit is not None:
        return {"outcome": chosen.name, "amount": chosen.credit}
    found: dict[str, Any] = {"outcome": chosen.name}
    if chosen.credit is not None:
        found["credit"] = chosen.credit
    return found | ({"open": True} if chosen.open else {})


def _named_by_credit(commitment: Commitment, credit: float) -> str | None:
    return next((each.name for each in commitment.outcomes if each.credit == credit), None)


def _still_asks(field: Field, value: Mapping[str, Any]) -> bool:
    """Return whether a question stands: the day it hangs on was named, and how it turned out is not known yet.

    An outcome that is still open is asked again; how a day later was is asked only once there is an outcome.
    """
    if field.gives is Gives.OUTCOME and not value.get("open"):
        return False
    if not consent.allowed(field, reading.said_in(value)):
        return False
    if not field.later:
        return field.gives is Gives.OUTCOME
    if field.after_hours:
        return not value.get("open")
    return bool(reading.said_in(value).get(field.at))


def answers_of(toward: Toward, key: str) -> dict[str, Any]:
    """Return what was answered in an entry, private answers too, by the name of the field.

    What a plain check-in said in another way (minutes, how it turned out) stands for the answer of its field.
    """
    value = toward.book.value(key) or {}
    said = reading.said_in(value)
    commitment = toward.book.get(keys.split(key)[1])
    return said if commitment is None else {**_implied(commitment, value), **said}


def _implied(commitment: Commitment, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that stand elsewhere in an entry than under their field."""
    found: dict[str, Any] = {}
    ruled = judge(source_of(commitment), reading.table(value, "fields")).outcome
    for field in fields_of(commitment):
        answer = value.get(field.gives.value) if field.gives else None
        if field.name == WHAT and commitment.kind is Kind.AVOID:
            answer = value.get("outcome")
        if field.gives is Gives.OUTCOME and (value.get("open") or answer == ruled):
            answer = None
        if field.gives is Gives.AMOUNT and isinstance(answer, float):
            answer = round(answer)
        if answer is not None:
            found[field.name] = answer
    return found


def change(toward: Toward, commitment: Commitment, key: str, answers: Mapping[str, Any]) -> Change:
    """Change the answers of an entry; what is left empty is taken out. Raises as `log` does."""
    toward.complete()
    fields = fields_of(commitment)
    so_far = read_answers(toward, fields, answers, complete=False)
    if said := consent.stop(source_of(commitment), fields, so_far):
        change = remove(toward, commitment, key)
        return replace(change, said=(f"{said} The entry is taken back and counts for nothing.",), way=Way.SAFETY)
    given = read_answers(toward, fields, answers)
    careful: list[bool] = []

    def build() -> list[Draft]:
        old = entry_value(toward, commitment, key)
        first = _first(fields, given)
        fresh, verdict = _value(toward, commitment, first, date.fromisoformat(str(old["day"])))
        later = {name: answer for name, answer in given.items() if name not in first}
        value = kept_beside(fields, old, fresh, turned_out=bool(commitment.outcomes) and not parts_of(commitment))
        value["asks"] = asked_again(fields, old, fresh, given)
        value = closed(toward, commitment, value, later)
        careful.append(verdict.safety or bool(given.get(AFRAID)))
        must_fit_changed(toward, commitment, key, old, value)
        return [] if value == old else [Draft(key, value)]

    if consents.held(toward.store.versions(key), consent.withheld(fields, given)):
        return _forgetting(toward, commitment, key, build)
    events = toward.write("edit entry", build)
    if not events:
        return Change(("As it was. Nothing changed.",), commitment.id, changed=False)
    way = Way.SAFETY if careful[-1] else None
    return Change((f"{commitment.title}: the entry is changed.",), commitment.id, operation=events[0]["op"], way=way)


def _forgetting(toward: Toward, commitment: Commitment, key: str, build: Callable[[], list[Draft]]) -> Change:
    """Write a change that turns a yes into a no, and forget in every version what was kept with that yes."""
    from tracker.services.purge import WARNING

    with toward.transaction() as transaction:
        drafts = build() or [Draft(key, entry_value(toward, commitment, key))]
        done = transaction.purge((key,), cmd=keys.PURGE, instead=drafts)
    toward.settle()
    said = f"{commitment.title}: the entry is changed. What was kept with that yes is forgotten, in backups too."
    return Change((said, WARNING), commitment.id, operation=done.operation)


def _first(fields: Sequence[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields if not field.later}
    return {name: answer for name, answer in given.items() if name in names}


def entry_value(toward: Toward, commitment: Commitment, key: str) -> Mapping[str, Any]:
    """Return the value of an entry. Raises Refused where it is gone, or is another commitment's."""
    value = toward.book.value(key)
    if value is None or keys.split(key)[:2] != ("entry", commitment.id):
        raise Refused(f"{commitment.title}: that entry is not there any more.")
    return value


def remove(toward: Toward, commitment: Commitment, key: str) -> Change:
    """Take one entry back."""

    def build() -> list[Draft]:
        entry_value(toward, commitment, key)
        return [Draft(key, None)]

    toward.complete()
    events = toward.write("undone", build)
    return Change((f"{commitment.title}: the entry is taken back.",), commitment.id, operation=events[0]["op"])


def closed(toward: Toward, commitment: Commitment, value: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's value with answers that came later, and what they make of it."""
    fields = fields_of(commitment)
    now = {**reading.said_in(value), **given}
    if given and consent.unready(source_of(commitment), now):
        raise Refused(LIST_FIRST, Way.SAFETY)
    _may_stop(commitment, now)
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
        elif value.get("open"):
            merged |= _settled(toward, fields, merged)
        merged.pop("credit", None)
        if chosen.credit is not None:
            merged["amount" if commitment.kind is Kind.TASK else "credit"] = chosen.credit
    if given.get(PUT_RIGHT) is True and merged.get("outcome") == LAPSE:
        merged.setdefault("put_right_at", toward.clock.now().isoformat(timespec="seconds"))
    elif given.get(PUT_RIGHT) is False:
        merged.pop("put_right_at", None)
    return merged


def _settled(toward: Toward, fields: Sequence[Field], value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event that was open gains by turning out: the moment, and the questions of a day later."""
    known, asked = reading.said_in(value), value.get("asks", ())
    fresh = [each.name for each in fields if each.after_hours and each.name not in (*known, *asked)]
    if not fresh:
        return {}
    return {"settled_at": toward.clock.now().isoformat(timespec="seconds"), "asks": [*asked, *fresh]}


def entries_with_answers(toward: Toward, commitment: Commitment, day: date) -> list[Entry]:
    """Return the entries of a day that can be opened as a form, oldest first."""
    toward.reach(commitment.id, day)
    return [entry for entry in toward.book.entries_on(commitment.id, day) if keys.split(entry.id)[0] == "entry"]
