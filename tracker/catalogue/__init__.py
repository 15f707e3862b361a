"""The six steps as data: commitments, prompts and cards, read when they are asked for."""

from __future__ import annotations

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
from tracker.catalogue.model import Card, Step, Template

__all__ = [
    "FRIGHTEN",
    "NOTICE",
    "STEP_IDS",
    "Card",
    "Step",
    "Template",
    "about",
    "cards",
    "demo",
    "hint",
    "more",
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
]
