"""Screens of the store itself: locked, encrypted, in trouble, at work."""
