"""An open data folder: events read as commitments and records, and the one way to change them."""
