"""How much the fault tests try."""

from __future__ import annotations

import os

import pytest

SCALE = int(os.environ.get("FAULTS", "1"))
"""1 in every run of the tests, more in `make faults`."""

LONG = pytest.mark.skipif(SCALE < 2, reason="long; run it with: make faults")
"""For a test that takes too long for every run."""
