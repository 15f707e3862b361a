"""What is shown of a day, of all streaks, and of one commitment."""
