"""What every test shares."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("toward", deadline=None, derandomize=True, max_examples=40, print_blob=True)
settings.load_profile("toward")
