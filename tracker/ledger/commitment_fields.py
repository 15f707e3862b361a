"""What a commitment asks: its own questions, or those of the catalogue."""

from __future__ import annotations

from dataclasses import replace

from tracker.catalogue import known_template, template
from tracker.catalogue.forms import read_fields
from tracker.catalogue.roles import GUARDED, NO_ATTACKS, REPAIR
from tracker.catalogue.rules import HANDS, PARTS
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.fields import Field, Gives, Type

WHAT, PUT_RIGHT, AFRAID = "what", "put_right", "someone_afraid"
BY = f"{PUT_RIGHT}_by"


def fields_of(commitment: Commitment) -> tuple[Field, ...]:
    """Return what a commitment asks: its own fields, or those of the catalogue, which alone say what needs a yes there.

    Where it asks whether a lapse is put right, the four parts of putting right are asked with it.
    """
    own = commitment.details.get("fields")
    if isinstance(own, list) and commitment.details.get("catalogue") not in GUARDED:
        try:
            fields = read_fields(own, commitment.outcomes)
        except ValueError:
            return ()
    else:
        fields = template(source).fields if (source := source_of(commitment)) else ()
    return _of_lapses(commitment, fields) if fields and commitment.kind is Kind.AVOID else fields


def _of_lapses(commitment: Commitment, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return what something to avoid asks, also one of one's own: first of all what happened, which is never guessed.

    Whether a lapse is put right stays open after a no, and asks the four parts with a yes.
    """
    if WHAT not in {each.name for each in fields}:
        asked = next(field for field in template(NO_ATTACKS).fields if field.name == WHAT)
        # Hands are an answer only where harm may be done.
        choices = tuple(each for each in asked.choices if commitment.harm or each.name != HANDS)
        fields = (replace(asked, choices=choices), *fields)
    fields = tuple(replace(each, optional=False) if each.name == WHAT and not each.later else each for each in fields)
    right = next((each for each in fields if each.name == PUT_RIGHT and each.type is Type.YESNO and each.later), None)
    if right is None:
        return fields
    place = fields.index(right)
    known = {each.name for each in fields}
    by = () if BY in known else (next(field for field in template(NO_ATTACKS).fields if field.name == BY),)
    parts = (replace(part, at=BY) for part in part_fields() if part.name not in known)
    right = replace(right, at=BY, after_hours=0, stays_open=True)
    return (*fields[:place], *by, right, *parts, *fields[place + 1 :])


def part_fields() -> tuple[Field, ...]:
    """Return the questions about the four parts of putting right, as the catalogue asks them of a repair."""
    return tuple(field for field in template(REPAIR).fields if field.name in PARTS)


def source_of(commitment: Commitment) -> str:
    """Return the id of the catalogue a commitment came from, or an empty text."""
    found = known_template(commitment.details.get("catalogue"))
    return found.id if found else ""


def parts_of(commitment: Commitment) -> tuple[str, ...]:
    """Return the names of the fields whose yes answers are counted together as how it turned out."""
    return template(source).parts if (source := source_of(commitment)) else ()


def asked_now(commitment: Commitment) -> tuple[Field, ...]:
    """Return the fields that are asked when an entry is made."""
    return tuple(field for field in fields_of(commitment) if not field.later)


def settles_later(commitment: Commitment) -> bool:
    """Return whether how an event turned out is asked later than the event itself."""
    return any(field.later and field.gives is Gives.OUTCOME for field in fields_of(commitment))
