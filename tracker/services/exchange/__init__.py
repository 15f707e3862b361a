"""Data that goes out and comes in: exports, other devices, and what they changed."""
