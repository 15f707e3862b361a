"""The six steps as data: commitments, prompts and cards, read when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.catalogue.load import (
    FRIGHTEN,
    NOTICE,
    STEP_IDS,
    about,
    cards,
    demo,
    hint,
    more,
    reflections,
    reviews,
    safety_notice,
    safety_short,
    starters,
    step,
    steps,
    suggests,
    template,
    templates,
)
from tracker.catalogue.model import Card, Deck, Kind, Outcome, Share, Shelf, State, Step, Template

if TYPE_CHECKING:
    from tracker.catalogue.forms import read_fields, write_fields

__all__ = [
    "FRIGHTEN",
    "NOTICE",
    "STEP_IDS",
    "Card",
    "Deck",
    "Kind",
    "Outcome",
    "Share",
    "Shelf",
    "State",
    "Step",
    "Template",
    "about",
    "cards",
    "demo",
    "hint",
    "more",
    "read_fields",
    "reflections",
    "reviews",
    "safety_notice",
    "safety_short",
    "starters",
    "step",
    "steps",
    "suggests",
    "template",
    "templates",
    "write_fields",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Find what reads and writes fields when it is wanted: it costs an import of the domain."""
        if name not in ("read_fields", "write_fields"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from tracker.catalogue import forms

        return getattr(forms, name)
