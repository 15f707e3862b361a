"""Log what was done, what happened, and what came of it."""
