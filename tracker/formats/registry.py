"""Every format by its name."""

from __future__ import annotations

from tracker.formats import own_json

FORMATS = {each.name: each for each in (own_json.JSON,)}
