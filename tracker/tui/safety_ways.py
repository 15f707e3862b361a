"""Which answers open the safety page, and with which of its paragraphs."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.catalogue import FRIGHTEN, NOTICE
from tracker.ledger.errors import Way

SAFETY: Mapping[Way | None, str] = {Way.SAFETY: NOTICE[0], Way.CARE: NOTICE[0], Way.FRIGHTEN: FRIGHTEN}
