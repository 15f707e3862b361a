"""Commitments: take on, name, change, pause, and what one of your own asks."""
