"""Things done on Today in a question or two."""
