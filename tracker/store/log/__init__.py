"""The log of events: month files, the index over them, and the one way to write."""
