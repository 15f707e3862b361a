"""Toward: become an emotionally available partner, one kept commitment at a time."""

__version__ = "0.1.0"
