"""What a commitment asks: its own questions, or those of the catalogue."""

from __future__ import annotations

from tracker.catalogue import read_fields, template
from tracker.domain.commitments import Commitment
from tracker.domain.fields import Field, Gives


def fields_of(commitment: Commitment) -> tuple[Field, ...]:
    """Return what a commitment asks: its own fields, or those of the catalogue."""
    own = commitment.details.get("fields")
    if isinstance(own, list):
        try:
            return read_fields(own, commitment.outcomes)
        except ValueError:
            return ()
    return template(source).fields if (source := source_of(commitment)) else ()


def source_of(commitment: Commitment) -> str:
    """Return the id of the catalogue a commitment came from, or an empty text."""
    source = str(commitment.details.get("catalogue", ""))
    try:
        template(source)
    except KeyError:
        return ""
    return source


def parts_of(commitment: Commitment) -> tuple[str, ...]:
    """Return the names of the fields whose yes answers are counted together as how it turned out."""
    return template(source).parts if (source := source_of(commitment)) else ()


def asked_now(commitment: Commitment) -> tuple[Field, ...]:
    """Return the fields that are asked when an entry is made."""
    return tuple(field for field in fields_of(commitment) if not field.later)


def settles_later(commitment: Commitment) -> bool:
    """Return whether how an event turned out is asked later than the event itself."""
    return any(field.later and field.gives is Gives.OUTCOME for field in fields_of(commitment))
