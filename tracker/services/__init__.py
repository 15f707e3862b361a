"""Use cases: the one door that both faces go through."""
