"""The terminal: what it sends, what it is owed, and how it is given back."""
