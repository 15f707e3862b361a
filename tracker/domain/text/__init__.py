"""Text on a terminal: how wide it is, what makes it harmless, and what discreet mode hides."""
