"""Occasions, and every number that comes from them."""
