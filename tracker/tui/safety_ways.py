"""Which answers open the safety page, and with which of its paragraphs."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.catalogue import FRIGHTEN, NOTICE
from tracker.ledger.errors import NextStep

SAFETY: Mapping[NextStep | None, str] = {
    NextStep.SAFETY: NOTICE[0],
    NextStep.CARE: NOTICE[0],
    NextStep.FRIGHTEN: FRIGHTEN,
}
