"""Time together: planned, kept, and timed."""
