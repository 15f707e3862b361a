"""The six steps as data: commitments, prompts and cards, read when they are asked for."""

from __future__ import annotations

from tracker.catalogue.load import (
    STEP_IDS,
    cards,
    hint,
    reflections,
    safety_notice,
    starters,
    step,
    steps,
    template,
    templates,
)
from tracker.catalogue.model import Card, Deck, Kind, Outcome, Share, State, Step, Template

__all__ = [
    "STEP_IDS",
    "Card",
    "Deck",
    "Kind",
    "Outcome",
    "Share",
    "State",
    "Step",
    "Template",
    "cards",
    "hint",
    "reflections",
    "safety_notice",
    "starters",
    "step",
    "steps",
    "template",
    "templates",
]
